//! A client of the example's account, and what tests do in it. Its time is tokio's.

use cloud::{Cloud, ClusterKey, Difference, Mark, Order, Owner, Seen, compare};
use cloud_aws::{AccountSettings, Aws, Keys, Network, Options, Scope, connect};
use planner::endpoint::{LinkId, LinkState, OnDelete, ServiceName};
use sim::{Deed, Draws, Fault, LinkDeed, Matcher, RouterWire, Rule, Sim, When, World, example};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

pub(crate) struct Account {
    pub(crate) sim: Sim,
    pub(crate) aws: Aws,
}

impl Account {
    pub(crate) async fn new(draws: Draws) -> Account {
        let sim = Sim::auto(World::example(draws, 7));
        let aws = client(&sim).await;
        Account { sim, aws }
    }

    /// Another client of the same account.
    pub(crate) async fn client(&self) -> Aws {
        client(&self.sim).await
    }

    /// The service of the example's cluster *orders*.
    pub(crate) fn service(&self) -> String {
        self.sim.with(|world| {
            let found =
                world.services().find(|service| service.cluster.as_str() == example::ORDERS);
            found.unwrap().name.to_string()
        })
    }

    pub(crate) fn order(&self, network: &Network) -> Order {
        Order {
            token: mark().token(),
            mark: mark(),
            service: ServiceName(self.service()),
            region: example::REGION.into(),
            settings: network.settings(),
            completion: network.completion(),
        }
    }

    pub(crate) async fn create(&self) -> LinkId {
        self.aws.create(&self.order(&network())).await.unwrap()
    }

    pub(crate) fn console(&self, link: &LinkId, deed: LinkDeed) {
        let deed = Deed::ToLink { link: link.0.clone(), deed };
        self.sim.with(|world| world.deed(deed)).unwrap();
    }

    pub(crate) fn on(&self, action: &str, fault: Fault, times: u64) {
        let matcher =
            Matcher { action: Some(action.into()), times: Some(times), ..Matcher::default() };
        let rule = Rule { when: When::Matching(matcher), fault };
        self.sim.with(|world| world.deed(Deed::InjectFault(rule))).unwrap();
    }

    pub(crate) async fn seen(&self, link: &LinkId) -> Option<Seen> {
        let survey = self.aws.survey().await.unwrap();
        survey.links.into_iter().find(|seen| seen.id == *link)
    }

    /// Looks until it is so, for ten minutes at most.
    pub(crate) async fn until(&self, link: &LinkId, state: LinkState) -> Seen {
        for _ in 0..60 {
            let seen = self.seen(link).await.unwrap_or_else(|| panic!("{link:?} is gone"));
            if seen.state == state {
                return seen;
            }
            sleep(Duration::from_secs(10)).await;
        }
        panic!("{link:?} does not become {state:?}")
    }
}

async fn client(sim: &Sim) -> Aws {
    let wire = RouterWire::new(cloud_aws::sim::router(sim.clone()));
    Box::pin(connect(Options {
        scope: Scope { alias: "prod".into(), region: example::REGION.into() },
        settings: AccountSettings {
            account_id: Some(example::ACCOUNT.into()),
            keys: Some(Keys {
                access_key_id: example::ACCESS_KEY.into(),
                secret_access_key: "any".to_owned().into(),
            }),
            ..AccountSettings::default()
        },
        wire: Arc::new(wire),
    }))
    .await
}

pub(crate) fn network() -> Network {
    Network {
        account: "prod".into(),
        vpc: example::VPC.into(),
        subnets: example::SUBNETS[..2].iter().map(|id| (*id).into()).collect(),
        security_groups: Some(vec![example::GROUP_OPEN.into()]),
        private_dns: true,
        tags: [("team".to_owned(), "orders & <co>".to_owned())].into(),
        ip_address_type: None,
    }
}

pub(crate) fn owner() -> Owner {
    Owner::new("team-a", Some("a key".to_owned().into()))
}

pub(crate) fn mark() -> Mark {
    let [tier, project, cluster, group] = ["dedicated", "1", "2", "3"].map(Into::into);
    owner().mark("orders", 1, OnDelete::Remove, ClusterKey { tier, project, cluster, group })
}

pub(crate) fn differences(network: &Network, seen: &Seen) -> Vec<Difference> {
    compare(&network.settings(), &seen.found)
}
