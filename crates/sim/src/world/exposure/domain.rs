//! Domains that lead through a connection: TiDB Cloud's own, and Confluent's.

use super::event::ExposureEvent;
use super::{Outgoing, OutgoingRefusal, OutgoingState};
use crate::fault::Vendor;
use crate::ids::OutgoingId;
use crate::random::Random;
use crate::world::World;
use crate::world::agenda::Event;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AttachedDomain {
    /// Empty where nothing was attached, only judged.
    pub id: String,
    pub kind: DomainKind,
    pub unique_name: String,
    pub domains: Vec<Domain>,
    /// Milliseconds since the Unix epoch.
    pub created_at: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DomainKind {
    TidbcloudManaged,
    Confluent,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Domain {
    /// With a wildcard.
    pub name: String,
    /// Its words are documented nowhere.
    pub state: &'static str,
}

/// What `:attachDomains` asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachRequest {
    pub kind: DomainKind,
    /// Empty only where TiDB Cloud is to make one up, and nothing is attached yet.
    pub unique_name: String,
    pub validate_only: bool,
}

impl World {
    /// Attaches domains, or only says which it would be.
    ///
    /// # Errors
    /// TiDB Cloud refuses; nothing has changed.
    pub fn attach_domains(
        &mut self,
        cluster: &str,
        connection: &str,
        request: &AttachRequest,
    ) -> Result<AttachedDomain, OutgoingRefusal> {
        let AttachRequest { kind, unique_name, validate_only } = request;
        let mut row = self.outgoing_row(cluster, connection)?;
        if *kind == DomainKind::Confluent && row.vendor != Vendor::Aws {
            return Err(OutgoingRefusal::DomainKind);
        }
        if row.state != OutgoingState::Active {
            return Err(OutgoingRefusal::NotActive(connection.to_owned()));
        }
        let may_be_empty = *kind == DomainKind::TidbcloudManaged && *validate_only;
        if unique_name.is_empty() && !may_be_empty {
            return Err(OutgoingRefusal::UniqueNameMissing);
        }
        let unique_name = match unique_name.as_str() {
            "" => made_up(&row.id),
            known => known.to_owned(),
        };
        if let Some(known) = row.domains.iter().find(|its| its.unique_name == unique_name) {
            return Ok(known.clone());
        }
        let id = if *validate_only { String::new() } else { format!("ad-{}", self.random.hex(12)) };
        let domains = names(&row, *kind, &unique_name);
        let attached =
            AttachedDomain { id, kind: *kind, unique_name, domains, created_at: self.now };
        if !validate_only {
            let at = self.after(self.draws.dataflow.latency.domain);
            let event = ExposureEvent::DomainReady(row.id.clone(), attached.id.clone());
            self.agenda.add(at, Event::Exposure(event));
            row.domains.push(attached.clone());
            self.put_outgoing(row);
        }
        Ok(attached)
    }

    /// Takes one attachment away.
    ///
    /// # Errors
    /// There is no such cluster, connection or attachment.
    pub fn detach_domains(
        &mut self,
        cluster: &str,
        connection: &str,
        id: &str,
    ) -> Result<AttachedDomain, OutgoingRefusal> {
        let mut row = self.outgoing_row(cluster, connection)?;
        let index = row.domains.iter().position(|domain| domain.id == id);
        let index = index.ok_or_else(|| OutgoingRefusal::NoDomain(id.to_owned()))?;
        let detached = row.domains.remove(index);
        self.put_outgoing(row);
        Ok(detached)
    }

    pub(super) fn domain_ready(&mut self, id: &OutgoingId, domain: &str) {
        let row = self.exposing.outgoing.get(id.as_str()).map(|row| Outgoing::clone(row));
        let Some(mut row) = row else { return };
        let Some(attached) = row.domains.iter_mut().find(|its| its.id == domain) else { return };
        for name in &mut attached.domains {
            name.state = "ACTIVE";
        }
        self.put_outgoing(row);
    }

    fn outgoing_row(&self, cluster: &str, id: &str) -> Result<Outgoing, OutgoingRefusal> {
        self.dataflow_cluster(cluster)?;
        let row = self.exposing.outgoing.get(id).filter(|row| row.cluster.as_str() == cluster);
        let row = row.map(|row| Outgoing::clone(row));
        row.ok_or_else(|| OutgoingRefusal::NoConnection(id.to_owned()))
    }
}

/// The same for the same connection, however often it is asked.
fn made_up(id: &OutgoingId) -> String {
    let mixed =
        id.as_str().bytes().fold(7_u64, |sum, byte| sum * 31 % 0xffff_fffb + u64::from(byte));
    Random::new(mixed).hex(26)
}

fn names(row: &Outgoing, kind: DomainKind, unique_name: &str) -> Vec<Domain> {
    let tail = match kind {
        DomainKind::TidbcloudManaged => {
            format!("{unique_name}.{}.plc.tidbcloud.com", row.vendor.prefix())
        }
        DomainKind::Confluent => format!("{unique_name}.{}.confluent.cloud", row.vendor.prefix()),
    };
    let zonal = row.zones.iter().map(|zone| format!("*.{}.{tail}", zone.id));
    let all = std::iter::once(format!("*.{tail}")).chain(zonal);
    all.map(|name| Domain { name, state: "CREATING" }).collect()
}
