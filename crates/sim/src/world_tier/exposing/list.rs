//! The lists of a look: page by page, late and twisted as all others are.

use super::convert::seen;
use super::{WorldTier, id_of};
use crate::ids::Scope;
use crate::world::{Kind, Part, World};
use cloud::{Error, Interest, Mark, PART_PREFIX, PartSeen};
use planner::dataflow::PartId;
use std::collections::BTreeMap;
use std::sync::Arc;

type List = fn(&mut World, &Scope) -> Vec<Arc<Part>>;

/// Each with its call.
pub(super) const BALANCING: [(&str, List); 3] = [
    ("DescribeTargetGroups", |world, scope| world.parts(scope, Kind::TargetGroup)),
    ("DescribeLoadBalancers", |world, scope| world.parts(scope, Kind::Balancer)),
    ("DescribeListeners", |world, scope| world.parts(scope, Kind::Listener)),
];

pub(super) const SERVICES: (&str, List) =
    ("DescribeVpcEndpointServiceConfigurations", |world, scope| world.parts(scope, Kind::Service));

impl WorldTier {
    pub(super) async fn listed(
        &self,
        lists: &[(&'static str, List)],
        interest: &Interest,
    ) -> Result<BTreeMap<PartId, PartSeen>, Error> {
        let mut listed: BTreeMap<PartId, PartSeen> = BTreeMap::new();
        for (action, list) in lists {
            let rows = self.pages(action, *list, |world, part: &Arc<Part>, unknown| {
                (part.clone(), seen(world, part, unknown))
            });
            for (part, row) in rows.await? {
                if !concerns(&part, interest) {
                    continue;
                }
                let known = listed.insert(row.id.clone(), row.clone());
                if known.is_some_and(|known| known != row) {
                    return Err(self.incomplete("one part in two states"));
                }
            }
        }
        Ok(listed)
    }
}

/// Ours by mark or by name, or somebody's that is asked about.
fn concerns(part: &Part, interest: &Interest) -> bool {
    Mark::from_tags(&part.tags).is_some()
        || part.name.starts_with(PART_PREFIX)
        || interest.names.contains(&part.name)
        || interest.services.contains(&id_of(part))
}
