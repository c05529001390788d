//! The example world's project, and a client of it.

use cloud::{ClusterKey, Mark, Order, Owner};
use cloud_gcp::{AccountSettings, Gcp, Network, Options, Scope, connect};
use planner::endpoint::{Completion, OnDelete, ServiceName};
use serde_json::json;
use sim::example::gcp as example;
use sim::{Draws, Fault, Link, LinkState, Matcher, RouterWire, Rule, Sim, When, World};
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;
use tempfile::NamedTempFile;

/// As long as the wire of `tidelock` waits for an answer.
const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) struct Project {
    pub(crate) sim: Sim,
    pub(crate) gcp: Gcp,
    token: NamedTempFile,
}

impl Project {
    pub(crate) async fn calm() -> Project {
        Project::drawn(Draws::documented()).await
    }

    pub(crate) async fn drawn(draws: Draws) -> Project {
        let sim = Sim::auto(World::example(draws, 1));
        let mut token = NamedTempFile::new().unwrap();
        write!(token, "{}", example::TOKEN).unwrap();
        let gcp = client(&sim, &token).await;
        Project { sim, gcp, token }
    }

    /// Another client of the same project.
    pub(crate) async fn client(&self) -> Gcp {
        client(&self.sim, &self.token).await
    }

    pub(crate) fn service(&self) -> String {
        self.sim.with(|world| {
            let cluster = world.cluster(example::CLUSTER).unwrap();
            cluster.node_groups[0].service.to_string()
        })
    }

    pub(crate) fn order(&self, name: &str) -> Order {
        let mark = mark(name);
        Order {
            token: mark.token(),
            mark,
            service: ServiceName(self.service()),
            region: example::REGION.into(),
            settings: network().settings(),
            completion: Completion::AtCreation,
        }
    }

    pub(crate) fn befalls(&self, action: &str, fault: Fault) {
        let matcher = Matcher { action: Some(action.into()), times: Some(1), ..Matcher::default() };
        self.sim.with(|world| world.faults.add(Rule { when: When::Matching(matcher), fault }));
    }

    pub(crate) fn links(&self) -> Vec<Link> {
        self.sim.with(|world| {
            let lives = |link: &&Link| link.state != LinkState::Deleted;
            world.true_links().filter(lives).cloned().collect()
        })
    }

    pub(crate) fn addresses(&self) -> usize {
        self.sim.with(|world| world.true_addresses().count())
    }
}

async fn client(sim: &Sim, token: &NamedTempFile) -> Gcp {
    let settings = AccountSettings {
        project: example::PROJECT.into(),
        endpoint_url: Some("http://compute.simulated".into()),
        access_token_file: Some(token.path().to_owned()),
        ..AccountSettings::default()
    };
    let wire = RouterWire::new(cloud_gcp::sim::router(sim.clone())).patience(PATIENCE);
    let wire = Arc::new(wire);
    let scope = Scope { alias: "prod".into(), region: String::new() };
    connect(Options { scope, settings, wire }).await
}

pub(crate) async fn minutes(count: u64) {
    tokio::time::sleep(Duration::from_secs(60 * count)).await;
}

pub(crate) fn network() -> Network {
    serde_json::from_value(json!({
        "account": "prod",
        "network": example::NETWORK,
        "subnet": example::SUBNET,
        "labels": {"team": "orders"},
    }))
    .unwrap()
}

pub(crate) fn owner() -> Owner {
    Owner::new("team-a", None)
}

pub(crate) fn mark(name: &str) -> Mark {
    let [tier, project, group] = ["dedicated", "1", "3"].map(Into::into);
    let cluster = ClusterKey { tier, project, cluster: example::CLUSTER.into(), group };
    owner().mark(name, 1, OnDelete::Remove, cluster)
}
