//! Who lives in a storm: the world, the wishes, a neighbour, and how steps and halves are called there.
//!
//! A flow of another cloud or tier is another value of [`Flow`] (`flows.rs`); neither the storm nor the oracle knows any
//! by name.

use crate::rig::{Make, OWNER, wish, wish_at};
use planner::endpoint::Step;
use sim::{Deed, Draws, Link, LinkState, Vendor, World, example};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Debug};
use std::sync::Arc;
use tidelock::wish::Wish;

pub(crate) struct Flow {
    pub(crate) name: &'static str,
    pub(crate) bond: Bond,
    pub(crate) world: fn(Draws, u64) -> World,
    /// The first of them come first.
    pub(crate) wishes: fn() -> Vec<Wish>,
    /// Makes somebody else's endpoint, which looks like ours, with its connection; gives the endpoint's id.
    pub(crate) neighbour: fn(&mut World) -> String,
    pub(crate) make: Make,
    /// The calls that carry out a step.
    pub(crate) calls: fn(&Step) -> &'static [&'static str],
}

/// How TiDB Cloud comes to know of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bond {
    /// By its API; there is one endpoint for each wish, and one connection for each endpoint.
    Api,
    /// The same, by a person in its console.
    Person,
    /// Not at all, and all wishes share one endpoint.
    Nothing,
}

/// The customer's half of an endpoint, as the oracle wants it told.
#[derive(Clone, Debug)]
pub(crate) struct Half {
    pub(crate) id: String,
    /// In our mark; none, if it is somebody else's.
    pub(crate) name: Option<String>,
    /// It is as it was wished, in everything.
    pub(crate) is_whole: bool,
}

impl Debug for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Every live endpoint, the neighbour's too.
pub(crate) fn halves(world: &World) -> Vec<Half> {
    let marked = world.audit(OWNER).live.into_iter();
    let names: BTreeMap<_, _> =
        marked.flat_map(|(name, ids)| ids.into_iter().map(move |id| (id, name.clone()))).collect();
    let live = world.true_links().filter(|link| link.state != LinkState::Deleted);
    let half = |link: &Link| Half {
        id: link.id.to_string(),
        name: names.get(&link.id).cloned(),
        is_whole: link.state == LinkState::Available
            && (link.private_dns || link.vendor() != Vendor::Aws),
    };
    live.map(half).collect()
}

/// What was made for an endpoint, and none uses.
pub(crate) fn remains(world: &World) -> Vec<String> {
    let used: BTreeSet<_> = world.true_links().filter_map(|link| link.address.as_ref()).collect();
    let unused = world.true_addresses().filter(|address| !used.contains(&address.id));
    unused.map(|address| address.id.to_string()).collect()
}

pub(crate) static DEDICATED_ON_AWS: Flow = Flow {
    name: "dedicated on aws",
    bond: Bond::Api,
    world: World::example,
    wishes: || {
        vec![
            wish_at("billing-apps", example::BILLING, ""),
            wish_at("billing-bi", example::BILLING, "analytics"),
            wish("orders-apps"),
        ]
    },
    neighbour: |world| {
        let cluster = world.cluster(example::ORDERS).unwrap().clone();
        let endpoint_id = aws_endpoint(world, example::ORDERS, "orders-apps");
        let (cluster, group) = (cluster.id.to_string(), cluster.node_groups[0].id.to_string());
        world.deed(Deed::Register { cluster, group, endpoint_id: endpoint_id.clone() }).unwrap();
        endpoint_id
    },
    make: |tier| Arc::new(tier),
    calls: aws_calls,
};

/// Somebody else's, in another network, for the same service.
pub(crate) fn aws_endpoint(world: &mut World, cluster: &str, name: &str) -> String {
    let service = world.cluster(cluster).unwrap().node_groups[0].service.to_string();
    let link = Deed::CreateLink {
        scope: example::scope(),
        id: None,
        network: example::VPC_WITHOUT_DNS.into(),
        service,
        subnets: [example::SUBNET_WITHOUT_DNS.to_owned()].into(),
        security_groups: BTreeSet::new(),
        tags: [("Name".to_owned(), name.to_owned())].into(),
    };
    world.deed(link).unwrap().unwrap()
}

pub(crate) fn aws_calls(step: &Step) -> &'static [&'static str] {
    match step {
        Step::CreateLink { .. } => &["CreateVpcEndpoint"],
        Step::AdoptLink { .. } => &["CreateTags"],
        Step::UpdateLink { .. } => &["ModifyVpcEndpoint", "CreateTags"],
        Step::DeleteLink { .. } => &["DeleteVpcEndpoints"],
        Step::ReleaseLink { .. } => &["DeleteTags"],
        Step::Register(_) => &["CreatePrivateEndpointConnection"],
        Step::Unregister { .. } => &["DeletePrivateEndpointConnection"],
    }
}
