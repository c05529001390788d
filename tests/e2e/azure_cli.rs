//! Signed in as whoever ran `az login`: what stands in for `az` is a script, first on the path or nowhere on it.

use crate::child::Ended;
use crate::house::House;
use crate::matrix::on_azure;
use bytes::Bytes;
use cloud::{Clock, HttpWire, Wire};
use serde_json::{Value, json};
use sim::example::azure as example;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;
use tidelock::simulated;

/// In what no output may hold, where the token itself is not good enough to be a token.
const CANARY: &str = "eyJ0eXAi.canary.c2ln";

/// What an `az` that is not signed in says.
const ASKS: &str = "ERROR: Please run 'az login' to setup account.";

/// An account that goes by `az`, and nothing on the path but what is in `bin`.
async fn house() -> House {
    let mut house = House::new().await;
    let customers = simulated::customers(&format!("http://{}", house.address()));
    let azure = customers.iter().find(|one| one.cloud == cloud_azure::CLOUD).expect("a cloud");
    house.configure(&format!("\n{}sign_in = \"azure-cli\"\n", azure.account()));
    fs::create_dir(house.path("bin")).unwrap();
    house.set("PATH", house.path("bin").to_str().unwrap());
    house.write("row.yaml", &on_azure().manifest_as("row", "row-apps"));
    house
}

/// From now on `az` does this, having written down what it was asked.
fn az(house: &House, does: &str) {
    let (az, asked) = (house.path("bin/az"), house.path("asked"));
    let script = format!("#!/bin/sh\necho \"$*\" >> '{}'\n{does}\n", asked.display());
    fs::write(&az, script).unwrap();
    fs::set_permissions(&az, fs::Permissions::from_mode(0o755)).unwrap();
}

fn asked(house: &House) -> Vec<String> {
    let asked = fs::read_to_string(house.path("asked")).unwrap_or_default();
    asked.lines().map(str::to_owned).collect()
}

/// As `az account get-access-token` prints it, good for an hour.
fn printed(token: &str) -> String {
    let printed = json!({
        "accessToken": token,
        "expiresOn": "2026-01-05 12:59:59.000000",
        "expires_on": Clock::system().now().0 + 3_600,
        "subscription": example::SUBSCRIPTION,
        "tenant": example::TENANT,
        "tokenType": "Bearer",
    });
    format!("echo '{printed}'")
}

/// One that the simulated Azure takes.
async fn token(house: &House) -> String {
    let url = format!("http://{}/{}/oauth2/v2.0/token", house.address(), example::TENANT);
    let body = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}&scope={}",
        example::CLIENT_ID,
        example::CLIENT_SECRET,
        "https://management.azure.com/.default"
    );
    let request = http::Request::post(url).body(Bytes::from(body)).unwrap();
    let wire = HttpWire::new(&[], Duration::from_secs(20)).unwrap();
    let answer: Value = serde_json::from_slice(wire.send(request).await.unwrap().body()).unwrap();
    answer["access_token"].as_str().expect("a token").to_owned()
}

#[track_caller]
fn keeps_quiet(said: &Ended, token: &str) {
    assert!(!said.out.contains(token) && !said.err.contains(token), "{said:?}");
}

#[tokio::test]
async fn whoever_is_signed_in_is_taken_at_their_word() {
    let house = house().await;
    let token = token(&house).await;
    az(&house, &printed(&token));
    let applied = house.ok(&["apply", "manifests", "--yes", "-vv"]).await.says("Active");
    keeps_quiet(&applied, &token);
    let ask = format!(
        "account get-access-token -o json --scope https://management.azure.com/.default --tenant {}",
        example::TENANT
    );
    assert_eq!(asked(&house), [ask], "once for the whole process");
}

/// The words are `az`'s own: they say what to do.
#[tokio::test]
async fn who_is_not_signed_in_is_told_what_az_says() {
    let house = house().await;
    let old = format!(r#"echo '{{"accessToken": "{CANARY}", "tokenType": "Bearer"}}'"#);
    for (does, said) in [
        (format!("echo '{CANARY}'; echo \"{ASKS}\" >&2; exit 1"), ASKS),
        (old, "Please use Azure CLI 2.54.0 or newer"),
        (format!("echo 'WARNING: {CANARY}'"), "AzureCliCredential authentication failed"),
    ] {
        az(&house, &does);
        let planned = house.run(&["plan", "manifests", "-vv"]).await.expect(1);
        let planned = planned.says("credentials are not accepted").says(said);
        keeps_quiet(&planned, CANARY);
    }
    let why = house.run(&["why", "row-apps", "-f", "manifests"]).await;
    why.says("could-not-look").says("check the credentials that the configuration names");
}

#[tokio::test]
async fn a_machine_without_az_is_told_so() {
    let house = house().await;
    let planned = house.run(&["plan", "manifests", "-vv"]).await.expect(1);
    planned.says("credentials are not accepted").says("az not found on PATH");
}
