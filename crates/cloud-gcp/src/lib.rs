#![doc = include_str!("../README.md")]

mod deed;
mod iam;
mod network;
mod resource;
mod scope;

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
#[cfg(any(feature = "client", test))]
mod labels;
#[cfg(feature = "client")]
mod operation;
#[cfg(any(feature = "client", test))]
mod preflight;
#[cfg(feature = "client")]
mod sign_in;
#[cfg(feature = "client")]
mod wanted;

#[cfg(feature = "sim")]
pub mod sim;

#[cfg(feature = "client")]
pub use client::Gcp;
#[cfg(feature = "client")]
pub use connect::{Options, connect};
pub use deed::deed;
pub use iam::{ACTIONS, read_actions};
pub use network::{ACCOUNT, GLOBAL_ACCESS, LABELS, NETWORK, Network, SUBNET, is_usual};
pub use scope::{AccountSettings, Scope};

/// The manifest's word for this cloud.
pub const CLOUD: &str = "gcp";

/// The prefix of its regions in TiDB Cloud (`gcp-us-east1`).
pub const REGION_PREFIX: &str = "gcp";

/// A scope is a whole project: its lists span all regions.
pub const REGIONAL: bool = false;

/// The one spelling of an endpoint's id, or of a service's name: Google Cloud has but one.
pub use cloud::as_it_is as spelled;

/// How people speak of this cloud, and of the customer's side of an endpoint in it.
pub const TITLE: &str = "Google Cloud";
pub const LINK: &str = "PSC endpoint";

/// What the vendor's libraries log under. Finer than `info`, they may print requests with what signs them.
pub const QUIET: &[&str] =
    &["google_cloud_auth", "google_cloud_gax_internal", "google_cloud_compute_v1"];

/// For a shell; `{id}` is filled in, quoted. The id holds project and region.
pub const SHOW: &str = "gcloud compute forwarding-rules describe {id}";
pub const DELETE: &str = "gcloud compute forwarding-rules delete {id}";
