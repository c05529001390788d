//! AWS as its clients see it: EC2, ELB, RDS and STS in their Query protocols, over the simulated world.
//!
//! Written from the vendor's documents. It decides nothing about the world: it reads requests and writes answers.

mod actions;
mod call;
mod caller;
mod changes;
mod exposing;
mod faults;
mod filter;
mod form;
mod groups;
mod identity;
mod interfaces;
mod links;
mod networks;
mod places;
mod refusal;
mod refused;
mod service;
mod services;
mod set_up;
mod tags;
mod time;
mod xml;

pub use set_up::set_up;

use actions::Action;
use axum::Router;
use axum::body::Body;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form as Pairs, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use call::Call;
use caller::Caller;
use form::Form;
use refusal::{Refusal, xml_response};
use service::Service;
use sim::{Reason, Scope, Sim, Turned, Vendor};

/// Whose every access key is that the world does not know.
const DEFAULT_ACCOUNT: &str = "123456789012";

/// All services on one address: the signature's scope tells them apart.
pub fn router(sim: Sim) -> Router {
    Router::new().fallback(answer).with_state(sim)
}

type Sent = Result<Pairs<Vec<(String, String)>>, FormRejection>;

async fn answer(State(sim): State<Sim>, headers: HeaderMap, sent: Sent) -> Response {
    let number = sim.with(|world| world.log.calls()) + 1;
    let request_id = format!("00000000-0000-4000-8000-{number:012x}");
    let mut reply = match read(&sim, &headers, sent) {
        Ok((call, action)) => carry_out(call, action, &headers, &request_id).await,
        Err((service, refusal)) => refusal.render(service, &request_id).map(Body::from),
    };
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        reply.headers_mut().insert("x-amzn-requestid", id);
    }
    reply
}

/// What is called, by whom; or the refusal of what is no call, and in whose words.
fn read<'sim>(
    sim: &'sim Sim,
    headers: &HeaderMap,
    sent: Sent,
) -> Result<(Call<'sim>, &'static Action), (Service, Refusal)> {
    let malformed = |_| Refusal::bad("MalformedQueryString", "The query string is malformed");
    let form = sent.map_err(malformed).and_then(|Pairs(pairs)| Form::new(pairs));
    let form = form.map_err(|refusal| (Service::Ec2, refusal))?;
    let guess = Service::of_version(form.get("Version"));
    let caller = Caller::read(headers).map_err(|refusal| (guess, refusal))?;
    let Caller { access_key, region, service } = caller;
    let action = Action::find(service, &form).map_err(|refusal| (service, refusal))?;
    let account = account(sim, &access_key);
    let account = account.ok_or_else(|| (service, faults::unknown_key(service)))?;
    let scope = Scope::new(account, region);
    Ok((Call { sim, action: action.name, service, scope, access_key, form, twist: None }, action))
}

/// A key that belongs to nobody is refused.
fn account(sim: &Sim, access_key: &str) -> Option<String> {
    let known = sim.with(|world| world.account_of(access_key).map(str::to_owned));
    Some(known.unwrap_or_else(|| DEFAULT_ACCOUNT.to_owned())).filter(|account| !account.is_empty())
}

async fn carry_out(
    mut call: Call<'_>,
    action: &Action,
    headers: &HeaderMap,
    request_id: &str,
) -> Response {
    let dry_run = call.form.flag("DryRun");
    let Scope { vendor: _, account, region } = &call.scope;
    let admission = sim::Call::new(Vendor::Aws, action.name, account).region(region);
    let changes = action.mutating && !matches!(dry_run, Ok(Some(true)));
    let admission = if changes { admission.mutating() } else { admission };
    let pass = match call.sim.admit(admission).await {
        Ok(pass) => pass,
        Err(Turned { number: _, quota: _, reason }) => {
            let reply = match reason {
                Reason::Failure(failure) => faults::render(failure, &call, headers, request_id),
                Reason::Silence(lost) => lost.reply(),
            };
            return reply.map(Body::from);
        }
    };
    call.twist.clone_from(&pass.twist);
    let answer = action.check(&call.form).and(dry_run).and_then(|dry_run| match dry_run {
        Some(true) => Err(Refusal::dry_run()),
        Some(false) | None => (action.run)(&call),
    });
    let reply = match answer {
        Ok(xml) => {
            let body = call.service.envelope(action.name, request_id, &xml);
            xml_response(StatusCode::OK, &body)
        }
        Err(refusal) => refusal.render(call.service, request_id),
    };
    pass.seal(call.sim, reply).map(Body::from)
}
