//! Every call that reached the world, counted and, the latest of them, kept.
//!
//! What the calls did to objects is in the ledger (`world/ledger.rs`).

use crate::fault::{Fault, Vendor};
use serde::Serialize;
use std::collections::{BTreeMap, VecDeque};

/// So many of the latest calls are kept; all are counted.
const KEPT: usize = 10_000;

/// One call, as the wire understood it before doing anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    pub vendor: Vendor,
    /// The vendor's own name of it: `CreateVpcEndpoint`.
    pub action: String,
    /// Whose quota it counts against: an account, an API key; empty if nobody said.
    pub account: String,
    /// Empty where the vendor has but one.
    pub region: String,
    pub mutating: bool,
    /// Whether it counts against a quota at all.
    pub metered: bool,
}

impl Call {
    /// A metered call that changes nothing.
    #[must_use]
    pub fn new(vendor: Vendor, action: impl Into<String>, account: impl Into<String>) -> Call {
        let (action, account) = (action.into(), account.into());
        Call { vendor, action, account, region: String::new(), mutating: false, metered: true }
    }

    #[must_use]
    pub fn region(self, region: impl Into<String>) -> Call {
        Call { region: region.into(), ..self }
    }

    #[must_use]
    pub fn mutating(self) -> Call {
        Call { mutating: true, ..self }
    }

    #[must_use]
    pub fn unmetered(self) -> Call {
        Call { metered: false, ..self }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// The first call is 1.
    pub number: u64,
    /// Milliseconds since the Unix epoch.
    pub at: u64,
    #[serde(flatten)]
    pub call: Call,
    pub outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// Let in; the wire has not answered yet.
    Admitted,
    Answered(u16),
    Throttled,
    Befallen(Fault),
}

#[derive(Clone, Debug, Default)]
pub struct Log {
    calls: u64,
    mutating: u64,
    latest: VecDeque<Entry>,
    counters: BTreeMap<(Vendor, String), u64>,
}

impl Log {
    /// All calls so far.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.calls
    }

    /// Those that would change something, whether or not they did.
    #[must_use]
    pub fn mutating_calls(&self) -> u64 {
        self.mutating
    }

    #[must_use]
    pub fn count(&self, vendor: Vendor, action: &str) -> u64 {
        self.counters.get(&(vendor, action.to_owned())).copied().unwrap_or_default()
    }

    pub fn counters(&self) -> impl Iterator<Item = (Vendor, &str, u64)> {
        self.counters.iter().map(|((vendor, action), count)| (*vendor, action.as_str(), *count))
    }

    /// The latest calls, oldest first.
    #[must_use]
    pub fn latest(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.latest.iter()
    }

    pub(crate) fn admit(&mut self, at: u64, call: Call) -> u64 {
        self.calls += 1;
        self.mutating += u64::from(call.mutating);
        *self.counters.entry((call.vendor, call.action.clone())).or_default() += 1;
        if self.latest.len() == KEPT {
            self.latest.pop_front();
        }
        let number = self.calls;
        self.latest.push_back(Entry { number, at, call, outcome: Outcome::Admitted });
        number
    }

    pub(crate) fn conclude(&mut self, number: u64, outcome: Outcome) {
        let back = usize::try_from(self.calls - number).unwrap_or(usize::MAX);
        let index = self.latest.len().checked_sub(back + 1);
        if let Some(entry) = index.and_then(|index| self.latest.get_mut(index)) {
            entry.outcome = outcome;
        }
    }
}
