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
mod set_up;
mod sim;
mod world;
mod world_tier;

pub use authority::Authority;
pub use draws::{
    AfterLinkGone, AfterUnregistration, BeforeReady, CONNECTION_SHOWS_WITHIN, DataflowDraws,
    DataflowLatencies, DeletionInUse, Draws, LINK_APPEARS_WITHIN, LINK_CHANGES_WITHIN, Lag, Lags,
    Latencies, MakingWord, MissingDeletion, ReadOnlyWord, Repeated, SecondConnection,
    SecondRegistration, Span, SpentToken, StateCase, UnacceptedWord, Unasked, WrongAddress,
    WrongHost, ZoneWords,
};
pub use fault::{Crash, Failure, Fault, Matcher, Plan, Rule, Twist, Vendor, When};
pub use ids::{
    AddressId, ClusterId, ConnectionId, DatabaseId, LinkId, NetworkId, NodeGroupId, OperationId,
    OutgoingId, PartId, ProjectId, Scope, SecurityGroupId, ServiceName, SubnetId,
};
pub use limit::Quota;
pub use log::{Call, Entry, Log, Outcome};
pub use page::{BadPageToken, Page, PageRequest};
pub use router_wire::RouterWire;
pub use serve::{Listening, serve};
pub use set_up::SetUp;
pub use sim::{Delivery, Lost, Pass, Reason, Sim, Turned};
pub use world::{
    Address, AddressRequest, ApiKey, AttachRequest, AttachedDomain, Audit, Balancer, By, Cidr,
    CidrError, Claim, Cluster, ClusterState, Connection, ConnectionFilter, ConnectionState,
    Credential, Database, DatabaseState, Deed, DnsEntry, Domain, DomainKind, Effect,
    ExposedService, ExposureDeed, Facts, Gap, Health, HealthReason, Host, Impossible, Ingress,
    Interface, Kind, Link, LinkChange, LinkDeed, LinkFailure, LinkRequest, LinkState, Listener,
    Network, NewCluster, NewFacts, NewOutgoing, NewPart, NodeGroup, Operation, Outgoing,
    OutgoingDeed, OutgoingRefusal, OutgoingState, Part, PartRefusal, PartState, PrivateDns,
    Progress, Project, Refusal, Request, RequestState, SecurityGroup, Service, ServiceState,
    Settings, Source, Subnet, SubnetPolicies, Tags, Target, TargetGroup, TidbRefusal, Tier, Usage,
    UsageKind, Verb, Work, World, Zone, example, zones, zones_of,
};
pub use world_tier::WorldTier;
