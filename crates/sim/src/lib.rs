#![doc = include_str!("../README.md")]

pub mod admin;
mod arrival;
mod authority;
mod draws;
mod fault;
mod ids;
mod limit;
mod log;
mod page;
mod random;
mod router_wire;
mod serve;
mod sim;
mod world;
mod world_tier;

pub use authority::Authority;
pub use draws::{
    AfterLinkGone, AfterUnregistration, BeforeReady, CONNECTION_SHOWS_WITHIN, Draws,
    LINK_APPEARS_WITHIN, LINK_CHANGES_WITHIN, Lag, Lags, Latencies, MissingDeletion,
    SecondRegistration, Span, SpentToken, StateCase, ZoneWords,
};
pub use fault::{Crash, Failure, Fault, Matcher, Plan, Rule, Twist, Vendor, When};
pub use ids::{
    ClusterId, ConnectionId, LinkId, NetworkId, NodeGroupId, ProjectId, Scope, SecurityGroupId,
    ServiceName, SubnetId,
};
pub use limit::Quota;
pub use log::{Call, Entry, Log, Outcome};
pub use page::{BadPageToken, Page, PageRequest};
pub use router_wire::RouterWire;
pub use serve::{Listening, serve};
pub use sim::{Delivery, Lost, Pass, Reason, Sim, Turned};
pub use world::{
    ApiKey, Audit, By, Cidr, CidrError, Cluster, ClusterState, Connection, ConnectionFilter,
    ConnectionState, Deed, DnsEntry, Effect, Impossible, Ingress, Interface, Link, LinkChange,
    LinkDeed, LinkFailure, LinkRequest, LinkState, Network, NewCluster, NodeGroup, PrivateDns,
    Project, Refusal, SecurityGroup, Service, ServiceState, Settings, Source, Subnet, Tags,
    TidbRefusal, Verb, World, Zone, example, zones,
};
pub use world_tier::WorldTier;
