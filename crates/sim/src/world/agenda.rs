//! What will happen, and when.
//!
//! An event names the epoch of its object; if the object has changed state since, the event is void.

use crate::ids::{ConnectionId, LinkId, OperationId, ServiceName};
use crate::world::World;
use crate::world::exposure::ExposureEvent;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    ServiceReady(ServiceName),
    LinkReady(LinkId, u64),
    LinkExpires(LinkId, u64),
    LinkDeleted(LinkId, u64),
    LinkForgotten(LinkId, u64),
    ConnectionSettles(ConnectionId, u64),
    /// Its VPC endpoint was deleted.
    ConnectionBreaks(ConnectionId, u64),
    ConnectionGone(ConnectionId, u64),
    /// TiDB Cloud notices an endpoint that nobody registered; with the endpoint's time of birth.
    Discovery(LinkId, u64),
    OperationEnds(OperationId),
    OperationForgotten(OperationId),
    Exposure(ExposureEvent),
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Agenda {
    events: BTreeMap<(u64, u64), Event>,
    /// Tells apart what happens at the same time: first written, first done.
    written: u64,
}

impl Agenda {
    pub(crate) fn add(&mut self, at: u64, event: Event) {
        self.written += 1;
        self.events.insert((at, self.written), event);
    }

    /// The next event until then, and its time.
    pub(crate) fn due(&mut self, until: u64) -> Option<(u64, Event)> {
        let first = self.events.first_entry()?;
        let at = first.key().0;
        (at <= until).then(|| (at, first.remove()))
    }
}

impl World {
    pub(crate) fn fire(&mut self, event: Event) {
        match event {
            Event::ServiceReady(name) => self.service_ready(&name),
            Event::LinkReady(id, epoch) => self.link_ready(&id, epoch),
            Event::LinkExpires(id, epoch) => self.link_expires(&id, epoch),
            Event::LinkDeleted(id, epoch) => self.link_deleted(&id, epoch),
            Event::LinkForgotten(id, epoch) => self.link_forgotten(&id, epoch),
            Event::ConnectionSettles(id, epoch) => self.connection_settles(&id, epoch),
            Event::ConnectionBreaks(id, epoch) => self.connection_breaks(&id, epoch),
            Event::ConnectionGone(id, epoch) => self.connection_gone(&id, epoch),
            Event::Discovery(id, created_at) => self.discovery(&id, created_at),
            Event::OperationEnds(id) => self.operation_ends(&id),
            Event::OperationForgotten(id) => self.operation_forgotten(&id),
            Event::Exposure(event) => self.fire_exposure(event),
        }
    }
}
