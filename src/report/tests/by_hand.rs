//! Where a person must enter something in a console: the way there, and each value alone on its line.

use super::super::json::json;
use super::super::markdown::markdown;
use super::super::status;
use super::super::style::Style;
use super::super::text::text;
use super::super::{Paste, Topic, say};
use super::standing::status_of;
use super::world::{AWS, World, absent, active, cluster, plan};
use planner::Moment;
use planner::endpoint::{
    Address, Connection, ConnectionFacts, ConnectionId, ConnectionState, Decision, Drift,
    Handshake, LinkId, OnDelete, Registration, Waiting,
};

const NOW: Moment = Moment(1_760_000_000);

/// Built, and not known to TiDB Cloud.
fn built(name: &str) -> World {
    let mut world = active(name);
    world.observed.handshake = Handshake::ByOperator(Connection::Absent);
    world.edited = true;
    world
}

fn pasted(address: Address) -> Vec<(String, String)> {
    let registration = Registration { link: LinkId("ep-0f1".into()), address };
    let decision = Decision::Wait(Waiting::OperatorMustRegister(registration));
    let said = say(&decision, Topic { vendor: AWS, cluster: &cluster("orders") });
    said.paste.into_iter().map(|Paste { field, value }| (field, value)).collect()
}

#[test]
fn each_field_is_called_as_the_console_calls_it() {
    let pair = |field: &str, value: &str| (field.to_owned(), value.to_owned());
    assert_eq!(pasted(Address::None), [pair("VPC endpoint ID", "ep-0f1")]);
    assert_eq!(
        pasted(Address::Domain("ep-0f1.example".into())),
        [pair("Endpoint Resource ID", "ep-0f1"), pair("Domain Name", "ep-0f1.example")]
    );
    assert_eq!(
        pasted(Address::Ip([10, 0, 0, 7].into())),
        [pair("Resource ID", "ep-0f1"), pair("IP address", "10.0.0.7")]
    );
}

/// Whoever copies a line of it copies the value and nothing else.
fn alone(text: &str, value: &str) -> bool {
    text.lines().any(|line| line.trim() == value)
}

#[test]
fn a_value_stands_alone_wherever_it_is_shown() {
    let world = built("orders-web");
    let one = status_of(&world);
    assert!(alone(&status::detail(&one, NOW, Style::Plain), "vpce-0f1"));
    let all = status::Status {
        generated_at: NOW,
        endpoints: vec![one],
        scopes: vec![],
        budgets: vec![],
        holds: vec![],
        manifest: vec![],
    };
    assert!(alone(&status::table(&all, Style::Plain), "vpce-0f1"));
    let plan = plan(&[world]);
    for shown in [text(&plan, Style::Plain), markdown(&plan)] {
        assert!(alone(&shown, "vpce-0f1"), "{shown}");
        assert!(shown.contains("Settings > Networking > Create Private Endpoint"), "{shown}");
    }
    let read: serde_json::Value = serde_json::from_str(&json(&plan)).expect("JSON");
    let step = &read["endpoints"][0]["steps"][0];
    assert_eq!(step["word"], "operator-must-register");
    assert_eq!(step["who"], "you");
    assert_eq!(step["paste"][0]["value"], "vpce-0f1");
}

#[test]
fn what_is_not_there_yet_is_asked_for_without_a_value() {
    let mut world = absent("orders-web");
    world.observed.handshake = Handshake::ByOperator(Connection::Absent);
    let steps = world.plan().steps;
    let words: Vec<&str> = steps.iter().map(|step| step.word).collect();
    assert_eq!(
        words,
        [
            "create-link",
            "link-provisioning",
            "operator-must-register",
            "connection-pending",
            "acceptance",
            "update-link",
            "link-updating"
        ]
    );
    assert!(steps.iter().all(|step| step.paste.is_empty()), "{steps:#?}");
}

#[test]
fn a_removal_asks_for_the_console_before_it_deletes() {
    let mut world = active("orders-web").removed(OnDelete::Remove);
    world.change_link(|link| link.drift = Drift::None);
    world.observed.handshake = Handshake::ByOperator(Connection::Present(ConnectionFacts {
        id: ConnectionId("pec-77".into()),
        registration: super::world::registration(),
        state: ConnectionState::Active,
    }));
    let steps = world.plan().steps;
    let words: Vec<&str> = steps.iter().map(|step| step.word).collect();
    assert_eq!(words, ["operator-must-unregister", "delete-link", "link-deleting"]);
    let how = steps[0].remedy.as_deref().expect("a person is told how");
    assert!(how.contains("Settings > Networking") && how.contains("pec-77"), "{how}");
}
