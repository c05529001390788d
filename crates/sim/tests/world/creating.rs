//! What a create needs, and what its token promises.

use crate::world::support::{
    HOUR, calm, create, drawn, joined, request, scope, service, set, state,
};
use sim::{
    Deed, Draws, LinkDeed, LinkRequest, LinkState, PrivateDns, Refusal, Scope, Settings,
    SpentToken, example,
};
use std::time::Duration;

/// What the cloud says to the good request, once it is spoilt.
fn check(spoil: impl FnOnce(&mut LinkRequest), expected: &Refusal) {
    let sim = calm();
    let mut request = request(&sim);
    spoil(&mut request);
    let before = sim.with(|world| world.writes());
    let refusal = sim.with(|world| world.create_link(&scope(), &request).unwrap_err());
    assert_eq!(refusal, *expected);
    assert_eq!(sim.with(|world| world.writes()), before, "a refused create changed something");
}

#[test]
fn what_is_not_there_is_refused() {
    check(|request| request.network = "vpc-1".into(), &Refusal::NoNetwork("vpc-1".into()));
    check(|request| request.subnets = set(&["subnet-1"]), &Refusal::NoSubnet("subnet-1".into()));
    check(
        |request| request.subnets = set(&[example::SUBNET_WITHOUT_DNS]),
        &Refusal::NoSubnet(example::SUBNET_WITHOUT_DNS.into()),
    );
    check(
        |request| request.security_groups = set(&["sg-1"]),
        &Refusal::NoSecurityGroup("sg-1".into()),
    );
    check(|request| request.service = "no".into(), &Refusal::NoService("no".into()));
}

#[test]
fn another_account_or_region_has_nothing() {
    let sim = calm();
    let request = request(&sim);
    for scope in
        [Scope::new("999999999999", "us-east-1"), Scope::new(example::ACCOUNT, "eu-west-1")]
    {
        let refusal = sim.with(|world| world.create_link(&scope, &request).unwrap_err());
        assert_eq!(refusal, Refusal::NoNetwork(example::VPC.into()), "{scope:?}");
    }
}

#[test]
fn a_service_is_there_when_it_is_ready() {
    let sim = calm();
    let service = service(&sim, example::REPORTS).0;
    let request = LinkRequest { service: service.clone(), ..request(&sim) };
    let create = || sim.with(|world| world.create_link(&scope(), &request).map(|_| ()));
    sim.poke(Duration::from_secs(179));
    assert_eq!(create(), Err(Refusal::NoService(service.as_str().into())));
    sim.poke(Duration::from_secs(121));
    assert_eq!(create(), Ok(()));
}

#[test]
fn every_zone_must_be_served_and_only_once() {
    let service = service(&calm(), example::ORDERS).0.as_str().into();
    let subnet = example::SUBNET_UNSERVED.into();
    check(
        |request| request.subnets = set(&[example::SUBNETS[0], example::SUBNET_UNSERVED]),
        &Refusal::ZoneNotServed { service, subnet },
    );
    let sim = calm();
    let twin = sim.with(|world| {
        let network = world.networks(&scope()).find(|net| net.id.as_str() == example::VPC);
        let mut network = network.unwrap().clone();
        let mut twin = network.subnets[0].clone();
        twin.id = "subnet-twin".into();
        twin.cidr = "10.21.0.0/24".parse().unwrap();
        network.subnets.push(twin);
        world.add_network(network);
        set(&[example::SUBNETS[0], "subnet-twin"])
    });
    let request = LinkRequest { subnets: twin, ..request(&sim) };
    let refusal = sim.with(|world| world.create_link(&scope(), &request).unwrap_err());
    assert_eq!(refusal, Refusal::TwoSubnetsInOneZone { zone: "us-east-1a".into() });
}

#[test]
fn private_dns_waits_for_acceptance() {
    check(|request| request.private_dns = true, &Refusal::PrivateDns(PrivateDns::NotAccepted));
    check(
        |request| {
            request.private_dns = true;
            request.network = example::VPC_WITHOUT_DNS.into();
            request.subnets = set(&[example::SUBNET_WITHOUT_DNS]);
            request.security_groups.clear();
        },
        &Refusal::PrivateDns(PrivateDns::NetworkAttributes(example::VPC_WITHOUT_DNS.into())),
    );
}

#[test]
fn a_network_holds_so_many() {
    let sim = calm();
    let settings = Settings { links_per_network: 2, ..Settings::default() };
    sim.with(|world| world.deed(Deed::SetSettings(settings)).unwrap());
    let request = request(&sim);
    let create = || sim.with(|world| world.create_link(&scope(), &request));
    let first = create().unwrap();
    create().unwrap();
    assert_eq!(create().unwrap_err(), Refusal::LinkLimit(example::VPC.into()));
    sim.with(|world| world.delete_link(&scope(), first.id.as_str()).unwrap());
    create().unwrap();
}

#[test]
fn a_new_endpoint_stands_in_its_subnets_and_waits() {
    let sim = calm();
    let link = create(&sim);
    let (link, network) = sim.with(|world| {
        let network = world.networks(&scope()).find(|net| net.id.as_str() == example::VPC);
        (world.true_link(&link).unwrap().clone(), network.unwrap().clone())
    });
    assert_eq!(link.state, LinkState::PendingAcceptance);
    assert_eq!(link.interfaces.len(), 2);
    for interface in &link.interfaces {
        let subnet = network.subnets.iter().find(|subnet| subnet.id == interface.subnet).unwrap();
        assert!(subnet.cidr.contains(interface.address), "{interface:?}");
        assert!(subnet.taken.contains(&interface.address), "{interface:?}");
    }
    assert_eq!(link.dns.len(), 3, "{:?}", link.dns);
    assert!(link.dns[1].name.contains("-us-east-1a."), "{:?}", link.dns);
}

#[test]
fn without_groups_it_gets_the_default_group() {
    let sim = calm();
    let request = LinkRequest { security_groups: set(&[]), ..request(&sim) };
    let link = sim.with(|world| world.create_link(&scope(), &request).unwrap());
    let groups: Vec<_> = link.security_groups.iter().map(ToString::to_string).collect();
    assert_eq!(groups, [example::GROUP_DEFAULT]);
}

#[test]
fn the_same_token_is_the_same_endpoint() {
    let sim = calm();
    let request = LinkRequest { token: Some("t".into()), ..request(&sim) };
    let create = |request| sim.with(|world| world.create_link(&scope(), request));
    let first = create(&request).unwrap();
    assert_eq!(create(&request).unwrap().id, first.id);
    let other = LinkRequest { subnets: set(&example::SUBNETS[..1]), ..request.clone() };
    assert_eq!(create(&other).unwrap_err(), Refusal::TokenMismatch);
    sim.poke(24 * HOUR);
    assert_ne!(create(&request).unwrap().id, first.id);
}

#[test]
fn a_token_whose_endpoint_is_deleted() {
    for (spent_token, expected) in [
        (SpentToken::ReturnsDeleted, Ok(true)),
        (SpentToken::Refused, Err(Refusal::TokenSpent)),
        (SpentToken::Forgotten, Ok(false)),
    ] {
        let sim = drawn(Draws { spent_token, ..Draws::documented() });
        let request = LinkRequest { token: Some("t".into()), ..request(&sim) };
        let first = sim.with(|world| {
            let link = world.create_link(&scope(), &request).unwrap();
            world.delete_link(&scope(), link.id.as_str()).unwrap();
            link
        });
        sim.poke(Duration::from_secs(61));
        assert_eq!(state(&sim, first.id.as_str()), Some(LinkState::Deleted));
        let again = sim.with(|world| world.create_link(&scope(), &request));
        assert_eq!(again.map(|link| link.id == first.id), expected, "{spent_token:?}");
    }
}

#[test]
fn a_person_makes_and_rejects_by_hand() {
    let sim = calm();
    let (link, _) = joined(&sim);
    let reject = Deed::ToLink { link: link.clone(), deed: LinkDeed::Reject };
    sim.with(|world| world.deed(reject.clone()).unwrap());
    assert_eq!(state(&sim, &link), Some(LinkState::Rejected));
    sim.with(|world| world.delete_link(&scope(), &link).unwrap());
    assert!(sim.with(|world| world.deed(reject)).is_err(), "it is being deleted");
}
