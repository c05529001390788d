//! Azure tells once where the reason of a failure can be read; the process after the one that was told reads it all the
//! same.

use crate::house::House;
use crate::matrix::{accounts, on_azure};
use sim::{Deed, Latencies, LinkDeed, LinkFailure, Span};
use store::Store;

#[tokio::test]
async fn the_reason_of_a_failure_outlives_a_kill() {
    let house = House::new().await;
    accounts(&house);
    let quick = house.sim.with(|world| world.draws.latency);
    let link = Span { least: 600_000, most: 600_000 };
    house.deed(Deed::SetLatencies(Latencies { link, ..quick }));
    house.write("row.yaml", &on_azure().manifest_as("row", "row-apps"));
    let mut daemon = house.start(&["run", "manifests", "--listen", "127.0.0.1:0"]);
    let is_kept = || {
        let rows = Store::open(house.path("tidelock.db")).and_then(|store| store.ledger());
        rows.is_ok_and(|rows| rows.iter().any(|row| row.operation.is_some()))
    };
    daemon.until("the operation is kept", is_kept).await;
    daemon.kill();
    let made =
        house.sim.with(|world| world.true_links().next().expect("it is being made").id.clone());
    let (code, message) = ("InternalError".to_owned(), "The fabric gave up.".to_owned());
    house.to_link(made.as_str(), LinkDeed::Fail(LinkFailure { code, message }));
    let why = house.run(&["why", "row-apps", "-f", "manifests"]).await;
    why.says("InternalError: The fabric gave up.");
}
