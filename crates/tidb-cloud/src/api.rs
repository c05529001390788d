//! One API key: which hosts it opens, and what it may send.
//!
//! How a call is counted, signed and retried is the session's business; what a row means, the conversion's.

mod dedicated;
mod instances;
mod list;
mod outgoing;

pub use dedicated::Unregistered;

use crate::session::{Session, Way, budget};
use cloud::{Budget, Wire};
use http::Method;
use secrecy::SecretString;
use std::fmt::{self, Debug};
use std::num::NonZeroU32;
use std::sync::Arc;

/// Where TiDB Cloud answers, before the path of the API's version (`https://dedicated.tidbapi.com`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hosts {
    pub dedicated: String,
    /// Starter, and Essential of the shared model (v1beta1).
    pub serverless: String,
    /// Premium, and Essential of the exclusive model (v1beta2).
    pub cloud: String,
}

impl Default for Hosts {
    fn default() -> Hosts {
        Hosts {
            dedicated: "https://dedicated.tidbapi.com".into(),
            serverless: "https://serverless.tidbapi.com".into(),
            cloud: "https://cloud.tidbapi.com".into(),
        }
    }
}

#[derive(Clone, Debug)]
pub struct ApiKey {
    pub public: String,
    pub private: SecretString,
}

/// One API key: one budget over all hosts, and one digest nonce at a time for each.
pub struct Client {
    dedicated: Session,
    serverless: Session,
    cloud: Session,
    budget: Arc<Budget>,
    spelling: Spelling,
}

/// One spelling for whatever a customer's cloud takes to be the same id, or the same name of a service.
pub type Spelling = fn(String) -> String;

/// For [`cloud::ReadOnly`]: names what is not a mere look.
#[must_use]
pub fn deed(request: &cloud::Request) -> Option<String> {
    let looks = matches!(*request.method(), Method::GET | Method::HEAD);
    (!looks).then(|| format!("{} {}", request.method(), request.uri().path()))
}

impl Client {
    #[must_use]
    pub fn new(wire: Arc<dyn Wire>, hosts: Hosts, key: ApiKey) -> Client {
        Client::over(move || Way::wire(wire.clone(), key.clone()), hosts)
    }

    #[cfg(feature = "sim")]
    #[must_use]
    pub fn in_process(ask: crate::in_process::Ask) -> Client {
        Client::over(move || Way::InProcess(ask.clone()), Hosts::default())
    }

    fn over(way: impl Fn() -> Way, hosts: Hosts) -> Client {
        let Hosts { dedicated, serverless, cloud } = hosts;
        let budget = Arc::new(budget(crate::REQUESTS_PER_MINUTE));
        let session = |base| Session::new(way(), base, budget.clone());
        let (dedicated, serverless, cloud) =
            (session(dedicated), session(serverless), session(cloud));
        Client { dedicated, serverless, cloud, budget, spelling: |text| text }
    }

    /// Ids of endpoints and names of services are told in this spelling; in TiDB Cloud's, if none is given.
    #[must_use]
    pub fn spelling(self, spelling: Spelling) -> Client {
        Client { spelling, ..self }
    }

    /// Fewer than TiDB Cloud allows, where others use the same key; or more, where it has granted more.
    #[must_use]
    pub fn limited_to(self, requests_per_minute: NonZeroU32) -> Client {
        let Client { dedicated, serverless, cloud, budget: _, spelling } = self;
        let budget = Arc::new(budget(requests_per_minute));
        Client {
            dedicated: dedicated.counted_by(budget.clone()),
            serverless: serverless.counted_by(budget.clone()),
            cloud: cloud.counted_by(budget.clone()),
            budget,
            spelling,
        }
    }

    #[must_use]
    pub fn budget(&self) -> &Budget {
        &self.budget
    }
}

impl Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Client { dedicated, serverless, cloud, budget: _, spelling: _ } = self;
        f.debug_struct("Client")
            .field("dedicated", &dedicated.base())
            .field("serverless", &serverless.base())
            .field("cloud", &cloud.base())
            .finish_non_exhaustive()
    }
}
