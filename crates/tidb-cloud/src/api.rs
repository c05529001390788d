//! The calls, one function each.
//!
//! How a call is counted, signed and retried is the session's business; what a row means, the conversion's.

use crate::answer::{Call, contradiction};
use crate::body::{self, Opened, Page};
use crate::convert;
use crate::model::{
    Cluster, ClusterId, Connection, ConnectionKey, GroupKey, PrivateLinkService, ProjectId, Scope,
};
use crate::paging::{Pages, incomplete};
use crate::path::{query, segment};
use crate::session::Session;
use bytes::Bytes;
use cloud::{Budget, Error, Urgency, Wire};
use http::Method;
use planner::endpoint::Registration;
use secrecy::SecretString;
use std::fmt::{self, Debug};
use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::Arc;

/// The most that the vendor gives at once.
const PAGE_SIZE: &str = "100";

/// Where TiDB Cloud answers, without a path (`https://dedicated.tidbapi.com`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hosts {
    pub dedicated: String,
}

impl Default for Hosts {
    fn default() -> Hosts {
        Hosts { dedicated: "https://dedicated.tidbapi.com".into() }
    }
}

#[derive(Clone, Debug)]
pub struct ApiKey {
    pub public: String,
    pub private: SecretString,
}

/// One API key: one budget, and one digest nonce at a time.
pub struct Client {
    dedicated: Session,
}

/// For [`cloud::ReadOnly`]: names what is not a mere look.
#[must_use]
pub fn deed(request: &cloud::Request) -> Option<String> {
    let looks = matches!(*request.method(), Method::GET | Method::HEAD);
    (!looks).then(|| format!("{} {}", request.method(), request.uri().path()))
}

impl Client {
    #[must_use]
    pub fn new(wire: Arc<dyn Wire>, hosts: Hosts, key: ApiKey) -> Client {
        let Hosts { dedicated } = hosts;
        Client { dedicated: Session::new(wire, dedicated, key) }
    }

    /// Fewer than TiDB Cloud allows, where others use the same key; or more, where it has granted more.
    #[must_use]
    pub fn limited_to(self, requests_per_minute: NonZeroU32) -> Client {
        Client { dedicated: self.dedicated.limited_to(requests_per_minute) }
    }

    #[must_use]
    pub fn budget(&self) -> &Budget {
        self.dedicated.budget()
    }

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
        self.list::<body::Clusters, _, _>(list, row, urgency).await
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
        group: &GroupKey,
        urgency: Urgency,
    ) -> Result<PrivateLinkService, Error> {
        let target = format!("{}/privateLinkService", group_path(group)?);
        let what = format!("the private link service of {group}");
        let call = look(target, format!("read {what}"), what);
        match self.dedicated.call(&call, urgency).await {
            Ok(found) => Ok(convert::service(found)),
            Err(Error::NotFound { .. }) => Ok(convert::no_service()),
            Err(error) => Err(error),
        }
    }

    /// Of all groups, and of all clusters if the scope is a project, in one list.
    pub async fn connections(
        &self,
        scope: &Scope,
        urgency: Urgency,
    ) -> Result<Vec<Connection>, Error> {
        let (cluster, query) = match scope {
            Scope::Project(project) => {
                segment(&project.0)?;
                ("-".into(), vec![("projectId", project.0.as_str())])
            }
            Scope::Cluster(cluster) => (segment(&cluster.0)?, vec![]),
        };
        let list = List {
            path: format!(
                "/v1beta1/clusters/{cluster}/tidbNodeGroups/-/privateEndpointConnections"
            ),
            query,
            action: format!("list the private endpoint connections of {scope}"),
            what: scope.to_string(),
        };
        let row = |row| {
            let connection = convert::connection(row)?;
            match scope {
                Scope::Project(project) => belongs(project, connection.project.as_ref())?,
                Scope::Cluster(cluster) => belongs(cluster, Some(&connection.key.cluster))?,
            }
            Ok((connection.key.clone(), connection))
        };
        self.list::<body::Connections, _, _>(list, row, urgency).await
    }

    /// Now, not as last listed. `None` only on TiDB Cloud's own word.
    pub async fn connection(
        &self,
        key: &ConnectionKey,
        urgency: Urgency,
    ) -> Result<Option<Connection>, Error> {
        let call = look(connection_path(key)?, format!("read {key}"), key.to_string());
        let row = match self.dedicated.call(&call, urgency).await {
            Ok(row) => row,
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let connection = convert::connection(row).map_err(|unusable| contradiction(&unusable))?;
        if connection.key != *key {
            return Err(contradiction(&format!("asked for {key}, got {}", connection.key)));
        }
        Ok(Some(connection))
    }

    /// Not idempotent: TiDB Cloud takes no token. Look for the endpoint's id first, and again if the answer is lost.
    pub async fn register(
        &self,
        group: &GroupKey,
        registration: &Registration,
    ) -> Result<Connection, Error> {
        let body = convert::registration(registration)
            .map_err(|message| Error::Refused { code: "address not supported".into(), message })?;
        let call = Call {
            method: Method::POST,
            target: format!("{}/privateEndpointConnections", group_path(group)?),
            body: Bytes::from(serde_json::json!(body).to_string()),
            action: format!("register endpoint {} with {group}", registration.link.0),
            what: group.to_string(),
        };
        let row = self.dedicated.call(&call, Urgency::Work).await?;
        convert::connection(row).map_err(|unusable| contradiction(&unusable))
    }

    /// What is already gone is success.
    pub async fn unregister(&self, key: &ConnectionKey) -> Result<(), Error> {
        let call = Call {
            method: Method::DELETE,
            target: connection_path(key)?,
            body: Bytes::new(),
            action: format!("delete {key}"),
            what: key.to_string(),
        };
        match self.dedicated.call(&call, Urgency::Work).await {
            Ok(body::Nothing {}) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn list<P: Page, Key: Eq + Hash, Row>(
        &self,
        list: List<'_>,
        convert: impl Fn(P::Row) -> Result<(Key, Row), String>,
        urgency: Urgency,
    ) -> Result<Vec<Row>, Error> {
        let mut pages = Pages::new();
        let mut token: Option<String> = None;
        loop {
            let page = self.dedicated.call(&list.page(token.as_deref()), urgency).await;
            let page: P = page.map_err(|error| refused_page(error, token.is_some()))?;
            let Opened { rows, next, total } = page.open();
            let rows = rows.into_iter().map(&convert).collect::<Result<_, _>>();
            let rows = rows.map_err(incomplete)?;
            token = pages.add(Opened { rows, next, total })?;
            if token.is_none() {
                return pages.finish();
            }
        }
    }
}

impl Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("dedicated", &self.dedicated.base()).finish_non_exhaustive()
    }
}

/// A list, without saying which page.
struct List<'a> {
    path: String,
    query: Vec<(&'static str, &'a str)>,
    action: String,
    what: String,
}

impl List<'_> {
    /// All but the token must be the same on every page.
    fn page(&self, token: Option<&str>) -> Call {
        let mut pairs = self.query.clone();
        pairs.push(("pageSize", PAGE_SIZE));
        pairs.extend(token.map(|token| ("pageToken", token)));
        let target = format!("{}?{}", self.path, query(&pairs));
        look(target, self.action.clone(), self.what.clone())
    }
}

fn look(target: String, action: String, what: String) -> Call {
    Call { method: Method::GET, target, body: Bytes::new(), action, what }
}

fn group_path(key: &GroupKey) -> Result<String, Error> {
    let GroupKey { cluster, group } = key;
    let (cluster, group) = (segment(&cluster.0)?, segment(&group.0)?);
    Ok(format!("/v1beta1/clusters/{cluster}/tidbNodeGroups/{group}"))
}

fn connection_path(key: &ConnectionKey) -> Result<String, Error> {
    let id = segment(&key.id.0)?;
    Ok(format!("{}/privateEndpointConnections/{id}", group_path(&key.group_key())?))
}

/// A page token that is no longer good makes the request wrong, but not the question.
fn refused_page(error: Error, has_token: bool) -> Error {
    if let (Error::Refused { message, .. }, true) = (&error, has_token) {
        return incomplete(message.clone());
    }
    error
}

/// A row of another project or cluster than the one asked for makes the whole list worthless.
fn belongs<Id: PartialEq + fmt::Display>(asked: &Id, found: Option<&Id>) -> Result<(), String> {
    match found {
        Some(found) if found != asked => Err(format!("asked for {asked}, got a row of {found}")),
        Some(_) | None => Ok(()),
    }
}
