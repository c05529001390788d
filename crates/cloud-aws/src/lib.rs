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
mod client;
#[cfg(feature = "client")]
mod connect;
#[cfg(feature = "client")]
mod convert;
#[cfg(feature = "client")]
mod error;
#[cfg(feature = "client")]
mod pages;
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
pub use client::Aws;
#[cfg(feature = "client")]
pub use connect::{Options, connect};
pub use deed::deed;
pub use iam::{
    ACTIONS, CONNECTION_ACTIONS, CONNECTION_DEPENDENT_ACTIONS, DEPENDENT_ACTIONS,
    connection_read_actions, read_actions,
};
pub use network::{
    ACCOUNT, IP_ADDRESS_TYPE, IpAddressType, Network, PRIVATE_DNS, SECURITY_GROUPS, SUBNETS, TAGS,
    VPC, is_usual,
};
pub use outlet::{ADDRESSES, DATABASE, EXPOSE, Expose, Outlet, PORT, SERVICE};
pub use scope::Scope;

/// The manifest's word for this cloud.
pub const CLOUD: &str = "aws";

/// TiDB Cloud's prefix of this cloud's regions (`aws-us-east-1`).
pub const REGION_PREFIX: &str = "aws";

/// One list covers one region of an account; the others have lists of their own.
pub const REGIONAL: bool = true;

/// How the names of Confluent's brokers end, whose domains TiDB Cloud attaches to a private link connection.
pub const CONFLUENT: Option<&str> = Some("aws.confluent.cloud");

/// The one spelling of an endpoint's id, or of a service's name: AWS has but one.
pub use cloud::as_it_is as spelled;

/// How people speak of this cloud, and of the customer's side of an endpoint in it.
pub const TITLE: &str = "AWS";
pub const LINK: &str = "VPC endpoint";

/// What the vendor's libraries log under. Finer than `info`, they may print requests with what signs them.
pub const QUIET: &[&str] = &[
    "aws_config",
    "aws_sdk_ec2",
    "aws_sdk_sts",
    "aws_sigv4",
    "aws_smithy_runtime",
    "aws_smithy_runtime_api",
];

/// For a shell; `{region}` and `{id}` are filled in, quoted.
pub const SHOW: &str = "aws ec2 describe-vpc-endpoints --region {region} --vpc-endpoint-ids {id}";
pub const DELETE: &str = "aws ec2 delete-vpc-endpoints --region {region} --vpc-endpoint-ids {id}";
