//! One call of the Resource Manager's on its way through an action.

use super::refusal::Refusal;
use super::refused::no_group;
use super::reply::Reply;
use super::{Knock, form};
use serde_json::Value;
use sim::{Link, LinkState, Operation, Scope, Sim, Twist, World};

/// The provider, as it is spelled in ids.
pub(super) const PROVIDER: &str = "Microsoft.Network";

/// The longest that the Resource Manager tells anybody to wait, in seconds.
const PAUSE_MOST: u64 = 10;

pub(super) type Answer = Result<Reply, Refusal>;

pub(super) struct Call<'sim> {
    pub(super) sim: &'sim Sim,
    /// The whole subscription.
    pub(super) scope: Scope,
    pub(super) query: Vec<(String, String)>,
    pub(super) body: Value,
    pub(super) if_match: Option<String>,
    pub(super) if_none_match: Option<String>,
    /// Scheme, host and port that were asked.
    pub(super) base: String,
    pub(super) path: String,
    /// What a list or a state must be made to say.
    pub(super) twist: Option<Twist>,
}

/// A resource group, and what is in it: the names of a resource and of its parents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) group: String,
    pub(super) names: Vec<String>,
}

impl Call<'_> {
    pub(super) fn new<'sim>(knock: &Knock<'sim>, scope: Scope, body: Value) -> Call<'sim> {
        let own = |name: &str| knock.header(name).map(str::to_owned);
        Call {
            sim: knock.sim,
            scope,
            query: knock.query(),
            body,
            if_match: own("if-match"),
            if_none_match: own("if-none-match"),
            base: knock.base(),
            path: knock.parts.uri.path().to_owned(),
            twist: None,
        }
    }

    pub(super) fn with<Value>(&self, look: impl FnOnce(&mut World) -> Value) -> Value {
        self.sim.with(look)
    }

    pub(super) fn api_version(&self) -> &str {
        form::find(&self.query, "api-version").unwrap_or_default()
    }

    /// `/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/<kind>/n`; `kinds` stand between the names.
    pub(super) fn id(&self, place: &Place, kinds: &[&str]) -> String {
        let Place { group, names } = place;
        let subscription = &self.scope.account;
        let above = format!("/subscriptions/{subscription}/resourceGroups/{group}");
        let pairs = kinds.iter().zip(names).map(|(kind, name)| format!("/{kind}/{name}"));
        format!("{above}/providers/{PROVIDER}{}", pairs.collect::<String>())
    }

    /// The word that every state must be, if a fault wants one.
    pub(super) fn word<'word>(&'word self, usual: &'word str) -> &'word str {
        match &self.twist {
            Some(Twist::UnknownWord(word)) => word,
            Some(Twist::EmptyList | Twist::DropPage | Twist::DuplicateRow | Twist::RepeatToken)
            | None => usual,
        }
    }

    /// The endpoint of this id as it is, in whatever case.
    pub(super) fn known<'world>(&self, world: &'world World, id: &str) -> Option<&'world Link> {
        let mut links = world.true_links();
        links.find(|link| {
            link.scope.vendor == self.scope.vendor
                && link.state != LinkState::Deleted
                && link.id.as_str().eq_ignore_ascii_case(id)
        })
    }

    /// A group is there as long as something stands in it.
    pub(super) fn check_group(&self, world: &World, group: &str) -> Result<(), Refusal> {
        let start = format!("/subscriptions/{}/resourceGroups/{group}/", self.scope.account);
        let within = |id: &str| {
            id.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(&start))
        };
        let is_there = world.all_networks().any(|network| within(network.id.as_str()))
            || world.true_links().any(|link| within(link.id.as_str()));
        if is_there { Ok(()) } else { Err(no_group(group)) }
    }

    /// Where to ask about an operation: under `operations` how it stands, under `operationResults` what came of it.
    pub(super) fn operation_uri(&self, kind: &str, operation: &Operation) -> String {
        let Operation { id, scope, .. } = operation;
        let Scope { vendor: _, account, region } = scope;
        format!(
            "{}/subscriptions/{account}/providers/{PROVIDER}/locations/{region}/{kind}/{id}?api-version={}",
            self.base,
            self.api_version()
        )
    }
}

/// How long to wait before one asks again.
pub(super) fn seconds_left(world: &World, operation: &Operation) -> u64 {
    operation.ends_at.saturating_sub(world.now()).div_ceil(1_000).clamp(1, PAUSE_MOST)
}

/// As ids are given back: some of Azure's replicas spell the group in upper case.
pub(super) fn spelled(world: &World, id: &str) -> String {
    if !world.draws.ids_shout {
        return id.to_owned();
    }
    let mut parts: Vec<String> = id.split('/').map(str::to_owned).collect();
    let is_group = parts.get(3).is_some_and(|word| word.eq_ignore_ascii_case("resourceGroups"));
    if let Some(group) = parts.get_mut(4).filter(|_| is_group) {
        *group = group.to_uppercase();
    }
    parts.join("/")
}
