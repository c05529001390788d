//! What a failed call means, by status and the Resource Manager's code.
//!
//! The vendor's words survive only as text. A code that is not known here goes by the status alone, and an answer of an
//! unknown shape is unknown: it is never an absence.

use azure_core_legacy::Error as Legacy;
use bytes::Bytes;
use cloud::{Error, Response, WireError, excerpt};
use serde::Deserialize;
use std::time::Duration;

pub(crate) const WHO: &str = "Azure";

/// What is not there, or stands in a group that is not there.
const ABSENT: [&str; 3] = ["ResourceNotFound", "ResourceGroupNotFound", "NotFound"];
/// Something else is under way with it; Azure says so with 429 too, though nobody sent too much.
const BUSY: [&str; 4] = [
    "AnotherOperationInProgress",
    "ReferencedResourceNotProvisioned",
    "RetryableError",
    "RetryableErrorDueToAnotherOperation",
];
/// Who asks is known, but nothing of this subscription is.
const NO_SUBSCRIPTION: [&str; 2] = ["SubscriptionNotFound", "InvalidSubscriptionId"];

/// What our half of the vendor's pipeline gives back instead of an answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("{0}")]
    Lost(WireError),
    #[error("status {}", .0.status())]
    Refused(Response),
    #[error("{0}")]
    NotSignedIn(Error),
}

/// `{"error": {"code", "message", "details": [{"code", "message"}]}}`, as the Resource Manager answers.
#[derive(Debug, Deserialize)]
pub(crate) struct Body {
    pub(crate) error: Said,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Said {
    code: String,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    details: Option<Vec<Said>>,
}

/// The call that failed: the permission that it needs, and what it is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    pub(crate) action: &'static str,
    pub(crate) what: &'a str,
}

impl Said {
    /// Itself, and what is behind it.
    fn all(&self) -> impl Iterator<Item = &Said> {
        std::iter::once(self).chain(self.details.iter().flatten())
    }

    fn is_one_of(&self, codes: &[&str]) -> bool {
        self.all().any(|said| codes.contains(&&*said.code))
    }

    fn message(&self) -> String {
        let messages: Vec<&str> =
            self.all().filter_map(|said| said.message.as_deref()).map(str::trim).collect();
        cut(&messages.join(" "))
    }

    /// For people, who look the code up.
    pub(crate) fn words(&self) -> String {
        let inner = self.details.iter().flatten().next_back().unwrap_or(self);
        format!("{}: {}", inner.code, self.message())
    }
}

/// Whatever came out of the vendor's pipeline: mostly what we put into it.
pub(crate) fn understood(call: Call<'_>, error: Legacy) -> Error {
    match error.into_downcast::<Failure>() {
        Ok(failure) => failed(call, failure),
        Err(error) => unexpected(200, error.to_string().as_bytes()),
    }
}

pub(crate) fn failed(call: Call<'_>, failure: Failure) -> Error {
    match failure {
        Failure::Lost(error) => lost(error),
        Failure::Refused(answer) => refused(call, &answer),
        Failure::NotSignedIn(error) => error,
    }
}

pub(crate) fn lost(error: WireError) -> Error {
    error.met(WHO)
}

/// Any answer but success.
pub(crate) fn refused(call: Call<'_>, answer: &http::Response<Bytes>) -> Error {
    let status = answer.status().as_u16();
    let said = serde_json::from_slice::<Body>(answer.body()).map(|body| body.error).ok();
    let Some(said) = said else {
        return match status {
            429 => throttled(answer),
            _ => unexpected(status, answer.body()),
        };
    };
    let (code, message) = (said.code.clone(), said.message());
    match status {
        409 | 429 | 503 if said.is_one_of(&BUSY) => Error::Busy { message: said.words() },
        429 => throttled(answer),
        401 => Error::Credentials { message },
        403 if code.ends_with("AuthorizationFailed") => {
            let action = named_action(&message).unwrap_or(call.action).to_owned();
            Error::Denied { action, message }
        }
        404 if ABSENT.contains(&&*code) => Error::NotFound { what: call.what.into() },
        404 if NO_SUBSCRIPTION.contains(&&*code) => Error::Credentials { message },
        // Somebody changed it since it was read.
        412 => Error::Busy { message },
        400..=499 => Error::Refused { code, message },
        _ => unexpected(status, answer.body()),
    }
}

fn throttled(answer: &http::Response<Bytes>) -> Error {
    Error::Throttled { who: WHO.into(), retry_after: pause(answer) }
}

/// How long Azure asks us to wait.
fn pause(answer: &http::Response<Bytes>) -> Option<Duration> {
    let number = |name: &str| -> Option<u64> {
        answer.headers().get(name)?.to_str().ok()?.trim().parse().ok()
    };
    let millis = number("retry-after-ms").or_else(|| number("x-ms-retry-after-ms"));
    millis.map(Duration::from_millis).or_else(|| number("retry-after").map(Duration::from_secs))
}

/// Azure names the permission that is missing, which can be another resource's.
fn named_action(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("perform action '")?;
    rest.split_once('\'').map(|(action, _)| action)
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
    // How every JWT begins: `{"` in base64.
    excerpt(text, &["eyJ"])
}

#[cfg(test)]
mod tests;
