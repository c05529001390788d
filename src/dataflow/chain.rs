//! The parts of one entry that belong together, and those that there are twice.
//!
//! Names and marks alone do not tell two incarnations of one part apart: what stands on what does. It decides nothing.

use super::block_of;
use cloud::{Exposures, Mark, Owner, PartFacts, PartSeen};
use planner::dataflow::{Block, PartId, PartState};
use std::collections::BTreeSet;

/// Of several parts the one in use, else the one that stands most firmly.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Chain<'a> {
    pub(crate) group: Option<&'a PartSeen>,
    pub(crate) balancer: Option<&'a PartSeen>,
    pub(crate) listener: Option<&'a PartSeen>,
    pub(crate) service: Option<&'a PartSeen>,
}

impl<'a> Chain<'a> {
    /// `used`: the service that TiDB Cloud's connection leads to.
    pub(crate) fn of(
        name: &str,
        exposures: &'a Exposures,
        owner: &Owner,
        used: Option<&PartId>,
    ) -> Chain<'a> {
        let all = ours(name, exposures, owner);
        let pick = |block, suits: &dyn Fn(&PartSeen) -> bool| {
            let parts = all.iter().copied().filter(|part| block_of(part) == block);
            parts.min_by_key(|part| (!suits(part), rank(part.state), part.id.clone()))
        };
        let service = pick(Block::Service, &|part| used == Some(&part.id));
        let balancer = pick(Block::LoadBalancer, &|part| fronts(service, part));
        let stands = |listener: &PartSeen| stands_on(listener, balancer);
        let listener = pick(Block::Listener, &stands).filter(|it| balancer.is_none() || stands(it));
        let group = pick(Block::TargetGroup, &|part| feeds(listener, part));
        Chain { group, balancer, listener, service }
    }

    pub(crate) fn part(&self, block: Block) -> Option<&'a PartSeen> {
        match block {
            Block::TargetGroup => self.group,
            Block::LoadBalancer => self.balancer,
            Block::Listener => self.listener,
            Block::Service => self.service,
        }
    }

    /// The others of the entry that nothing of this chain needs, the last part first; and whether each is certainly ours:
    /// whoever copies our tags has no load balancer of ours, nor the name that only we would give.
    pub(crate) fn spares(
        &self,
        name: &str,
        exposures: &'a Exposures,
        owner: &Owner,
    ) -> Vec<(&'a PartSeen, bool)> {
        let all = ours(name, exposures, owner);
        let balancers: BTreeSet<&PartId> = all
            .iter()
            .filter(|part| block_of(part) == Block::LoadBalancer)
            .map(|part| &part.id)
            .collect();
        let is_spare = |part: &&PartSeen| {
            let chosen = self.part(block_of(part)).is_some_and(|chosen| chosen.id == part.id);
            let needed = match &part.facts {
                PartFacts::Service { .. } => false,
                PartFacts::LoadBalancer => fronts(self.service, part),
                PartFacts::Listener { .. } => stands_on(part, self.balancer),
                PartFacts::TargetGroup { .. } => feeds(self.listener, part),
            };
            !chosen && !needed && part.state != PartState::Deleting
        };
        let mut spares: Vec<(&PartSeen, bool)> = all
            .into_iter()
            .filter(is_spare)
            .map(|part| {
                let named = |mark: &Mark| part.name == mark.part_name(block_of(part));
                let certain = match &part.facts {
                    PartFacts::Service { balancers: fronted, .. } => {
                        !fronted.is_empty() && fronted.iter().all(|id| balancers.contains(id))
                    }
                    PartFacts::Listener { balancer, .. } => balancers.contains(balancer),
                    PartFacts::LoadBalancer | PartFacts::TargetGroup { .. } => {
                        part.mark.as_ref().is_some_and(named)
                    }
                };
                (part, certain)
            })
            .collect();
        let last_first = |block| match block {
            Block::Service => 0,
            Block::Listener => 1,
            Block::LoadBalancer => 2,
            Block::TargetGroup => 3,
        };
        spares.sort_by_key(|(part, _)| (last_first(block_of(part)), part.id.clone()));
        spares
    }
}

fn ours<'a>(name: &str, exposures: &'a Exposures, owner: &Owner) -> Vec<&'a PartSeen> {
    let marked = |part: &&PartSeen| {
        part.mark.as_ref().is_some_and(|mark| mark.name == name && owner.owns(mark))
    };
    exposures.parts.iter().filter(marked).collect()
}

fn fronts(service: Option<&PartSeen>, balancer: &PartSeen) -> bool {
    match service.map(|service| &service.facts) {
        Some(PartFacts::Service { balancers, .. }) => balancers.contains(&balancer.id),
        Some(
            PartFacts::TargetGroup { .. } | PartFacts::LoadBalancer | PartFacts::Listener { .. },
        )
        | None => false,
    }
}

fn stands_on(listener: &PartSeen, balancer: Option<&PartSeen>) -> bool {
    match &listener.facts {
        PartFacts::Listener { balancer: under, .. } => {
            balancer.is_some_and(|balancer| balancer.id == *under)
        }
        PartFacts::TargetGroup { .. } | PartFacts::LoadBalancer | PartFacts::Service { .. } => {
            false
        }
    }
}

fn feeds(listener: Option<&PartSeen>, fed: &PartSeen) -> bool {
    match listener.map(|listener| &listener.facts) {
        Some(PartFacts::Listener { group, .. }) => group.as_ref() == Some(&fed.id),
        Some(
            PartFacts::TargetGroup { .. } | PartFacts::LoadBalancer | PartFacts::Service { .. },
        )
        | None => false,
    }
}

fn rank(state: PartState) -> u8 {
    match state {
        PartState::Ready => 0,
        PartState::Preparing => 1,
        PartState::NotUnderstood => 2,
        PartState::Failed => 3,
        PartState::Deleting => 4,
    }
}
