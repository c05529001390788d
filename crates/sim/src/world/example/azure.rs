//! The example's half on Azure: one virtual network with room, and a subnet that has none.

use crate::fault::Vendor;
use crate::ids::Scope;
use crate::world::{Credential, Network, Subnet, SubnetPolicies, Zone};

pub const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
pub const SUBSCRIPTION: &str = "9f0a1b2c-3d4e-4f5a-8b6c-7d8e9f0a1b2c";
pub const CLIENT_ID: &str = "3c0d9a4e-5b6f-4a7b-8c9d-0e1f2a3b4c5d";
pub const CLIENT_SECRET: &str = "example~client~secret";
pub const REGION: &str = "eastus2";
pub const REGION_ID: &str = "azure-eastus2";
/// Dedicated, ready, in the second project.
pub const CLUSTER: &str = "1379661944646413201";

pub const RESOURCE_GROUP: &str = "shop";
pub const NETWORK: &str = "/subscriptions/9f0a1b2c-3d4e-4f5a-8b6c-7d8e9f0a1b2c/resourceGroups/shop/providers/Microsoft.Network/virtualNetworks/shop-vnet";
/// Has room.
pub const SUBNET: &str = "/subscriptions/9f0a1b2c-3d4e-4f5a-8b6c-7d8e9f0a1b2c/resourceGroups/shop/providers/Microsoft.Network/virtualNetworks/shop-vnet/subnets/apps";
/// Has room too, and its network policies hold for private endpoints.
pub const SUBNET_GUARDED: &str = "/subscriptions/9f0a1b2c-3d4e-4f5a-8b6c-7d8e9f0a1b2c/resourceGroups/shop/providers/Microsoft.Network/virtualNetworks/shop-vnet/subnets/guarded";
/// Has no address left.
pub const SUBNET_FULL: &str = "/subscriptions/9f0a1b2c-3d4e-4f5a-8b6c-7d8e9f0a1b2c/resourceGroups/shop/providers/Microsoft.Network/virtualNetworks/shop-vnet/subnets/full";

/// The whole subscription.
#[must_use]
pub fn scope() -> Scope {
    Scope::of(Vendor::Azure, SUBSCRIPTION, "")
}

/// The subscription in the example's region, where creates happen.
#[must_use]
pub fn location() -> Scope {
    Scope::of(Vendor::Azure, SUBSCRIPTION, REGION)
}

pub(super) fn network() -> Network {
    let subnet = |id: &str, block: &str| Subnet::new(id, Zone::default(), super::cidr(block));
    let guarded =
        Subnet { policies: SubnetPolicies::Enabled, ..subnet(SUBNET_GUARDED, "10.40.2.0/24") };
    let mut full = subnet(SUBNET_FULL, "10.40.3.0/28");
    while let Some(address) = full.cidr.free(&full.taken) {
        full.taken.insert(address);
    }
    Network {
        id: NETWORK.into(),
        scope: location(),
        cidr: super::cidr("10.40.0.0/16"),
        dns_support: true,
        dns_hostnames: true,
        subnets: vec![subnet(SUBNET, "10.40.1.0/24"), guarded, full],
        security_groups: Vec::new(),
    }
}

pub(super) fn credential() -> Credential {
    Credential {
        vendor: Vendor::Azure,
        id: CLIENT_ID.to_owned(),
        secret: CLIENT_SECRET.to_owned(),
        tenant: TENANT.to_owned(),
        accounts: vec![SUBSCRIPTION.to_owned()],
    }
}
