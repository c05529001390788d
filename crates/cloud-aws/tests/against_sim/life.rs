//! A VPC endpoint's whole life.

use crate::world::{Account, differences, mark, network, owner};
use cloud::{Change, Cloud};
use cloud_aws::Network;
use planner::endpoint::{LinkId, LinkState};
use sim::{Draws, LinkDeed, StateCase, example};
use std::time::Duration;
use tokio::time::sleep;

async fn lives(account: &Account) {
    let link = account.create().await;
    let again = account.create().await;
    assert_eq!(again, link, "the same order is the same endpoint");

    let seen = account.until(&link, LinkState::AwaitingAcceptance).await;
    assert_eq!(seen.service.0, account.service());
    assert_eq!(seen.network, network().network_key());
    let found = seen.mark.as_ref().unwrap();
    assert!(owner().owns(found));
    assert_eq!(found, &mark());
    let open = differences(&network(), &seen);
    assert_eq!(open.len(), 1, "{open:?}");
    assert_eq!(open[0].change, Change::AfterAcceptance);

    account.console(&link, LinkDeed::Accept);
    let seen = account.until(&link, LinkState::Established).await;
    account.aws.update(&link, &differences(&network(), &seen)).await.unwrap();
    let seen = account.until(&link, LinkState::Established).await;
    assert_eq!(differences(&network(), &seen), vec![]);

    moves(account, &link).await;
    dies(account, &link).await;
}

/// Subnets, security groups and tags, in one update.
async fn moves(account: &Account, link: &LinkId) {
    let mut changed = Network {
        subnets: example::SUBNETS[1..].iter().map(|id| (*id).into()).collect(),
        security_groups: Some(vec![example::GROUP_APPS.into()]),
        ..network()
    };
    changed.tags.insert("stage".into(), "prod".into());
    let seen = account.until(link, LinkState::Established).await;
    let open = differences(&changed, &seen);
    assert_eq!(open.len(), 3, "{open:?}");
    account.aws.update(link, &open).await.unwrap();
    sleep(Duration::from_mins(1)).await;
    let seen = account.until(link, LinkState::Established).await;
    assert_eq!(differences(&changed, &seen), vec![]);
    assert_eq!(seen.mark, Some(mark()), "our own tags stay");
}

async fn dies(account: &Account, link: &LinkId) {
    account.aws.delete(link).await.unwrap();
    sleep(Duration::from_mins(10)).await;
    assert_eq!(account.aws.read(link).await, Ok(None));
    let survey = account.aws.survey().await.unwrap();
    assert_eq!(survey.links, vec![]);
    assert_eq!(survey.ended.len(), 1);
    assert_eq!((&survey.ended[0].id, &survey.ended[0].mark), (link, &mark()));

    account.aws.delete(link).await.unwrap();
    account.aws.delete(&LinkId("vpce-0123456789abcdef0".into())).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn as_documented() {
    lives(&Account::new(Draws::documented()).await).await;
}

#[tokio::test(start_paused = true)]
async fn with_states_spelled_as_in_the_model() {
    let draws = Draws { state_case: StateCase::Pascal, ..Draws::documented() };
    lives(&Account::new(draws).await).await;
}

#[tokio::test(start_paused = true)]
async fn a_rejection_is_seen() {
    let account = Account::new(Draws::documented()).await;
    let link = account.create().await;
    account.console(&link, LinkDeed::Reject);
    let seen = account.until(&link, LinkState::Refused).await;
    assert_eq!(seen.word, "rejected");
}

#[tokio::test(start_paused = true)]
async fn an_order_that_changed_under_the_same_token_is_not_carried_out() {
    let account = Account::new(Draws::documented()).await;
    let link = account.create().await;
    let changed = Network { security_groups: None, ..network() };
    let error = account.aws.create(&account.order(&changed)).await.unwrap_err();
    assert!(error.passes(), "look again: {error}");
    let survey = account.aws.survey().await.unwrap();
    assert_eq!(survey.links.len(), 1);
    assert_eq!(survey.links[0].id, link);
}
