#![doc = include_str!("../README.md")]

mod account;
mod deed;
mod iam;
mod network;
mod resource;
mod scope;
mod spelling;

#[cfg(feature = "client")]
mod api;
#[cfg(feature = "client")]
mod client;
#[cfg(feature = "client")]
mod connect;
#[cfg(feature = "client")]
mod convert;
#[cfg(feature = "client")]
mod error;
#[cfg(feature = "client")]
mod operation;
#[cfg(any(feature = "client", test))]
mod preflight;
#[cfg(feature = "client")]
mod sign_in;
#[cfg(feature = "client")]
mod tags;
#[cfg(feature = "client")]
mod wanted;
#[cfg(feature = "client")]
mod wire;

#[cfg(feature = "sim")]
pub mod sim;

pub use account::{AccountSettings, SignIn};
#[cfg(feature = "client")]
pub use client::Azure;
#[cfg(feature = "client")]
pub use connect::{Options, connect};
pub use deed::deed;
pub use iam::{ACTIONS, read_actions};
pub use network::{ACCOUNT, Network, RESOURCE_GROUP, SUBNET, TAGS, is_usual};
pub use scope::Scope;
pub use spelling::spelled;

/// The manifest's word for this cloud.
pub const CLOUD: &str = "azure";

/// TiDB Cloud's prefix of this cloud's regions (`azure-eastus2`).
pub const REGION_PREFIX: &str = "azure";

/// A scope is a whole subscription: its lists span all regions.
pub const REGIONAL: bool = false;

/// How people speak of this cloud, and of the customer's side of an endpoint in it.
pub const TITLE: &str = "Azure";
pub const LINK: &str = "private endpoint";

/// What the vendor's libraries log under. Finer than `info`, they may print requests with what signs them.
pub const QUIET: &[&str] =
    &["azure_core", "azure_identity", "azure_mgmt_network", "typespec_client_core"];

/// For a shell; `{id}` is filled in, quoted. The id holds subscription and resource group.
pub const SHOW: &str = "az network private-endpoint show --ids {id}";
pub const DELETE: &str = "az network private-endpoint delete --ids {id}";
