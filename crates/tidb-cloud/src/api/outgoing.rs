//! The calls about private link connections. The vendor's own command line uses them; the published API lacks them.

use super::Client;
use super::list::{List, look};
use crate::answer::{Call, contradiction};
use crate::body;
use crate::convert::{self, Job};
use crate::model::{AttachedDomain, ClusterId, DomainKind, OutgoingAccount, PrivateLinkConnection};
use crate::path::segment;
use bytes::Bytes;
use cloud::{Error, Urgency};
use http::Method;
use planner::dataflow::{ConnectionId, PartId};
use serde_json::{Value, json};
use std::collections::BTreeSet;

impl Client {
    /// From where TiDB Cloud asks, and in which zones it can.
    pub async fn outgoing_account(
        &self,
        cluster: &ClusterId,
        urgency: Urgency,
    ) -> Result<OutgoingAccount, Error> {
        let target = format!("{}:getAvailabilityZones", path(cluster)?);
        let what = format!("the zones of instance {cluster}");
        let call = look(target, format!("read {what}"), what);
        let found = self.serverless.call(&call, urgency).await?;
        convert::outgoing_account(found).map_err(|unusable| contradiction(&unusable))
    }

    /// All of one instance.
    pub async fn private_link_connections(
        &self,
        cluster: &ClusterId,
        urgency: Urgency,
    ) -> Result<Vec<PrivateLinkConnection>, Error> {
        let list = List {
            path: path(cluster)?,
            query: vec![],
            action: format!("list the private link connections of instance {cluster}"),
            what: format!("instance {cluster}"),
        };
        let row = |row| convert::outgoing(cluster, row).map(|found| (found.id.clone(), found));
        list.read::<body::OutgoingList, _, _>(&self.serverless, row, urgency).await
    }

    /// Now, not as last listed. `None` only on TiDB Cloud's own word.
    pub async fn private_link_connection(
        &self,
        cluster: &ClusterId,
        id: &ConnectionId,
        urgency: Urgency,
    ) -> Result<Option<PrivateLinkConnection>, Error> {
        let target = format!("{}/{}", path(cluster)?, segment(&id.0)?);
        let what = format!("private link connection {}", id.0);
        let call = look(target, format!("read {what}"), what);
        let row = match self.serverless.call(&call, urgency).await {
            Ok(row) => row,
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let found = convert::outgoing(cluster, row);
        let found = found.map_err(|unusable| contradiction(&unusable))?;
        if found.id != *id {
            return Err(contradiction(&format!("asked for {}, got {}", id.0, found.id.0)));
        }
        Ok(Some(found))
    }

    /// Connections that a changefeed or a migration goes through: deleting one would cut it off. What keeps us from
    /// knowing is an error, and says of none that it is idle.
    pub async fn uses(
        &self,
        cluster: &ClusterId,
        urgency: Urgency,
    ) -> Result<BTreeSet<ConnectionId>, Error> {
        let list = |what: &str| {
            Ok::<_, Error>(List {
                path: jobs(cluster, what)?,
                query: vec![],
                action: format!("list the {what} of instance {cluster}"),
                what: format!("instance {cluster}"),
            })
        };
        let (feeds, migrations) = (list("changefeeds")?, list("migrations")?);
        let host = &self.serverless;
        let feeds =
            feeds.read::<body::Changefeeds, _, _>(host, convert::changefeed, urgency).await?;
        let mut named: BTreeSet<ConnectionId> = feeds.into_iter().flatten().collect();
        let job = |row| convert::migration(row).map(|(id, job)| (id.clone(), (id, job)));
        for (id, job) in migrations.read::<body::Migrations, _, _>(host, job, urgency).await? {
            let (_, ways) = match job {
                Some(job) => job,
                None => self.migration(cluster, &id, urgency).await?,
            };
            named.extend(ways);
        }
        self.by_id(cluster, named, urgency).await
    }

    /// One that a list does not say enough of.
    async fn migration(
        &self,
        cluster: &ClusterId,
        id: &str,
        urgency: Urgency,
    ) -> Result<Job, Error> {
        let target = format!("{}/{}", jobs(cluster, "migrations")?, segment(id)?);
        let what = format!("migration {id}");
        let call = look(target, format!("read {what}"), what);
        let row = match self.serverless.call(&call, urgency).await {
            Ok(row) => row,
            // It ended while we looked.
            Err(Error::NotFound { .. }) => return Ok((id.to_owned(), vec![])),
            Err(error) => return Err(error),
        };
        let (_, job) = convert::migration(row).map_err(|unusable| contradiction(&unusable))?;
        let silent = || contradiction(&format!("migration {id} does not say what it goes through"));
        job.ok_or_else(silent)
    }

    /// No document says whether a migration names the connection or TiDB Cloud's endpoint: either is the connection.
    async fn by_id(
        &self,
        cluster: &ClusterId,
        named: BTreeSet<ConnectionId>,
        urgency: Urgency,
    ) -> Result<BTreeSet<ConnectionId>, Error> {
        if named.iter().all(|name| name.0.starts_with(CONNECTION_PREFIX)) {
            return Ok(named);
        }
        let rows = self.private_link_connections(cluster, urgency).await?;
        let id = |name: ConnectionId| {
            let its = |row: &&PrivateLinkConnection| {
                row.endpoint.as_ref().is_some_and(|endpoint| endpoint.0 == name.0)
            };
            rows.iter().find(its).map_or_else(|| name.clone(), |row| row.id.clone())
        };
        Ok(named.into_iter().map(id).collect())
    }

    /// Not idempotent: TiDB Cloud takes no token. Look for the name first, and again if the answer is lost. `cloud` is
    /// TiDB Cloud's word in regions.
    pub async fn connect(
        &self,
        cluster: &ClusterId,
        name: &str,
        cloud: &str,
        service: &PartId,
    ) -> Result<PrivateLinkConnection, Error> {
        let asked = convert::asked(cluster, name, cloud, service);
        let code = || "cloud not supported".into();
        let asked = asked.map_err(|message| Error::Refused { code: code(), message })?;
        let call = Call {
            method: Method::POST,
            target: path(cluster)?,
            body: Bytes::from(json!(asked).to_string()),
            action: format!("create private link connection {name}"),
            what: format!("instance {cluster}"),
        };
        let row = self.serverless.call(&call, Urgency::Work).await?;
        convert::outgoing(cluster, row).map_err(|unusable| contradiction(&unusable))
    }

    /// What is already gone is success.
    pub async fn disconnect(&self, cluster: &ClusterId, id: &ConnectionId) -> Result<(), Error> {
        let what = format!("private link connection {}", id.0);
        let call = Call {
            method: Method::DELETE,
            target: format!("{}/{}", path(cluster)?, segment(&id.0)?),
            body: Bytes::new(),
            action: format!("delete {what}"),
            what,
        };
        match self.serverless.call(&call, Urgency::Work).await {
            // The vendor answers with the connection as it was.
            Ok(body::Nothing {}) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Which of its own domains TiDB Cloud would attach: the first of two steps. Nothing changes.
    pub async fn propose_domains(
        &self,
        cluster: &ClusterId,
        id: &ConnectionId,
    ) -> Result<AttachedDomain, Error> {
        let body = json!({"attachDomain": {"type": convert::MANAGED}, "validateOnly": true});
        let call = on_domains(cluster, id, "attach", &body)?;
        let found = self.serverless.call(&call, Urgency::Work).await?;
        convert::attached(found).map_err(|unusable| contradiction(&unusable))
    }

    /// Not idempotent: look which are attached first. The unique name of TiDB Cloud's own is the proposed one.
    pub async fn attach_domains(
        &self,
        cluster: &ClusterId,
        id: &ConnectionId,
        kind: &DomainKind,
        unique_name: &str,
    ) -> Result<AttachedDomain, Error> {
        let code = || "domain not supported".into();
        let word = convert::domain_kind(kind);
        let word = word.map_err(|message| Error::Refused { code: code(), message })?;
        let body = json!({"attachDomain": {"type": word, "uniqueName": unique_name}});
        let call = on_domains(cluster, id, "attach", &body)?;
        let found = self.serverless.call(&call, Urgency::Work).await?;
        convert::attached(found).map_err(|unusable| contradiction(&unusable))
    }

    /// What is already gone is success.
    pub async fn detach_domains(
        &self,
        cluster: &ClusterId,
        id: &ConnectionId,
        attached: &str,
    ) -> Result<(), Error> {
        let call = on_domains(cluster, id, "detach", &json!({"attachDomainId": attached}))?;
        match self.serverless.call(&call, Urgency::Work).await {
            Ok(body::Nothing {}) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// How every id of a connection begins, as the vendor says.
const CONNECTION_PREFIX: &str = "plc-";

fn on_domains(
    cluster: &ClusterId,
    id: &ConnectionId,
    verb: &str,
    body: &Value,
) -> Result<Call, Error> {
    let what = format!("private link connection {}", id.0);
    Ok(Call {
        method: Method::POST,
        target: format!("{}/{}:{verb}Domains", path(cluster)?, segment(&id.0)?),
        body: Bytes::from(body.to_string()),
        action: format!("{verb} domains of {what}"),
        what,
    })
}

fn jobs(cluster: &ClusterId, what: &str) -> Result<String, Error> {
    Ok(format!("/v1beta1/clusters/{}/{what}", segment(&cluster.0)?))
}

fn path(cluster: &ClusterId) -> Result<String, Error> {
    Ok(format!("/v1beta1/clusters/{}/privateLinkConnections", segment(&cluster.0)?))
}
