//! An endpoint's whole life.

use crate::world::{Account, asking, differences, mark, network, owner};
use cloud::{Cloud, ClusterKey, Order};
use cloud_alibaba::{AccountSettings, Network};
use planner::endpoint::{Address, LinkId, LinkState, OnDelete, ServiceName};
use sim::example::alibaba as example;
use sim::{Draws, LinkDeed, UnacceptedWord};
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
    assert_eq!(differences(&network(), &seen), vec![]);
    let registration = seen.registration.as_ref().unwrap();
    let Address::Domain(domain) = &registration.address else { panic!("{registration:?}") };
    assert!(
        domain.starts_with(&link.0) && domain.ends_with(".privatelink.aliyuncs.com"),
        "{domain}"
    );

    account.console(&link, LinkDeed::Accept);
    let seen = account.until(&link, LinkState::Established).await;
    assert_eq!(account.alibaba.read(&link).await, Ok(Some(seen)));
    moves(account, &link).await;
    dies(account, &link).await;
}

/// vSwitches, security groups and tags, in one update: each step waits for the one before.
async fn moves(account: &Account, link: &LinkId) {
    let mut changed = Network {
        v_switches: example::SWITCHES[1..].iter().map(|id| (*id).into()).collect(),
        security_groups: vec![example::GROUP_CLOSED.into()],
        ..network()
    };
    changed.tags.insert("stage".into(), "prod".into());
    for _ in 0..3 {
        let seen = account.until(link, LinkState::Established).await;
        let open = differences(&changed, &seen);
        if open.is_empty() {
            break;
        }
        let updated = account.alibaba.update(link, &open).await;
        assert!(updated.as_ref().err().is_none_or(cloud::Error::passes), "{updated:?}");
    }
    let seen = account.until(link, LinkState::Established).await;
    assert_eq!(differences(&changed, &seen), vec![]);
    assert_eq!(seen.mark, Some(mark()), "our own tags stay");
}

async fn dies(account: &Account, link: &LinkId) {
    account.alibaba.delete(link).await.unwrap();
    assert_eq!(account.seen(link).await.map(|seen| seen.state), Some(LinkState::Deleting));
    sleep(Duration::from_mins(10)).await;
    assert_eq!(account.alibaba.read(link).await, Ok(None));
    assert_eq!(account.alibaba.survey().await.unwrap().links, vec![]);
    account.alibaba.delete(link).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn as_documented() {
    lives(&Account::new(asking())).await;
}

#[tokio::test(start_paused = true)]
async fn with_the_other_words_and_the_domain_later() {
    let draws = Draws {
        unaccepted: UnacceptedWord::Pending,
        domain_while_creating: false,
        total_size: false,
        ..asking()
    };
    lives(&Account::new(draws)).await;
}

#[tokio::test(start_paused = true)]
async fn with_a_role_assumed() {
    let role_arn = Some(format!("acs:ram::{}:role/tidelock", example::ACCOUNT));
    let settings = AccountSettings { role_arn, ..AccountSettings::default() };
    let account = Account::with(asking(), settings);
    lives(&account).await;
    assert!(account.count("AssumeRole") > 0);
}

#[tokio::test(start_paused = true)]
async fn a_shared_service_accepts_by_itself() {
    let account = Account::new(Draws::documented());
    let service = account.sim.with(|world| {
        let mut shared = world.services().filter(|its| its.region == example::REGION);
        shared.find(|its| its.is_shared()).unwrap().name.to_string()
    });
    let order = Order { service: ServiceName(service), ..account.order(&network()) };
    let link = account.alibaba.create(&order).await.unwrap();
    let seen = account.until(&link, LinkState::Established).await;
    assert_eq!(seen.word, "Active, Connected");
}

#[tokio::test(start_paused = true)]
async fn what_is_changed_by_hand_shows_after_a_round() {
    let account = Account::new(Draws::documented());
    let link = account.create().await;
    account.until(&link, LinkState::Established).await;
    sleep(Duration::from_mins(10)).await;
    account.seen(&link).await;
    // Nothing of it stays in the list.
    account.console(&link, LinkDeed::SetSecurityGroups([example::GROUP_CLOSED.to_owned()].into()));
    sleep(Duration::from_mins(11)).await;
    let seen = account.seen(&link).await.unwrap();
    let open = differences(&network(), &seen);
    assert_eq!(open.iter().map(|its| its.field).collect::<Vec<_>>(), ["securityGroups"]);
}

#[tokio::test(start_paused = true)]
async fn a_mark_that_the_vendor_would_not_take_as_it_is() {
    let account = Account::new(Draws::documented());
    let [tier, project, cluster, group] = ["premium", "", "2", ""].map(Into::into);
    let key = ClusterKey { tier, project, cluster, group };
    let mark = owner().mark("acs-orders", 1, OnDelete::Protect, key);
    let order = Order { token: mark.token(), mark: mark.clone(), ..account.order(&network()) };
    let link = account.alibaba.create(&order).await.unwrap();
    assert_eq!(account.seen(&link).await.unwrap().mark, Some(mark));
}
