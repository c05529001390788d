//! The Resource Manager: who asks, for what, and whether that may pass.

use super::action::Action;
use super::call::Call;
use super::faults::{self, Victim};
use super::refusal::Refusal;
use super::refused::forbidden;
use super::token::Caller;
use super::{Knock, form};
use axum::body::Bytes;
use axum::http::Response;
use serde_json::Value;
use sim::{Quota, Reason, Scope, Turned, Vendor, World};

/// When private endpoints came to be, and the latest version that is known.
const VERSIONS: [&str; 2] = ["2019-04-01", "2026-03-01"];

pub(super) fn is_path(path: &str) -> bool {
    let first = path.split('/').nth(1).unwrap_or_default();
    first.eq_ignore_ascii_case("subscriptions")
}

pub(super) async fn answer(knock: &Knock<'_>) -> Response<Bytes> {
    match read(knock) {
        Ok((call, caller, action)) => carry_out(call, &caller, &action).await,
        Err(refusal) => refusal.reply().render(),
    }
}

/// Who calls what; or the refusal of what is no call.
fn read<'sim>(knock: &Knock<'sim>) -> Result<(Call<'sim>, Caller, Action), Refusal> {
    let (method, path) = (knock.parts.method.as_str(), knock.parts.uri.path());
    let authorization = knock.header("authorization");
    let caller = knock.sim.with(|world| Caller::find(world, authorization))?;
    check_version(form::find(&knock.query(), "api-version"))?;
    let (subscription, action) = Action::find(method, path)?;
    let account = knock
        .sim
        .with(|world| account(world, &caller, &subscription, action.permission(), path))?;
    let body = match (knock.body.is_empty(), method) {
        (true, "PUT") => {
            return Err(Refusal::bad(
                "InvalidRequestContent",
                "The request content was invalid and could not be deserialized: 'null'.",
            ));
        }
        (true, _) => Value::Null,
        (false, _) => serde_json::from_slice(knock.body)
            .map_err(|error| Refusal::unreadable(error.to_string()))?,
    };
    let scope = Scope::of(Vendor::Azure, account, "");
    Ok((Call::new(knock, scope, body), caller, action))
}

fn check_version(version: Option<&str>) -> Result<(), Refusal> {
    let Some(version) = version else {
        let message =
            "The api-version query parameter (?api-version=) is required for all requests.";
        return Err(Refusal::bad("MissingApiVersionParameter", message));
    };
    let date = version.strip_suffix("-preview").unwrap_or(version);
    let digits =
        |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = date.split('-').collect();
    let is_date = matches!(parts[..], [year, month, day] if digits(year, 4) && digits(month, 2) && digits(day, 2));
    let [first, last] = VERSIONS;
    if is_date && (first..=last).contains(&date) {
        return Ok(());
    }
    let message = format!(
        "The api-version '{version}' is invalid. The supported versions are '{first}' to '{last}'."
    );
    Err(Refusal::bad("InvalidApiVersionParameter", message))
}

/// The subscription in its own spelling, if the caller reaches it.
fn account(
    world: &World,
    caller: &Caller,
    subscription: &str,
    permission: &str,
    path: &str,
) -> Result<String, Refusal> {
    let same = |account: &&String| account.eq_ignore_ascii_case(subscription);
    if let Some(account) = caller.accounts.iter().find(same) {
        return Ok(account.clone());
    }
    let mut azure = world.credentials().filter(|known| known.vendor == Vendor::Azure);
    if azure.any(|known| known.accounts.iter().any(|account| same(&account))) {
        return Err(forbidden(&caller.client, permission, path));
    }
    let message = format!("The subscription '{subscription}' could not be found.");
    Err(Refusal::new(404, "SubscriptionNotFound", message))
}

async fn carry_out(mut call: Call<'_>, caller: &Caller, action: &Action) -> Response<Bytes> {
    let bucket = action.bucket();
    let admission = ::sim::Call::new(Vendor::Azure, action.name(), &call.scope.account);
    let admission = if bucket == "reads" { admission } else { admission.mutating() };
    let pass = match call.sim.admit(admission).await {
        Ok(pass) => pass,
        Err(Turned { reason: Reason::Silence(lost), .. }) => return lost.reply(),
        Err(Turned { reason: Reason::Failure(failure), quota, number: _ }) => {
            let (permission, path) = (action.permission(), call.path.as_str());
            let victim = Victim { caller, permission, path, bucket };
            return faults::render(failure, &victim, quota);
        }
    };
    call.twist.clone_from(&pass.twist);
    let reply = match action.run(&call) {
        Ok(reply) => reply,
        Err(refusal) => refusal.reply(),
    };
    let left = pass.quota.map(|Quota { limit: _, remaining, reset_seconds: _ }| remaining);
    let reply = match left {
        Some(left) => reply.header(left_header(bucket), left.to_string()),
        None => reply,
    };
    pass.seal(call.sim, reply.render())
}

fn left_header(bucket: &str) -> &'static str {
    match bucket {
        "writes" => "x-ms-ratelimit-remaining-subscription-writes",
        "deletes" => "x-ms-ratelimit-remaining-subscription-deletes",
        _ => "x-ms-ratelimit-remaining-subscription-reads",
    }
}
