//! The permissions that we ask an operator to grant are those of the calls that are made.

use crate::world::{Project, mark, minutes, network};
use cloud::{Ask, Cloud, Found, Value, compare};
use cloud_gcp::{ACTIONS, read_actions};
use sim::Vendor;
use sim::example::gcp as example;
use std::collections::BTreeSet;

/// What Google Cloud checks for each call, by its reference; and for what it does by itself beside it: a forwarding rule
/// that leads to a service is entered into Service Directory, in the name of who made it
/// (<https://cloud.google.com/memorystore/docs/cluster/configure-private-service-connect>).
fn checked(call: &str) -> &'static [&'static str] {
    match call {
        "forwardingRules.aggregatedList" => &["compute.forwardingRules.list"],
        "addresses.aggregatedList" => &["compute.addresses.list"],
        "forwardingRules.get" => &["compute.forwardingRules.get"],
        "addresses.get" => &["compute.addresses.get"],
        "subnetworks.get" => &["compute.subnetworks.get"],
        "regionOperations.get" => &["compute.regionOperations.get"],
        "addresses.insert" => &["compute.addresses.createInternal", "compute.subnetworks.use"],
        "addresses.delete" => &["compute.addresses.deleteInternal"],
        "forwardingRules.insert" => &[
            "compute.addresses.use",
            "compute.addresses.useInternal",
            "compute.forwardingRules.create",
            "compute.forwardingRules.pscCreate",
            "compute.networks.use",
            "servicedirectory.namespaces.create",
            "servicedirectory.services.create",
        ],
        "forwardingRules.patch" => {
            &["compute.forwardingRules.pscUpdate", "compute.forwardingRules.update"]
        }
        "forwardingRules.setLabels" => {
            &["compute.forwardingRules.pscSetLabels", "compute.forwardingRules.setLabels"]
        }
        "forwardingRules.delete" => &[
            "compute.forwardingRules.delete",
            "compute.forwardingRules.pscDelete",
            "servicedirectory.namespaces.delete",
            "servicedirectory.services.delete",
        ],
        other => panic!("nobody has looked up what {other} needs"),
    }
}

fn needed(project: &Project) -> BTreeSet<String> {
    let calls: Vec<String> = project.sim.with(|world| {
        let counters = world.log.counters().filter(|(vendor, ..)| *vendor == Vendor::Gcp);
        counters.map(|(_, call, _)| call.to_owned()).collect()
    });
    let permissions = calls.iter().flat_map(|call| checked(call));
    permissions.map(|permission| (*permission).to_owned()).collect()
}

fn set(permissions: &[&str]) -> BTreeSet<String> {
    permissions.iter().map(|permission| (*permission).to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn every_permission_is_used_and_none_is_missing() {
    let project = Project::calm().await;
    let ask = Ask {
        name: "orders-apps".into(),
        region: example::REGION.into(),
        service: None,
        zones: Vec::new(),
        port: 4_000,
        settings: network().settings(),
        link: None,
    };
    let (gcp, order) = (&project.gcp, project.order("orders-apps"));
    assert_eq!(gcp.preflight(&[ask]).await.unwrap(), []);
    assert_eq!(gcp.survey().await.unwrap().links, []);
    let reads = set(&read_actions());
    assert!(needed(&project).is_subset(&reads), "{:?}", needed(&project));

    let link = gcp.create(&order).await.unwrap();
    assert!(gcp.read(&link).await.unwrap().is_some());
    minutes(5).await;
    let wanted = cloud_gcp::Network { global_access: Some(true), ..network() }.settings();
    let found = Found::from([("globalAccess", Value::Flag(false))]);
    let mut differences = compare(&wanted, &found);
    differences.retain(|difference| difference.change != cloud::Change::Replace);
    gcp.update(&link, &differences).await.unwrap();
    minutes(5).await;
    gcp.set_mark(&link, None).await.unwrap();
    gcp.set_mark(&link, Some(&mark("orders-apps"))).await.unwrap();
    minutes(5).await;
    gcp.delete(&link).await.unwrap();
    assert_eq!(needed(&project), set(ACTIONS));
}
