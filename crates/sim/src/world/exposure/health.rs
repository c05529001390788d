//! Whom a listener reaches: targets, their health with its reasons, and a log of every change.
//!
//! A target is healthy once the checks have seen, in their own time, that a database answers at its address, that the
//! database's security groups let the load balancer in, and that a listener sends to it.

use super::database::{at_address, names, subnet_of};
use super::event::ExposureEvent;
use super::{Balancer, Database, Kind, Part, PartRefusal, PartState, TargetGroup};
use crate::fault::Vendor;
use crate::ids::{PartId, Scope};
use crate::world::agenda::Event;
use crate::world::{Ingress, Network, Source, Verb, World};
use serde::Serialize;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;

/// A target as the cloud shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Target {
    pub address: Ipv4Addr,
    pub port: u16,
    pub health: Health,
    pub reason: Option<HealthReason>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Health {
    Unused,
    Initial,
    Healthy,
    Unhealthy,
    Draining,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum HealthReason {
    /// No listener sends to it, or it lies in a zone in which the load balancer is not.
    NotInUse,
    /// The load balancer is not there yet.
    Registering,
    InitialChecking,
    /// Nothing answers, or a security group is in the way.
    Timeout,
    /// Something is there, and not on this port.
    FailedChecks,
    Deregistering,
}

/// A time in which a listener that had a healthy target had none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Gap {
    pub from: u64,
    /// None: it lasts.
    pub until: Option<u64>,
}

#[derive(Clone, Debug)]
pub(super) struct Standing {
    health: Health,
    reason: Option<HealthReason>,
    /// What the checks will find.
    heading: Verdict,
    epoch: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Unused,
    Waits,
    Answers,
    Silent(HealthReason),
    Leaves,
}

/// How many healthy targets each listener had since when; none, once it was gone.
#[derive(Clone, Debug, Default)]
pub(super) struct HealthLog(BTreeMap<PartId, Vec<(u64, Option<usize>)>>);

impl World {
    /// An address takes traffic of the target group from now on. Safe to repeat.
    ///
    /// # Errors
    /// The cloud refuses; nothing has changed.
    pub fn register_target(
        &mut self,
        scope: &Scope,
        group: &str,
        address: Ipv4Addr,
        port: u16,
    ) -> Result<(), PartRefusal> {
        let found = self.part_target(scope, Kind::TargetGroup, group)?;
        let facts = found.target_group();
        let network = facts.and_then(|facts| self.networks.get(&facts.network));
        if network.and_then(|network| subnet_of(network, address)).is_none() {
            return Err(PartRefusal::TargetOutside(address));
        }
        let targets = self.exposing.targets.entry(found.id.clone()).or_default();
        let known = targets.get(&(address, port));
        if known.is_some_and(|known| known.health != Health::Draining) {
            return Ok(());
        }
        let epoch = known.map_or(0, |known| known.epoch + 1);
        let (health, reason) = (Health::Unused, Some(HealthReason::NotInUse));
        let heading = Verdict::Unused;
        targets.insert((address, port), Standing { health, reason, heading, epoch });
        self.record_part(Verb::Modified, &found);
        self.writes += 1;
        self.review_targets();
        Ok(())
    }

    /// The address takes no new traffic, and is gone when it has drained. Safe to repeat.
    ///
    /// # Errors
    /// There is no such target group.
    pub fn deregister_target(
        &mut self,
        scope: &Scope,
        group: &str,
        address: Ipv4Addr,
        port: u16,
    ) -> Result<(), PartRefusal> {
        let found = self.part_target(scope, Kind::TargetGroup, group)?;
        let drained_at = self.drained_at(&found);
        let targets = self.exposing.targets.entry(found.id.clone()).or_default();
        let Some(standing) = targets.get_mut(&(address, port)) else { return Ok(()) };
        match standing.health {
            Health::Draining => return Ok(()),
            Health::Unused => {
                targets.remove(&(address, port));
            }
            Health::Initial | Health::Healthy | Health::Unhealthy => {
                standing.health = Health::Draining;
                standing.reason = Some(HealthReason::Deregistering);
                standing.heading = Verdict::Leaves;
                standing.epoch += 1;
                let event =
                    ExposureEvent::Drained(found.id.clone(), (address, port), standing.epoch);
                self.agenda.add(drained_at, Event::Exposure(event));
            }
        }
        self.record_part(Verb::Modified, &found);
        self.writes += 1;
        self.review_targets();
        Ok(())
    }

    /// How many milliseconds the targets of a group drain, where that was asked for.
    pub fn set_drain(&mut self, group: &PartId, milliseconds: u64) {
        self.exposing.drains.insert(group.clone(), milliseconds);
    }

    fn drained_at(&mut self, group: &Part) -> u64 {
        let latency = self.draws.dataflow.latency;
        match self.exposing.drains.get(&group.id) {
            Some(milliseconds) => self.now.saturating_add(*milliseconds),
            // Where nobody asks, Alibaba's targets do not drain.
            None if group.scope.vendor == Vendor::Alibaba => self.after(latency.job),
            None => self.after(latency.drain),
        }
    }

    /// Who is in a target group, and how each of them is; always as it is.
    ///
    /// # Errors
    /// There is no such target group.
    pub fn targets(&self, scope: &Scope, group: &str) -> Result<Vec<Target>, PartRefusal> {
        let part = self.part_target(scope, Kind::TargetGroup, group)?;
        let targets = self.exposing.targets.get(&part.id).into_iter().flatten();
        let shown = targets.map(|(&(address, port), &Standing { health, reason, .. })| Target {
            address,
            port,
            health,
            reason,
        });
        Ok(shown.collect())
    }

    /// When the listener had no healthy target, after its first; nothing, if it always had one.
    #[must_use]
    pub fn gaps(&self, listener: &str) -> Vec<Gap> {
        let Some(log) = self.exposing.health.0.get(listener) else { return vec![] };
        let served = log.iter().skip_while(|(_, healthy)| healthy.is_none_or(|count| count == 0));
        let mut gaps: Vec<Gap> = Vec::new();
        for &(at, healthy) in served {
            if let Some(open) = gaps.last_mut().filter(|gap| gap.until.is_none()) {
                open.until = Some(at);
            }
            if healthy == Some(0) {
                gaps.push(Gap { from: at, until: None });
            }
        }
        gaps
    }

    /// Whether it ever had a healthy target.
    #[must_use]
    pub fn ever_healthy(&self, listener: &str) -> bool {
        let log = self.exposing.health.0.get(listener);
        log.is_some_and(|log| log.iter().any(|(_, healthy)| healthy.is_some_and(|count| count > 0)))
    }

    pub(super) fn checked(&mut self, group: &PartId, target: (Ipv4Addr, u16), epoch: u64) {
        let targets = self.exposing.targets.get_mut(group);
        let standing = targets.and_then(|targets| targets.get_mut(&target));
        let Some(standing) = standing.filter(|standing| standing.epoch == epoch) else { return };
        (standing.health, standing.reason) = match standing.heading {
            Verdict::Answers => (Health::Healthy, None),
            Verdict::Silent(reason) => (Health::Unhealthy, Some(reason)),
            Verdict::Unused | Verdict::Waits | Verdict::Leaves => return,
        };
        self.log_health();
    }

    pub(super) fn drained(&mut self, group: &PartId, target: (Ipv4Addr, u16), epoch: u64) {
        let Some(targets) = self.exposing.targets.get_mut(group) else { return };
        if targets.get(&target).is_some_and(|standing| standing.epoch == epoch) {
            targets.remove(&target);
        }
    }

    /// Looks at every target anew, after anything that may matter to one.
    pub(crate) fn review_targets(&mut self) {
        let mut all = std::mem::take(&mut self.exposing.targets);
        for (group, targets) in &mut all {
            for (target, standing) in targets {
                if standing.heading != Verdict::Leaves {
                    self.review(group, *target, standing);
                }
            }
        }
        self.exposing.targets = all;
        self.log_health();
    }

    fn review(&mut self, group: &PartId, target: (Ipv4Addr, u16), standing: &mut Standing) {
        let verdict = self.verdict(group, target);
        if verdict == standing.heading {
            return;
        }
        standing.heading = verdict;
        standing.epoch += 1;
        let latency = self.draws.dataflow.latency;
        let is_new = matches!(standing.health, Health::Unused | Health::Initial);
        let span = match verdict {
            Verdict::Unused => {
                (standing.health, standing.reason) = (Health::Unused, Some(HealthReason::NotInUse));
                return;
            }
            Verdict::Waits => {
                (standing.health, standing.reason) =
                    (Health::Initial, Some(HealthReason::Registering));
                return;
            }
            Verdict::Answers => latency.check,
            Verdict::Silent(_) if is_new => latency.check,
            Verdict::Silent(_) => latency.loss,
            Verdict::Leaves => return,
        };
        if is_new {
            (standing.health, standing.reason) =
                (Health::Initial, Some(HealthReason::InitialChecking));
        }
        let at = self.after(span);
        let event = ExposureEvent::Checked(group.clone(), target, standing.epoch);
        self.agenda.add(at, Event::Exposure(event));
    }

    fn verdict(&self, group: &PartId, (address, port): (Ipv4Addr, u16)) -> Verdict {
        let found = self.exposing.parts.get(group.as_str());
        let Some(facts) = found.and_then(|found| found.target_group()) else {
            return Verdict::Unused;
        };
        let Some(balancer) = self.balancer_of(group) else { return Verdict::Unused };
        match &balancer.state {
            PartState::Provisioning => return Verdict::Waits,
            PartState::Failed(_) => return Verdict::Unused,
            PartState::Active => {}
        }
        let Some(network) = self.networks.get(&facts.network) else { return Verdict::Unused };
        let zone = subnet_of(network, address).map(|subnet| &subnet.zone);
        let is_zonal = network.scope.vendor == Vendor::Aws;
        if is_zonal && zone.is_none_or(|zone| !balancer.zones.contains(zone)) {
            return Verdict::Unused;
        }
        self.answer(network, facts, balancer, address, port)
    }

    fn answer(
        &self,
        network: &Network,
        facts: &TargetGroup,
        balancer: &Balancer,
        address: Ipv4Addr,
        port: u16,
    ) -> Verdict {
        match at_address(&self.exposing.databases, &facts.network, address) {
            None => Verdict::Silent(HealthReason::Timeout),
            Some(database) if !admits(network, database, balancer, port) => {
                Verdict::Silent(HealthReason::Timeout)
            }
            Some(database) if database.port != port => Verdict::Silent(HealthReason::FailedChecks),
            Some(_) => Verdict::Answers,
        }
    }

    /// The load balancer whose listener sends to the target group.
    fn balancer_of(&self, group: &PartId) -> Option<&Balancer> {
        let listener = self.listener_of(group)?.listener()?;
        self.exposing.parts.get(listener.balancer.as_str())?.balancer()
    }

    fn log_health(&mut self) {
        let healthy_in = |group: &PartId| {
            let targets = self.exposing.targets.get(group).into_iter().flatten();
            targets.filter(|(_, standing)| standing.health == Health::Healthy).count()
        };
        let listeners = self.exposing.parts.rows().filter_map(|part| {
            part.listener().map(|listener| (part.id.clone(), healthy_in(&listener.group)))
        });
        let counts: BTreeMap<PartId, usize> = listeners.collect();
        let log = &mut self.exposing.health.0;
        for listener in counts.keys() {
            log.entry(listener.clone()).or_default();
        }
        for (listener, moments) in log {
            let count = counts.get(listener).copied();
            if moments.last().map(|(_, count)| *count) != Some(count) {
                moments.push((self.now, count));
            }
        }
    }
}

/// Whether the database lets the load balancer in on the port: by a security group, or by an allow list.
fn admits(network: &Network, database: &Database, balancer: &Balancer, port: u16) -> bool {
    let addresses = || balancer.interfaces.iter().map(|interface| interface.address);
    let lets_in = |rule: &Ingress| {
        let opens = rule.protocol == "-1"
            || (rule.protocol == "tcp" && (rule.from_port..=rule.to_port).contains(&port));
        opens
            && match &rule.source {
                Source::Cidr(block) => addresses().all(|address| names(block, address)),
                Source::Group(group) => balancer.security_groups.contains(group),
            }
    };
    let groups = network.security_groups.iter();
    let mut rules = groups
        .filter(|group| database.security_groups.contains(&group.id))
        .flat_map(|group| &group.ingress);
    let listed =
        || addresses().all(|address| database.allow_list.iter().any(|entry| names(entry, address)));
    rules.any(lets_in) || (!database.allow_list.is_empty() && listed())
}
