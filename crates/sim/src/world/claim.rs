//! Whether what TiDB Cloud was told of an endpoint is so, and what it makes of it: hosts, messages, discoveries.

use crate::fault::Vendor;
use crate::ids::{ConnectionId, LinkId};
use crate::random::Random;
use crate::world::agenda::Event;
use crate::world::{Connection, ConnectionState, Link, Service, World};

impl World {
    /// The endpoint of the connection, if it is there, asks for this very service and has the address that was told.
    pub(crate) fn claimed(&self, row: &Connection) -> Option<&Link> {
        self.asking(row).filter(|link| World::has_address(link, row))
    }

    /// The endpoint that the connection names, if it asks for this very service.
    pub(crate) fn asking(&self, row: &Connection) -> Option<&Link> {
        let wanted = self.service_of(row)?;
        self.link_named(&row.endpoint_id).filter(|link| link.service == wanted.name)
    }

    pub(crate) fn service_of(&self, row: &Connection) -> Option<&Service> {
        let (_, group) = self.node_group(row.cluster.as_str(), row.group.as_str()).ok()?;
        self.services.get(&group.service)
    }

    pub(crate) fn link_named(&self, endpoint_id: &str) -> Option<&Link> {
        let exact = self.links.get(endpoint_id);
        let in_any_case = || {
            let mut known = self.links.rows();
            known.find(|link| link.id.as_str().eq_ignore_ascii_case(endpoint_id))
        };
        let is_arm = endpoint_id.starts_with('/');
        exact.or_else(|| is_arm.then(in_any_case).flatten()).map(AsRef::as_ref)
    }

    pub(crate) fn has_address(link: &Link, row: &Connection) -> bool {
        match link.vendor() {
            Vendor::Tidb | Vendor::Aws | Vendor::Gcp => true,
            Vendor::Azure => {
                link.ip().map(|ip| ip.to_string()).as_deref() == row.private_ip_address.as_deref()
            }
            Vendor::Alibaba => link.domain() == row.private_domain_name.as_deref(),
        }
    }

    /// What TiDB Cloud says of an endpoint that it does not find.
    pub(crate) fn missing(row: &Connection) -> String {
        let id = &row.endpoint_id;
        if id.starts_with("projects/") {
            return format!("not received connection request from endpoint {id}");
        }
        if id.starts_with('/') {
            let ip = row.private_ip_address.as_deref().unwrap_or_default();
            return format!("the private endpoint '{id}' with IP address '{ip}' does not exist");
        }
        format!("The VPC Endpoint Id '{{{id} []}}' does not exist")
    }

    /// The name under which clients reach the cluster by this connection.
    pub(crate) fn host_of(&self, row: &Connection) -> String {
        let Some(service) = self.service_of(row) else { return String::new() };
        let zone = &service.dns_name;
        let endpoint = row.endpoint_id.rsplit('/').next().unwrap_or_default();
        match service.vendor {
            Vendor::Tidb | Vendor::Aws => service.private_dns_name.clone().unwrap_or_default(),
            Vendor::Gcp | Vendor::Alibaba => format!("{endpoint}.{zone}"),
            Vendor::Azure => {
                let mixed = endpoint
                    .bytes()
                    .fold(7_u64, |sum, byte| (sum * 31 + u64::from(byte)) % 0xffff_fffb);
                format!("{endpoint}-{}.{zone}", Random::new(mixed).hex(8))
            }
        }
    }

    /// On Azure, TiDB Cloud notices by itself who asks for a service of its own.
    pub(crate) fn discover_later(&mut self, link: &Link) {
        if link.vendor() == Vendor::Azure && link.is_live() {
            let at = self.after(self.draws.latency.discovery);
            self.agenda.add(at, Event::Discovery(link.id.clone(), link.created_at));
        }
    }

    pub(crate) fn discovery(&mut self, id: &LinkId, created_at: u64) {
        let found = self.links.get(id.as_str());
        let lives = found.is_some_and(|link| link.is_live() && link.created_at == created_at);
        if lives && self.naming(id.as_str()).next().is_none() {
            self.discover(id.as_str());
        }
    }

    /// A row for an endpoint that nobody registered.
    pub(crate) fn discover(&mut self, link: &str) -> bool {
        let Some(link) = self.links.get(link).cloned() else { return false };
        let service = self.services.get(&link.service).cloned();
        let cluster = service.as_ref().and_then(|service| self.clusters.get(&service.cluster));
        let Some((service, cluster)) = service.as_ref().zip(cluster) else { return false };
        let ip = link.ip().filter(|_| link.vendor() == Vendor::Azure).map(|ip| ip.to_string());
        let mut row = Connection {
            id: ConnectionId::from(""),
            project: cluster.project.clone(),
            tier: cluster.tier,
            cluster: cluster.id.clone(),
            group: service.group.clone(),
            endpoint_id: link.id.to_string(),
            private_ip_address: ip,
            private_domain_name: None,
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

    /// What was only noticed goes with what was noticed.
    pub(crate) fn undiscover(&mut self, id: &LinkId) {
        let noticed = |row: &&std::sync::Arc<Connection>| row.state == ConnectionState::Discovered;
        let rows: Vec<_> = self.naming(id.as_str()).filter(noticed).cloned().collect();
        for row in rows {
            self.forget_connection(&row);
        }
    }

    /// The id that TiDB Cloud shows of a connection: whether one that was only noticed has any, is drawn.
    #[must_use]
    pub fn id_shown<'row>(&self, row: &'row Connection) -> Option<&'row ConnectionId> {
        let hidden =
            row.state == ConnectionState::Discovered && !self.draws.discovered_rows_have_ids;
        (!hidden).then_some(&row.id)
    }
}
