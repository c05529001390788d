//! From two looks in memory to decisions about every endpoint, and to what a plan prints.

use crate::fleet::{Account, PROJECT, repository, wanted};
use crate::harness::{runtime, time};
use crate::memory::Held;
use crate::pages::{Pages, client};
use cloud::{Owner, Urgency};
use planner::Moment;
use planner::endpoint::{Decision, Memory, consider};
use secrecy::SecretString;
use std::sync::Arc;
use tidb_cloud::ClusterId;
use tidelock::present;
use tidelock::provider::{self, Known, Needs, ProviderLook};
use tidelock::sight::{self, AccountLook, Recollection};
use tidelock::wish::{TidbScope, Wish};

const NOW: Moment = Moment(1_800_000_000);

pub(crate) fn run(count: usize) {
    let directory = repository(count);
    let wishes = wanted(directory.path()).wishes;
    let provider = provider_look(count, &wishes);
    let key = || SecretString::from("an operator's key".to_owned());
    for (owner, words) in [
        (Owner::new("platform", None), "marks unsigned"),
        (Owner::new("platform", Some(key())), "marks signed"),
    ] {
        let account = Account { count, owner: owner.clone() };
        let look = AccountLook::new(account.survey());
        let what = format!("planning, see and consider, {words}");
        let looks = || (&provider, &look, &owner);
        time(&what, count, looks, |(provider, account, owner)| {
            for wish in &wishes {
                decide(wish, provider, account, owner);
            }
        });
    }
    let account = Account { count, owner: Owner::new("platform", None) };
    time("planning, the survey's indices", count, || account.survey(), AccountLook::new);
    report(count);
}

fn decide(wish: &Wish, provider: &ProviderLook, account: &AccountLook, owner: &Owner) {
    let recollection = Recollection::default();
    let sight = sight::place(wish, provider)
        .and_then(|place| sight::see(wish, place, provider, account, owner, &recollection, NOW));
    let sight = sight.expect("both looks are complete");
    let memory = Memory {
        generation: wish.generation,
        settled: Some(wish.generation),
        attempts: Vec::new(),
        amnesia_since: None,
    };
    let decision = consider(wish.desired, sight.observed, &memory, NOW);
    assert_eq!(decision, Decision::Settled, "{}", wish.name);
}

/// As the engine gets it: from pages.
fn provider_look(count: usize, wishes: &[Wish]) -> ProviderLook {
    let client = client(&Arc::new(Pages::new(count)));
    let scope = TidbScope::Project(PROJECT.into());
    let group = |wish: &Wish| (ClusterId(wish.cluster.cluster.clone()), String::new());
    let needs = Needs { groups: wishes.iter().map(group).collect(), ..Needs::default() };
    let look = provider::look(&client, &scope, &needs, Known::default(), NOW, Urgency::Work);
    runtime().block_on(look).expect("the pages are whole")
}

/// What a look costs the engine as a whole, and what `plan` and the status page add to it.
fn report(count: usize) {
    let pages = Arc::new(Pages::new(count));
    let new = || Held::new(count, &pages);
    time("a first look: TiDB Cloud's pages, indices, joins, decisions", count, new, |mut held| {
        held.look();
        held
    });
    let mut held = new();
    held.look();
    time("planning, the engine's view", count, || (), |()| held.engine.view());
    let view = held.engine.view();
    time("planning, the report", count, || (), |()| present::plan(&view));
}
