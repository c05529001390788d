//! `kill -9` at any moment, every other time with the store lost: it converges, makes nothing twice and leaks nothing.
//!
//! A store that is lost in the middle of a removal leaves an endpoint whose connection is gone, and nobody who knows that
//! it was not a person who refused it: whoever is asked then does what `status` says.

use crate::child::Running;
use crate::house::House;
use crate::manifests::estate;
use sim::LinkDeed;
use std::time::Duration;
use tokio::time::{Instant, sleep};

const ALL: [&str; 3] = ["billing-a", "orders-a", "reports-a"];

#[tokio::test]
async fn ten_kills() {
    killed(20_261, 10).await;
}

#[tokio::test]
#[ignore = "takes more than an hour"]
async fn two_hundred_kills() {
    for seed in 0..20 {
        killed(seed, 10).await;
    }
}

async fn killed(seed: u64, kills: u32) {
    let house = House::new().await;
    let (mut dice, mut lost) = (Dice(seed), 0);
    for kill in 0..kills {
        let wanted: &[&str] = if dice.roll(3) == 0 { &ALL[..2] } else { &ALL };
        house.write("a.yaml", &estate(wanted));
        let daemon = house.start(&["run", "manifests", "--listen", "127.0.0.1:0"]);
        sleep(Duration::from_millis(dice.roll(2_500))).await;
        if dice.roll(4) == 0
            && let Some(name) = house.active().first()
        {
            house.to_link(&house.link(name), LinkDeed::Delete);
        }
        daemon.kill();
        if dice.roll(2) == 0 {
            house.forget_everything();
            lost += 1;
        }
        house.is_honest(&format!("seed {seed}, kill {kill}"));
    }
    house.write("a.yaml", &estate(&ALL));
    let mut daemon = house.start(&["run", "manifests", "--listen", "127.0.0.1:0"]);
    let helped = all_become_active(&house, &mut daemon, seed).await;
    assert!(helped <= lost, "seed {seed}: {helped} for {lost} lost stores");
    daemon.signal("TERM");
    daemon.ended().await.expect(0);
    house.ok(&["plan", "manifests", "--detailed-exitcode"]).await.says("No changes");
    house.is_clean(&format!("seed {seed}"));
    let (links, connections) = house.sim.with(|world| {
        let links = world.true_links().filter(|link| link.is_live()).count();
        (links, world.true_connections().count())
    });
    assert_eq!((links, connections), (ALL.len(), ALL.len()), "seed {seed}: nothing is left over");
}

/// For as long as it may take to know that nothing is hidden, and to make it again.
const PATIENCE: Duration = Duration::from_mins(8);

/// How often somebody had to help.
async fn all_become_active(house: &House, daemon: &mut Running, seed: u64) -> u32 {
    let (start, mut helped) = (Instant::now(), 0);
    while house.active() != ALL {
        let late = start.elapsed() > PATIENCE || daemon.has_ended();
        assert!(!late, "seed {seed}: not all are Active:\n{}", daemon.err());
        sleep(Duration::from_secs(1)).await;
        let status = house.run(&["status", "-f", "manifests", "--format", "json"]).await.json();
        let endpoints = status["endpoints"].as_array().expect("a list");
        for told in endpoints.iter().filter(|told| told["reason"] == "link-refused") {
            assert_eq!(told["who"], "you");
            let refused = told["endpointId"].as_str().expect("it is named");
            house.to_link(refused, LinkDeed::Delete);
            helped += 1;
        }
    }
    helped
}

/// A number is a run of rolls.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}
