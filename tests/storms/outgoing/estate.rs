//! Who lives in a storm of connections: databases that TiDB Cloud shall reach, and endpoints beside them.

use super::neighbours::{self, Ground};
use crate::rig::{three, wish};
use cloud::{Change, ClusterKey, Exposed, Exposure, PlaceWords, Setting, Settings, Source, Value};
use planner::Generation;
use planner::dataflow::{Desired, OnDelete, OnDrift, OnForeign, Shape, Terms};
use sim::example::{self, alibaba};
use tidelock::dataflow;
use tidelock::wish::{Account, Origin, Wish};

/// The connection that the hands in the consoles are after.
pub(crate) const FIRST: &str = "orders-rds";
const SECOND: &str = "catalog-mysql";

/// The account from which it is led out.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) name: &'static str,
    pub(crate) ground: Ground,
    cloud: &'static str,
    region: &'static str,
    region_id: &'static str,
    /// As its manifests call them, and some of them.
    subnets: (&'static str, &'static [&'static str]),
    security_group: &'static str,
}

pub(crate) static AWS: Place = Place {
    name: "aws",
    ground: neighbours::AWS,
    cloud: cloud_aws::CLOUD,
    region: example::REGION,
    region_id: example::REGION_ID,
    subnets: ("subnets", &[example::SUBNETS[0], example::SUBNETS[1]]),
    security_group: example::GROUP_DATABASE,
};

pub(crate) static ALIBABA: Place = Place {
    name: "alibaba",
    ground: neighbours::ALIBABA,
    cloud: cloud_alibaba::CLOUD,
    region: alibaba::REGION,
    region_id: alibaba::REGION_ID,
    subnets: ("vSwitches", &[alibaba::SWITCHES[0], alibaba::SWITCHES[1]]),
    security_group: alibaba::GROUP_DATABASE,
};

/// The first of the connections, which comes first.
pub(crate) fn connections(place: &Place, count: usize) -> Vec<dataflow::Wish> {
    let rds = Source::Instance(place.ground.database.into());
    let fixed = Source::Addresses([place.ground.address.into()].into());
    let all = [connection(place, FIRST, rds), connection(place, SECOND, fixed)];
    all.into_iter().take(count).collect()
}

/// Private endpoints of Dedicated clusters in the same network.
pub(crate) fn endpoints(count: usize) -> Vec<Wish> {
    if count == 1 { vec![wish("orders-apps")] } else { three().into_iter().take(count).collect() }
}

fn connection(place: &Place, name: &str, source: Source) -> dataflow::Wish {
    let terms = Terms {
        on_foreign: OnForeign::LeaveAlone,
        on_drift: OnDrift::Enforce,
        on_delete: OnDelete::Remove,
    };
    let [tier, project, cluster, group] =
        ["essential", "", place.ground.cluster, ""].map(Into::into);
    let words = PlaceWords { network: "vpc", subnets: place.subnets.0 };
    let exposure = Exposure { source, port: 3_306, settings: settings(place), words };
    dataflow::Wish {
        name: name.into(),
        desired: Desired::Present(Shape::Build, terms),
        generation: Generation(1),
        cluster: ClusterKey { tier, project, cluster, group },
        account: Account { cloud: place.cloud, alias: "prod".into(), region: place.region.into() },
        exposed: Some(Exposed::Database(Box::new(exposure))),
        domains: None,
        origin: Origin { region: place.region_id.into(), ..Origin::default() },
    }
}

fn settings(place: &Place) -> Settings {
    let setting = |value, change| Setting { value, change };
    let (word, subnets) = place.subnets;
    Settings::from([
        ("vpc", setting(Value::text(place.ground.network), Change::Replace)),
        (word, setting(Value::set(subnets.iter().copied()), Change::InPlace)),
        ("securityGroups", setting(Value::set([place.security_group]), Change::InPlace)),
    ])
}
