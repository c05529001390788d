//! Alibaba Cloud as its clients see it: PrivateLink, and what they look up beside it, over the simulated world.
//!
//! Written from the vendor's documents. It decides nothing about the world: it reads requests and writes answers.
//! The simulated world has a calendar of its own, so a request's date is read and not compared.

mod actions;
mod call;
mod caller;
mod changes;
mod endpoints;
mod exposing;
mod faults;
mod form;
mod identity;
mod parts;
mod places;
mod refusal;
mod refused;
mod services;
mod set_up;
mod tags;

pub use set_up::set_up;

use actions::Action;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use call::Call;
use caller::{Caller, Nonces};
use form::Form;
use refusal::Refusal;
use serde_json::{Value as Json, json};
use sim::{Reason, Scope, Sim, Turned, Vendor};

/// More than any request of the vendor's SDK.
const BODY_BYTES_MAX: usize = 1 << 20;

/// Every product on one address: action and version tell them apart.
pub fn router(sim: Sim) -> Router {
    Router::new().fallback(answer).with_state(Door { sim, nonces: Nonces::default() })
}

/// Whether a call is one of Alibaba Cloud's, where several vendors answer at one address.
#[must_use]
pub fn answers(request: &Request) -> bool {
    request.headers().contains_key("x-acs-action")
}

#[derive(Clone)]
struct Door {
    sim: Sim,
    nonces: Nonces,
}

async fn answer(State(door): State<Door>, request: Request) -> Response {
    let number = door.sim.with(|world| world.log.calls()) + 1;
    let request_id = format!("00000000-0000-4000-8000-{number:012X}");
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, BODY_BYTES_MAX).await.unwrap_or_default();
    let mut reply = match read(&door, &parts, &body) {
        Ok((call, action)) => carry_out(call, action, &request_id).await,
        Err(refusal) => refusal.render(&request_id).map(Body::from),
    };
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        reply.headers_mut().insert("x-acs-request-id", id);
    }
    reply
}

/// What is called, by whom; or the refusal of what is no call.
fn read<'door>(
    door: &'door Door,
    parts: &axum::http::request::Parts,
    body: &Bytes,
) -> Result<(Call<'door>, &'static Action), Refusal> {
    let form = Form::read(parts, body);
    let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let name = text("x-acs-action").or_else(|| form.get("Action"));
    let version = text("x-acs-version").or_else(|| form.get("Version"));
    let action = Action::find(name, version)?;
    let caller = if action.is_signed {
        Caller::signed(&door.sim, &door.nonces, parts, body)?
    } else {
        Caller::unknown(parts)
    };
    let region = form.get("RegionId").or_else(|| region_of_host(text("host")?)).unwrap_or_default();
    let scope = Scope::of(Vendor::Alibaba, caller.account.clone(), region);
    Ok((Call { sim: &door.sim, caller, scope, form, twist: None }, action))
}

/// `nlb.ap-southeast-1.aliyuncs.com`: not every action names its region.
fn region_of_host(host: &str) -> Option<&str> {
    host.strip_suffix(".aliyuncs.com")?.split_once('.').map(|(_, region)| region)
}

async fn carry_out(mut call: Call<'_>, action: &Action, request_id: &str) -> Response {
    let dry_run = call.form.flag("DryRun");
    let Scope { vendor, account, region } = &call.scope;
    let admission = sim::Call::new(*vendor, action.name, account).region(region);
    let changes = action.is_mutating && !matches!(dry_run, Ok(Some(true)));
    let admission = if changes { admission.mutating() } else { admission };
    let pass = match call.sim.admit(admission).await {
        Ok(pass) => pass,
        Err(Turned { number: _, quota: _, reason }) => {
            let reply = match reason {
                Reason::Failure(failure) => faults::render(failure, action, &call, request_id),
                Reason::Silence(lost) => lost.reply(),
            };
            return reply.map(Body::from);
        }
    };
    call.twist.clone_from(&pass.twist);
    let answer = action.check(&call.form).and(dry_run).and_then(|dry_run| match dry_run {
        Some(true) => action.rehearse(&call),
        Some(false) | None => (action.run)(&call),
    });
    let reply = match answer {
        Ok(answer) => success(answer, request_id),
        Err(refusal) => refusal.render(request_id),
    };
    pass.seal(call.sim, reply).map(Body::from)
}

/// Flat, with the request's id among the rest.
fn success(mut answer: Json, request_id: &str) -> axum::http::Response<Bytes> {
    if let Some(fields) = answer.as_object_mut() {
        fields.insert("RequestId".into(), json!(request_id));
    }
    json_response(StatusCode::OK, &answer)
}

fn json_response(status: StatusCode, body: &Json) -> axum::http::Response<Bytes> {
    let mut response = axum::http::Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/json;charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
