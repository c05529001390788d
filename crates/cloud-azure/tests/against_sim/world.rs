//! The example world's subscription, and a client of it.

use cloud::{ClusterKey, Mark, Order, Owner, Seen};
use cloud_azure::{AccountSettings, Azure, Network, Options, Scope, connect};
use planner::endpoint::{Completion, LinkId, OnDelete, ServiceName};
use serde_json::json;
use sim::example::azure as example;
use sim::{
    Deed, Draws, Fault, Link, LinkDeed, LinkState, Matcher, RouterWire, Rule, Sim, Vendor, When,
    World,
};
use std::sync::Arc;
use std::time::Duration;

pub(crate) const GET: &str = "PrivateEndpoints_Get";
pub(crate) const PUT: &str = "PrivateEndpoints_CreateOrUpdate";
pub(crate) const DELETE: &str = "PrivateEndpoints_Delete";
pub(crate) const LIST: &str = "PrivateEndpoints_ListBySubscription";
pub(crate) const LIST_INTERFACES: &str = "NetworkInterfaces_ListAll";
pub(crate) const TOKEN: &str = "Entra_Token";
pub(crate) const OPERATION: &str = "Operations_Get";

/// As long as the wire of `tidelock` waits for an answer.
const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) struct Subscription {
    pub(crate) sim: Sim,
    pub(crate) azure: Azure,
}

impl Subscription {
    pub(crate) async fn calm() -> Subscription {
        Subscription::drawn(Draws::documented()).await
    }

    pub(crate) async fn drawn(draws: Draws) -> Subscription {
        let sim = Sim::auto(World::example(draws, 1));
        let azure = client(&sim).await;
        Subscription { sim, azure }
    }

    /// Another client of the same subscription.
    pub(crate) async fn client(&self) -> Azure {
        client(&self.sim).await
    }

    /// The process dies, and another begins.
    pub(crate) async fn restart(&mut self) {
        self.azure = self.client().await;
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

    pub(crate) fn befalls(&self, action: &str, times: u64, fault: Fault) {
        let (action, times) = (Some(action.into()), Some(times));
        let matcher = Matcher { action, times, ..Matcher::default() };
        self.sim.with(|world| world.faults.add(Rule { when: When::Matching(matcher), fault }));
    }

    pub(crate) fn console(&self, link: &LinkId, deed: LinkDeed) {
        let known = self.links().into_iter().map(|link| link.id.to_string());
        let known = known.filter(|id| id.eq_ignore_ascii_case(&link.0)).collect::<Vec<_>>();
        let deed = Deed::ToLink { link: known[0].clone(), deed };
        self.sim.with(|world| world.deed(deed)).unwrap();
    }

    pub(crate) fn links(&self) -> Vec<Link> {
        self.sim.with(|world| {
            let lives = |link: &&Link| {
                link.scope.vendor == Vendor::Azure && link.state != LinkState::Deleted
            };
            world.true_links().filter(lives).cloned().collect()
        })
    }

    pub(crate) fn count(&self, action: &str) -> u64 {
        self.sim.with(|world| world.log.count(Vendor::Azure, action))
    }

    pub(crate) async fn the_one(&self) -> Seen {
        use cloud::Cloud;
        let survey = self.azure.survey().await.unwrap();
        let [seen] = survey.links.as_slice() else { panic!("{survey:#?}") };
        seen.clone()
    }

    pub(crate) async fn made(&self) -> LinkId {
        use cloud::Cloud;
        let link = self.azure.create(&self.order("orders-apps")).await.unwrap();
        minutes(10).await;
        link
    }
}

async fn client(sim: &Sim) -> Azure {
    let settings = AccountSettings {
        subscription_id: example::SUBSCRIPTION.to_uppercase(),
        tenant_id: Some(example::TENANT.into()),
        client_id: Some(example::CLIENT_ID.into()),
        sign_in: Some(cloud_azure::SignIn::ClientSecret),
        client_secret: Some(example::CLIENT_SECRET.to_owned().into()),
        endpoint_url: Some("http://127.0.0.1:7981".into()),
        authority_host: Some("http://127.0.0.1:7981".into()),
        ..AccountSettings::default()
    };
    let wire = RouterWire::new(cloud_azure::sim::router(sim.clone())).patience(PATIENCE);
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
        "resourceGroup": example::RESOURCE_GROUP,
        "subnet": example::SUBNET,
        "tags": {"team": "orders"},
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
