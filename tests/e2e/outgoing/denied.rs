//! A permission of Alibaba Cloud's that is missing: it is named with its policy, and the endpoint beside goes on. And on
//! both clouds, a permission without which only some connections can be seen to.

use super::place::{ALIBABA, AWS, NAME, Place};
use super::{Home, neighbours};
use crate::child::Ended;
use futures_util::future::{join, join_all};
use sim::{Failure, Fault, Matcher, Rule, When};

const APPLY: [&str; 5] = ["apply", "manifests", "--yes", "--timeout", "20s"];
const PLAN: [&str; 3] = ["plan", "manifests", "--detailed-exitcode"];

/// A connection beside [`NAME`].
const OTHER: &str = "catalog-other";

/// For private link connections, and for endpoints too.
const CONNECTIONS: &str = "deploy/iam/alibaba-connections.json";
const BOTH: &str = "deploy/iam/alibaba.json";

/// With the permission `nlb:ListServerGroups` missing.
async fn without(permission: &str, is_built_beside: bool) -> Home {
    let home = Home::new(&ALIBABA).await;
    if is_built_beside {
        home.house.remove("out.yaml");
        home.house.ok(&["apply", "manifests", "--yes"]).await;
        home.house.write("out.yaml", &(ALIBABA.manifest)());
    }
    let (_, action) = permission.split_once(':').expect("a product and an action");
    deny(&home, action);
    home
}

fn deny(home: &Home, action: &str) {
    let matcher = Matcher { action: Some(action.into()), ..Matcher::default() };
    let fault = Fault::Refuse(Failure::Forbidden);
    home.house.sim.with(|world| world.faults.add(Rule { when: When::Matching(matcher), fault }));
}

/// What cannot be looked at is told of in the plan already, and nothing is built there.
async fn is_told_of_a_look(permission: &str, policy: &str, is_built_beside: bool) {
    let home = without(permission, is_built_beside).await;
    let house = &home.house;
    let denied = format!("not allowed to {permission}");
    house.run(&PLAN).await.expect(1).says(&denied).says(policy);
    house.run(&APPLY).await.expect(1).says(&denied);
    let grant = format!("grant {permission}");
    house.ok(&["status", "-f", "manifests"]).await.says(&denied).says(policy).says(&grant);
    house.ok(&["why", NAME, "-f", "manifests"]).await.says(&denied).says(policy).says(&grant);
    assert!(home.is_well_beside(), "{permission}");
    home.has_chains(0, permission);
}

#[tokio::test]
async fn to_look() {
    let looks = [
        ("nlb:ListServerGroups", CONNECTIONS, false),
        ("nlb:ListLoadBalancers", CONNECTIONS, false),
        ("privatelink:ListVpcEndpointServices", CONNECTIONS, false),
        ("rds:DescribeDBInstanceAttribute", CONNECTIONS, false),
        // The endpoint beside takes these itself, before it is made.
        ("vpc:DescribeVSwitches", BOTH, true),
        ("ecs:DescribeSecurityGroupAttribute", BOTH, true),
    ];
    join_all(looks.map(|(permission, policy, built)| is_told_of_a_look(permission, policy, built)))
        .await;
}

/// What comes before it is built; when it is denied, and by which policy it is allowed, the next process knows too.
async fn is_told_of_a_deed(permission: &str) {
    let home = without(permission, false).await;
    let house = &home.house;
    let denied = format!("not allowed to {permission}");
    house.run(&PLAN).await.expect(2).says("Plan: 2 to create");
    let applied = house.run(&APPLY).await.expect(5).says(&denied).says(CONNECTIONS);
    assert!(!applied.err.contains("could not look"), "{}", applied.err);
    house
        .ok(&["status", "-f", "manifests"])
        .await
        .says("declined")
        .says("what the last error names");
    let why = house.ok(&["why", NAME, "-f", "manifests"]).await;
    why.says("Last error").says(&denied).says(CONNECTIONS);
    assert!(home.is_well_beside(), "{permission}");
    home.is_honest(permission);
}

#[tokio::test]
async fn to_build() {
    let deeds = [
        "nlb:CreateServerGroup",
        "nlb:CreateLoadBalancer",
        "privatelink:CreateVpcEndpointService",
        "privatelink:AddUserToVpcEndpointService",
        "privatelink:EnableVpcEndpointConnection",
    ];
    join_all(deeds.map(is_told_of_a_deed)).await;
}

/// Who may not ask for quotas learns of a full account later, and of nothing else.
#[tokio::test]
async fn to_ask_for_quotas() {
    let home = without("quotas:ListProductQuotas", false).await;
    let planned = home.house.run(&PLAN).await.expect(2).says("Plan: 2 to create");
    assert!(!format!("{planned:?}").contains("uota"), "{planned:?}");
    home.house.ok(&["apply", "manifests", "--yes"]).await.says("active");
    home.has_chains(1, "built without");
}

/// Beside the connection to a database, one that needs less.
async fn leads_there_all_the_same(home: Home, other: &str, denied: &str) {
    let manifest = (home.place.manifest)();
    let (_, other) = other.split_once("      - name: ").expect("it has one connection");
    home.house.write("out.yaml", &format!("{manifest}      - name: {other}"));
    let (_, action) = denied.split_once(':').expect("a service and an action");
    deny(&home, action);
    let status = goes_as_far_as_allowed(&home, denied).await;
    let line = |name: &str| status.out.lines().find(|line| line.contains(name)).unwrap_or_default();
    assert!(line(OTHER).contains("Active"), "{denied}: {}", status.out);
    assert!(line(NAME).contains("could-not-look"), "{denied}: {}", status.out);
    // And down again.
    home.house.write("out.yaml", &manifest);
    let status = goes_as_far_as_allowed(&home, denied).await;
    assert!(!status.out.contains(OTHER), "{denied}: {}", status.out);
    let rows = home.house.sim.with(|world| world.true_outgoing().count());
    assert_eq!(rows, 1, "{denied}: it is the neighbours'");
    home.is_honest(denied);
}

/// What an apply that cannot see everything leaves.
async fn goes_as_far_as_allowed(home: &Home, denied: &str) -> Ended {
    let apply = ["apply", "manifests", "--yes", "--timeout", "45s"];
    home.house.run(&apply).await.expect(1).says(&format!("not allowed to {denied}"));
    home.house.ok(&["status", "-f", "manifests"]).await
}

async fn leads_to_an_address_all_the_same(place: &'static Place, denied: &str) {
    let fixed = place.leads_to(place.old).replace(NAME, OTHER);
    leads_there_all_the_same(Home::new(place).await, &fixed, denied).await;
}

async fn leads_to_a_service_all_the_same(place: &'static Place, denied: &str) {
    let home = Home::new(place).await;
    let service = home.house.sim.with(|world| {
        let service = place.ground.chain(world, "offered");
        // Whom TiDB Cloud asks before it is there is asked never again.
        neighbours::pass(world);
        service
    });
    let manifest = (place.manifest)().replace(NAME, OTHER);
    let (head, _) = manifest.split_once("expose:").expect("it exposes a database");
    let other = format!("{head}service: {service}\n");
    leads_there_all_the_same(home, &other, denied).await;
}

#[tokio::test]
async fn to_look_at_databases() {
    join(
        leads_to_an_address_all_the_same(&AWS, "rds:DescribeDBInstances"),
        leads_to_an_address_all_the_same(&ALIBABA, "rds:DescribeDBInstanceAttribute"),
    )
    .await;
}

#[tokio::test]
async fn to_look_at_load_balancers() {
    join(
        leads_to_a_service_all_the_same(&AWS, "elasticloadbalancing:DescribeTargetGroups"),
        leads_to_a_service_all_the_same(&ALIBABA, "nlb:ListLoadBalancers"),
    )
    .await;
}
