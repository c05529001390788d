//! Who may ask for a customer's service, who asks, and what the customer answers.

use super::event::ExposureEvent;
use super::{Facts, Kind, Part, PartRefusal, PartState};
use crate::fault::Vendor;
use crate::ids::{PartId, Scope};
use crate::world::agenda::Event;
use crate::world::{Verb, World};
use serde::Serialize;
use std::sync::Arc;

/// One endpoint that wants to be connected with a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    pub service: PartId,
    /// `vpce-…`, `ep-…`
    pub endpoint: String,
    /// Whose endpoint it is.
    pub account: String,
    pub state: RequestState,
    /// Milliseconds since the Unix epoch.
    pub created_at: u64,
    #[serde(skip)]
    pub(crate) epoch: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum RequestState {
    PendingAcceptance,
    /// Accepted, and not yet ready.
    Pending,
    Available,
    Rejected,
}

impl World {
    /// Lets an account ask for a service, or not any more; what is connected stays so. Safe to repeat. `*` is everybody.
    ///
    /// # Errors
    /// There is no such service.
    pub fn set_permission(
        &mut self,
        scope: &Scope,
        service: &str,
        account: &str,
        may: bool,
    ) -> Result<(), PartRefusal> {
        let mut part = self.part_target(scope, Kind::Service, service)?;
        let Facts::Service(facts) = &mut part.facts else { return Ok(()) };
        let permitted = &mut facts.permitted;
        let changes =
            if may { permitted.insert(account.to_owned()) } else { permitted.remove(account) };
        if changes {
            self.record_part(Verb::Modified, &part);
            self.put_part(part);
        }
        Ok(())
    }

    /// Everybody's requests at one service of the scope, or at all of them; always as they are.
    #[must_use]
    pub fn requests(&self, scope: &Scope, service: Option<&str>) -> Vec<Request> {
        let within = |id: &PartId| {
            service.is_none_or(|service| service == id.as_str())
                && self.true_part(id.as_str()).is_some_and(|part| scope.covers(&part.scope))
        };
        let services = self.exposing.requests.iter().filter(|(id, _)| within(id));
        services.flat_map(|(_, requests)| requests.values().cloned()).collect()
    }

    /// Every request at every service.
    pub fn all_requests(&self) -> impl Iterator<Item = &Request> {
        self.exposing.requests.values().flat_map(|requests| requests.values())
    }

    /// The customer accepts one request, or turns it away. Safe to repeat.
    ///
    /// # Errors
    /// The cloud refuses; nothing has changed.
    pub fn answer_request(
        &mut self,
        scope: &Scope,
        service: &str,
        endpoint: &str,
        accept: bool,
    ) -> Result<(), PartRefusal> {
        let part = self.part_target(scope, Kind::Service, service)?;
        let ready_at = self.after(self.draws.latency.link);
        let one_by_one = scope.vendor == Vendor::Alibaba;
        let busy = |request: &Request| request.state == RequestState::Pending;
        let others = self.requests(scope, None);
        let blocked = one_by_one && others.iter().any(|its| its.endpoint != endpoint && busy(its));
        let requests = self.exposing.requests.get_mut(&part.id);
        let request = requests.and_then(|requests| requests.get_mut(endpoint));
        let request = request.ok_or_else(|| PartRefusal::NoRequest(endpoint.to_owned()))?;
        let next = match (request.state, accept) {
            (RequestState::Pending | RequestState::Available, true)
            | (RequestState::Rejected, false) => return Ok(()),
            (RequestState::PendingAcceptance | RequestState::Rejected, true) if blocked => {
                return Err(PartRefusal::AnswerUnderWay);
            }
            (RequestState::PendingAcceptance, true) => RequestState::Pending,
            // What was turned away is no more than disconnected there.
            (RequestState::Rejected, true) if one_by_one => RequestState::Pending,
            (RequestState::Rejected, true) => {
                return Err(PartRefusal::RequestState(endpoint.to_owned()));
            }
            (_, false) => RequestState::Rejected,
        };
        request.state = next;
        request.epoch += 1;
        let epoch = request.epoch;
        self.writes += 1;
        self.record_answer(&part, endpoint, accept);
        if next == RequestState::Pending {
            let event = ExposureEvent::RequestReady(part.id, endpoint.to_owned(), epoch);
            self.agenda.add(ready_at, Event::Exposure(event));
        } else {
            self.settle_soon(endpoint);
        }
        Ok(())
    }

    pub(super) fn request_ready(&mut self, service: &PartId, endpoint: &str, epoch: u64) {
        let requests = self.exposing.requests.get_mut(service);
        let request = requests.and_then(|requests| requests.get_mut(endpoint));
        let Some(request) = request.filter(|request| request.epoch == epoch) else { return };
        request.state = RequestState::Available;
        request.epoch += 1;
        self.writes += 1;
        self.settle_soon(endpoint);
    }

    /// The service of that name, if it is there for the account to ask.
    pub(super) fn open_service(&self, name: &str, account: &str) -> Option<Arc<Part>> {
        let is_open = |part: &&Arc<Part>| {
            part.service().is_some_and(|service| {
                service.service_name.as_str() == name
                    && service.state == PartState::Active
                    && ["*", account].iter().any(|word| service.permitted.contains(*word))
            })
        };
        self.exposing.parts.rows().find(is_open).cloned()
    }

    /// A new endpoint of the account asks. Its id, and whether it must wait for acceptance.
    pub(super) fn ask_service(&mut self, part: &Part, account: &str) -> (String, bool) {
        let endpoint = match part.scope.vendor {
            Vendor::Alibaba => format!("ep-{}", self.random.hex(20)),
            Vendor::Tidb | Vendor::Aws | Vendor::Azure | Vendor::Gcp => self.new_id("vpce"),
        };
        let waits = part.service().is_some_and(|service| service.acceptance_required);
        let state = if waits { RequestState::PendingAcceptance } else { RequestState::Pending };
        let request = Request {
            service: part.id.clone(),
            endpoint: endpoint.clone(),
            account: account.to_owned(),
            state,
            created_at: self.now,
            epoch: 0,
        };
        self.exposing
            .requests
            .entry(part.id.clone())
            .or_default()
            .insert(endpoint.clone(), request);
        self.writes += 1;
        if !waits {
            let at = self.after(self.draws.latency.link);
            let event = ExposureEvent::RequestReady(part.id.clone(), endpoint.clone(), 0);
            self.agenda.add(at, Event::Exposure(event));
        }
        (endpoint, waits)
    }

    /// Another customer of TiDB Cloud's asks, through the same account.
    pub(super) fn stranger_asks(&mut self, service: &PartId) {
        let part = self.true_part(service.as_str()).cloned();
        if let Some(part) = part.filter(|part| part.kind() == Kind::Service) {
            let account = World::outgoing_account(part.scope.vendor);
            self.ask_service(&part, account);
        }
    }

    /// TiDB Cloud deletes its endpoint.
    pub(super) fn withdraw_request(&mut self, endpoint: &str) {
        for requests in self.exposing.requests.values_mut() {
            requests.remove(endpoint);
        }
        self.exposing.requests.retain(|_, requests| !requests.is_empty());
    }

    pub(super) fn request_of(&self, endpoint: &str) -> Option<&Request> {
        self.exposing.requests.values().find_map(|requests| requests.get(endpoint))
    }
}
