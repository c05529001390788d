//! Manifests that fit the example world.

use crate::house::House;
use sim::{Deed, Ingress, Source, example};
use std::fmt::Write;

pub(crate) const SMALLEST: &str = include_str!("../../examples/01-smallest.yaml");
pub(crate) const ORDERS: &str = include_str!("../../examples/02-orders.yaml");

/// All that the example world has room for: each node group from each network.
pub(crate) const ESTATE: [&str; 6] =
    ["billing-a", "billing-b", "orders-a", "orders-b", "reports-a", "reports-b"];

/// A manifest of these endpoints out of [`ESTATE`].
pub(crate) fn estate(names: &[&str]) -> String {
    estate_with(names, "")
}

/// The same, with more lines in each entry.
pub(crate) fn estate_with(names: &[&str], more: &str) -> String {
    let mut text = String::from("apiVersion: tidelock/v1\nclusters:\n");
    for (cluster, id, group) in [
        ("orders", example::ORDERS, ""),
        ("billing", example::BILLING, ""),
        ("reports", example::BILLING, "    nodeGroup: analytics\n"),
    ] {
        let project = example::PROJECT;
        let of_cluster = |name: &&&str| name.starts_with(cluster);
        if names.iter().any(|name| of_cluster(&name)) {
            write!(
                text,
                "  - name: {cluster}\n    tier: dedicated\n    id: \"{id}\"\n    region: aws-us-east-1\n    \
                 project: \"{project}\"\n{group}    endpoints:\n"
            )
            .unwrap();
        }
        for name in names.iter().filter(of_cluster) {
            let (vpc, subnet, group) = if name.ends_with("-a") {
                (example::VPC, example::SUBNETS[0], example::GROUP_OPEN)
            } else {
                (example::VPC_WITHOUT_DNS, example::SUBNET_WITHOUT_DNS, "sg-0a1b2c3d4e5f60010")
            };
            write!(
                text,
                "      - name: {name}\n        aws:\n          account: prod\n          vpc: {vpc}\n          \
                 subnets: [{subnet}]\n          securityGroups: [{group}]\n          privateDns: false\n{more}"
            )
            .unwrap();
        }
    }
    text
}

/// Lets the database's port into the second network too, so that nothing is to be warned of.
pub(crate) fn open_second_network(house: &House) {
    let (from_port, to_port) = (4_000, 4_000);
    let source = Source::Cidr("10.30.0.0/16".into());
    let ingress = vec![Ingress { protocol: "tcp".into(), from_port, to_port, source }];
    house.deed(Deed::SetIngress { security_group: "sg-0a1b2c3d4e5f60010".into(), ingress });
}
