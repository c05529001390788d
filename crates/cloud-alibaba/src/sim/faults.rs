//! A call that was not let in, as Alibaba Cloud would say it.
//!
//! Which calls those are, the world's fault plan and limits decide.

use super::actions::Action;
use super::call::Call;
use super::caller::{expired, unknown_key};
use super::exposing::lost;
use super::refusal::Refusal;
use axum::body::Bytes;
use axum::http::{HeaderValue, Response, StatusCode, header};
use sim::Failure;

const PAUSE_MILLIS: u32 = 1_000;

pub(super) fn render(
    failure: Failure,
    action: &Action,
    call: &Call,
    request_id: &str,
) -> Response<Bytes> {
    let words = lost(action);
    let refusal = match failure {
        Failure::BadGateway => return bad_gateway(),
        Failure::Unauthenticated if call.caller.has_session => expired(),
        Failure::Unauthenticated => unknown_key(),
        Failure::Forbidden => Refusal::new(
            StatusCode::FORBIDDEN,
            words.map_or("Forbidden.RAM", |words| words.forbidden),
            format!("User not authorized to operate on the specified resource: {}.", action.name),
        ),
        Failure::Throttled => {
            let message = "Request was denied due to user flow control.";
            Refusal::bad("Throttling.User", message).pausing(PAUSE_MILLIS)
        }
        Failure::NotFound => words.map_or_else(no_endpoint, |words| words.absent),
        Failure::Conflict => {
            let code = words.map_or("ConcurrentCallNotSupported", |words| words.clash);
            Refusal::bad(code, "The resource is being operated on.")
        }
        Failure::Internal => Refusal::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalError",
            "The request processing has failed due to some unknown error.",
        ),
        Failure::Unavailable => Refusal::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "ServiceUnavailable",
            "The request has failed due to a temporary failure of the server.",
        ),
    };
    refusal.render(request_id)
}

fn no_endpoint() -> Refusal {
    Refusal::not_found("EndpointNotFound", "The specified endpoint does not exist.")
}

/// From some gateway on the way, which has never heard of JSON.
fn bad_gateway() -> Response<Bytes> {
    let page = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n</html>\r\n";
    let mut response = Response::new(Bytes::from_static(page.as_bytes()));
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}
