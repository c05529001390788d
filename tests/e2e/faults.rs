//! One fault at each call of a life, over sockets: the real binary gets through, makes nothing twice and leaks nothing.
//!
//! Deaths are in `kill.rs`. What only takes time, `tests/storms` tries, where time costs nothing: a registration of which
//! nobody knows whether it was made is waited for as long as a list may hide it.

use crate::house::House;
use crate::manifests::SMALLEST;
use sim::{Failure, Fault, Plan};

/// The one step that is not taken again at once when its answer is lost.
const REGISTER: &str = "CreatePrivateEndpointConnection";

#[tokio::test]
async fn one_fault_at_some_calls() {
    at_every(41).await;
}

#[tokio::test]
#[ignore = "takes minutes"]
async fn one_fault_at_every_call() {
    at_every(1).await;
}

/// Whoever was denied something, and grants it, needs nothing but another `apply`.
#[tokio::test]
async fn what_was_denied_is_asked_for_again() {
    let calls = befallen(Plan::default(), "no fault").await;
    for action in ["CreateVpcEndpoint", REGISTER] {
        let index = calls.iter().position(|call| call == action).expect("it is called");
        let denied = Fault::Refuse(Failure::Forbidden);
        befallen(Plan::nth(index as u64 + 1, denied), &format!("{action} is denied")).await;
    }
}

async fn at_every(stride: usize) {
    let calls = befallen(Plan::default(), "no fault").await;
    let slow = |fault: &Fault| matches!(fault, Fault::Hang | Fault::Delay(_) | Fault::Crash(_));
    for (offset, fault) in Fault::every().into_iter().filter(|fault| !slow(fault)).enumerate() {
        let some = calls.iter().enumerate().skip(offset * 5 % stride).step_by(stride);
        for (index, action) in some.filter(|(_, action)| *action != REGISTER || is_clear(&fault)) {
            let context = format!("{fault:?} at call {index} of {}, {action}", calls.len());
            befallen(Plan::nth(index as u64 + 1, fault.clone()), &context).await;
        }
    }
}

/// Whether it tells that nothing was done.
fn is_clear(fault: &Fault) -> bool {
    match fault {
        Fault::Refuse(failure) => match failure {
            Failure::Unauthenticated
            | Failure::Forbidden
            | Failure::NotFound
            | Failure::Conflict
            | Failure::Throttled => true,
            Failure::Internal | Failure::BadGateway | Failure::Unavailable => false,
        },
        Fault::LostBefore
        | Fault::LostAfter
        | Fault::Hang
        | Fault::Delay(_)
        | Fault::Truncate
        | Fault::Crash(_)
        | Fault::Twist(_) => false,
    }
}

/// However the first process ends, the next one brings it to its end. Gives the calls of the first.
async fn befallen(faults: Plan, context: &str) -> Vec<String> {
    let house = House::new().await;
    house.write("a.yaml", SMALLEST);
    house.sim.with(|world| world.faults = faults);
    house.run(&["apply", "manifests", "--yes"]).await;
    let calls = house.sim.with(|world| {
        world.faults.clear();
        world.log.latest().map(|entry| entry.call.action.clone()).collect()
    });
    house.is_honest(context);
    house.ok(&["apply", "manifests", "--yes"]).await;
    house.ok(&["plan", "manifests", "--detailed-exitcode"]).await.says("No changes");
    house.is_clean(context);
    calls
}
