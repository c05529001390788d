//! The tier without bytes keeps what every cloud keeps, whichever cloud it is.

use super::endpoints::{Side, every_draw, keeps_its_promises};
use cloud::{Change, Cloud, ClusterKey, Order, Owner, Setting, Settings, Value};
use planner::endpoint::{Address, Completion, LinkState, OnDelete, ServiceName};
use sim::{Draws, Link, Sim, Vendor, World, WorldTier, example};

/// What differs from cloud to cloud.
struct Place {
    vendor: Vendor,
    region: &'static str,
    cluster: &'static str,
    subnet: &'static str,
    network: &'static str,
    address: fn(&Link) -> Address,
    rejected: LinkState,
    /// As ordered, and as edited.
    settings: [Settings; 2],
}

async fn check(draws: Draws, place: Place) {
    let Place { vendor, region, cluster, subnet, network, address, rejected, settings } = place;
    let mut world = World::example(draws, 1);
    // It has no pace of its own, and repeats nothing.
    world.settings.limits = false;
    let sim = Sim::auto(world);
    let tier = WorldTier::new(sim.clone(), example::scope_in(vendor, region));
    let service = sim.with(|world| {
        let mut services = world.services().filter(|its| its.cluster.as_str() == cluster);
        services.next().unwrap().name.to_string()
    });
    let owner = Owner::new("team-a", Some("a key".to_owned().into()));
    let [tier_word, project, cluster, group] = ["dedicated", "1", cluster, "3"].map(Into::into);
    let cluster = ClusterKey { tier: tier_word, project, cluster, group };
    let mark = owner.mark("orders", 1, OnDelete::Remove, cluster);
    let [ordered, edited] = settings;
    let order = Order {
        token: mark.token(),
        mark,
        service: ServiceName(service),
        region: region.into(),
        settings: ordered,
        completion: Completion::AfterAcceptance,
    };
    let another = async || Box::new(tier.clone()) as Box<dyn Cloud>;
    let (cloud, network) = (&tier, network.to_owned());
    let side = Side {
        sim,
        cloud,
        vendor,
        owner,
        order,
        edited,
        subnet,
        network,
        address,
        rejected,
        // In the description, which never changes.
        is_written: vendor == Vendor::Gcp,
        spare: 0,
    };
    Box::pin(keeps_its_promises(&side, another)).await;
}

fn fixed(value: &str) -> Setting {
    Setting { value: Value::text(value), change: Change::Replace }
}

fn open(value: Value) -> Setting {
    Setting { value, change: Change::InPlace }
}

fn team(name: &str) -> Setting {
    open(Value::Map([("team".to_owned(), name.to_owned())].into()))
}

#[tokio::test(start_paused = true)]
async fn on_aws() {
    let settings = |subnets: &[&str], group: &str, name: &str| {
        Settings::from([
            ("vpc", fixed(example::VPC)),
            ("subnets", open(Value::set(subnets.iter().copied()))),
            ("securityGroups", open(Value::set([group]))),
            ("privateDns", Setting { value: Value::Flag(true), change: Change::AfterAcceptance }),
            ("tags", team(name)),
        ])
    };
    for draws in every_draw() {
        let place = Place {
            vendor: Vendor::Aws,
            region: example::REGION,
            cluster: example::ORDERS,
            subnet: example::SUBNETS[0],
            network: example::VPC,
            address: |_| Address::None,
            rejected: LinkState::Refused,
            settings: [
                settings(&example::SUBNETS[..2], example::GROUP_OPEN, "orders"),
                settings(&example::SUBNETS[1..], example::GROUP_APPS, "billing"),
            ],
        };
        check(draws, place).await;
    }
}

#[tokio::test(start_paused = true)]
async fn on_azure() {
    use example::azure;
    let settings = |name: &str| {
        Settings::from([
            ("resourceGroup", fixed(azure::RESOURCE_GROUP)),
            ("subnet", fixed(azure::SUBNET)),
            ("tags", team(name)),
        ])
    };
    for draws in every_draw() {
        let place = Place {
            vendor: Vendor::Azure,
            region: azure::REGION,
            cluster: azure::CLUSTER,
            subnet: azure::SUBNET,
            network: azure::SUBNET,
            address: |link| Address::Ip(link.ip().unwrap().into()),
            rejected: LinkState::Refused,
            settings: [settings("orders"), settings("billing")],
        };
        check(draws, place).await;
    }
}

#[tokio::test(start_paused = true)]
async fn on_alibaba_cloud() {
    use example::alibaba;
    let settings = |switches: &[&str], group: &str, name: &str| {
        Settings::from([
            ("vpc", fixed(alibaba::VPC)),
            ("vSwitches", open(Value::set(switches.iter().copied()))),
            ("securityGroups", open(Value::set([group]))),
            ("tags", team(name)),
        ])
    };
    for draws in every_draw() {
        let place = Place {
            vendor: Vendor::Alibaba,
            region: alibaba::REGION,
            cluster: alibaba::PREMIUM,
            subnet: alibaba::SWITCHES[0],
            network: alibaba::VPC,
            address: |link| Address::Domain(link.domain().unwrap().to_owned()),
            // PrivateLink says *Disconnected* of both.
            rejected: LinkState::AwaitingAcceptance,
            settings: [
                settings(&alibaba::SWITCHES[..2], alibaba::GROUP_OPEN, "orders"),
                settings(&alibaba::SWITCHES[1..], alibaba::GROUP_CLOSED, "billing"),
            ],
        };
        // Where Premium accepts by itself, nobody has a word to say.
        check(Draws { premium_accepts: false, ..draws }, place).await;
    }
}

#[tokio::test(start_paused = true)]
async fn on_google_cloud() {
    use example::gcp;
    let settings = |is_global: bool, name: &str| {
        Settings::from([
            ("network", fixed(gcp::NETWORK)),
            ("subnet", fixed(gcp::SUBNET)),
            ("globalAccess", open(Value::Flag(is_global))),
            ("labels", team(name)),
        ])
    };
    for draws in every_draw() {
        let place = Place {
            vendor: Vendor::Gcp,
            region: gcp::REGION,
            cluster: gcp::CLUSTER,
            subnet: gcp::SUBNET,
            network: gcp::SUBNET,
            address: |_| Address::None,
            rejected: LinkState::Refused,
            settings: [settings(false, "orders"), settings(true, "billing")],
        };
        check(draws, place).await;
    }
}
