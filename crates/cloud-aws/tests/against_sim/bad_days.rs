//! Faults of the wire and of the vendor, one at a time.

use crate::world::Account;
use cloud::{Cloud, Error};
use planner::endpoint::LinkState;
use sim::{Draws, Failure, Fault, Twist};

const LIST: &str = "DescribeVpcEndpoints";

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
        let account = Account::new(Draws::documented()).await;
        account.create().await;
        account.on(LIST, fault.clone(), 2);
        let survey = account.aws.survey().await;
        assert_eq!(survey.map(|survey| survey.links.len()), Ok(1), "{fault:?}");
        account.on(LIST, fault.clone(), 3);
        let survey = account.aws.survey().await;
        assert!(survey.is_err(), "{fault:?}: {survey:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_word_that_is_not_known_means_hands_off() {
    let account = Account::new(Draws::documented()).await;
    let link = account.create().await;
    account.on(LIST, Fault::Twist(Twist::UnknownWord("hibernating".into())), 1);
    let seen = account.seen(&link).await.unwrap();
    assert_eq!((seen.state, seen.word.as_str()), (LinkState::NotUnderstood, "hibernating"));
}

#[tokio::test(start_paused = true)]
async fn rows_that_come_twice_count_once() {
    let account = Account::new(Draws::documented()).await;
    account.create().await;
    account.on(LIST, Fault::Twist(Twist::DuplicateRow), 1);
    assert_eq!(account.aws.survey().await.unwrap().links.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn keys_that_are_not_accepted() {
    let account = Account::new(Draws::documented()).await;
    account.on(LIST, Fault::Refuse(Failure::Unauthenticated), 1);
    let error = account.aws.survey().await.unwrap_err();
    assert!(matches!(error, Error::Credentials { .. }), "{error}");
    account.on(LIST, Fault::Refuse(Failure::Forbidden), 1);
    let error = account.aws.survey().await.unwrap_err();
    assert!(matches!(error, Error::Denied { .. }), "{error}");
}
