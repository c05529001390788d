//! How late the world is seen, and how lists are paged.

use crate::world::support::{calm, create, drawn, joined, register, scope};
use sim::{BadPageToken, ConnectionFilter, Draws, Lag, Lags, Page, PageRequest, Sim, Twist, World};
use std::time::Duration;

const LATE: Lag = Lag { list: 200_000, read: 20_000 };

fn late() -> Lags {
    Lags {
        link_appears: LATE,
        link_changes: LATE,
        connection_appears: LATE,
        connection_changes: LATE,
    }
}

#[test]
fn a_new_endpoint_shows_within_the_lag_and_not_always_at_once() {
    let mut late_ones = 0;
    for seed in 0..40 {
        let draws = Draws { lag: late(), ..Draws::documented() };
        let sim = Sim::poked(World::example(draws, seed));
        let link = create(&sim);
        let listed = || sim.with(|world| world.links(&scope()).len());
        let read = || sim.with(|world| world.link(&scope(), &link).is_some());
        late_ones += u32::from(listed() == 0 && !read());
        sim.poke(Duration::from_millis(LATE.read));
        assert!(read(), "seed {seed}");
        sim.poke(Duration::from_millis(LATE.list - LATE.read));
        assert_eq!(listed(), 1, "seed {seed}");
    }
    assert!(late_ones > 20, "{late_ones}");
}

/// States in the list of connections and of links, joined; nothing that is not listed.
fn listed(sim: &Sim) -> String {
    sim.with(|world| {
        let rows = world.connections(&ConnectionFilter::default());
        let rows: Vec<_> = rows.iter().map(|row| format!("{:?}", row.state)).collect();
        let links: Vec<_> =
            world.links(&scope()).iter().map(|link| format!("{:?}", link.state)).collect();
        [rows, links].concat().join(" ")
    })
}

#[test]
fn appearing_and_changing_are_late_each_in_its_own_way() {
    let none = Draws::documented().lag;
    for (lag, early, settled) in [
        (none, "Pending PendingAcceptance", "Active Available"),
        (Lags { connection_appears: LATE, ..none }, "PendingAcceptance", "Active Available"),
        (Lags { link_appears: LATE, ..none }, "Pending", "Active Available"),
        (
            Lags { connection_changes: LATE, ..none },
            "Pending PendingAcceptance",
            "Pending Available",
        ),
        (
            Lags { link_changes: LATE, ..none },
            "Pending PendingAcceptance",
            "Active PendingAcceptance",
        ),
    ] {
        let mut draws = Draws { lag, ..Draws::documented() };
        let least_and_most = sim::Span { least: 1_000, most: 1_000 };
        draws.latency.connection = least_and_most;
        draws.latency.link = least_and_most;
        let sim = drawn(draws);
        let link = create(&sim);
        register(&sim, &link);
        assert_eq!(listed(&sim), early, "{lag:?}");
        sim.poke(Duration::from_secs(2));
        assert_eq!(listed(&sim), settled, "{lag:?}");
        sim.poke(Duration::from_millis(LATE.list));
        assert_eq!(listed(&sim), "Active Available", "{lag:?}");
    }
}

#[test]
fn a_write_may_miss_what_cannot_be_seen() {
    let draws = Draws { lag: late(), writes_miss_the_unseen: true, ..Draws::documented() };
    let sim = drawn(draws);
    let link = create(&sim);
    let delete = || sim.with(|world| world.delete_link(&scope(), &link));
    assert!(delete().is_err());
    sim.poke(Duration::from_millis(LATE.read));
    assert_eq!(delete(), Ok(()));
}

#[test]
fn replicas_let_time_run_backwards() {
    let draws = Draws { lag: late(), replicas: true, ..Draws::documented() };
    let sim = drawn(draws);
    create(&sim);
    let looks: Vec<usize> =
        (0..40).map(|_| sim.with(|world| world.links(&scope()).len())).collect();
    assert!(looks.windows(2).any(|pair| pair == [1, 0]), "{looks:?}");
    assert!(looks.windows(2).any(|pair| pair == [0, 1]), "{looks:?}");
}

#[test]
fn the_same_seed_is_the_same_history() {
    let history = |seed| {
        let sim = Sim::poked(World::example(Draws::from_seed(seed), seed));
        let link = create(&sim);
        register(&sim, &link);
        let mut looks = vec![];
        for _ in 0..100 {
            sim.poke(Duration::from_secs(7));
            looks.push(sim.with(|world| format!("{:?}", world.links(&scope()))));
            let filter = ConnectionFilter::default();
            looks.push(sim.with(|world| format!("{:?}", world.connections(&filter))));
        }
        looks
    };
    for seed in 0..10 {
        assert_eq!(history(seed), history(seed), "seed {seed}");
    }
    assert_ne!(history(1), history(2));
}

/// Pages of two until the end or a repeated token, with what befell each page.
fn pages(world: &World, twists: &[Option<Twist>]) -> Result<Vec<Page<u32>>, BadPageToken> {
    let rows: Vec<u32> = (0..5).collect();
    let mut pages: Vec<Page<u32>> = vec![];
    loop {
        let token = pages.last().and_then(|page| page.next.clone());
        let request =
            PageRequest { size: 2, token, question: "q".into(), ..PageRequest::default() };
        let twist = twists.get(pages.len()).and_then(Option::as_ref);
        let page = world.page(&rows, &request, twist)?;
        let repeated = page.next.is_some() && page.next == request.token;
        let ended = page.next.is_none() || repeated;
        pages.push(page);
        if ended {
            return Ok(pages);
        }
    }
}

fn check(twists: &[Option<Twist>], expected: &[&[u32]]) {
    calm().with(|world| {
        let pages = pages(world, twists).unwrap();
        let rows: Vec<&[u32]> = pages.iter().map(|page| page.rows.as_slice()).collect();
        assert_eq!(rows, expected, "{twists:?}");
    });
}

#[test]
fn pages_and_what_can_go_wrong_with_them() {
    check(&[], &[&[0, 1], &[2, 3], &[4]]);
    check(&[None, Some(Twist::DropPage)], &[&[0, 1], &[4]]);
    check(&[None, Some(Twist::DuplicateRow)], &[&[0, 1], &[2, 3, 3], &[4]]);
    check(&[None, Some(Twist::RepeatToken)], &[&[0, 1], &[2, 3]]);
    check(&[Some(Twist::EmptyList)], &[&[]]);
    check(&[Some(Twist::RepeatToken)], &[&[0, 1], &[0, 1], &[2, 3], &[4]]);
}

#[test]
fn a_token_is_for_one_question() {
    calm().with(|world| {
        let ask = |token: Option<&str>, question: &str| {
            let (token, question) = (token.map(str::to_owned), question.to_owned());
            world.page(&[1, 2, 3], &PageRequest { size: 1, token, skip: 0, question }, None)
        };
        let next = ask(None, "a").unwrap().next.unwrap();
        assert_eq!(ask(Some(&next), "a").unwrap().rows, [2]);
        assert_eq!(ask(Some(&next), "b"), Err(BadPageToken));
        assert_eq!(ask(Some("nonsense"), "a"), Err(BadPageToken));
        assert_eq!(ask(Some(""), "a").unwrap().rows, [1], "an empty token is none");
    });
}

#[test]
fn a_token_dies_with_a_write_if_so_drawn() {
    for page_token_dies in [false, true] {
        let sim = drawn(Draws { page_token_dies, ..Draws::documented() });
        let ask = |token| {
            let request = PageRequest { size: 1, token, ..PageRequest::default() };
            sim.with(|world| world.page(&[1, 2], &request, None))
        };
        let next = ask(None).unwrap().next;
        joined(&sim);
        assert_eq!(ask(next).is_err(), page_token_dies);
    }
}
