//! What can be changed, when, and how endpoints end.

use crate::world::support::{
    HOUR, calm, create, drawn, joined, request, row, row_state, scope, set, state,
};
use sim::{
    AfterLinkGone, Audit, ConnectionState, Deed, Draws, LinkChange, LinkDeed, LinkState,
    PrivateDns, Refusal, Tags, example,
};
use std::time::Duration;

fn private_dns(on: bool) -> LinkChange {
    LinkChange { private_dns: Some(on), ..LinkChange::default() }
}

#[test]
fn only_an_available_endpoint_can_be_changed() {
    let sim = calm();
    let link = create(&sim);
    let modify = |change: &LinkChange| sim.with(|world| world.modify_link(&scope(), &link, change));
    let groups =
        LinkChange { add_security_groups: set(&[example::GROUP_APPS]), ..LinkChange::default() };
    assert_eq!(modify(&groups), Err(Refusal::NotAvailable(link.as_str().into())));
    assert_eq!(modify(&private_dns(true)), Err(Refusal::PrivateDns(PrivateDns::NotAccepted)));
}

#[test]
fn a_change_is_pending_and_then_there() {
    let sim = calm();
    let (link, _) = joined(&sim);
    let change = LinkChange {
        add_subnets: set(&example::SUBNETS[2..]),
        remove_subnets: set(&example::SUBNETS[..1]),
        add_security_groups: set(&[example::GROUP_APPS]),
        remove_security_groups: set(&[example::GROUP_OPEN]),
        private_dns: Some(true),
        ..LinkChange::default()
    };
    sim.with(|world| world.modify_link(&scope(), &link, &change).unwrap());
    assert_eq!(state(&sim, &link), Some(LinkState::Pending));
    sim.poke(Duration::from_secs(90));
    let changed = sim.with(|world| world.true_link(&link).unwrap().clone());
    assert_eq!(changed.state, LinkState::Available);
    let subnets: Vec<String> = changed.subnets().into_iter().map(|id| id.0).collect();
    assert_eq!(subnets, &example::SUBNETS[1..]);
    let groups: Vec<String> = changed.security_groups.into_iter().map(|id| id.0).collect();
    assert_eq!(groups, [example::GROUP_APPS]);
    assert!(changed.private_dns);
    assert_eq!(changed.dns.len(), 4, "the private name is the last: {:?}", changed.dns);
}

#[test]
fn a_change_of_nothing_is_no_change() {
    let sim = calm();
    let (link, _) = joined(&sim);
    let before = sim.with(|world| world.writes());
    sim.with(|world| world.modify_link(&scope(), &link, &private_dns(false)).unwrap());
    assert_eq!(sim.with(|world| world.writes()), before);
    assert_eq!(state(&sim, &link), Some(LinkState::Available));
}

#[test]
fn a_private_name_is_one_endpoints_alone() {
    let sim = calm();
    let (first, _) = joined(&sim);
    let (second, _) = joined(&sim);
    let turn_on =
        |link: &str| sim.with(|world| world.modify_link(&scope(), link, &private_dns(true)));
    turn_on(&first).unwrap();
    let Err(Refusal::PrivateDns(PrivateDns::Conflict { domain })) = turn_on(&second) else {
        panic!("two endpoints have one name");
    };
    assert!(domain.starts_with("privatelink-"), "{domain}");
    sim.with(|world| world.delete_link(&scope(), &first).unwrap());
    turn_on(&second).unwrap();
}

#[test]
fn deleting_takes_a_while_and_leaves_a_trace() {
    let sim = calm();
    let link = create(&sim);
    let delete = || sim.with(|world| world.delete_link(&scope(), &link));
    delete().unwrap();
    assert_eq!(state(&sim, &link), Some(LinkState::Deleting));
    assert_eq!(delete(), Ok(()), "deleting twice");
    sim.poke(Duration::from_mins(1));
    assert_eq!(state(&sim, &link), Some(LinkState::Deleted));
    assert_eq!(delete(), Err(Refusal::NoLink(link.as_str().into())));
    let taken = sim.with(|world| {
        let scope = scope();
        let networks = world.networks(&scope).flat_map(|network| &network.subnets);
        networks.map(|subnet| subnet.taken.len()).sum::<usize>()
    });
    assert_eq!(taken, 0, "addresses are given back");
    sim.poke(HOUR);
    assert_eq!(state(&sim, &link), None);
}

#[test]
fn a_connection_outlives_its_endpoint_or_fails() {
    for (after_link_gone, expected) in [
        (AfterLinkGone::StaysActive, ConnectionState::Active),
        (AfterLinkGone::Fails, ConnectionState::Failed),
    ] {
        let sim = drawn(Draws { after_link_gone, ..Draws::documented() });
        let (link, connection) = joined(&sim);
        let delete = Deed::ToLink { link, deed: LinkDeed::Delete };
        sim.with(|world| world.deed(delete).unwrap());
        sim.poke(HOUR);
        assert_eq!(row_state(&sim, &connection), Some(expected), "{:?}", row(&sim, &connection));
    }
}

#[test]
fn who_waits_too_long_for_acceptance_expires() {
    let sim = calm();
    let link = create(&sim);
    let milliseconds = 7 * 24 * 3_600_000;
    sim.poke(Duration::from_millis(milliseconds - 1));
    assert_eq!(state(&sim, &link), Some(LinkState::PendingAcceptance));
    sim.poke(Duration::from_millis(1));
    assert_eq!(state(&sim, &link), Some(LinkState::Expired));
}

#[test]
fn who_is_rejected_while_pending_stays_so() {
    let sim = calm();
    let link = create(&sim);
    for (deed, expected) in
        [(LinkDeed::Accept, LinkState::Pending), (LinkDeed::Reject, LinkState::Rejected)]
    {
        let deed = Deed::ToLink { link: link.clone(), deed };
        sim.with(|world| world.deed(deed).unwrap());
        assert_eq!(state(&sim, &link), Some(expected));
    }
    sim.poke(30 * 24 * HOUR);
    assert_eq!(state(&sim, &link), Some(LinkState::Rejected));
}

#[test]
fn what_was_accepted_does_not_expire() {
    let sim = calm();
    let (link, _) = joined(&sim);
    sim.poke(30 * 24 * HOUR);
    assert_eq!(state(&sim, &link), Some(LinkState::Available));
}

#[test]
fn tags_come_and_go() {
    let sim = calm();
    let link = create(&sim);
    let tags = |sim: &sim::Sim| sim.with(|world| world.true_link(&link).unwrap().tags.clone());
    let map = |pairs: &[(&str, &str)]| -> Tags {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    };
    sim.with(|world| world.tag_link(&scope(), &link, &map(&[("a", "1"), ("b", "2")])).unwrap());
    sim.with(|world| world.tag_link(&scope(), &link, &map(&[("b", "3")])).unwrap());
    assert_eq!(tags(&sim), map(&[("a", "1"), ("b", "3")]));
    let by_value = |key: &str, value: Option<&str>| {
        let tag = [(key.to_owned(), value.map(str::to_owned))];
        sim.with(|world| world.untag_link(&scope(), &link, &tag).unwrap());
    };
    by_value("b", Some("2"));
    assert_eq!(tags(&sim).len(), 2, "another value is another tag");
    by_value("b", None);
    assert_eq!(tags(&sim), map(&[("a", "1")]));
    let many: Tags = (0..50).map(|index| (format!("k{index}"), String::new())).collect();
    let refused = sim.with(|world| world.tag_link(&scope(), &link, &many));
    assert_eq!(refused, Err(Refusal::TagLimit(link.as_str().into())));
}

#[test]
fn the_audit_sees_who_did_what() {
    let sim = calm();
    let (link, _) = joined(&sim);
    let audit = || sim.with(|world| world.audit("us"));
    let Audit { foreign, duplicates, .. } = audit();
    assert_eq!(foreign.len(), 1, "the connection was made for an endpoint without our mark");
    assert_eq!(duplicates, vec![]);
    sim.with(|world| world.delete_link(&scope(), &link).unwrap());
    let Audit { foreign, deleted_under_connection, deletions, .. } = audit();
    assert_eq!(foreign.len(), 2);
    assert_eq!(deleted_under_connection.len(), 1);
    assert_eq!(deletions.get(&link), Some(&1));
}

#[test]
fn the_audit_sees_two_with_one_mark() {
    let sim = calm();
    let cluster = cloud::ClusterKey {
        tier: "dedicated".into(),
        project: example::PROJECT.into(),
        cluster: example::ORDERS.into(),
        group: String::new(),
    };
    let on_delete = planner::endpoint::OnDelete::Remove;
    let mark = cloud::Owner::new("us", None).mark("orders-apps", 1, on_delete, cluster);
    let request = sim::LinkRequest { tags: mark.to_tags(), ..request(&sim) };
    sim.with(|world| world.create_link(&scope(), &request).unwrap());
    assert_eq!(sim.with(|world| world.audit("us")).duplicates, vec![]);
    sim.with(|world| world.create_link(&scope(), &request).unwrap());
    let audit = sim.with(|world| world.audit("us"));
    assert_eq!(audit.duplicates.len(), 1);
    assert_eq!(audit.live["orders-apps"].len(), 2);
    assert_eq!(sim.with(|world| world.audit("them")).live.len(), 0);
}
