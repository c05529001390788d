//! Endpoints in the example's clouds that ask for services there, and of which nobody has told TiDB Cloud.

use sim::{Link, LinkRequest, World, example};
use std::collections::BTreeSet;
use std::sync::Arc;

/// For the Premium instance on Alibaba Cloud.
pub(crate) fn on_alibaba(world: &mut World) -> Arc<Link> {
    let request = LinkRequest {
        network: example::alibaba::VPC.into(),
        service: service(world, example::alibaba::PREMIUM),
        subnets: BTreeSet::from([example::alibaba::SWITCHES[0].to_owned()]),
        security_groups: BTreeSet::from([example::alibaba::GROUP_OPEN.to_owned()]),
        ..LinkRequest::default()
    };
    world.create_link(&example::alibaba::scope(), &request).unwrap()
}

/// For the Dedicated cluster on Azure.
pub(crate) fn on_azure(world: &mut World) -> Arc<Link> {
    let name = format!(
        "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.Network/privateEndpoints/orders",
        example::azure::SUBSCRIPTION,
        example::azure::RESOURCE_GROUP
    );
    let request = LinkRequest {
        id: Some(name),
        network: example::azure::NETWORK.into(),
        service: service(world, example::azure::CLUSTER),
        subnets: BTreeSet::from([example::azure::SUBNET.to_owned()]),
        ..LinkRequest::default()
    };
    world.create_link(&example::azure::location(), &request).unwrap()
}

fn service(world: &World, cluster: &str) -> String {
    world.cluster(cluster).unwrap().node_groups[0].service.to_string()
}
