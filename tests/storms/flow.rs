//! Who lives in a storm: the world, the wishes, a neighbour, and how steps and halves are called there.
//!
//! A flow of another cloud or tier is another value of [`Flow`]; neither the storm nor the oracle knows any by name.

use crate::rig::{Make, wish, wish_at};
use planner::endpoint::Step;
use sim::{Deed, Draws, Link, LinkState, World, example};
use std::collections::BTreeSet;
use std::fmt::{self, Debug};
use std::sync::Arc;
use tidelock::wish::Wish;

pub(crate) struct Flow {
    pub(crate) name: &'static str,
    pub(crate) world: fn(Draws, u64) -> World,
    /// The first of them come first.
    pub(crate) wishes: fn() -> Vec<Wish>,
    /// Makes somebody else's endpoint, which looks like ours, with its connection; gives the endpoint's id.
    pub(crate) neighbour: fn(&mut World) -> String,
    pub(crate) make: Make,
    /// The calls that carry out a step.
    pub(crate) calls: fn(&Step) -> &'static [&'static str],
    /// Every live endpoint, the neighbour's too.
    pub(crate) halves: fn(&World) -> Vec<Half>,
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

pub(crate) static DEDICATED_ON_AWS: Flow = Flow {
    name: "dedicated on aws",
    world: World::example,
    wishes: || {
        vec![
            wish_at("billing-apps", example::BILLING, ""),
            wish_at("billing-bi", example::BILLING, "analytics"),
            wish("orders-apps"),
        ]
    },
    neighbour: aws_neighbour,
    make: |tier| Arc::new(tier),
    calls: aws_calls,
    halves: aws_halves,
};

fn aws_neighbour(world: &mut World) -> String {
    let cluster = world.cluster(example::ORDERS).unwrap().clone();
    let group = &cluster.node_groups[0];
    let link = Deed::CreateLink {
        scope: example::scope(),
        id: None,
        network: example::VPC_WITHOUT_DNS.into(),
        service: group.service.to_string(),
        subnets: [example::SUBNET_WITHOUT_DNS.to_owned()].into(),
        security_groups: BTreeSet::new(),
        tags: [("Name".to_owned(), "orders-apps".to_owned())].into(),
    };
    let endpoint_id = world.deed(link).unwrap().unwrap();
    let (cluster, group) = (cluster.id.to_string(), group.id.to_string());
    world.deed(Deed::Register { cluster, group, endpoint_id: endpoint_id.clone() }).unwrap();
    endpoint_id
}

fn aws_calls(step: &Step) -> &'static [&'static str] {
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

fn aws_halves(world: &World) -> Vec<Half> {
    let live = world.true_links().filter(|link| link.state != LinkState::Deleted);
    let half = |link: &Link| Half {
        id: link.id.to_string(),
        name: link.tags.get("tidelock:name").cloned(),
        is_whole: link.state == LinkState::Available && link.private_dns,
    };
    live.map(half).collect()
}
