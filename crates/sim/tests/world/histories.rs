//! Long random histories: whatever is done, the world's books must balance.

use crate::world::support::{HOUR, create, register, request, scope, service, set};
use sim::{
    By, ConnectionState, Deed, Draws, LinkChange, LinkDeed, LinkRequest, LinkState, Settings, Sim,
    World, example,
};
use std::collections::BTreeSet;
use std::time::Duration;

/// A stream of numbers for the test's own choices.
struct Choice(u64);

impl Choice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn of<'a, Item>(&mut self, items: &'a [Item]) -> Option<&'a Item> {
        (!items.is_empty()).then(|| &items[self.below(items.len())])
    }
}

fn links(world: &World) -> Vec<String> {
    world.true_links().map(|link| link.id.to_string()).collect()
}

/// One thing that a customer or a person might do; refusals are as good as deeds here.
fn act(world: &mut World, order: &LinkRequest, choice: &mut Choice) {
    let link = choice.of(&links(world)).cloned().unwrap_or_default();
    let rows: Vec<_> = world.true_connections().cloned().collect();
    match choice.below(8) {
        0 | 1 => {
            let token = Some(format!("token-{}", choice.below(6)));
            let _refused = world.create_link(&scope(), &LinkRequest { token, ..order.clone() });
        }
        2 | 3 => {
            let group = world.cluster(example::ORDERS).unwrap().node_groups[0].id.to_string();
            let _refused = world.register(example::ORDERS, &group, &link);
        }
        4 => {
            let _refused = world.delete_link(&scope(), &link);
        }
        5 => {
            if let Some(row) = choice.of(&rows) {
                let group = row.group.as_str();
                let _refused = world.unregister(example::ORDERS, group, row.id.as_str());
            }
        }
        6 => {
            let change = LinkChange {
                add_subnets: set(&[example::SUBNETS[choice.below(3)]]),
                remove_subnets: set(&[example::SUBNETS[choice.below(3)]]),
                private_dns: Some(choice.below(2) == 0),
                ..LinkChange::default()
            };
            let _refused = world.modify_link(&scope(), &link, &change);
        }
        _ => {
            let deeds = [LinkDeed::Reject, LinkDeed::Accept, LinkDeed::Expire, LinkDeed::Discover];
            let deed = deeds[choice.below(4)].clone();
            let _refused = world.deed(Deed::ToLink { link, deed });
        }
    }
}

/// What must be so in every world at every time.
fn balance(world: &World) -> Result<(), String> {
    let demand = |good: bool, what: String| if good { Ok(()) } else { Err(what) };
    let taken: usize = world
        .networks(&example::scope())
        .flat_map(|network| &network.subnets)
        .map(|subnet| subnet.taken.len())
        .sum();
    let interfaces: Vec<_> = world.true_links().flat_map(|link| &link.interfaces).collect();
    let addresses: BTreeSet<_> = interfaces.iter().map(|interface| interface.address).collect();
    demand(taken == interfaces.len(), format!("{taken} taken, {} used", interfaces.len()))?;
    demand(
        addresses.len() == interfaces.len(),
        format!("an address is used twice: {interfaces:?}"),
    )?;
    for link in world.true_links() {
        let deleted = link.state == LinkState::Deleted;
        demand(!deleted || link.interfaces.is_empty(), format!("deleted, and not gone: {link:?}"))?;
        demand(
            link.subnets().len() == link.interfaces.len(),
            format!("twice in a subnet: {link:?}"),
        )?;
    }
    for row in world.true_connections().filter(|row| row.state == ConnectionState::Active) {
        demand(!row.host.is_empty(), format!("active, and nowhere: {row:?}"))?;
    }
    let private = world.true_links().filter(|link| link.private_dns && link.is_live()).count();
    demand(private <= 1, format!("{private} endpoints with one private name"))?;
    let times: Vec<u64> = world.effects().iter().map(|effect| effect.at).collect();
    demand(times.is_sorted(), "time ran backwards".to_owned())
}

#[test]
fn the_books_balance() {
    let mut active = 0;
    let mut spent = BTreeSet::new();
    for seed in 0..150 {
        let sim = Sim::poked(World::example(Draws::from_seed(seed), seed));
        let settings = Settings { link_failure_permille: 50, ..Settings::default() };
        sim.with(|world| world.settings = settings);
        let order = request(&sim);
        let mut choice = Choice(seed);
        for step in 0..120 {
            sim.with(|world| {
                act(world, &order, &mut choice);
                balance(world).unwrap_or_else(|what| panic!("seed {seed}, step {step}: {what}"));
                active += world
                    .true_connections()
                    .filter(|row| row.state == ConnectionState::Active)
                    .count();
                spent.extend(world.true_links().map(|link| format!("{:?}", link.state)));
            });
            sim.poke(Duration::from_secs(choice.below(120) as u64));
        }
    }
    assert!(active > 1_000, "the histories never got anywhere: {active}");
    assert!(spent.len() >= 8, "not every state was reached: {spent:?}");
}

#[test]
fn leaps_and_steps_lead_to_the_same_place() {
    for seed in 0..20 {
        let end = |steps: u32| {
            let sim = Sim::poked(World::example(Draws::from_seed(seed), seed));
            let link = create(&sim);
            register(&sim, &link);
            register(&sim, "vpce-1");
            (0..steps).for_each(|_| sim.poke(HOUR / steps));
            sim.with(|world| {
                let links: Vec<_> = world.true_links().cloned().collect();
                let rows: Vec<_> = world.true_connections().cloned().collect();
                (links, rows, world.now())
            })
        };
        assert_eq!(end(1), end(3_600), "seed {seed}");
    }
}

#[test]
fn what_takes_no_time_is_done_at_the_next_look() {
    let settings = Settings { latency_permille: 0, ..Settings::default() };
    let world = World::new(Draws::documented(), 1).with_settings(settings).furnished();
    let sim = Sim::poked(world);
    assert!(!service(&sim, example::REPORTS).0.is_empty());
    let link = create(&sim);
    let row = register(&sim, &link);
    let state = sim.with(|world| world.true_link(&link).unwrap().state.clone());
    assert_eq!(state, LinkState::Available);
    let rows: Vec<_> = sim.with(|world| world.true_connections().cloned().collect());
    assert_eq!((rows[0].id.clone(), rows[0].state), (row.id, ConnectionState::Active));
}

#[test]
fn ten_thousand_endpoints_are_not_many() {
    let settings = Settings { links_per_network: usize::MAX, ..Settings::default() };
    let world = World::new(Draws::documented(), 1).with_settings(settings).furnished();
    let sim = Sim::poked(world);
    let order = request(&sim);
    let group = service(&sim, example::ORDERS).1;
    sim.with(|world| {
        for _ in 0..10_000 {
            let link = world.create_link(&scope(), &order).unwrap();
            world.register(example::ORDERS, &group, link.id.as_str()).unwrap();
        }
    });
    sim.poke(HOUR);
    sim.with(|world| {
        let links = world.links(&scope());
        assert!(links.iter().all(|link| link.state == LinkState::Available));
        assert_eq!(links.len(), 10_000);
        assert!(world.effects().iter().all(|effect| effect.by == By::Api));
    });
}

#[test]
fn a_long_history_is_not_kept_whole() {
    let sim = Sim::poked(World::example(Draws::documented(), 1));
    let order = request(&sim);
    sim.with(|world| {
        let link = world.create_link(&scope(), &order).unwrap().id.to_string();
        let mut most = 0;
        for number in 0..120_000_u32 {
            let tags = [("number".to_owned(), number.to_string())].into();
            world.tag_link(&scope(), &link, &tags).unwrap();
            most = most.max(world.effects().len());
        }
        assert!((50_000..=100_000).contains(&most), "{most}");
        assert!((50_000..=100_000).contains(&world.effects().len()), "{}", world.effects().len());
    });
}
