//! A look of which one list is denied: what it shows all the same, and when it is none at all.

use super::{Road, build};
use cloud::{Blind, Error, Exposing, Exposures, Interest, PartFacts};
use sim::example::alibaba as example;
use sim::{Draws, Failure, Fault};
use std::collections::BTreeSet;

#[tokio::test(start_paused = true)]
async fn a_look_that_fails_in_the_middle_is_none() {
    let road = Road::new(Draws::documented());
    build(&road).await;
    for action in [
        "ListVpcEndpointServices",
        "ListVpcEndpointConnections",
        "ListVpcEndpointServiceResources",
        "ListVpcEndpointServiceUsers",
    ] {
        let error = look_without(&road, action).await.unwrap_err();
        assert!(names(Some(&error), action), "{error:?}");
    }
    assert_eq!(road.look().await.parts.len(), 4, "it was only the look that failed");
}

async fn look(road: &Road) -> Result<Exposures, Error> {
    let databases = BTreeSet::from([example::DATABASE.to_owned()]);
    road.0.alibaba.survey(&Interest { databases, ..Interest::default() }).await
}

async fn look_without(road: &Road, action: &str) -> Result<Exposures, Error> {
    road.0.on(action, Fault::Refuse(Failure::Forbidden), 1);
    look(road).await
}

fn names(error: Option<&Error>, denied: &str) -> bool {
    matches!(error, Some(Error::Denied { action, .. }) if action.ends_with(denied))
}

#[tokio::test(start_paused = true)]
async fn who_is_denied_load_balancing_sees_services_and_databases() {
    let road = Road::new(Draws::documented());
    build(&road).await;
    for action in [
        "ListServerGroups",
        "ListServerGroupServers",
        "ListLoadBalancers",
        "ListListeners",
        "GetListenerHealthStatus",
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
    let road = Road::new(Draws::documented());
    build(&road).await;
    for action in ["DescribeDBInstanceAttribute", "DescribeDBInstanceNetInfo"] {
        let seen = look_without(&road, action).await.unwrap();
        assert!(names(seen.blind.databases.as_ref(), action), "{action}");
        assert_eq!((seen.parts.len(), seen.databases.len()), (4, 0));
    }
    let seen = look(&road).await.unwrap();
    assert_eq!((seen.blind, seen.databases.len()), (Blind::default(), 1));
}
