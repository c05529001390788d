//! Wishes in the example's other clouds.

use crate::rig::{TERMS, wish};
use cloud::{Change, ClusterKey, Setting, Settings, Shared, Value};
use planner::Generation;
use planner::endpoint::{Completion, Desired, Terms};
use sim::example::{alibaba, azure, gcp};
use tidelock::wish::{Account, Origin, Wish};

pub(crate) fn on_azure() -> Wish {
    let settings = Shared::from(Settings::from([
        ("resourceGroup", setting(Value::text(azure::RESOURCE_GROUP), Change::Replace)),
        ("subnet", setting(Value::text(azure::SUBNET), Change::Replace)),
    ]));
    let origin = Origin { region: azure::REGION_ID.into(), ..Origin::default() };
    let account = ("azure", "");
    let network = azure::SUBNET.into();
    Wish {
        settings,
        origin,
        network,
        ..elsewhere("orders-azure", "dedicated", azure::CLUSTER, account)
    }
}

pub(crate) fn on_gcp() -> Wish {
    let settings = Shared::from(Settings::from([
        ("network", setting(Value::text(gcp::NETWORK), Change::Replace)),
        ("subnet", setting(Value::text(gcp::SUBNET), Change::Replace)),
    ]));
    let origin = Origin { region: gcp::REGION_ID.into(), ..Origin::default() };
    let account = ("gcp", "");
    let network = gcp::NETWORK.into();
    Wish {
        settings,
        origin,
        network,
        ..elsewhere("orders-gcp", "dedicated", gcp::CLUSTER, account)
    }
}

pub(crate) fn on_alibaba(name: &str, tier: &str, id: &str) -> Wish {
    let switches = Value::set(alibaba::SWITCHES[..2].iter().copied());
    let settings = Shared::from(Settings::from([
        ("vpc", setting(Value::text(alibaba::VPC), Change::Replace)),
        ("vSwitches", setting(switches, Change::InPlace)),
        ("securityGroups", setting(Value::set([alibaba::GROUP_OPEN]), Change::InPlace)),
    ]));
    let origin = Origin { region: alibaba::REGION_ID.into(), ..Origin::default() };
    let account = ("alibaba", alibaba::REGION);
    let network = alibaba::VPC.into();
    Wish { settings, origin, network, ..elsewhere(name, tier, id, account) }
}

fn setting(value: Value, change: Change) -> Setting {
    Setting { value, change }
}

/// In one of the other clouds.
fn elsewhere(name: &str, tier: &str, id: &str, account: (&'static str, &str)) -> Wish {
    let (cloud, region) = account;
    let key = ClusterKey {
        tier: tier.into(),
        project: String::new(),
        cluster: id.into(),
        group: String::new(),
    };
    Wish {
        name: name.into(),
        desired: Desired::Present(Terms { completion: Completion::AtCreation, ..TERMS }),
        generation: Generation(1),
        cluster: key.into(),
        account: Account { cloud, alias: "prod".into(), region: region.into() },
        ..wish(name)
    }
}
