//! What a store that was lost costs: a minute before TiDB Cloud is told, and never a second of a
//! store that was not.

use crate::worlds::{everywhere, link_id};
use planner::endpoint::{
    Connection, Decision, Desired, Handshake, Link, Memory, Observed, REGISTER_GRACE_SECONDS, Step,
    Waiting, consider, decide,
};
use planner::{Attempt, GRACE_SECONDS, Generation, Moment, Outcome};

const SINCE: Moment = Moment(5_000);
const RECOLLECTING: Decision = Decision::Wait(Waiting::Recollecting);

fn amnesiac() -> Memory {
    Memory {
        generation: Generation(1),
        settled: None,
        attempts: vec![],
        amnesia_since: Some(SINCE),
    }
}

fn at(seconds: u64, desired: Desired, world: &Observed) -> Decision {
    consider(desired, world.clone(), &amnesiac(), Moment(SINCE.0 + seconds))
}

/// It takes no token, and its list may not show yet what an earlier process asked for.
#[test]
fn tidb_clouds_silence_is_believed_after_a_minute() {
    everywhere(|desired, world| {
        let right_away = decide(desired, world);
        let keeps_a_record = world.handshake != Handshake::None;
        let depends = match &right_away {
            Decision::Do(Step::Register(_), _) => true,
            Decision::Do(Step::DeleteLink { .. }, _) => keeps_a_record,
            Decision::Do(..) | Decision::Wait(_) | Decision::Settled | Decision::Stuck(_) => false,
        };
        if world.link != Link::Absent {
            let first = if depends { RECOLLECTING } else { right_away.clone() };
            assert_eq!(at(REGISTER_GRACE_SECONDS - 1, desired, world), first, "{world:?}");
            assert_eq!(at(REGISTER_GRACE_SECONDS, desired, world), right_away, "{world:?}");
        }
    });
}

/// It was met, so it may be a newborn that its cloud shows and hides: neither a second one is
/// created, nor its connection withdrawn, nor is it forgotten.
#[test]
fn a_link_that_was_met_and_hides_is_not_gone_before_the_grace_is_over() {
    everywhere(|desired, world| {
        let right_away = decide(desired, world);
        if world.link == Link::Absent {
            let acts = matches!(right_away, Decision::Do(..) | Decision::Settled);
            let first = if acts { RECOLLECTING } else { right_away.clone() };
            assert_eq!(at(GRACE_SECONDS - 1, desired, world), first, "{world:?}");
            assert_eq!(at(GRACE_SECONDS, desired, world), right_away, "{world:?}");
        }
    });
}

#[test]
fn a_link_that_we_deleted_since_is_gone_when_it_is_gone() {
    everywhere(|desired, world| {
        let at = Moment(SINCE.0 + 100);
        let step = Step::DeleteLink { link: link_id() };
        let deleted = |outcome| {
            let attempt = Attempt { step: step.clone(), generation: Generation(1), at, outcome };
            let memory = Memory { attempts: vec![attempt], ..amnesiac() };
            consider(desired, world.clone(), &memory, at)
        };
        if *world == gone() {
            assert_eq!(deleted(Outcome::Taken), decide(desired, world));
            assert_eq!(deleted(Outcome::Declined), RECOLLECTING);
        }
    });
}

fn gone() -> Observed {
    let service =
        planner::endpoint::Service::Ready(planner::endpoint::ServiceName("service".into()));
    Observed { service, link: Link::Absent, handshake: Handshake::ByApi(Connection::Absent) }
}
