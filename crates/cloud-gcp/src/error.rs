//! What a failed call means, by status and the vendor's reason.
//!
//! The vendor's words survive only as text. A reason that is not known here goes by the status alone.

use bytes::Bytes;
use cloud::{Error, WireError, excerpt};
use google_cloud_compute_v1::model::operation::error::Errors;
use serde::Deserialize;
use std::time::Duration;

pub(crate) const WHO: &str = "Google Cloud";

/// `{"error": {"code", "message", "errors": [{"reason", "message"}]}}`, as the Compute API answers.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Body {
    error: Said,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Said {
    message: String,
    errors: Vec<Detail>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Detail {
    reason: String,
}

/// The call that failed: the permission that it needs, and what it is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    pub(crate) action: &'static str,
    pub(crate) what: &'a str,
}

pub(crate) fn lost(error: WireError) -> Error {
    error.met(WHO)
}

/// Any answer but success.
pub(crate) fn refused(call: Call<'_>, answer: &http::Response<Bytes>) -> Error {
    let status = answer.status().as_u16();
    let Ok(Body { error }) = serde_json::from_slice::<Body>(answer.body()) else {
        return unexpected(status, answer.body());
    };
    let reason = error.errors.first().map(|detail| &*detail.reason).unwrap_or_default();
    let retry_after = answer.headers().get(http::header::RETRY_AFTER);
    let retry_after = retry_after.and_then(|value| value.to_str().ok()?.parse().ok());
    let message = cut(&error.message);
    match (status, reason) {
        (429, _) | (403, "rateLimitExceeded" | "userRateLimitExceeded") => {
            Error::Throttled { who: WHO.into(), retry_after: retry_after.map(Duration::from_secs) }
        }
        (401, _) => Error::Credentials { message },
        (403, "quotaExceeded" | "limitExceeded") => Error::Refused { code: reason.into(), message },
        (403, _) => Error::Denied { action: call.action.into(), message },
        (404, _) => Error::NotFound { what: call.what.into() },
        // Somebody changed it since it was read, or something else is under way with it.
        (412, _) | (400, "resourceNotReady" | "resourceInUseByAnotherResource") => {
            Error::Busy { message }
        }
        (400..=499, _) => {
            let code = if reason.is_empty() { status.to_string() } else { reason.to_owned() };
            Error::Refused { code, message }
        }
        _ => unexpected(status, answer.body()),
    }
}

/// An operation that was taken, and then failed.
pub(crate) fn failed(call: Call<'_>, errors: &[Errors], status: Option<i32>) -> Error {
    let first = errors.first();
    let code = first.and_then(|error| error.code.clone()).unwrap_or_default();
    let message = cut(first.and_then(|error| error.message.as_deref()).unwrap_or_default());
    match (&*code, status) {
        (
            "RESOURCE_NOT_READY"
            | "RESOURCE_IN_USE_BY_ANOTHER_RESOURCE"
            | "RESOURCE_OPERATION_RATE_EXCEEDED",
            _,
        ) => Error::Busy { message },
        ("RATE_LIMIT_EXCEEDED", _) | (_, Some(429)) => {
            Error::Throttled { who: WHO.into(), retry_after: None }
        }
        ("PERMISSIONS_ERROR", _) | (_, Some(403)) if !code.contains("QUOTA") => {
            Error::Denied { action: call.action.into(), message }
        }
        ("RESOURCE_NOT_FOUND", _) | (_, Some(404)) => Error::NotFound { what: call.what.into() },
        ("INTERNAL_ERROR", _) | (_, Some(500..=599)) => Error::Busy { message },
        _ => Error::Refused { code, message },
    }
}

pub(crate) fn unexpected(status: u16, body: &[u8]) -> Error {
    let body = cut(&String::from_utf8_lossy(body));
    Error::Unexpected { who: WHO.into(), status, body }
}

pub(crate) fn incomplete(message: impl Into<String>) -> Error {
    Error::Incomplete { who: WHO.into(), message: message.into() }
}

/// One line, not too long, and without a token that somebody repeats.
pub(crate) fn cut(text: &str) -> String {
    // How every access token begins.
    excerpt(text, &["ya29."])
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: Call<'_> = Call { action: "compute.forwardingRules.create", what: "the rule" };

    fn check(status: u16, reason: &str, expected: &str) {
        let body = format!(
            r#"{{"error":{{"code":{status},"message":"so","errors":[{{"reason":"{reason}"}}]}}}}"#
        );
        let answer = http::Response::builder().status(status).body(Bytes::from(body)).unwrap();
        let error = refused(CALL, &answer);
        let word = format!("{error:?}");
        assert!(word.starts_with(expected), "{status} {reason}: {word}");
    }

    #[test]
    fn every_answer_has_one_meaning() {
        check(401, "authError", "Credentials");
        check(403, "forbidden", "Denied { action: \"compute.forwardingRules.create\"");
        check(403, "rateLimitExceeded", "Throttled");
        check(403, "quotaExceeded", "Refused { code: \"quotaExceeded\"");
        check(429, "rateLimitExceeded", "Throttled");
        check(404, "notFound", "NotFound { what: \"the rule\"");
        check(400, "resourceNotReady", "Busy");
        check(400, "resourceInUseByAnotherResource", "Busy");
        check(412, "conditionNotMet", "Busy");
        check(409, "alreadyExists", "Refused { code: \"alreadyExists\"");
        check(400, "invalid", "Refused { code: \"invalid\"");
        check(503, "backendError", "Unexpected { who: \"Google Cloud\", status: 503");
    }

    #[test]
    fn a_web_page_is_cut_and_stays_on_one_line() {
        let page = format!("<html>\n{}", "x".repeat(1_000));
        let answer = http::Response::builder().status(502).body(Bytes::from(page)).unwrap();
        let Error::Unexpected { status: 502, body, .. } = refused(CALL, &answer) else { panic!() };
        assert!(body.chars().count() <= 401 && !body.contains('\n'));
    }

    #[test]
    fn a_failed_operation_says_why() {
        let error = |code: &str| Errors::new().set_code(code).set_message("so");
        for (code, expected) in [
            ("RESOURCE_IN_USE_BY_ANOTHER_RESOURCE", "Busy"),
            ("QUOTA_EXCEEDED", "Refused"),
            ("PERMISSIONS_ERROR", "Denied"),
            ("RESOURCE_NOT_FOUND", "NotFound"),
            ("RATE_LIMIT_EXCEEDED", "Throttled"),
        ] {
            let word = format!("{:?}", failed(CALL, &[error(code)], None));
            assert!(word.starts_with(expected), "{code}: {word}");
        }
    }
}
