//! The vendor's words, one by one.

use super::*;
use crate::exposing::model::ConnectionZone;
use serde_json::{Value as Json, json};

fn read<Row: serde::de::DeserializeOwned>(row: Json) -> Row {
    serde_json::from_value(row).unwrap()
}

#[test]
fn a_request_is_told_by_its_status_and_its_zones() {
    use RequestState::{Accepted, Pending, Rejected};
    for (status, zones, expected) in [
        ("Disconnected", vec!["Wait"], Some(Pending)),
        ("Disconnected", vec![], Some(Pending)),
        ("Disconnected", vec!["Disconnected", "Disconnected"], Some(Rejected)),
        ("Disconnected", vec!["Disconnected", "Wait"], Some(Pending)),
        ("Pending", vec!["Wait"], Some(Pending)),
        ("Connecting", vec![], Some(Accepted)),
        ("Connected", vec!["Connected"], Some(Accepted)),
        ("Disconnecting", vec![], Some(Rejected)),
        ("Deleting", vec![], None),
        ("ServiceDeleted", vec![], None),
        ("Hibernating", vec![], Some(Accepted)),
    ] {
        let zones = zones.into_iter().map(|status| ConnectionZone { status: status.into() });
        let connection = Connection {
            service_id: "epsrv-1".into(),
            endpoint_id: Some("ep-1".into()),
            endpoint_owner_id: Some(AccountNumber::Number(12)),
            status: status.into(),
            zones: zones.collect(),
        };
        let seen = request(&connection);
        assert_eq!(seen.as_ref().map(|seen| seen.state), expected, "{connection:?}");
        assert!(seen.is_none_or(|seen| seen.account == "12"));
    }
}

#[test]
fn each_part_has_a_state_of_its_own() {
    use PartState::{Deleting, Failed, NotUnderstood, Preparing, Ready};
    for (word, expected) in [
        ("Creating", Preparing),
        ("Available", Ready),
        ("Configuring", Ready),
        ("Deleting", Deleting),
        ("Hibernating", NotUnderstood),
    ] {
        let row = read(json!({"ServerGroupId": "sgp-1", "ServerGroupStatus": word}));
        assert_eq!(group(&row, &[], Checked::Nobody).unwrap().state, expected, "{word}");
    }
    for (word, expected) in [
        ("Provisioning", Preparing),
        ("Configuring", Preparing),
        ("Active", Ready),
        ("Inactive", NotUnderstood),
        ("CreateFailed", Failed),
        ("Deleting", Deleting),
    ] {
        let row = read(json!({"LoadBalancerId": "nlb-1", "LoadBalancerStatus": word}));
        assert_eq!(balancer(&row).unwrap().state, expected, "{word}");
    }
    for (word, expected) in [
        ("Provisioning", Preparing),
        ("Starting", Preparing),
        ("Configuring", Preparing),
        ("Running", Ready),
        ("Stopped", NotUnderstood),
        ("Deleting", Deleting),
    ] {
        let row = json!({"ListenerId": "lsn-1", "ListenerStatus": word, "LoadBalancerId": "nlb-1"});
        let seen = listener(&read(row)).unwrap();
        assert_eq!(seen.state, expected, "{word}");
        assert_eq!(seen.message.is_some(), word == "Stopped");
    }
    for (word, business, expected) in [
        ("Creating", "Normal", Preparing),
        ("Pending", "Normal", Preparing),
        ("Active", "Normal", Ready),
        ("Active", "FinancialLocked", NotUnderstood),
        ("Deleting", "Normal", Deleting),
    ] {
        let row = json!({
            "ServiceName": "x", "ServiceStatus": word, "ServiceBusinessStatus": business,
        });
        let seen = service(&read(row), &[], &Standing::new(), &[], Vec::new()).unwrap();
        assert_eq!(seen.state, expected, "{word}, {business}");
    }
}

#[test]
fn a_locked_balancer_is_left_alone() {
    let row = read(json!({
        "LoadBalancerId": "nlb-1", "LoadBalancerStatus": "Active",
        "LoadBalancerBusinessStatus": "Abnormal",
        "OperationLocks": [{"LockType": "FinancialLocked", "LockReason": "overdue"}],
    }));
    let seen = balancer(&row).unwrap();
    assert_eq!(seen.state, PartState::NotUnderstood);
    assert!(seen.message.unwrap().contains("FinancialLocked overdue"));
}

#[test]
fn a_server_is_healthy_when_its_listener_says_nothing_of_it() {
    let health = |server: &str, checked: Checked<'_>| {
        let row = json!({"ServerGroupId": "sgp-1", "ServerGroupStatus": "Available"});
        let server = json!({"ServerId": "10.0.1.23", "Port": 3306, "Status": server});
        let seen = group(&read(row), &[read(server)], checked).unwrap();
        let PartFacts::TargetGroup { targets } = seen.facts else { panic!("a group") };
        let [target] = &targets[..] else { panic!("{targets:?}") };
        (target.target.health, target.reason.clone().unwrap_or_default())
    };
    let said = |status: &str, port: u16| -> GroupHealth {
        read(json!({
            "ServerGroupId": "sgp-1", "HeathCheckEnabled": true,
            "NonNormalServers": [{
                "ServerId": "10.0.1.23", "Port": port, "Status": status,
                "Reason": {"ReasonCode": "CONNECT_TIMEOUT"},
            }],
        }))
    };
    assert_eq!(health("Available", Checked::Nobody).0, Health::Unused);
    assert_eq!(health("Available", Checked::NotYet).0, Health::Checking);
    assert_eq!(health("Adding", Checked::Nobody).0, Health::Checking);
    assert_eq!(health("Removing", Checked::By(&said("Unhealthy", 3306))).0, Health::Draining);
    assert_eq!(health("Available", Checked::By(&said("Unhealthy", 3307))).0, Health::Healthy);
    assert_eq!(health("Available", Checked::By(&said("Initial", 3306))).0, Health::Checking);
    assert_eq!(
        health("Available", Checked::By(&said("Unhealthy", 3306))),
        (Health::Unhealthy, "CONNECT_TIMEOUT".into())
    );
    let off = read(json!({"ServerGroupId": "sgp-1", "HeathCheckEnabled": false}));
    let (state, reason) = health("Available", Checked::By(&off));
    assert!(state == Health::Checking && reason.contains("off"), "{reason}");
}
