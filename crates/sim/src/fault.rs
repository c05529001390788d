//! Bad days, on order: which call, and what befalls it.
//!
//! A fault says nothing of any vendor's bytes; the wires spell it.

use crate::log::Call;
use crate::random::Random;
use serde::{Deserialize, Serialize};

/// A call by its number, the first is 1, or by what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum When {
    Nth(u64),
    Matching(Matcher),
}

/// Every given part must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Matcher {
    pub vendor: Option<Vendor>,
    pub action: Option<String>,
    pub account: Option<String>,
    pub mutating: Option<bool>,
    /// So many fitting calls are let through first.
    pub skip: u64,
    /// So many fitting calls are hit; none given: all of them.
    pub times: Option<u64>,
    /// Out of a thousand fitting calls, so many are hit; none given: all of them.
    pub permille: Option<u16>,
}

#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Vendor {
    Tidb,
    /// The cloud that is meant where none is named.
    #[default]
    Aws,
    Azure,
    Alibaba,
    Gcp,
}

impl Vendor {
    /// The customers' clouds.
    pub const CLOUDS: [Vendor; 4] = [Vendor::Aws, Vendor::Azure, Vendor::Alibaba, Vendor::Gcp];

    /// The cloud of a region as TiDB Cloud spells it: `alicloud-ap-southeast-1` is Alibaba's.
    #[must_use]
    pub fn of_region(region_id: &str) -> Option<Vendor> {
        let prefix = region_id.split('-').next().unwrap_or_default();
        Vendor::CLOUDS.into_iter().find(|vendor| vendor.prefix() == prefix)
    }

    /// The manifest's word, and that of faults.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Vendor::Tidb => "tidb",
            Vendor::Aws => "aws",
            Vendor::Azure => "azure",
            Vendor::Alibaba => "alibaba",
            Vendor::Gcp => "gcp",
        }
    }

    /// The cloud of that word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Vendor> {
        Vendor::CLOUDS.into_iter().find(|vendor| vendor.word() == word)
    }

    /// TiDB Cloud's word for it.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        if self == Vendor::Alibaba { "alicloud" } else { self.word() }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Fault {
    /// Refused before anything was done.
    Refuse(Failure),
    /// The connection breaks before anything was done.
    LostBefore,
    /// It is done, and the connection breaks before the answer.
    LostAfter,
    /// It is not done, and the connection stays open without an answer.
    Hang,
    /// It is done so many milliseconds later, even if the caller has gone by then.
    Delay(u64),
    /// It is done, and half of the answer arrives.
    Truncate,
    Twist(Twist),
    /// The caller dies: [`crate::Sim::crashed`] says so, and no answer ever comes.
    Crash(Crash),
}

impl Fault {
    /// One of each kind, for whoever wants to try them all.
    #[must_use]
    pub fn every() -> Vec<Fault> {
        let failures = [
            Failure::Unauthenticated,
            Failure::Forbidden,
            Failure::NotFound,
            Failure::Conflict,
            Failure::Throttled,
            Failure::Internal,
            Failure::BadGateway,
            Failure::Unavailable,
        ];
        let twists = [
            Twist::EmptyList,
            Twist::DropPage,
            Twist::DuplicateRow,
            Twist::RepeatToken,
            Twist::UnknownWord("UPDATING".to_owned()),
        ];
        let mut faults = vec![
            Fault::LostBefore,
            Fault::LostAfter,
            Fault::Hang,
            Fault::Delay(5_000),
            Fault::Delay(120_000),
            Fault::Truncate,
            Fault::Crash(Crash::Before),
            Fault::Crash(Crash::After),
        ];
        faults.extend(failures.map(Fault::Refuse));
        faults.extend(twists.map(Fault::Twist));
        faults
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Failure {
    /// 401
    Unauthenticated,
    /// 403
    Forbidden,
    /// 404
    NotFound,
    /// 409
    Conflict,
    /// 429, or what the vendor says for it.
    Throttled,
    /// 500
    Internal,
    /// 502, with a page of HTML from some gateway.
    BadGateway,
    /// 503
    Unavailable,
}

/// An answer that is whole, and wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Twist {
    /// A list says 200 and shows nothing.
    EmptyList,
    /// A list leaves out this page and goes on behind it.
    DropPage,
    /// A list shows its last row twice.
    DuplicateRow,
    /// A list gives the page token that it was given.
    RepeatToken,
    /// Every state is this word.
    UnknownWord(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Crash {
    Before,
    After,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub when: When,
    pub fault: Fault,
}

/// What is ordered, in order: the first rule that fits a call befalls it.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    rules: Vec<Armed>,
}

#[derive(Clone, Debug)]
struct Armed {
    rule: Rule,
    fitted: u64,
    hit: u64,
}

impl Plan {
    #[must_use]
    pub fn new(rules: impl IntoIterator<Item = Rule>) -> Plan {
        let mut plan = Plan::default();
        rules.into_iter().for_each(|rule| plan.add(rule));
        plan
    }

    /// The one fault that befalls the `number`th call.
    #[must_use]
    pub fn nth(number: u64, fault: Fault) -> Plan {
        Plan::new([Rule { when: When::Nth(number), fault }])
    }

    pub fn add(&mut self, rule: Rule) {
        self.rules.push(Armed { rule, fitted: 0, hit: 0 });
    }

    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().map(|armed| &armed.rule)
    }

    pub fn clear(&mut self) {
        self.rules.clear();
    }

    pub(crate) fn befalls(
        &mut self,
        number: u64,
        call: &Call,
        random: &mut Random,
    ) -> Option<Fault> {
        for armed in &mut self.rules {
            if armed.hits(number, call, random) {
                armed.hit += 1;
                return Some(armed.rule.fault.clone());
            }
        }
        None
    }
}

impl Armed {
    fn hits(&mut self, number: u64, call: &Call, random: &mut Random) -> bool {
        match &self.rule.when {
            When::Nth(nth) => *nth == number,
            When::Matching(matcher) => {
                if !matcher.fits(call) {
                    return false;
                }
                self.fitted += 1;
                self.fitted > matcher.skip
                    && matcher.times.is_none_or(|times| self.hit < times)
                    && matcher.permille.is_none_or(|chance| random.permille(chance))
            }
        }
    }
}

impl Matcher {
    fn fits(&self, call: &Call) -> bool {
        let Matcher { vendor, action, account, mutating, skip: _, times: _, permille: _ } = self;
        vendor.is_none_or(|vendor| vendor == call.vendor)
            && action.as_ref().is_none_or(|action| *action == call.action)
            && account.as_ref().is_none_or(|account| *account == call.account)
            && mutating.is_none_or(|mutating| mutating == call.mutating)
    }
}
