//! The closed lists of words that machines may rely on.

use crate::worlds::{everywhere, link_id};
use planner::endpoint::{
    Because, Companion, Decision, Overdue, Problem, REASONS, Step, Waiting, decide,
};
use planner::{Actor, Phase};
use std::cell::RefCell;
use std::collections::BTreeSet;

fn is_kebab(word: &str) -> bool {
    let letters = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    word.split('-').all(letters)
}

/// All that can be decided, and nothing else, is on the list; each once.
#[test]
fn every_decision_has_its_own_word_and_the_list_is_closed() {
    let said = RefCell::new(BTreeSet::new());
    everywhere(|desired, world| {
        said.borrow_mut().insert(decide(desired, world).word());
    });
    let step = || Step::DeleteLink { link: link_id() };
    // Only memory, or a shared link, leads to these.
    let remembered = [
        Decision::Wait(Waiting::Recollecting),
        Decision::Wait(Waiting::Companion(Companion("another".into()))),
        Decision::Stuck(Problem::Declined(step())),
        Decision::Stuck(Problem::KeepsFailing(step())),
    ];
    let mut said = said.into_inner();
    for decision in remembered {
        assert!(said.insert(decision.word()), "{decision:?} shares its word");
    }
    assert_eq!(said, BTreeSet::from(REASONS));
    assert_eq!(said.len(), REASONS.len());
}

/// A label without its column must still say what it is.
#[test]
fn no_two_things_share_a_word() {
    let because = [
        Because::Missing,
        Because::AdoptionAsked,
        Because::Drifted,
        Because::CannotChangeInPlace,
        Because::LinkFailed,
        Because::ConnectionFailed,
        Because::ConnectionIsStale,
        Because::Doubled,
        Because::NoLongerDesired,
    ];
    let phases = [Phase::Pending, Phase::Active, Phase::Failed, Phase::Deleting];
    let actors = [Actor::Tidelock, Actor::TidbCloud, Actor::Cloud, Actor::You];
    let overdue = [Overdue::Late, Overdue::VeryLate];
    let mut words: Vec<&str> = REASONS.into();
    words.extend(because.map(|because| because.word()));
    words.extend(phases.map(Phase::word));
    words.extend(actors.map(Actor::word));
    words.extend(overdue.map(Overdue::word));
    let distinct: BTreeSet<&str> = words.iter().copied().collect();
    assert_eq!(distinct.len(), words.len(), "{words:?}");
    assert!(words.iter().all(|word| is_kebab(word)), "{words:?}");
}
