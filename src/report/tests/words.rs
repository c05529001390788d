//! Every word that the planner can say has a sentence, and whoever must act is told how.

use super::super::{Said, Topic, say};
use super::world::{AWS, cluster, registration};
use planner::endpoint::{
    Because, Companion, Completion, ConnectionId, Decision, LinkId, Problem, REASONS, ServiceName,
    Side, Step, Waiting,
};
use std::collections::BTreeSet;

fn link() -> LinkId {
    LinkId("vpce-0f1".into())
}

fn connection() -> ConnectionId {
    ConnectionId("pec-77".into())
}

fn steps() -> Vec<Step> {
    let service = ServiceName("svc".into());
    vec![
        Step::CreateLink { service, completion: Completion::AtCreation },
        Step::AdoptLink { link: link() },
        Step::UpdateLink { link: link() },
        Step::DeleteLink { link: link() },
        Step::ReleaseLink { link: link() },
        Step::Register(registration()),
        Step::Unregister { connection: connection() },
    ]
}

fn waits() -> Vec<Waiting> {
    vec![
        Waiting::ServicePreparing,
        Waiting::LinkProvisioning,
        Waiting::Acceptance,
        Waiting::LinkUpdating,
        Waiting::LinkDeleting,
        Waiting::ConnectionPending,
        Waiting::ConnectionDeleting,
        Waiting::OperatorMustRegister(registration()),
        Waiting::OperatorMustUnregister(connection()),
        Waiting::NotUnderstood(Side::Service),
        Waiting::NotUnderstood(Side::Link),
        Waiting::NotUnderstood(Side::Connection),
        Waiting::Recollecting,
        Waiting::Companion(Companion("orders-bi".into())),
    ]
}

fn problems() -> Vec<Problem> {
    let step = Step::UpdateLink { link: link() };
    vec![
        Problem::ServiceGone,
        Problem::LinkRefused(link()),
        Problem::NotOurs(link()),
        Problem::CannotAdopt(link()),
        Problem::Ambiguous(vec![link(), LinkId("vpce-0f2".into())]),
        Problem::Protected,
        Problem::Declined(step.clone()),
        Problem::KeepsFailing(step),
    ]
}

fn said(decision: &Decision) -> Said {
    say(decision, Topic { vendor: AWS, cluster: &cluster("orders") })
}

fn all() -> Vec<Decision> {
    let steps = steps().into_iter().map(|step| Decision::Do(step, Because::Missing));
    let waits = waits().into_iter().map(Decision::Wait);
    let problems = problems().into_iter().map(Decision::Stuck);
    steps.chain(waits).chain(problems).chain([Decision::Settled]).collect()
}

/// So that no test below forgets one.
#[test]
fn these_are_all_that_the_planner_says() {
    let words: BTreeSet<&str> = all().iter().map(|decision| said(decision).word).collect();
    assert_eq!(words, BTreeSet::from(REASONS));
}

#[test]
fn sentences_compose() {
    for decision in all() {
        let sentence = said(&decision).sentence;
        assert!(!sentence.ends_with('.'), "{sentence}");
        assert!(!sentence.contains('{'), "{sentence}");
        assert!(!sentence.is_empty());
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
        let said = said(&Decision::Wait(waiting.clone()));
        let open = said.who == Some(planner::Actor::You)
            || matches!(waiting, Waiting::NotUnderstood(_) | Waiting::Companion(_));
        assert_eq!(said.usually.is_none(), open, "{}", said.word);
    }
}

#[test]
fn a_command_names_the_region_as_the_cloud_does() {
    let said = said(&Decision::Stuck(Problem::LinkRefused(link())));
    let command = "aws ec2 delete-vpc-endpoints --region us-east-1 --vpc-endpoint-ids vpce-0f1";
    assert_eq!(said.command.as_deref(), Some(command));
}
