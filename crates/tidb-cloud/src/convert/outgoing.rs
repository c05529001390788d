//! The same for private link connections, and for the jobs that go through them.

use super::{Unusable, needed};
use crate::body;
use crate::model::{
    AttachedDomain, ClusterId, DomainKind, DomainName, OutgoingAccount, PrivateLinkConnection,
};
use crate::text::clean;
use planner::dataflow::{ConnectionId, ConnectionState, EndpointId, PartId};
use serde::Serialize;

const WHAT: &str = "a private link connection";

pub(crate) fn outgoing(
    of: &ClusterId,
    row: body::Outgoing,
) -> Result<PrivateLinkConnection, Unusable> {
    let body::Outgoing {
        private_link_connection_id,
        cluster_id,
        display_name,
        state,
        message,
        aws_endpoint_service,
        alicloud_endpoint_service,
        attached_domains,
    } = row;
    if let Some(other) = cluster_id.filter(|found| *found != of.0) {
        return Err(format!("asked for instance {of}, got a row of {other}"));
    }
    let service = aws_endpoint_service.or(alicloud_endpoint_service).unwrap_or_default();
    let body::OutgoingService { name, endpoint_id } = service;
    let word = state.unwrap_or_default();
    let domains = attached_domains.unwrap_or_default().into_iter();
    Ok(PrivateLinkConnection {
        id: ConnectionId(
            needed(WHAT, "privateLinkConnectionId", private_link_connection_id)?.into(),
        ),
        name: display_name.unwrap_or_default(),
        service: PartId(name.unwrap_or_default().into()),
        endpoint: endpoint_id.map(|id| EndpointId(id.into())),
        state: state_of(&word),
        word: clean(&word),
        message: message.map(|message| clean(&message)),
        domains: domains.map(attached).collect::<Result<_, _>>()?,
    })
}

/// `CONNECTING` was a word of an older version of the API.
fn state_of(word: &str) -> ConnectionState {
    match word {
        "CREATING" | "CONNECTING" => ConnectionState::Creating,
        "PENDING_ACCEPTANCE" => ConnectionState::PendingAcceptance,
        "ACTIVE" => ConnectionState::Active,
        "FAILED" => ConnectionState::Failed,
        "DELETING" => ConnectionState::Deleting,
        _ => ConnectionState::NotUnderstood,
    }
}

pub(crate) fn outgoing_account(found: body::OutgoingZones) -> Result<OutgoingAccount, Unusable> {
    let body::OutgoingZones { account_id, az_ids } = found;
    let id = needed("the answer about zones", "accountId", account_id)?;
    Ok(OutgoingAccount { id, zones: az_ids.unwrap_or_default().into_iter().collect() })
}

/// The domains of one attachment.
pub(crate) fn attached(row: body::Attached) -> Result<AttachedDomain, Unusable> {
    let body::Attached { attach_domain_id: id, r#type, unique_name, domains } = row;
    let kind = match r#type.unwrap_or_default() {
        word if word == MANAGED => DomainKind::Managed,
        word if word == CONFLUENT => DomainKind::Confluent,
        other => DomainKind::Unknown(clean(&other)),
    };
    let names = domains.unwrap_or_default().into_iter().map(|domain| {
        let body::DomainName { name, state, message } = domain;
        DomainName {
            name: name.unwrap_or_default(),
            word: clean(&state.unwrap_or_default()),
            message: message.map(|message| clean(&message)),
        }
    });
    let unique_name = needed("an attached domain", "uniqueName", unique_name)?;
    Ok(AttachedDomain { id, kind, unique_name, names: names.collect() })
}

/// The vendor's word, if it is a kind that can be asked for.
pub(crate) fn domain_kind(kind: &DomainKind) -> Result<&'static str, String> {
    match kind {
        DomainKind::Managed => Ok(MANAGED),
        DomainKind::Confluent => Ok(CONFLUENT),
        DomainKind::Unknown(word) => Err(format!("{word:?} is no kind of domain that we know")),
    }
}

pub(crate) const MANAGED: &str = "TIDBCLOUD_MANAGED";
const CONFLUENT: &str = "CONFLUENT";

/// A job, and the connections that it goes through.
pub(crate) type Job = (String, Vec<ConnectionId>);

const PRIVATE: &str = "PRIVATE_LINK";

/// One that does not say where it goes is no use to who asks whether a connection is used.
pub(crate) fn changefeed(row: body::Changefeed) -> Result<Job, Unusable> {
    let body::Changefeed { changefeed_id, sink } = row;
    let id = needed("a changefeed", "changefeedId", changefeed_id)?;
    let sink = sink.unwrap_or_default();
    let sinks = [sink.mysql, sink.kafka].into_iter().flatten();
    let networks: Vec<_> = sinks.map(|sink| sink.network.unwrap_or_default()).collect();
    if networks.is_empty() {
        return Err(format!("changefeed {id} does not say where it goes"));
    }
    let mut named = Vec::new();
    for body::SinkNetwork { network_type, private_link } in networks {
        let connection = private_link.and_then(|link| link.private_link_connection_id);
        if connection.is_none() && network_type.as_deref().is_none_or(|word| word == PRIVATE) {
            return Err(format!("changefeed {id} does not say which connection it goes through"));
        }
        named.extend(connection.map(|id| ConnectionId(id.into())));
    }
    Ok((id, named))
}

/// The same of a migration; nothing, where a list leaves out what it is made of.
pub(crate) fn migration(row: body::Migration) -> Result<(String, Option<Job>), Unusable> {
    let body::Migration { migration_id, sub_tasks } = row;
    let id = needed("a migration", "migrationId", migration_id)?;
    let tasks = sub_tasks.unwrap_or_default();
    let mut named = Vec::new();
    for task in &tasks {
        let profile = task.source.as_ref().and_then(|source| source.conn_profile.as_ref());
        let Some(body::ConnProfile { conn_type, endpoint_id }) = profile else {
            return Ok((id, None));
        };
        if endpoint_id.is_none() && conn_type.as_deref().is_none_or(|word| word == PRIVATE) {
            return Err(format!("migration {id} does not say which connection it goes through"));
        }
        named.extend(endpoint_id.as_ref().map(|id| ConnectionId(id.as_str().into())));
    }
    let job = (!tasks.is_empty()).then(|| (id.clone(), named));
    Ok((id, job))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Asked<'a> {
    private_link_connection: AskedConnection<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AskedConnection<'a> {
    cluster_id: &'a str,
    display_name: &'a str,
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    aws_endpoint_service: Option<AskedService<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alicloud_endpoint_service: Option<AskedService<'a>>,
}

#[derive(Serialize)]
struct AskedService<'a> {
    name: &'a str,
}

/// `cloud` is TiDB Cloud's word in regions (`aws`).
pub(crate) fn asked<'a>(
    cluster: &'a ClusterId,
    name: &'a str,
    cloud: &str,
    service: &'a PartId,
) -> Result<Asked<'a>, String> {
    let service = AskedService { name: &service.0 };
    let (r#type, aws_endpoint_service, alicloud_endpoint_service) = match cloud {
        "aws" => ("AWS_ENDPOINT_SERVICE", Some(service), None),
        "alicloud" => ("ALICLOUD_ENDPOINT_SERVICE", None, Some(service)),
        _ => return Err(format!("TiDB Cloud connects to no endpoint services in {cloud}")),
    };
    Ok(Asked {
        private_link_connection: AskedConnection {
            cluster_id: &cluster.0,
            display_name: name,
            r#type,
            aws_endpoint_service,
            alicloud_endpoint_service,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(row: serde_json::Value) -> Result<PrivateLinkConnection, Unusable> {
        outgoing(&ClusterId("42".into()), serde_json::from_value(row).unwrap())
    }

    #[test]
    fn a_row_as_documented() {
        let row = json!({
            "privateLinkConnectionId": "plc-1", "clusterId": "42", "displayName": "orders",
            "type": "AWS_ENDPOINT_SERVICE", "state": "PENDING_ACCEPTANCE", "message": "",
            "createTime": "2026-01-01T00:00:00Z",
            "awsEndpointService": {"name": "com.amazonaws.vpce.us-east-1.vpce-svc-1",
                "region": "us-east-1", "endpointId": "vpce-1", "availabilityZoneIds": ["use1-az1"]}
        });
        let found = read(row).unwrap();
        assert_eq!(&*found.service.0, "com.amazonaws.vpce.us-east-1.vpce-svc-1");
        assert_eq!(found.endpoint, Some(EndpointId("vpce-1".into())));
        assert_eq!(found.state, ConnectionState::PendingAcceptance);
        assert_eq!(found.message, None);
    }

    #[test]
    fn what_is_not_known_is_there_and_not_understood() {
        let row = json!({"privateLinkConnectionId": "plc-1", "state": "RESTING"});
        assert_eq!(read(row).unwrap().state, ConnectionState::NotUnderstood);
        let row = json!({"privateLinkConnectionId": "plc-1", "state": "CONNECTING"});
        assert_eq!(read(row).unwrap().state, ConnectionState::Creating);
        assert!(read(json!({"state": "ACTIVE"})).is_err());
        let other = json!({"privateLinkConnectionId": "plc-1", "clusterId": "43"});
        assert!(read(other).is_err());
    }

    #[test]
    fn jobs_name_what_they_go_through() {
        let feed = json!({"changefeedId": "cf-1", "sink": {"type": "MYSQL", "mysql": {"network": {
            "networkType": "PRIVATE_LINK",
            "privateLink": {"privateLinkConnectionId": "plc-1", "port": 3306}}}}});
        let (_, named) = changefeed(serde_json::from_value(feed).unwrap()).unwrap();
        assert_eq!(named, [ConnectionId("plc-1".into())]);
        let job = json!({"migrationId": "m-1", "subTasks": [{"source": {"connProfile": {
            "connType": "PRIVATE_LINK", "endpointId": "plc-2", "password": "secret"}}}]});
        let (_, job) = migration(serde_json::from_value(job).unwrap()).unwrap();
        assert_eq!(job, Some(("m-1".into(), vec![ConnectionId("plc-2".into())])));
    }

    #[test]
    fn a_job_that_does_not_say_what_it_goes_through_is_not_taken_for_idle() {
        for feed in [
            json!({"changefeedId": "cf-1"}),
            json!({"changefeedId": "cf-1", "sink": {"type": "MYSQL"}}),
            json!({"changefeedId": "cf-1", "sink": {"mysql": {}}}),
            json!({"changefeedId": "cf-1", "sink": {"kafka": {"network": {
                "networkType": "PRIVATE_LINK"}}}}),
        ] {
            let said = feed.to_string();
            assert!(changefeed(serde_json::from_value(feed).unwrap()).is_err(), "{said}");
        }
        let public = json!({"changefeedId": "cf-1", "sink": {"mysql": {"network": {
            "networkType": "PUBLIC"}}}});
        let (_, named) = changefeed(serde_json::from_value(public).unwrap()).unwrap();
        assert_eq!(named, []);
        let job = |tasks: serde_json::Value| {
            let row = json!({"migrationId": "m-1", "subTasks": tasks});
            migration(serde_json::from_value(row).unwrap())
        };
        assert_eq!(job(json!([])).unwrap().1, None);
        assert_eq!(job(json!([{}])).unwrap().1, None);
        assert!(job(json!([{"source": {"connProfile": {"connType": "PRIVATE_LINK"}}}])).is_err());
        let public = json!([{"source": {"connProfile": {"connType": "PUBLIC", "host": "db"}}}]);
        assert_eq!(job(public).unwrap().1, Some(("m-1".into(), vec![])));
    }

    #[test]
    fn a_connection_is_asked_for_in_the_clouds_words() {
        let (cluster, service) = (ClusterId("42".into()), PartId("svc".into()));
        let body = |cloud| json!(asked(&cluster, "orders", cloud, &service).ok());
        let aws = json!({"privateLinkConnection": {"clusterId": "42", "displayName": "orders",
            "type": "AWS_ENDPOINT_SERVICE", "awsEndpointService": {"name": "svc"}}});
        assert_eq!(body("aws"), aws);
        assert_eq!(
            body("alicloud")["privateLinkConnection"]["alicloudEndpointService"],
            json!({"name": "svc"})
        );
        assert_eq!(body("azure"), json!(null));
    }
}
