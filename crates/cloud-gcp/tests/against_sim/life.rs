//! An endpoint's life: made, accepted or not, changed, marked, and taken down with its address.

use crate::world::{Project, mark, minutes, network};
use cloud::{Change, Cloud, Error, Seen, Value, compare};
use planner::endpoint::{LinkId, LinkState};
use sim::{Draws, LinkDeed};

async fn the_one(project: &Project) -> Seen {
    let survey = project.gcp.survey().await.unwrap();
    let [seen] = survey.links.as_slice() else { panic!("{survey:#?}") };
    seen.clone()
}

async fn made(project: &Project) -> LinkId {
    for _ in 0..5 {
        let created = project.gcp.create(&project.order("orders-apps")).await;
        minutes(6).await;
        match created {
            Ok(link) => return link,
            Err(error) => assert!(matches!(error, Error::Busy { .. }), "{error}"),
        }
    }
    panic!("it is never made")
}

/// A rule that takes its time is asked for again, as the engine would.
async fn gone(project: &Project, link: &LinkId) {
    for _ in 0..5 {
        let deleted = project.gcp.delete(link).await;
        assert!(matches!(deleted, Ok(_) | Err(Error::Busy { .. })), "{deleted:?}");
        minutes(6).await;
        if deleted.is_ok() {
            return;
        }
    }
    panic!("{} is never deleted", link.0);
}

#[tokio::test(start_paused = true)]
async fn as_documented_and_as_drawn() {
    for seed in 0..12 {
        let draws = if seed == 0 { Draws::documented() } else { Draws::from_seed(seed) };
        let project = Project::drawn(draws).await;
        let link = made(&project).await;
        let seen = the_one(&project).await;
        assert_eq!((&seen.id, seen.state), (&link, LinkState::AwaitingAcceptance), "seed {seed}");
        assert_eq!(seen.service.0, project.service());
        assert_eq!(seen.mark, Some(mark("orders-apps")));
        project.console(&link, LinkDeed::Accept);
        minutes(6).await;
        assert_eq!(the_one(&project).await.state, LinkState::Established, "seed {seed}");
        // What no label could say at creation differs until it is set.
        let wanted = network().settings();
        let differences = compare(&wanted, &the_one(&project).await.found);
        assert!(differences.iter().all(|found| found.change == Change::InPlace), "{differences:?}");
        project.gcp.update(&link, &differences).await.unwrap();
        minutes(6).await;
        assert_eq!(compare(&wanted, &the_one(&project).await.found), vec![], "seed {seed}");
        gone(&project, &link).await;
        assert_eq!(project.gcp.survey().await.unwrap().links, vec![], "seed {seed}");
        assert_eq!(project.gcp.read(&link).await, Ok(None), "seed {seed}");
        assert_eq!((project.links().len(), project.addresses()), (0, 0), "seed {seed}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_order_is_the_same_endpoint() {
    let project = Project::calm().await;
    let link = made(&project).await;
    assert_eq!(project.gcp.create(&project.order("orders-apps")).await.as_ref(), Ok(&link));
    minutes(120).await;
    assert_eq!(project.gcp.create(&project.order("orders-apps")).await, Ok(link));
    assert_eq!((project.links().len(), project.addresses()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_rejection_is_seen() {
    let project = Project::calm().await;
    let link = made(&project).await;
    project.console(&link, LinkDeed::Reject);
    minutes(6).await;
    assert_eq!(the_one(&project).await.state, LinkState::Refused);
}

#[tokio::test(start_paused = true)]
async fn the_mark_can_be_changed_and_released() {
    let project = Project::calm().await;
    let link = made(&project).await;
    project.gcp.set_mark(&link, Some(&mark("billing"))).await.unwrap();
    assert_eq!(the_one(&project).await.mark, Some(mark("billing")));
    project.gcp.set_mark(&link, None).await.unwrap();
    let seen = the_one(&project).await;
    assert_eq!((seen.mark, seen.found["labels"].clone()), (None, Value::Map([].into())));
}

#[tokio::test(start_paused = true)]
async fn access_from_other_regions_changes_in_place() {
    let project = Project::calm().await;
    let link = made(&project).await;
    project.console(&link, LinkDeed::Accept);
    minutes(6).await;
    let wanted = cloud_gcp::Network { global_access: Some(true), ..network() }.settings();
    let mut differences = compare(&wanted, &the_one(&project).await.found);
    differences.retain(|difference| difference.field == "globalAccess");
    assert_eq!(differences.len(), 1);
    project.gcp.update(&link, &differences).await.unwrap();
    minutes(6).await;
    assert_eq!(the_one(&project).await.found["globalAccess"], Value::Flag(true));
}
