//! Halves, keys that are not accepted, and operations that fail.

use crate::world::{Project, minutes};
use cloud::{Cloud, Error};
use planner::endpoint::LinkState;
use sim::{Failure, Fault, Twist};

#[tokio::test(start_paused = true)]
async fn half_an_endpoint_is_shown_and_can_be_taken_down() {
    let project = Project::calm().await;
    project.befalls("forwardingRules.insert", Fault::Refuse(Failure::Internal));
    assert!(project.gcp.create(&project.order("orders-apps")).await.is_err());
    minutes(5).await;
    let survey = project.gcp.survey().await.unwrap();
    let [half] = survey.links.as_slice() else { panic!("{survey:#?}") };
    assert_eq!(half.state, LinkState::Failed);
    assert_eq!(half.mark.as_ref().unwrap().name, "orders-apps");
    assert_eq!(project.gcp.read(&half.id).await.unwrap().unwrap().state, LinkState::Failed);
    project.gcp.delete(&half.id).await.unwrap();
    minutes(5).await;
    assert_eq!(project.addresses(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_deletion_that_breaks_off_is_finished_by_the_next() {
    let project = Project::calm().await;
    let link = project.gcp.create(&project.order("orders-apps")).await.unwrap();
    minutes(5).await;
    project.befalls("addresses.delete", Fault::Refuse(Failure::Unavailable));
    assert!(project.gcp.delete(&link).await.is_err());
    minutes(5).await;
    assert_eq!(project.gcp.survey().await.unwrap().links.len(), 1);
    project.gcp.delete(&link).await.unwrap();
    assert_eq!((project.links().len(), project.addresses()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn looks_get_over_two_faults_and_lists_can_lie() {
    let project = Project::calm().await;
    project.gcp.create(&project.order("orders-apps")).await.unwrap();
    minutes(5).await;
    project.befalls("forwardingRules.aggregatedList", Fault::Truncate);
    project.befalls("forwardingRules.aggregatedList", Fault::Refuse(Failure::BadGateway));
    assert_eq!(project.gcp.survey().await.unwrap().links.len(), 1);
    project
        .befalls("forwardingRules.aggregatedList", Fault::Twist(Twist::UnknownWord("NEW".into())));
    assert_eq!(project.gcp.survey().await.unwrap().links[0].state, LinkState::NotUnderstood);
    project.befalls("forwardingRules.aggregatedList", Fault::Refuse(Failure::Forbidden));
    let denied = project.gcp.survey().await;
    assert!(
        matches!(&denied, Err(Error::Denied { action, .. }) if action == "compute.forwardingRules.list"),
        "{denied:?}"
    );
    let unsigned = || {
        project.befalls("addresses.aggregatedList", Fault::Refuse(Failure::Unauthenticated));
    };
    unsigned();
    assert_eq!(project.gcp.survey().await.unwrap().links.len(), 1);
    unsigned();
    unsigned();
    let unknown = project.gcp.survey().await;
    assert!(matches!(unknown, Err(Error::Credentials { .. })), "{unknown:?}");
}
