//! The calls about private link connections. The vendor's own command line uses them; the published API lacks them.

use super::Client;
use super::list::{List, look};
use crate::answer::{Call, contradiction};
use crate::body;
use crate::convert;
use crate::model::{ClusterId, OutgoingAccount, PrivateLinkConnection};
use crate::path::segment;
use bytes::Bytes;
use cloud::{Error, Urgency};
use http::Method;
use planner::dataflow::{ConnectionId, PartId};
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

    /// Connections that a changefeed or a migration goes through: deleting one would cut it off.
    pub async fn uses(
        &self,
        cluster: &ClusterId,
        urgency: Urgency,
    ) -> Result<BTreeSet<ConnectionId>, Error> {
        let list = |what: &str| {
            Ok::<_, Error>(List {
                path: format!("/v1beta1/clusters/{}/{what}", segment(&cluster.0)?),
                query: vec![],
                action: format!("list the {what} of instance {cluster}"),
                what: format!("instance {cluster}"),
            })
        };
        let (feeds, jobs) = (list("changefeeds")?, list("migrations")?);
        let host = &self.serverless;
        let keyed = |(id, named): (String, Vec<ConnectionId>)| (id, named);
        let feed = |row| convert::changefeed(row).map(keyed);
        let feeds = feeds.read::<body::Changefeeds, _, _>(host, feed, urgency).await?;
        let job = |row| convert::migration(row).map(keyed);
        let jobs = jobs.read::<body::Migrations, _, _>(host, job, urgency).await?;
        Ok(feeds.into_iter().chain(jobs).flatten().collect())
    }

    /// Not idempotent: TiDB Cloud takes no token. Look for the name first, and again if the answer is lost. `cloud` is
    /// TiDB Cloud's word in regions (`aws`).
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
            body: Bytes::from(serde_json::json!(asked).to_string()),
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
}

fn path(cluster: &ClusterId) -> Result<String, Error> {
    Ok(format!("/v1beta1/clusters/{}/privateLinkConnections", segment(&cluster.0)?))
}
