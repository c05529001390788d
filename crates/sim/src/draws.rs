//! Everything that the vendors leave open, drawn per seed.
//!
//! Each field says what is *documented*, *inferred* or *unknown*, and where from; a run against a real account can
//! settle a draw later. Tidelock must be right under every combination. Faults are not here: a fault is a bad day,
//! a draw is how the vendor is on every day.

mod answers;
mod dataflow;

pub use answers::{
    AfterLinkGone, AfterUnregistration, BeforeReady, MakingWord, MissingDeletion, ReadOnlyWord,
    SecondRegistration, SpentToken, StateCase, UnacceptedWord, WrongAddress, WrongHost, ZoneWords,
};

pub use dataflow::{
    DataflowDraws, DataflowLatencies, DeletionInUse, Repeated, SecondConnection, Unasked,
};

use crate::random::Random;
use serde::{Deserialize, Serialize};

/// The longest that a new VPC endpoint stays out of sight, in milliseconds.
pub const LINK_APPEARS_WITHIN: u64 = 300_000;
/// The longest that a changed or deleted VPC endpoint is shown as it was.
pub const LINK_CHANGES_WITHIN: u64 = 45_000;
/// The same, for every change of a TiDB Cloud connection, its first appearance too.
pub const CONNECTION_SHOWS_WITHIN: u64 = 45_000;

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "each is one open yes-or-no question")]
pub struct Draws {
    /// POST of an endpoint id that has a connection. Unknown: no status is declared for it.
    pub second_registration: SecondRegistration,
    /// POST of an endpoint id whose connection is FAILED tries again. Unknown: the console's *Edit* has no API.
    pub failed_is_retried: bool,
    /// DELETE of a connection that is not there. Unknown: 404 is declared nowhere.
    pub missing_deletion: MissingDeletion,
    /// What becomes of the VPC endpoint when its connection is deleted. Unknown; *rejected* is inferred.
    pub after_unregistration: AfterUnregistration,
    /// What becomes of the connection when its VPC endpoint is deleted. Unknown.
    pub after_link_gone: AfterLinkGone,
    /// An ACTIVE connection may still carry the message of an earlier failure. Documented by the vendor's sample.
    pub stale_message: bool,
    /// A PENDING connection has its host name already. Unknown; empty in the provider's fixture.
    pub host_while_pending: bool,
    /// The private link service before it is ready. Unknown.
    pub before_ready: BeforeReady,
    /// How `availableZones` names zones. Contradictory: the specification has ids, the provider's fixture names.
    pub zones: ZoneWords,
    /// The 401 that carries the digest challenge counts against the quota. Unknown.
    pub challenge_counts: bool,
    /// How long a digest nonce is good for. Unknown.
    pub nonce_lifetime: u64,
    /// A page token dies when the list changes. Unknown.
    pub page_token_dies: bool,
    /// Lists say how many rows there are in all. Declared, but not required.
    pub total_size: bool,

    /// How EC2 spells a state. Documented: lower camel; the model has the other.
    pub state_case: StateCase,
    /// How long EC2 remembers a client token. Unknown.
    pub token_retention: u64,
    /// A token whose endpoint is deleted. Unknown.
    pub spent_token: SpentToken,
    /// How long a deleted VPC endpoint is still listed. Unknown; "a while".
    pub deleted_lingers: u64,
    /// How long a VPC endpoint waits for acceptance before it expires. Unknown.
    pub expires_after: u64,
    /// DNS entries are there before acceptance. Unknown.
    pub dns_before_acceptance: bool,
    /// The provider can accept what was rejected. Unknown.
    pub rejection_can_be_undone: bool,
    /// Changes of a VPC endpoint that cannot be seen yet answer *not found*. Documented as possible.
    pub writes_miss_the_unseen: bool,
    /// Two replicas answer in turn, one of them late: time seems to run backwards. Inferred.
    pub replicas: bool,

    /// A registration with another address than the endpoint has. Unknown.
    pub wrong_address: WrongAddress,
    /// A DISCOVERED row has an id. Unknown.
    pub discovered_rows_have_ids: bool,
    /// An Azure endpoint whose connection was deleted is discovered again. Unknown; expected.
    pub rediscovered: bool,
    /// Premium's service on Alibaba Cloud accepts by itself. Inferred: one waits for Connected before one pastes.
    pub premium_accepts: bool,
    /// A host that is asked for another tier's cluster. Unknown: 404 is declared nowhere.
    pub wrong_host: WrongHost,
    /// How the API that only reads refuses to write. Unknown.
    pub read_only: ReadOnlyWord,
    /// The serverless API's region ids have the cloud's prefix. Contradictory: the fixture's have not.
    pub serverless_prefix: bool,
    /// Azure fills `customDnsConfigs` for a private link service. Documented as *normally empty*.
    pub custom_dns: bool,
    /// Azure's word for an endpoint that is being made. Both are in the vendor's models.
    pub making: MakingWord,
    /// Azure gives ids back with their resource group in upper case. Known from other resources.
    pub ids_shout: bool,
    /// An Alibaba endpoint has its domain before it is Active. Unknown.
    pub domain_while_creating: bool,
    /// Alibaba's word for a connection that nobody has accepted. Documented: Disconnected.
    pub unaccepted: UnacceptedWord,
    /// Google takes labels in an insert. Contradictory: the reference says that only `setLabels` does.
    pub labels_at_insert: bool,
    /// How long a long-running operation can be asked for after its end. Unknown.
    pub operation_retention: u64,
    /// The way out, to a customer's service.
    #[serde(default)]
    pub dataflow: DataflowDraws,
    pub lag: Lags,
    pub latency: Latencies,
}

/// At most how many milliseconds a look is late, in a list and by id. Each change draws its own lag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lag {
    pub list: u64,
    pub read: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lags {
    pub link_appears: Lag,
    pub link_changes: Lag,
    pub connection_appears: Lag,
    pub connection_changes: Lag,
}

/// Between how many milliseconds something takes; each time is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Span {
    pub least: u64,
    pub most: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Latencies {
    /// From a new cluster to its service. Documented: 3 to 5 minutes.
    pub service: Span,
    /// From acceptance, or from a change, to an available VPC endpoint. Inferred: seconds to minutes.
    pub link: Span,
    /// From DELETE to a deleted VPC endpoint. Inferred.
    pub link_deletion: Span,
    /// From POST to a connection that is ACTIVE or FAILED. Documented: about 5 minutes.
    pub connection: Span,
    /// From DELETE to a connection that is gone. Documented sample: seconds.
    pub connection_deletion: Span,
    /// From a new Azure endpoint to TiDB Cloud's notice of it. Unknown.
    #[serde(default = "discovery")]
    pub discovery: Span,
}

fn discovery() -> Span {
    Span { least: MINUTE, most: 5 * MINUTE }
}

impl Draws {
    /// The calm world of the vendors' documents.
    #[must_use]
    pub fn documented() -> Draws {
        let none = Lag { list: 0, read: 0 };
        Draws {
            second_registration: SecondRegistration::Conflict,
            failed_is_retried: false,
            missing_deletion: MissingDeletion::NotFound,
            after_unregistration: AfterUnregistration::Rejected,
            after_link_gone: AfterLinkGone::Fails,
            stale_message: false,
            host_while_pending: false,
            before_ready: BeforeReady::Creating,
            zones: ZoneWords::Ids,
            challenge_counts: true,
            nonce_lifetime: 5 * MINUTE,
            page_token_dies: false,
            total_size: true,
            state_case: StateCase::LowerCamel,
            token_retention: DAY,
            spent_token: SpentToken::ReturnsDeleted,
            deleted_lingers: HOUR,
            expires_after: 7 * DAY,
            dns_before_acceptance: true,
            rejection_can_be_undone: false,
            writes_miss_the_unseen: false,
            replicas: false,
            wrong_address: WrongAddress::Refused,
            discovered_rows_have_ids: true,
            rediscovered: true,
            premium_accepts: true,
            wrong_host: WrongHost::NotFound,
            read_only: ReadOnlyWord::MethodNotAllowed,
            serverless_prefix: false,
            custom_dns: false,
            making: MakingWord::Updating,
            ids_shout: false,
            domain_while_creating: true,
            unaccepted: UnacceptedWord::Disconnected,
            labels_at_insert: false,
            operation_retention: DAY,
            dataflow: DataflowDraws::default(),
            lag: Lags {
                link_appears: none,
                link_changes: none,
                connection_appears: none,
                connection_changes: none,
            },
            latency: Latencies::documented(),
        }
    }

    #[must_use]
    pub fn from_seed(seed: u64) -> Draws {
        let random = &mut Random::new(seed ^ 0x5eed_d4a3);
        let coin = |random: &mut Random| random.permille(500);
        let lag = |random: &mut Random, most: u64| Lag {
            list: random.pick(&[0, most / 10, most]),
            read: random.pick(&[0, 0, most / 10, most]),
        };
        let mut draws = Draws {
            second_registration: random.pick(&[
                SecondRegistration::SameRow,
                SecondRegistration::SecondRow,
                SecondRegistration::Conflict,
                SecondRegistration::Invalid,
            ]),
            failed_is_retried: coin(random),
            missing_deletion: random.pick(&[MissingDeletion::NotFound, MissingDeletion::Success]),
            after_unregistration: random.pick(&[
                AfterUnregistration::Rejected,
                AfterUnregistration::Stays,
                AfterUnregistration::AwaitsAcceptance,
            ]),
            after_link_gone: random.pick(&[AfterLinkGone::StaysActive, AfterLinkGone::Fails]),
            stale_message: coin(random),
            host_while_pending: coin(random),
            before_ready: random.pick(&[BeforeReady::NotFound, BeforeReady::Creating]),
            zones: random.pick(&[ZoneWords::Ids, ZoneWords::Names]),
            challenge_counts: coin(random),
            nonce_lifetime: random.pick(&[30 * SECOND, 5 * MINUTE, HOUR]),
            page_token_dies: coin(random),
            total_size: coin(random),
            state_case: random.pick(&[StateCase::LowerCamel, StateCase::Pascal]),
            token_retention: random.pick(&[10 * MINUTE, HOUR, DAY, u64::MAX]),
            spent_token: random.pick(&[
                SpentToken::ReturnsDeleted,
                SpentToken::Refused,
                SpentToken::Forgotten,
            ]),
            deleted_lingers: random.pick(&[0, MINUTE, HOUR]),
            expires_after: random.pick(&[7 * DAY, 30 * DAY]),
            dns_before_acceptance: coin(random),
            rejection_can_be_undone: coin(random),
            writes_miss_the_unseen: coin(random),
            replicas: coin(random),
            lag: Lags {
                link_appears: lag(random, LINK_APPEARS_WITHIN),
                link_changes: lag(random, LINK_CHANGES_WITHIN),
                connection_appears: lag(random, CONNECTION_SHOWS_WITHIN),
                connection_changes: lag(random, CONNECTION_SHOWS_WITHIN),
            },
            ..Draws::documented()
        };
        draws.draw_the_other_clouds(random);
        draws
    }

    /// What only the clouds after the first, and the tiers after the first, leave open.
    fn draw_the_other_clouds(&mut self, random: &mut Random) {
        let coin = |random: &mut Random| random.permille(500);
        self.wrong_address = random.pick(&[WrongAddress::Refused, WrongAddress::Fails]);
        self.discovered_rows_have_ids = coin(random);
        self.rediscovered = coin(random);
        self.premium_accepts = coin(random);
        self.wrong_host = random.pick(&[WrongHost::NotFound, WrongHost::Forbidden]);
        self.read_only = random.pick(&[
            ReadOnlyWord::NotFound,
            ReadOnlyWord::MethodNotAllowed,
            ReadOnlyWord::NotImplemented,
        ]);
        self.serverless_prefix = coin(random);
        self.custom_dns = coin(random);
        self.making = random.pick(&[MakingWord::Updating, MakingWord::Creating]);
        self.ids_shout = coin(random);
        self.domain_while_creating = coin(random);
        self.unaccepted = random.pick(&[UnacceptedWord::Disconnected, UnacceptedWord::Pending]);
        self.labels_at_insert = coin(random);
        self.operation_retention = random.pick(&[10 * MINUTE, HOUR, DAY]);
        self.dataflow = DataflowDraws::drawn(random);
    }
}

impl Latencies {
    #[must_use]
    pub fn documented() -> Latencies {
        let span = |least, most| Span { least, most };
        Latencies {
            service: span(3 * MINUTE, 5 * MINUTE),
            link: span(5 * SECOND, 90 * SECOND),
            link_deletion: span(5 * SECOND, 60 * SECOND),
            connection: span(MINUTE, 5 * MINUTE),
            connection_deletion: span(SECOND, 30 * SECOND),
            discovery: discovery(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_seed_is_a_world() {
        for seed in 0..50 {
            assert_eq!(Draws::from_seed(seed), Draws::from_seed(seed), "seed {seed}");
        }
    }

    #[test]
    fn no_lag_is_longer_than_promised() {
        for seed in 0..1_000 {
            let Lags { link_appears, link_changes, connection_appears, connection_changes } =
                Draws::from_seed(seed).lag;
            for (lag, most) in [
                (link_appears, LINK_APPEARS_WITHIN),
                (link_changes, LINK_CHANGES_WITHIN),
                (connection_appears, CONNECTION_SHOWS_WITHIN),
                (connection_changes, CONNECTION_SHOWS_WITHIN),
            ] {
                assert!(lag.list <= most && lag.read <= most, "seed {seed}: {lag:?}");
            }
        }
    }

    #[test]
    fn every_answer_to_every_question_comes_up() {
        let mut words: BTreeSet<String> = BTreeSet::new();
        for seed in 0..200 {
            let drawn = serde_json::to_value(Draws::from_seed(seed)).unwrap();
            let fields = drawn.as_object().unwrap().iter();
            words.extend(fields.map(|(field, value)| format!("{field}: {value}")));
        }
        let answers = |field: &str| {
            words.iter().filter(|word| word.starts_with(&format!("{field}: "))).count()
        };
        for (field, expected) in [
            ("secondRegistration", 4),
            ("afterUnregistration", 3),
            ("spentToken", 3),
            ("tokenRetention", 4),
            ("missingDeletion", 2),
            ("stateCase", 2),
            ("replicas", 2),
            ("latency", 1),
            ("wrongAddress", 2),
            ("readOnly", 3),
            ("operationRetention", 3),
        ] {
            assert_eq!(answers(field), expected, "{field}");
        }
    }
}
