//! The example's half on Alibaba Cloud: one VPC with a switch in each zone.

use super::{group, tcp};
use crate::fault::Vendor;
use crate::ids::{Scope, SubnetId};
use crate::world::spell::zones_of;
use crate::world::{Credential, Database, DatabaseState, Network, Source, Subnet, Tags};
use std::collections::BTreeSet;
use std::net::Ipv4Addr;

pub const ACCOUNT: &str = "1234567890123456";
pub const ACCESS_KEY: &str = "LTAI5tExampleAccessKeyId";
pub const ACCESS_KEY_SECRET: &str = "ExampleAccessKeySecret";
pub const REGION: &str = "ap-southeast-1";
pub const REGION_ID: &str = "alicloud-ap-southeast-1";
pub const STARTER: &str = "10163479507301863246";
/// Essential in the shared model.
pub const SHARED: &str = "10163479507301863247";
pub const PREMIUM: &str = "10163479507301863248";

pub const VPC: &str = "vpc-t4nexample0000000001a";
/// In zones a, b and c, all of them served.
pub const SWITCHES: [&str; 3] =
    ["vsw-t4nexample0000000001a", "vsw-t4nexample0000000001b", "vsw-t4nexample0000000001c"];
/// In a zone that TiDB Cloud does not serve.
pub const SWITCH_UNSERVED: &str = "vsw-t4nexample0000000001d";
/// Lets port 4000 in.
pub const GROUP_OPEN: &str = "sg-t4nexample00000000001";
/// Lets only HTTPS in.
pub const GROUP_CLOSED: &str = "sg-t4nexample00000000002";
/// Lets port 3306 in.
pub const GROUP_DATABASE: &str = "sg-t4nexample00000000003";

/// A managed database in the first two zones, which fails over between them and has an allow list of its own.
pub const DATABASE: &str = "rm-t4nexample00000001";
pub const DATABASE_HOST: &str = "rm-t4nexample00000001.mysql.singapore.rds.aliyuncs.com";

#[must_use]
pub fn scope() -> Scope {
    Scope::of(Vendor::Alibaba, ACCOUNT, REGION)
}

pub(super) fn network() -> Network {
    let ids = SWITCHES.iter().chain([&SWITCH_UNSERVED]);
    let subnet = |(index, (id, zone)): (usize, (&&str, _))| {
        Subnet::new(*id, zone, super::cidr(&format!("10.50.{index}.0/24")))
    };
    let zones = zones_of(Vendor::Alibaba, REGION);
    Network {
        id: VPC.into(),
        scope: scope(),
        cidr: super::cidr("10.50.0.0/16"),
        dns_support: true,
        dns_hostnames: true,
        subnets: ids.zip(zones).enumerate().map(subnet).collect(),
        security_groups: vec![
            group(
                GROUP_OPEN,
                "tidb-clients",
                vec![tcp(4_000, 4_000, Source::Cidr("10.50.0.0/16".into()))],
            ),
            group(GROUP_CLOSED, "web", vec![tcp(443, 443, Source::Cidr("0.0.0.0/0".into()))]),
            group(
                GROUP_DATABASE,
                "databases",
                vec![tcp(3_306, 3_306, Source::Cidr("0.0.0.0/0".into()))],
            ),
        ],
    }
}

pub(super) fn database() -> Database {
    Database {
        id: DATABASE.into(),
        scope: scope(),
        state: DatabaseState::Available,
        host: DATABASE_HOST.to_owned(),
        port: 3_306,
        network: VPC.into(),
        subnets: SWITCHES[..2].iter().map(|id| SubnetId::from(*id)).collect(),
        address: Ipv4Addr::new(10, 50, 0, 200),
        standby: vec![Ipv4Addr::new(10, 50, 1, 200)],
        security_groups: BTreeSet::new(),
        allow_list: vec!["10.50.0.0/16".to_owned()],
        tags: Tags::new(),
        fading: BTreeSet::new(),
    }
}

pub(super) fn credential() -> Credential {
    Credential {
        vendor: Vendor::Alibaba,
        id: ACCESS_KEY.to_owned(),
        secret: ACCESS_KEY_SECRET.to_owned(),
        tenant: String::new(),
        accounts: vec![ACCOUNT.to_owned()],
    }
}
