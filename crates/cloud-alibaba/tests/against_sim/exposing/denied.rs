//! A look of which one list is denied: what it shows all the same, and when it is none at all.

use super::{Road, build};
use cloud::{Blind, Error, Exposing, Interest, PartFacts};
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
        let interest = interest();
        road.0.on(action, Fault::Refuse(Failure::Forbidden), 1);
        let error = road.0.alibaba.survey(&interest).await.unwrap_err();
        let Error::Denied { action: named, .. } = &error else { panic!("{action}: {error:?}") };
        assert!(named.ends_with(action), "{named}");
    }
    assert_eq!(road.look().await.parts.len(), 4, "it was only the look that failed");
}

fn interest() -> Interest {
    let databases = BTreeSet::from([example::DATABASE.to_owned()]);
    Interest { databases, ..Interest::default() }
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
        road.0.on(action, Fault::Refuse(Failure::Forbidden), 1);
        let seen = road.0.alibaba.survey(&interest()).await.unwrap();
        let Some(Error::Denied { action: named, .. }) = &seen.blind.balancing else {
            panic!("{action}")
        };
        assert!(named.ends_with(action), "{named}");
        assert_eq!((seen.blind.databases, seen.databases.len()), (None, 1));
        assert!(matches!(&*seen.parts, [part] if matches!(part.facts, PartFacts::Service { .. })));
    }
    let seen = road.0.alibaba.survey(&interest()).await.unwrap();
    assert_eq!((seen.blind, seen.parts.len()), (Blind::default(), 4));
}

#[tokio::test(start_paused = true)]
async fn who_is_denied_databases_sees_all_else() {
    let road = Road::new(Draws::documented());
    build(&road).await;
    for action in ["DescribeDBInstanceAttribute", "DescribeDBInstanceNetInfo"] {
        road.0.on(action, Fault::Refuse(Failure::Forbidden), 1);
        let seen = road.0.alibaba.survey(&interest()).await.unwrap();
        let Some(Error::Denied { action: named, .. }) = &seen.blind.databases else {
            panic!("{action}")
        };
        assert!(named.ends_with(action), "{named}");
        assert_eq!((seen.parts.len(), seen.databases.len()), (4, 0));
    }
    let seen = road.0.alibaba.survey(&interest()).await.unwrap();
    assert_eq!((seen.blind, seen.databases.len()), (Blind::default(), 1));
}
