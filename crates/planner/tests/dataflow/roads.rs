//! What holds for the whole way from a world to its end.

use crate::worlds::*;
use planner::dataflow::*;

#[test]
fn every_road_ends() {
    let mut longest = 0;
    for desired in desires() {
        for world in worlds() {
            let road = outline(&desired, world);
            longest = longest.max(road.len());
            let (last, ending) = &road[road.len() - 1];
            let mends = matches!(&desired, Desired::Present(Shape::Build, terms)
                if terms.on_drift == OnDrift::Enforce);
            if mends && *ending == Decision::Settled {
                let drifts = BLOCKS.iter().any(|block| last.drift(*block) != Drift::None);
                assert!(!drifts && last.permission != Permission::Missing, "{world:?}");
            }
        }
    }
    println!("{} worlds x {} desires, longest road {longest}", worlds().len(), desires().len());
}

fn healthy(world: &Observed) -> bool {
    world.targets.iter().any(|target| target.health == Health::Healthy)
}

/// Unless the building itself must come down, and then nothing flows anyway.
#[test]
fn a_healthy_target_is_never_the_last() {
    for world in worlds() {
        let road = outline(&present(Shape::Build), world);
        let falls = road.iter().any(|(_, d)| matches!(d, Decision::Do(Step::Delete(..), _)))
            || road.iter().any(|(_, d)| matches!(d, Decision::Wait(Waiting::Deleting(_))));
        let mut served = false;
        for (step, _) in &road {
            assert!(falls || !served || healthy(step), "{world:?}");
            served |= healthy(step);
        }
    }
}

#[test]
fn removal_leaves_nothing_of_ours_unless_it_is_stopped() {
    for world in worlds() {
        let road = outline(&absent(), world);
        let (last, ending) = &road[road.len() - 1];
        let stopped = matches!(
            ending,
            Decision::Stuck(Problem::InUse(_) | Problem::NotOurs(_))
                | Decision::Wait(Waiting::BlockNotUnderstood(_) | Waiting::ConnectionNotUnderstood)
        );
        assert!(stopped || *ending == Decision::Settled, "{ending:?} {world:?}");
        let left = BLOCKS.into_iter().any(|block| stands(last.part(block)));
        assert!(stopped || !left, "{world:?}");
        assert!(left || !matches!(ending, Decision::Stuck(Problem::NotOurs(_))), "{world:?}");
    }
}

fn preview(desired: &Desired, world: &Observed) -> Vec<String> {
    let road = outline(desired, world);
    let lines = road.iter().filter_map(|(_, decision)| match decision {
        Decision::Do(step, _) => Some(format!("{step:?}")),
        Decision::Wait(_) => None,
        Decision::Settled | Decision::Stuck(_) => Some(format!("{decision:?}")),
    });
    let short = |line: String| match line.split_once([',', ' ', ')']) {
        Some((head, _)) => head.replace('(', " "),
        None => line,
    };
    lines.map(short).collect()
}

#[test]
fn a_preview_from_nothing_builds_every_part_in_order() {
    let steps = preview(&present(Shape::Build), &nothing_yet());
    assert_eq!(
        steps,
        [
            "Create TargetGroup",
            "RegisterTarget 10.0.0.2",
            "Create LoadBalancer",
            "Create Listener",
            "Create Service",
            "Permit",
            "Connect",
            "Accept",
            "Settled"
        ]
    );
    let existing = present(Shape::Existing(foreign_id(Block::Service)));
    assert_eq!(preview(&existing, &nothing_yet()), ["Permit", "Connect", "Accept", "Settled"]);
}

fn finished() -> Observed {
    let road = outline(&present(Shape::Build), &nothing_yet());
    road[road.len() - 1].0.clone()
}

#[test]
fn a_preview_of_removal_takes_every_part_in_reverse() {
    assert_eq!(
        preview(&absent(), &finished()),
        [
            "Disconnect",
            "Forbid",
            "Delete Service",
            "Delete Listener",
            "Delete LoadBalancer",
            "Delete TargetGroup",
            "Settled"
        ]
    );
}

#[test]
fn a_failover_registers_before_it_deregisters() {
    let mut world = finished();
    world.addresses = vec![OLD];
    let steps = preview(&present(Shape::Build), &world);
    assert_eq!(steps, ["RegisterTarget 10.0.0.1", "DeregisterTarget 10.0.0.2", "Settled"]);
}

#[test]
fn a_change_to_an_existing_service_moves_the_connection_before_it_sweeps() {
    let existing = present(Shape::Existing(foreign_id(Block::Service)));
    let steps = preview(&existing, &finished());
    assert_eq!(
        steps,
        [
            "Disconnect",
            "Connect",
            "Accept",
            "Delete Service",
            "Delete Listener",
            "Delete LoadBalancer",
            "Delete TargetGroup",
            "Settled"
        ]
    );
}
