//! What goes through a connection: changefeeds and migrations, as far as they name it.

use crate::ids::{ClusterId, OutgoingId};
use crate::world::{Impossible, World};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    pub id: String,
    pub display_name: String,
    pub cluster: ClusterId,
    pub kind: UsageKind,
    /// None: it goes over the internet.
    pub connection: Option<OutgoingId>,
    /// Milliseconds since the Unix epoch.
    pub created_at: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum UsageKind {
    MysqlChangefeed,
    KafkaChangefeed,
    Migration,
}

impl World {
    /// Of one cluster.
    pub fn usages<'world>(&'world self, cluster: &str) -> impl Iterator<Item = &'world Usage> {
        self.exposing.usages.values().filter(move |usage| usage.cluster.as_str() == cluster)
    }

    pub(super) fn add_usage(
        &mut self,
        cluster: &str,
        kind: UsageKind,
        connection: Option<String>,
    ) -> Result<String, Impossible> {
        let found = self.clusters.get(cluster);
        let cluster = found.ok_or_else(|| Impossible::Missing(cluster.to_owned()))?.id.clone();
        let prefix = if kind == UsageKind::Migration { "mig" } else { "cf" };
        let id = format!("{prefix}-{}", self.random.hex(12));
        let (display_name, created_at) = (format!("job {id}"), self.now);
        let connection = connection.map(OutgoingId);
        let usage = Usage { id: id.clone(), display_name, cluster, kind, connection, created_at };
        self.exposing.usages.insert(id.clone(), usage);
        self.writes += 1;
        Ok(id)
    }

    pub(super) fn remove_usage(&mut self, id: &str) -> Result<(), Impossible> {
        self.writes += 1;
        let removed = self.exposing.usages.remove(id);
        removed.map(|_| ()).ok_or_else(|| Impossible::Missing(id.to_owned()))
    }

    pub(super) fn is_used(&self, connection: &OutgoingId) -> bool {
        let names = |usage: &super::Usage| usage.connection.as_ref() == Some(connection);
        self.exposing.usages.values().any(names)
    }
}
