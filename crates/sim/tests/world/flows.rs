//! The seam over the world for every other flow: from an order to an endpoint that serves, repaired, and gone again.

use super::support::set;
use cloud::{
    Ask, Change, Cloud, ClusterKey, Difference, Error, Mark, Order, Owner, Setting, Settings,
    Value, compare,
};
use planner::endpoint::{Address, Completion, LinkId, LinkState, OnDelete, ServiceName};
use sim::{
    Claim, Deed, Draws, Failure, Fault, LinkDeed, Plan, Scope, Settings as WorldSettings, Sim,
    Vendor, World, WorldTier, example,
};
use std::time::Duration;
use tokio::time::sleep;

/// What is different from flow to flow.
#[derive(Clone, Copy, Debug)]
struct Flow {
    scope: fn() -> Scope,
    region: &'static str,
    cluster: &'static str,
    settings: fn() -> Settings,
    /// The setting that holds the customer's tags.
    tags: &'static str,
}

const AZURE: Flow = Flow {
    scope: example::azure::scope,
    region: example::azure::REGION,
    cluster: example::azure::CLUSTER,
    settings: || {
        settings(&[
            ("resourceGroup", Value::text(example::azure::RESOURCE_GROUP)),
            ("subnet", Value::text(example::azure::SUBNET)),
            ("tags", team()),
        ])
    },
    tags: "tags",
};

const GOOGLE: Flow = Flow {
    scope: example::gcp::scope,
    region: example::gcp::REGION,
    cluster: example::gcp::CLUSTER,
    settings: || {
        settings(&[
            ("network", Value::text(example::gcp::NETWORK)),
            ("subnet", Value::text(example::gcp::SUBNET)),
            ("globalAccess", Value::Flag(true)),
            ("labels", team()),
        ])
    },
    tags: "labels",
};

const ALIBABA: Flow = Flow {
    scope: example::alibaba::scope,
    region: example::alibaba::REGION,
    cluster: example::alibaba::PREMIUM,
    settings: || {
        settings(&[
            ("vpc", Value::text(example::alibaba::VPC)),
            ("vSwitches", Value::set(example::alibaba::SWITCHES)),
            ("securityGroups", Value::set([example::alibaba::GROUP_OPEN])),
            ("tags", team()),
        ])
    },
    tags: "tags",
};

const SHARED_ON_ALIBABA: Flow = Flow { cluster: example::alibaba::SHARED, ..ALIBABA };
const SHARED_ON_AWS: Flow = Flow { cluster: example::STARTER, ..EXCLUSIVE_ON_AWS };

const EXCLUSIVE_ON_AWS: Flow = Flow {
    scope: example::scope,
    region: example::REGION,
    cluster: example::EXCLUSIVE,
    settings: || {
        settings(&[
            ("vpc", Value::text(example::VPC)),
            ("subnets", Value::set(example::SUBNETS)),
            ("securityGroups", Value::set([example::GROUP_OPEN])),
            ("privateDns", Value::Flag(false)),
            ("tags", team()),
        ])
    },
    tags: "tags",
};

const PREMIUM_ON_AWS: Flow = Flow { cluster: example::PREMIUM, ..EXCLUSIVE_ON_AWS };

const FLOWS: [Flow; 7] =
    [AZURE, GOOGLE, ALIBABA, SHARED_ON_ALIBABA, SHARED_ON_AWS, EXCLUSIVE_ON_AWS, PREMIUM_ON_AWS];

fn settings(values: &[(&'static str, Value)]) -> Settings {
    let setting = |value: &Value| Setting { value: value.clone(), change: Change::InPlace };
    values.iter().map(|(name, value)| (*name, setting(value))).collect()
}

fn team() -> Value {
    Value::Map([("team".to_owned(), "orders".to_owned())].into())
}

struct Bed {
    flow: Flow,
    sim: Sim,
    cloud: WorldTier,
}

impl Bed {
    fn new(flow: Flow, draws: Draws) -> Bed {
        let mut world = World::example(draws, 1);
        world.settings = WorldSettings { limits: false, ..WorldSettings::default() };
        let sim = Sim::auto(world);
        Bed { flow, cloud: WorldTier::new(sim.clone(), (flow.scope)()).page_size(2), sim }
    }

    fn order(&self, name: &str) -> Order {
        let mark = mark(name);
        let service = self.sim.with(|world| {
            world.cluster(self.flow.cluster).unwrap().default_group().unwrap().service.to_string()
        });
        Order {
            token: mark.token(),
            mark,
            service: ServiceName(service),
            region: self.flow.region.to_owned(),
            settings: (self.flow.settings)(),
            completion: Completion::AtCreation,
        }
    }

    /// Asks until the cloud is no longer busy with something else.
    async fn patiently<Answer, Asked: Future<Output = Result<Answer, Error>>>(
        &self,
        ask: impl Fn() -> Asked,
    ) -> Answer {
        for _ in 0..100 {
            match ask().await {
                Err(Error::Busy { .. }) => sleep(Duration::from_secs(10)).await,
                other => return other.unwrap(),
            }
        }
        panic!("always busy in {:?}", self.flow)
    }

    async fn state(&self, link: &LinkId) -> LinkState {
        self.cloud.read(link).await.unwrap().unwrap().state
    }

    /// TiDB Cloud is told, where it wants to be told.
    async fn register(&self, link: &LinkId) {
        let registration = self.cloud.read(link).await.unwrap().unwrap().registration.unwrap();
        let mut claim = Claim::of(&registration.link.0);
        match registration.address {
            Address::None => {}
            Address::Ip(ip) => claim.private_ip_address = Some(ip.to_string()),
            Address::Domain(domain) => claim.private_domain_name = Some(domain),
        }
        self.sim.with(|world| {
            if !world.cluster(self.flow.cluster).unwrap().tier.is_shared() {
                world.register_as(self.flow.cluster, "", &claim).unwrap();
            }
        });
    }

    async fn differences(&self, link: &LinkId) -> Vec<Difference> {
        let seen = self.cloud.read(link).await.unwrap().unwrap();
        compare(&(self.flow.settings)(), &seen.found)
    }
}

fn mark(name: &str) -> Mark {
    let [tier, project, cluster, group] = ["premium", "", "42", ""].map(Into::into);
    let cluster = ClusterKey { tier, project, cluster, group };
    Owner::new("us", None).mark(name, 1, OnDelete::Remove, cluster)
}

async fn check_a_life(flow: Flow) {
    let bed = Bed::new(flow, Draws::documented());
    let order = bed.order("orders-apps");
    let link = bed.cloud.create(&order).await.unwrap();
    let again = bed.patiently(|| bed.cloud.create(&order)).await;
    assert_eq!(again, link, "the same order, in {flow:?}");
    sleep(Duration::from_mins(5)).await;
    bed.register(&link).await;
    sleep(Duration::from_mins(10)).await;
    assert_eq!(bed.state(&link).await, LinkState::Established, "{flow:?}");

    for _ in 0..2 {
        let left = bed.differences(&link).await;
        bed.patiently(|| bed.cloud.update(&link, &left)).await;
        sleep(Duration::from_mins(2)).await;
    }
    assert_eq!(bed.differences(&link).await, vec![], "{flow:?}");
    let strip = LinkDeed::StripTags(vec!["team".to_owned()]);
    bed.sim.with(|world| world.deed(Deed::ToLink { link: link.0.clone(), deed: strip }).unwrap());
    let left = bed.differences(&link).await;
    assert_eq!(left.iter().map(|left| left.field).collect::<Vec<_>>(), [flow.tags]);
    bed.patiently(|| bed.cloud.update(&link, &left)).await;
    assert_eq!(bed.differences(&link).await, vec![], "{flow:?}");

    let of = async || bed.cloud.survey().await.unwrap().links[0].mark.clone();
    assert_eq!(of().await, Some(order.mark.clone()), "{flow:?}");
    bed.patiently(|| bed.cloud.set_mark(&link, None)).await;
    assert_eq!(of().await, None, "{flow:?}");
    bed.patiently(|| bed.cloud.set_mark(&link, Some(&order.mark))).await;
    assert_eq!(of().await, Some(order.mark.clone()), "{flow:?}");
    sleep(Duration::from_mins(2)).await;

    bed.patiently(|| bed.cloud.delete(&link)).await;
    sleep(Duration::from_mins(2)).await;
    bed.patiently(|| bed.cloud.delete(&link)).await;
    assert_eq!(bed.cloud.read(&link).await.unwrap(), None, "{flow:?}");
    assert_eq!(bed.cloud.survey().await.unwrap().links, vec![], "{flow:?}");
    let audit = bed.sim.with(|world| world.audit("us"));
    assert_eq!((audit.live.len(), audit.duplicates, audit.foreign), (0, vec![], vec![]));
    assert_eq!(bed.sim.with(|world| world.true_addresses().count()), 0);
}

#[tokio::test(start_paused = true)]
async fn every_flow_has_a_whole_life() {
    for flow in FLOWS {
        check_a_life(flow).await;
    }
}

#[tokio::test(start_paused = true)]
async fn zones_and_groups_are_changed_one_by_one() {
    let bed = Bed::new(ALIBABA, Draws::documented());
    let link = bed.cloud.create(&bed.order("a")).await.unwrap();
    sleep(Duration::from_mins(5)).await;
    for deed in [
        LinkDeed::SetSubnets(set(&example::alibaba::SWITCHES[..1])),
        LinkDeed::SetSecurityGroups(set(&[example::alibaba::GROUP_CLOSED])),
    ] {
        let deed = Deed::ToLink { link: link.0.clone(), deed };
        bed.sim.with(|world| world.deed(deed).unwrap());
        sleep(Duration::from_mins(2)).await;
    }
    let left = bed.differences(&link).await;
    assert_eq!(left.len(), 2, "{left:?}");
    bed.cloud.update(&link, &left).await.unwrap();
    assert_eq!(bed.differences(&link).await, vec![]);
    let counted = |action| bed.sim.with(|world| world.log.count(Vendor::Alibaba, action));
    assert_eq!(counted("AttachSecurityGroupToVpcEndpoint"), 1);
    assert!(counted("DetachSecurityGroupFromVpcEndpoint") > 1, "asked again while busy");
    assert!(counted("AddZoneToVpcEndpoint") > 2, "two, and asked again while busy");
    assert_eq!(bed.state(&link).await, LinkState::Provisioning);
}

#[tokio::test(start_paused = true)]
async fn half_an_endpoint_is_seen_and_made_whole_or_removed() {
    for removed in [true, false] {
        let bed = Bed::new(GOOGLE, Draws::documented());
        let order = bed.order("a");
        // The first call is the address, the second is a look at its operation.
        let rule = bed.sim.with(|world| world.log.calls()) + 4;
        bed.sim.with(|world| world.faults = Plan::nth(rule, Fault::LostBefore));
        let made = bed.cloud.create(&order).await;
        assert!(made.is_err(), "the rule was made: {made:?}");
        sleep(Duration::from_mins(1)).await;
        let survey = bed.cloud.survey().await.unwrap();
        let [half] = &survey.links[..] else { panic!("{survey:?}") };
        assert_eq!((half.state, half.mark.as_ref()), (LinkState::Failed, Some(&order.mark)));
        assert_eq!(bed.cloud.read(&half.id).await.unwrap().as_ref(), Some(half));
        if removed {
            bed.patiently(|| bed.cloud.delete(&half.id)).await;
            assert_eq!(bed.cloud.survey().await.unwrap().links, vec![]);
        } else {
            assert_eq!(bed.cloud.create(&order).await.unwrap(), half.id);
            assert_eq!(bed.state(&half.id).await, LinkState::AwaitingAcceptance);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_known_yet_is_not_registered() {
    let draws = Draws { domain_while_creating: false, ..Draws::documented() };
    for flow in [AZURE, ALIBABA] {
        let bed = Bed::new(flow, draws.clone());
        let link = bed.cloud.create(&bed.order("a")).await.unwrap();
        let seen = bed.cloud.read(&link).await.unwrap().unwrap();
        assert_eq!((seen.state, seen.registration), (LinkState::Provisioning, None), "{flow:?}");
        sleep(Duration::from_mins(2)).await;
        let seen = bed.cloud.read(&link).await.unwrap().unwrap();
        assert!(seen.registration.is_some(), "{flow:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_provider_ends_is_over_or_waits_as_its_cloud_has_it() {
    for (flow, expected) in [
        (AZURE, LinkState::Failed),
        (GOOGLE, LinkState::Failed),
        (ALIBABA, LinkState::AwaitingAcceptance),
        (PREMIUM_ON_AWS, LinkState::Refused),
    ] {
        let bed = Bed::new(flow, Draws::documented());
        let link = bed.cloud.create(&bed.order("a")).await.unwrap();
        sleep(Duration::from_mins(5)).await;
        let deed = Deed::ToLink { link: link.0.clone(), deed: LinkDeed::Disconnect };
        bed.sim.with(|world| world.deed(deed).unwrap());
        assert_eq!(bed.state(&link).await, expected, "{flow:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_that_fails_fails_the_survey_in_every_cloud() {
    for flow in FLOWS {
        let bed = Bed::new(flow, Draws::documented());
        bed.cloud.create(&bed.order("a")).await.unwrap();
        let before = bed.sim.with(|world| world.log.calls());
        bed.cloud.survey().await.unwrap();
        let calls = bed.sim.with(|world| world.log.calls()) - before;
        for number in 1..=calls {
            for fault in [Fault::LostAfter, Fault::Refuse(Failure::Internal)] {
                let nth = bed.sim.with(|world| world.log.calls()) + number;
                bed.sim.with(|world| world.faults = Plan::nth(nth, fault.clone()));
                let survey = bed.cloud.survey().await;
                assert!(survey.is_err(), "{fault:?} at {number} in {flow:?}: {survey:?}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn preflight_blames_the_fields_of_its_cloud() {
    for (flow, field, bad, code) in [
        (AZURE, "subnet", Value::text(example::azure::SUBNET_FULL), "subnet-full"),
        (GOOGLE, "subnet", Value::text(example::gcp::SUBNET_ELSEWHERE), "subnet-missing"),
        (ALIBABA, "vSwitches", Value::set([example::alibaba::SWITCH_UNSERVED]), "zone-not-served"),
    ] {
        let bed = Bed::new(flow, Draws::documented());
        let ask = |settings| Ask {
            name: "a".into(),
            region: flow.region.into(),
            service: Some(bed.order("a").service),
            zones: vec![],
            port: 4_000,
            settings,
            link: None,
        };
        let mut wrong = (flow.settings)();
        wrong.insert(field, Setting { value: bad, change: Change::InPlace });
        let asks = [ask((flow.settings)()), ask(wrong)];
        let findings = bed.cloud.preflight(&asks).await.unwrap();
        let found: Vec<_> = findings.iter().map(|found| (found.field, found.code)).collect();
        assert_eq!(found, [(Some(field), code)], "{flow:?}");
    }
}
