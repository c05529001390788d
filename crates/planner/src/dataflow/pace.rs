//! How long until the next look at a private link connection, and when a wait has lasted too long.

use super::{Decision, Waiting, who_acts};
use crate::endpoint::Overdue;
use crate::{Actor, Moment, Stir, Tempo};

/// Seconds until the next look. `failures` counts the looks or steps in a row that could not be made; `seed` is any
/// number that tells this name from others.
#[must_use]
pub fn pace(decision: &Decision, tempo: Tempo, failures: u32, seed: u64) -> u64 {
    tempo.after(stir(decision), failures, seed)
}

/// Whether this wait, which began at `since`, has lasted too long. People are never late.
#[must_use]
pub fn overdue(waiting: Waiting, since: Moment, now: Moment) -> Option<Overdue> {
    if who_acts(&Decision::Wait(waiting)) == Some(Actor::You) {
        return None;
    }
    Overdue::after(now.seconds_since(since))
}

fn stir(decision: &Decision) -> Stir {
    match decision {
        Decision::Do(..) => Stir::AtOnce,
        Decision::Wait(waiting) if is_on_a_machine(*waiting) => Stir::Soon,
        Decision::Wait(_) | Decision::Settled => Stir::SomeDay,
        Decision::Stuck(_) => Stir::AfterAPerson,
    }
}

/// Whether a machine has something under way, so that looking often is worth its calls. Health is counted in: a database
/// that does not answer may at any moment.
fn is_on_a_machine(waiting: Waiting) -> bool {
    match waiting {
        Waiting::Preparing(_)
        | Waiting::Updating(_)
        | Waiting::Deleting(_)
        | Waiting::TargetChecking
        | Waiting::TargetHealth
        | Waiting::ConnectionCreating
        | Waiting::RequestArriving
        | Waiting::ConnectionPending
        | Waiting::ConnectionDeleting
        | Waiting::DomainsAttaching
        | Waiting::DomainsDetaching
        | Waiting::RequestsLeaving
        | Waiting::TakingEffect => true,
        Waiting::Resolution | Waiting::BlockNotUnderstood(_) | Waiting::ConnectionNotUnderstood => {
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataflow::Block;

    #[test]
    fn what_a_machine_has_under_way_is_looked_at_often() {
        let tempo = Tempo { busy_seconds: 15, idle_seconds: 300, stuck_seconds: 900 };
        let often = |waiting| pace(&Decision::Wait(waiting), tempo, 0, 7) == 15;
        assert!(often(Waiting::Preparing(Block::LoadBalancer)));
        assert!(often(Waiting::TargetHealth));
        assert!(!often(Waiting::Resolution));
        assert!(!often(Waiting::ConnectionNotUnderstood));
        assert!(pace(&Decision::Settled, tempo, 0, 7) > 15);
    }

    #[test]
    fn a_machine_is_late_after_a_quarter_of_an_hour_and_a_person_never() {
        let at = |waiting, seconds: u64| overdue(waiting, Moment(5_000), Moment(5_000 + seconds));
        let preparing = Waiting::Preparing(Block::LoadBalancer);
        assert_eq!(at(preparing, 899), None);
        assert_eq!(at(preparing, 900), Some(Overdue::Late));
        assert_eq!(at(preparing, 3_600), Some(Overdue::VeryLate));
        assert_eq!(at(Waiting::TargetHealth, 1_000_000), None);
    }
}
