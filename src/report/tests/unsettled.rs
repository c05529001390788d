//! What a plan says where something fails, waits, or is left alone.

use super::super::{
    Action, Level, Reason, Style, forbidden_endpoint, github, json, markdown, text,
};
use super::plans::check;
use super::whole::findings;
use super::world::{World, absent, active, plan};
use cloud::Value;
use insta::assert_snapshot;
use planner::endpoint::{
    Connection, Decision, Handshake, LinkState, OnDelete, OnDrift, Problem, Service, Waiting,
    decide,
};

#[test]
fn protected() {
    assert_snapshot!(check(&[active("orders-apps").removed(OnDelete::Protect)]), @r#"
    Tidelock compared the manifests with TiDB Cloud and your clouds. These symbols are in use:
      ! blocked: a person must act

    Cluster orders (dedicated, aws-us-east-1, id 1379661944646413143)

      # orders-apps is blocked
      # `onDelete: protect` forbids to delete or to replace it
      ! aws endpoint "orders-apps" in account prod
        to go on: put the entry back as it was; or, if it may go, write `onDelete: remove` or `orphan`, apply, and only then make the change

    No changes to make: 1 blocked.
    "#);
}

#[test]
fn foreign() {
    assert_snapshot!(check(&[active("orders-apps").foreign()]), @r#"
    Tidelock compared the manifests with TiDB Cloud and your clouds. These symbols are in use:
      ! blocked: a person must act

    Cluster orders (dedicated, aws-us-east-1, id 1379661944646413143)

      # orders-apps is blocked (clusters/orders.yaml:12:9)
      # VPC endpoint vpce-0f1 already stands in its place, and is not Tidelock's
      ! aws endpoint "orders-apps" in account prod
        to go on: to hand it over, write `adopt: true` into the entry; else delete it, or remove the entry
          $ aws ec2 describe-vpc-endpoints --region us-east-1 --vpc-endpoint-ids vpce-0f1

    No changes to make: 1 blocked.
    "#);
}

#[test]
fn refused() {
    assert_snapshot!(check(&[active("orders-apps").in_state(LinkState::Refused)]), @r#"
    Tidelock compared the manifests with TiDB Cloud and your clouds. These symbols are in use:
      ! blocked: a person must act

    Cluster orders (dedicated, aws-us-east-1, id 1379661944646413143)

      # orders-apps is blocked (clusters/orders.yaml:12:9)
      # TiDB Cloud's side has refused VPC endpoint vpce-0f1
      ! aws endpoint "orders-apps" in account prod
        to go on: find out who refused it and why, in the TiDB Cloud console under Networking; a refusal is never overridden: to ask once more, delete VPC endpoint vpce-0f1, and Tidelock creates another
          $ aws ec2 delete-vpc-endpoints --region us-east-1 --vpc-endpoint-ids vpce-0f1

    No changes to make: 1 blocked.
    "#);
}

#[test]
fn failed_is_replaced() {
    let planned = active("orders-apps").in_state(LinkState::Failed).plan();
    assert_eq!(planned.action, Action::Replace);
    assert_eq!(planned.because.word, "link-failed");
    assert_eq!(planned.risk.level, Level::Medium);
}

#[test]
fn keeps_failing() {
    let mut world = absent("orders-apps");
    let Decision::Do(step, _) = decide(world.desired, &world.observed) else { panic!("a create") };
    world.decision = Some(Decision::Stuck(Problem::KeepsFailing(step)));
    assert_snapshot!(check(&[world]), @r#"
    Tidelock compared the manifests with TiDB Cloud and your clouds. These symbols are in use:
      ! blocked: a person must act

    Cluster orders (dedicated, aws-us-east-1, id 1379661944646413143)

      # orders-apps is blocked (clusters/orders.yaml:12:9)
      # could not create the VPC endpoint after several attempts
      ! aws endpoint "orders-apps" in account prod
        to go on: mend what the last error names; a change of the entry starts anew

    No changes to make: 1 blocked.
    "#);
}

#[test]
fn a_replacement_that_cannot_end_says_so() {
    let mut world = active("orders-apps").finding("vpc", Value::text("vpc-0old"));
    world.observed.service = Service::Gone;
    let planned = world.plan();
    assert_eq!((planned.action, planned.risk.level), (Action::Replace, Level::High));
    assert!(
        text(&plan(&[world]), Style::Plain).contains("stops there: TiDB Cloud has no private link")
    );
}

#[test]
fn a_lost_connection_is_made_again() {
    let mut world = active("orders-apps");
    world.observed.handshake = Handshake::ByApi(Connection::Absent);
    assert_snapshot!(check(&[world]), @r#"
    Tidelock compared the manifests with TiDB Cloud and your clouds. These symbols are in use:
      ~ update in place

    Cluster orders (dedicated, aws-us-east-1, id 1379661944646413143)

      # orders-apps will be updated in place (clusters/orders.yaml:12:9)
      # because TiDB Cloud does not know it
      ~ aws endpoint "orders-apps" in account prod {
          + connectionId = (known after apply)
            # (5 unchanged fields)
        }
        1. register VPC endpoint vpce-0f1 with TiDB Cloud
        2. wait until TiDB Cloud has activated the private endpoint connection (usually about 5 minutes)

    Drift: these had settled, and differ from the manifests
      orders-apps: this plan puts it right
          ~ connection: wanted "active" -> found nothing

    Plan: 1 to update.
    "#);
}

#[test]
fn finish() {
    let mut world = active("orders-apps").in_state(LinkState::AwaitingAcceptance);
    world.edited = true;
    world.observed.handshake = Handshake::ByApi(Connection::Absent);
    assert_snapshot!(check(&[world]), @r#"
    Tidelock compared the manifests with TiDB Cloud and your clouds. These symbols are in use:
     .. finish what is under way

    Cluster orders (dedicated, aws-us-east-1, id 1379661944646413143)

      # orders-apps is unfinished (clusters/orders.yaml:12:9)
      # about to register VPC endpoint vpce-0f1 with TiDB Cloud
     .. aws endpoint "orders-apps" in account prod
        1. register VPC endpoint vpce-0f1 with TiDB Cloud
        2. wait until TiDB Cloud has activated the private endpoint connection (usually about 5 minutes)
        3. wait until TiDB Cloud has accepted the VPC endpoint (usually about 5 minutes)

    Plan: 1 to finish.
    "#);
}

#[test]
fn a_lost_store_waits_first() {
    let mut world = active("orders-apps");
    world.observed.handshake = Handshake::ByApi(Connection::Absent);
    world.decision = Some(Decision::Wait(Waiting::Recollecting));
    let planned = world.plan();
    let steps: Vec<&str> = planned.steps.iter().map(|step| step.word).collect();
    assert_eq!(steps, ["recollecting", "register", "connection-pending"]);
}

#[test]
fn reported_drift_is_shown_though_nothing_is_done() {
    let world = active("orders-apps").finding("subnets", Value::set(["subnet-0a1"]));
    let world = world.asking(|terms| terms.on_drift = OnDrift::Report);
    assert_snapshot!(check(&[world]), @r#"
    Drift: these had settled, and differ from the manifests
      orders-apps: reported only (`drift: report`)
          ~ subnets: wanted ["subnet-0a1", "subnet-0b2"] -> found ["subnet-0a1"]

    No changes to make: 1 unchanged; 1 differs from the manifests, which `drift: report` leaves so.
    "#);
}

/// Its finding says where, and counts nowhere as something that would be done.
#[test]
fn what_the_preflight_forbids_is_blocked_in_every_format() {
    let mut plan = plan(&[active("orders-web")]);
    let [_, error] = &findings()[..] else { panic!("a warning and an error") };
    let reason = Reason { word: "preflight-failed", sentence: error.message.clone() };
    let planned = World { edited: true, ..absent("orders-apps") }.plan();
    plan.endpoints.push(forbidden_endpoint(planned, reason, error.remedy.clone()));
    plan.findings = vec![error.clone()];
    assert_snapshot!(text(&plan, Style::Plain), @r#"
    Tidelock compared the manifests with TiDB Cloud and your clouds. These symbols are in use:
      ! blocked: a person must act

    Cluster orders (dedicated, aws-us-east-1, id 1379661944646413143)

      # orders-apps is blocked (clusters/orders.yaml:12:9)
      # subnet-0a1 is in use1-az3, where the service does not stand
      ! aws endpoint "orders-apps" in account prod
        to go on: use a subnet in use1-az1 or use1-az2

    error[zone-not-served]: subnet-0a1 is in use1-az3, where the service does not stand
      --> clusters/orders.yaml:14:18 (endpoint orders-apps)
      help: use a subnet in use1-az1 or use1-az2

    No changes to make: 1 blocked, 1 unchanged.
    "#);
    let comment = markdown(&plan);
    assert!(comment.contains("### Tidelock: No changes to make: 1 blocked, 1 unchanged."));
    let json: serde_json::Value = serde_json::from_str(&json(&plan)).unwrap();
    assert_eq!((&json["summary"]["blocked"], &json["summary"]["create"]), (&1.into(), &0.into()));
    assert_eq!(json["hasChanges"], false);
    assert_snapshot!(github(&plan), @"
    ::error file=clusters/orders.yaml,line=14,endLine=14,col=18,title=zone-not-served::subnet-0a1 is in use1-az3, where the service does not stand%0Ause a subnet in use1-az1 or use1-az2
    No changes to make: 1 blocked, 1 unchanged.
    ");
}
