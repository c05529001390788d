//! A world to try things in: Dedicated clusters on AWS, two that are ready and one that is not, and a network that
//! fits them; and beside them ([`others`]) a cluster and a network for every other flow.
//!
//! The ids are fixed, so that manifests can name them.

pub mod alibaba;
pub mod azure;
pub mod gcp;
mod others;

pub use others::{EXCLUSIVE, PREMIUM, SHARED, STARTER};

use crate::draws::Draws;
use crate::fault::Vendor;
use crate::ids::{Scope, SecurityGroupId, SubnetId};
use crate::world::spell::zones;
use crate::world::{
    Cidr, Database, DatabaseState, Ingress, Network, NewCluster, SecurityGroup, Source, Subnet,
    Tags, World,
};
use std::collections::BTreeSet;
use std::net::Ipv4Addr;

pub const ACCOUNT: &str = "123456789012";
pub const REGION: &str = "us-east-1";
/// As TiDB Cloud spells it.
pub const REGION_ID: &str = "aws-us-east-1";
pub const ACCESS_KEY: &str = "AKIAIOSFODNN7EXAMPLE";
pub const API_KEY_PUBLIC: &str = "EXAMPLEPUBLICKEY";
pub const API_KEY_PRIVATE: &str = "00000000-example-private-key";

pub const PROJECT: &str = "1372813089209061633";
pub const OTHER_PROJECT: &str = "1372813089454525346";
/// Ready.
pub const ORDERS: &str = "1379661944646413143";
/// Ready, with a second node group.
pub const BILLING: &str = "1379661944646413144";
/// In the other project, and just being made.
pub const REPORTS: &str = "1379661944646413145";

pub const VPC: &str = "vpc-0c12a34b56d78e90f";
/// In three zones, all of them served.
pub const SUBNETS: [&str; 3] =
    ["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002", "subnet-0a1b2c3d4e5f60003"];
/// In a zone that TiDB Cloud does not serve.
pub const SUBNET_UNSERVED: &str = "subnet-0a1b2c3d4e5f60004";
pub const GROUP_DEFAULT: &str = "sg-0a1b2c3d4e5f60000";
/// Lets port 4000 in.
pub const GROUP_OPEN: &str = "sg-0a1b2c3d4e5f60001";
/// Lets ports 4000 to 4999 in, from the open group.
pub const GROUP_APPS: &str = "sg-0a1b2c3d4e5f60002";
/// Lets only HTTPS in.
pub const GROUP_CLOSED: &str = "sg-0a1b2c3d4e5f60003";
/// Lets port 3306 in.
pub const GROUP_DATABASE: &str = "sg-0a1b2c3d4e5f60005";
/// A managed database in the first two zones, which fails over between them.
pub const DATABASE: &str = "orders-db";
pub const DATABASE_HOST: &str = "orders-db.c3xample9k2m.us-east-1.rds.amazonaws.com";
/// A second network, in which DNS host names are off.
pub const VPC_WITHOUT_DNS: &str = "vpc-0c12a34b56d78e910";
pub const SUBNET_WITHOUT_DNS: &str = "subnet-0a1b2c3d4e5f60011";

#[must_use]
pub fn scope() -> Scope {
    Scope::new(ACCOUNT, REGION)
}

/// What a survey of the example's account in a cloud is of; the region counts where surveys are of one.
#[must_use]
pub fn scope_in(vendor: Vendor, region: &str) -> Scope {
    match vendor {
        Vendor::Tidb | Vendor::Aws => Scope::new(ACCOUNT, region),
        Vendor::Azure => azure::scope(),
        Vendor::Alibaba => Scope { region: region.to_owned(), ..alibaba::scope() },
        Vendor::Gcp => gcp::scope(),
    }
}

impl World {
    #[must_use]
    pub fn example(draws: Draws, seed: u64) -> World {
        World::new(draws, seed).furnished()
    }

    /// The example, in a world that has its own settings or its own beginning.
    #[must_use]
    pub fn furnished(self) -> World {
        let mut world = self;
        world.add_api_key(API_KEY_PUBLIC, API_KEY_PRIVATE);
        world.add_access_key(ACCESS_KEY, ACCOUNT);
        let project = world.add_project(Some(PROJECT.into()), "shop");
        let other = world.add_project(Some(OTHER_PROJECT.into()), "insights");
        for (id, name, project, ready) in [
            (ORDERS, "orders", &project, true),
            (BILLING, "billing", &project, true),
            (REPORTS, "reports", &other, false),
        ] {
            let mut new = NewCluster::new(name, REGION_ID, project);
            new.id = Some(id.into());
            new.ready = ready;
            if id == BILLING {
                new.more_groups.push("analytics".to_owned());
            }
            world.add_cluster(new);
        }
        world.add_network(main());
        world.add_network(without_dns());
        world.furnish_others();
        world.add_database(orders_db());
        world
    }
}

fn main() -> Network {
    let mut ids = SUBNETS.to_vec();
    ids.push(SUBNET_UNSERVED);
    let subnet = |(index, id): (usize, &&str)| {
        let block = cidr(&format!("10.20.{}.0/18", 64 * index));
        Subnet::new(*id, zones(REGION)[index].clone(), block)
    };
    Network {
        id: VPC.into(),
        scope: scope(),
        cidr: cidr("10.20.0.0/16"),
        dns_support: true,
        dns_hostnames: true,
        subnets: ids.iter().enumerate().map(subnet).collect(),
        security_groups: vec![
            group(GROUP_DEFAULT, "default", vec![]),
            group(
                GROUP_OPEN,
                "tidb-clients",
                vec![tcp(4_000, 4_000, Source::Cidr("10.20.0.0/16".into()))],
            ),
            group(GROUP_APPS, "apps", vec![tcp(4_000, 4_999, Source::Group(GROUP_OPEN.into()))]),
            group(GROUP_CLOSED, "web", vec![tcp(443, 443, Source::Cidr("0.0.0.0/0".into()))]),
            group(
                GROUP_DATABASE,
                "databases",
                vec![tcp(3_306, 3_306, Source::Cidr("10.20.0.0/16".into()))],
            ),
        ],
    }
}

fn orders_db() -> Database {
    Database {
        id: DATABASE.into(),
        scope: scope(),
        state: DatabaseState::Available,
        host: DATABASE_HOST.to_owned(),
        port: 3_306,
        network: VPC.into(),
        subnets: SUBNETS[..2].iter().map(|id| SubnetId::from(*id)).collect(),
        address: Ipv4Addr::new(10, 20, 63, 200),
        standby: vec![Ipv4Addr::new(10, 20, 127, 200)],
        security_groups: BTreeSet::from([GROUP_DATABASE.into()]),
        allow_list: vec![],
        tags: Tags::new(),
        fading: BTreeSet::new(),
    }
}

fn without_dns() -> Network {
    let zone = zones(REGION)[0].clone();
    Network {
        id: VPC_WITHOUT_DNS.into(),
        scope: scope(),
        cidr: cidr("10.30.0.0/16"),
        dns_support: true,
        dns_hostnames: false,
        subnets: vec![Subnet::new(SUBNET_WITHOUT_DNS, zone, cidr("10.30.0.0/24"))],
        security_groups: vec![group("sg-0a1b2c3d4e5f60010", "default", vec![])],
    }
}

fn group(id: &str, name: &str, ingress: Vec<Ingress>) -> SecurityGroup {
    SecurityGroup { id: SecurityGroupId::from(id), name: name.to_owned(), ingress }
}

fn tcp(from_port: u16, to_port: u16, source: Source) -> Ingress {
    Ingress { protocol: "tcp".to_owned(), from_port, to_port, source }
}

fn cidr(text: &str) -> Cidr {
    text.parse().expect("the example's blocks are written above")
}
