//! The same of private link connections: every word has a sentence, and whoever must act is told how.

use super::super::{Said, Topic, flow_words};
use super::world::{AWS, cluster};
use planner::dataflow::{
    AttachmentId, Because, Block, ConnectionId, Decision, DomainName, EndpointId, Misplaced,
    PartId, Problem, REASONS, Step, Waiting,
};
use std::collections::BTreeSet;

const BLOCKS: [Block; 4] =
    [Block::TargetGroup, Block::LoadBalancer, Block::Listener, Block::Service];

fn part() -> PartId {
    PartId("part-1".into())
}

fn connection() -> ConnectionId {
    ConnectionId("plc-7".into())
}

fn endpoint(id: &str) -> EndpointId {
    EndpointId(id.into())
}

fn steps() -> Vec<Step> {
    let address = [10, 0, 0, 9].into();
    let of_blocks =
        |block| [Step::Create(block), Step::Update(block, part()), Step::Delete(block, part())];
    let mut steps: Vec<Step> = BLOCKS.into_iter().flat_map(of_blocks).collect();
    steps.extend([
        Step::RegisterTarget(address),
        Step::DeregisterTarget(address),
        Step::Permit,
        Step::Forbid,
        Step::Withdraw { service: part() },
        Step::Connect { service: part() },
        Step::Disconnect { connection: connection() },
        Step::Attach { connection: connection(), domain: DomainName::Managed },
        Step::Attach {
            connection: connection(),
            domain: DomainName::Confluent("domnprzqrog.us-east-1".into()),
        },
        Step::Detach { connection: connection(), attachment: AttachmentId("ad-1".into()) },
        Step::Accept { endpoint: endpoint("vpce-1") },
        Step::Reject { endpoint: endpoint("vpce-1") },
    ]);
    steps
}

fn waits() -> Vec<Waiting> {
    let of_blocks =
        |block| [Waiting::Preparing(block), Waiting::Updating(block), Waiting::Deleting(block)];
    let mut waits: Vec<Waiting> = BLOCKS.into_iter().flat_map(of_blocks).collect();
    waits.extend([
        Waiting::Resolution,
        Waiting::TargetChecking,
        Waiting::TargetHealth,
        Waiting::ConnectionCreating,
        Waiting::RequestArriving,
        Waiting::ConnectionPending,
        Waiting::ConnectionDeleting,
        Waiting::DomainsAttaching,
        Waiting::DomainsDetaching,
        Waiting::RequestsLeaving,
        Waiting::TakingEffect,
        Waiting::BlockNotUnderstood(Block::Service),
        Waiting::ConnectionNotUnderstood,
    ]);
    waits
}

fn problems() -> Vec<Problem> {
    vec![
        Problem::NotOurs(part()),
        Problem::ConnectionNotOurs(connection()),
        Problem::CannotAdopt(connection()),
        Problem::Ambiguous(vec!["plc-7".into(), "plc-8".into()]),
        Problem::RequestRejected(endpoint("vpce-1")),
        Problem::InUse(connection()),
        Problem::Misplaced(Misplaced::Public([203, 0, 113, 7].into())),
        Problem::Misplaced(Misplaced::OutsideNetwork([10, 99, 0, 7].into())),
        Problem::Protected,
        Problem::Declined(Step::Permit),
        Problem::KeepsFailing(Step::Create(Block::LoadBalancer)),
    ]
}

fn all() -> Vec<Decision> {
    let steps = steps().into_iter().map(|step| Decision::Do(step, Because::Missing));
    let waits = waits().into_iter().map(Decision::Wait);
    let problems = problems().into_iter().map(Decision::Stuck);
    steps.chain(waits).chain(problems).chain([Decision::Settled]).collect()
}

fn said(decision: &Decision) -> Said {
    flow_words::say(decision, Topic { vendor: AWS, cluster: &cluster("orders") })
}

/// So that no test below forgets one.
#[test]
fn these_are_all_that_the_planner_says() {
    let words: BTreeSet<&str> = all().iter().map(|decision| said(decision).word).collect();
    assert_eq!(words, BTreeSet::from(REASONS));
}

#[test]
fn sentences_compose_and_no_two_are_alike() {
    let mut sentences = BTreeSet::new();
    for decision in all() {
        let sentence = said(&decision).sentence;
        assert!(!sentence.is_empty() && !sentence.ends_with('.'), "{sentence}");
        assert!(!sentence.contains(['{', '(']), "{sentence}");
        assert!(sentences.insert(sentence.clone()), "{sentence}");
    }
}

#[test]
fn who_must_act_is_told_how() {
    for decision in all() {
        let said = said(&decision);
        if said.who == Some(planner::Actor::You) {
            assert!(said.remedy.is_some(), "{}", said.word);
        }
    }
}

#[test]
fn every_wait_on_a_machine_has_a_usual_length() {
    for waiting in waits() {
        let said = said(&Decision::Wait(waiting));
        let open =
            matches!(waiting, Waiting::BlockNotUnderstood(_) | Waiting::ConnectionNotUnderstood);
        if said.who != Some(planner::Actor::You) {
            assert_eq!(said.usually.is_none(), open, "{}", said.word);
        }
    }
}

/// A plan speaks of what does not exist yet, without an id.
#[test]
fn what_is_only_foreseen_has_no_id() {
    let foreseen = Step::Delete(Block::Listener, PartId("(Listener, known after)".into()));
    let sentence = |step| said(&Decision::Do(step, Because::Missing)).sentence;
    assert_eq!(sentence(foreseen), "delete the listener");
    let known = Step::Delete(Block::Listener, part());
    assert_eq!(sentence(known), "delete the listener part-1");
    let accept = Step::Accept { endpoint: endpoint("(known after)") };
    assert_eq!(
        sentence(accept),
        "accept the request of the endpoint, which TiDB Cloud calls its own"
    );
}
