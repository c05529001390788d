#![doc = include_str!("../README.md")]

mod account;
mod network;
mod scope;

mod deed;

pub use account::{AccountSettings, Keys};
pub use deed::deed;
pub use network::{ACCOUNT, Network, SECURITY_GROUPS, TAGS, V_SWITCHES, VPC, is_usual};
pub use scope::Scope;

/// The manifest's word for this cloud.
pub const CLOUD: &str = "alibaba";

/// TiDB Cloud's prefix of this cloud's regions (`alicloud-ap-southeast-1`).
pub const REGION_PREFIX: &str = "alicloud";

/// One list covers one region of an account; the others have lists of their own.
pub const REGIONAL: bool = true;

/// How people speak of this cloud, and of the customer's side of an endpoint in it.
pub const TITLE: &str = "Alibaba Cloud";
pub const LINK: &str = "VPC endpoint";

/// For a shell; `{region}` and `{id}` are filled in, quoted.
pub const SHOW: &str =
    "aliyun privatelink GetVpcEndpointAttribute --RegionId {region} --EndpointId {id}";
pub const DELETE: &str =
    "aliyun privatelink DeleteVpcEndpoint --RegionId {region} --EndpointId {id}";
