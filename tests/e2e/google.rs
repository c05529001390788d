//! Signed in to Google Cloud where Google's own tools look for credentials: a file that a variable names, and a token
//! service that it names in turn.

use crate::child::Ended;
use crate::house::House;
use crate::matrix::on_gcp;
use axum::Router;
use http::StatusCode;
use serde_json::{Value, json};
use sim::Listening;
use sim::example::gcp as example;
use std::fs;
use std::net::SocketAddr;
use tidelock::simulated;

/// In all that may be told to the token service alone.
const CANARY: &str = "canary";

/// A customer who has signed in with `gcloud`, at a token service that always answers so.
async fn house(status: StatusCode, answer: Value) -> (House, Listening) {
    let router = Router::new().fallback(move |asked: String| async move {
        let is_renewal = asked.contains(CANARY) && asked.contains("refresh_token");
        let answer = answer.to_string().replace("{asked}", &asked.replace('"', "'"));
        if is_renewal { (status, answer) } else { (StatusCode::NOT_FOUND, asked) }
    });
    let service = sim::serve(router, SocketAddr::from(([127, 0, 0, 1], 0)), None).await.unwrap();
    let mut house = House::new().await;
    let credentials = json!({
        "type": "authorized_user",
        "client_id": "764086051850.apps.googleusercontent.com",
        "client_secret": format!("GOCSPX-{CANARY}"),
        "refresh_token": format!("1//0g-{CANARY}"),
        "token_uri": format!("http://{}/token", service.address()),
    });
    fs::write(house.path("credentials.json"), credentials.to_string()).unwrap();
    let file = house.path("credentials.json").to_str().unwrap().to_owned();
    house.set("GOOGLE_APPLICATION_CREDENTIALS", file);
    let customers = simulated::customers(&format!("http://{}", house.address()));
    let google = customers.iter().find(|one| one.cloud == cloud_gcp::CLOUD).expect("a cloud");
    let account = google.account();
    let by_itself = account.lines().filter(|line| !line.starts_with("access_token_file"));
    house.configure(&format!("\n{}\n", by_itself.collect::<Vec<_>>().join("\n")));
    house.write("row.yaml", &on_gcp().manifest_as("row", "row-apps"));
    (house, service)
}

#[track_caller]
fn keeps_quiet(said: &Ended) {
    for secret in [CANARY, example::TOKEN] {
        assert!(!said.out.contains(secret) && !said.err.contains(secret), "{said:?}");
    }
}

#[tokio::test]
async fn whoever_signed_in_with_gcloud_need_configure_nothing() {
    let token =
        json!({"access_token": example::TOKEN, "expires_in": 3_600, "token_type": "Bearer"});
    let (house, _service) = house(StatusCode::OK, token).await;
    let applied = house.ok(&["apply", "manifests", "--yes", "-vv"]).await.says("Active");
    keeps_quiet(&applied);
}

#[tokio::test]
async fn who_is_signed_in_no_more_is_told_how_to_sign_in() {
    let revoked = json!({
        "error": "invalid_grant",
        "error_description": "Token has been expired or revoked.",
        "request": "{asked}",
    });
    let (house, _service) = house(StatusCode::BAD_REQUEST, revoked).await;
    let planned = house.run(&["plan", "manifests", "-vv"]).await.expect(1);
    keeps_quiet(&planned);
    planned
        .says("credentials are not accepted")
        .says("invalid_grant: Token has been expired or revoked.")
        .says("sign in with `gcloud auth application-default login`");
}
