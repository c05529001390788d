//! The simulated world: what is there, what time it is, and what happens next.
//!
//! Plain data and synchronous methods. It waits for nothing, reads no clock and knows no bytes.

mod address;
mod agenda;
mod change;
mod checks;
mod cidr;
mod claim;
mod cluster;
mod connection;
mod customer;
mod deed;
pub mod example;
mod exposure;
mod ledger;
mod link;
mod network;
mod operation;
mod place;
mod provider;
mod publish;
mod refusal;
mod spell;
mod table;
mod tidb;

pub use address::{Address, AddressRequest};
pub use cidr::{Cidr, CidrError};
pub use cluster::NewCluster;
pub use customer::{
    DnsEntry, Ingress, Interface, Link, LinkChange, LinkFailure, LinkRequest, LinkState, Network,
    SecurityGroup, Source, Subnet, SubnetPolicies, Tags, Zone,
};
pub use deed::{Deed, Impossible, LinkDeed};
pub use exposure::{
    AttachRequest, AttachedDomain, Balancer, Database, DatabaseState, Domain, DomainKind,
    ExposedService, ExposureDeed, Facts, Gap, Health, HealthReason, Kind, Listener, NewFacts,
    NewOutgoing, NewPart, Outgoing, OutgoingDeed, OutgoingRefusal, OutgoingState, Part,
    PartRefusal, PartState, Request, RequestState, Target, TargetGroup, Usage, UsageKind,
};
pub use ledger::{Audit, By, Effect, Verb};
pub(crate) use ledger::{RELEASED, described, mark_of};
pub use network::Credential;
pub use operation::{Operation, Progress, Work};
pub use refusal::{PrivateDns, Refusal, TidbRefusal};
pub use spell::{zones, zones_of};
pub use tidb::{
    ApiKey, Claim, Cluster, ClusterState, Connection, ConnectionFilter, ConnectionState, Host,
    NodeGroup, Project, Service, ServiceState, Tier,
};

use crate::draws::{Draws, Lag, Span};
use crate::fault::{Failure, Fault, Plan};
use crate::ids::{
    AddressId, ClusterId, ConnectionId, LinkId, NetworkId, OperationId, ProjectId, Scope,
    ServiceName,
};
use crate::limit::{Limits, Quota};
use crate::log::{Call, Log, Outcome};
use crate::random::Random;
use agenda::Agenda;
use exposure::Exposing;
use ledger::Ledger;
use link::TokenUse;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use table::{Eye, Table};

/// 2026-01-05T00:00:00Z, where every world begins unless told otherwise.
const START: u64 = 1_767_571_200_000;

pub struct World {
    pub draws: Draws,
    pub settings: Settings,
    pub faults: Plan,
    pub log: Log,

    now: u64,
    /// How far the world was pushed ahead of its clock.
    ahead: u64,
    random: Random,
    agenda: Agenda,
    limits: Limits,
    ledger: Ledger,
    /// Who does what is being done.
    by: By,
    /// Counts every write.
    writes: u64,
    /// The last number given to anything of TiDB Cloud's.
    serial: u64,
    /// Counts the VPC endpoints there ever were.
    births: u64,

    networks: BTreeMap<NetworkId, Network>,
    links: Table<LinkId, Link>,
    addresses: Table<AddressId, Address>,
    operations: BTreeMap<OperationId, Operation>,
    tokens: BTreeMap<(Scope, String), TokenUse>,
    /// By their ids.
    credentials: BTreeMap<String, Credential>,

    projects: Vec<Project>,
    clusters: BTreeMap<ClusterId, Cluster>,
    services: BTreeMap<ServiceName, Service>,
    connections: Table<ConnectionId, Connection>,
    /// Connections by the endpoint id that they name, ARM ids in lower case.
    naming: BTreeMap<String, BTreeSet<ConnectionId>>,
    api_keys: BTreeMap<String, ApiKey>,
    exposing: Exposing,
}

/// What may be changed while the world runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Settings {
    /// Every latency is multiplied by so many thousandths.
    pub latency_permille: u64,
    /// Whether the vendors' limits hold.
    pub limits: bool,
    pub links_per_network: usize,
    /// No list shows more rows on one page, however many it is asked for: small worlds have many pages, too.
    pub rows_per_page: usize,
    /// So many of a thousand VPC endpoints fail instead of becoming available.
    pub link_failure_permille: u16,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            latency_permille: 1_000,
            limits: true,
            links_per_network: 50,
            rows_per_page: 1_000_000,
            link_failure_permille: 0,
        }
    }
}

impl World {
    /// An empty world. The same draws and seed, and the same calls at the same times, make the same history.
    #[must_use]
    pub fn new(draws: Draws, seed: u64) -> World {
        World {
            draws,
            settings: Settings::default(),
            faults: Plan::default(),
            log: Log::default(),
            now: START,
            ahead: 0,
            random: Random::new(seed),
            agenda: Agenda::default(),
            limits: Limits::default(),
            ledger: Ledger::default(),
            by: By::Api,
            writes: 0,
            serial: 1_372_813_089_209_061_000,
            births: 0,
            networks: BTreeMap::new(),
            links: Table::default(),
            addresses: Table::default(),
            operations: BTreeMap::new(),
            tokens: BTreeMap::new(),
            credentials: BTreeMap::new(),
            projects: Vec::new(),
            clusters: BTreeMap::new(),
            services: BTreeMap::new(),
            connections: Table::default(),
            naming: BTreeMap::new(),
            api_keys: BTreeMap::new(),
            exposing: Exposing::default(),
        }
    }

    /// The same, beginning at another time.
    #[must_use]
    pub fn starting_at(self, milliseconds_since_epoch: u64) -> World {
        World { now: milliseconds_since_epoch, ..self }
    }

    /// The same, with other settings; what is under way already keeps its time.
    #[must_use]
    pub fn with_settings(self, settings: Settings) -> World {
        World { settings, ..self }
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub fn now(&self) -> u64 {
        self.now
    }

    /// Counts every write there ever was.
    #[must_use]
    pub fn writes(&self) -> u64 {
        self.writes
    }

    /// Everything that happens until then, in order. Time never goes back.
    pub(crate) fn advance(&mut self, clock: u64) {
        let to = clock.saturating_add(self.ahead);
        while let Some((at, event)) = self.agenda.due(to) {
            self.now = at.max(self.now);
            self.acting(By::Vendor, |world| world.fire(event));
        }
        self.now = to.max(self.now);
    }

    pub(crate) fn skip(&mut self, by: Duration) {
        let to = self.now.saturating_add(u64::try_from(by.as_millis()).unwrap_or(u64::MAX));
        self.advance(to.saturating_sub(self.ahead));
        self.ahead = self.ahead.saturating_add(u64::try_from(by.as_millis()).unwrap_or(u64::MAX));
    }

    /// TiDB Cloud answers so many calls of a key in each minute.
    pub fn allow_per_minute(&mut self, calls: u32) {
        self.limits.window_calls = calls;
    }

    /// Counts the call, and says what befalls it.
    pub(crate) fn admit(&mut self, call: Call) -> (u64, Option<Quota>, Option<Fault>) {
        let (over, quota) = self.limits.take(&call, self.now);
        let number = self.log.calls() + 1;
        let fault = self.faults.befalls(number, &call, &mut self.random);
        self.log.admit(self.now, call);
        if let Some(fault) = &fault {
            self.log.conclude(number, Outcome::Befallen(fault.clone()));
        } else if over && self.settings.limits {
            self.log.conclude(number, Outcome::Throttled);
            return (number, quota, Some(Fault::Refuse(Failure::Throttled)));
        }
        (number, quota, fault)
    }

    fn acting<Answer>(&mut self, by: By, act: impl FnOnce(&mut World) -> Answer) -> Answer {
        let before = std::mem::replace(&mut self.by, by);
        let answer = act(self);
        self.by = before;
        answer
    }

    /// When something is over that takes so long.
    fn after(&mut self, span: Span) -> u64 {
        let drawn = self.random.between(span.least, span.most);
        self.now.saturating_add(drawn.saturating_mul(self.settings.latency_permille) / 1_000)
    }

    fn late(&mut self, lag: Lag) -> (u64, u64) {
        (self.random.between(0, lag.list), self.random.between(0, lag.read))
    }

    /// When the one who looks now sees the world: with replicas, one of them is up to date.
    fn moment_of_look(&mut self) -> u64 {
        if self.draws.replicas && self.random.permille(500) { u64::MAX } else { self.now }
    }

    fn put_link(&mut self, mut link: Link) {
        let is_new = self.links.get(link.id.as_str()).is_none();
        let lags = self.draws.lag;
        let lag = if is_new { lags.link_appears } else { lags.link_changes };
        let (list, read) = self.late(lag);
        self.writes += 1;
        link.revision = self.writes;
        self.links.put(&link.id.clone(), Some(link), self.now, list, read);
    }

    fn put_connection(&mut self, row: Connection) {
        let is_new = self.connections.get(row.id.as_str()).is_none();
        let lags = self.draws.lag;
        let lag = if is_new { lags.connection_appears } else { lags.connection_changes };
        let (list, read) = self.late(lag);
        self.writes += 1;
        let name = World::naming_key(&row.endpoint_id);
        self.naming.entry(name).or_default().insert(row.id.clone());
        self.connections.put(&row.id.clone(), Some(row), self.now, list, read);
    }

    fn links_seen(&mut self, eye: Eye) -> impl Iterator<Item = &std::sync::Arc<Link>> {
        let moment = self.moment_of_look();
        self.links.all_seen(eye, moment)
    }

    fn next_serial(&mut self) -> String {
        self.serial += self.random.between(1, 9_999);
        self.serial.to_string()
    }

    #[must_use]
    pub fn projects(&self) -> &[Project] {
        &self.projects
    }

    /// The project that is meant when a call names none.
    #[must_use]
    pub fn default_project(&self) -> Option<&ProjectId> {
        self.projects.first().map(|project| &project.id)
    }
}
