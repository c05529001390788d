//! TiDB Cloud's private link connections, from a shared cluster to a customer's service.
//!
//! A connection becomes ACTIVE because the service is there, permits TiDB Cloud's account, and its owner accepts this
//! very request.

use super::event::ExposureEvent;
use super::{AttachedDomain, OutgoingRefusal, Part, RequestState};
use crate::draws::{DeletionInUse, MissingDeletion, SecondConnection, Unasked};
use crate::fault::Vendor;
use crate::ids::{ClusterId, OutgoingId};
use crate::world::agenda::Event;
use crate::world::table::Eye;
use crate::world::{Cluster, ClusterState, Tier, World, Zone, publish, zones_of};
use serde::Serialize;
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outgoing {
    /// `plc-…`
    pub id: OutgoingId,
    pub cluster: ClusterId,
    /// The cluster's cloud, which is the service's.
    pub vendor: Vendor,
    pub display_name: String,
    pub service_name: String,
    pub state: OutgoingState,
    pub message: Option<String>,
    /// TiDB Cloud's own endpoint, as the service sees it.
    pub endpoint: Option<String>,
    /// Of the endpoint.
    pub zones: Vec<Zone>,
    pub domains: Vec<AttachedDomain>,
    /// Milliseconds since the Unix epoch.
    pub created_at: u64,
    pub updated_at: Option<u64>,
    /// Counts the changes of state, so that what was scheduled for an earlier one is void.
    #[serde(skip)]
    pub(crate) epoch: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OutgoingState {
    Creating,
    PendingAcceptance,
    Active,
    Failed,
    Deleting,
}

/// What a POST asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOutgoing {
    pub display_name: String,
    pub vendor: Vendor,
    pub service_name: String,
    /// None: the cluster's.
    pub region: Option<String>,
}

/// How long until TiDB Cloud tries again, where it does.
const AGAIN: u64 = 60_000;

impl World {
    /// The account from which TiDB Cloud asks.
    #[must_use]
    pub fn outgoing_account(vendor: Vendor) -> &'static str {
        publish::account(vendor)
    }

    /// The zones in which TiDB Cloud's endpoints can be.
    ///
    /// # Errors
    /// There is no such cluster, or its tier has no such connections.
    pub fn outgoing_zones(&self, cluster: &str) -> Result<Vec<Zone>, OutgoingRefusal> {
        let cluster = self.dataflow_cluster(cluster)?;
        let zones = zones_of(cluster.vendor(), cluster.region()).into_iter();
        let served = self.exposing.zones_served.unwrap_or(publish::ZONES_SERVED);
        Ok(zones.take(served).collect())
    }

    /// The cluster, if it is one that has private link connections for dataflow.
    ///
    /// # Errors
    /// It is not.
    pub fn dataflow_cluster(&self, id: &str) -> Result<&Cluster, OutgoingRefusal> {
        let missing = || OutgoingRefusal::NoCluster(id.to_owned());
        let stands =
            |cluster: &&Cluster| cluster.tier.is_shared() && cluster.state != ClusterState::Deleted;
        let cluster = self.clusters.get(id).filter(stands);
        let cluster = cluster.ok_or_else(missing)?;
        if cluster.tier == Tier::Essential { Ok(cluster) } else { Err(OutgoingRefusal::NotOffered) }
    }

    /// POST: a new connection, CREATING.
    ///
    /// # Errors
    /// TiDB Cloud refuses; nothing has changed.
    pub fn create_outgoing(
        &mut self,
        cluster: &str,
        new: &NewOutgoing,
    ) -> Result<Arc<Outgoing>, OutgoingRefusal> {
        let found = self.dataflow_cluster(cluster)?;
        let (cluster, vendor) = (found.id.clone(), found.vendor());
        check_new(new, vendor, found.region())?;
        let same = |row: &&Arc<Outgoing>| {
            row.cluster == cluster
                && row.display_name == new.display_name
                && row.service_name == new.service_name
                && row.state != OutgoingState::Deleting
        };
        if self.draws.dataflow.second_connection == SecondConnection::Conflict
            && self.exposing.outgoing.rows().any(|row| same(&row))
        {
            return Err(OutgoingRefusal::Duplicate(new.display_name.clone()));
        }
        self.exposing.births += 1;
        let row = Outgoing {
            id: OutgoingId(format!("plc-{}", self.random.hex(20))),
            cluster,
            vendor,
            display_name: new.display_name.clone(),
            service_name: new.service_name.clone(),
            state: OutgoingState::Creating,
            message: None,
            endpoint: None,
            zones: Vec::new(),
            domains: Vec::new(),
            created_at: self.now,
            updated_at: None,
            epoch: self.exposing.births << 20,
        };
        let at = self.after(self.draws.dataflow.latency.request);
        self.agenda.add(at, Event::Exposure(ExposureEvent::Asks(row.id.clone(), row.epoch)));
        self.put_outgoing(row.clone());
        Ok(Arc::new(row))
    }

    pub(super) fn outgoing_asks(&mut self, id: &OutgoingId, epoch: u64) {
        let Some(mut row) = self.outgoing_at_epoch(id, epoch) else { return };
        let account = World::outgoing_account(row.vendor);
        let Some(part) = self.open_service(&row.service_name, account).filter(|part| {
            let region = self.clusters.get(&row.cluster).map(Cluster::region);
            region == Some(part.scope.region.as_str())
        }) else {
            self.outgoing_unasked(row);
            return;
        };
        let served = self.outgoing_zones(row.cluster.as_str()).unwrap_or_default();
        let zones = part.service().map(|service| service.zones.as_slice()).unwrap_or_default();
        row.zones = zones.iter().filter(|zone| served.contains(zone)).cloned().collect();
        row.epoch += 1;
        if row.zones.is_empty() {
            row.state = OutgoingState::Failed;
            row.message = Some(format!(
                "the endpoint service {} has no availability zone in common with the cluster",
                row.service_name
            ));
            self.put_outgoing(row);
            return;
        }
        let (endpoint, waits) = self.ask_service(&part, account);
        row.endpoint = Some(endpoint);
        if waits {
            row.state = OutgoingState::PendingAcceptance;
        }
        self.put_outgoing(row);
        self.invite_stranger(&part);
    }

    fn invite_stranger(&mut self, part: &Part) {
        if self.draws.dataflow.strangers {
            let at = self.after(self.draws.dataflow.latency.settle);
            let event = ExposureEvent::StrangerAsks(part.id.clone());
            self.agenda.add(at, Event::Exposure(event));
        }
    }

    fn outgoing_unasked(&mut self, mut row: Outgoing) {
        match self.draws.dataflow.unasked {
            Unasked::StaysCreating => {}
            Unasked::TriesAgain => {
                let at = self.now.saturating_add(AGAIN);
                self.agenda.add(at, Event::Exposure(ExposureEvent::Asks(row.id, row.epoch)));
            }
            Unasked::Fails => {
                row.epoch += 1;
                row.state = OutgoingState::Failed;
                row.message = Some(format!(
                    "the Vpc Endpoint Service '{}' does not exist, or does not permit this account",
                    row.service_name
                ));
                self.put_outgoing(row);
            }
        }
    }

    /// TiDB Cloud looks at its request in a while.
    pub(super) fn settle_soon(&mut self, endpoint: &str) {
        let mut rows = self.true_outgoing();
        let found = rows.find(|row| row.endpoint.as_deref() == Some(endpoint));
        let found = found.map(|row| (row.id.clone(), row.epoch));
        drop(rows);
        let Some((id, epoch)) = found else { return };
        let at = self.after(self.draws.dataflow.latency.settle);
        self.agenda.add(at, Event::Exposure(ExposureEvent::Settles(id, epoch)));
    }

    pub(super) fn outgoing_settles(&mut self, id: &OutgoingId, epoch: u64) {
        let Some(mut row) = self.outgoing_at_epoch(id, epoch) else { return };
        let Some(endpoint) = &row.endpoint else { return };
        let (state, message) = match self.request_of(endpoint).map(|request| request.state) {
            Some(RequestState::PendingAcceptance | RequestState::Pending) => return,
            Some(RequestState::Available) => (OutgoingState::Active, None),
            Some(RequestState::Rejected) => {
                let why = format!("the endpoint {endpoint} was rejected by the service's owner");
                (OutgoingState::Failed, Some(why))
            }
            None => {
                let why = format!("the endpoint {endpoint} does not exist");
                (OutgoingState::Failed, Some(why))
            }
        };
        (row.state, row.message) = (state, message);
        row.epoch += 1;
        self.put_outgoing(row);
    }

    /// DELETE: it goes in its own time. Deleting what is being deleted is no error.
    ///
    /// # Errors
    /// There is no such thing, or it is in use, and that is how TiDB Cloud says it.
    pub fn delete_outgoing(
        &mut self,
        cluster: &str,
        id: &str,
    ) -> Result<Option<Arc<Outgoing>>, OutgoingRefusal> {
        self.dataflow_cluster(cluster)?;
        let row = self.exposing.outgoing.get(id).filter(|row| row.cluster.as_str() == cluster);
        let Some(mut row) = row.map(|row| Outgoing::clone(row)) else {
            return match self.draws.missing_deletion {
                MissingDeletion::NotFound => Err(OutgoingRefusal::NoConnection(id.to_owned())),
                MissingDeletion::Success => Ok(None),
            };
        };
        if self.draws.dataflow.deletion_in_use == DeletionInUse::Refused && self.is_used(&row.id) {
            return Err(OutgoingRefusal::InUse(id.to_owned()));
        }
        if row.state != OutgoingState::Deleting {
            row.state = OutgoingState::Deleting;
            row.epoch += 1;
            let at = self.after(self.draws.dataflow.latency.deletion);
            let event = ExposureEvent::OutgoingGone(row.id.clone(), row.epoch);
            self.agenda.add(at, Event::Exposure(event));
            self.put_outgoing(row.clone());
        }
        Ok(Some(Arc::new(row)))
    }

    pub(super) fn outgoing_gone(&mut self, id: &OutgoingId, epoch: u64) {
        let Some(row) = self.outgoing_at_epoch(id, epoch) else { return };
        if let Some(endpoint) = &row.endpoint {
            self.withdraw_request(endpoint);
        }
        let (list, read) = self.late(self.draws.lag.connection_changes);
        self.writes += 1;
        self.exposing.outgoing.put(id, None, self.now, list, read);
    }

    /// An instance that is deleted takes its connections along.
    pub(in crate::world) fn outgoing_lost(&mut self, cluster: &str) {
        let lost = self.true_outgoing().filter(|row| row.cluster.as_str() == cluster);
        let lost: Vec<_> = lost.map(|row| (row.id.clone(), row.epoch)).collect();
        for (id, epoch) in lost {
            self.outgoing_gone(&id, epoch);
        }
    }

    /// The connections of a cluster as lists show them now.
    ///
    /// # Errors
    /// There is no such cluster, or its tier has no such connections.
    pub fn outgoing_list(&mut self, cluster: &str) -> Result<Vec<Arc<Outgoing>>, OutgoingRefusal> {
        self.dataflow_cluster(cluster)?;
        let moment = self.moment_of_look();
        let rows = self.exposing.outgoing.all_seen(Eye::List, moment);
        Ok(rows.filter(|row| row.cluster.as_str() == cluster).cloned().collect())
    }

    /// One connection as TiDB Cloud shows it to who asks by id.
    ///
    /// # Errors
    /// There is no such cluster or connection.
    pub fn outgoing(&mut self, cluster: &str, id: &str) -> Result<Arc<Outgoing>, OutgoingRefusal> {
        self.dataflow_cluster(cluster)?;
        let moment = self.moment_of_look();
        let row = self.exposing.outgoing.seen(id, Eye::Read, moment);
        let row = row.filter(|row| row.cluster.as_str() == cluster);
        row.cloned().ok_or_else(|| OutgoingRefusal::NoConnection(id.to_owned()))
    }

    /// Every connection as it is.
    pub fn true_outgoing(&self) -> impl Iterator<Item = &Outgoing> {
        self.exposing.outgoing.rows().map(AsRef::as_ref)
    }

    pub(super) fn fail_outgoing(&mut self, id: &str, message: String) -> bool {
        let row = self.exposing.outgoing.get(id).map(|row| Outgoing::clone(row));
        let Some(mut row) = row else { return false };
        row.state = OutgoingState::Failed;
        row.message = Some(message);
        row.epoch += 1;
        self.put_outgoing(row);
        true
    }

    fn outgoing_at_epoch(&self, id: &OutgoingId, epoch: u64) -> Option<Outgoing> {
        let row = self.exposing.outgoing.get(id.as_str())?;
        (row.epoch == epoch).then(|| Outgoing::clone(row))
    }

    pub(super) fn put_outgoing(&mut self, mut row: Outgoing) {
        let is_new = self.exposing.outgoing.get(row.id.as_str()).is_none();
        let lags = self.draws.lag;
        let lag = if is_new { lags.connection_appears } else { lags.connection_changes };
        let (list, read) = self.late(lag);
        self.writes += 1;
        row.updated_at = (!is_new).then_some(self.now);
        self.exposing.outgoing.put(&row.id.clone(), Some(row), self.now, list, read);
    }
}

fn check_new(new: &NewOutgoing, vendor: Vendor, region: &str) -> Result<(), OutgoingRefusal> {
    let NewOutgoing { display_name, vendor: asked, service_name, region: other } = new;
    if display_name.is_empty() {
        return Err(OutgoingRefusal::DisplayNameMissing);
    }
    if *asked != vendor {
        return Err(OutgoingRefusal::WrongCloud);
    }
    if service_name.is_empty() {
        return Err(OutgoingRefusal::ServiceNameMissing);
    }
    match other {
        Some(other) if other != region => Err(OutgoingRefusal::CrossRegion(other.clone())),
        Some(_) | None => Ok(()),
    }
}
