//! A call that was not let in, as Azure would say it.
//!
//! Which calls those are, the world's fault plan and limits decide.

use super::refusal::Refusal;
use super::refused::{conflict, forbidden, not_found};
use super::reply::bad_gateway;
use super::token::Caller;
use axum::body::Bytes;
use axum::http::Response;
use sim::{Failure, Quota};

/// Whom it befalls, and in doing what.
pub(super) struct Victim<'call> {
    pub(super) caller: &'call Caller,
    pub(super) permission: &'static str,
    pub(super) path: &'call str,
    /// `reads`, `writes` or `deletes`.
    pub(super) bucket: &'static str,
}

pub(super) fn render(
    failure: Failure,
    victim: &Victim<'_>,
    quota: Option<Quota>,
) -> Response<Bytes> {
    let Victim { caller, permission, path, bucket } = victim;
    let refusal = match failure {
        Failure::BadGateway => return bad_gateway(),
        Failure::Unauthenticated => caller.expired(),
        Failure::Forbidden => forbidden(&caller.client, permission, path),
        Failure::NotFound => not_found(path),
        Failure::Conflict => conflict("https://management.azure.com/"),
        Failure::Throttled => throttled(bucket, path, caller, quota),
        Failure::Internal => Refusal::new(500, "InternalServerError", "An error occurred."),
        Failure::Unavailable => {
            let message = "The request timed out in the service that was asked. Please try again.";
            Refusal::new(503, "ServiceUnavailable", message)
        }
    };
    refusal.reply().render()
}

/// The Resource Manager counts by subscription and caller.
fn throttled(bucket: &str, path: &str, caller: &Caller, quota: Option<Quota>) -> Refusal {
    let subscription = path.split('/').nth(2).unwrap_or_default();
    let kind = bucket.trim_end_matches('s');
    let seconds = quota.map_or(1, |quota| quota.reset_seconds.max(1));
    let message = format!(
        "Number of '{kind}' requests for subscription '{subscription}' actor '{}' exceeded. Please try again after \
         '{seconds}' seconds after additional tokens are available. Refer to https://aka.ms/arm-throttling for \
         additional information.",
        caller.client
    );
    Refusal::new(429, "SubscriptionRequestsThrottled", message).pause(seconds)
}
