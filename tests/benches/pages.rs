//! TiDB Cloud's side as bytes: prepared pages behind the wire, and a challenge before the first.
//!
//! The rows have every field that the vendor's description gives them, so that a decoder skips what it must skip.

use crate::fleet::{CLUSTERS, PROJECT, cluster, group, link, service};
use async_trait::async_trait;
use bytes::Bytes;
use cloud::{Request, Response, Wire, WireError};
use http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::Arc;
use tidb_cloud::{ApiKey, Client, Hosts};

/// The most that TiDB Cloud gives at once.
const PAGE: usize = 100;
const CHALLENGE: &str = r#"Digest realm="tidb.cloud", qop="auth", nonce="0a4f113b", algorithm=MD5"#;

pub(crate) struct Pages {
    connections: Vec<Bytes>,
    clusters: Bytes,
}

impl Pages {
    pub(crate) fn new(count: usize) -> Pages {
        let pages = count.div_ceil(PAGE).max(1);
        let connections = (0..pages).map(|number| {
            let rows = (number * PAGE..count.min((number + 1) * PAGE)).map(connection);
            let rows: Vec<Value> = rows.collect();
            let next =
                if number + 1 < pages { format!("page-{}", number + 1) } else { String::new() };
            let list = "privateEndpointConnections";
            Bytes::from(json!({list: rows, "totalSize": count, "nextPageToken": next}).to_string())
        });
        let clusters: Vec<Value> = (0..CLUSTERS).map(a_cluster).collect();
        Pages {
            connections: connections.collect(),
            clusters: json!({"clusters": clusters, "totalSize": CLUSTERS}).to_string().into(),
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        self.connections.iter().map(Bytes::len).sum()
    }

    fn answer(&self, request: &Request) -> Bytes {
        let path = request.uri().path();
        if path == "/v1beta1/clusters" {
            return self.clusters.clone();
        }
        let query = request.uri().query().unwrap_or_default();
        let token = query.split('&').find_map(|pair| pair.strip_prefix("pageToken=page-"));
        let number = token.and_then(|token| token.parse().ok()).unwrap_or(0usize);
        self.connections[number].clone()
    }
}

#[async_trait]
impl Wire for Pages {
    async fn send(&self, request: Request) -> Result<Response, WireError> {
        let answer = http::Response::builder().header(CONTENT_TYPE, "application/json");
        let answer = if request.headers().contains_key(AUTHORIZATION) {
            answer.body(self.answer(&request))
        } else {
            answer.status(401).header(WWW_AUTHENTICATE, CHALLENGE).body(Bytes::from_static(b"{}"))
        };
        Ok(answer.expect("an answer of constants"))
    }
}

pub(crate) fn client(pages: &Arc<Pages>) -> Client {
    let private = SecretString::from("private".to_owned());
    Client::new(pages.clone(), Hosts::default(), ApiKey { public: "public".into(), private })
}

fn connection(index: usize) -> Value {
    let number = index % CLUSTERS;
    let (group, id) = (group(number), format!("19156{index:013}"));
    json!({
        "name": format!("tidbNodeGroups/{group}/privateEndpointConnections/{id}"),
        "tidbNodeGroupId": group,
        "privateEndpointConnectionId": id,
        "clusterId": cluster(number),
        "clusterDisplayName": format!("orders-{number}"),
        "labels": labels(),
        "endpointId": link(index),
        "endpointState": "ACTIVE",
        "message": "",
        "regionId": "aws-us-east-1",
        "regionDisplayName": "N. Virginia (us-east-1)",
        "cloudProvider": "aws",
        "privateLinkServiceName": service(number),
        "privateLinkServiceState": "ACTIVE",
        "tidbNodeGroupDisplayName": "DefaultGroup",
        "host": format!("privatelink-{number}.abcdefghijkl.clusters.tidb-cloud.com"),
        "port": 4000,
    })
}

fn a_cluster(number: usize) -> Value {
    let (id, group) = (cluster(number), group(number));
    json!({
        "name": format!("clusters/{id}"),
        "clusterId": id,
        "displayName": format!("orders-{number}"),
        "regionId": "aws-us-east-1",
        "cloudProvider": "aws",
        "state": "ACTIVE",
        "port": 4000,
        "labels": labels(),
        "tidbNodeSetting": {"tidbNodeGroups": [
            {"tidbNodeGroupId": group, "displayName": "DefaultGroup", "isDefaultGroup": true},
        ]},
    })
}

fn labels() -> Value {
    json!({"tidb.cloud/organization": "1", "tidb.cloud/project": PROJECT})
}
