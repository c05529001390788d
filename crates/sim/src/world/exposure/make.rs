//! How a customer makes the parts, looks at them and tags them.

use super::event::ExposureEvent;
use super::{
    Balancer, ExposedService, Facts, Kind, NewFacts, NewPart, Part, PartRefusal, PartState,
};
use crate::fault::Vendor;
use crate::ids::{PartId, Scope, ServiceName};
use crate::world::agenda::Event;
use crate::world::table::Eye;
use crate::world::{Tags, Verb, World};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a token was used for.
#[derive(Clone, Debug)]
pub(super) struct Made {
    what: NewFacts,
    part: PartId,
}

const NAME_MAX: usize = 32;
const TAGS_MAX: usize = 50;

impl World {
    /// A new part; or the one that the same token made, or, on AWS, the one that has this very name and settings.
    ///
    /// # Errors
    /// The cloud refuses; nothing has changed.
    pub fn create_part(&mut self, scope: &Scope, new: &NewPart) -> Result<Arc<Part>, PartRefusal> {
        if let Some(known) = self.made_before(scope, new)? {
            return Ok(known);
        }
        if new.tags.len() > TAGS_MAX {
            return Err(PartRefusal::TagLimit(PartId::from("")));
        }
        self.check_part_limit(scope, new.what.kind())?;
        let facts = self.draft_facts(scope, &new.what)?;
        self.exposing.births += 1;
        let (id, facts) = self.spell_part(scope, new, facts);
        let part = Part {
            id: id.clone(),
            scope: scope.clone(),
            name: new.name.clone(),
            tags: new.tags.clone(),
            token: new.token.clone(),
            created_at: self.now,
            facts,
            epoch: self.exposing.births << 20,
        };
        if let Some(token) = &new.token {
            let made = Made { what: new.what.clone(), part: id.clone() };
            self.exposing.made.insert((scope.clone(), token.clone()), made);
        }
        let latency = self.draws.dataflow.latency;
        let span = match part.kind() {
            Kind::Balancer => Some(latency.balancer),
            Kind::Service => Some(latency.service),
            Kind::TargetGroup | Kind::Listener => None,
        };
        if let Some(span) = span {
            let at = self.after(span);
            self.agenda.add(at, Event::Exposure(ExposureEvent::PartReady(id.clone(), part.epoch)));
        }
        self.record_part(Verb::Created, &part);
        self.put_part(part.clone());
        self.review_targets();
        Ok(Arc::new(part))
    }

    /// Every part of a kind in the scope as lists show them now.
    pub fn parts(&mut self, scope: &Scope, kind: Kind) -> Vec<Arc<Part>> {
        let moment = self.moment_of_look();
        let rows = self.exposing.parts.all_seen(Eye::List, moment);
        rows.filter(|part| part.kind() == kind && scope.covers(&part.scope)).cloned().collect()
    }

    /// One part as the cloud shows it to who asks by id.
    pub fn part(&mut self, scope: &Scope, kind: Kind, id: &str) -> Option<Arc<Part>> {
        let moment = self.moment_of_look();
        let part = self.exposing.parts.seen(id, Eye::Read, moment)?;
        (part.kind() == kind && scope.covers(&part.scope)).then(|| part.clone())
    }

    /// One part as it is; no customer can see that.
    #[must_use]
    pub fn true_part(&self, id: &str) -> Option<&Part> {
        self.exposing.parts.get(id).map(AsRef::as_ref)
    }

    /// Every part as it is.
    pub fn true_parts(&self) -> impl Iterator<Item = &Part> {
        self.exposing.parts.rows().map(AsRef::as_ref)
    }

    /// How many of a kind an account of this vendor's may have in a region.
    #[must_use]
    pub fn part_limit(&self, vendor: Vendor, kind: Kind) -> usize {
        let usual = match (vendor, kind) {
            (_, Kind::TargetGroup) => 3_000,
            (Vendor::Alibaba, Kind::Balancer) => 60,
            (_, Kind::Balancer) => 50,
            (Vendor::Alibaba, Kind::Service) => 200,
            (_, Kind::Listener | Kind::Service) => usize::MAX,
        };
        self.exposing.limits.get(&kind).copied().unwrap_or(usual)
    }

    fn check_part_limit(&self, scope: &Scope, kind: Kind) -> Result<(), PartRefusal> {
        let theirs = self.true_parts().filter(|part| part.kind() == kind && part.scope == *scope);
        if theirs.count() < self.part_limit(scope.vendor, kind) {
            return Ok(());
        }
        Err(PartRefusal::Limit(kind))
    }

    /// Adds tags, or gives them other values.
    ///
    /// # Errors
    /// There is no such part, or it would have too many tags.
    pub fn tag_part(
        &mut self,
        scope: &Scope,
        kind: Kind,
        id: &str,
        tags: &Tags,
    ) -> Result<(), PartRefusal> {
        let mut part = self.part_target(scope, kind, id)?;
        part.tags.extend(tags.clone());
        if part.tags.len() > TAGS_MAX {
            return Err(PartRefusal::TagLimit(part.id));
        }
        self.record_part(Verb::Tagged, &part);
        self.put_part(part);
        Ok(())
    }

    /// Takes tags away, by their keys.
    ///
    /// # Errors
    /// There is no such part.
    pub fn untag_part(
        &mut self,
        scope: &Scope,
        kind: Kind,
        id: &str,
        keys: &[String],
    ) -> Result<(), PartRefusal> {
        let mut part = self.part_target(scope, kind, id)?;
        part.tags.retain(|key, _| !keys.contains(key));
        self.record_part(Verb::Untagged, &part);
        self.put_part(part);
        Ok(())
    }

    /// Keeps what was asked for of a part and changes nothing in this world, for whoever looks at it later.
    pub fn keep_option(&mut self, id: &PartId, name: &str, value: &str) {
        let options = self.exposing.options.entry(id.clone()).or_default();
        options.insert(name.to_owned(), value.to_owned());
    }

    #[must_use]
    pub fn option(&self, id: &PartId, name: &str) -> Option<&str> {
        self.exposing.options.get(id)?.get(name).map(String::as_str)
    }

    /// Whom a change would find.
    pub(super) fn part_target(
        &self,
        scope: &Scope,
        kind: Kind,
        id: &str,
    ) -> Result<Part, PartRefusal> {
        let part = self.exposing.parts.get(id);
        let part = part.filter(|part| part.kind() == kind && scope.covers(&part.scope));
        part.map(|part| Part::clone(part)).ok_or_else(|| PartRefusal::NoPart(kind, id.into()))
    }

    pub(super) fn put_part(&mut self, part: Part) {
        let is_new = self.exposing.parts.get(part.id.as_str()).is_none();
        let lags = self.draws.lag;
        let (list, read) = self.late(if is_new { lags.link_appears } else { lags.link_changes });
        self.writes += 1;
        self.exposing.parts.put(&part.id.clone(), Some(part), self.now, list, read);
    }

    pub(super) fn part_ready(&mut self, id: &PartId, epoch: u64) {
        let part = self.exposing.parts.get(id.as_str()).map(|part| Part::clone(part));
        let Some(mut part) = part.filter(|part| part.epoch == epoch) else { return };
        match &mut part.facts {
            Facts::Balancer(Balancer { state, .. })
            | Facts::Service(ExposedService { state, .. }) => *state = PartState::Active,
            Facts::TargetGroup(_) | Facts::Listener(_) => return,
        }
        part.epoch += 1;
        self.put_part(part);
        self.review_targets();
    }

    fn made_before(&self, scope: &Scope, new: &NewPart) -> Result<Option<Arc<Part>>, PartRefusal> {
        if let Some(token) = &new.token
            && let Some(made) = self.exposing.made.get(&(scope.clone(), token.clone()))
            && let Some(part) = self.exposing.parts.get(made.part.as_str())
        {
            let is_same = made.what == new.what;
            return is_same.then(|| Some(part.clone())).ok_or(PartRefusal::TokenMismatch);
        }
        if scope.vendor != Vendor::Aws {
            return Ok(None);
        }
        match &new.what {
            NewFacts::TargetGroup { .. } | NewFacts::Balancer { .. } => {}
            NewFacts::Listener { balancer, group, port } => {
                return Ok(self.same_listener(balancer, group, *port).cloned());
            }
            NewFacts::Service { .. } | NewFacts::ZonalService { .. } => return Ok(None),
        }
        let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        if new.name.is_empty() || new.name.len() > NAME_MAX || !new.name.chars().all(fits) {
            return Err(PartRefusal::BadName(new.name.clone()));
        }
        let mut all = self.exposing.parts.rows();
        let same = |part: &&Arc<Part>| {
            part.kind() == new.what.kind() && part.scope == *scope && part.name == new.name
        };
        match all.find(same) {
            None => Ok(None),
            Some(known) if is_as_wanted(known, &new.what) => Ok(Some(known.clone())),
            Some(_) => Err(PartRefusal::NameTaken(new.name.clone())),
        }
    }

    fn same_listener(&self, balancer: &str, group: &str, port: u16) -> Option<&Arc<Part>> {
        self.exposing.parts.rows().find(|part| {
            part.listener().is_some_and(|its| {
                its.balancer.as_str() == balancer && its.group.as_str() == group && its.port == port
            })
        })
    }

    /// The id, and the names that follow from it.
    fn spell_part(&mut self, scope: &Scope, new: &NewPart, mut facts: Facts) -> (PartId, Facts) {
        let (long, short) = (self.random.hex(20), self.random.hex(17));
        let Scope { vendor, account, region } = scope;
        let is_aws = *vendor == Vendor::Aws;
        let arn = format!("arn:aws:elasticloadbalancing:{region}:{account}");
        let tail = &short[..16];
        let id = match &mut facts {
            Facts::TargetGroup(_) if is_aws => format!("{arn}:targetgroup/{}/{tail}", new.name),
            Facts::TargetGroup(_) => format!("sgp-{long}"),
            Facts::Balancer(balancer) if is_aws => {
                balancer.dns_name = format!("{}-{tail}.elb.{region}.amazonaws.com", new.name);
                format!("{arn}:loadbalancer/net/{}/{tail}", new.name)
            }
            Facts::Balancer(balancer) => {
                balancer.dns_name = format!("nlb-{long}.{region}.nlb.aliyuncsslb.com");
                format!("nlb-{long}")
            }
            Facts::Listener(listener) if is_aws => {
                let on = listener.balancer.as_str().replace(":loadbalancer/", ":listener/");
                format!("{on}/{tail}")
            }
            Facts::Listener(_) => format!("lsn-{long}"),
            Facts::Service(service) => {
                let (prefix, id) = match vendor {
                    Vendor::Alibaba => ("com.aliyuncs.privatelink", format!("epsrv-{long}")),
                    Vendor::Tidb | Vendor::Aws | Vendor::Azure | Vendor::Gcp => {
                        ("com.amazonaws.vpce", format!("vpce-svc-{short}"))
                    }
                };
                service.service_name = ServiceName(format!("{prefix}.{region}.{id}"));
                id
            }
        };
        (PartId(id), facts)
    }

    /// The listener that sends to the target group.
    pub(super) fn listener_of(&self, group: &PartId) -> Option<&Part> {
        let sends = |part: &&Arc<Part>| part.listener().is_some_and(|its| its.group == *group);
        self.exposing.parts.rows().find(sends).map(AsRef::as_ref)
    }
}

/// Whether a repeated create may be told of the part that is there.
fn is_as_wanted(part: &Part, wanted: &NewFacts) -> bool {
    match (&part.facts, wanted) {
        (Facts::TargetGroup(known), NewFacts::TargetGroup { network, port }) => {
            known.network.as_str() == network && known.port == *port
        }
        (Facts::Balancer(known), NewFacts::Balancer { subnets, security_groups }) => {
            let in_subnets: BTreeSet<_> = known.subnets().into_iter().map(|id| id.0).collect();
            let groups = known.security_groups.iter().map(|id| id.0.clone());
            in_subnets == *subnets && groups.collect::<BTreeSet<_>>() == *security_groups
        }
        (_, _) => false,
    }
}
