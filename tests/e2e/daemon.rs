//! The daemon among files that change, signals, broken manifests, and a second daemon.

use crate::child::Running;
use crate::house::House;
use crate::manifests::{SMALLEST, estate};
use crate::page::Page;
use serde_json::Value;
use sim::{Latencies, LinkDeed, Span};
use std::fs;
use store::{Outcome, Store};

fn daemon(house: &House) -> Running {
    house.start(&["run", "manifests", "--listen", "127.0.0.1:0"])
}

async fn active(house: &House, daemon: &mut Running, names: &[&str]) {
    daemon.until(&format!("{names:?} are Active"), || house.active() == names).await;
}

async fn stops(daemon: Running) {
    daemon.signal("TERM");
    daemon.ended().await.expect(0);
}

#[tokio::test]
async fn it_follows_the_files() {
    let house = House::new().await;
    house.write("a.yaml", &estate(&["orders-a"]));
    let mut daemon = daemon(&house);
    active(&house, &mut daemon, &["orders-a"]).await;
    house.write("b.yaml", SMALLEST);
    active(&house, &mut daemon, &["billing-apps", "orders-a"]).await;
    house.remove("b.yaml");
    active(&house, &mut daemon, &["orders-a"]).await;
    let link = house.link("orders-a");
    house.to_link(&link, LinkDeed::Delete);
    let again = || house.active() == ["orders-a"] && house.link("orders-a") != link;
    daemon.until("what was deleted by hand is there again", again).await;
    stops(daemon).await;
    house.is_clean("after a daemon's life");
}

#[tokio::test]
async fn a_manifest_that_cannot_be_read_deletes_nothing_and_stops_nothing() {
    let house = House::new().await;
    house.write("a.yaml", &estate(&["orders-a"]));
    let mut daemon = daemon(&house);
    active(&house, &mut daemon, &["orders-a"]).await;
    house.write("a.yaml", "apiVersion: tidelock/v1\nclusters: [\n");
    let log = daemon.err_file();
    let says = |part: &'static str| move |log: &str| log.contains(part);
    let unusable = says("the manifests cannot be used");
    daemon.until("it says so", || unusable(&fs::read_to_string(&log).unwrap())).await;
    let page = Page::of(&mut daemon).await;
    let (status, text) = page.get("/readyz").await;
    assert_eq!(status, 503, "{text}");
    let link = house.link("orders-a");
    house.to_link(&link, LinkDeed::Delete);
    let again = || house.active() == ["orders-a"] && house.link("orders-a") != link;
    daemon.until("the last good manifest is still kept", again).await;
    house.write("a.yaml", &estate(&["billing-a", "orders-a"]));
    active(&house, &mut daemon, &["billing-a", "orders-a"]).await;
    stops(daemon).await;
    house.is_clean("after an unreadable manifest");
}

/// In the log and to whoever asks; it takes no cloud to say so.
#[tokio::test]
async fn what_a_manifest_has_wrong_is_told_with_its_place() {
    let house = House::new().await;
    let broken = SMALLEST.replace("    tier: dedicated\n", "");
    house.write("a.yaml", &broken);
    let mut daemon = daemon(&house);
    let log = daemon.err_file();
    let said = || {
        let log = fs::read_to_string(&log).unwrap();
        log.lines().find(|line| line.contains("the manifests cannot be used")).map(str::to_owned)
    };
    daemon.until("the log says so", || said().is_some()).await;
    let check = house.run(&["check", "manifests", "--format", "json"]).await.expect(3).json();
    let finding = &check["findings"][0];
    let place = format!("manifests/a.yaml:{}:{}", finding["line"], finding["column"]);
    let line = said().unwrap();
    for part in [&*place, "missing-key", finding["remedy"].as_str().unwrap()] {
        assert!(line.contains(part), "no {part:?} in {line}");
    }
    let page = Page::of(&mut daemon).await;
    let status: Value = serde_json::from_str(&page.ok("/api/v1/status").await).unwrap();
    assert_eq!(status["manifest"]["errors"], 1, "{status:#}");
    assert_eq!(status["manifest"]["findings"], check["findings"]);
    let told = house.ok(&["status", "--url", page.url()]).await;
    told.says("the last good ones stand").says(&place);
    stops(daemon).await;
}

#[tokio::test]
async fn a_daemon_that_starts_with_a_broken_manifest_deletes_nothing() {
    let house = House::new().await;
    house.write("a.yaml", &estate(&["orders-a"]));
    house.ok(&["apply", "manifests", "--yes"]).await;
    let calls = house.mutating_calls();
    house.write("a.yaml", "clusters: {");
    let mut daemon = daemon(&house);
    let looks =
        || house.sim.with(|world| world.log.count(sim::Vendor::Aws, "DescribeVpcEndpoints"));
    let before = looks();
    daemon.until("it has looked a few times", || looks() > before + 2).await;
    assert_eq!(house.mutating_calls(), calls);
    house.write("a.yaml", &estate(&["orders-a", "billing-a"]));
    active(&house, &mut daemon, &["billing-a", "orders-a"]).await;
    stops(daemon).await;
}

#[tokio::test]
async fn a_hangup_reads_the_configuration_again() {
    let house = House::new().await;
    house.write("a.yaml", &estate(&["orders-a"]));
    let mut daemon = daemon(&house);
    active(&house, &mut daemon, &["orders-a"]).await;
    let log = daemon.err_file();
    let text = move || fs::read_to_string(&log).unwrap();
    house.configure("\n[gaurd]\n");
    daemon.signal("HUP");
    daemon.until("a bad one is left aside", || text().contains("left aside")).await;
    house.configure("\n[guard]\ndeletions = 1\n");
    daemon.signal("HUP");
    house.write("a.yaml", &estate(&["billing-a", "orders-a"]));
    active(&house, &mut daemon, &["billing-a", "orders-a"]).await;
    house.write("a.yaml", &estate(&["reports-a"]));
    let page = Page::of(&mut daemon).await;
    active(&house, &mut daemon, &["billing-a", "orders-a", "reports-a"]).await;
    let status: Value = serde_json::from_str(&page.ok("/api/v1/status").await).unwrap();
    assert_eq!(status["holds"][0]["word"], "too-many-deletions", "{status:#}");
    stops(daemon).await;
}

#[tokio::test]
async fn sigterm_abandons_no_create() {
    let house = House::new().await;
    let quick = house.sim.with(|world| world.draws.latency);
    let slow = Span { least: 3_000, most: 3_000 };
    house.deed(sim::Deed::SetLatencies(Latencies { link: slow, ..quick }));
    let matcher =
        sim::Matcher { action: Some("CreateVpcEndpoint".into()), ..sim::Matcher::default() };
    let rule = sim::Rule { when: sim::When::Matching(matcher), fault: sim::Fault::Delay(1_000) };
    house.deed(sim::Deed::InjectFault(rule));
    house.write("a.yaml", &estate(&["orders-a"]));
    let mut daemon = daemon(&house);
    let creates = || house.sim.with(|world| world.log.count(sim::Vendor::Aws, "CreateVpcEndpoint"));
    daemon.until("the create is under way", || creates() == 1).await;
    assert_eq!(house.audit().live.len(), 0, "the call is still on its way");
    stops(daemon).await;
    let link = house.link("orders-a");
    let deeds = Store::open(house.path("tidelock.db")).unwrap().deeds(100, None).unwrap();
    assert!(
        deeds.iter().all(|deed| deed.outcome == Outcome::Taken),
        "intents without result: {deeds:#?}"
    );
    house.deed(sim::Deed::ClearFaults);
    house.ok(&["apply", "manifests", "--yes"]).await;
    assert_eq!((house.link("orders-a"), creates()), (link, 1));
}

#[tokio::test]
async fn two_daemons_at_once_make_nothing_twice() {
    let house = House::new().await;
    house.write("a.yaml", &estate(&["billing-a", "orders-a", "reports-a"]));
    let mut first = daemon(&house);
    let mut second = house.start_with(
        &["run", "manifests", "--listen", "127.0.0.1:0"],
        &[("TIDELOCK_STORE", "other.db")],
    );
    active(&house, &mut first, &["billing-a", "orders-a", "reports-a"]).await;
    house.to_link(&house.link("orders-a"), LinkDeed::Delete);
    let healed = || house.active().len() == 3;
    first.until("healed", healed).await;
    assert!(!second.has_ended());
    second.until("the other one sees it too", healed).await;
    stops(first).await;
    stops(second).await;
    house.is_clean("after two daemons");
}

#[tokio::test]
async fn it_tells_people_and_machines() {
    let house = House::new().await;
    house.write("a.yaml", SMALLEST);
    let mut daemon = daemon(&house);
    let page = Page::of(&mut daemon).await;
    page.ok("/healthz").await;
    active(&house, &mut daemon, &["billing-apps"]).await;
    let (mut ready, mut tries) = (0, 0);
    while ready != 200 && tries < 100 {
        (ready, _) = page.get("/readyz").await;
        tries += 1;
    }
    page.ok("/readyz").await;
    let html = page.ok("/").await;
    assert!(html.contains("billing-apps"), "{html}");
    for outside in [" src=", "href=\"http", "url(http", "@import"] {
        assert!(!html.contains(outside), "{outside} is an asset from elsewhere");
    }
    let metrics = page.ok("/metrics").await;
    assert!(metrics.contains("tidelock_") && metrics.ends_with("# EOF\n"), "{metrics}");
    for path in [
        "/api/v1/status",
        "/api/v1/scopes",
        "/api/v1/plan",
        "/api/v1/journal",
        "/api/v1/endpoints/billing-apps",
    ] {
        let text = page.ok(path).await;
        assert!(serde_json::from_str::<Value>(&text).is_ok(), "{path}: {text}");
    }
    assert_eq!(page.get("/api/v1/endpoints/nobody").await.0, 404);
    house.ok(&["status", "--url", page.url()]).await.says("billing-apps");
    house.ok(&["why", "billing-apps", "--url", page.url()]).await.says("billing-apps");
    let json = house.ok(&["status", "--url", page.url(), "--format", "json"]).await.json();
    assert_eq!(json["endpoints"][0]["name"], "billing-apps");
    stops(daemon).await;
}

#[tokio::test]
async fn an_address_that_is_taken_is_an_error() {
    let house = House::new().await;
    house.write("a.yaml", SMALLEST);
    let taken = house.address().to_string();
    house.run(&["run", "manifests", "--listen", &taken]).await.expect(1).says(&taken);
}
