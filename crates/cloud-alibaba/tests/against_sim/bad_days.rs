//! Faults of the wire and of the vendor, one at a time.

use crate::world::{Account, asking, differences, network};
use cloud::{Certainty, Cloud, Error};
use cloud_alibaba::{AccountSettings, Network};
use planner::endpoint::LinkState;
use sim::example::alibaba as example;
use sim::{Draws, Failure, Fault, Twist};

const CREATE: &str = "CreateVpcEndpoint";
const LIST: &str = "ListVpcEndpoints";

#[tokio::test(start_paused = true)]
async fn a_create_that_is_refused_is_certainly_not_done() {
    for (failure, passes) in
        [(Failure::Throttled, true), (Failure::Conflict, true), (Failure::Forbidden, false)]
    {
        let account = Account::new(Draws::documented());
        account.on(CREATE, Fault::Refuse(failure), 1);
        let error = account.alibaba.create(&account.order(&network())).await.unwrap_err();
        assert_eq!((error.certainty(), error.passes()), (Certainty::NotDone, passes), "{error}");
        assert_eq!(account.alibaba.survey().await.unwrap().links, vec![]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_survey_gets_over_two_faults_and_not_over_three() {
    for fault in [
        Fault::LostBefore,
        Fault::LostAfter,
        Fault::Truncate,
        Fault::Hang,
        Fault::Refuse(Failure::Throttled),
        Fault::Refuse(Failure::Internal),
        Fault::Refuse(Failure::BadGateway),
        Fault::Refuse(Failure::Unavailable),
    ] {
        let account = Account::new(Draws::documented());
        account.create().await;
        account.on(LIST, fault.clone(), 2);
        let survey = account.alibaba.survey().await;
        assert_eq!(survey.map(|survey| survey.links.len()), Ok(1), "{fault:?}");
        account.on(LIST, fault.clone(), 3);
        let survey = account.alibaba.survey().await;
        assert!(survey.is_err(), "{fault:?}: {survey:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_update_that_is_cut_short_goes_on_after_a_look() {
    let account = Account::new(Draws::documented());
    let link = account.create().await;
    let seen = account.until(&link, LinkState::Established).await;
    let changed = Network {
        v_switches: vec![example::SWITCHES[2].into()],
        security_groups: vec![example::GROUP_CLOSED.into()],
        ..network()
    };
    // Attached and detached, and then nothing more is heard.
    account.on("DetachSecurityGroupFromVpcEndpoint", Fault::LostAfter, 1);
    let error = account.alibaba.update(&link, &differences(&changed, &seen)).await.unwrap_err();
    assert_eq!(error.certainty(), Certainty::Unknown, "{error}");
    assert_eq!(account.count("AddZoneToVpcEndpoint"), 0);
    for _ in 0..4 {
        let seen = account.until(&link, LinkState::Established).await;
        let open = differences(&changed, &seen);
        if open.is_empty() {
            return;
        }
        let _looked_at_next = account.alibaba.update(&link, &open).await;
    }
    panic!("the differences do not close");
}

#[tokio::test(start_paused = true)]
async fn a_word_that_is_not_known_means_hands_off() {
    let account = Account::new(asking());
    let link = account.create().await;
    account.on(LIST, Fault::Twist(Twist::UnknownWord("Hibernating".into())), 1);
    let seen = account.seen(&link).await.unwrap();
    assert_eq!(seen.state, LinkState::NotUnderstood);
    assert!(seen.word.starts_with("Hibernating, "), "{}", seen.word);
}

#[tokio::test(start_paused = true)]
async fn keys_that_are_not_accepted() {
    let account = Account::new(Draws::documented());
    account.on(LIST, Fault::Refuse(Failure::Unauthenticated), 1);
    let error = account.alibaba.survey().await.unwrap_err();
    assert!(matches!(error, Error::Credentials { .. }), "{error}");
    account.on(LIST, Fault::Refuse(Failure::Forbidden), 1);
    let error = account.alibaba.survey().await.unwrap_err();
    assert!(matches!(error, Error::Denied { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_secret_that_is_wrong() {
    let keys = cloud_alibaba::Keys {
        access_key_id: example::ACCESS_KEY.into(),
        access_key_secret: "wrong".to_owned().into(),
    };
    let settings = AccountSettings { keys: Some(keys), ..AccountSettings::default() };
    let error = Account::with(Draws::documented(), settings).alibaba.survey().await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("SignatureDoesNotMatch") && !text.contains("ACS3"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_role_of_another_account() {
    let settings = AccountSettings {
        role_arn: Some("acs:ram::9999999999999999:role/x".into()),
        ..AccountSettings::default()
    };
    let account = Account::with(Draws::documented(), settings);
    let error = account.alibaba.survey().await.unwrap_err();
    assert!(matches!(error, Error::Credentials { .. }), "{error}");
    assert_eq!(account.count(LIST), 0);
}

#[tokio::test(start_paused = true)]
async fn a_token_service_that_is_down() {
    let role_arn = Some(format!("acs:ram::{}:role/tidelock", example::ACCOUNT));
    let account = Account::with(
        Draws::documented(),
        AccountSettings { role_arn, ..AccountSettings::default() },
    );
    account.on("AssumeRole", Fault::Refuse(Failure::Unavailable), 3);
    let error = account.alibaba.survey().await.unwrap_err();
    assert!(matches!(error, Error::NotSent { .. }), "{error}");
    assert!(account.alibaba.survey().await.is_ok());
}
