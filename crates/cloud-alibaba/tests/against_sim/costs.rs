//! What a look costs, counted by the other side.

use crate::world::{Account, mark};
use cloud::{Cloud, Error};
use sim::example::alibaba as example;
use sim::{Deed, Draws, Fault, Settings, Tags, Twist};
use std::time::Duration;
use tokio::time::sleep;

const LIST: &str = "ListVpcEndpoints";

/// So many of ours, and so many of somebody else's.
fn crowded(ours: usize, others: usize) -> Account {
    let account = Account::new(Draws::documented());
    let settings = Settings { links_per_network: usize::MAX, limits: false, ..Settings::default() };
    account.sim.with(|world| world.settings = settings);
    let service = account.service();
    let marked: Tags = mark().to_tags().into_iter().collect();
    for number in 0..ours + others {
        let deed = Deed::CreateLink {
            scope: example::scope(),
            id: None,
            network: example::VPC.into(),
            service: service.clone(),
            subnets: [].into(),
            security_groups: [].into(),
            tags: if number < ours { marked.clone() } else { Tags::new() },
        };
        account.sim.with(|world| world.deed(deed)).unwrap();
    }
    // None of them is under way any more.
    account.sim.poke(Duration::from_mins(5));
    account
}

#[tokio::test(start_paused = true)]
async fn a_survey_costs_its_pages_and_a_constant() {
    for (others, pages) in [(0, 1), (10, 1), (1_000, 1), (2_500, 3), (10_000, 10)] {
        let account = crowded(0, others);
        for survey in 1..=3 {
            let before = account.calls();
            assert_eq!(account.alibaba.survey().await.unwrap().links.len(), others);
            let cost = account.calls() - before;
            // Zones and groups of four endpoints in their turn, and once the question whose account it is.
            let turn = 2 * u64::try_from(others.saturating_sub(4 * (survey - 1)).min(4)).unwrap();
            let sign_in = u64::from(survey == 1);
            assert_eq!(cost, pages + turn + sign_in, "{others} endpoints, survey {survey}");
        }
        assert_eq!(account.count(LIST), 3 * pages);
    }
}

#[tokio::test(start_paused = true)]
async fn ours_are_read_once_and_then_in_turn() {
    let account = crowded(30, 0);
    let cost = async || {
        let before = account.calls();
        account.alibaba.survey().await.unwrap();
        account.calls() - before
    };
    assert_eq!(cost().await, 2 * 30 + 2, "the first look learns all");
    assert_eq!(cost().await, 1, "a quiet one costs its page");
    sleep(Duration::from_mins(11)).await;
    let rounds = [cost().await, cost().await];
    assert_eq!(rounds, [9, 9], "a page, and two calls for each of four endpoints");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_comes_back_ends_the_survey() {
    let account = crowded(0, 2_500);
    account.on(LIST, Fault::Twist(Twist::RepeatToken), 9);
    let error = account.alibaba.survey().await.unwrap_err();
    assert!(matches!(error, Error::Incomplete { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_page_that_is_left_out_is_missed() {
    let account = crowded(0, 2_500);
    account.on(LIST, Fault::Twist(Twist::DropPage), 1);
    let error = account.alibaba.survey().await.unwrap_err();
    assert!(matches!(error, Error::Incomplete { .. }), "{error}");
}
