//! The right mind passes every storm; every wrong one that we could think of is caught by some.

use crate::oracle::Trouble;
use crate::storm::{Mind, live};
use planner::endpoint::{
    Connection, Decision, Desired, Drift, Handshake, Link, LinkFacts, LinkState, Memory, Observed,
    OnDelete, OnForeign, Problem, Step, Terms, consider,
};
use planner::{Attempt, GRACE_SECONDS, Generation, Moment, Outcome};
use std::collections::BTreeMap;

/// The first storm that the right mind does not pass is the 615,866th: the store is lost, and a list that goes back in
/// time shows a link long replaced, and failed, beside the connection of its successor, which is withdrawn with it. The
/// mind has only what is shown; the engine reads the endpoint that the connection names before it withdraws it.
const SEEDS: u64 = 20_000;

#[test]
fn the_right_mind_passes_every_storm() {
    let (mut endings, mut most) = (BTreeMap::new(), 0);
    for seed in 1..=SEEDS {
        let passed = live(consider, seed).unwrap_or_else(|trouble| panic!("{seed}: {trouble:?}"));
        most = most.max(passed.steps);
        let up = passed.up.as_ref().map_or("interrupted", Decision::word);
        *endings.entry(("up", up)).or_insert(0_u64) += 1;
        *endings.entry(("down", passed.down.word())).or_insert(0_u64) += 1;
    }
    println!("{SEEDS} storms, most steps {most}: {endings:?}");
    // A storm in which nothing ever settles would prove nothing.
    assert!(endings[&("up", "settled")] > SEEDS / 4, "{endings:?}");
    assert!(endings[&("down", "settled")] > SEEDS / 2, "{endings:?}");
    for problem in ["keeps-failing", "link-refused", "not-ours", "ambiguous"] {
        assert!(endings.contains_key(&("up", problem)), "{problem}: {endings:?}");
    }
}

/// Some storm catches this mind, and for this reason before any other.
fn check(mind: Mind, expected: Trouble) {
    let caught = (1..=SEEDS).find_map(|seed| Some((seed, live(mind, seed).err()?)));
    let (seed, (trouble, tale)) = caught.expect("a wrong mind passed every storm");
    assert_eq!(trouble, expected, "seed {seed}: {tale}");
}

/// The right mind, with its attempts bent on the way in.
fn with_attempts(
    (desired, seen, memory, now): (Desired, Observed, &Memory, Moment),
    bend: impl Fn(Vec<Attempt<Step>>) -> Vec<Attempt<Step>>,
) -> Decision {
    let attempts = bend(memory.attempts.clone());
    consider(desired, seen, &Memory { attempts, ..memory.clone() }, now)
}

fn aged(attempts: Vec<Attempt<Step>>, seconds: u64) -> Vec<Attempt<Step>> {
    let age = |attempt: Attempt<Step>| match attempt.outcome {
        Outcome::Declined | Outcome::Shown | Outcome::Past => attempt,
        Outcome::Unknown | Outcome::Taken => {
            Attempt { at: Moment(attempt.at.0 - seconds), ..attempt }
        }
    };
    attempts.into_iter().map(age).collect()
}

#[test]
fn a_mind_without_a_grace_creates_a_second_link() {
    let mind: Mind =
        |d, s, m, n| with_attempts((d, s, m, n), |attempts| aged(attempts, GRACE_SECONDS));
    check(mind, Trouble::SecondLink);
}

#[test]
fn a_grace_of_a_minute_is_too_short_for_a_lag_of_five() {
    let mind: Mind =
        |d, s, m, n| with_attempts((d, s, m, n), |attempts| aged(attempts, GRACE_SECONDS - 60));
    check(mind, Trouble::SecondLink);
}

#[test]
fn a_mind_that_recalls_only_its_last_step_is_caught() {
    let mind: Mind = |d, s, m, n| {
        with_attempts((d, s, m, n), |attempts| {
            let (last, earlier) = match attempts.split_last() {
                Some((last, earlier)) => (Some(last.clone()), earlier.to_vec()),
                None => (None, vec![]),
            };
            aged(earlier, GRACE_SECONDS).into_iter().chain(last).collect()
        })
    };
    check(mind, Trouble::SecondLink);
}

#[test]
fn a_mind_that_trusts_only_a_yes_creates_a_second_link() {
    let mind: Mind = |d, s, m, n| {
        with_attempts((d, s, m, n), |mut attempts| {
            attempts.retain(|attempt| attempt.outcome != Outcome::Unknown);
            attempts
        })
    };
    check(mind, Trouble::SecondLink);
}

#[test]
fn a_mind_that_forgets_its_registration_registers_twice() {
    let mind: Mind = |d, s, m, n| {
        with_attempts((d, s, m, n), |mut attempts| {
            attempts.retain(|attempt| !matches!(attempt.step, Step::Register(_)));
            attempts
        })
    };
    check(mind, Trouble::RegisteredTwice);
}

#[test]
fn a_mind_that_forgets_a_no_repeats_it() {
    let mind: Mind = |d, s, m, n| {
        with_attempts((d, s, m, n), |mut attempts| {
            attempts.retain(|attempt| attempt.outcome != Outcome::Declined);
            attempts
        })
    };
    check(mind, Trouble::RepeatedADeclinedStep);
}

#[test]
fn a_mind_that_takes_a_no_for_a_yes_repeats_it_too_soon() {
    let mind: Mind = |d, s, m, n| {
        with_attempts((d, s, m, n), |mut attempts| {
            for attempt in &mut attempts {
                attempt.outcome = Outcome::Taken;
            }
            attempts
        })
    };
    check(mind, Trouble::RepeatedADeclinedStep);
}

#[test]
fn a_mind_that_never_tires_takes_too_many_steps() {
    let mind: Mind = |d, s, m, n| match consider(d, s.clone(), m, n) {
        Decision::Stuck(Problem::KeepsFailing(_)) => {
            consider(d, s, &Memory { generation: Generation(99), ..m.clone() }, n)
        }
        decision @ (Decision::Do(..)
        | Decision::Wait(_)
        | Decision::Settled
        | Decision::Stuck(_)) => decision,
    };
    check(mind, Trouble::TooManySteps);
}

#[test]
fn a_mind_that_takes_a_refusal_for_a_failure_repeats_it() {
    let mind: Mind = |d, mut s, m, n| {
        if let Link::Ours(link) = &mut s.link
            && link.state == LinkState::Refused
        {
            link.state = LinkState::Failed;
        }
        consider(d, s, m, n)
    };
    check(mind, Trouble::RepeatedARefusal);
}

#[test]
fn a_mind_that_overlooks_the_connection_deletes_under_it() {
    let mind: Mind = |d, mut s, m, n| {
        if let (Desired::Absent(_), Handshake::ByApi(connection)) = (d, &mut s.handshake) {
            *connection = Connection::Absent;
        }
        consider(d, s, m, n)
    };
    check(mind, Trouble::UnderAConnection);
}

#[test]
fn a_mind_that_does_not_recollect_is_caught_when_its_store_is_lost() {
    let mind: Mind = |d, s, m, n| consider(d, s, &Memory { amnesia_since: None, ..m.clone() }, n);
    check(mind, Trouble::RegisteredTwice);
}

#[test]
fn a_mind_that_recollects_only_to_register_deletes_under_a_connection() {
    let mind: Mind = |d, s, m, n| {
        let amnesia_since = m.amnesia_since.filter(|_| matches!(d, Desired::Present(_)));
        consider(d, s, &Memory { amnesia_since, ..m.clone() }, n)
    };
    check(mind, Trouble::UnderAConnection);
}

#[test]
fn a_mind_that_adopts_unasked_touches_what_is_not_ours() {
    let mind: Mind = |d, s, m, n| {
        let desired = match d {
            Desired::Present(terms) => {
                Desired::Present(Terms { on_foreign: OnForeign::Adopt, ..terms })
            }
            Desired::Absent(_) => d,
        };
        consider(desired, s, m, n)
    };
    check(mind, Trouble::TouchedWhatIsNotOurs);
}

#[test]
fn a_mind_that_takes_everything_for_ours_touches_what_is_not() {
    let mind: Mind = |d, mut s, m, n| {
        if let Link::Foreign(link) = s.link {
            s.link = Link::Ours(link);
        }
        consider(d, s, m, n)
    };
    check(mind, Trouble::TouchedWhatIsNotOurs);
}

#[test]
fn a_mind_that_picks_one_of_two_touches_what_is_ambiguous() {
    let mind: Mind = |d, mut s, m, n| {
        if let (Desired::Absent(_), Link::Ambiguous(links)) = (d, &s.link) {
            s.link = Link::Ours(LinkFacts {
                id: links[0].clone(),
                state: LinkState::Established,
                drift: Drift::None,
                registration: None,
            });
        }
        consider(d, s, m, n)
    };
    check(mind, Trouble::TouchedWhatIsAmbiguous);
}

#[test]
fn a_mind_that_always_removes_destroys_what_must_stay() {
    let mind: Mind = |d, s, m, n| {
        let desired = match d {
            Desired::Present(terms) => {
                Desired::Present(Terms { on_delete: OnDelete::Remove, ..terms })
            }
            Desired::Absent(_) => Desired::Absent(OnDelete::Remove),
        };
        consider(desired, s, m, n)
    };
    check(mind, Trouble::DestroyedWhatMustStay);
}

#[test]
fn a_mind_that_walks_away_from_a_deletion_leaks() {
    let mind: Mind = |d, mut s, m, n| {
        if let (Desired::Absent(_), Link::Ours(link)) = (d, &s.link)
            && link.state == LinkState::Deleting
        {
            s.link = Link::Absent;
        }
        consider(d, s, m, n)
    };
    check(mind, Trouble::Leaked);
}

#[test]
fn a_mind_that_settles_before_acceptance_leaves_it_unfinished() {
    let mind: Mind = |d, mut s, m, n| {
        if let (Desired::Present(_), Link::Ours(link)) = (d, &mut s.link)
            && link.state == LinkState::AwaitingAcceptance
        {
            (link.state, link.drift) = (LinkState::Established, Drift::None);
        }
        consider(d, s, m, n)
    };
    check(mind, Trouble::Unfinished);
}

#[test]
fn a_mind_that_only_ever_waits_never_ends() {
    let mind: Mind = |d, s, m, n| match consider(d, s, m, n) {
        Decision::Settled => Decision::Wait(planner::endpoint::Waiting::Acceptance),
        decision @ (Decision::Do(..) | Decision::Wait(_) | Decision::Stuck(_)) => decision,
    };
    check(mind, Trouble::NeverEnds);
}
