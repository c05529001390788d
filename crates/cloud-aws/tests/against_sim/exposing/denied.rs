//! A look of which one list is denied: what it shows all the same, and when it is none at all.

use super::{Road, build};
use cloud::{Blind, Error, Exposing, Exposures, Interest, PartFacts};
use sim::example;
use sim::{Draws, Failure, Fault};
use std::collections::BTreeSet;

#[tokio::test(start_paused = true)]
async fn a_look_that_fails_in_the_middle_is_none() {
    let road = Road::new(Draws::documented()).await;
    build(&road).await;
    for action in [
        "DescribeVpcEndpointServiceConfigurations",
        "DescribeVpcEndpointServicePermissions",
        "DescribeVpcEndpointConnections",
    ] {
        let error = look_without(&road, action).await.unwrap_err();
        assert!(names(Some(&error), action), "{error:?}");
    }
    assert_eq!(road.look().await.parts.len(), 4, "it was only the look that failed");
}

async fn look(road: &Road) -> Result<Exposures, Error> {
    let databases = BTreeSet::from([example::DATABASE.to_owned()]);
    road.aws.survey(&Interest { databases, ..Interest::default() }).await
}

async fn look_without(road: &Road, action: &str) -> Result<Exposures, Error> {
    road.account.on(action, Fault::Refuse(Failure::Forbidden), 1);
    look(road).await
}

fn names(error: Option<&Error>, denied: &str) -> bool {
    matches!(error, Some(Error::Denied { action, .. }) if action.ends_with(denied))
}

#[tokio::test(start_paused = true)]
async fn who_is_denied_load_balancing_sees_services_and_databases() {
    let road = Road::new(Draws::documented()).await;
    build(&road).await;
    for action in [
        "DescribeTargetGroups",
        "DescribeLoadBalancers",
        "DescribeListeners",
        "DescribeTags",
        "DescribeTargetHealth",
    ] {
        let seen = look_without(&road, action).await.unwrap();
        assert!(names(seen.blind.balancing.as_ref(), action), "{action}");
        assert_eq!((seen.blind.databases, seen.databases.len()), (None, 1));
        assert!(matches!(&*seen.parts, [part] if matches!(part.facts, PartFacts::Service { .. })));
    }
    let seen = look(&road).await.unwrap();
    assert_eq!((seen.blind, seen.parts.len()), (Blind::default(), 4));
}

#[tokio::test(start_paused = true)]
async fn who_is_denied_databases_sees_all_else() {
    let road = Road::new(Draws::documented()).await;
    build(&road).await;
    let seen = look_without(&road, "DescribeDBInstances").await.unwrap();
    assert!(names(seen.blind.databases.as_ref(), "DescribeDBInstances"));
    assert_eq!((seen.parts.len(), seen.databases.len()), (4, 0));
    let seen = look(&road).await.unwrap();
    assert_eq!((seen.blind, seen.databases.len()), (Blind::default(), 1));
}
