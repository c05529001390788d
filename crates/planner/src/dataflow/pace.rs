//! How long until the next look at a private link connection.

use super::{Decision, Waiting};
use crate::{Stir, Tempo};

/// Seconds until the next look. `failures` counts the looks or steps in a row that could not be made; `seed` is any
/// number that tells this name from others.
#[must_use]
pub fn pace(decision: &Decision, tempo: Tempo, failures: u32, seed: u64) -> u64 {
    tempo.after(stir(decision), failures, seed)
}

fn stir(decision: &Decision) -> Stir {
    match decision {
        Decision::Do(..) => Stir::AtOnce,
        Decision::Wait(waiting) if is_on_a_machine(*waiting) => Stir::Soon,
        Decision::Wait(_) | Decision::Settled => Stir::SomeDay,
        Decision::Stuck(_) => Stir::AfterAPerson,
    }
}

/// Whether a machine has something under way, so that looking often is worth its calls. Health is counted in: a target
/// that was just registered is checked within a minute.
fn is_on_a_machine(waiting: Waiting) -> bool {
    match waiting {
        Waiting::Preparing(_)
        | Waiting::Updating(_)
        | Waiting::Deleting(_)
        | Waiting::TargetHealth
        | Waiting::ConnectionCreating
        | Waiting::RequestArriving
        | Waiting::ConnectionPending
        | Waiting::ConnectionDeleting
        | Waiting::RequestsLeaving
        | Waiting::TakingEffect => true,
        Waiting::Resolution | Waiting::BlockNotUnderstood(_) | Waiting::ConnectionNotUnderstood => {
            false
        }
    }
}
