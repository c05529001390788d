//! What Tidelock asks of a customer's cloud on the way out: the parts that put a database behind an endpoint service.
//!
//! One `Exposing` is one account in one region. Like [`crate::Cloud`] it reads and writes, and judges nothing. The id of
//! a service is its name, as TiDB Cloud must be told it; the id of every other part is the vendor's own.

use crate::{Difference, Error, Finding, Found, Mark, Settings, Token};
use async_trait::async_trait;
use planner::dataflow::{Block, EndpointId, Misplaced, PartId, PartState, RequestState, Target};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// The service side of one account in one region.
#[async_trait]
pub trait Exposing: Send + Sync {
    /// Every part that bears a mark of any Tidelock, every service and database that somebody cares for, and every
    /// part that has a name which one of ours would have; from complete pages only.
    ///
    /// # Errors
    /// Whatever kept us from knowing; then nothing is known, and nothing is absent.
    async fn survey(&self, interest: &Interest) -> Result<Exposures, Error>;

    /// The same order again is the same part: by its token, or by its name.
    ///
    /// # Errors
    /// [`Error::certainty`] tells whether it may have been created all the same.
    async fn create(&self, order: &PartOrder) -> Result<PartId, Error>;

    /// Closes every difference of one part that can be closed in place, in as few calls as the cloud allows. Safe to
    /// repeat: what is left after an error, the next look shows.
    ///
    /// # Errors
    /// [`Error::certainty`] tells whether it may have been done all the same.
    async fn update(&self, change: &PartChange) -> Result<(), Error>;

    /// Deleting what is not there is success.
    ///
    /// # Errors
    /// [`Error::certainty`] tells whether it may have been done all the same.
    async fn delete(&self, block: Block, part: &PartId) -> Result<(), Error>;

    /// Lets an address take traffic of a target group, or take no more of it. Safe to repeat.
    ///
    /// # Errors
    /// [`Error::certainty`] tells whether it may have been done all the same.
    async fn set_target(&self, group: &PartId, target: Endpoint, takes: bool) -> Result<(), Error>;

    /// Lets TiDB Cloud's account ask for a connection with a service, or not any more. Safe to repeat.
    ///
    /// # Errors
    /// [`Error::certainty`] tells whether it may have been done all the same.
    async fn set_permission(&self, service: &PartId, account: &str, may: bool)
    -> Result<(), Error>;

    /// Accepts one endpoint's request for a connection, or turns it away.
    ///
    /// # Errors
    /// [`Error::certainty`] tells whether it may have been done all the same.
    async fn answer(
        &self,
        service: &PartId,
        endpoint: &EndpointId,
        answer: Answer,
    ) -> Result<(), Error>;

    /// What would go wrong, before anything is built.
    ///
    /// # Errors
    /// Whatever kept us from knowing; the findings are then unknown, not absent.
    async fn preflight(&self, asks: &[ExposureAsk]) -> Result<Vec<Finding>, Error>;
}

/// An address and its TCP port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    pub address: IpAddr,
    pub port: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Accept,
    Reject,
}

/// What one connection leads to, as the manifest has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exposed {
    /// Somebody's service, by its name.
    Service(PartId),
    Database(Box<Exposure>),
}

/// A database that gets a service of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposure {
    pub source: Source,
    /// The TCP port of the database, of the listener, and of the targets.
    pub port: u16,
    /// Of the load balancer and the target group: network, subnets, security groups, tags.
    pub settings: Settings,
    pub words: PlaceWords,
}

/// What a cloud calls the settings that say where a load balancer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaceWords {
    pub network: &'static str,
    pub subnets: &'static str,
}

impl Exposure {
    /// In which the load balancer and the target group are.
    #[must_use]
    pub fn network(&self) -> Option<&str> {
        self.settings.get(self.words.network).and_then(|setting| setting.value.as_text())
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The vendor's id of a managed database; its name is resolved at each look.
    Instance(String),
    Addresses(BTreeSet<IpAddr>),
}

/// What to look at beside the parts with a mark.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interest {
    /// Names of services, anybody's.
    pub services: BTreeSet<PartId>,
    /// Managed databases by their ids.
    pub databases: BTreeSet<String>,
    /// And all others of the account, for whoever does not know which there are.
    pub every_database: bool,
    /// Names that parts of ours would have, see [`Mark::part_name`].
    pub names: BTreeSet<String>,
    /// Subnets that load balancers are to stand in, to know their zones.
    pub subnets: BTreeSet<String>,
}

/// One complete look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exposures {
    pub parts: Vec<PartSeen>,
    /// Those that were asked for and exist.
    pub databases: BTreeMap<String, DatabaseSeen>,
    pub blind: Blind,
    /// The zones, by TiDB Cloud's ids, of the subnets that were asked for; of a subnet that is not here, nothing is known.
    pub zones: BTreeMap<String, String>,
}

/// What a look was not allowed to show: none of it is absent. Whoever needs none of it can be seen to all the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blind {
    /// Target groups, load balancers and listeners, all of them.
    pub balancing: Option<Error>,
    pub databases: Option<Error>,
    pub zones: Option<Error>,
}

impl Blind {
    #[must_use]
    pub fn first(&self) -> Option<&Error> {
        let Blind { balancing, databases, zones } = self;
        balancing.as_ref().or(databases.as_ref()).or(zones.as_ref())
    }
}

/// What was looked at, or nothing of it and why, where that is denied.
///
/// # Errors
/// Whatever else kept us from knowing.
pub fn unless_denied<T: Default>(
    looked: Result<T, Error>,
    blind: &mut Option<Error>,
) -> Result<T, Error> {
    match looked {
        Err(error @ Error::Denied { .. }) => {
            *blind = Some(error);
            Ok(T::default())
        }
        looked => looked,
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartSeen {
    pub id: PartId,
    /// See [`Mark::part_name`]; empty, where the vendor has no names for such parts.
    pub name: String,
    pub state: PartState,
    /// The vendor's own word for the state, for people.
    pub word: String,
    /// The vendor's own explanation, if it gives one.
    pub message: Option<String>,
    /// As read from tags; whether it is genuine and ours, [`crate::Owner::owns`] says.
    pub mark: Option<Mark>,
    /// By the manifest's names (`subnets`), as far as they concern this part.
    pub found: Found,
    pub facts: PartFacts,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartFacts {
    TargetGroup {
        targets: Vec<TargetSeen>,
    },
    LoadBalancer,
    Listener {
        balancer: PartId,
        group: Option<PartId>,
        port: u16,
    },
    Service {
        balancers: Vec<PartId>,
        /// Where its load balancers stand and it does not, in clouds in which it joins zone by zone.
        missing_zones: BTreeSet<String>,
        /// Accounts that may ask for a connection; `*` is everybody.
        permitted: BTreeSet<String>,
        requests: Vec<RequestSeen>,
        /// Whether somebody must accept a request.
        accepts_by_hand: bool,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetSeen {
    pub target: Target,
    pub port: u16,
    /// The vendor's reason for the health, for people (`Target.Timeout`).
    pub reason: Option<String>,
}

/// Somebody's wish to be connected with a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestSeen {
    pub endpoint: EndpointId,
    /// The account that asks.
    pub account: String,
    pub state: RequestState,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseSeen {
    pub host: String,
    pub port: u16,
    /// What the name resolves to; empty, where it does not.
    pub addresses: Vec<IpAddr>,
    /// Those to which no load balancer of its network could, or should, send.
    pub misplaced: Vec<Misplaced>,
    /// The vendor's own word for its state.
    pub word: String,
    /// Its network, and the zones of its subnets.
    pub vpc: String,
    pub zones: BTreeSet<String>,
    pub security_groups: BTreeSet<String>,
}

/// One part to be created. What it stands on is named by its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartOrder {
    pub block: Block,
    pub mark: Mark,
    pub settings: Settings,
    pub port: u16,
    /// TiDB Cloud's zones by their ids: a load balancer stands in those of its subnets' zones that are among them.
    pub zones: BTreeSet<String>,
    /// For a listener.
    pub group: Option<PartId>,
    /// For a listener and a service.
    pub balancer: Option<PartId>,
}

/// What is to be changed of one part that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartChange {
    pub block: Block,
    pub part: PartId,
    /// As it is to be from now on: whoever writes tags writes this too.
    pub mark: Mark,
    /// Under the manifest's names, and under those of [`part_field`]. What is wanted of a set is the whole set.
    pub differences: Vec<Difference>,
}

/// What a part can differ in that no manifest names, beside our mark.
pub mod part_field {
    /// Our mark on it, a text for people: [`super::PartChange::mark`] is what to write.
    pub const OWNERSHIP: &str = "ownership";
    /// A target group's and a listener's TCP port, a text.
    pub const PORT: &str = "port";
    /// Where a listener sends everything, a text: the id of the target group.
    pub const TARGET_GROUP: &str = "targetGroup";
    /// A service's load balancers, a set of ids: those to add.
    pub const LOAD_BALANCERS: &str = "loadBalancers";
    /// Zones that a service is to join, a set.
    pub const ZONES: &str = "zones";
    /// Whether a service's requests wait for an answer, a flag.
    pub const ACCEPTANCE: &str = "acceptanceRequired";
}

/// One connection to be checked before anything is built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExposureAsk {
    /// The manifest's name of the connection.
    pub name: String,
    /// Of the cluster, as its cloud spells it (`us-east-1`).
    pub region: String,
    pub exposed: Exposed,
    /// TiDB Cloud's zones by their ids.
    pub zones: BTreeSet<String>,
    /// The parts that are yet to be built.
    pub missing: BTreeSet<Block>,
}

impl Mark {
    /// At most 32 letters, digits and dashes, the strictest limit of a load balancer's name: a pure function of owner, name
    /// and block, so that a create that is repeated meets its first result.
    #[must_use]
    pub fn part_name(&self, block: Block) -> String {
        let letter = match block {
            Block::TargetGroup => "g",
            Block::LoadBalancer => "b",
            Block::Listener => "l",
            Block::Service => "s",
        };
        let hash = digest(&["part", &self.owner, &self.name]);
        format!("{PART_PREFIX}{}{letter}", &hash[..20])
    }

    /// Of one part; another one for each incarnation, and for each part that it stands on.
    #[must_use]
    pub fn part_token(&self, block: Block, under: Option<&PartId>) -> Token {
        let under = under.map_or("", |part| &*part.0);
        let (name, incarnation) = (self.part_name(block), self.incarnation.to_string());
        Token::of(digest(&["part-token", &name, &incarnation, under]))
    }
}

/// How every name of a part of ours begins.
pub const PART_PREFIX: &str = "tidelock-";

fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ClusterKey, Owner};
    use planner::endpoint::OnDelete;

    fn mark(owner: &str, name: &str, incarnation: u32) -> Mark {
        let [tier, project, cluster, group] = ["essential", "", "42", ""].map(Into::into);
        let cluster = ClusterKey { tier, project, cluster, group };
        Owner::new(owner, None).mark(name, incarnation, OnDelete::Remove, cluster)
    }

    #[test]
    fn a_name_fits_everywhere_and_is_nobody_elses() {
        let long = mark("a".repeat(60).as_str(), &"n".repeat(63), 1);
        let name = long.part_name(Block::LoadBalancer);
        assert!(name.len() <= 32, "{name}");
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'), "{name}");
        assert_eq!(name, long.part_name(Block::LoadBalancer));
        assert_ne!(name, long.part_name(Block::TargetGroup));
        assert_ne!(name, mark("b", &"n".repeat(63), 1).part_name(Block::LoadBalancer));
    }

    #[test]
    fn a_token_is_of_one_incarnation_on_one_part() {
        let token = |incarnation, under: &str| {
            let under = PartId(under.into());
            mark("a", "n", incarnation).part_token(Block::Service, Some(&under))
        };
        assert_eq!(token(1, "lb-1"), token(1, "lb-1"));
        assert_ne!(token(1, "lb-1"), token(2, "lb-1"));
        assert_ne!(token(1, "lb-1"), token(1, "lb-2"));
    }
}
