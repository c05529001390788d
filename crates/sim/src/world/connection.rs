//! TiDB Cloud's records of VPC endpoints: how they come, settle and go.
//!
//! A record becomes ACTIVE because the endpoint exists over there and asks for this very service.

use crate::draws::{MissingDeletion, SecondRegistration};
use crate::ids::{ConnectionId, LinkId};
use crate::world::agenda::Event;
use crate::world::table::Eye;
use crate::world::{
    Connection, ConnectionFilter, ConnectionState, ServiceState, TidbRefusal, Verb, World,
};
use std::sync::Arc;

impl World {
    /// POST: a new connection, PENDING; or whatever TiDB Cloud does with an endpoint id that it knows.
    ///
    /// # Errors
    /// TiDB Cloud refuses; nothing has changed.
    pub fn register(
        &mut self,
        cluster: &str,
        group: &str,
        endpoint_id: &str,
    ) -> Result<Arc<Connection>, TidbRefusal> {
        let (found, group) = self.node_group(cluster, group)?;
        if endpoint_id.is_empty() {
            return Err(TidbRefusal::EndpointIdMissing);
        }
        let service = self.services.get(&group.service);
        let service = service.filter(|service| service.state == ServiceState::Active);
        let service = service.ok_or(TidbRefusal::ServiceNotReady)?;
        let host = service.private_dns_name.clone().unwrap_or_default();
        let early = self.draws.host_while_pending;
        let mut row = Connection {
            id: ConnectionId::from(""),
            project: found.project.clone(),
            cluster: found.id.clone(),
            group: group.id.clone(),
            endpoint_id: endpoint_id.to_owned(),
            state: ConnectionState::Pending,
            message: None,
            host: if early { host } else { String::new() },
            port: found.port,
            epoch: 0,
        };
        if let Some(known) = self.known(&row) {
            let retried = known.state == ConnectionState::Failed && self.draws.failed_is_retried;
            if retried || known.state == ConnectionState::Discovered {
                return Ok(self.start(Connection {
                    id: known.id.clone(),
                    epoch: known.epoch + 1,
                    ..row
                }));
            }
            match self.draws.second_registration {
                SecondRegistration::SameRow => return Ok(known),
                SecondRegistration::Conflict => {
                    return Err(TidbRefusal::Duplicate(endpoint_id.to_owned()));
                }
                SecondRegistration::Invalid => {
                    return Err(TidbRefusal::DuplicateInvalid(endpoint_id.to_owned()));
                }
                SecondRegistration::SecondRow => {}
            }
        }
        row.id = ConnectionId(self.next_serial());
        Ok(self.start(row))
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

    fn start(&mut self, row: Connection) -> Arc<Connection> {
        self.record_connection(Verb::Registered, row.id.as_str(), &row.endpoint_id);
        let at = self.after(self.draws.latency.connection);
        self.agenda.add(at, Event::ConnectionSettles(row.id.clone(), row.epoch));
        self.put_connection(row.clone());
        Arc::new(row)
    }

    fn row_at_epoch(&self, id: &ConnectionId, epoch: u32) -> Option<Connection> {
        let row = self.connections.get(id.as_str())?;
        (row.epoch == epoch).then(|| Connection::clone(row))
    }

    pub(crate) fn connection_settles(&mut self, id: &ConnectionId, epoch: u32) {
        let Some(mut row) = self.row_at_epoch(id, epoch) else { return };
        let service = self.node_group(row.cluster.as_str(), row.group.as_str());
        let service = service.ok().and_then(|(_, group)| self.services.get(&group.service));
        let wanted = service.map(|service| service.name.clone());
        let host = service.and_then(|service| service.private_dns_name.clone());
        let link = self.links.get(row.endpoint_id.as_str());
        let asks = link.is_some_and(|link| Some(&link.service) == wanted.as_ref());
        let accepted = asks && self.accept(&row.endpoint_id.clone());
        let missing = format!("The VPC Endpoint Id '{{{} []}}' does not exist", row.endpoint_id);
        row.epoch += 1;
        row.host = host.unwrap_or_default();
        row.state = if accepted { ConnectionState::Active } else { ConnectionState::Failed };
        row.message = (!accepted || self.draws.stale_message).then_some(missing);
        self.put_connection(row);
    }

    pub(crate) fn connection_breaks(&mut self, id: &ConnectionId, epoch: u32) {
        let Some(mut row) = self.row_at_epoch(id, epoch) else { return };
        row.epoch += 1;
        row.state = ConnectionState::Failed;
        row.message =
            Some(format!("The VPC Endpoint Id '{{{} []}}' does not exist", row.endpoint_id));
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

    pub(crate) fn connection_gone(&mut self, id: &ConnectionId, epoch: u32) {
        let Some(row) = self.row_at_epoch(id, epoch) else { return };
        let (list, read) = self.late(self.draws.lag.connection_changes);
        self.writes += 1;
        self.connections.put(id, None, self.now, list, read);
        let link = self.links.get(row.endpoint_id.as_str());
        let ours = self.node_group(row.cluster.as_str(), row.group.as_str());
        let asks =
            link.zip(ours.ok()).is_some_and(|(link, (_, group))| link.service == group.service);
        if asks && !self.is_named(&LinkId(row.endpoint_id.clone())) {
            self.let_go(&row.endpoint_id);
        }
    }

    /// Whether a connection that is not on its way out names the endpoint.
    pub(crate) fn is_named(&self, link: &LinkId) -> bool {
        let stays = |state| matches!(state, ConnectionState::Pending | ConnectionState::Active);
        self.naming(link.as_str()).any(|row| stays(row.state))
    }

    /// The connections that name the endpoint, as they are.
    pub(crate) fn naming(&self, endpoint_id: &str) -> impl Iterator<Item = &Arc<Connection>> {
        let ids = self.naming.get(endpoint_id).into_iter().flatten();
        ids.filter_map(|id| self.connections.get(id.as_str()))
    }

    /// The connections as lists show them now.
    pub fn connections(&mut self, filter: &ConnectionFilter) -> Vec<Arc<Connection>> {
        let ConnectionFilter { project, cluster, group } = filter;
        let fits = |wanted: &Option<String>, found: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted == found)
        };
        let moment = self.moment_of_look();
        let rows = self.connections.all_seen(Eye::List, moment).filter(|row| {
            fits(project, row.project.as_str())
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

    pub(crate) fn discover(&mut self, link: &str) -> bool {
        let Some(link) = self.links.get(link).cloned() else { return false };
        let service = self.services.get(&link.service).cloned();
        let cluster = service.as_ref().and_then(|service| self.clusters.get(&service.cluster));
        let Some((service, cluster)) = service.as_ref().zip(cluster) else { return false };
        let mut row = Connection {
            id: ConnectionId::from(""),
            project: cluster.project.clone(),
            cluster: cluster.id.clone(),
            group: service.group.clone(),
            endpoint_id: link.id.to_string(),
            state: ConnectionState::Discovered,
            message: None,
            host: String::new(),
            port: cluster.port,
            epoch: 0,
        };
        row.id = ConnectionId(self.next_serial());
        self.put_connection(row);
        true
    }
}
