//! One look at TiDB Cloud's half of a cluster's private link connections. It never changes anything.

use cloud::{Error, Urgency};
use planner::Moment;
use planner::dataflow::ConnectionId;
use std::collections::BTreeSet;
use tidb_cloud::{Client, ClusterId, ClusterState, OutgoingAccount, PrivateLinkConnection};

/// The account and the zones of a region hardly change.
const STALE_SECONDS: u64 = 24 * 3600;

/// What must be known beside the connections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutgoingNeeds {
    /// Something is to be taken away, so it must be known what is in use.
    pub uses: bool,
    /// Connections by their own name, or by that of their service, of which it must be known what is attached to them.
    pub details: BTreeSet<String>,
    /// And every other one.
    pub all_details: bool,
}

/// One complete look.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// From where TiDB Cloud asks, and since when we know.
    pub account: OutgoingAccount,
    pub asked: Moment,
    pub connections: Vec<PrivateLinkConnection>,
    /// Those that a changefeed or a migration goes through; nothing, where it was not asked.
    pub used: Option<BTreeSet<ConnectionId>>,
    /// TiDB Cloud knows no such instance: it took its connections along.
    pub is_gone: bool,
    /// Those of which it is known what is attached to them.
    pub detailed: BTreeSet<ConnectionId>,
}

/// # Errors
/// Whatever could not be read: then nothing is known.
pub async fn look(
    client: &Client,
    cluster: &str,
    needs: &OutgoingNeeds,
    last: Option<(OutgoingAccount, Moment)>,
    now: Moment,
    urgency: Urgency,
) -> Result<Outgoing, Error> {
    let cluster = ClusterId(cluster.to_owned());
    match closely(client, &cluster, needs, last.clone(), now, urgency).await {
        Err(missing @ Error::NotFound { .. }) => {
            gone(client, &cluster, missing, last, urgency).await
        }
        looked => looked,
    }
}

async fn closely(
    client: &Client,
    cluster: &ClusterId,
    needs: &OutgoingNeeds,
    last: Option<(OutgoingAccount, Moment)>,
    now: Moment,
    urgency: Urgency,
) -> Result<Outgoing, Error> {
    let fresh = last.filter(|(_, asked)| now.seconds_since(*asked) < STALE_SECONDS);
    let (account, asked) = match fresh {
        Some(known) => known,
        None => (client.outgoing_account(cluster, urgency).await?, now),
    };
    let mut connections = client.private_link_connections(cluster, urgency).await?;
    let mut detailed = BTreeSet::new();
    for row in connections.iter_mut().filter(|row| needs.detail(row)) {
        // A list may still show what has gone, and then nothing is attached to it.
        if let Some(read) = client.private_link_connection(cluster, &row.id, urgency).await? {
            *row = read;
        }
        detailed.insert(row.id.clone());
    }
    let used = if needs.uses { Some(client.uses(cluster, urgency).await?) } else { None };
    Ok(Outgoing { account, asked, connections, used, is_gone: false, detailed })
}

/// An instance that is deleted, or that none of TiDB Cloud's hosts knows, took its connections along. Where it is known,
/// something else is missing.
async fn gone(
    client: &Client,
    cluster: &ClusterId,
    missing: Error,
    last: Option<(OutgoingAccount, Moment)>,
    urgency: Urgency,
) -> Result<Outgoing, Error> {
    match client.instance(cluster, urgency).await {
        Err(Error::NotFound { .. }) => {}
        Ok(found) if found.state == ClusterState::Deleted => {}
        Ok(_) => return Err(missing),
        Err(error) => return Err(error),
    }
    let (account, asked) = last.unwrap_or((OutgoingAccount::default(), Moment(0)));
    let (connections, used, detailed) = (Vec::new(), Some(BTreeSet::new()), BTreeSet::new());
    Ok(Outgoing { account, asked, connections, used, is_gone: true, detailed })
}

impl Outgoing {
    /// Whether it was asked so much.
    #[must_use]
    pub fn answers(&self, needs: &OutgoingNeeds) -> bool {
        let known = |row: &PrivateLinkConnection| self.detailed.contains(&row.id);
        let mut rows = self.connections.iter().filter(|row| needs.detail(row));
        (self.used.is_some() || !needs.uses) && rows.all(known)
    }
}

impl OutgoingNeeds {
    /// A list does not tell what is attached.
    fn detail(&self, row: &PrivateLinkConnection) -> bool {
        self.all_details
            || self.details.contains(&row.name)
            || self.details.contains(&*row.service.0)
    }
}
