//! Whose credentials sign, in the vendor's own order, and what becomes of them.

use crate::bodies::page;
use crate::script::{Answer, Heard, Script, scope, with_keys};
use cloud::{AccountMemory, Certainty, Cloud, Error};
use cloud_alibaba::{AccountSettings, Alibaba, Environment, Options, connect_in};
use planner::endpoint::LinkId;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

const LIST: &str = "ListVpcEndpoints";
const TOKEN: &str = "PUT /latest/api/token";
const ROLES: &str = "GET /latest/meta-data/ram/security-credentials/";
const ROLE: &str = "GET /latest/meta-data/ram/security-credentials/node";
const REFUSED: &str = "InvalidSecurityToken.Expired";
const OIDC: &str = "AssumeRoleWithOIDC";
/// Long after any test.
const LATER: &str = "2999-01-01T00:00:00Z";

const KEYS: [(&str, &str); 2] =
    [("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAIENV"), ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "s")];

fn session(id: &str, until: &str) -> Json {
    json!({
        "Code": "Success",
        "AccessKeyId": id,
        "AccessKeySecret": "a secret",
        "SecurityToken": "a token",
        "Expiration": until,
    })
}

fn assumed(id: &str, until: &str) -> Json {
    json!({"RequestId": "A", "Credentials": session(id, until)})
}

fn file(name: &str, content: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, content).unwrap();
    path
}

fn connect(script: &Arc<Script>, settings: AccountSettings, variables: &[(&str, &str)]) -> Alibaba {
    let own = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    let variables: BTreeMap<String, String> = variables.iter().map(own).collect();
    let environment = Environment::new(move |name| variables.get(name).cloned());
    connect_in(Options { scope: scope(), settings, wire: script.clone() }, &environment)
}

async fn signer(script: &Arc<Script>, alibaba: &Alibaba) -> Heard {
    script.ok(LIST, page(&[], ""));
    alibaba.survey().await.unwrap();
    script.heard().into_iter().rfind(|heard| heard.action == LIST).unwrap()
}

fn key_of(heard: &Heard) -> &str {
    let credential = heard.headers["authorization"].split_once("Credential=").unwrap().1;
    credential.split(',').next().unwrap()
}

fn rrsa(token: &str) -> [(&str, &str); 3] {
    [
        ("ALIBABA_CLOUD_ROLE_ARN", "acs:ram::1:role/pod"),
        ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "acs:ram::1:oidc-provider/ack"),
        ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", token),
    ]
}

#[tokio::test(start_paused = true)]
async fn the_environment_goes_first() {
    let token = file("first/token", "a jwt");
    let mut variables = KEYS.to_vec();
    variables.extend(rrsa(token.to_str().unwrap()));
    let script = Script::new();
    let heard = signer(&script, &connect(&script, AccountSettings::default(), &variables)).await;
    assert_eq!(key_of(&heard), "LTAIENV");
    assert!(!heard.headers.contains_key("x-acs-security-token"));

    variables.push(("ALIBABA_CLOUD_SECURITY_TOKEN", "sts"));
    let script = Script::new();
    let heard = signer(&script, &connect(&script, AccountSettings::default(), &variables)).await;
    assert_eq!(heard.headers["x-acs-security-token"], "sts");
    assert!(heard.headers["authorization"].contains(";x-acs-security-token;"));
}

#[tokio::test(start_paused = true)]
async fn a_pods_token_is_exchanged_for_a_role() {
    let token = file("rrsa/token", "a jwt\n");
    let variables = rrsa(token.to_str().unwrap());
    let script = Script::new().ok(OIDC, assumed("STS.1", LATER));
    let heard = signer(&script, &connect(&script, AccountSettings::default(), &variables)).await;
    assert_eq!(key_of(&heard), "STS.1");
    let exchange = &script.heard()[0];
    assert_eq!(exchange.host, "sts.ap-southeast-1.aliyuncs.com");
    assert!(!exchange.headers.contains_key("authorization"), "the token is who we are");
    assert_eq!(exchange.parameters["OIDCToken"], "a jwt");
    assert_eq!(exchange.parameters["RoleArn"], "acs:ram::1:role/pod");
}

#[tokio::test(start_paused = true)]
async fn the_instance_comes_last() {
    let script =
        Script::new().ok(TOKEN, "imds").ok(ROLES, "node\n").ok(ROLE, session("STS.NODE", LATER));
    let heard = signer(&script, &connect(&script, AccountSettings::default(), &[])).await;
    assert_eq!(key_of(&heard), "STS.NODE");
    let asked = script.heard();
    assert_eq!(asked[2].headers["x-aliyun-ecs-metadata-token"], "imds");
    assert_eq!(asked[0].host, "100.100.100.200");
}

#[tokio::test(start_paused = true)]
async fn where_nobody_has_credentials() {
    let disabled = [("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")];
    let nowhere = || Script::new().on(TOKEN, Answer::Hangs).on(TOKEN, Answer::Hangs);
    for (script, variables) in [(nowhere(), &[][..]), (Script::new(), &disabled[..])] {
        let alibaba = connect(&script, AccountSettings::default(), variables);
        let error = alibaba.survey().await.unwrap_err();
        assert!(matches!(error, Error::Credentials { .. }), "{error}");
        assert!(error.to_string().contains("no credentials"), "{error}");
    }
}

fn profiles(home: &str, content: &Json) -> String {
    let path = file(&format!("{home}/.aliyun/config.json"), &content.to_string());
    path.parent().unwrap().parent().unwrap().to_str().unwrap().to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_profile_that_is_named_goes_before_the_environment() {
    let home = profiles(
        "named",
        &json!({"current": "other", "profiles": [
            {"name": "other", "mode": "AK", "access_key_id": "LTAIOTHER", "access_key_secret": "s"},
            {"name": "prod", "mode": "ChainableRamRoleArn", "source_profile": "other", "ram_role_arn": "acs:ram::1:role/x"},
            {"name": "web", "mode": "CloudSSO"},
            {"name": "circle", "mode": "ChainableRamRoleArn", "source_profile": "circle"},
        ]}),
    );
    let settings =
        |name: &str| AccountSettings { profile: Some(name.into()), ..AccountSettings::default() };
    let mut variables = KEYS.to_vec();
    variables.push(("HOME", &home));
    let script = Script::new().ok("AssumeRole", assumed("STS.2", LATER));
    let heard = signer(&script, &connect(&script, settings("prod"), &variables)).await;
    assert_eq!(key_of(&heard), "STS.2");
    assert_eq!(key_of(&script.heard()[0]), "LTAIOTHER");

    for name in ["web", "circle", "absent"] {
        let script = Script::new();
        let error = connect(&script, settings(name), &variables).survey().await.unwrap_err();
        assert!(matches!(error, Error::Credentials { .. }), "{name}: {error}");
        assert_eq!(script.actions(), Vec::<String>::new());
    }
    // Without a name, the environment; without that, the current one.
    let script = Script::new();
    let heard = signer(&script, &connect(&script, AccountSettings::default(), &variables)).await;
    assert_eq!(key_of(&heard), "LTAIENV");
    let script = Script::new();
    let only = [("HOME", home.as_str())];
    let heard = signer(&script, &connect(&script, AccountSettings::default(), &only)).await;
    assert_eq!(key_of(&heard), "LTAIOTHER");
}

#[tokio::test(start_paused = true)]
async fn a_mistake_in_a_profile_shows_no_secret() {
    let path = file("broken/.aliyun/config.json", "{\"profiles\": [{\"access_key_secret\": hush]}");
    let home = path.parent().unwrap().parent().unwrap().to_str().unwrap();
    let script = Script::new();
    let alibaba = connect(&script, AccountSettings::default(), &[("HOME", home)]);
    let text = alibaba.survey().await.unwrap_err().to_string();
    assert!(text.contains("line 1") && !text.contains("hush"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_role_is_assumed_with_what_was_found() {
    let settings = AccountSettings {
        role_arn: Some("acs:ram::2:role/y".into()),
        ..AccountSettings::default()
    };
    let script = Script::new().ok("AssumeRole", assumed("STS.3", LATER));
    let heard = signer(&script, &connect(&script, settings, &KEYS)).await;
    assert_eq!(key_of(&heard), "STS.3");
    assert_eq!(script.heard()[0].parameters["RoleSessionName"], "tidelock");
}

fn in_minutes(minutes: u64) -> String {
    let then = cloud::Clock::system().now().0 + minutes * 60;
    jiff::Timestamp::from_second(i64::try_from(then).unwrap()).unwrap().to_string()
}

#[tokio::test(start_paused = true)]
async fn a_session_is_renewed_before_it_ends() {
    let token = file("renewed/token", "a jwt");
    let variables = rrsa(token.to_str().unwrap());
    let script = Script::new()
        .ok(OIDC, assumed("STS.OLD", &in_minutes(60)))
        .ok(OIDC, assumed("STS.NEW", LATER));
    let alibaba = connect(&script, AccountSettings::default(), &variables);
    assert_eq!(key_of(&signer(&script, &alibaba).await), "STS.OLD");
    tokio::time::advance(Duration::from_mins(40)).await;
    assert_eq!(key_of(&signer(&script, &alibaba).await), "STS.OLD");
    tokio::time::advance(Duration::from_mins(10)).await;
    assert_eq!(key_of(&signer(&script, &alibaba).await), "STS.NEW");
    assert_eq!(script.count(OIDC), 2);
}

#[tokio::test(start_paused = true)]
async fn a_token_endpoint_that_is_down() {
    let token = file("down/token", "a jwt");
    let variables = rrsa(token.to_str().unwrap());
    let script = Script::new().ok(OIDC, assumed("STS.OLD", &in_minutes(60)));
    let alibaba = connect(&script, AccountSettings::default(), &variables);
    signer(&script, &alibaba).await;
    // The old session works on while the renewal fails.
    tokio::time::advance(Duration::from_mins(50)).await;
    script.on(OIDC, Answer::NotSent);
    assert_eq!(key_of(&signer(&script, &alibaba).await), "STS.OLD");
    assert_eq!(key_of(&signer(&script, &alibaba).await), "STS.OLD");
    assert_eq!(script.count(OIDC), 2, "a minute's pause before the next try");
    // When it has ended, nothing is known, and nothing was done.
    tokio::time::advance(Duration::from_mins(20)).await;
    for answer in [Answer::Lost, Answer::Hangs, Answer::Says(503, String::new())] {
        script.on(OIDC, answer);
    }
    let error = alibaba.survey().await.unwrap_err();
    assert!(matches!(error, Error::NotSent { .. }), "{error}");
    assert_eq!((error.certainty(), error.passes()), (Certainty::NotDone, true));
    script.fails(OIDC, 400, "AuthenticationFail.NoPermission");
    let error = alibaba.survey().await.unwrap_err();
    assert!(matches!(error, Error::Credentials { .. }), "{error}");
}

/// One look gets over it; a second refusal is meant.
#[tokio::test(start_paused = true)]
async fn a_session_that_is_refused_is_fetched_anew_once() {
    let token = file("refused/token", "a jwt");
    let variables = rrsa(token.to_str().unwrap());
    let script = Script::new();
    for id in ["STS.A", "STS.B", "STS.C", "STS.D"] {
        script.ok(OIDC, assumed(id, LATER));
    }
    let alibaba = connect(&script, AccountSettings::default(), &variables);
    assert_eq!(key_of(&signer(&script, &alibaba).await), "STS.A");
    script.fails(LIST, 403, REFUSED);
    assert_eq!(key_of(&signer(&script, &alibaba).await), "STS.B");
    script.fails(LIST, 403, REFUSED).fails(LIST, 403, REFUSED);
    let error = alibaba.survey().await.unwrap_err();
    assert!(matches!(error, Error::Credentials { .. }), "{error}");
    assert_eq!(script.count(OIDC), 3, "once more, and no more");
    assert_eq!(key_of(&signer(&script, &alibaba).await), "STS.D");
}

#[tokio::test(start_paused = true)]
async fn a_deed_whose_session_is_refused_is_not_repeated() {
    let token = file("undone/token", "a jwt");
    let variables = rrsa(token.to_str().unwrap());
    let script = Script::new().ok(OIDC, assumed("STS.A", LATER)).ok(OIDC, assumed("STS.B", LATER));
    let alibaba = connect(&script, AccountSettings::default(), &variables);
    script.fails("DeleteVpcEndpoint", 403, REFUSED);
    let error = alibaba.delete(&LinkId("ep-1".into())).await.unwrap_err();
    assert!(matches!(error, Error::Credentials { .. }), "{error}");
    assert_eq!((script.count("DeleteVpcEndpoint"), script.count(OIDC)), (1, 1));
    assert_eq!(key_of(&signer(&script, &alibaba).await), "STS.B");
}

/// Nobody gives out others: it would be the same call again.
#[tokio::test(start_paused = true)]
async fn keys_that_are_refused_are_not_tried_again() {
    let mut variables = KEYS.to_vec();
    variables.push(("ALIBABA_CLOUD_SECURITY_TOKEN", "sts"));
    let script = Script::new().fails(LIST, 403, REFUSED);
    let error = connect(&script, AccountSettings::default(), &variables).survey().await;
    assert!(matches!(error, Err(Error::Credentials { .. })), "{error:?}");
    assert_eq!(script.count(LIST), 1);
}

#[tokio::test(start_paused = true)]
async fn another_account_sees_nothing() {
    let script = Script::new();
    let error = with_keys(script.clone(), "9999").survey().await.unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, Error::Credentials { .. }), "{text}");
    assert!(text.contains("9999") && text.contains(crate::script::ACCOUNT), "{text}");
    assert_eq!(script.actions(), Vec::<String>::new(), "nothing was listed");
}

/// Whoever remembers is told before anything is listed, and heeded.
#[tokio::test(start_paused = true)]
async fn an_account_that_is_remembered_otherwise_is_not_looked_at() {
    let script = Script::new();
    let memory = AccountMemory::new(|found, is_named| {
        let message = format!("{found}, named: {is_named}");
        Err(Error::Setup { message, remedy: String::new() })
    });
    let settings = AccountSettings { memory, ..AccountSettings::default() };
    let alibaba = connect(&script, settings, &KEYS);
    let error = alibaba.survey().await.unwrap_err();
    assert_eq!(error.to_string(), format!("{}, named: false", crate::script::ACCOUNT));
    assert_eq!(script.actions(), Vec::<String>::new(), "nothing was listed");
}

#[tokio::test(start_paused = true)]
async fn another_host_serves_every_product() {
    let endpoint_url = Some("http://127.0.0.1:7171".to_owned());
    let settings = AccountSettings { endpoint_url, ..AccountSettings::default() };
    let script = Script::new();
    let heard = signer(&script, &connect(&script, settings, &KEYS)).await;
    assert_eq!(heard.host, "127.0.0.1:7171");
    assert_eq!(heard.headers["host"], "127.0.0.1:7171");
}
