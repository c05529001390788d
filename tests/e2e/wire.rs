//! `sim` over HTTP and HTTPS, used by the binary itself.

use crate::child::{BINARY, Running};
use crate::house::House;
use crate::manifests::SMALLEST;
use std::path::Path;
use tidelock::clouds::CLOUDS;

async fn simulated(house: &House) -> (Running, String, String) {
    let arguments = [
        "sim",
        "--listen",
        "127.0.0.1:0",
        "--listen-tls",
        "127.0.0.1:0",
        "--ca-file",
        "ca.pem",
        "--speed",
        "300",
    ];
    let mut clouds = house.start(&arguments);
    let log = clouds.out_file();
    let read = move || std::fs::read_to_string(&log).unwrap();
    clouds.until("it serves both", || read().contains("SSL_CERT_FILE=")).await;
    let out = clouds.out();
    let after = |mark: &str| {
        let (_, rest) = out.split_once(mark).unwrap();
        rest.split_whitespace().next().unwrap().to_owned()
    };
    let (plain, tls) = (after("answer at "), after("over HTTPS: "));
    (clouds, plain, tls)
}

fn point_to(house: &mut House, url: &str) {
    house.set("AWS_ENDPOINT_URL", url);
    house.set("TIDBCLOUD_DEDICATED_ENDPOINT", url);
}

#[tokio::test]
async fn the_whole_way_over_https() {
    let mut house = House::new().await;
    house.write("a.yaml", SMALLEST);
    let (clouds, plain, tls) = simulated(&house).await;
    point_to(&mut house, &tls);
    house.run(&["plan", "manifests"]).await.expect(1).says("certificate");
    let ca = house.path("ca.pem").display().to_string();
    let system = house.start_with(&["plan", "manifests"], &[("SSL_CERT_FILE", &ca)]);
    system.ended().await.expect(0).says("Plan: 1 to create");
    house.set("TIDELOCK_CA_FILE", ca);
    house.ok(&["apply", "manifests", "--yes"]).await.says("Active");
    point_to(&mut house, &plain);
    house.ok(&["plan", "manifests", "--detailed-exitcode"]).await.says("No changes");
    clouds.signal("TERM");
    clouds.ended().await.expect(0);
}

/// Every example of a cloud that this build speaks to.
fn examples_of_this_build(house: &House) -> usize {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
    let built = |text: &str| {
        let mut of_theirs =
            CLOUDS.iter().filter(|known| text.contains(&format!(" {}:", known.word)));
        of_theirs.all(|known| known.is_built)
    };
    let paths = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let texts = paths.filter(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    let texts = texts.map(|path| std::fs::read_to_string(path).unwrap());
    let texts: Vec<String> = texts.filter(|text| built(text)).collect();
    house.write("none.yaml", "apiVersion: tidelock/v1\nclusters: []\n");
    for (number, text) in texts.iter().enumerate() {
        house.write(&format!("{number}.yaml"), text);
    }
    texts.len()
}

#[tokio::test]
async fn what_it_prints_sets_up_a_shell_for_every_cloud() {
    let house = House::new().await;
    let (clouds, ..) = simulated(&house).await;
    let out = clouds.out();
    let (printed, _) = out.split_once("the same over HTTPS").unwrap();
    std::fs::write(house.path("set-up.sh"), printed).unwrap();
    let expected = if examples_of_this_build(&house) == 0 { "No changes" } else { "to create" };
    let script = format!(". ./set-up.sh && exec {BINARY} plan manifests");
    let cleared = ["AWS_ENDPOINT_URL", "TIDBCLOUD_DEDICATED_ENDPOINT", "TIDBCLOUD_PUBLIC_KEY"];
    let cleared = cleared.map(|name| (name, ""));
    let planned = house.start_as(Path::new("sh"), &["-c", &script], &cleared).ended().await;
    planned.expect(0).says(expected);
}

#[tokio::test]
async fn a_ca_file_that_is_none_is_invalid() {
    let mut house = House::new().await;
    house.write("a.yaml", SMALLEST);
    house.set("TIDELOCK_CA_FILE", "manifests/a.yaml");
    house.run(&["plan", "manifests"]).await.expect(3).says("CA file");
}
