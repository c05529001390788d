//! The example's half on Google Cloud: one network with a subnet in the cluster's region, and one elsewhere.

use crate::fault::Vendor;
use crate::ids::Scope;
use crate::world::{Credential, Network, Subnet, Zone};

pub const PROJECT: &str = "shop-prod-424242";
pub const REGION: &str = "us-west1";
pub const REGION_ID: &str = "gcp-us-west1";
/// Dedicated, ready, in TiDB Cloud's second project.
pub const CLUSTER: &str = "1379661944646413202";

/// A service account, and the token that stands for it.
pub const SERVICE_ACCOUNT: &str = "tidelock@shop-prod-424242.iam.gserviceaccount.com";
pub const TOKEN: &str = "ya29.example-access-token";

pub const NETWORK: &str = "projects/shop-prod-424242/global/networks/shop";
pub const SUBNET: &str = "projects/shop-prod-424242/regions/us-west1/subnetworks/apps";
/// In another region than the cluster.
pub const SUBNET_ELSEWHERE: &str = "projects/shop-prod-424242/regions/europe-west3/subnetworks/far";

/// The whole project.
#[must_use]
pub fn scope() -> Scope {
    Scope::of(Vendor::Gcp, PROJECT, "")
}

/// The project in the example's region, where creates happen.
#[must_use]
pub fn location() -> Scope {
    Scope::of(Vendor::Gcp, PROJECT, REGION)
}

pub(super) fn network() -> Network {
    let subnet = |id: &str, region: &str, block: &str| Subnet {
        region: region.to_owned(),
        ..Subnet::new(id, Zone::default(), super::cidr(block))
    };
    Network {
        id: NETWORK.into(),
        scope: scope(),
        cidr: super::cidr("10.60.0.0/16"),
        dns_support: true,
        dns_hostnames: true,
        subnets: vec![
            subnet(SUBNET, REGION, "10.60.1.0/24"),
            subnet(SUBNET_ELSEWHERE, "europe-west3", "10.60.2.0/24"),
        ],
        security_groups: Vec::new(),
    }
}

pub(super) fn credential() -> Credential {
    Credential {
        vendor: Vendor::Gcp,
        id: SERVICE_ACCOUNT.to_owned(),
        secret: TOKEN.to_owned(),
        tenant: String::new(),
        accounts: vec![PROJECT.to_owned()],
    }
}
