//! The other clouds: names, operations, addresses, acceptance, discovery.

use super::support::{HOUR, calm, drawn, set};
use sim::{
    AddressRequest, Claim, Connection, ConnectionState, Deed, Draws, LinkChange, LinkDeed,
    LinkFailure, LinkRequest, LinkState, Progress, Refusal, Scope, Settings, Sim, TidbRefusal,
    Vendor, Work, WrongAddress, example,
};
use std::time::Duration;

fn service(sim: &Sim, cluster: &str) -> String {
    sim.with(|world| world.cluster(cluster).unwrap().default_group().unwrap().service.to_string())
}

fn azure(sim: &Sim) -> (Scope, LinkRequest) {
    let group = example::azure::NETWORK.split("/providers/").next().unwrap();
    let request = LinkRequest {
        id: Some(format!("{group}/providers/Microsoft.Network/privateEndpoints/orders")),
        service: service(sim, example::azure::CLUSTER),
        subnets: set(&[example::azure::SUBNET]),
        ..LinkRequest::default()
    };
    (example::azure::location(), request)
}

fn gcp(sim: &Sim) -> (Scope, LinkRequest) {
    let request = LinkRequest {
        network: example::gcp::NETWORK.to_owned(),
        service: service(sim, example::gcp::CLUSTER),
        subnets: set(&[example::gcp::SUBNET]),
        ..LinkRequest::default()
    };
    (example::gcp::location(), request)
}

fn alibaba(sim: &Sim, cluster: &str) -> (Scope, LinkRequest) {
    let request = LinkRequest {
        network: example::alibaba::VPC.to_owned(),
        service: service(sim, cluster),
        subnets: set(&example::alibaba::SWITCHES[..2]),
        security_groups: set(&[example::alibaba::GROUP_OPEN]),
        ..LinkRequest::default()
    };
    (example::alibaba::scope(), request)
}

fn create(sim: &Sim, (scope, request): &(Scope, LinkRequest)) -> String {
    sim.with(|world| world.create_link(scope, request).unwrap().id.to_string())
}

fn link(sim: &Sim, id: &str) -> Option<sim::Link> {
    sim.with(|world| world.true_link(id).cloned())
}

fn progress(sim: &Sim, link: &sim::Link) -> Progress {
    let operation = link.operation.as_ref().unwrap();
    sim.with(|world| world.operation(operation.as_str()).unwrap().progress.clone())
}

fn claim(sim: &Sim, id: &str) -> Claim {
    let link = link(sim, id).unwrap();
    let ip = link.ip().map(|ip| ip.to_string());
    Claim {
        endpoint_id: id.to_owned(),
        private_ip_address: ip.filter(|_| link.vendor() == Vendor::Azure),
        private_domain_name: link.domain().map(str::to_owned),
    }
}

fn row(sim: &Sim, link: &str) -> Option<Connection> {
    sim.with(|world| world.true_connections().find(|row| row.endpoint_id == link).cloned())
}

#[test]
fn an_operation_runs_and_is_done_and_is_forgotten() {
    let sim = calm();
    for order in [azure(&sim), gcp(&sim), alibaba(&sim, example::alibaba::PREMIUM)] {
        let made = link(&sim, &create(&sim, &order)).unwrap();
        assert_eq!(progress(&sim, &made), Progress::Running, "{made:?}");
        let change = LinkChange { description: Some("x".into()), ..LinkChange::default() };
        let busy = sim.with(|world| world.modify_link(&order.0, made.id.as_str(), &change));
        assert_eq!(busy, Err(Refusal::Busy(made.id.clone())));
        sim.poke(Duration::from_mins(4));
        assert_eq!(progress(&sim, &made), Progress::Done);
        sim.with(|world| world.modify_link(&order.0, made.id.as_str(), &change)).unwrap();
        let changed = link(&sim, made.id.as_str()).unwrap();
        assert_eq!((changed.description.as_str(), &changed.state), ("x", &changed.state));
        assert_eq!(progress(&sim, &changed), Progress::Running);
        sim.poke(Duration::from_mins(2));
        sim.with(|world| world.delete_link(&order.0, made.id.as_str())).unwrap();
        let deleting = link(&sim, made.id.as_str()).unwrap();
        sim.poke(Duration::from_mins(2));
        assert_eq!(link(&sim, made.id.as_str()), None, "no trace is left");
        assert_eq!(progress(&sim, &deleting), Progress::Done, "the operation outlives it");
        sim.poke(HOUR * 25);
        let operation = deleting.operation.unwrap();
        assert!(sim.with(|world| world.operation(operation.as_str()).is_none()));
    }
}

#[test]
fn each_cloud_spells_its_own() {
    let sim = calm();
    let check = |id: &str, prefix: &str, ip: &str| {
        let link = link(&sim, id).unwrap();
        assert!(id.starts_with(prefix), "{id}");
        assert!(link.ip().unwrap().to_string().starts_with(ip), "{link:?}");
        link
    };
    let order = azure(&sim);
    let made = check(&create(&sim, &order), "/subscriptions/", "10.40.1.");
    assert!(made.interfaces[0].id.contains("/networkInterfaces/orders.nic."), "{made:?}");
    let made = check(&create(&sim, &gcp(&sim)), "projects/shop-prod-424242/regions/", "10.60.1.");
    assert!(made.connection_id.parse::<u64>().is_ok());
    let order = alibaba(&sim, example::alibaba::SHARED);
    let made = check(&create(&sim, &order), "ep-", "10.50.0.");
    assert_eq!(made.id.as_str().len(), 23);
    assert_eq!(made.dns.len(), 3, "its own domain, and one for each zone: {:?}", made.dns);
    assert_eq!(made.interfaces.len(), 2);
}

#[test]
fn a_put_makes_once_and_replaces_then() {
    let sim = calm();
    let (scope, mut request) = azure(&sim);
    request.tags.insert("a".into(), "1".into());
    let put = |request: &LinkRequest| sim.with(|world| world.put_link_named(&scope, request));
    let (made, is_new) = put(&request).unwrap();
    assert!(is_new);
    assert_eq!(put(&request).unwrap_err(), Refusal::Busy(made.id.clone()));
    sim.poke(Duration::from_mins(2));
    request.tags = [("b".to_owned(), "2".to_owned())].into();
    request.id = request.id.map(|id| id.to_uppercase());
    let (changed, is_new) = put(&request).unwrap();
    assert!(!is_new, "ids are the same in any case");
    assert_eq!((&changed.id, &changed.tags), (&made.id, &request.tags));
    sim.poke(Duration::from_mins(2));
    request.subnets = set(&[example::azure::SUBNET_GUARDED]);
    let refused = put(&request).unwrap_err();
    assert_eq!(refused, Refusal::Immutable { link: made.id.clone(), what: "subnet" });
    request.subnets = set(&[example::azure::SUBNET_FULL]);
    request.id = None;
    assert!(matches!(put(&request), Err(Refusal::NoFreeAddress(_))));
}

#[test]
fn azure_is_discovered_verified_registered_and_approved() {
    let sim = calm();
    let id = create(&sim, &azure(&sim));
    sim.poke(Duration::from_mins(6));
    let discovered = row(&sim, &id).unwrap();
    assert_eq!(discovered.state, ConnectionState::Discovered);
    let right = claim(&sim, &id);
    let wrong = Claim { private_ip_address: Some("10.9.9.9".into()), ..right.clone() };
    let cluster = example::azure::CLUSTER;
    sim.with(|world| {
        assert_eq!(world.verify(cluster, "", &right), Ok(()));
        assert!(matches!(world.verify(cluster, "", &wrong), Err(TidbRefusal::Unverified(_))));
        let refused = world.register_as(cluster, "", &wrong).unwrap_err();
        assert!(matches!(refused, TidbRefusal::Unverified(_)));
        assert_eq!(world.register_as(cluster, "", &right).unwrap().id, discovered.id);
    });
    sim.poke(HOUR);
    assert_eq!(link(&sim, &id).unwrap().state, LinkState::Available);
    let active = row(&sim, &id).unwrap();
    assert_eq!(active.state, ConnectionState::Active);
    assert!(active.host.starts_with("orders-"), "{}", active.host);

    sim.with(|world| world.unregister(cluster, active.group.as_str(), active.id.as_str())).unwrap();
    sim.poke(HOUR);
    assert_eq!(link(&sim, &id).unwrap().state, LinkState::Disconnected);
    assert_eq!(row(&sim, &id).unwrap().state, ConnectionState::Discovered, "it is still there");
    sim.with(|world| world.delete_link(&example::azure::scope(), &id)).unwrap();
    sim.poke(HOUR);
    assert_eq!(row(&sim, &id), None, "what was noticed goes with it");
}

#[test]
fn a_wrong_address_may_be_found_out_later() {
    let draws = Draws { wrong_address: WrongAddress::Fails, ..Draws::documented() };
    let sim = drawn(draws);
    let id = create(&sim, &azure(&sim));
    let wrong = Claim { private_ip_address: Some("10.9.9.9".into()), ..Claim::of(&id) };
    sim.with(|world| world.register_as(example::azure::CLUSTER, "", &wrong)).unwrap();
    sim.poke(HOUR);
    assert_eq!(row(&sim, &id).unwrap().state, ConnectionState::Failed);
    assert_eq!(link(&sim, &id).unwrap().state, LinkState::PendingAcceptance);
}

#[test]
fn google_registers_a_rule_whose_address_lives_on() {
    let sim = calm();
    let (scope, mut request) = gcp(&sim);
    let address = "projects/shop-prod-424242/regions/us-west1/addresses/orders".to_owned();
    let subnet = example::gcp::SUBNET.to_owned();
    let asked = AddressRequest { id: address.clone(), subnet, ..AddressRequest::default() };
    let made = sim.with(|world| world.create_address(&scope, &asked)).unwrap();
    assert!(sim.with(|world| world.create_address(&scope, &asked)).is_err(), "a name is one");
    request.address = Some(address.clone());
    let rule = "projects/shop-prod-424242/regions/us-west1/forwardingRules/orders";
    request.id = Some(rule.to_owned());
    let early = sim.with(|world| world.create_link(&scope, &request)).unwrap_err();
    assert!(matches!(early, Refusal::Busy(_)), "the address is not ready: {early:?}");
    sim.poke(Duration::from_secs(5));
    let id = create(&sim, &(scope.clone(), request.clone()));
    assert_eq!(link(&sim, &id).unwrap().ip(), Some(made.address));
    let again = sim.with(|world| world.create_link(&scope, &request)).unwrap_err();
    assert_eq!(again, Refusal::Exists(rule.into()));
    sim.with(|world| world.register(example::gcp::CLUSTER, "", rule)).unwrap();
    sim.poke(HOUR);
    assert_eq!(link(&sim, &id).unwrap().state, LinkState::Available);
    let host = row(&sim, rule).unwrap().host;
    assert!(host.starts_with("orders.privatelink-"), "{host}");

    let delete = || sim.with(|world| world.delete_address(&scope, &address));
    assert!(matches!(delete(), Err(Refusal::AddressInUse(_))));
    sim.with(|world| world.delete_link(&scope, rule)).unwrap();
    assert!(matches!(delete(), Err(Refusal::AddressInUse(_))), "until the rule is gone");
    sim.poke(HOUR);
    assert_eq!(sim.with(|world| world.addresses(&example::gcp::scope()).len()), 1, "left over");
    let work = delete().unwrap();
    sim.with(|world| {
        assert_eq!(world.operation(work.as_str()).unwrap().work, Work::Delete);
        let subnets = world.all_networks().flat_map(|network| &network.subnets);
        let ours = subnets.filter(|its| its.id.as_str() == example::gcp::SUBNET);
        assert_eq!(ours.map(|subnet| subnet.taken.len()).sum::<usize>(), 0);
    });
}

#[test]
fn a_shared_service_accepts_by_itself_and_is_one_for_all() {
    let sim = calm();
    let [starter, shared] = [example::STARTER, example::SHARED].map(|id| service(&sim, id));
    assert_eq!(starter, shared);
    assert_ne!(starter, service(&sim, example::PREMIUM));
    let order = alibaba(&sim, example::alibaba::STARTER);
    let id = create(&sim, &order);
    sim.poke(Duration::from_mins(5));
    assert_eq!(link(&sim, &id).unwrap().state, LinkState::Available);
    let refused = sim.with(|world| world.register(example::alibaba::STARTER, "", &id));
    assert_eq!(refused.unwrap_err(), TidbRefusal::NotOffered);
}

#[test]
fn an_operator_pastes_right_and_wrong() {
    for accepts in [true, false] {
        let sim = drawn(Draws { premium_accepts: accepts, ..Draws::documented() });
        let id = create(&sim, &alibaba(&sim, example::alibaba::PREMIUM));
        sim.poke(Duration::from_mins(5));
        assert_eq!(link(&sim, &id).unwrap().state == LinkState::Available, accepts);
        let paste = |endpoint_id: &str, domain: Option<String>| Deed::Paste {
            cluster: example::alibaba::PREMIUM.to_owned(),
            endpoint_id: endpoint_id.to_owned(),
            domain,
            ip: None,
        };
        let domain = claim(&sim, &id).private_domain_name;
        sim.with(|world| world.deed(paste("ep-wrong", domain.clone()))).unwrap();
        sim.with(|world| world.deed(paste(&id, domain))).unwrap();
        sim.poke(HOUR);
        assert_eq!(row(&sim, "ep-wrong").unwrap().state, ConnectionState::Failed);
        let active = row(&sim, &id).unwrap();
        assert_eq!(active.state, ConnectionState::Active, "accepts: {accepts}");
        assert_eq!(link(&sim, &id).unwrap().state, LinkState::Available);
        let delete = Deed::DeleteConnection { connection: active.id.to_string() };
        sim.with(|world| world.deed(delete)).unwrap();
        sim.poke(HOUR);
        assert_eq!(row(&sim, &id), None);
        assert_eq!(link(&sim, &id).unwrap().state == LinkState::Available, accepts);
    }
}

#[test]
fn what_fails_says_why_in_its_operation_only() {
    let sim = calm();
    let settings = Settings { link_failure_permille: 1_000, ..Settings::default() };
    sim.with(|world| world.settings = settings);
    let id = create(&sim, &azure(&sim));
    sim.poke(Duration::from_mins(2));
    let failed = link(&sim, &id).unwrap();
    assert!(matches!(failed.state, LinkState::Failed(_)), "{failed:?}");
    assert!(matches!(progress(&sim, &failed), Progress::Failed(_)));

    let id = create(&sim, &gcp(&sim));
    let made = link(&sim, &id).unwrap();
    sim.poke(Duration::from_mins(2));
    assert_eq!(link(&sim, &id), None, "a rule that could not be made is not there");
    assert!(matches!(progress(&sim, &made), Progress::Failed(_)));
    assert_eq!(sim.with(|world| world.true_addresses().count()), 1, "its address is");
}

#[test]
fn by_order_it_fails_with_the_reason_given() {
    let sim = calm();
    let id = create(&sim, &azure(&sim));
    let why = LinkFailure { code: "SubnetLocked".into(), message: "the subnet is locked".into() };
    let deed = Deed::ToLink { link: id.clone(), deed: LinkDeed::Fail(why.clone()) };
    sim.with(|world| world.deed(deed)).unwrap();
    assert_eq!(progress(&sim, &link(&sim, &id).unwrap()), Progress::Failed(why));
}

#[test]
fn a_name_used_again_is_another_endpoint() {
    let sim = calm();
    let order = azure(&sim);
    let id = create(&sim, &order);
    sim.poke(Duration::from_mins(2));
    sim.with(|world| world.delete_link(&order.0, &id)).unwrap();
    let busy = sim.with(|world| world.create_link(&order.0, &order.1)).unwrap_err();
    assert!(matches!(busy, Refusal::Busy(_)), "while it is being deleted: {busy:?}");
    sim.poke(HOUR);
    assert_eq!(create(&sim, &order), id);
    sim.poke(HOUR * 24 * 30);
    assert_eq!(
        link(&sim, &id).unwrap().state,
        LinkState::PendingAcceptance,
        "nothing is left over"
    );
}

#[test]
fn a_subscription_is_one_list_and_other_clouds_are_not_in_it() {
    let sim = calm();
    for order in [azure(&sim), gcp(&sim), alibaba(&sim, example::alibaba::SHARED)] {
        create(&sim, &order);
    }
    let count = |scope: Scope| sim.with(|world| world.links(&scope).len());
    assert_eq!(count(example::azure::scope()), 1);
    assert_eq!(count(example::azure::location()), 1);
    assert_eq!(count(Scope::of(Vendor::Azure, example::azure::SUBSCRIPTION, "westus")), 0);
    assert_eq!(count(example::gcp::scope()), 1);
    assert_eq!(count(example::scope()), 0);
    assert_eq!(count(Scope::of(Vendor::Gcp, example::azure::SUBSCRIPTION, "")), 0);
}
