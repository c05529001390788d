//! What Tidelock asks of a customer's cloud.
//!
//! One `Cloud` is one scope: what a vendor lists together (an account in one region, a whole subscription).
//! It reads and writes endpoints, and judges nothing: whether a difference matters, the planner decides.

use crate::{Difference, Error, Finding, Found, Mark, Settings, Shared, Token};
use async_trait::async_trait;
use planner::endpoint::{Completion, LinkId, LinkState, Registration, ServiceName};

/// One account in one region of one cloud.
#[async_trait]
pub trait Cloud: Send + Sync {
    /// Every endpoint in the scope, ours or not, from complete pages only.
    ///
    /// # Errors
    /// Any page that could not be read, any page that repeats, or credentials of another account than the one
    /// configured: nothing is known then, and nothing is absent.
    async fn survey(&self) -> Result<Survey, Error>;

    /// One endpoint, now, to settle an ambiguity or right before it is deleted. `None` only on the cloud's own word.
    ///
    /// # Errors
    /// Whatever kept us from knowing.
    async fn read(&self, link: &LinkId) -> Result<Option<Seen>, Error>;

    /// The same order again is the same endpoint: the token says so.
    ///
    /// # Errors
    /// [`Error::certainty`] tells whether it may have been created all the same.
    async fn create(&self, order: &Order) -> Result<LinkId, Error>;

    /// Closes every difference that can be closed in place, in as few calls as the cloud allows. Safe to repeat: what is
    /// left after an error, the next look shows.
    ///
    /// # Errors
    /// [`Error::certainty`] tells whether it may have been done all the same.
    async fn update(&self, link: &LinkId, differences: &[Difference]) -> Result<(), Error>;

    /// Deleting what is not there is success.
    ///
    /// # Errors
    /// [`Error::certainty`] tells whether it may have been done all the same.
    async fn delete(&self, link: &LinkId) -> Result<Deleted, Error>;

    /// Put our mark on an endpoint (adopt, or repair), or take it off (release).
    ///
    /// # Errors
    /// [`Error::certainty`] tells whether it may have been done all the same.
    async fn set_mark(&self, link: &LinkId, mark: Option<&Mark>) -> Result<(), Error>;

    /// Where the vendor tells how our last deed on this endpoint goes, if it tells so nowhere else: to be kept for
    /// another process.
    fn operation(&self, _link: &LinkId) -> Option<String> {
        None
    }

    /// What [`Cloud::operation`] said to the process before this one.
    fn resume(&self, _link: &LinkId, _operation: String) {}

    /// What would go wrong, before anything is done. One answer for all asks, so that shared look-ups are made once.
    ///
    /// # Errors
    /// Whatever kept us from knowing; the findings are then unknown, not absent.
    async fn preflight(&self, asks: &[Ask]) -> Result<Vec<Finding>, Error>;
}

/// What a cloud says to who deletes an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deleted {
    Asked,
    /// All of it, or a part. As well as done; but only looks can tell that it is so.
    NotThere,
}

/// One complete look at a scope.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    pub links: Vec<Seen>,
    /// What is deleted but still listed.
    pub ended: Vec<Ended>,
}

/// An endpoint that is gone, as far as it can still be read: its incarnation is used up, and a connection that names
/// its id is stale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    pub id: LinkId,
    pub mark: Mark,
}

/// One endpoint as the cloud shows it, in our words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub id: LinkId,
    pub service: ServiceName,
    /// Where it stands: together with the service, what only one endpoint can claim (a VPC id).
    pub network: String,
    pub state: LinkState,
    /// The vendor's own word for the state, for people.
    pub word: String,
    /// The vendor's own explanation, if it gives one.
    pub message: Option<String>,
    /// As read from tags; whether it is genuine and ours, [`crate::Owner::owns`] says.
    pub mark: Option<Mark>,
    /// What TiDB Cloud must be told, once the cloud has revealed all of it.
    pub registration: Option<Registration>,
    pub found: Shared<Found>,
}

impl Seen {
    /// Only a part of it is shown, which names no service yet: the rest may be hidden, or was never made.
    #[must_use]
    pub fn is_begun(&self) -> bool {
        self.service.0.is_empty()
    }
}

/// One endpoint to be created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    pub token: Token,
    pub mark: Mark,
    pub service: ServiceName,
    /// Of the cluster, as its cloud spells it (`us-east-1`).
    pub region: String,
    pub settings: Settings,
    /// With `AfterAcceptance`, settings that can change only then are left at their harmless value.
    pub completion: Completion,
}

/// One endpoint to be checked before it is created or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The manifest's name of the endpoint.
    pub name: String,
    /// As TiDB Cloud spells it, without the cloud's prefix (`us-east-1`).
    pub region: String,
    /// `None` while TiDB Cloud has not published it.
    pub service: Option<ServiceName>,
    /// Names or ids of the zones in which the service stands; empty if TiDB Cloud does not say.
    pub zones: Vec<String>,
    /// The TCP port on which the cluster answers.
    pub port: u16,
    pub settings: Settings,
    /// The endpoint that is already ours, if there is one.
    pub link: Option<LinkId>,
}
