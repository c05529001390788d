//! The pull-request comment: complete while it fits, and shorter in steps when it does not.

use super::super::{COMMENT_MAX, MARKER, Plan, Unknown, markdown};
use super::whole::findings;
use super::world::{World, absent, active, cluster, plan};
use cloud::Value;
use insta::assert_snapshot;
use planner::endpoint::OnDelete;

#[test]
#[expect(clippy::too_many_lines, reason = "a golden is as long as it is")]
fn one_comment() {
    let mut plan = plan(&[
        absent("orders-new"),
        active("orders-apps").finding("vpc", Value::text("vpc-0old")),
        active("orders-web").finding("subnets", Value::set(["subnet-0a1"])),
        active("orders-old").removed(OnDelete::Remove),
        active("orders-fine"),
    ]);
    plan.digest = "0123456789abcdef".into();
    plan.findings = findings();
    plan.unknown = vec![Unknown { what: "aws account dev".into(), error: "timed out".into() }];
    assert_snapshot!(markdown(&plan), @r#"
    <!-- tidelock:plan -->

    ### Tidelock: 1 to create, 1 to update, 1 to REPLACE, 1 to delete, 1 unchanged.

    > **Risk: HIGH**
    > - `orders-apps`: clients are cut off until another endpoint is active, with other names and addresses
    > - `orders-old`: clients that still use it are cut off

    | Cluster | Endpoint | Action | Risk | Why |
    |---|---|---|---|---|
    | `orders` | `orders-apps` | ♻️ **REPLACE** | **HIGH** | a setting differs that cannot be changed in place |
    | `orders` | `orders-fine` | unchanged | none | TiDB Cloud and AWS agree with the manifest |
    | `orders` | `orders-new` | ➕ create | low | it does not exist |
    | `orders` | `orders-old` | 🗑️ **delete** | **HIGH** | it is not in the manifests any more |
    | `orders` | `orders-web` | ✏️ update | low | it differs from the manifest |

    **2 findings**
    - ❌ `clusters/orders.yaml:14:18` `zone-not-served`: subnet-0a1 is in use1-az3, where the service does not stand; use a subnet in use1-az1 or use1-az2
    - ⚠️ `clusters/orders.yaml:20:18` `no-ingress`: no rule of sg-0c3 lets port 4000 in; add one

    **Could not look; nothing is done there**
    - `aws account dev`: timed out

    <details><summary><b>orders</b> (dedicated, aws-us-east-1): 4 endpoints</summary>

    ```diff
    # orders-apps must be REPLACED (clusters/orders.yaml:12:9)
    # because a setting differs that cannot be changed in place
    # risk: HIGH, clients are cut off until another endpoint is active, with other names and addresses
    -/+ aws endpoint "orders-apps" in account prod {
    !     connectionId = "pec-77" -> (known after apply)
    !     endpointId   = "vpce-0f1" -> (known after apply)
    !     vpc          = "vpc-0old" -> "vpc-0c12" # forces replacement
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

    # orders-new will be created (clusters/orders.yaml:12:9)
    # because it does not exist
    + aws endpoint "orders-new" in account prod {
    +     connectionId   = (known after apply)
    +     endpointId     = (known after apply)
    +     privateDns     = true
    +     securityGroups = ["sg-0c3"]
    +     service        = "com.amazonaws.vpce.us-east-1.vpce-svc-1"
    +     subnets        = ["subnet-0a1", "subnet-0b2"]
    +     tags           = {team = "orders"}
    +     vpc            = "vpc-0c12"
      }
      1. create the VPC endpoint
      2. wait until AWS has provisioned the VPC endpoint (usually 1 to 3 minutes)
      3. register the VPC endpoint with TiDB Cloud
      4. wait until TiDB Cloud has activated the private endpoint connection (usually about 5 minutes)
      5. wait until TiDB Cloud has accepted the VPC endpoint (usually about 5 minutes)
      6. set privateDns, because only an accepted endpoint can have it
      7. wait until AWS shows the change of the VPC endpoint (usually 1 to 2 minutes)

    # orders-old will be deleted
    # because it is not in the manifests any more
    # risk: HIGH, clients that still use it are cut off
    - aws endpoint "orders-old" in account prod {
    -     connectionId   = "pec-77"
    -     endpointId     = "vpce-0f1"
    -     privateDns     = true
    -     securityGroups = ["sg-0c3"]
    -     subnets        = ["subnet-0a1", "subnet-0b2"]
    -     tags           = {team = "orders"}
    -     vpc            = "vpc-0c12"
      }
      1. remove private endpoint connection pec-77 from TiDB Cloud
      2. wait until TiDB Cloud has removed the private endpoint connection (usually about 1 minute)
      3. delete VPC endpoint vpce-0f1
      4. wait until AWS has deleted the VPC endpoint (usually 1 to 5 minutes)

    # orders-web will be updated in place (clusters/orders.yaml:12:9)
    # because it differs from the manifest
    ! aws endpoint "orders-web" in account prod {
    !     subnets = ["subnet-0a1"] -> ["subnet-0a1", "subnet-0b2"]
          # (4 unchanged fields)
      }
      1. change VPC endpoint vpce-0f1 in place: subnets
      2. wait until AWS shows the change of the VPC endpoint (usually 1 to 2 minutes)
    ```

    </details>

    **Drift** on 2 endpoints
    - `orders-apps`: `vpc` `wanted "vpc-0c12" -> found "vpc-0old"`; this plan puts it right
    - `orders-web`: `subnets` `wanted ["subnet-0a1", "subnet-0b2"] -> found ["subnet-0a1"]`; this plan puts it right

    <sub>Plan digest `0123456789ab`</sub>
    "#);
}

#[test]
fn nothing_to_say() {
    let plan = Plan { digest: "0123456789abcdef".into(), ..plan(&[active("orders-apps")]) };
    assert_snapshot!(markdown(&plan), @"
    <!-- tidelock:plan -->

    ### Tidelock: No changes. What exists is what the manifests say: 1 endpoint.

    | Cluster | Endpoint | Action | Risk | Why |
    |---|---|---|---|---|
    | `orders` | `orders-apps` | unchanged | none | TiDB Cloud and AWS agree with the manifest |

    <sub>Plan digest `0123456789ab`</sub>
    ");
}

fn many(count: usize, world: impl Fn(&str) -> World) -> Vec<World> {
    let name = |number| format!("endpoint-{number:05}");
    (0..count).map(|number| World { cluster: cluster("big"), ..world(&name(number)) }).collect()
}

/// Whatever is left out is said, and the headline counts everything.
fn check(plan: &Plan, shown: &[&str], hidden: &[&str]) {
    let comment = markdown(plan);
    assert!(comment.len() < COMMENT_MAX, "{} bytes", comment.len());
    assert!(comment.starts_with(MARKER));
    assert_eq!(comment.matches("<details>").count(), comment.matches("</details>").count());
    assert_eq!(comment.matches("```").count() % 2, 0);
    for text in shown {
        assert!(comment.contains(text), "{text:?} is missing in {comment}");
    }
    for text in hidden {
        assert!(!comment.contains(text), "{text:?} is in {comment}");
    }
    assert_eq!(comment, markdown(plan), "the same plan is the same comment");
}

#[test]
fn two_hundred_endpoints_do_without_their_fields() {
    let plan = plan(&many(200, absent));
    let shown = ["200 to create", "endpoint-00199", "not shown: the fields and the steps"];
    check(&plan, &shown, &["securityGroups", "1. create"]);
}

#[test]
fn sixty_endpoints_do_without_their_steps() {
    let mut worlds = many(60, absent);
    worlds.push(active("quiet"));
    let shown =
        ["60 to create, 1 unchanged", "securityGroups", "1 endpoint unchanged", "the steps"];
    check(&plan(&worlds), &shown, &["1. create", "`quiet`"]);
}

#[test]
fn unchanged_endpoints_go_first() {
    let mut worlds = many(1_000, active);
    worlds.push(absent("orders-apps"));
    let shown =
        ["1000 endpoints unchanged", "1. create the VPC endpoint", "1 to create, 1000 unchanged"];
    check(&plan(&worlds), &shown, &["endpoint-00001"]);
}

#[test]
fn thousands_of_endpoints_still_fit() {
    let plan = plan(&many(2_000, absent));
    let shown = ["2000 to create", "1700 of 2000 changed endpoints", "all details"];
    check(&plan, &shown, &["endpoint-00300", "<details>"]);
}

#[test]
fn long_texts_do_not_push_the_rest_out() {
    let mut plan = plan(&many(100, absent));
    for endpoint in &mut plan.endpoints {
        endpoint.because.sentence = "&".repeat(2_000);
    }
    plan.unknown = vec![Unknown { what: "x".repeat(9_999), error: "<".repeat(99_999) }; 50];
    check(&plan, &["100 to create", "not shown"], &["<details>"]);
}
