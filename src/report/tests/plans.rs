//! One golden for each thing that a plan can do.

use super::super::{Action, Style, text};
use super::world::{World, absent, active, plan};
use cloud::Value;
use insta::assert_snapshot;
use planner::endpoint::{OnDelete, OnForeign, Service};

pub(super) fn check(worlds: &[World]) -> String {
    text(&plan(worlds), Style::Plain)
}

#[test]
fn create() {
    assert_snapshot!(check(&[absent("orders-apps")]), @r#"
    Tidelock compared the manifests with TiDB Cloud and your clouds. These symbols are in use:
      + create

    Cluster orders (dedicated, aws-us-east-1, id 1379661944646413143)

      # orders-apps will be created (clusters/orders.yaml:12:9)
      # because it does not exist
      + aws endpoint "orders-apps" in account prod {
          + connectionId   = (known after apply)
          + endpointId     = (known after apply)
          + privateDns     = true
          + securityGroups = ["sg-0c3"]
          + service        = "com.amazonaws.vpce.us-east-1.vpce-svc-1"
          + subnets        = ["subnet-0a1", "subnet-0b2"]
          + tags           = {team = "orders"}
          + vpc            = "vpc-0c12"
        }
        1. create the VPC endpoint
        2. wait until AWS has provisioned the VPC endpoint (usually 1 to 3 minutes)
        3. register the VPC endpoint with TiDB Cloud
        4. wait until TiDB Cloud has activated the private endpoint connection (usually about 5 minutes)
        5. wait until TiDB Cloud has accepted the VPC endpoint (usually about 5 minutes)
        6. set privateDns, because only an accepted endpoint can have it
        7. wait until AWS shows the change of the VPC endpoint (usually 1 to 2 minutes)

    Plan: 1 to create.
    "#);
}

#[test]
fn create_before_the_service_is_there() {
    let mut world = absent("orders-apps");
    world.observed.service = Service::Preparing;
    let planned = world.plan();
    let steps: Vec<&str> = planned.steps.iter().map(|step| step.word).collect();
    assert_eq!(steps[..3], ["service-preparing", "create-link", "link-provisioning"]);
    assert_eq!(planned.action, Action::Create);
}

#[test]
fn update() {
    let world = active("orders-apps").finding("subnets", Value::set(["subnet-0a1"]));
    assert_snapshot!(check(&[world]), @r#"
    Tidelock compared the manifests with TiDB Cloud and your clouds. These symbols are in use:
      ~ update in place

    Cluster orders (dedicated, aws-us-east-1, id 1379661944646413143)

      # orders-apps will be updated in place (clusters/orders.yaml:12:9)
      # because it differs from the manifest
      ~ aws endpoint "orders-apps" in account prod {
          ~ subnets = ["subnet-0a1"] -> ["subnet-0a1", "subnet-0b2"]
            # (4 unchanged fields)
        }
        1. change VPC endpoint vpce-0f1 in place: subnets
        2. wait until AWS shows the change of the VPC endpoint (usually 1 to 2 minutes)

    Drift: these had settled, and differ from the manifests
      orders-apps: this plan puts it right
          ~ subnets: wanted ["subnet-0a1", "subnet-0b2"] -> found ["subnet-0a1"]

    Plan: 1 to update.
    "#);
}

#[test]
fn an_edit_is_no_drift() {
    let world = active("orders-apps").finding("subnets", Value::set(["subnet-0a1"]));
    let planned = World { edited: true, ..world }.plan();
    assert_eq!((planned.action, planned.drift.len()), (Action::Update, 0));
}

#[test]
fn replace() {
    let world = active("orders-apps").finding("vpc", Value::text("vpc-0old"));
    assert_snapshot!(check(&[world]), @r#"
    Tidelock compared the manifests with TiDB Cloud and your clouds. These symbols are in use:
    -/+ delete, then create another

    Cluster orders (dedicated, aws-us-east-1, id 1379661944646413143)

      # orders-apps must be REPLACED (clusters/orders.yaml:12:9)
      # because a setting differs that cannot be changed in place
      # risk: HIGH, clients are cut off until another endpoint is active, with other names and addresses
    -/+ aws endpoint "orders-apps" in account prod {
          ~ connectionId = "pec-77" -> (known after apply)
          ~ endpointId   = "vpce-0f1" -> (known after apply)
          ~ vpc          = "vpc-0old" -> "vpc-0c12" # forces replacement
            # (4 unchanged fields)
        }
        1. remove private endpoint connection pec-77 from TiDB Cloud
        2. wait until TiDB Cloud has removed the private endpoint connection (usually about 1 minute)
        3. delete VPC endpoint vpce-0f1
        4. wait until AWS has deleted the VPC endpoint (usually 1 to 5 minutes)
        5. create the VPC endpoint
        6. wait until AWS has provisioned the VPC endpoint (usually 1 to 3 minutes)
        7. register the VPC endpoint with TiDB Cloud
        8. wait until TiDB Cloud has activated the private endpoint connection (usually about 5 minutes)
        9. wait until TiDB Cloud has accepted the VPC endpoint (usually about 5 minutes)
        10. set privateDns, because only an accepted endpoint can have it
        11. wait until AWS shows the change of the VPC endpoint (usually 1 to 2 minutes)

    Drift: these had settled, and differ from the manifests
      orders-apps: this plan puts it right
          ~ vpc: wanted "vpc-0c12" -> found "vpc-0old"

    Plan: 1 to REPLACE.
    Risk HIGH: orders-apps: clients are cut off until another endpoint is active, with other names and addresses
    "#);
}

#[test]
fn delete() {
    assert_snapshot!(check(&[active("orders-apps").removed(OnDelete::Remove)]), @r#"
    Tidelock compared the manifests with TiDB Cloud and your clouds. These symbols are in use:
      - delete

    Cluster orders (dedicated, aws-us-east-1, id 1379661944646413143)

      # orders-apps will be deleted
      # because it is not in the manifests any more
      # risk: HIGH, clients that still use it are cut off
      - aws endpoint "orders-apps" in account prod {
          - connectionId   = "pec-77"
          - endpointId     = "vpce-0f1"
          - privateDns     = true
          - securityGroups = ["sg-0c3"]
          - subnets        = ["subnet-0a1", "subnet-0b2"]
          - tags           = {team = "orders"}
          - vpc            = "vpc-0c12"
        }
        1. remove private endpoint connection pec-77 from TiDB Cloud
        2. wait until TiDB Cloud has removed the private endpoint connection (usually about 1 minute)
        3. delete VPC endpoint vpce-0f1
        4. wait until AWS has deleted the VPC endpoint (usually 1 to 5 minutes)

    Plan: 1 to delete.
    Risk HIGH: orders-apps: clients that still use it are cut off
    "#);
}

#[test]
fn orphan() {
    assert_snapshot!(check(&[active("orders-apps").removed(OnDelete::Orphan)]), @r#"
    Tidelock compared the manifests with TiDB Cloud and your clouds. These symbols are in use:
      . let go, without deleting

    Cluster orders (dedicated, aws-us-east-1, id 1379661944646413143)

      # orders-apps will be released, and stays as it is
      # because it is not in the manifests any more, and `onDelete: orphan` keeps it
      . aws endpoint "orders-apps" in account prod
        1. take Tidelock's mark off VPC endpoint vpce-0f1, which stays

    Plan: 1 to release.
    "#);
}

#[test]
fn adopt() {
    let world = active("orders-apps").finding("privateDns", Value::Flag(false)).foreign();
    let world = world.asking(|terms| terms.on_foreign = OnForeign::Adopt);
    assert_snapshot!(check(&[world]), @r#"
    Tidelock compared the manifests with TiDB Cloud and your clouds. These symbols are in use:
      * adopt what exists

    Cluster orders (dedicated, aws-us-east-1, id 1379661944646413143)

      # orders-apps will be adopted (clusters/orders.yaml:12:9)
      # because the manifest says `adopt: true`
      * aws endpoint "orders-apps" in account prod {
          ~ privateDns = false -> true
            # (4 unchanged fields)
        }
        1. put Tidelock's mark on VPC endpoint vpce-0f1
        2. change VPC endpoint vpce-0f1 in place: privateDns, because it differs from the manifest
        3. wait until AWS shows the change of the VPC endpoint (usually 1 to 2 minutes)

    Plan: 1 to adopt.
    "#);
}

#[test]
fn nothing_to_do() {
    assert_snapshot!(check(&[active("orders-apps"), active("orders-web")]), @"No changes. What exists is what the manifests say: 2 endpoints.");
    assert_snapshot!(check(&[]), @"No changes. The manifests name no endpoint, and none is left over.");
}

#[test]
fn no_stand_in_for_an_id_is_printed() {
    for world in [absent("a"), active("a").finding("vpc", Value::text("vpc-0old"))] {
        let text = check(&[world]);
        assert!(!text.contains("(known after)"), "{text}");
    }
}

#[test]
fn every_step_of_a_removal_is_known() {
    let planned = active("a").removed(OnDelete::Remove).plan();
    let words: Vec<&str> = planned.steps.iter().map(|step| step.word).collect();
    assert_eq!(words, ["unregister", "connection-deleting", "delete-link", "link-deleting"]);
}
