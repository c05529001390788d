//! What differs between the clouds on the way out: where the database stands, and how a manifest says so.

use super::neighbours::{self, Ground};
use crate::house::House;
use crate::manifests::estate;
use sim::example;
use std::net::Ipv4Addr;

pub(super) const NAME: &str = "catalog-rds";
const BESIDE: &str = "orders-a";

pub(super) struct Place {
    pub(super) cloud: &'static str,
    pub(super) ground: Ground,
    /// Of the database, before it fails over and after.
    pub(super) old: Ipv4Addr,
    pub(super) new: Ipv4Addr,
    /// Whether the cloud says only a database's name, and not its address.
    pub(super) is_resolved: bool,
    /// The vendor's word for a load balancer that is being made.
    pub(super) provisioning: &'static str,
    pub(super) manifest: fn() -> String,
    /// A manifest of one endpoint.
    pub(super) beside: fn() -> String,
    pub(super) is_well_beside: fn(&House) -> bool,
}

pub(super) static AWS: Place = Place {
    cloud: cloud_aws::CLOUD,
    ground: neighbours::AWS,
    old: Ipv4Addr::new(10, 20, 63, 200),
    new: Ipv4Addr::new(10, 20, 127, 200),
    is_resolved: true,
    provisioning: "provisioning",
    manifest: on_aws,
    beside: || estate(&[BESIDE]),
    is_well_beside: |house| house.active() == [BESIDE],
};

pub(super) static ALIBABA: Place = Place {
    cloud: cloud_alibaba::CLOUD,
    ground: neighbours::ALIBABA,
    old: Ipv4Addr::new(10, 50, 0, 200),
    new: Ipv4Addr::new(10, 50, 1, 200),
    is_resolved: false,
    provisioning: "Provisioning",
    manifest: on_alibaba,
    beside: beside_on_alibaba,
    // Clusters that share an endpoint service share the endpoint too, and it is named after none.
    is_well_beside: |house| house.available().len() == 1,
};

impl Place {
    /// Its manifest, with an address instead of the database.
    pub(super) fn leads_to(&self, address: Ipv4Addr) -> String {
        let database = format!("database: {}", self.ground.database);
        (self.manifest)().replace(&database, &format!("addresses: [{address}]"))
    }
}

/// A cluster `name` of which something is wanted.
fn cluster(name: &str, tier: &str, id: &str, region: &str) -> String {
    format!(
        "apiVersion: tidelock/v1\nclusters:\n  - name: {name}\n    tier: {tier}\n    id: \"{id}\"\n    \
         region: {region}\n"
    )
}

fn on_aws() -> String {
    let head = cluster("catalog", "essential", example::SHARED, example::REGION_ID);
    format!(
        "{head}    privateLinkConnections:\n      - name: {NAME}\n        aws:\n          account: prod\n          \
         expose:\n            database: {}\n            port: 3306\n            vpc: {}\n            \
         subnets: [{}, {}]\n            securityGroups: [{}]\n",
        example::DATABASE,
        example::VPC,
        example::SUBNETS[0],
        example::SUBNETS[1],
        example::GROUP_DATABASE
    )
}

fn on_alibaba() -> String {
    use example::alibaba as example;
    let head = cluster("catalog", "essential", example::SHARED, example::REGION_ID);
    format!(
        "{head}    privateLinkConnections:\n      - name: {NAME}\n        alibaba:\n          \
         account: prod-alibaba\n          expose:\n            database: {}\n            port: 3306\n            \
         vpc: {}\n            vSwitches: [{}, {}]\n            securityGroups: [{}]\n",
        example::DATABASE,
        example::VPC,
        example::SWITCHES[0],
        example::SWITCHES[1],
        example::GROUP_DATABASE
    )
}

fn beside_on_alibaba() -> String {
    use example::alibaba as example;
    let head = cluster("orders", "starter", example::STARTER, example::REGION_ID);
    format!(
        "{head}    endpoints:\n      - name: {BESIDE}\n        alibaba:\n          account: prod-alibaba\n          \
         vpc: {}\n          vSwitches: [{}]\n          securityGroups: [{}]\n",
        example::VPC,
        example::SWITCHES[0],
        example::GROUP_OPEN
    )
}
