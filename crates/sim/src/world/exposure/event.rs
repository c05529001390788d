//! What will happen on the way out.

use crate::ids::{DatabaseId, OutgoingId, PartId};
use crate::world::World;
use std::net::Ipv4Addr;

/// An event names the epoch of its object; if the object has changed state since, the event is void.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ExposureEvent {
    PartReady(PartId, u64),
    /// An address that a database had before stops to answer.
    AddressDies(DatabaseId, Ipv4Addr),
    Checked(PartId, (Ipv4Addr, u16), u64),
    Drained(PartId, (Ipv4Addr, u16), u64),
    /// TiDB Cloud asks at the service.
    Asks(OutgoingId, u64),
    /// TiDB Cloud asks for another of its customers.
    StrangerAsks(PartId),
    /// An accepted endpoint works.
    RequestReady(PartId, String, u64),
    /// TiDB Cloud notices what became of its request.
    Settles(OutgoingId, u64),
    OutgoingGone(OutgoingId, u64),
    DomainReady(OutgoingId, String),
}

impl World {
    pub(crate) fn fire_exposure(&mut self, event: ExposureEvent) {
        match event {
            ExposureEvent::PartReady(id, epoch) => self.part_ready(&id, epoch),
            ExposureEvent::AddressDies(id, address) => self.address_dies(&id, address),
            ExposureEvent::Checked(group, target, epoch) => self.checked(&group, target, epoch),
            ExposureEvent::Drained(group, target, epoch) => self.drained(&group, target, epoch),
            ExposureEvent::Asks(id, epoch) => self.outgoing_asks(&id, epoch),
            ExposureEvent::StrangerAsks(service) => self.stranger_asks(&service),
            ExposureEvent::RequestReady(service, endpoint, epoch) => {
                self.request_ready(&service, &endpoint, epoch);
            }
            ExposureEvent::Settles(id, epoch) => self.outgoing_settles(&id, epoch),
            ExposureEvent::OutgoingGone(id, epoch) => self.outgoing_gone(&id, epoch),
            ExposureEvent::DomainReady(id, domain) => self.domain_ready(&id, &domain),
        }
    }
}
