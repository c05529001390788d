//! The operator's back door over HTTP: JSON under `/sim/v1`.
//!
//! It passes no gate: what is done here is no call, meets no fault and obeys no limit. It is for loopback only, and
//! asks for no credentials.

use crate::sim::Sim;
use crate::world::{Connection, Deed, Impossible, Link, World};
use axum::extract::rejection::JsonRejection;
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

/// How many of the latest calls are shown, if nobody asks for more.
const LATEST: usize = 100;

pub fn router(sim: Sim) -> Router {
    Router::new()
        .route("/sim/v1", get(help))
        .route("/sim/v1/state", get(state))
        .route("/sim/v1/calls", get(calls))
        .route("/sim/v1/log", get(log))
        .route("/sim/v1/effects", get(effects))
        .route("/sim/v1/audit", get(audit))
        .route("/sim/v1/gaps", get(gaps))
        .route("/sim/v1/deeds", post(deed))
        .with_state(sim)
}

async fn help() -> &'static str {
    include_str!("admin.txt")
}

/// Everything there is, as it is: no view is late here.
async fn state(State(sim): State<Sim>) -> Json<Value> {
    Json(sim.with(|world| describe(world)))
}

fn describe(world: &World) -> Value {
    json!({
        "now": world.now(),
        "projects": world.projects(),
        "clusters": world.clusters().collect::<Vec<_>>(),
        "services": world.services().collect::<Vec<_>>(),
        "connections": world.true_connections().collect::<Vec<&Connection>>(),
        "networks": world.all_networks().collect::<Vec<_>>(),
        "links": world.true_links().collect::<Vec<&Link>>(),
        "addresses": world.true_addresses().collect::<Vec<_>>(),
        "databases": world.all_databases().collect::<Vec<_>>(),
        "parts": world.true_parts().collect::<Vec<_>>(),
        "requests": world.all_requests().collect::<Vec<_>>(),
        "outgoing": world.true_outgoing().collect::<Vec<_>>(),
        "settings": world.settings,
        "draws": world.draws,
        "faults": world.faults.rules().collect::<Vec<_>>(),
    })
}

async fn calls(State(sim): State<Sim>) -> Json<Value> {
    Json(sim.with(|world| {
        let count =
            |(vendor, action, count)| json!({"vendor": vendor, "action": action, "count": count});
        json!({
            "total": world.log.calls(),
            "mutating": world.log.mutating_calls(),
            "actions": world.log.counters().map(count).collect::<Vec<_>>(),
        })
    }))
}

#[derive(Deserialize)]
struct Tail {
    limit: Option<usize>,
}

/// The latest calls, the last first.
async fn log(State(sim): State<Sim>, Query(Tail { limit }): Query<Tail>) -> Json<Value> {
    Json(sim.with(|world| {
        let latest = world.log.latest().rev().take(limit.unwrap_or(LATEST));
        json!(latest.collect::<Vec<_>>())
    }))
}

/// What was done to which object, the last first.
async fn effects(State(sim): State<Sim>, Query(Tail { limit }): Query<Tail>) -> Json<Value> {
    Json(sim.with(|world| {
        let latest = world.effects().iter().rev().take(limit.unwrap_or(LATEST));
        json!(latest.collect::<Vec<_>>())
    }))
}

#[derive(Deserialize)]
struct Whose {
    owner: String,
}

async fn audit(State(sim): State<Sim>, Query(Whose { owner }): Query<Whose>) -> Json<Value> {
    Json(json!(sim.with(|world| world.audit(&owner))))
}

#[derive(Deserialize)]
struct Whither {
    listener: String,
}

/// When the listener had no healthy target.
async fn gaps(State(sim): State<Sim>, Query(Whither { listener }): Query<Whither>) -> Json<Value> {
    Json(json!(sim.with(|world| world.gaps(&listener))))
}

async fn deed(
    State(sim): State<Sim>,
    deed: Result<Json<Deed>, JsonRejection>,
) -> impl IntoResponse {
    let Json(deed) = match deed {
        Ok(deed) => deed,
        Err(error) => return (error.status(), Json(json!({"error": error.body_text()}))),
    };
    match sim.with(|world| world.deed(deed)) {
        Ok(made) => (StatusCode::OK, Json(json!({"made": made}))),
        Err(error) => {
            let status = match &error {
                Impossible::Missing(_) => StatusCode::NOT_FOUND,
                Impossible::State(_) | Impossible::Refused(_) => StatusCode::CONFLICT,
            };
            (status, Json(json!({"error": error.to_string()})))
        }
    }
}
