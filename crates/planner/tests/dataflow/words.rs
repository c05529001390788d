//! The closed list of words that machines may rely on.

use crate::worlds::{absent, everywhere, kept, worlds};
use planner::dataflow::*;
use std::cell::RefCell;
use std::collections::BTreeSet;

/// All that can be decided, and nothing else, is on the list; each once.
#[test]
fn every_decision_has_its_word_and_the_list_is_closed() {
    let said = RefCell::new(BTreeSet::new());
    everywhere(|desired, world| {
        said.borrow_mut().insert(decide(desired, world).word());
    });
    let mut said = said.into_inner();
    let gone = kept().into_iter().chain([absent()]);
    said.extend(gone.flat_map(|d| worlds().iter().map(move |w| decide(&d, w).word())));
    // Only memory leads to these, or more than one of a kind.
    for decision in [
        Decision::Stuck(Problem::Ambiguous(vec![])),
        Decision::Wait(Waiting::TakingEffect),
        Decision::Stuck(Problem::Declined(Step::Permit)),
        Decision::Stuck(Problem::KeepsFailing(Step::Permit)),
    ] {
        assert!(said.insert(decision.word()), "{decision:?} shares its word");
    }
    assert_eq!(said, BTreeSet::from(REASONS));
    assert_eq!(said.len(), REASONS.len());
    assert!(said.iter().all(|word| is_kebab(word)), "{said:?}");
}

fn is_kebab(word: &str) -> bool {
    let letters = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    word.split('-').all(letters)
}

/// A label without its column must still say what it is.
#[test]
fn no_two_things_share_a_word() {
    let because = [
        Because::Missing,
        Because::Failed,
        Because::Hung,
        Because::Stale,
        Because::LeadsElsewhere,
        Because::Drifted,
        Because::CannotChangeInPlace,
        Because::NoLongerDesired,
        Because::Doubled,
    ];
    let blocks = [Block::TargetGroup, Block::LoadBalancer, Block::Listener, Block::Service];
    let mut words: Vec<&str> = REASONS.into();
    words.extend(because.map(Because::word));
    words.extend(blocks.map(Block::word));
    let distinct: BTreeSet<&str> = words.iter().copied().collect();
    assert_eq!(distinct.len(), words.len(), "{words:?}");
    assert!(words.iter().all(|word| is_kebab(word)), "{words:?}");
}
