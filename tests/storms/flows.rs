//! The other flows: each cloud, and each way in which TiDB Cloud comes to know of an endpoint.

use crate::elsewhere::{on_alibaba, on_azure, on_gcp};
use crate::flow::{Bond, DEDICATED_ON_AWS, Flow, aws_calls, aws_endpoint};
use crate::rig::instance;
use planner::endpoint::Step;
use sim::example::{self, alibaba, azure, gcp};
use sim::{Cidr, Deed, Network, Scope, Subnet, Vendor, World, Zone, zones_of};
use std::collections::BTreeSet;
use std::sync::Arc;

pub(crate) static EVERY: [&Flow; 7] = [
    &DEDICATED_ON_AWS,
    &DEDICATED_ON_AZURE,
    &DEDICATED_ON_GCP,
    &SHARED_ON_AWS,
    &SHARED_ON_ALIBABA,
    &OPERATED_ON_AWS,
    &OPERATED_ON_ALIBABA,
];

pub(crate) static DEDICATED_ON_AZURE: Flow = Flow {
    name: "dedicated on azure",
    bond: Bond::Api,
    world: World::example,
    wishes: || vec![on_azure()],
    neighbour: |world| {
        let subnet = azure::SUBNET.replace("shop-vnet", "other-vnet");
        let id = azure::NETWORK.replace("shop-vnet", "other-vnet");
        let other = network(&id, azure::location(), Subnet::new(subnet, Zone::default(), block()));
        connected(world, azure::location(), other, azure::CLUSTER)
    },
    make: |tier| Arc::new(tier),
    calls: |step| match step {
        Step::CreateLink { .. }
        | Step::AdoptLink { .. }
        | Step::UpdateLink { .. }
        | Step::ReleaseLink { .. } => &["PrivateEndpoints_CreateOrUpdate"],
        Step::DeleteLink { .. } => &["PrivateEndpoints_Delete"],
        // The first only verifies.
        Step::Register(_) => {
            &["CreatePrivateEndpointConnection", "CreatePrivateEndpointConnection"]
        }
        Step::Unregister { .. } => &["DeletePrivateEndpointConnection"],
    },
};

pub(crate) static DEDICATED_ON_GCP: Flow = Flow {
    name: "dedicated on gcp",
    bond: Bond::Api,
    world: World::example,
    wishes: || vec![on_gcp()],
    neighbour: |world| {
        let id = gcp::NETWORK.replace("/shop", "/other");
        let subnet = gcp::SUBNET.replace("/apps", "/other");
        let subnet = Subnet::new(subnet, Zone::default(), block());
        let other = network(&id, gcp::scope(), Subnet { region: gcp::REGION.into(), ..subnet });
        connected(world, gcp::location(), other, gcp::CLUSTER)
    },
    make: |tier| Arc::new(tier),
    calls: |step| match step {
        Step::CreateLink { .. } => &["addresses.insert", "forwardingRules.insert"],
        Step::UpdateLink { .. } => &["forwardingRules.patch", "forwardingRules.setLabels"],
        Step::AdoptLink { .. } | Step::ReleaseLink { .. } => &["forwardingRules.setLabels"],
        Step::DeleteLink { .. } => &["forwardingRules.delete", "addresses.delete"],
        Step::Register(_) => &["CreatePrivateEndpointConnection"],
        Step::Unregister { .. } => &["DeletePrivateEndpointConnection"],
    },
};

/// Two tiers, one endpoint.
pub(crate) static SHARED_ON_AWS: Flow = Flow {
    name: "starter and essential on aws",
    bond: Bond::Nothing,
    world: World::example,
    wishes: || {
        vec![
            instance("carts-apps", "starter", example::STARTER),
            instance("catalogue-apps", "essential", example::SHARED),
        ]
    },
    neighbour: |world| aws_endpoint(world, example::STARTER, "carts-apps"),
    make: |tier| Arc::new(tier),
    calls: aws_calls,
};

pub(crate) static SHARED_ON_ALIBABA: Flow = Flow {
    name: "starter and essential on alibaba",
    bond: Bond::Nothing,
    world: World::example,
    wishes: || {
        vec![
            on_alibaba("carts", "starter", alibaba::STARTER),
            on_alibaba("catalogue", "essential", alibaba::SHARED),
        ]
    },
    neighbour: |world| endpoint(world, alibaba::scope(), alibaba_network(), alibaba::STARTER),
    make: |tier| Arc::new(tier),
    calls: alibaba_calls,
};

/// An operator tells TiDB Cloud of both.
pub(crate) static OPERATED_ON_AWS: Flow = Flow {
    name: "premium and exclusive on aws",
    bond: Bond::Person,
    world: World::example,
    wishes: || {
        vec![
            instance("payments-apps", "premium", example::PREMIUM),
            instance("ledger-apps", "essential", example::EXCLUSIVE),
        ]
    },
    neighbour: |world| {
        let endpoint_id = aws_endpoint(world, example::PREMIUM, "payments-apps");
        paste(world, example::PREMIUM, &endpoint_id);
        endpoint_id
    },
    make: |tier| Arc::new(tier),
    calls: aws_calls,
};

pub(crate) static OPERATED_ON_ALIBABA: Flow = Flow {
    name: "premium on alibaba",
    bond: Bond::Person,
    world: World::example,
    wishes: || vec![on_alibaba("payments", "premium", alibaba::PREMIUM)],
    neighbour: |world| connected(world, alibaba::scope(), alibaba_network(), alibaba::PREMIUM),
    make: |tier| Arc::new(tier),
    calls: alibaba_calls,
};

/// Each zone and each group is a call of its own; no wish changes any here.
fn alibaba_calls(step: &Step) -> &'static [&'static str] {
    match step {
        Step::CreateLink { .. } => &["CreateVpcEndpoint"],
        Step::AdoptLink { .. } | Step::UpdateLink { .. } => &["TagResources"],
        Step::DeleteLink { .. } => &["DeleteVpcEndpoint"],
        Step::ReleaseLink { .. } => &["UntagResources"],
        Step::Register(_) | Step::Unregister { .. } => &[],
    }
}

fn alibaba_network() -> Network {
    let zone = zones_of(Vendor::Alibaba, alibaba::REGION)[0].clone();
    let switch = Subnet::new("vsw-t4nexample000000000other", zone, block());
    network("vpc-t4nexample000000000other", alibaba::scope(), switch)
}

fn block() -> Cidr {
    "10.77.0.0/24".parse().unwrap()
}

fn network(id: &str, scope: Scope, subnet: Subnet) -> Network {
    Network {
        id: id.into(),
        scope,
        cidr: "10.77.0.0/16".parse().unwrap(),
        dns_support: true,
        dns_hostnames: true,
        subnets: vec![subnet],
        security_groups: Vec::new(),
    }
}

/// Somebody else's endpoint in a network of its own.
fn endpoint(world: &mut World, scope: Scope, network: Network, cluster: &str) -> String {
    let service = world.cluster(cluster).unwrap().node_groups[0].service.to_string();
    let (id, subnets) = (network.id.to_string(), [network.subnets[0].id.to_string()].into());
    world.deed(Deed::AddNetwork(network)).unwrap();
    let link = Deed::CreateLink {
        scope,
        id: None,
        network: id,
        service,
        subnets,
        security_groups: BTreeSet::new(),
        tags: [("owner".to_owned(), "somebody else".to_owned())].into(),
    };
    world.deed(link).unwrap().unwrap()
}

fn connected(world: &mut World, scope: Scope, network: Network, cluster: &str) -> String {
    let endpoint_id = endpoint(world, scope, network, cluster);
    // It has its domain by then.
    world.deed(Deed::Poke { milliseconds: 600_000 }).unwrap();
    paste(world, cluster, &endpoint_id);
    endpoint_id
}

fn paste(world: &mut World, cluster: &str, endpoint_id: &str) {
    let link = world.true_link(endpoint_id).unwrap();
    let (ip, domain) = match link.vendor() {
        Vendor::Azure => (link.ip().map(|ip| ip.to_string()), None),
        Vendor::Alibaba => (None, link.domain().map(str::to_owned)),
        Vendor::Tidb | Vendor::Aws | Vendor::Gcp => (None, None),
    };
    let (cluster, endpoint_id) = (cluster.to_owned(), endpoint_id.to_owned());
    world.deed(Deed::Paste { cluster, endpoint_id, domain, ip }).unwrap();
}
