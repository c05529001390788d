//! How TiDB Cloud's connections come, settle and go.

use crate::world::support::{
    HOUR, calm, create, drawn, joined, register, row, row_state, service, state,
};
use sim::{
    AfterUnregistration, BeforeReady, ConnectionFilter, ConnectionState, Deed, Draws, LinkDeed,
    LinkState, MissingDeletion, SecondRegistration, ServiceState, TidbRefusal, example,
};
use std::time::Duration;

#[test]
fn it_is_pending_then_active_and_the_endpoint_available() {
    let sim = calm();
    let link = create(&sim);
    let connection = register(&sim, &link);
    assert_eq!((connection.state, connection.host.as_str()), (ConnectionState::Pending, ""));
    sim.poke(Duration::from_secs(59));
    assert_eq!(row_state(&sim, &connection), Some(ConnectionState::Pending));
    assert_eq!(state(&sim, &link), Some(LinkState::PendingAcceptance));
    sim.poke(Duration::from_secs(241));
    let settled = row(&sim, &connection).unwrap();
    assert_eq!((settled.state, settled.message), (ConnectionState::Active, None));
    assert!(settled.host.starts_with("privatelink-"), "{}", settled.host);
    sim.poke(Duration::from_secs(90));
    assert_eq!(state(&sim, &link), Some(LinkState::Available));
}

#[test]
fn an_endpoint_that_is_not_there_fails() {
    let sim = calm();
    let connection = register(&sim, "vpce-03367e000000");
    sim.poke(HOUR);
    let settled = row(&sim, &connection).unwrap();
    assert_eq!(settled.state, ConnectionState::Failed);
    let message = "The VPC Endpoint Id '{vpce-03367e000000 []}' does not exist";
    assert_eq!(settled.message.as_deref(), Some(message));
}

#[test]
fn an_endpoint_of_another_service_fails() {
    let sim = calm();
    let link = create(&sim);
    let group = service(&sim, example::BILLING).1;
    let connection = sim.with(|world| world.register(example::BILLING, &group, &link).unwrap());
    sim.poke(HOUR);
    assert_eq!(row_state(&sim, &connection), Some(ConnectionState::Failed));
    assert_eq!(state(&sim, &link), Some(LinkState::PendingAcceptance), "it was not accepted");
}

#[test]
fn a_message_may_outlive_its_failure() {
    let sim = drawn(Draws { stale_message: true, ..Draws::documented() });
    let (_, connection) = joined(&sim);
    assert!(row(&sim, &connection).unwrap().message.is_some());
}

#[test]
fn a_second_registration_is_drawn() {
    use SecondRegistration::{Conflict, Invalid, SameRow, SecondRow};
    for second_registration in [SameRow, SecondRow, Conflict, Invalid] {
        let sim = drawn(Draws { second_registration, ..Draws::documented() });
        let (link, first) = joined(&sim);
        let group = service(&sim, example::ORDERS).1;
        let second = sim.with(|world| world.register(example::ORDERS, &group, &link));
        let is_first = second.map(|row| row.id == first.id);
        let expected = match second_registration {
            SameRow => Ok(true),
            SecondRow => Ok(false),
            Conflict => Err(TidbRefusal::Duplicate(link)),
            Invalid => Err(TidbRefusal::DuplicateInvalid(link)),
        };
        assert_eq!(is_first, expected, "{second_registration:?}");
    }
}

#[test]
fn a_failed_one_is_tried_again_if_so_drawn() {
    let sim = drawn(Draws { failed_is_retried: true, ..Draws::documented() });
    let link = create(&sim);
    let connection = register(&sim, &link);
    let deed = Deed::FailConnection { connection: connection.id.to_string(), message: "no".into() };
    sim.with(|world| world.deed(deed).unwrap());
    sim.poke(HOUR);
    assert_eq!(row_state(&sim, &connection), Some(ConnectionState::Failed), "it stays so");
    assert_eq!(register(&sim, &link).id, connection.id);
    sim.poke(HOUR);
    assert_eq!(row_state(&sim, &connection), Some(ConnectionState::Active));
}

#[test]
fn deleting_lets_the_endpoint_go() {
    for (after_unregistration, expected) in [
        (AfterUnregistration::Rejected, LinkState::Rejected),
        (AfterUnregistration::Stays, LinkState::Available),
        (AfterUnregistration::AwaitsAcceptance, LinkState::PendingAcceptance),
    ] {
        let sim = drawn(Draws { after_unregistration, ..Draws::documented() });
        let (link, connection) = joined(&sim);
        let delete = || {
            let (group, id) = (connection.group.as_str(), connection.id.as_str());
            sim.with(|world| world.unregister(example::ORDERS, group, id))
        };
        assert_eq!(delete(), Ok(()));
        assert_eq!(row_state(&sim, &connection), Some(ConnectionState::Deleting));
        assert_eq!(state(&sim, &link), Some(LinkState::Available), "not before it is gone");
        assert_eq!(delete(), Ok(()), "deleting twice");
        sim.poke(Duration::from_secs(30));
        assert_eq!(row_state(&sim, &connection), None);
        assert_eq!(state(&sim, &link), Some(expected));
    }
}

#[test]
fn the_last_connection_lets_go() {
    let second_registration = SecondRegistration::SecondRow;
    let sim = drawn(Draws { second_registration, ..Draws::documented() });
    let (link, first) = joined(&sim);
    let second = register(&sim, &link);
    for (connection, expected) in [(first, LinkState::Available), (second, LinkState::Rejected)] {
        let (group, id) = (connection.group.as_str(), connection.id.as_str());
        sim.with(|world| world.unregister(example::ORDERS, group, id).unwrap());
        sim.poke(HOUR);
        assert_eq!(state(&sim, &link), Some(expected));
    }
}

#[test]
fn a_rejected_endpoint_is_accepted_again_if_so_drawn() {
    for (rejection_can_be_undone, expected) in
        [(false, ConnectionState::Failed), (true, ConnectionState::Active)]
    {
        let sim = drawn(Draws { rejection_can_be_undone, ..Draws::documented() });
        let link = create(&sim);
        let reject = Deed::ToLink { link: link.clone(), deed: LinkDeed::Reject };
        sim.with(|world| world.deed(reject).unwrap());
        let connection = register(&sim, &link);
        sim.poke(HOUR);
        assert_eq!(row_state(&sim, &connection), Some(expected));
    }
}

#[test]
fn deleting_what_is_not_there_is_drawn() {
    for (missing_deletion, expected) in [
        (MissingDeletion::NotFound, Err(TidbRefusal::NoConnection("1".into()))),
        (MissingDeletion::Success, Ok(())),
    ] {
        let sim = drawn(Draws { missing_deletion, ..Draws::documented() });
        let group = service(&sim, example::ORDERS).1;
        let deleted = sim.with(|world| world.unregister(example::ORDERS, &group, "1"));
        assert_eq!(deleted, expected);
    }
}

#[test]
fn a_service_before_it_is_ready_is_drawn() {
    for (before_ready, expected) in [
        (BeforeReady::NotFound, Err(TidbRefusal::ServiceNotReady)),
        (BeforeReady::Creating, Ok(ServiceState::Creating)),
    ] {
        let sim = drawn(Draws { before_ready, ..Draws::documented() });
        let group = service(&sim, example::REPORTS).1;
        let look = || {
            sim.with(|world| {
                let service = world.private_link_service(example::REPORTS, &group);
                service.map(|service| service.state)
            })
        };
        assert_eq!(look(), expected);
        let early = sim.with(|world| world.register(example::REPORTS, &group, "vpce-1"));
        assert_eq!(early.map(|_| ()), Err(TidbRefusal::ServiceNotReady));
        sim.poke(HOUR);
        assert_eq!(look(), Ok(ServiceState::Active));
    }
}

#[test]
fn lists_go_across_clusters_and_stay_within_a_project() {
    let sim = calm();
    let link = create(&sim);
    let connection = register(&sim, &link);
    let count = |project: Option<&str>, cluster: Option<&str>| {
        let filter = ConnectionFilter {
            project: project.map(str::to_owned),
            cluster: cluster.map(str::to_owned),
            ..ConnectionFilter::default()
        };
        sim.with(|world| world.connections(&filter).len())
    };
    assert_eq!(count(None, None), 1);
    assert_eq!(count(Some(example::PROJECT), Some(example::ORDERS)), 1);
    assert_eq!(count(Some(example::PROJECT), Some(example::BILLING)), 0);
    assert_eq!(count(Some(example::OTHER_PROJECT), None), 0);
    let (group, id) = (connection.group.as_str(), connection.id.as_str());
    let read = |cluster| sim.with(|world| world.connection(cluster, group, id).map(|_| ()));
    assert_eq!(read(example::ORDERS), Ok(()));
    assert_eq!(read(example::BILLING), Err(TidbRefusal::NoNodeGroup(group.to_owned())));
}

#[test]
fn what_nobody_registered_can_be_discovered_and_then_registered() {
    let sim = calm();
    let link = create(&sim);
    let discover = Deed::ToLink { link: link.clone(), deed: LinkDeed::Discover };
    sim.with(|world| world.deed(discover).unwrap());
    let found = sim.with(|world| world.true_connections().next().cloned().unwrap());
    assert_eq!(found.state, ConnectionState::Discovered);
    assert_eq!(register(&sim, &link).id, found.id);
    sim.poke(HOUR);
    assert_eq!(row_state(&sim, &found), Some(ConnectionState::Active));
}

#[test]
fn a_service_published_anew_leaves_old_endpoints_rejected() {
    let sim = calm();
    let (link, connection) = joined(&sim);
    let (cluster, group) = (example::ORDERS.to_owned(), connection.group.to_string());
    let name = sim.with(|world| world.deed(Deed::Republish { cluster, group }).unwrap().unwrap());
    assert_eq!(service(&sim, example::ORDERS).0, name);
    assert_eq!(state(&sim, &link), Some(LinkState::Rejected));
    let fresh = create(&sim);
    let connection = register(&sim, &fresh);
    sim.poke(HOUR);
    assert_eq!(row_state(&sim, &connection), Some(ConnectionState::Active));
}
