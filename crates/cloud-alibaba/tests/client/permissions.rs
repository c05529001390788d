//! The permissions that we ask an operator to grant are those of the calls that are made.

use crate::bodies::{
    created, done, endpoint, groups, marked, page, switches, tag_resources, zones,
};
use crate::script::{Script, read_only};
use crate::{deeds, look_ups};
use cloud::Cloud;
use cloud_alibaba::{ACTIONS, read_actions};
use std::collections::BTreeSet;
use std::sync::Arc;

#[tokio::test(start_paused = true)]
async fn every_permission_is_used_and_none_is_missing() {
    let details = |script: &Arc<Script>| {
        let zones = zones(&[("ap-southeast-1a", "vsw-a")]);
        script
            .ok("ListVpcEndpointZones", zones)
            .ok("ListVpcEndpointSecurityGroups", groups(&["sg-1"]))
    };
    let script = look_ups::sound();
    details(&details(&script))
        .ok("ListVpcEndpoints", page(&[marked("ep-1", "Active", "Connected")], ""))
        .ok("GetVpcEndpointAttribute", endpoint("ep-1", "Active", "Connected"))
        .ok("ListTagResources", tag_resources("ep-1", &[]));
    let alibaba = read_only(&script);
    alibaba.preflight(&[look_ups::ask("one")]).await.unwrap();
    alibaba.survey().await.unwrap();
    alibaba.read(&deeds::link()).await.unwrap();
    assert_eq!(called(&script), granted(&read_actions()));

    details(&script)
        .ok("DescribeVSwitches", deeds::both())
        .ok("DescribeVSwitches", switches(&[("vsw-c", "ap-southeast-1c")]))
        .ok("CreateVpcEndpoint", created("ep-1"));
    for action in ACTIONS.iter().filter_map(|action| action.strip_prefix("privatelink:")) {
        if !action.starts_with("Create")
            && !action.starts_with("Get")
            && !action.starts_with("List")
        {
            script.ok(action, done());
        }
    }
    let alibaba = script.alibaba();
    let link = alibaba.create(&deeds::order()).await.unwrap();
    let differences = deeds::differences(|network| {
        network.v_switches = vec!["vsw-c".into()];
        network.security_groups = vec!["sg-2".into()];
    });
    alibaba.update(&link, &differences).await.unwrap();
    alibaba.set_mark(&link, Some(&deeds::mark())).await.unwrap();
    alibaba.set_mark(&link, None).await.unwrap();
    alibaba.delete(&link).await.unwrap();
    assert_eq!(called(&script), granted(ACTIONS));
}

fn called(script: &Script) -> BTreeSet<String> {
    let whose = (script.count("GetCallerIdentity") > 0).then(|| "GetCallerIdentity".to_owned());
    script.actions().into_iter().chain(whose).collect()
}

fn granted(permissions: &[&str]) -> BTreeSet<String> {
    let name = |permission: &&str| permission.split_once(':').unwrap().1.to_owned();
    permissions.iter().map(name).collect()
}
