//! A plan with everything that is not an endpoint, and the order of it all.

use super::super::{Finding, Hold, Location, Plan, Style, Unknown, text, unknown_endpoint};
use super::world::{AWS, absent, active, cluster, plan};
use cloud::{Severity, Value};
use insta::assert_snapshot;
use planner::endpoint::OnDelete;

fn whole() -> Plan {
    let mut plan = plan(&[
        active("orders-web"),
        active("orders-apps").removed(OnDelete::Orphan),
        absent("orders-batch"),
    ]);
    plan.endpoints.push(unknown_endpoint(
        "billing-apps",
        &cluster("billing"),
        AWS,
        "prod",
        None,
        "no answer from ec2: timed out",
    ));
    plan.endpoints.reverse();
    plan.findings = findings();
    plan.holds = vec![Hold {
        word: "mass-deletion",
        message: "5 of 12 endpoints would be deleted; more than 3 at once are held".into(),
        remedy: "raise `guard.deletions` for this one run".into(),
    }];
    plan.unknown =
        vec![Unknown { what: "aws account prod in us-east-1".into(), error: "timed out".into() }];
    plan
}

#[test]
fn findings_holds_and_the_unknown() {
    let plan = whole();
    assert_snapshot!(text(&plan, Style::Plain), @r#"
    Tidelock compared the manifests with TiDB Cloud and your clouds. These symbols are in use:
      + create
      . let go, without deleting
      ? could not be looked at: nothing is done

    Cluster billing (dedicated, aws-us-east-1, id 1379661944646413143)

      # billing-apps is unknown
      # no answer from ec2: timed out
      ? aws endpoint "billing-apps" in account prod

    Cluster orders (dedicated, aws-us-east-1, id 1379661944646413143)

      # orders-apps will be released, and stays as it is
      # because it is not in the manifests any more, and `onDelete: orphan` keeps it
      . aws endpoint "orders-apps" in account prod
        1. take Tidelock's mark off VPC endpoint vpce-0f1, which stays

      # orders-batch will be created (clusters/orders.yaml:12:9)
      # because it does not exist
      + aws endpoint "orders-batch" in account prod {
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

    error[zone-not-served]: subnet-0a1 is in use1-az3, where the service does not stand
      --> clusters/orders.yaml:14:18 (endpoint orders-apps)
      help: use a subnet in use1-az1 or use1-az2

    warning[no-ingress]: no rule of sg-0c3 lets port 4000 in
      --> clusters/orders.yaml:20:18 (endpoint orders-apps)
      help: add one

    Could not look, so nothing is known and nothing will be done there:
      ? aws account prod in us-east-1: timed out

    ╷
    │ Held (mass-deletion): 5 of 12 endpoints would be deleted; more than 3 at once are held
    │ To go on: raise `guard.deletions` for this one run
    ╵

    Plan: 1 to create, 1 to release, 1 unknown, 1 unchanged.
    Held by 1 guard: nothing is deleted or replaced until then, and everything else goes on.
    "#);
}

pub(super) fn findings() -> Vec<Finding> {
    let at = |line| Some(Location { file: "clusters/orders.yaml".into(), line, column: 18 });
    let finding = |at, severity, code: &str, message: &str, remedy: &str| Finding {
        at,
        severity,
        code: code.into(),
        message: message.into(),
        remedy: remedy.into(),
        endpoint: Some("orders-apps".into()),
    };
    vec![
        finding(
            at(20),
            Severity::Warning,
            "no-ingress",
            "no rule of sg-0c3 lets port 4000 in",
            "add one",
        ),
        finding(
            at(14),
            Severity::Error,
            "zone-not-served",
            "subnet-0a1 is in use1-az3, where the service does not stand",
            "use a subnet in use1-az1 or use1-az2",
        ),
    ]
}

#[test]
fn colour_changes_no_word() {
    let worlds = [absent("a"), active("b").finding("vpc", Value::text("vpc-0old")), active("c")];
    let mut plan: Plan = plan(&worlds);
    plan.findings = findings();
    let coloured = text(&plan, Style::Colour);
    assert!(coloured.contains("\u{1b}["));
    let mut stripped = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        stripped.push_str(before);
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    stripped.push_str(rest);
    assert_eq!(stripped, text(&plan, Style::Plain));
}
