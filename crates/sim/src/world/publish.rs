//! The services that TiDB Cloud publishes in the customers' clouds: one for each node group, or one for a whole region.

use crate::fault::Vendor;
use crate::ids::{ClusterId, NodeGroupId, Scope, ServiceName};
use crate::world::agenda::Event;
use crate::world::spell::{guid, zones_of};
use crate::world::{Cluster, Service, ServiceState, Tier, World};

/// TiDB Cloud's own accounts, from which it publishes.
const AWS_ACCOUNT: &str = "210987654321";
const ALIBABA_ACCOUNT: &str = "5210987654321098";
const SUBSCRIPTION: &str = "2b1d6c1e-77aa-4f0d-9d3e-0f1e2d3c4b5a";
const GOOGLE_PROJECT: &str = "tidb-cloud-services";

/// TiDB Cloud serves so many zones of a region.
pub(crate) const ZONES_SERVED: usize = 3;

impl World {
    pub(crate) fn publish(
        &mut self,
        cluster: &Cluster,
        group: &NodeGroupId,
        ready: bool,
    ) -> ServiceName {
        let on_alibaba = cluster.vendor() == Vendor::Alibaba && cluster.tier != Tier::Dedicated;
        let accepts = on_alibaba && self.draws.premium_accepts;
        let mut service = self.new_service(cluster.vendor(), cluster.region());
        let digits = group.as_str().get(..8).unwrap_or_default();
        service.dns_name =
            format!("privatelink-{digits}.{}.clusters.tidb-cloud.com", self.random.hex(12));
        service.private_dns_name =
            (service.vendor == Vendor::Aws).then(|| service.dns_name.clone());
        service.acceptance_required = !accepts;
        service.state = if ready { ServiceState::Active } else { ServiceState::Creating };
        (service.cluster, service.group) = (cluster.id.clone(), group.clone());
        let name = service.name.clone();
        if !ready {
            let at = self.after(self.draws.latency.service);
            self.agenda.add(at, Event::ServiceReady(name.clone()));
        }
        self.services.insert(name.clone(), service);
        name
    }

    /// The service of all shared instances of the region, which accepts by itself.
    pub(crate) fn shared_service(&mut self, region_id: &str) -> ServiceName {
        let vendor = Vendor::of_region(region_id).unwrap_or(Vendor::Aws);
        let region = region_id.split_once('-').map_or("", |(_, region)| region);
        let mut known = self.services.values();
        let same = |service: &&Service| {
            service.is_shared() && service.vendor == vendor && service.region == region
        };
        if let Some(known) = known.find(same) {
            return known.name.clone();
        }
        let mut service = self.new_service(vendor, region);
        service.dns_name =
            format!("gateway01-privatelink.{region}.prod.{}.tidbcloud.com", vendor.prefix());
        service.private_dns_name = (vendor == Vendor::Aws).then(|| service.dns_name.clone());
        service.acceptance_required = false;
        let name = service.name.clone();
        self.services.insert(name.clone(), service);
        name
    }

    /// Ready, asking for acceptance, and nobody's yet.
    fn new_service(&mut self, vendor: Vendor, region: &str) -> Service {
        let Spelled { name, id, owner, alias } = self.spell_service(vendor, region);
        let zones = zones_of(vendor, region).into_iter().take(ZONES_SERVED).collect();
        Service {
            vendor,
            name,
            id,
            alias,
            region: region.to_owned(),
            owner,
            zones,
            state: ServiceState::Active,
            acceptance_required: true,
            private_dns_name: None,
            dns_name: String::new(),
            cluster: ClusterId::from(""),
            group: NodeGroupId::from(""),
        }
    }

    fn spell_service(&mut self, vendor: Vendor, region: &str) -> Spelled {
        let (name, id, owner, alias) = match vendor {
            Vendor::Tidb | Vendor::Aws => {
                let id = self.new_id("vpce-svc");
                (format!("com.amazonaws.vpce.{region}.{id}"), id, AWS_ACCOUNT, None)
            }
            Vendor::Alibaba => {
                let id = format!("epsrv-{}", self.random.hex(20));
                (format!("com.aliyuncs.privatelink.{region}.{id}"), id, ALIBABA_ACCOUNT, None)
            }
            Vendor::Azure => {
                let id = format!("tidb-pls-{}", self.random.hex(8));
                let guid = guid(&mut self.random);
                let alias = format!("{id}.{guid}.{region}.azure.privatelinkservice");
                let group = format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/tidb-{region}");
                let name = format!("{group}/providers/Microsoft.Network/privateLinkServices/{id}");
                (name, id, SUBSCRIPTION, Some(alias))
            }
            Vendor::Gcp => {
                let id = format!("tidb-psc-{}", self.random.hex(8));
                let within = format!("projects/{GOOGLE_PROJECT}/regions/{region}");
                (format!("{within}/serviceAttachments/{id}"), id, GOOGLE_PROJECT, None)
            }
        };
        Spelled { name: ServiceName(name), id, owner: owner.to_owned(), alias }
    }

    pub(crate) fn service_ready(&mut self, name: &ServiceName) {
        if let Some(service) = self.services.get_mut(name)
            && service.state == ServiceState::Creating
        {
            service.state = ServiceState::Active;
            self.writes += 1;
        }
    }

    /// Every service there is, in whatever state.
    pub fn services(&self) -> impl Iterator<Item = &Service> {
        self.services.values()
    }

    /// The services that a customer sees.
    pub fn services_for<'world>(
        &'world self,
        scope: &Scope,
    ) -> impl Iterator<Item = &'world Service> {
        self.services.values().filter(|service| is_seen(service, scope))
    }

    #[must_use]
    pub fn service_for(&self, scope: &Scope, name: &str) -> Option<&Service> {
        self.find_service(scope.vendor, name).filter(|service| is_seen(service, scope))
    }

    /// The service by its name, in whatever state.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.get(name)
    }

    /// The same, by whatever its cloud takes for its name: Azure an alias, and an id in any case.
    #[must_use]
    pub fn find_service(&self, vendor: Vendor, name: &str) -> Option<&Service> {
        let exact = self.services.get(name).filter(|service| service.vendor == vendor);
        let same = |service: &&Service| {
            let alias = service.alias.as_deref().unwrap_or_default();
            service.name.as_str().eq_ignore_ascii_case(name) || alias.eq_ignore_ascii_case(name)
        };
        let azure = || self.services.values().find(same).filter(|_| vendor == Vendor::Azure);
        exact.or_else(azure)
    }
}

/// Whose endpoints and services are TiDB Cloud's in a cloud.
pub(crate) fn account(vendor: Vendor) -> &'static str {
    match vendor {
        Vendor::Tidb | Vendor::Aws => AWS_ACCOUNT,
        Vendor::Alibaba => ALIBABA_ACCOUNT,
        Vendor::Azure => SUBSCRIPTION,
        Vendor::Gcp => GOOGLE_PROJECT,
    }
}

fn is_seen(service: &Service, scope: &Scope) -> bool {
    service.state == ServiceState::Active
        && service.vendor == scope.vendor
        && service.region == scope.region
}

/// What a cloud calls a service, and whose it is.
struct Spelled {
    name: ServiceName,
    id: String,
    owner: String,
    alias: Option<String>,
}
