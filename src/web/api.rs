//! What machines read, under the promise of its published schemas; and for `status --url`, the text that it prints.

use super::Site;
use super::deeds;
use super::gate::Neighbour;
use super::snapshot::{Absent, Snapshot};
use crate::engine::Command;
use crate::present;
use crate::report::status::{EndpointStatusJson, StatusJson};
use crate::report::{self, Style};
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{self, HeaderMap, HeaderValue};
use http::request::Parts;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::Arc;

const DEEDS_USUAL: u32 = 100;
const DEEDS_MAX: u32 = 1_000;

/// The form that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wants {
    Json,
    Text,
}

impl Wants {
    pub(super) fn of(headers: &HeaderMap) -> Wants {
        let accept = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let mut kinds = accept.flat_map(|value| value.split(','));
        let first = kinds.find_map(|kind| match kind.split(';').next().map(str::trim) {
            Some("text/plain") => Some(Wants::Text),
            Some("application/json") => Some(Wants::Json),
            Some(_) | None => None,
        });
        first.unwrap_or(Wants::Json)
    }
}

impl<S: Sync> FromRequestParts<S> for Wants {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Wants, Infallible> {
        Ok(Wants::of(&parts.headers))
    }
}

pub(super) async fn status(
    State(site): State<Site>,
    wants: Wants,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let snapshot = look(&site, wants).await?;
    let form = match wants {
        Wants::Json => "json",
        Wants::Text => "text",
    };
    let tag = format!("\"{}-{form}\"", snapshot.version);
    Ok(unless_known(&headers, &tag, || match wants {
        Wants::Json => in_json(report::status::json(&snapshot.status)),
        Wants::Text => in_text(report::status::table(&snapshot.status, Style::Plain)),
    }))
}

pub(super) async fn scopes(State(site): State<Site>, wants: Wants) -> Result<Response, Problem> {
    let snapshot = look(&site, wants).await?;
    Ok(match wants {
        Wants::Text => {
            let only_scopes = report::status::Status {
                endpoints: Vec::new(),
                holds: Vec::new(),
                manifest: Vec::new(),
                ..snapshot.status.clone()
            };
            in_text(report::status::table(&only_scopes, Style::Plain))
        }
        Wants::Json => {
            let whole = serde_json::to_value(StatusJson::from(&snapshot.status));
            let mut whole = whole.unwrap_or(Value::Null);
            if let Some(fields) = whole.as_object_mut() {
                fields.retain(|name, _| !["endpoints", "holds", "manifest"].contains(&&**name));
            }
            print(&whole)
        }
    })
}

pub(super) async fn plan(State(site): State<Site>, wants: Wants) -> Result<Response, Problem> {
    let plan = present::plan(&look(&site, wants).await?.view);
    Ok(match wants {
        Wants::Json => in_json(report::json(&plan)),
        Wants::Text => in_text(report::text(&plan, Style::Plain)),
    })
}

pub(super) async fn endpoint(
    State(site): State<Site>,
    Path(name): Path<String>,
    wants: Wants,
) -> Result<Response, Problem> {
    let snapshot = look(&site, wants).await?;
    let found = snapshot.status.endpoints.iter().find(|endpoint| endpoint.name == name);
    let found = found.ok_or_else(|| nobody(&name, wants))?;
    Ok(match wants {
        Wants::Json => print(&EndpointStatusJson::from(found)),
        Wants::Text => in_text(report::status::detail(found, snapshot.view.at, Style::Plain)),
    })
}

pub(super) async fn why(
    State(site): State<Site>,
    Path(name): Path<String>,
    wants: Wants,
) -> Result<Response, Problem> {
    let snapshot = look(&site, wants).await?;
    let why = present::why(&snapshot.view, &name).ok_or_else(|| nobody(&name, wants))?;
    Ok(match wants {
        Wants::Json => in_json(report::why::json(&why)),
        Wants::Text => in_text(report::why::text(&why, Style::Plain)),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct JournalQuery {
    limit: Option<u32>,
    name: Option<String>,
}

pub(super) async fn journal(
    State(site): State<Site>,
    wants: Wants,
    query: Result<Query<JournalQuery>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(JournalQuery { limit, name }) = query.map_err(|_| {
        let message = "the journal takes `limit`, a number, and `name`, an endpoint's";
        problem(StatusCode::BAD_REQUEST, "bad-query", message, wants)
    })?;
    let snapshot = look(&site, wants).await?;
    let limit = limit.unwrap_or(DEEDS_USUAL).clamp(1, DEEDS_MAX);
    let context = site.windows.context.borrow().clone();
    let rows = tokio::task::spawn_blocking(move || match context {
        Some(context) => context.store.deeds(limit, name.as_deref()),
        None => Ok(Vec::new()),
    });
    let rows = match rows.await {
        Ok(Ok(rows)) => rows,
        Ok(Err(error)) => return Err(unreadable(&error.to_string(), wants)),
        Err(error) => return Err(unreadable(&error.to_string(), wants)),
    };
    let deeds = deeds::tell(&rows, &snapshot.view);
    Ok(match wants {
        Wants::Json => print(&json!({ "formatVersion": "1.0", "deeds": deeds })),
        Wants::Text => in_text(deeds::text(&deeds)),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PokeQuery {
    name: Option<String>,
}

/// Look now.
pub(super) async fn poke(
    _: Neighbour,
    State(site): State<Site>,
    wants: Wants,
    query: Result<Query<PokeQuery>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(PokeQuery { name }) = query.map_err(|_| {
        problem(StatusCode::BAD_REQUEST, "bad-query", "a poke takes `name`, an endpoint's", wants)
    })?;
    let snapshot = look(&site, wants).await?;
    if let Some(name) = &name {
        known(&snapshot, name, wants)?;
    }
    command(&site, Command::Poke(name.clone()), wants)?;
    Ok(accepted(&json!({ "poked": name }), wants))
}

/// Forget that it failed, and try again.
pub(super) async fn retry(
    _: Neighbour,
    State(site): State<Site>,
    Path(name): Path<String>,
    wants: Wants,
) -> Result<Response, Problem> {
    known(&*look(&site, wants).await?, &name, wants)?;
    command(&site, Command::Retry(name.clone()), wants)?;
    Ok(accepted(&json!({ "retried": name }), wants))
}

pub(super) async fn no_such_page(wants: Wants) -> Problem {
    let message = "there is nothing here; the API is below /api/v1/";
    problem(StatusCode::NOT_FOUND, "no-such-page", message, wants)
}

pub(super) async fn no_such_method(wants: Wants) -> Problem {
    let message = "this cannot be asked for in this way";
    problem(StatusCode::METHOD_NOT_ALLOWED, "no-such-method", message, wants)
}

/// Why somebody does not get what they asked for.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    /// Stable, for machines.
    code: &'static str,
    message: String,
    wants: Wants,
}

pub(super) fn problem(
    status: StatusCode,
    code: &'static str,
    message: impl Into<String>,
    wants: Wants,
) -> Problem {
    Problem { status, code, message: message.into(), wants }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Problem { status, code, message, wants } = self;
        let body = match wants {
            Wants::Json => print(&json!({ "error": { "code": code, "message": message } })),
            Wants::Text => in_text(format!(
                "{message}
"
            )),
        };
        (status, body).into_response()
    }
}

/// The body, unless whoever asks has it already.
pub(super) fn unless_known(
    headers: &HeaderMap,
    tag: &str,
    body: impl FnOnce() -> Response,
) -> Response {
    let known =
        headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut known = known.flat_map(|value| value.split(',')).map(str::trim);
    let fresh = known.any(|known| known.strip_prefix("W/").unwrap_or(known) == tag);
    let mut response = if fresh { StatusCode::NOT_MODIFIED.into_response() } else { body() };
    if let Ok(tag) = HeaderValue::from_str(tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    response
}

async fn look(site: &Site, wants: Wants) -> Result<Arc<Snapshot>, Problem> {
    site.snapshot().await.map_err(|absent| unavailable(absent, wants))
}

fn unavailable(absent: Absent, wants: Wants) -> Problem {
    problem(StatusCode::SERVICE_UNAVAILABLE, "unavailable", absent.sentence(), wants)
}

fn unreadable(error: &str, wants: Wants) -> Problem {
    tracing::warn!(error, "the journal cannot be read");
    let message = format!("the journal cannot be read: {error}");
    problem(StatusCode::SERVICE_UNAVAILABLE, "journal-unreadable", message, wants)
}

fn known(snapshot: &Snapshot, name: &str, wants: Wants) -> Result<(), Problem> {
    let found = snapshot.status.endpoints.iter().any(|endpoint| endpoint.name == name);
    if found { Ok(()) } else { Err(nobody(name, wants)) }
}

fn nobody(name: &str, wants: Wants) -> Problem {
    let message = format!("no endpoint is called {name:?}; /api/v1/status lists all");
    problem(StatusCode::NOT_FOUND, "no-such-endpoint", message, wants)
}

fn command(site: &Site, command: Command, wants: Wants) -> Result<(), Problem> {
    let engine = site.windows.engine.borrow().clone();
    let engine = engine.ok_or_else(|| unavailable(Absent::Starting, wants))?;
    engine.send(command).map_err(|_| unavailable(Absent::Ended, wants))
}

fn accepted(answer: &Value, wants: Wants) -> Response {
    let body = match wants {
        Wants::Json => print(answer),
        Wants::Text => in_text("accepted\n".to_owned()),
    };
    (StatusCode::ACCEPTED, body).into_response()
}

fn print(value: &impl Serialize) -> Response {
    let text = serde_json::to_string_pretty(value);
    in_json(text.expect("text keys and plain values are always JSON") + "\n")
}

fn in_json(text: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

fn in_text(text: String) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}
