//! One fault at each call of a life, over sockets: the real binary gets through, makes nothing twice and leaks nothing.
//!
//! Deaths are in `kill.rs`. What only takes time, `tests/storms` tries, where time costs nothing.

use crate::house::House;
use crate::manifests::SMALLEST;
use sim::{Fault, Plan};

#[tokio::test]
async fn one_fault_at_some_calls() {
    at_every(7).await;
}

#[tokio::test]
#[ignore = "takes minutes"]
async fn one_fault_at_every_call() {
    at_every(1).await;
}

async fn at_every(stride: usize) {
    let calls = befallen(Plan::default(), "no fault").await;
    let slow = |fault: &Fault| matches!(fault, Fault::Hang | Fault::Delay(_) | Fault::Crash(_));
    for (index, fault) in Fault::every().into_iter().filter(|fault| !slow(fault)).enumerate() {
        for number in (1..=calls).skip(index % stride).step_by(stride) {
            let context = format!("{fault:?} at call {number} of {calls}");
            befallen(Plan::nth(number, fault.clone()), &context).await;
        }
    }
}

/// However the first process ends, the next one brings it to its end. Gives the calls of the first.
async fn befallen(faults: Plan, context: &str) -> u64 {
    let house = House::new().await;
    house.write("a.yaml", SMALLEST);
    house.sim.with(|world| world.faults = faults);
    house.run(&["apply", "manifests", "--yes"]).await;
    let calls = house.sim.with(|world| {
        world.faults.clear();
        world.log.calls()
    });
    house.is_honest(context);
    house.ok(&["apply", "manifests", "--yes"]).await;
    house.ok(&["plan", "manifests", "--detailed-exitcode"]).await.says("No changes");
    house.is_clean(context);
    calls
}
