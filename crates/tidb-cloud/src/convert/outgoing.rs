//! The same for private link connections, and for the jobs that go through them.

use super::{Unusable, needed};
use crate::body;
use crate::model::{ClusterId, OutgoingAccount, PrivateLinkConnection};
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
    } = row;
    if let Some(other) = cluster_id.filter(|found| *found != of.0) {
        return Err(format!("asked for instance {of}, got a row of {other}"));
    }
    let service = aws_endpoint_service.or(alicloud_endpoint_service).unwrap_or_default();
    let body::OutgoingService { name, endpoint_id } = service;
    let word = state.unwrap_or_default();
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

/// The job's id, and the connections that it names.
pub(crate) fn changefeed(row: body::Changefeed) -> Result<(String, Vec<ConnectionId>), Unusable> {
    let body::Changefeed { changefeed_id, mysql, kafka } = row;
    let id = needed("a changefeed", "changefeedId", changefeed_id)?;
    let sinks = [mysql, kafka].into_iter().flatten();
    let networks = sinks.flat_map(|sink| [sink.network, sink.network_info]).flatten();
    let named = networks.filter_map(|network| network.private_link?.private_link_connection_id);
    Ok((id, named.map(|id| ConnectionId(id.into())).collect()))
}

/// The same of a migration.
pub(crate) fn migration(row: body::Migration) -> Result<(String, Vec<ConnectionId>), Unusable> {
    let body::Migration { migration_id, sources } = row;
    let id = needed("a migration", "migrationId", migration_id)?;
    let profiles = sources.unwrap_or_default().into_iter();
    let named = profiles.filter_map(|source| source.conn_profile?.endpoint_id);
    Ok((id, named.map(|id| ConnectionId(id.into())).collect()))
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
        let feed = json!({"changefeedId": "cf-1", "mysql": {"network": {
            "networkType": "PRIVATE_LINK",
            "privateLink": {"privateLinkConnectionId": "plc-1", "port": 3306}}}});
        let (_, named) = changefeed(serde_json::from_value(feed).unwrap()).unwrap();
        assert_eq!(named, [ConnectionId("plc-1".into())]);
        let job = json!({"migrationId": "m-1", "sources": [{"connProfile": {
            "connType": "PRIVATE_LINK", "endpointId": "plc-2", "password": "secret"}}]});
        let (_, named) = migration(serde_json::from_value(job).unwrap()).unwrap();
        assert_eq!(named, [ConnectionId("plc-2".into())]);
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
