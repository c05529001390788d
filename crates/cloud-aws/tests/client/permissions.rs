//! The permissions that we ask an operator to grant are those of the calls that are made.

use crate::bodies::{self, done, page};
use crate::script::Script;
use crate::{deeds, look_ups};
use cloud::Cloud;
use cloud_aws::{ACTIONS, read_actions};
use std::collections::BTreeSet;

#[tokio::test(start_paused = true)]
async fn every_permission_is_used_and_none_is_missing() {
    let script = look_ups::sound()
        .ok("DescribeVpcEndpoints", page(&[], ""))
        .ok("DescribeSubnets", bodies::subnets(&[("subnet-1", "use1-az1", "us-east-1a")]));
    let aws = script.aws().await;
    aws.survey().await.unwrap();
    aws.preflight(&[look_ups::ask("one", &["subnet-1"])]).await.unwrap();
    assert_eq!(called(&script), granted(&read_actions()));

    script
        .ok("CreateVpcEndpoint", bodies::created("vpce-1"))
        .ok("ModifyVpcEndpoint", done("ModifyVpcEndpoint"))
        .ok("CreateTags", done("CreateTags"))
        .ok("DeleteTags", done("DeleteTags"))
        .ok("DeleteVpcEndpoints", bodies::deleted());
    let link = aws.create(&deeds::order(&deeds::network())).await.unwrap();
    let differences = deeds::differences(|network| network.private_dns = false);
    aws.update(&link, &differences).await.unwrap();
    aws.set_mark(&link, Some(&deeds::mark())).await.unwrap();
    aws.set_mark(&link, None).await.unwrap();
    aws.delete(&link).await.unwrap();
    assert_eq!(called(&script), granted(ACTIONS));
}

fn called(script: &Script) -> BTreeSet<String> {
    script.actions().into_iter().collect()
}

fn granted(permissions: &[&str]) -> BTreeSet<String> {
    let name = |permission: &&str| permission.split_once(':').unwrap().1.to_owned();
    permissions.iter().map(name).collect()
}
