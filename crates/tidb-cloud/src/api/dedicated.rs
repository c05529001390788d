//! The calls to the Dedicated host, one function each, and those that go to whichever host knows.

use super::Client;
use super::list::{List, look};
use crate::answer::{Call, contradiction};
use crate::body;
use crate::convert::{self, Row};
use crate::model::{
    Cluster, ClusterId, Connection, ConnectionKey, GroupKey, Listed, PrivateLinkService, ProjectId,
    Scope, ServiceKey,
};
use crate::path::segment;
use bytes::Bytes;
use cloud::{Error, Urgency};
use http::Method;
use planner::endpoint::{ConnectionId, Registration};
use std::fmt;

impl Client {
    /// All of a project; without its id TiDB Cloud would silently list another one.
    pub async fn clusters(
        &self,
        project: &ProjectId,
        urgency: Urgency,
    ) -> Result<Vec<Cluster>, Error> {
        segment(&project.0)?;
        let list = List {
            path: "/v1beta1/clusters".into(),
            query: vec![("projectId", &project.0)],
            action: format!("list the clusters of project {project}"),
            what: format!("project {project}"),
        };
        let row = |row| {
            let cluster = convert::cluster(row)?;
            belongs(project, cluster.project.as_ref())?;
            Ok((cluster.id.clone(), cluster))
        };
        list.read::<body::Clusters, _, _>(&self.dedicated, row, urgency).await
    }

    pub async fn cluster(&self, id: &ClusterId, urgency: Urgency) -> Result<Cluster, Error> {
        let target = format!("/v1beta1/clusters/{}", segment(&id.0)?);
        let call = look(target, format!("read cluster {id}"), format!("cluster {id}"));
        let row = self.dedicated.call(&call, urgency).await?;
        let cluster = convert::cluster(row).map_err(|unusable| contradiction(&unusable))?;
        if cluster.id != *id {
            return Err(contradiction(&format!("asked for cluster {id}, got {}", cluster.id)));
        }
        Ok(cluster)
    }

    /// Before TiDB Cloud knows of one it is [`crate::ServiceState::NotYet`], not an error.
    pub async fn private_link_service(
        &self,
        of: &ServiceKey,
        urgency: Urgency,
    ) -> Result<PrivateLinkService, Error> {
        let (host, path) = match of {
            ServiceKey::Group(group) => (&self.dedicated, group_path(group)?),
            ServiceKey::Instance(id) => (&self.cloud, instance_path(id)?),
        };
        let what = format!("the private link service of {of}");
        let call = look(format!("{path}/privateLinkService"), format!("read {what}"), what);
        match host.call(&call, urgency).await {
            Ok(found) => {
                convert::service(found, self.spelling).map_err(|unusable| contradiction(&unusable))
            }
            Err(Error::NotFound { .. }) => Ok(convert::no_service()),
            Err(error) => Err(error),
        }
    }

    /// Of all groups, and of all clusters if the scope is a project, in one list.
    pub async fn connections(&self, scope: &Scope, urgency: Urgency) -> Result<Listed, Error> {
        let (path, query) = match scope {
            Scope::Project(project) => {
                segment(&project.0)?;
                let path = "/v1beta1/clusters/-/tidbNodeGroups/-".into();
                (path, vec![("projectId", project.0.as_str())])
            }
            Scope::Cluster(cluster) => {
                (format!("/v1beta1/clusters/{}/tidbNodeGroups/-", segment(&cluster.0)?), vec![])
            }
            Scope::Instance(id) => (instance_path(id)?, vec![]),
        };
        let list = List {
            path: format!("{path}/privateEndpointConnections"),
            query,
            action: format!("list the private endpoint connections of {scope}"),
            what: scope.to_string(),
        };
        let keyed = |row: Row| Ok((row.key(), row));
        let rows = match scope {
            Scope::Project(_) | Scope::Cluster(_) => {
                let row = |row| {
                    convert::connection(row, self.spelling)
                        .and_then(|row| within(scope, row))
                        .and_then(keyed)
                };
                list.read::<body::Connections, _, _>(&self.dedicated, row, urgency).await?
            }
            Scope::Instance(id) => {
                let row = |row| {
                    convert::instance_connection(id, row)
                        .and_then(|row| within(scope, row))
                        .and_then(keyed)
                };
                list.read::<body::InstanceConnections, _, _>(&self.cloud, row, urgency).await?
            }
        };
        Ok(convert::listed(rows))
    }

    /// Now, not as last listed. `None` only on TiDB Cloud's own word; of an instance's it gives only lists.
    pub async fn connection(
        &self,
        key: &ConnectionKey,
        urgency: Urgency,
    ) -> Result<Option<Connection>, Error> {
        let group = match &key.service {
            ServiceKey::Group(group) => group,
            ServiceKey::Instance(id) => {
                let scope = Scope::Instance(id.clone());
                let listed = match self.connections(&scope, urgency).await {
                    Err(Error::NotFound { .. }) => Listed::default(),
                    other => other?,
                };
                return Ok(listed.connections.into_iter().find(|row| row.key == *key));
            }
        };
        let target = connection_path(group, &key.id)?;
        let call = look(target, format!("read {key}"), key.to_string());
        let row = match self.dedicated.call(&call, urgency).await {
            Ok(row) => row,
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let connection = convert::connection(row, self.spelling).and_then(Row::connection);
        let connection = connection.map_err(|unusable| contradiction(&unusable))?;
        if connection.key != *key {
            return Err(contradiction(&format!("asked for {key}, got {}", connection.key)));
        }
        Ok(Some(connection))
    }

    /// Whether TiDB Cloud would take the endpoint: the console's "Verify". Nothing changes. Documented for one cloud
    /// only; what another cloud's group does with it, nobody knows.
    pub async fn verify(&self, group: &GroupKey, registration: &Registration) -> Result<(), Error> {
        let call = Trial::Only.call(group, registration)?;
        let body::Nothing {} = self.dedicated.call(&call, Urgency::Work).await?;
        Ok(())
    }

    /// Not idempotent: TiDB Cloud takes no token. Look for the endpoint's id first, and again if the answer is lost.
    pub async fn register(
        &self,
        group: &GroupKey,
        registration: &Registration,
    ) -> Result<Connection, Error> {
        let call = Trial::No.call(group, registration)?;
        let row = self.dedicated.call(&call, Urgency::Work).await?;
        let connection = convert::connection(row, self.spelling).and_then(Row::connection);
        connection.map_err(|unusable| contradiction(&unusable))
    }

    /// # Errors
    /// Also for a connection of an instance: TiDB Cloud's API only reads those, and nothing is sent.
    pub async fn unregister(&self, key: &ConnectionKey) -> Result<Unregistered, Error> {
        let ServiceKey::Group(group) = &key.service else {
            let code = "only by an operator".into();
            let message = format!("{key} can only be deleted in TiDB Cloud's console");
            return Err(Error::Refused { code, message });
        };
        let call = Call {
            method: Method::DELETE,
            target: connection_path(group, &key.id)?,
            body: Bytes::new(),
            action: format!("delete {key}"),
            what: key.to_string(),
        };
        match self.dedicated.call(&call, Urgency::Work).await {
            Ok(body::Nothing {}) => Ok(Unregistered::Asked),
            Err(Error::NotFound { .. }) => Ok(Unregistered::NotThere),
            Err(error) => Err(error),
        }
    }
}

/// What TiDB Cloud says to who takes a registration back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unregistered {
    Asked,
    /// As well as done; but only looks can tell that it is so.
    NotThere,
}

/// Whether a registration is to be judged only, or carried out.
#[derive(Clone, Copy)]
enum Trial {
    Only,
    No,
}

impl Trial {
    fn call(self, group: &GroupKey, registration: &Registration) -> Result<Call, Error> {
        let body = convert::registration(registration)
            .map_err(|message| Error::Refused { code: "address not supported".into(), message })?;
        let (verb, query) = match self {
            Trial::Only => ("verify", "?validateOnly=true"),
            Trial::No => ("register", ""),
        };
        Ok(Call {
            method: Method::POST,
            target: format!("{}/privateEndpointConnections{query}", group_path(group)?),
            body: Bytes::from(serde_json::json!(body).to_string()),
            action: format!("{verb} endpoint {} with {group}", registration.link.0),
            what: group.to_string(),
        })
    }
}

fn group_path(key: &GroupKey) -> Result<String, Error> {
    let GroupKey { cluster, group } = key;
    let (cluster, group) = (segment(&cluster.0)?, segment(&group.0)?);
    Ok(format!("/v1beta1/clusters/{cluster}/tidbNodeGroups/{group}"))
}

fn connection_path(group: &GroupKey, id: &ConnectionId) -> Result<String, Error> {
    let id = segment(&id.0)?;
    Ok(format!("{}/privateEndpointConnections/{id}", group_path(group)?))
}

pub(super) fn instance_path(id: &ClusterId) -> Result<String, Error> {
    Ok(format!("/v1beta2/tidbs/{}", segment(&id.0)?))
}

fn within(scope: &Scope, row: Row) -> Result<Row, String> {
    let (service, project) = match &row {
        Row::Connection(connection) => (&connection.key.service, connection.project.as_ref()),
        Row::Offer(offer) => (&offer.service, None),
    };
    match scope {
        Scope::Project(asked) => belongs(asked, project)?,
        Scope::Cluster(asked) | Scope::Instance(asked) => belongs(asked, Some(service.cluster()))?,
    }
    Ok(row)
}

/// A row of another project or cluster than the one asked for makes the whole list worthless.
fn belongs<Id: PartialEq + fmt::Display>(asked: &Id, found: Option<&Id>) -> Result<(), String> {
    match found {
        Some(found) if found != asked => Err(format!("asked for {asked}, got a row of {found}")),
        Some(_) | None => Ok(()),
    }
}
