//! One part changed in place: one call for each thing that differs, and one for all tags together.

use super::{WorldTier, kind, own_id};
use crate::fault::Vendor;
use crate::world::{Part, Tags};
use cloud::part_field::{ACCEPTANCE, LOAD_BALANCERS, OWNERSHIP, TARGET_GROUP, ZONES};
use cloud::{Change, Difference, Error, PartChange, Value};
use planner::dataflow::PartId;
use std::collections::BTreeSet;

impl WorldTier {
    pub(super) async fn change_part(&self, change: &PartChange) -> Result<(), Error> {
        let PartChange { block, part, mark, differences } = change;
        let mut tags: Option<Tags> = None;
        for difference in differences.iter().filter(|it| it.change != Change::Replace) {
            let Difference { field, wanted, found: _, change: _ } = difference;
            match (*field, wanted) {
                (OWNERSHIP, _) => drop(tags.get_or_insert_default()),
                ("tags", Value::Map(own)) => tags.get_or_insert_default().extend(own.clone()),
                ("subnets" | "vSwitches", Value::Set(subnets)) => {
                    self.set_subnets(part, subnets).await?;
                }
                ("securityGroups", Value::Set(groups)) => self.set_groups(part, groups).await?,
                (TARGET_GROUP, Value::Text(group)) => self.set_listener(part, group).await?,
                (ACCEPTANCE, Value::Flag(asks)) => {
                    self.set_service(part, Some(*asks), &BTreeSet::new()).await?;
                }
                (LOAD_BALANCERS, Value::Set(all)) => self.set_service(part, None, all).await?,
                (ZONES, Value::Set(zones)) => self.join_zones(part, zones).await?,
                (field, _) => {
                    let message = format!("{field} cannot be changed in place");
                    return Err(Error::Refused { code: "InvalidSettings".into(), message });
                }
            }
        }
        let Some(mut tags) = tags else { return Ok(()) };
        tags.extend(mark.to_tags());
        let (id, kind) = (own_id(part), kind(*block));
        self.part_change(self.word("AddTags", "TagResources"), move |world, scope| {
            world.tag_part(scope, kind, &id, &tags)
        })
        .await
    }

    async fn set_subnets(&self, part: &PartId, subnets: &BTreeSet<String>) -> Result<(), Error> {
        let (id, subnets) = (own_id(part), subnets.clone());
        self.part_change(self.word("SetSubnets", "UpdateLoadBalancerZones"), move |world, scope| {
            world.set_balancer_subnets(scope, &id, &subnets)
        })
        .await
    }

    async fn set_groups(&self, part: &PartId, groups: &BTreeSet<String>) -> Result<(), Error> {
        let (id, groups) = (own_id(part), groups.clone());
        let action = self.word("SetSecurityGroups", "LoadBalancerJoinSecurityGroup");
        self.part_change(action, move |world, scope| world.set_balancer_groups(scope, &id, &groups))
            .await
    }

    async fn set_listener(&self, part: &PartId, group: &str) -> Result<(), Error> {
        let (id, group) = (own_id(part), group.to_owned());
        let action = self.word("ModifyListener", "UpdateListenerAttribute");
        self.part_change(action, move |world, scope| world.set_listener(scope, &id, &group)).await
    }

    async fn set_service(
        &self,
        part: &PartId,
        acceptance: Option<bool>,
        add: &BTreeSet<String>,
    ) -> Result<(), Error> {
        let (id, add) = (own_id(part), add.clone());
        let action =
            self.word("ModifyVpcEndpointServiceConfiguration", "UpdateVpcEndpointServiceAttribute");
        self.part_change(action, move |world, scope| {
            let none = BTreeSet::new();
            world.set_service(scope, &id, acceptance, &add, &none)
        })
        .await
    }

    /// A service of AWS's follows its load balancers by itself.
    async fn join_zones(&self, part: &PartId, zones: &BTreeSet<String>) -> Result<(), Error> {
        let (id, zones) = (own_id(part), zones.clone());
        self.part_change("AttachResourceToVpcEndpointService", move |world, scope| {
            let facts = world.true_part(&id).and_then(Part::service).cloned();
            for balancer in facts.iter().flat_map(|service| &service.balancers) {
                let stands = world.true_part(balancer.as_str()).and_then(Part::balancer);
                let stands = stands.map(|facts| facts.zones.clone()).unwrap_or_default();
                for zone in stands.iter().filter(|zone| zones.contains(&zone.name)) {
                    world.attach_resource(scope, &id, balancer.as_str(), &zone.name)?;
                }
            }
            Ok(())
        })
        .await
    }

    fn word(&self, aws: &'static str, alibaba: &'static str) -> &'static str {
        if self.scope.vendor == Vendor::Alibaba { alibaba } else { aws }
    }
}
