//! A client of the example's account, and what tests do in it. Its time is tokio's.

use cloud::{Cloud, ClusterKey, Difference, Mark, Order, Owner, Seen, compare};
use cloud_alibaba::{
    AccountSettings, Alibaba, Environment, Keys, Network, Options, Scope, connect_in,
};
use planner::endpoint::{LinkId, LinkState, OnDelete, ServiceName};
use sim::example::alibaba as example;
use sim::{Deed, Draws, Fault, LinkDeed, Matcher, RouterWire, Rule, Sim, Vendor, When, World};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

pub(crate) struct Account {
    pub(crate) sim: Sim,
    pub(crate) alibaba: Alibaba,
}

impl Account {
    pub(crate) fn new(draws: Draws) -> Account {
        Account::with(draws, keyed())
    }

    pub(crate) fn with(draws: Draws, settings: AccountSettings) -> Account {
        let sim = Sim::auto(World::example(draws, 7));
        let alibaba = client(&sim, settings);
        Account { sim, alibaba }
    }

    /// Another client of the same account.
    pub(crate) fn client(&self) -> Alibaba {
        client(&self.sim, keyed())
    }

    /// The service of one of the example's clusters.
    pub(crate) fn service_of(&self, cluster: &str) -> String {
        self.sim.with(|world| {
            let found = world.services().find(|service| service.cluster.as_str() == cluster);
            found.unwrap().name.to_string()
        })
    }

    /// Premium's, which asks for acceptance under some draws.
    pub(crate) fn service(&self) -> String {
        self.service_of(example::PREMIUM)
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
        self.alibaba.create(&self.order(&network())).await.unwrap()
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

    pub(crate) fn count(&self, action: &str) -> u64 {
        self.sim.with(|world| world.log.count(Vendor::Alibaba, action))
    }

    pub(crate) fn calls(&self) -> u64 {
        self.sim.with(|world| world.log.calls())
    }

    pub(crate) async fn seen(&self, link: &LinkId) -> Option<Seen> {
        let survey = self.alibaba.survey().await.unwrap();
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

fn keyed() -> AccountSettings {
    let keys = Keys {
        access_key_id: example::ACCESS_KEY.into(),
        access_key_secret: example::ACCESS_KEY_SECRET.to_owned().into(),
    };
    AccountSettings { keys: Some(keys), ..AccountSettings::default() }
}

fn client(sim: &Sim, settings: AccountSettings) -> Alibaba {
    let wire = RouterWire::new(cloud_alibaba::sim::router(sim.clone()));
    let account_id = Some(example::ACCOUNT.to_owned());
    let options = Options {
        scope: Scope { alias: "prod".into(), region: example::REGION.into() },
        settings: AccountSettings { account_id, ..settings },
        wire: Arc::new(wire),
    };
    let variables = [
        ("ALIBABA_CLOUD_ACCESS_KEY_ID", example::ACCESS_KEY),
        ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", example::ACCESS_KEY_SECRET),
    ];
    let environment = Environment::new(move |name| {
        variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    });
    connect_in(options, &environment)
}

/// In which Premium's endpoints wait for the operator.
pub(crate) fn asking() -> Draws {
    Draws { premium_accepts: false, ..Draws::documented() }
}

pub(crate) fn network() -> Network {
    Network {
        account: "prod".into(),
        vpc: example::VPC.into(),
        v_switches: example::SWITCHES[..2].iter().map(|id| (*id).into()).collect(),
        security_groups: vec![example::GROUP_OPEN.into()],
        tags: [("team".to_owned(), "orders & <co>, größer".to_owned())].into(),
    }
}

pub(crate) fn owner() -> Owner {
    Owner::new("aliyun-team", Some("a key".to_owned().into()))
}

pub(crate) fn mark() -> Mark {
    let [tier, project, cluster, group] = ["premium", "1", "2", ""].map(Into::into);
    owner().mark("orders", 1, OnDelete::Remove, ClusterKey { tier, project, cluster, group })
}

pub(crate) fn differences(network: &Network, seen: &Seen) -> Vec<Difference> {
    compare(&network.settings(), &seen.found)
}
