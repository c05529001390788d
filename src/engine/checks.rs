//! What is asked before anything is decided or done: single readings, and pre-flight checks.
//!
//! All endpoints of an account that need a check are checked in one go, so that shared look-ups are made once.

use super::event::{Event, Orders, Readings, bounded};
use super::pass::seed;
use super::scope::Scope;
use super::track::Checked;
use super::{Engine, Standing, Track};
use crate::context::Context;
use crate::sight::{Reading, Sight};
use crate::wish::{Account, ScopeId};
use cloud::{Ask, Cloud, Error, Finding, Settings, Urgency};
use planner::endpoint::{LinkId, Service};
use planner::{Moment, Stir};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tidb_cloud::ConnectionKey;

/// A reading or a check that takes longer is given up.
const TIMEOUT: Duration = Duration::from_mins(5);

impl Engine {
    pub(super) fn begin_reading(&mut self, name: &str, sight: &Sight, orders: Orders) {
        let Some(track) = self.tracks.get_mut(name) else { return };
        let [provider, account] = track.wish.scopes();
        let Some(cloud) = self.scopes.get(&account).and_then(Scope::cloud) else {
            return;
        };
        track.busy = true;
        let link = sight.ambiguous.clone().map(|link| (link, account));
        let connection = sight.missing.clone().map(|key| (key, provider));
        let (name, context) = (name.to_owned(), self.context.clone());
        self.running.push(Box::pin(async move {
            let readings = read(&context, &*cloud, link, connection).await;
            Event::Read { name, orders, readings }
        }));
    }

    pub(super) fn read(&mut self, name: &str, orders: Orders, readings: Readings) {
        let Some(track) = self.tracks.get_mut(name) else { return };
        let Readings { link, connection, failure } = readings;
        track.busy = false;
        track.reading = link.map(|reading| (orders.survey, reading)).or(track.reading.take());
        let connection = connection.map(|reading| (orders.list, reading));
        track.connection_reading = connection.or(track.connection_reading.take());
        match failure {
            None => self.pass(name),
            Some((scope, error)) => self.could_not_ask(name, scope, error),
        }
    }

    pub(super) fn ask_for_check(&mut self, name: &str) {
        self.unchecked.insert(name.to_owned());
    }

    /// Begins every check that was asked for, one for each account.
    pub(super) fn begin_checks(&mut self) {
        let names = std::mem::take(&mut self.unchecked);
        let mut by_account: BTreeMap<Account, Vec<(String, Ask)>> = BTreeMap::new();
        for name in names {
            let Some(track) = self.tracks.get_mut(&name) else { continue };
            if let Some(ask) = track.ask() {
                by_account.entry(track.wish.account.clone()).or_default().push((name, ask));
            }
        }
        for (account, asks) in by_account {
            let account = ScopeId::Account(account);
            let Some(cloud) = self.scopes.get(&account).and_then(Scope::cloud) else {
                continue;
            };
            let (names, asks): (Vec<String>, Vec<Ask>) = asks.into_iter().unzip();
            for name in &names {
                if let Some(track) = self.tracks.get_mut(name) {
                    track.busy = true;
                }
            }
            self.running.push(Box::pin(async move {
                let who = account.to_string();
                let result = bounded(who, TIMEOUT, cloud.preflight(&asks)).await;
                Event::Checked { names, result }
            }));
        }
    }

    pub(super) fn checked(&mut self, names: &[String], result: &Result<Vec<Finding>, Error>) {
        let now = self.context.clock.now();
        for name in names {
            let Some(track) = self.tracks.get_mut(name) else { continue };
            track.busy = false;
            match result {
                Ok(findings) => {
                    let generation = track.memory.generation;
                    let theirs = |finding: &&Finding| finding.endpoint == track.wish.name;
                    let findings = findings.iter().filter(theirs).cloned().collect();
                    track.checked = Some(Checked { generation, at: now, findings });
                    self.pass(name);
                }
                Err(error) => {
                    let scope = ScopeId::Account(track.wish.account.clone());
                    self.could_not_ask(name, scope, error.clone());
                }
            }
        }
    }

    fn could_not_ask(&mut self, name: &str, scope: ScopeId, error: Error) {
        let now = self.context.clock.now();
        tracing::warn!(endpoint.name = name, %scope, %error, "could not ask");
        let Some(track) = self.tracks.get_mut(name) else { return };
        track.failures += 1;
        let seconds = self.context.tempo.after(Stir::Soon, track.failures, seed(name));
        self.stand(name, Standing::CouldNotLook { scope, error }, now);
        self.look_again(name, seconds, now);
    }
}

async fn read(
    context: &Context,
    cloud: &dyn Cloud,
    link: Option<(LinkId, ScopeId)>,
    connection: Option<(ConnectionKey, ScopeId)>,
) -> Readings {
    let mut readings = Readings::default();
    if let Some((id, scope)) = link {
        match bounded(scope.to_string(), TIMEOUT, cloud.read(&id)).await {
            Ok(seen) => readings.link = Some(reading(seen)),
            Err(error) => readings.failure = Some((scope, error)),
        }
    }
    if let Some((key, scope)) = connection {
        let asking = context.provider.connection(&key, Urgency::Work);
        match bounded(scope.to_string(), TIMEOUT, asking).await {
            Ok(seen) => readings.connection = Some(reading(seen)),
            Err(error) => readings.failure = Some((scope, error)),
        }
    }
    readings
}

fn reading<Row>(seen: Option<Row>) -> Reading<Row> {
    seen.map_or(Reading::NotThere, |seen| Reading::There(Arc::new(seen)))
}

impl Track {
    pub(super) fn checked_at(&self, now: Moment, lasts_seconds: u64) -> Option<&Checked> {
        let valid = |checked: &&Checked| {
            checked.generation == self.memory.generation
                && now.seconds_since(checked.at) < lasts_seconds
        };
        self.checked.as_ref().filter(valid)
    }

    pub(super) fn ask(&self) -> Option<Ask> {
        let sight = self.sight.as_ref()?;
        let service = match &sight.observed.service {
            Service::Ready(name) => Some(name.clone()),
            Service::Preparing | Service::Gone | Service::NotUnderstood => None,
        };
        Some(Ask {
            name: self.wish.name.clone(),
            region: self.wish.cloud_region().to_owned(),
            service,
            zones: sight.place.zones.clone(),
            port: sight.place.port,
            settings: Settings::clone(&self.wish.settings),
            link: self.link.clone(),
        })
    }
}
