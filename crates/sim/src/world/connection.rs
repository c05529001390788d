//! TiDB Cloud's records of VPC endpoints: how they come, settle and go.
//!
//! A record becomes ACTIVE because the endpoint exists over there and asks for this very service.

use crate::draws::{MissingDeletion, SecondRegistration, WrongAddress};
use crate::ids::{ConnectionId, LinkId};
use crate::world::agenda::Event;
use crate::world::table::Eye;
use crate::world::{
    Claim, Connection, ConnectionFilter, ConnectionState, ServiceState, TidbRefusal, Verb, World,
};
use std::sync::Arc;

impl World {
    /// POST of an id alone.
    ///
    /// # Errors
    /// TiDB Cloud refuses; nothing has changed.
    pub fn register(
        &mut self,
        cluster: &str,
        group: &str,
        endpoint_id: &str,
    ) -> Result<Arc<Connection>, TidbRefusal> {
        self.register_as(cluster, group, &Claim::of(endpoint_id))
    }

    /// POST: a new connection, PENDING; or whatever TiDB Cloud does with an endpoint id that it knows. In the console,
    /// the same for an exclusive instance.
    ///
    /// # Errors
    /// TiDB Cloud refuses; nothing has changed.
    pub fn register_as(
        &mut self,
        cluster: &str,
        group: &str,
        claim: &Claim,
    ) -> Result<Arc<Connection>, TidbRefusal> {
        let mut row = self.draft(cluster, group, claim)?;
        if self.draws.wrong_address == WrongAddress::Refused {
            self.check_address_of(&row)?;
        }
        if let Some(known) = self.known(&row) {
            let retried = known.state == ConnectionState::Failed && self.draws.failed_is_retried;
            if retried || known.state == ConnectionState::Discovered {
                let (id, epoch) = (known.id.clone(), known.epoch + 1);
                return Ok(self.begin_connection(Connection { id, epoch, ..row }));
            }
            match self.draws.second_registration {
                SecondRegistration::SameRow => return Ok(known),
                SecondRegistration::Conflict => {
                    return Err(TidbRefusal::Duplicate(claim.endpoint_id.clone()));
                }
                SecondRegistration::Invalid => {
                    return Err(TidbRefusal::DuplicateInvalid(claim.endpoint_id.clone()));
                }
                SecondRegistration::SecondRow => {}
            }
        }
        row.id = ConnectionId(self.next_serial());
        Ok(self.begin_connection(row))
    }

    /// POST with `validateOnly`, and the console's *Verify*: whether the endpoint is there and has this address.
    ///
    /// # Errors
    /// It is not, or has not, or TiDB Cloud would refuse it for another reason.
    pub fn verify(&self, cluster: &str, group: &str, claim: &Claim) -> Result<(), TidbRefusal> {
        let row = self.draft(cluster, group, claim)?;
        match self.claimed(&row) {
            Some(_) => Ok(()),
            None => Err(TidbRefusal::Unverified(World::missing(&row))),
        }
    }

    fn draft(&self, cluster: &str, group: &str, claim: &Claim) -> Result<Connection, TidbRefusal> {
        let (found, group) = self.node_group(cluster, group)?;
        let Claim { endpoint_id, private_ip_address, private_domain_name } = claim.clone();
        if endpoint_id.is_empty() {
            return Err(TidbRefusal::EndpointIdMissing);
        }
        if found.tier.is_shared() {
            return Err(TidbRefusal::NotOffered);
        }
        let service = self.services.get(&group.service);
        let service = service.filter(|service| service.state == ServiceState::Active);
        service.ok_or(TidbRefusal::ServiceNotReady)?;
        let mut row = Connection {
            id: ConnectionId::from(""),
            project: found.project.clone(),
            tier: found.tier,
            cluster: found.id.clone(),
            group: group.id.clone(),
            endpoint_id,
            private_ip_address,
            private_domain_name,
            state: ConnectionState::Pending,
            message: None,
            host: String::new(),
            port: found.port,
            epoch: 0,
        };
        if self.draws.host_while_pending {
            row.host = self.host_of(&row);
        }
        Ok(row)
    }

    /// Of what can be seen of it at once, only the address.
    fn check_address_of(&self, row: &Connection) -> Result<(), TidbRefusal> {
        let link = self.link_named(&row.endpoint_id);
        if link.is_some_and(|link| !World::has_address(link, row)) {
            return Err(TidbRefusal::Unverified(World::missing(row)));
        }
        Ok(())
    }

    /// The connection of the same group with the same endpoint, unless it is on its way out.
    fn known(&self, row: &Connection) -> Option<Arc<Connection>> {
        let same = |known: &&Arc<Connection>| {
            known.cluster == row.cluster
                && known.group == row.group
                && known.state != ConnectionState::Deleting
        };
        self.naming(&row.endpoint_id).find(same).cloned()
    }

    fn begin_connection(&mut self, row: Connection) -> Arc<Connection> {
        self.record_connection(Verb::Registered, row.id.as_str(), &row.endpoint_id);
        let at = self.after(self.draws.latency.connection);
        self.agenda.add(at, Event::ConnectionSettles(row.id.clone(), row.epoch));
        self.put_connection(row.clone());
        Arc::new(row)
    }

    fn row_at_epoch(&self, id: &ConnectionId, epoch: u64) -> Option<Connection> {
        let row = self.connections.get(id.as_str())?;
        (row.epoch == epoch).then(|| Connection::clone(row))
    }

    pub(crate) fn connection_settles(&mut self, id: &ConnectionId, epoch: u64) {
        let Some(mut row) = self.row_at_epoch(id, epoch) else { return };
        let link = self.claimed(&row).map(|link| link.id.clone());
        let accepted = link.is_some_and(|link| self.accept(link.as_str()));
        let missing = World::missing(&row);
        row.epoch += 1;
        row.host = self.host_of(&row);
        row.state = if accepted { ConnectionState::Active } else { ConnectionState::Failed };
        row.message = (!accepted || self.draws.stale_message).then_some(missing);
        self.put_connection(row);
    }

    pub(crate) fn connection_breaks(&mut self, id: &ConnectionId, epoch: u64) {
        let Some(mut row) = self.row_at_epoch(id, epoch) else { return };
        row.epoch += 1;
        row.state = ConnectionState::Failed;
        row.message = Some(World::missing(&row));
        self.put_connection(row);
    }

    /// DELETE: it goes in its own time. Deleting what is being deleted is no error.
    ///
    /// # Errors
    /// There is no such thing, and that is how TiDB Cloud says it.
    pub fn unregister(&mut self, cluster: &str, group: &str, id: &str) -> Result<(), TidbRefusal> {
        let place = self.node_group(cluster, group).map(|_| ());
        let row = place.ok().and_then(|()| self.connections.get(id));
        let row = row.filter(|row| row.cluster.as_str() == cluster && row.group.as_str() == group);
        let Some(mut row) = row.map(|row| Connection::clone(row)) else {
            return match self.draws.missing_deletion {
                MissingDeletion::NotFound => Err(TidbRefusal::NoConnection(id.to_owned())),
                MissingDeletion::Success => Ok(()),
            };
        };
        if row.state == ConnectionState::Deleting {
            return Ok(());
        }
        self.record_connection(Verb::Unregistered, id, &row.endpoint_id);
        row.state = ConnectionState::Deleting;
        row.epoch += 1;
        let at = self.after(self.draws.latency.connection_deletion);
        self.agenda.add(at, Event::ConnectionGone(row.id.clone(), row.epoch));
        self.put_connection(row);
        Ok(())
    }

    pub(crate) fn connection_gone(&mut self, id: &ConnectionId, epoch: u64) {
        let Some(row) = self.row_at_epoch(id, epoch) else { return };
        self.forget_connection(&row);
        let Some(link) = self.asking(&row).map(|link| link.id.clone()) else { return };
        if !self.is_named(&link) {
            self.let_go(link.as_str());
        }
        if self.draws.rediscovered
            && let Some(link) = self.links.get(link.as_str()).cloned()
        {
            self.discover_later(&link);
        }
    }

    pub(crate) fn forget_connection(&mut self, row: &Connection) {
        let (list, read) = self.late(self.draws.lag.connection_changes);
        self.writes += 1;
        self.connections.put(&row.id, None, self.now, list, read);
        let name = World::naming_key(&row.endpoint_id);
        if let Some(rows) = self.naming.get_mut(&name) {
            rows.remove(&row.id);
            if rows.is_empty() {
                self.naming.remove(&name);
            }
        }
    }

    /// Whether a connection that is not on its way out names the endpoint.
    pub(crate) fn is_named(&self, link: &LinkId) -> bool {
        let stays = |state| matches!(state, ConnectionState::Pending | ConnectionState::Active);
        self.naming(link.as_str()).any(|row| stays(row.state))
    }

    /// The connections that name the endpoint, as they are.
    pub(crate) fn naming(&self, endpoint_id: &str) -> impl Iterator<Item = &Arc<Connection>> {
        let ids = self.naming.get(&World::naming_key(endpoint_id)).into_iter().flatten();
        ids.filter_map(|id| self.connections.get(id.as_str()))
    }

    /// ARM ids are the same in any case.
    pub(crate) fn naming_key(endpoint_id: &str) -> String {
        let is_arm = endpoint_id.starts_with('/');
        if is_arm { endpoint_id.to_ascii_lowercase() } else { endpoint_id.to_owned() }
    }

    /// The connections as lists show them now.
    pub fn connections(&mut self, filter: &ConnectionFilter) -> Vec<Arc<Connection>> {
        let ConnectionFilter { host, project, cluster, group } = filter;
        let fits = |wanted: &Option<String>, found: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted == found)
        };
        let moment = self.moment_of_look();
        let rows = self.connections.all_seen(Eye::List, moment).filter(|row| {
            host.is_none_or(|host| host == row.tier.host())
                && fits(project, row.project.as_str())
                && fits(cluster, row.cluster.as_str())
                && fits(group, row.group.as_str())
        });
        rows.cloned().collect()
    }

    /// One connection as TiDB Cloud shows it to who asks by id.
    ///
    /// # Errors
    /// There is no such cluster, group or connection.
    pub fn connection(
        &mut self,
        cluster: &str,
        group: &str,
        id: &str,
    ) -> Result<Arc<Connection>, TidbRefusal> {
        self.node_group(cluster, group)?;
        let moment = self.moment_of_look();
        let row = self.connections.seen(id, Eye::Read, moment);
        let row = row.filter(|row| row.cluster.as_str() == cluster && row.group.as_str() == group);
        row.cloned().ok_or_else(|| TidbRefusal::NoConnection(id.to_owned()))
    }

    /// Every connection as it is.
    pub fn true_connections(&self) -> impl Iterator<Item = &Connection> {
        self.connections.rows().map(AsRef::as_ref)
    }

    pub(crate) fn fail_connection(&mut self, id: &str, message: String) -> bool {
        let row = self.connections.get(id).map(|row| Connection::clone(row));
        let Some(mut row) = row else { return false };
        row.state = ConnectionState::Failed;
        row.message = Some(message);
        row.epoch += 1;
        self.put_connection(row);
        true
    }
}
