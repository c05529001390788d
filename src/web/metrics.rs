//! What a Prometheus scrapes. Labels are bounded by what is managed; none holds a secret or a message.
//!
//! Everything is made anew from one snapshot, so that what is gone leaves no series behind.

mod tally;

use super::Site;
use super::snapshot::Snapshot;
use crate::report::status::{EndpointStatus, ScopeStatus, Status};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use planner::{Moment, Phase};
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use std::collections::BTreeMap;
use std::hash::Hash;
use std::sync::PoisonError;

pub(super) use tally::Tally;

const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// With the one for what could never be looked at.
const PHASES: [Option<Phase>; 5] =
    [Some(Phase::Pending), Some(Phase::Active), Some(Phase::Failed), Some(Phase::Deleting), None];

type Labels<const N: usize> = [(&'static str, String); N];

pub(super) async fn metrics(State(site): State<Site>) -> Response {
    let mut registry = Registry::default();
    process(&site, &mut registry);
    let ours = registry.sub_registry_with_prefix("tidelock");
    build(ours);
    manifests(&site, ours);
    let snapshot = site.snapshot().await;
    let up = "Whether the engine answers: 1, or 0 and nothing below that comes from it";
    single(ours, "engine_up", up, None, u64::from(snapshot.is_ok()));
    if let Ok(snapshot) = &snapshot {
        endpoints(&snapshot.status, ours);
        scopes(&snapshot.status, ours);
    }
    deeds(&site, snapshot.ok().as_deref(), ours).await;
    let mut encoded = String::new();
    match text::encode(&mut encoded, &registry) {
        Ok(()) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], encoded).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response(),
    }
}

fn process(site: &Site, registry: &mut Registry) {
    let Some(start) = start(site) else { return };
    let help = "When the process started, in seconds since the Unix epoch";
    single(registry, "process_start_time", help, Some(Unit::Seconds), start.0);
}

/// Told by the clock that the engine goes by; nothing, before there is one.
fn start(site: &Site) -> Option<Moment> {
    let context = site.windows.context.borrow();
    let now = context.as_ref()?.clock.now();
    Some(Moment(now.0.saturating_sub(site.windows.started.elapsed().as_secs())))
}

fn build(registry: &mut Registry) {
    let labels = [("version", env!("CARGO_PKG_VERSION"))];
    registry.register("build", "The version that runs", Info::new(labels));
}

fn manifests(site: &Site, registry: &mut Registry) {
    let manifest = site.manifest();
    let (files, findings) = (manifest.files as u64, manifest.findings.len() as u64);
    single(registry, "manifest_files", "Manifest files that were read last", None, files);
    let help = "Errors and warnings in the manifests";
    single(registry, "manifest_findings", help, None, findings);
    let help = "Errors that keep the manifests from being used";
    single(registry, "manifest_errors", help, None, manifest.errors() as u64);
    if manifest.was_read() {
        let help = "When the manifests were last read";
        let at = manifest.read_at.0;
        single(registry, "manifest_read_timestamp", help, Some(Unit::Seconds), at);
    }
}

fn endpoints(status: &Status, registry: &mut Registry) {
    let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for endpoint in &status.endpoints {
        for phase in PHASES {
            let count = counts.entry((&endpoint.cluster.name, word(phase))).or_default();
            *count += u64::from(endpoint.phase == phase);
        }
    }
    let by_phase = gauges(registry, "endpoints", "Endpoints, by cluster and phase", None);
    for ((cluster, phase), count) in counts {
        set(&by_phase, &[("cluster", cluster.to_owned()), ("phase", phase.to_owned())], count);
    }
    let help = "1 for the phase that an endpoint is in, 0 for the others";
    let phases = gauges(registry, "endpoint_phase", help, None);
    let help = "Whether an endpoint that had settled differs from its manifest";
    let drifted = gauges(registry, "endpoint_drifted", help, None);
    let help = "Whether an endpoint waits for longer than is usual";
    let waits = gauges(registry, "endpoint_late", help, None);
    let help = "Since when an endpoint has stood as it does";
    let since = gauges(registry, "endpoint_phase_since_timestamp", help, Some(Unit::Seconds));
    for EndpointStatus { name, phase: current, drift, late, since: at, .. } in &status.endpoints {
        for phase in PHASES {
            let labels = [("endpoint", name.clone()), ("phase", word(phase).to_owned())];
            set(&phases, &labels, u64::from(phase == *current));
        }
        set(&drifted, &[("endpoint", name.clone())], u64::from(!drift.is_empty()));
        set(&waits, &[("endpoint", name.clone())], u64::from(late.is_some()));
        if let Some(at) = at {
            set(&since, &[("endpoint", name.clone())], at.0);
        }
    }
    let holds = status.holds.len() as u64;
    single(registry, "holds", "Guards that hold back deletions", None, holds);
}

fn scopes(status: &Status, registry: &mut Registry) {
    let help = "When the last whole look at a project or account began";
    let success = gauges(registry, "scope_last_success_timestamp", help, Some(Unit::Seconds));
    let help = "Whether the last look at a project or account was whole";
    let up = gauges(registry, "scope_up", help, None);
    for ScopeStatus { name, kind: _, seen_at, error, next_look: _ } in &status.scopes {
        let labels = [("scope", name.clone())];
        set(&up, &labels, u64::from(seen_at.is_some() && error.is_none()));
        if let Some(at) = seen_at {
            set(&success, &labels, at.0);
        }
    }
    let remaining = status.budgets.iter().map(|budget| u64::from(budget.remaining)).min();
    if let Some(remaining) = remaining {
        let help = "Requests that TiDB Cloud still allows the API key in this minute";
        single(registry, "tidbcloud_requests_remaining", help, None, remaining);
    }
}

/// The journal may have grown since the snapshot; it is read only when somebody counts.
async fn deeds(site: &Site, snapshot: Option<&Snapshot>, registry: &mut Registry) {
    if let (Some(start), Some(_)) = (start(site), snapshot) {
        let windows = site.windows.clone();
        let counted = tokio::task::spawn_blocking(move || {
            let Some(context) = windows.context.borrow().clone() else { return };
            let mut tally = windows.tally.lock().unwrap_or_else(PoisonError::into_inner);
            if let Err(error) = tally.count(&context.store, start) {
                tracing::warn!(%error, "the journal cannot be counted");
            }
        });
        // If it failed, the next scrape counts what this one could not.
        let _ = counted.await;
    }
    let family = Family::<Labels<2>, Counter>::default();
    let help = "Steps that were taken since the process started, by what came of them";
    registry.register("deeds", help, family.clone());
    let tally = site.windows.tally.lock().unwrap_or_else(PoisonError::into_inner);
    for (step, outcome, count) in tally.counts() {
        let labels = [("step", step.to_owned()), ("outcome", outcome.to_owned())];
        family.get_or_create(&labels).inc_by(count);
    }
}

fn single(
    registry: &mut Registry,
    name: &'static str,
    help: &'static str,
    unit: Option<Unit>,
    value: u64,
) {
    let gauge = Gauge::<i64>::default();
    gauge.set(number(value));
    register(registry, name, help, unit, gauge);
}

fn gauges<const N: usize>(
    registry: &mut Registry,
    name: &'static str,
    help: &'static str,
    unit: Option<Unit>,
) -> Family<Labels<N>, Gauge>
where
    Labels<N>: EncodeLabelSet + Hash + Eq,
{
    let family = Family::<Labels<N>, Gauge>::default();
    register(registry, name, help, unit, family.clone());
    family
}

fn register(
    registry: &mut Registry,
    name: &'static str,
    help: &'static str,
    unit: Option<Unit>,
    metric: impl prometheus_client::registry::Metric,
) {
    match unit {
        Some(unit) => registry.register_with_unit(name, help, unit, metric),
        None => registry.register(name, help, metric),
    }
}

fn set<const N: usize>(family: &Family<Labels<N>, Gauge>, labels: &Labels<N>, value: u64)
where
    Labels<N>: EncodeLabelSet + Hash + Eq,
{
    family.get_or_create(labels).set(number(value));
}

fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn word(phase: Option<Phase>) -> &'static str {
    phase.map_or("unknown", Phase::word)
}
