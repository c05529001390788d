//! When to look again, and when a wait has lasted so long that somebody should hear of it.
//!
//! Neither ever changes a decision: a wait that is very late is still only waited for.

use super::{Decision, Waiting};
use crate::{Moment, Stir, Tempo};

/// TiDB Cloud speaks of three to five minutes for every wait; three times the longest is late.
pub const LATE_SECONDS: u64 = 15 * 60;

/// As long as TiDB Cloud's own Terraform provider waits before it gives up.
pub const VERY_LATE_SECONDS: u64 = 60 * 60;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Overdue {
    Late,
    VeryLate,
}

/// Seconds until the next look. `failures` counts the looks or steps in a row that could not be
/// made; `seed` is any number that tells this name from others.
#[must_use]
pub fn pace(decision: &Decision, tempo: Tempo, failures: u32, seed: u64) -> u64 {
    tempo.after(stir(decision), failures, seed)
}

fn stir(decision: &Decision) -> Stir {
    match decision {
        Decision::Do(..) => Stir::AtOnce,
        Decision::Wait(waiting) if is_on_a_machine(waiting) => Stir::Soon,
        Decision::Wait(_) | Decision::Settled => Stir::SomeDay,
        Decision::Stuck(_) => Stir::AfterAPerson,
    }
}

/// Whether this wait, which began at `since`, has lasted too long. People are never late.
#[must_use]
pub fn overdue(waiting: &Waiting, since: Moment, now: Moment) -> Option<Overdue> {
    if is_on_a_person(waiting) || matches!(waiting, Waiting::Companion(_)) {
        return None;
    }
    Overdue::after(now.seconds_since(since))
}

fn is_on_a_person(waiting: &Waiting) -> bool {
    matches!(waiting, Waiting::OperatorMustRegister(_) | Waiting::OperatorMustUnregister(_))
}

/// Whether a machine has something under way, so that looking often is worth its calls.
fn is_on_a_machine(waiting: &Waiting) -> bool {
    match waiting {
        Waiting::ServicePreparing
        | Waiting::LinkProvisioning
        | Waiting::Acceptance
        | Waiting::LinkUpdating
        | Waiting::LinkDeleting
        | Waiting::ConnectionPending
        | Waiting::ConnectionDeleting
        | Waiting::Recollecting => true,
        // Whoever does it looks for all.
        Waiting::OperatorMustRegister(_)
        | Waiting::OperatorMustUnregister(_)
        | Waiting::Companion(_)
        | Waiting::NotUnderstood(_) => false,
    }
}

impl Overdue {
    pub(crate) fn after(seconds: u64) -> Option<Overdue> {
        match seconds {
            0..LATE_SECONDS => None,
            LATE_SECONDS..VERY_LATE_SECONDS => Some(Overdue::Late),
            VERY_LATE_SECONDS.. => Some(Overdue::VeryLate),
        }
    }

    /// Stable, for machines.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Overdue::Late => "late",
            Overdue::VeryLate => "very-late",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::{Because, ConnectionId, LinkId, Problem, Side, Step};

    const TEMPO: Tempo = Tempo { busy_seconds: 20, idle_seconds: 400, stuck_seconds: 2_000 };

    fn check(decision: &Decision, least: u64, most: u64) {
        for seed in 0..50 {
            let rest = pace(decision, TEMPO, 0, seed);
            assert!((least..=most).contains(&rest), "{decision:?} seed {seed}: {rest}");
        }
    }

    #[test]
    fn what_moves_is_looked_at_often_and_what_rests_seldom() {
        let link = LinkId("link".into());
        let connection = ConnectionId("connection".into());
        check(&Decision::Do(Step::DeleteLink { link }, Because::LinkFailed), 1, 1);
        check(&Decision::Wait(Waiting::LinkProvisioning), 20, 20);
        check(&Decision::Wait(Waiting::Recollecting), 20, 20);
        check(&Decision::Wait(Waiting::OperatorMustUnregister(connection)), 360, 440);
        check(&Decision::Wait(Waiting::NotUnderstood(Side::Link)), 360, 440);
        check(&Decision::Settled, 360, 440);
        check(&Decision::Stuck(Problem::ServiceGone), 1_800, 2_200);
    }

    #[test]
    fn a_step_that_could_not_be_taken_is_not_repeated_at_once() {
        let step = Step::AdoptLink { link: LinkId("link".into()) };
        let adopt = Decision::Do(step, Because::AdoptionAsked);
        assert!(pace(&adopt, TEMPO, 1, 0) >= 18);
        assert!(pace(&adopt, TEMPO, 4, 0) >= 144);
    }

    #[test]
    fn a_machine_is_late_after_a_quarter_of_an_hour_and_a_person_never() {
        let at = |waiting: &Waiting, seconds: u64| {
            overdue(waiting, Moment(5_000), Moment(5_000 + seconds))
        };
        let pending = Waiting::ConnectionPending;
        assert_eq!(at(&pending, 899), None);
        assert_eq!(at(&pending, 900), Some(Overdue::Late));
        assert_eq!(at(&pending, 3_599), Some(Overdue::Late));
        assert_eq!(at(&pending, 3_600), Some(Overdue::VeryLate));
        assert_eq!(overdue(&pending, Moment(5_000), Moment(0)), None);
        let person = Waiting::OperatorMustUnregister(ConnectionId("connection".into()));
        assert_eq!(at(&person, 1_000_000), None);
    }
}
