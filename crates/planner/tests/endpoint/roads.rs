//! What holds for the whole way from a world to its end.

use crate::worlds::*;
use planner::endpoint::*;

#[test]
fn every_road_ends() {
    let (worlds, desires) = (worlds(), desires());
    let mut longest = 0;
    for desired in &desires {
        for world in &worlds {
            longest = longest.max(outline(*desired, world).len());
        }
    }
    let (worlds, desires) = (worlds.len(), desires.len());
    println!("{worlds} worlds x {desires} desires, longest road {longest}");
}

#[test]
fn removal_ends_settled_unless_it_is_stopped() {
    for world in worlds() {
        let road = outline(Desired::Absent(OnDelete::Remove), &world);
        let (last, ending) = &road[road.len() - 1];
        let stopped = matches!(
            ending,
            Decision::Wait(Waiting::NotUnderstood(_)) | Decision::Stuck(Problem::Ambiguous(_))
        );
        assert!(stopped || *ending == Decision::Settled, "{world:?}");
        assert!(stopped || !matches!(last.link, Link::Ours(_) | Link::Arriving(_)), "{world:?}");
    }
}

#[test]
fn adoption_never_leads_to_destruction() {
    let worlds = worlds();
    for desired in desires() {
        for world in worlds.iter().filter(|world| matches!(world.link, Link::Foreign(_))) {
            let stale = connected(world).is_some_and(|c| c.registration != registration());
            let failed = connected(world).is_some_and(|c| c.state == ConnectionState::Failed);
            let road = outline(desired, world);
            let deletes = |(_, decision): &(Observed, Decision)| {
                matches!(decision, Decision::Do(Step::DeleteLink { .. }, _))
            };
            assert!(!road.iter().any(deletes), "{world:?}");
            let destroyed = road.iter().any(|(_, decision)| destroys(decision));
            assert!(!destroyed || stale || failed, "{desired:?} {world:?}");
        }
    }
}

/// What a person reads in a preview: our steps, and what is asked of them.
fn preview(desired: Desired, world: &Observed) -> Vec<String> {
    let road = outline(desired, world);
    let lines = road.iter().filter_map(|(_, decision)| match decision {
        Decision::Do(step, _) => Some(format!("{step:?}")),
        Decision::Wait(
            waiting @ (Waiting::OperatorMustRegister(_) | Waiting::OperatorMustUnregister(_)),
        ) => Some(format!("{waiting:?}")),
        Decision::Wait(_) => None,
        Decision::Settled | Decision::Stuck(_) => Some(format!("{decision:?}")),
    });
    lines.map(|line| line.split([' ', '(']).next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_preview_from_nothing_shows_each_flow_to_its_end() {
    let present = Desired::Present(USUAL);
    let by_api = preview(present, &nothing_yet(Handshake::ByApi(Connection::Absent)));
    assert_eq!(by_api, ["CreateLink", "Register", "UpdateLink", "Settled"]);
    let by_operator = preview(present, &nothing_yet(Handshake::ByOperator(Connection::Absent)));
    assert_eq!(by_operator, ["CreateLink", "OperatorMustRegister", "UpdateLink", "Settled"]);
    let shared = preview(present, &nothing_yet(Handshake::None));
    assert_eq!(shared, ["CreateLink", "Settled"]);
    let plain = Desired::Present(Terms { completion: Completion::AtCreation, ..USUAL });
    let azure = preview(plain, &nothing_yet(Handshake::ByApi(Connection::Absent)));
    assert_eq!(azure, ["CreateLink", "Register", "Settled"]);
}

#[test]
fn a_preview_of_removal_shows_each_flow_to_its_end() {
    let present = Desired::Present(USUAL);
    let absent = Desired::Absent(OnDelete::Remove);
    let removal = |handshake| {
        let road = outline(present, &nothing_yet(handshake));
        preview(absent, &road[road.len() - 1].0)
    };
    let by_api = removal(Handshake::ByApi(Connection::Absent));
    assert_eq!(by_api, ["Unregister", "DeleteLink", "Settled"]);
    let by_operator = removal(Handshake::ByOperator(Connection::Absent));
    assert_eq!(by_operator, ["OperatorMustUnregister", "DeleteLink", "Settled"]);
    assert_eq!(removal(Handshake::None), ["DeleteLink", "Settled"]);
}
