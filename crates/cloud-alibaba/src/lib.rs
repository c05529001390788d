#![doc = include_str!("../README.md")]

mod account;
mod network;
mod outlet;
mod scope;
#[cfg(any(feature = "client", test))]
mod wanted;

#[cfg(feature = "client")]
mod api;
#[cfg(feature = "client")]
mod change;
#[cfg(feature = "client")]
mod client;
#[cfg(feature = "client")]
mod connect;
#[cfg(feature = "client")]
mod convert;
#[cfg(feature = "client")]
mod details;
#[cfg(feature = "client")]
mod error;
#[cfg(feature = "client")]
mod label;
#[cfg(feature = "client")]
mod model;
#[cfg(feature = "client")]
mod pace;
#[cfg(feature = "client")]
mod places;
#[cfg(feature = "client")]
mod rpc;
#[cfg(feature = "client")]
mod session;
#[cfg(feature = "client")]
mod sign;
#[cfg(feature = "client")]
mod wire;

mod deed;
#[cfg(any(feature = "client", test))]
mod exposing;
mod iam;
#[cfg(any(feature = "client", test))]
mod preflight;
#[cfg(feature = "sim")]
pub mod sim;

pub use account::{AccountSettings, Keys};
#[cfg(feature = "client")]
pub use client::Alibaba;
#[cfg(feature = "client")]
pub use connect::{Options, connect, connect_in};
pub use deed::deed;
pub use iam::{
    ACTIONS, CONNECTION_ACTIONS, CONNECTION_DEPENDENT_ACTIONS, DEPENDENT_ACTIONS,
    connection_read_actions, read_actions,
};
pub use network::{ACCOUNT, Network, SECURITY_GROUPS, TAGS, V_SWITCHES, VPC, is_usual};
pub use outlet::{ADDRESSES, DATABASE, EXPOSE, Expose, Outlet, PORT, SERVICE};
pub use scope::Scope;
#[cfg(feature = "client")]
pub use session::Environment;

/// The manifest's word for this cloud.
pub const CLOUD: &str = "alibaba";

/// TiDB Cloud's prefix of this cloud's regions (`alicloud-ap-southeast-1`).
pub const REGION_PREFIX: &str = "alicloud";

/// One list covers one region of an account; the others have lists of their own.
pub const REGIONAL: bool = true;

/// TiDB Cloud attaches no domains of Confluent's to a private link connection here.
pub const CONFLUENT: Option<&str> = None;

/// The one spelling of an endpoint's id, or of a service's name: Alibaba Cloud has but one.
pub use cloud::as_it_is as spelled;

/// How people speak of this cloud, and of the customer's side of an endpoint in it.
pub const TITLE: &str = "Alibaba Cloud";
pub const LINK: &str = "VPC endpoint";

/// What the vendor's libraries log under: there are none.
pub const QUIET: &[&str] = &[];

/// For a shell; `{region}` and `{id}` are filled in, quoted.
pub const SHOW: &str =
    "aliyun privatelink GetVpcEndpointAttribute --RegionId {region} --EndpointId {id}";
pub const DELETE: &str =
    "aliyun privatelink DeleteVpcEndpoint --RegionId {region} --EndpointId {id}";
