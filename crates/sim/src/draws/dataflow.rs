//! What the vendors leave open about the way out, from TiDB Cloud to a customer's service; and how long it takes.

use super::{MINUTE, SECOND, Span};
use crate::random::Random;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DataflowDraws {
    /// A connection whose service does not exist, or does not permit TiDB Cloud's account. Documented: it stays in
    /// CREATING; whether it ever tries again is unknown.
    pub unasked: Unasked,
    /// POST of a name and a service that a connection has. Unknown: there is no idempotency key.
    pub second_connection: SecondConnection,
    /// DELETE of a connection that a changefeed or a migration uses. Unknown.
    pub deletion_in_use: DeletionInUse,
    /// TiDB Cloud's account asks for another of its customers, too, where it may ask. Expected; how often is unknown.
    pub strangers: bool,
    /// Alibaba: what is added that is there, or removed that is not: a server, a user. Unknown.
    pub repeated: Repeated,
    pub latency: DataflowLatencies,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Unasked {
    StaysCreating,
    TriesAgain,
    Fails,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SecondConnection {
    SecondRow,
    /// 409
    Conflict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DeletionInUse {
    Refused,
    Deletes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Repeated {
    Succeeds,
    Refused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DataflowLatencies {
    /// From a new load balancer to one that is active. Inferred: minutes.
    pub balancer: Span,
    /// From a new endpoint service to one that is available. Inferred: seconds.
    pub service: Span,
    /// From a target that a listener sends to, to the verdict on its health. Inferred from the checks' defaults.
    pub check: Span,
    /// From a target that no longer answers to one that is unhealthy. Inferred: three checks that fail.
    pub loss: Span,
    /// How long a target drains. Documented: 300 seconds, unless told otherwise.
    pub drain: Span,
    /// From POST to TiDB Cloud's request at the service. Unknown.
    pub request: Span,
    /// From acceptance or rejection to what TiDB Cloud makes of it. Unknown.
    pub settle: Span,
    /// From DELETE to a connection that is gone. Unknown.
    pub deletion: Span,
    /// From an attached domain to one that resolves. Unknown.
    pub domain: Span,
    /// How long Alibaba works on what it has answered already. Inferred: seconds.
    pub job: Span,
}

impl Default for DataflowLatencies {
    fn default() -> DataflowLatencies {
        let span = |least, most| Span { least, most };
        DataflowLatencies {
            balancer: span(2 * MINUTE, 4 * MINUTE),
            service: span(SECOND, 20 * SECOND),
            check: span(30 * SECOND, 2 * MINUTE),
            loss: span(MINUTE, 2 * MINUTE),
            drain: span(5 * MINUTE, 5 * MINUTE),
            request: span(10 * SECOND, 2 * MINUTE),
            settle: span(10 * SECOND, 2 * MINUTE),
            deletion: span(10 * SECOND, 2 * MINUTE),
            domain: span(5 * SECOND, MINUTE),
            job: span(SECOND, 8 * SECOND),
        }
    }
}

/// The calm world of the vendor's documents.
impl Default for DataflowDraws {
    fn default() -> DataflowDraws {
        DataflowDraws {
            unasked: Unasked::StaysCreating,
            second_connection: SecondConnection::Conflict,
            deletion_in_use: DeletionInUse::Refused,
            strangers: false,
            repeated: Repeated::Succeeds,
            latency: DataflowLatencies::default(),
        }
    }
}

impl DataflowDraws {
    pub(super) fn drawn(random: &mut Random) -> DataflowDraws {
        DataflowDraws {
            unasked: random.pick(&[Unasked::StaysCreating, Unasked::TriesAgain, Unasked::Fails]),
            second_connection: random
                .pick(&[SecondConnection::SecondRow, SecondConnection::Conflict]),
            deletion_in_use: random.pick(&[DeletionInUse::Refused, DeletionInUse::Deletes]),
            strangers: random.permille(500),
            repeated: random.pick(&[Repeated::Succeeds, Repeated::Refused]),
            latency: DataflowLatencies::default(),
        }
    }
}
