//! Whose account it is, and what it means not to know.

use crate::bodies::{self, page};
use crate::script::{ACCOUNT, Answer, Script, aws, scope};
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{
    ProvideCredentials, SharedCredentialsProvider, future::ProvideCredentials as Providing,
};
use cloud::{AccountMemory, Cloud, Error};
use cloud_aws::{AccountSettings, Aws, Keys, Options, connect};
use planner::endpoint::LinkId;

const LIST: &str = "DescribeVpcEndpoints";
const WHO: &str = "GetCallerIdentity";

#[tokio::test(start_paused = true)]
async fn the_account_is_asked_for_once() {
    let script = Script::new().ok(LIST, page(&[], "")).ok(LIST, page(&[], ""));
    let aws = script.aws().await;
    aws.survey().await.unwrap();
    aws.survey().await.unwrap();
    assert_eq!(script.actions(), [WHO, LIST, LIST]);
}

#[tokio::test(start_paused = true)]
async fn another_account_is_not_looked_at_and_not_changed() {
    let script = Script::new();
    let aws = aws(script.clone(), "999900001111").await;
    let link = LinkId("vpce-1".into());
    let outcomes = [aws.survey().await.map(drop), aws.delete(&link).await.map(drop)];
    for outcome in outcomes {
        let error = outcome.unwrap_err();
        let Error::Credentials { message } = &error else { panic!("{error:?}") };
        assert!(message.contains("999900001111") && message.contains(ACCOUNT), "{message}");
    }
    assert_eq!(script.heard().len(), 0);
}

/// Whoever remembers is told before anything is listed, and heeded.
#[tokio::test(start_paused = true)]
async fn an_account_that_is_remembered_otherwise_is_not_looked_at() {
    let script = Script::new();
    let memory = AccountMemory::new(|found, is_named| {
        let message = format!("{found}, named: {is_named}");
        Err(Error::Setup { message, remedy: String::new() })
    });
    let keys =
        Keys { access_key_id: "AKIATEST".into(), secret_access_key: "a secret".to_owned().into() };
    let settings = AccountSettings { keys: Some(keys), memory, ..AccountSettings::default() };
    let aws = connect(Options { scope: scope(), settings, wire: script.clone() }).await;
    let error = aws.survey().await.unwrap_err();
    assert_eq!(error.to_string(), format!("{ACCOUNT}, named: false"));
    assert_eq!(script.heard().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn not_knowing_the_account_is_not_remembered() {
    let script = Script::new()
        .on(WHO, Answer::Says(403, bodies::sts_error("InvalidClientTokenId")))
        .ok(LIST, page(&[], ""));
    let aws = script.aws().await;
    let error = aws.survey().await.unwrap_err();
    assert!(matches!(error, Error::Credentials { .. }), "{error}");
    aws.survey().await.unwrap();
    assert_eq!(script.count(WHO), 2);
}

#[tokio::test(start_paused = true)]
async fn keys_that_expire_make_nothing_absent() {
    for code in ["ExpiredToken", "RequestExpired", "AuthFailure"] {
        let script = Script::new().ok(LIST, page(&[], "more")).fails(LIST, 400, code);
        let error = script.aws().await.survey().await.unwrap_err();
        assert!(matches!(error, Error::Credentials { .. }), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_secret_is_ever_told() {
    let script = Script::new();
    script.on(WHO, Answer::Says(403, bodies::sts_error("SignatureDoesNotMatch")));
    let error = script.aws().await.survey().await.unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(!text.contains("a secret") && text.contains("SignatureDoesNotMatch"), "{text}");
}

#[derive(Debug)]
struct Nobody;

impl ProvideCredentials for Nobody {
    fn provide_credentials<'a>(&'a self) -> Providing<'a>
    where
        Self: 'a,
    {
        Providing::ready(Err(CredentialsError::not_loaded("there is no profile named prod")))
    }
}

#[tokio::test(start_paused = true)]
async fn without_credentials_nothing_is_sent() {
    let config = aws_config::SdkConfig::builder()
        .behavior_version(aws_config::BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(Nobody))
        .build();
    let aws = Aws::new(&config, scope(), Some(ACCOUNT.into()), AccountMemory::default());
    let error = aws.survey().await.unwrap_err();
    let Error::Credentials { message } = &error else { panic!("{error:?}") };
    assert!(message.contains("no profile named prod"), "{message}");
}

#[tokio::test(start_paused = true)]
async fn an_unreachable_sts_is_no_denial() {
    let script = Script::new();
    for _ in 0..3 {
        script.on(WHO, Answer::NotSent);
    }
    let error = script.aws().await.survey().await.unwrap_err();
    assert!(matches!(error, Error::NotSent { .. }) && error.passes(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_denial_names_what_to_grant() {
    let message = "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: \
                   ec2:DescribeVpcEndpoints because no identity-based policy allows it";
    let body = bodies::error("UnauthorizedOperation", message);
    let script = Script::new().on(LIST, Answer::Says(403, body));
    let error = script.aws().await.survey().await.unwrap_err();
    let Error::Denied { action, .. } = &error else { panic!("{error:?}") };
    assert_eq!(action, "ec2:DescribeVpcEndpoints");
}
