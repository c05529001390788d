//! `sim` over HTTP and HTTPS, used by the binary itself.

use crate::child::Running;
use crate::house::House;
use crate::manifests::SMALLEST;

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

#[tokio::test]
async fn a_ca_file_that_is_none_is_invalid() {
    let mut house = House::new().await;
    house.write("a.yaml", SMALLEST);
    house.set("TIDELOCK_CA_FILE", "manifests/a.yaml");
    house.run(&["plan", "manifests"]).await.expect(3).says("CA file");
}
