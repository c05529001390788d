//! A permission that is missing, one after another: the real binary names it and says what to do, and everything that
//! needs it not goes on.

use super::Home;
use super::place::{AWS, NAME};
use crate::accounts::credential;
use crate::house::House;
use sim::{Deed, Failure, Fault, Matcher, Rule, Vendor, When, example};

/// Another endpoint of the same account.
const OTHER: &str = "orders-a";

/// What is denied, and what one is told to grant.
type Permission = (&'static str, &'static str);

/// What every look at a connection that stands takes, service by service.
const LOOKS: [Permission; 12] = [
    ("DescribeVpcEndpointConnections", "ec2:DescribeVpcEndpointConnections"),
    ("DescribeVpcEndpointServiceConfigurations", "ec2:DescribeVpcEndpointServiceConfigurations"),
    ("DescribeVpcEndpointServicePermissions", "ec2:DescribeVpcEndpointServicePermissions"),
    ("DescribeSubnets", "ec2:DescribeSubnets"),
    ("DescribeVpcs", "ec2:DescribeVpcs"),
    ("DescribeListeners", "elasticloadbalancing:DescribeListeners"),
    ("DescribeLoadBalancers", "elasticloadbalancing:DescribeLoadBalancers"),
    ("DescribeTags", "elasticloadbalancing:DescribeTags"),
    ("DescribeTargetGroups", "elasticloadbalancing:DescribeTargetGroups"),
    ("DescribeTargetHealth", "elasticloadbalancing:DescribeTargetHealth"),
    ("DescribeDBInstances", "rds:DescribeDBInstances"),
    ("ListPrivateLinkConnections", "list the private link connections of instance"),
];

/// What is asked before anything is built.
const CHECKS: [Permission; 3] = [
    ("DescribeNetworkInterfaces", "ec2:DescribeNetworkInterfaces"),
    ("DescribeVpcs", "ec2:DescribeVpcs"),
    ("DescribeAccountLimits", "elasticloadbalancing:DescribeAccountLimits"),
];

/// What building takes, in the order in which it is done.
const DEEDS: [Permission; 8] = [
    ("CreateTargetGroup", "elasticloadbalancing:CreateTargetGroup"),
    ("RegisterTargets", "elasticloadbalancing:RegisterTargets"),
    ("CreateLoadBalancer", "elasticloadbalancing:CreateLoadBalancer"),
    ("CreateListener", "elasticloadbalancing:CreateListener"),
    ("CreateVpcEndpointServiceConfiguration", "ec2:CreateVpcEndpointServiceConfiguration"),
    ("ModifyVpcEndpointServicePermissions", "ec2:ModifyVpcEndpointServicePermissions"),
    ("CreatePrivateLinkConnection", "create private link connection"),
    ("AcceptVpcEndpointConnections", "ec2:AcceptVpcEndpointConnections"),
];

/// Nothing but this is denied from now on.
fn deny(house: &House, action: &str) {
    let matcher = Matcher { action: Some(action.to_owned()), ..Matcher::default() };
    let fault = Fault::Refuse(Failure::Forbidden);
    house.sim.with(|world| {
        world.faults.clear();
        world.faults.add(Rule { when: When::Matching(matcher), fault });
    });
}

/// In another process than the one that was denied it: what is lacking, and what to do about it.
async fn is_told(house: &House, name: &str, permission: &str) {
    let why = house.run(&["why", name, "-f", "manifests"]).await;
    let why = why.says(&format!("not allowed to {permission}"));
    let to_do = why.out.lines().find(|line| line.starts_with("To do:"));
    let to_do = to_do.unwrap_or_else(|| panic!("{permission}: nothing to do in {}", why.out));
    let names = to_do.contains(permission) || to_do.contains("what the last error names");
    assert!(to_do.contains("grant") && names, "{permission}: {to_do}");
}

#[tokio::test]
async fn a_look_that_is_denied_names_its_permission_and_the_rest_goes_on() {
    let Home { house, .. } = Home::new(&AWS).await;
    house.ok(&["apply", "manifests", "--yes"]).await;
    for (action, permission) in LOOKS {
        deny(&house, action);
        is_told(&house, NAME, permission).await;
        let planned = house.run(&["plan", "manifests"]).await.expect(1);
        planned.says(&format!("not allowed to {permission}")).says("1 unknown, 1 unchanged");
    }
    let status = house.run(&["status", "-f", "manifests"]).await;
    let says = |name: &str, word: &str| {
        let mut lines = status.out.lines();
        lines.any(|line| line.contains(name) && line.contains(word))
    };
    assert!(says(OTHER, "Active") && says(NAME, "could-not-look"), "{}", status.out);
}

#[tokio::test]
async fn a_check_that_is_denied_names_its_permission_and_the_rest_goes_on() {
    let Home { house, place, .. } = Home::new(&AWS).await;
    house.write("out.yaml", &place.leads_to(place.old));
    for (action, permission) in CHECKS {
        deny(&house, action);
        is_told(&house, NAME, permission).await;
        let planned = house.run(&["plan", "manifests"]).await.expect(1);
        planned.says(&format!("not allowed to {permission}")).says("1 to create, 1 unknown");
    }
}

#[tokio::test]
async fn a_deed_that_is_denied_names_its_permission_and_the_rest_goes_on() {
    let Home { house, .. } = Home::new(&AWS).await;
    for (action, permission) in DEEDS {
        deny(&house, action);
        house.run(&["apply", "manifests", "--yes"]).await.expect(5).says(permission);
        assert_eq!(house.active(), [OTHER], "{permission}");
        is_told(&house, NAME, permission).await;
    }
    house.sim.with(|world| world.faults.clear());
    house.ok(&["apply", "manifests", "--yes"]).await;
}

/// Who the credentials are is asked where the configuration says whose they must be; then nothing of the account is
/// known, and each of its entries says so.
#[tokio::test]
async fn to_be_denied_who_one_is_holds_the_account_and_is_told() {
    let Home { house, .. } = Home::new(&AWS).await;
    let file = house.path("tidelock.toml");
    let config = std::fs::read_to_string(&file).unwrap();
    let account = format!("cloud = \"aws\"\naccount_id = \"{}\"", example::ACCOUNT);
    std::fs::write(file, config.replace("cloud = \"aws\"", &account)).unwrap();
    deny(&house, "GetCallerIdentity");
    for name in [NAME, OTHER] {
        is_told(&house, name, "sts:GetCallerIdentity").await;
    }
    house.sim.with(|world| world.faults.clear());
    house.ok(&["plan", "manifests"]).await.says("Plan: 2 to create");
}

/// A chain keeps another account out as an endpoint does, and nobody waits for what only an operator can change.
#[tokio::test]
async fn keys_that_became_another_accounts_are_not_used() {
    let mut home = Home::new(&AWS).await;
    home.house.ok(&["apply", "manifests", "--yes"]).await;
    let (account, key) = ("210987654321", "AKIAI44QH8DHBEXAMPLE");
    home.house.deed(Deed::AddCredential(credential(Vendor::Aws, key, "", account)));
    home.house.set("AWS_ACCESS_KEY_ID", key);
    let before = home.house.mutating_calls();
    for command in [&["plan", "manifests"][..], &["apply", "manifests", "--yes"]] {
        let ended = home.house.run(command).await.expect(1);
        ended.says("error[not-set-up]").says(&format!("credentials belong to {account}"));
    }
    home.house
        .ok(&["why", NAME, "-f", "manifests"])
        .await
        .says(&format!("account_id = \"{account}\""));
    assert_eq!(home.house.mutating_calls(), before);
    assert!(home.is_active());
}
