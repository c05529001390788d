//! What a step of ours, and another party's part, change in what was seen; and what they leave as it is.

use crate::worlds::*;
use planner::dataflow::*;

#[test]
fn what_was_done_to_something_else_is_not_assumed_of_ours() {
    let other = || PartId("another".into());
    for world in worlds() {
        let mut steps = vec![Step::Disconnect { connection: ConnectionId("another".into()) }];
        for block in BLOCKS {
            steps.extend([Step::Delete(block, other()), Step::Update(block, other())]);
        }
        if world.permission != Permission::Missing {
            steps.push(Step::Permit);
        }
        for step in steps {
            assert_eq!(world.clone().assuming_done(&step), *world, "{step:?}");
        }
    }
}

#[test]
fn only_the_targets_of_a_group_that_goes_go_with_it() {
    let road = outline(&present(Shape::Build), &nothing_yet());
    let works = &road[road.len() - 1].0;
    assert_eq!(works.targets.len(), 1);
    for block in BLOCKS {
        let after = works.clone().assuming_over(Waiting::Deleting(block)).unwrap();
        assert_eq!(*after.part(block), Part::Absent);
        assert_eq!(after.targets.is_empty(), block == Block::TargetGroup, "{block:?}");
    }
}

#[test]
fn only_a_target_that_is_wanted_and_stays_becomes_healthy() {
    let target = |address, health| Target { address, health };
    for (address, health, expected) in [
        (NEW, Health::Checking, Health::Healthy),
        (NEW, Health::Draining, Health::Draining),
        (OLD, Health::Unhealthy, Health::Unhealthy),
    ] {
        let world = Observed { targets: vec![target(address, health)], ..nothing_yet() };
        let after = world.assuming_over(Waiting::TargetHealth).unwrap();
        assert_eq!(after.targets, [target(address, expected)]);
    }
}

#[test]
fn a_domain_that_is_detached_is_missing_where_it_is_wanted_and_gone_where_it_is_not() {
    let domain = |asked, state| Domain { name: DomainName::Managed, asked, state };
    let detaching = || DomainState::Detaching(AttachmentId("one".into()));
    let attached = || DomainState::Attached(AttachmentId("two".into()));
    let domains = vec![
        domain(Asked::Wanted, detaching()),
        domain(Asked::Unwanted, detaching()),
        domain(Asked::Unwanted, attached()),
    ];
    let world = Observed { domains, ..nothing_yet() };
    let after = world.assuming_over(Waiting::DomainsDetaching).unwrap();
    let expected =
        [domain(Asked::Wanted, DomainState::Absent), domain(Asked::Unwanted, attached())];
    assert_eq!(after.domains, expected);
}

#[test]
fn only_what_is_in_use_is_in_the_way() {
    everywhere(|desired, world| {
        if matches!(decide(desired, world), Decision::Stuck(Problem::InUse(_))) {
            assert_eq!(world.used, Use::Busy, "{world:?}");
        }
    });
}
