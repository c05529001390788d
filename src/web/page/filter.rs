//! Which endpoints are shown: by words, and by what is the matter with them. Done here, so that it needs no script.

use crate::report::status::EndpointStatus;
use crate::web::html::segment;
use planner::{Actor, Phase};
use serde::Deserialize;

/// As in the page's address. An unknown word shows everything.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Filter {
    pub(super) q: String,
    pub(super) show: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Show {
    All,
    NeedsYou,
    Phase(Option<Phase>),
    Drifted,
}

impl Show {
    /// In the order in which they are offered.
    pub(super) const EVERY: [Show; 8] = [
        Show::All,
        Show::NeedsYou,
        Show::Phase(Some(Phase::Failed)),
        Show::Phase(None),
        Show::Phase(Some(Phase::Pending)),
        Show::Phase(Some(Phase::Deleting)),
        Show::Drifted,
        Show::Phase(Some(Phase::Active)),
    ];

    pub(super) fn word(self) -> &'static str {
        match self {
            Show::All => "",
            Show::NeedsYou => "you",
            Show::Phase(Some(phase)) => phase.word(),
            Show::Phase(None) => "unknown",
            Show::Drifted => "drift",
        }
    }

    pub(super) fn holds(self, endpoint: &EndpointStatus) -> bool {
        match self {
            Show::All => true,
            Show::NeedsYou => endpoint.who == Some(Actor::You),
            Show::Phase(phase) => endpoint.phase == phase,
            Show::Drifted => !endpoint.drift.is_empty(),
        }
    }
}

impl Filter {
    pub(super) fn show(&self) -> Show {
        let known = Show::EVERY.into_iter().find(|show| show.word() == self.show);
        known.unwrap_or(Show::All)
    }

    /// Every word must be somewhere in what the row says.
    pub(super) fn matches(&self, endpoint: &EndpointStatus) -> bool {
        if !self.show().holds(endpoint) {
            return false;
        }
        if self.q.trim().is_empty() {
            return true;
        }
        let EndpointStatus { name, cluster, account, reason, link, connection, host, .. } =
            endpoint;
        let ids = [link, connection, host].map(|id| id.as_deref().unwrap_or_default());
        let phase = endpoint.phase.map_or("unknown", Phase::word);
        let (title, id, region) = (&cluster.name, &cluster.id, &cluster.region);
        let names = [name, title, id, region, account].map(String::as_str);
        let text = [&names[..], &[*reason, phase], &ids[..]].concat().join(" ").to_lowercase();
        self.q.to_lowercase().split_whitespace().all(|word| text.contains(word))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.q.trim().is_empty() && self.show() == Show::All
    }

    /// The page's address with another choice, and the same words.
    pub(super) fn address(&self, show: Show) -> String {
        let mut parts = Vec::new();
        if show != Show::All {
            parts.push(format!("show={}", show.word()));
        }
        if !self.q.is_empty() {
            parts.push(format!("q={}", segment(&self.q)));
        }
        if parts.is_empty() { "/".to_owned() } else { format!("/?{}", parts.join("&")) }
    }
}
