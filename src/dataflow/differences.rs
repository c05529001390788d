//! How far the parts of one private link connection are from what is wanted of them, and what that means for a decision.
//!
//! A load balancer stands only in subnets of TiDB Cloud's zones, so that fewer are no difference; and no cloud takes
//! away a subnet from which somebody is connected, so that more are shown, and stay.

use super::Wish;
use cloud::part_field::{ACCEPTANCE, LOAD_BALANCERS, OWNERSHIP, PORT, TARGET_GROUP, ZONES};
use cloud::{Change, Difference, Exposed, Exposure, Mark, PartFacts, PartSeen, Value};
use planner::dataflow::PartId;
use std::collections::{BTreeMap, BTreeSet};

/// What is wanted of the parts that stand.
pub(super) struct Wanted<'a> {
    pub(super) wish: &'a Wish,
    /// TiDB Cloud's, by their ids.
    pub(super) zones: &'a BTreeSet<String>,
    /// Of subnets, as far as they are known.
    pub(super) zone_of: &'a BTreeMap<String, String>,
    pub(super) group: Option<&'a PartId>,
    pub(super) balancer: Option<&'a PartId>,
}

impl Wanted<'_> {
    /// Of parts of ours alone: what can be closed, in place or by another part.
    pub(super) fn changes(&self, part: &PartSeen) -> Vec<Difference> {
        let Some(Exposed::Database(exposure)) = &self.wish.exposed else { return Vec::new() };
        let mut differences = self.settings(exposure, part);
        differences.extend(self.structure(exposure, part));
        differences.extend(part.mark.as_ref().and_then(|mark| self.ownership(mark)));
        differences
    }

    /// Subnets of a load balancer that nobody wants.
    pub(super) fn surplus(&self, part: &PartSeen) -> Option<Difference> {
        let Some(Exposed::Database(exposure)) = &self.wish.exposed else { return None };
        let field = exposure.words.subnets;
        let wanted = exposure.settings.get(field)?.value.as_set()?;
        let found = part.found.get(field)?.as_set()?;
        (!found.is_subset(wanted)).then(|| Difference {
            field,
            wanted: Value::set(wanted.intersection(found)),
            found: Some(Value::Set(found.clone())),
            change: Change::InPlace,
        })
    }

    fn structure(&self, exposure: &Exposure, part: &PartSeen) -> Vec<Difference> {
        let mut differences = Vec::new();
        match &part.facts {
            PartFacts::TargetGroup { .. } => {
                let found = part.found.get(PORT).and_then(Value::as_text);
                differences.extend(found.and_then(|found| port(exposure, found)));
            }
            PartFacts::LoadBalancer => {}
            PartFacts::Listener { balancer, group, port: found } => {
                differences.extend(port(exposure, &found.to_string()));
                let to = self.group.filter(|wanted| group.as_ref() != Some(*wanted));
                differences.extend(to.map(|wanted| Difference {
                    field: TARGET_GROUP,
                    wanted: Value::text(&*wanted.0),
                    found: group.as_ref().map(|group| Value::text(&*group.0)),
                    change: Change::InPlace,
                }));
                let on = self.balancer.filter(|wanted| *wanted != balancer);
                differences.extend(on.map(|wanted| Difference {
                    field: LOAD_BALANCERS,
                    wanted: Value::set([&*wanted.0]),
                    found: Some(Value::set([&*balancer.0])),
                    change: Change::Replace,
                }));
            }
            PartFacts::Service { balancers, missing_zones, accepts_by_hand, .. } => {
                differences.extend((!accepts_by_hand).then_some(Difference {
                    field: ACCEPTANCE,
                    wanted: Value::Flag(true),
                    found: Some(Value::Flag(false)),
                    change: Change::InPlace,
                }));
                let missing = self.balancer.filter(|wanted| !balancers.contains(wanted));
                differences.extend(missing.map(|wanted| Difference {
                    field: LOAD_BALANCERS,
                    wanted: Value::set([&*wanted.0]),
                    found: Some(Value::set(balancers.iter().map(|id| &*id.0))),
                    change: Change::InPlace,
                }));
                differences.extend((!missing_zones.is_empty()).then(|| Difference {
                    field: ZONES,
                    wanted: Value::Set(missing_zones.clone()),
                    found: Some(Value::Set(BTreeSet::new())),
                    change: Change::InPlace,
                }));
            }
        }
        differences
    }

    /// What the cloud does not say of a kind of part is no setting of it.
    fn settings(&self, exposure: &Exposure, part: &PartSeen) -> Vec<Difference> {
        let differences = cloud::compare(&exposure.settings, &part.found).into_iter();
        differences.filter_map(|difference| self.refined(exposure, difference)).collect()
    }

    fn refined(&self, exposure: &Exposure, difference: Difference) -> Option<Difference> {
        let found = difference.found.as_ref()?;
        match (difference.wanted.as_set(), found.as_set()) {
            (Some(wanted), Some(found)) if difference.field == exposure.words.subnets => {
                self.subnets(difference.field, wanted, found)
            }
            (Some(_) | None, _) => Some(difference),
        }
    }

    fn subnets(
        &self,
        field: &'static str,
        wanted: &BTreeSet<String>,
        found: &BTreeSet<String>,
    ) -> Option<Difference> {
        let zone = |subnet: &String| self.zone_of.get(subnet);
        let served = |subnet: &&String| zone(subnet).is_some_and(|zone| self.zones.contains(zone));
        let missing: Vec<&String> = wanted.difference(found).filter(served).collect();
        if missing.is_empty() {
            return None;
        }
        // A load balancer has one subnet in a zone, and keeps it.
        let taken = |subnet: &&&String| found.iter().any(|other| zone(other) == zone(subnet));
        let (wanted, change) = match missing.iter().find(taken) {
            Some(_) => (wanted.iter().filter(served).cloned().collect(), Change::Replace),
            None => (found.iter().chain(missing).cloned().collect(), Change::InPlace),
        };
        let found = Some(Value::Set(found.clone()));
        Some(Difference { field, wanted: Value::Set(wanted), found, change })
    }

    /// What the mark says of removal outlives our store, and so must be as the manifest says.
    fn ownership(&self, mark: &Mark) -> Option<Difference> {
        let wanted = self.wish.on_delete();
        (mark.on_delete != wanted).then(|| Difference {
            field: OWNERSHIP,
            wanted: Value::text(wanted.word()),
            found: Some(Value::text(mark.on_delete.word())),
            change: Change::InPlace,
        })
    }
}

fn port(exposure: &Exposure, found: &str) -> Option<Difference> {
    let wanted = exposure.port.to_string();
    (wanted != found).then(|| Difference {
        field: PORT,
        wanted: Value::text(wanted),
        found: Some(Value::text(found)),
        change: Change::Replace,
    })
}
