//! Who lives in a storm of connections: databases that TiDB Cloud shall reach, and endpoints beside them.

use super::neighbours::ADDRESS;
use crate::rig::{three, wish};
use cloud::{Change, ClusterKey, Exposed, Exposure, Setting, Settings, Source, Value};
use planner::Generation;
use planner::dataflow::{Desired, OnDelete, OnDrift, OnForeign, Shape, Terms};
use sim::example;
use tidelock::dataflow;
use tidelock::wish::{Account, Origin, Wish};

/// The connection that the hands in the consoles are after.
pub(crate) const FIRST: &str = "orders-rds";
const SECOND: &str = "catalog-mysql";

/// The first of the connections, which comes first.
pub(crate) fn connections(count: usize) -> Vec<dataflow::Wish> {
    let rds = Source::Instance(example::DATABASE.into());
    let fixed = Source::Addresses([ADDRESS.into()].into());
    let all = [connection(FIRST, rds), connection(SECOND, fixed)];
    all.into_iter().take(count).collect()
}

/// Private endpoints of Dedicated clusters in the same network.
pub(crate) fn endpoints(count: usize) -> Vec<Wish> {
    if count == 1 { vec![wish("orders-apps")] } else { three().into_iter().take(count).collect() }
}

fn connection(name: &str, source: Source) -> dataflow::Wish {
    let terms = Terms {
        on_foreign: OnForeign::LeaveAlone,
        on_drift: OnDrift::Enforce,
        on_delete: OnDelete::Remove,
    };
    let [tier, project, cluster, group] = ["essential", "", example::SHARED, ""].map(Into::into);
    let exposure = Exposure { source, port: 3_306, settings: settings() };
    dataflow::Wish {
        name: name.into(),
        desired: Desired::Present(Shape::Build, terms),
        generation: Generation(1),
        cluster: ClusterKey { tier, project, cluster, group },
        account: Account {
            cloud: cloud_aws::CLOUD,
            alias: "prod".into(),
            region: example::REGION.into(),
        },
        exposed: Some(Exposed::Database(Box::new(exposure))),
        domains: None,
        origin: Origin { region: example::REGION_ID.into(), ..Origin::default() },
    }
}

fn settings() -> Settings {
    let setting = |value, change| Setting { value, change };
    Settings::from([
        ("vpc", setting(Value::text(example::VPC), Change::Replace)),
        ("subnets", setting(Value::set(example::SUBNETS[..2].iter().copied()), Change::InPlace)),
        ("securityGroups", setting(Value::set([example::GROUP_DATABASE]), Change::InPlace)),
    ])
}
