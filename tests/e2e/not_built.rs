//! A manifest that asks for a cloud which this build cannot speak to: said at once, with the line, and held against
//! nobody else. Only a build without that cloud can show it.

use crate::house::House;
use crate::matrix::accounts;

const AZURE: &str = include_str!("../../examples/04-dedicated-azure.yaml");
const SAYS: &str = "Azure needs Tidelock built with the feature azure";

/// Where the manifest names the account.
fn place() -> String {
    let line = AZURE.lines().position(|line| line.contains("account:")).unwrap();
    format!("manifests/azure.yaml:{}:", line + 1)
}

async fn house() -> House {
    let house = House::new().await;
    accounts(&house);
    house.write("azure.yaml", AZURE);
    house
}

#[tokio::test]
async fn every_command_says_so_at_the_line() {
    let house = house().await;
    let checked = house.run(&["check", "manifests"]).await.expect(3);
    checked.says(SAYS).says(&place()).says("--features azure");
    for command in [["plan", "manifests"].as_slice(), &["plan", "manifests", "--format", "github"]]
    {
        house.run(command).await.expect(1).says(SAYS).says(&place());
    }
    // It would not end within the test's patience if it tried again.
    let applied = house.run(&["apply", "manifests", "--yes", "--timeout", "1h"]).await.expect(1);
    applied.says(SAYS).says(&place());
    let why = house.run(&["why", "orders-azure-apps", "-f", "manifests"]).await.expect(0);
    why.says(SAYS).says("--features azure").says("not-set-up");
    assert_eq!(house.mutating_calls(), 0);
}

#[cfg(not(feature = "aws"))]
#[tokio::test]
async fn the_demo_says_what_it_needs() {
    let told = House::new().await.run(&["demo", "--once"]).await.expect(1);
    told.says("AWS needs Tidelock built with the feature aws").says("--features aws");
}

#[tokio::test]
async fn the_daemon_says_so_and_goes_on() {
    let house = house().await;
    let mut daemon = house.start(&["run", "manifests", "--listen", "127.0.0.1:0"]);
    let log = daemon.err_file();
    let says = || {
        let log = std::fs::read_to_string(&log).unwrap();
        log.contains(SAYS) && log.contains(&place())
    };
    daemon.until("it says so", says).await;
    daemon.signal("TERM");
    daemon.ended().await.expect(0);
}
