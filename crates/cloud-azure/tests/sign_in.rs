//! Every way to sign in that a daemon has, at the simulated Entra.

#![cfg(test)]
#![cfg(all(feature = "client", feature = "sim"))]

use async_trait::async_trait;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cloud::{Clock, Cloud, Error, Request, Response, Wire, WireError};
use cloud_azure::{AccountSettings, Options, Scope, SignIn, connect};
use serde_json::json;
use sim::example::azure as example;
use sim::{Draws, RouterWire, Sim, Vendor, World};
use std::io::Write;
use std::sync::Arc;
use tempfile::NamedTempFile;
use tokio::time::Instant;

fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

/// An application with a secret.
fn settings() -> AccountSettings {
    let address = Some("http://127.0.0.1:7981".to_owned());
    AccountSettings {
        subscription_id: example::SUBSCRIPTION.into(),
        tenant_id: Some(example::TENANT.into()),
        client_id: Some(example::CLIENT_ID.into()),
        client_secret: Some(example::CLIENT_SECRET.to_owned().into()),
        endpoint_url: address.clone(),
        authority_host: address,
        ..AccountSettings::default()
    }
}

/// Whatever the environment of the tests has set up is not asked.
fn by(sign_in: SignIn) -> AccountSettings {
    AccountSettings { sign_in: Some(sign_in), ..no_secret() }
}

fn no_secret() -> AccountSettings {
    AccountSettings { client_secret: None, ..settings() }
}

/// Takes every request, and answers none.
struct Silence;

#[async_trait]
impl Wire for Silence {
    async fn send(&self, _: Request) -> Result<Response, WireError> {
        std::future::pending().await
    }
}

/// What came of a look, and how often which token was asked for.
async fn looked(settings: AccountSettings) -> (Result<(), Error>, u64) {
    let sim = Sim::auto(World::example(Draws::documented(), 1));
    let wire = Arc::new(RouterWire::new(cloud_azure::sim::router(sim.clone())));
    let scope = Scope { alias: "prod".into(), region: String::new() };
    let azure = connect(Options { scope, settings, wire }).await;
    let looked = azure.survey().await.map(drop);
    let count = |call: &str| sim.with(|world| world.log.count(Vendor::Azure, call));
    (looked, count("Entra_Token") + 100 * count("ManagedIdentity_Token"))
}

#[tokio::test(start_paused = true)]
async fn with_a_secret_given_or_in_a_file() {
    assert_eq!(looked(settings()).await, (Ok(()), 1));
    let secret = file(&format!("{}\n", example::CLIENT_SECRET));
    let client_secret_file = Some(secret.path().to_owned());
    let by_file = AccountSettings { client_secret_file, ..by(SignIn::ClientSecret) };
    assert_eq!(looked(by_file).await, (Ok(()), 1));
}

#[tokio::test(start_paused = true)]
async fn with_a_certificate() {
    let key = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
    let key: Pkcs8V1Der<'_> = key.as_der().unwrap();
    let key = rcgen::KeyPair::try_from(key.as_ref()).unwrap();
    let named = rcgen::CertificateParams::new(vec!["tidelock".into()]).unwrap();
    let pem = named.self_signed(&key).unwrap().pem() + &key.serialize_pem();
    let pem = file(&pem);
    let client_certificate_file = Some(pem.path().to_owned());
    let settings = AccountSettings { client_certificate_file, ..by(SignIn::ClientCertificate) };
    assert_eq!(looked(settings).await, (Ok(()), 1));
}

#[tokio::test(start_paused = true)]
async fn with_a_pods_token() {
    let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let now = Clock::system().now().0;
    let header = part(json!({"alg": "RS256", "kid": "1"}));
    let claims = part(json!({
        "iss": "https://oidc.example",
        "sub": "system:serviceaccount:tidelock:tidelock",
        "aud": "api://AzureADTokenExchange",
        "exp": now + 3_600,
    }));
    let token = file(&format!("{header}.{claims}.c2ln"));
    let federated_token_file = Some(token.path().to_owned());
    let settings = AccountSettings { federated_token_file, ..by(SignIn::WorkloadIdentity) };
    assert_eq!(looked(settings).await, (Ok(()), 1));
}

#[tokio::test(start_paused = true)]
async fn as_the_machine_that_this_runs_on() {
    assert_eq!(looked(by(SignIn::ManagedIdentity)).await, (Ok(()), 100));
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_is_said_and_no_secret_with_it() {
    let wrong =
        AccountSettings { client_secret: Some("hush-hush".to_owned().into()), ..settings() };
    let (Err(error), 1) = looked(wrong).await else { panic!("it signed in") };
    let said = format!("{error:?}");
    assert!(said.contains("AADSTS7000215") && !said.contains("hush-hush"), "{said}");

    for (settings, expected) in [
        (AccountSettings { subscription_id: String::new(), ..settings() }, "has no subscription"),
        (AccountSettings { subscription_id: "prod".into(), ..settings() }, "no subscription's id"),
        (AccountSettings { endpoint_url: Some("there".into()), ..settings() }, "`endpoint_url`"),
        (
            AccountSettings {
                client_secret_file: Some("/nowhere".into()),
                ..by(SignIn::ClientSecret)
            },
            "cannot read /nowhere",
        ),
    ] {
        let (looked, asked) = looked(settings).await;
        let Err(Error::Credentials { message }) = &looked else { panic!("{looked:?}") };
        assert!(message.contains(expected) && asked == 0, "{message}");
    }
}

/// Whatever is asked for the token: Entra, a machine's own address, a program.
#[tokio::test(start_paused = true)]
async fn who_says_nothing_is_not_waited_for() {
    let scope = Scope { alias: "prod".into(), region: String::new() };
    let azure = connect(Options { scope, settings: settings(), wire: Arc::new(Silence) }).await;
    let start = Instant::now();
    let looked = azure.survey().await.map(drop);
    let Err(Error::NotSent { message, .. }) = &looked else { panic!("{looked:?}") };
    assert_eq!(message, "cannot sign in: no token within 60 s");
    assert!(start.elapsed().as_secs() < 5 * 60, "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn another_tenants_subscription_is_not_empty() {
    let elsewhere = "00000000-0000-4000-8000-000000000000";
    let settings = AccountSettings { subscription_id: elsewhere.into(), ..settings() };
    let (looked, _) = looked(settings).await;
    assert!(matches!(looked, Err(Error::Credentials { .. })), "{looked:?}");
}
