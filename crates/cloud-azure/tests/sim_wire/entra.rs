//! Tokens: who gets one, and who does not.

use crate::door::{Door, Reply, credentials};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cloud::Clock;
use serde_json::{Value as Json, json};
use sim::example::azure as example;

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

/// The same fields, but for one.
fn but(name: &'static str, value: Option<&'static str>) -> Vec<(&'static str, &'static str)> {
    let mut fields = credentials();
    fields.retain(|(known, _)| *known != name);
    fields.extend(value.map(|value| (name, value)));
    fields
}

#[tokio::test]
async fn an_application_signs_in_with_its_secret() {
    let door = Door::documented().await;
    let given = door.sign_in(&credentials()).await;
    assert_eq!((given.text("token_type"), &given.body["expires_in"]), ("Bearer", &json!(3_599)));
    assert_eq!(given.text("access_token").split('.').count(), 3);
    let old = but("scope", Some("https://management.core.windows.net//.default"));
    assert_eq!(door.sign_in(&old).await.status, 200);
    for (name, value, expected) in [
        ("grant_type", None, (400, "invalid_request", 900_144)),
        ("grant_type", Some("password"), (400, "unsupported_grant_type", 70_003)),
        ("client_id", None, (400, "invalid_request", 900_144)),
        ("client_id", Some(NOBODY), (400, "unauthorized_client", 700_016)),
        ("client_secret", None, (401, "invalid_client", 7_000_218)),
        ("client_secret", Some("wrong"), (401, "invalid_client", 7_000_215)),
        ("scope", Some("https://management.azure.com/"), (400, "invalid_scope", 1_002_012)),
        ("scope", Some("https://vault.azure.net/.default"), (400, "invalid_resource", 500_011)),
    ] {
        assert_eq!(door.sign_in(&but(name, value)).await.no(), expected, "{name}={value:?}");
    }
}

fn jwt(header: &Json, claims: &Json) -> String {
    let part = |value: &Json| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.c2VhbA", part(header), part(claims))
}

async fn assert_with(door: &Door, kind: &str, assertion: &str) -> Reply {
    let mut fields = but("client_secret", None);
    let (kind, assertion) = (kind.to_owned(), assertion.to_owned());
    fields.push(("client_assertion_type", &kind));
    fields.push(("client_assertion", &assertion));
    door.sign_in(&fields).await
}

const JWT: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

#[tokio::test]
async fn an_application_signs_in_with_its_certificate() {
    let door = Door::documented().await;
    let now = Clock::system().now().0;
    let header = json!({"alg": "PS256", "typ": "JWT", "x5t#S256": "dGh1bWI"});
    let audience = format!("https://login.test/{}/oauth2/v2.0/token", example::TENANT);
    let sound = json!({
        "iss": example::CLIENT_ID,
        "sub": example::CLIENT_ID,
        "aud": audience,
        "exp": now + 600,
        "nbf": now,
        "jti": "once",
    });
    let with = |name: &str, value: Json| {
        let mut claims = sound.clone();
        claims[name] = value;
        jwt(&header, &claims)
    };
    assert_eq!(assert_with(&door, JWT, &jwt(&header, &sound)).await.status, 200);
    let bare = jwt(&json!({"alg": "PS256"}), &sound);
    for (kind, assertion, expected) in [
        ("jwt", jwt(&header, &sound), (400, "invalid_request", 900_023)),
        (JWT, "a.b.c".to_owned(), (400, "invalid_request", 50_027)),
        (JWT, jwt(&json!({"alg": "none"}), &sound), (400, "invalid_request", 50_027)),
        (JWT, bare, (401, "invalid_client", 5_002_723)),
        (JWT, with("exp", json!(now - 1)), (401, "invalid_client", 700_024)),
        (JWT, with("nbf", json!(now + 3_600)), (401, "invalid_client", 700_024)),
        (JWT, with("iss", json!("other")), (401, "invalid_client", 700_021)),
        (JWT, with("aud", json!("https://other.test/")), (401, "invalid_client", 700_023)),
    ] {
        assert_eq!(assert_with(&door, kind, &assertion).await.no(), expected, "{assertion}");
    }
}

#[tokio::test]
async fn a_pod_signs_in_with_its_platforms_token() {
    let door = Door::documented().await;
    let now = Clock::system().now().0;
    let pod = |audience: &str| {
        let claims = json!({
            "iss": "https://cluster.test/",
            "sub": "system:serviceaccount:a:b",
            "aud": [audience],
            "exp": now + 600,
        });
        jwt(&json!({"alg": "RS256", "kid": "k"}), &claims)
    };
    let given = assert_with(&door, JWT, &pod("api://AzureADTokenExchange")).await;
    assert_eq!(given.status, 200, "{given:?}");
    let other = assert_with(&door, JWT, &pod("sts.amazonaws.com")).await;
    assert_eq!(other.no(), (401, "invalid_client", 700_212));
}

async fn ask(door: &Door, url: &str, headers: &[(&'static str, &str)]) -> Reply {
    let mut request = http::Request::get(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    door.deliver(request.body(bytes::Bytes::new()).unwrap()).await.unwrap()
}

#[tokio::test]
async fn an_authority_says_where_its_addresses_are() {
    let door = Door::documented().await;
    let tenant = example::TENANT;
    let found = ask(
        &door,
        &format!("https://login.test/{tenant}/v2.0/.well-known/openid-configuration"),
        &[],
    )
    .await;
    let token = format!("https://login.test/{tenant}/oauth2/v2.0/token");
    assert_eq!(found.text("token_endpoint"), token);
    assert_eq!(found.text("issuer"), format!("https://login.test/{tenant}/v2.0"));
    let nobody = format!("https://login.test/{NOBODY}/v2.0/.well-known/openid-configuration");
    assert_eq!(ask(&door, &nobody, &[]).await.no(), (400, "invalid_request", 90_002));
    let instances = |host: &str| {
        format!(
            "https://login.test/common/discovery/instance?api-version=1.1&authorization_endpoint=https://{host}/{tenant}/oauth2/v2.0/authorize"
        )
    };
    let known = ask(&door, &instances("login.test"), &[]).await;
    assert!(known.text("tenant_discovery_endpoint").starts_with("https://login.test/"));
    let unknown = ask(&door, &instances("login.other"), &[]).await;
    assert_eq!(unknown.no(), (400, "invalid_instance", 50_049));
}

#[tokio::test]
async fn a_machine_asks_who_it_is() {
    let door = Door::documented().await;
    let path = "http://169.254.169.254/metadata/identity/oauth2/token";
    let resource = "resource=https%3A%2F%2Fmanagement.azure.com%2F";
    let whole = format!("{path}?api-version=2018-02-01&{resource}");
    let given = ask(&door, &whole, &[("metadata", "true")]).await;
    assert_eq!((given.status, given.text("client_id")), (200, example::CLIENT_ID));
    let until: u64 = given.text("expires_on").parse().unwrap();
    let now = Clock::system().now().0;
    assert!((now + 3_500..=now + 3_599).contains(&until), "{until} at {now}");
    for (url, headers) in [
        (whole.clone(), vec![]),
        (format!("{path}?{resource}"), vec![("metadata", "true")]),
        (format!("{path}?api-version=2018-02-01"), vec![("metadata", "true")]),
        (format!("{whole}&client_id={NOBODY}"), vec![("metadata", "true")]),
    ] {
        let reply = ask(&door, &url, &headers).await;
        assert_eq!((reply.status, reply.text("error")), (400, "invalid_request"), "{url}");
    }
    let service = format!("http://localhost/msi/token?api-version=2019-08-01&{resource}");
    assert_eq!(ask(&door, &service, &[]).await.status, 400);
    let given = ask(&door, &service, &[("x-identity-header", "s")]).await;
    assert_eq!((given.status, given.text("token_type")), (200, "Bearer"));
}
