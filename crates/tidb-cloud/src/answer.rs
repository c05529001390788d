//! What an answer means: a body, or which of our errors.
//!
//! By status first; a status counts only with TiDB Cloud's own kind of body, because gateways and proxies on the way
//! answer too, and their "not found" says nothing about what TiDB Cloud has.

use crate::WHO;
use crate::body::Status;
use crate::text::clean;
use bytes::Bytes;
use cloud::{Error, Response};
use http::header::CONTENT_TYPE;
use http::{Method, StatusCode};
use serde::de::DeserializeOwned;

const TRACE: &str = "x-debug-trace-id";
/// A 409 is about a second one of the same, or about something under way. Which, no document says in numbers.
const SAYS_TWICE: [&str; 3] = ["already", "exist", "duplicate"];

/// One call, and the words in which to tell people about it.
pub(crate) struct Call {
    pub(crate) method: Method,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) body: Bytes,
    /// As in "not allowed to …".
    pub(crate) action: String,
    /// As in "… does not exist".
    pub(crate) what: String,
}

pub(crate) fn read<Body: DeserializeOwned>(
    call: &Call,
    response: &Response,
) -> Result<Body, Error> {
    let status = response.status();
    let said = said(response);
    if status.is_success() {
        let nothing = call.method == Method::DELETE && status == StatusCode::NO_CONTENT;
        let body: &[u8] = if nothing { b"{}" } else { response.body() };
        let fits =
            nothing || (is_json(response) && said.as_ref().is_some_and(|said| said.code.is_none()));
        let decoded = fits.then(|| serde_json::from_slice(body).ok()).flatten();
        return decoded.ok_or_else(|| unexpected(response));
    }
    Err(said.and_then(|said| refusal(call, response, said)).unwrap_or_else(|| unexpected(response)))
}

pub(crate) fn not_signed_in(response: &Response) -> Error {
    let message = said(response).and_then(|said| said.message);
    let message = message.unwrap_or_else(|| "the API key was refused".into());
    Error::Credentials { message: told(response, &message) }
}

pub(crate) fn unexpected(response: &Response) -> Error {
    let body = told(response, &String::from_utf8_lossy(response.body()));
    Error::Unexpected { who: WHO.into(), status: response.status().as_u16(), body }
}

/// A usable body that does not say what was asked for.
pub(crate) fn contradiction(message: &str) -> Error {
    Error::Unexpected { who: WHO.into(), status: 200, body: clean(message) }
}

/// Nothing, if the body is not TiDB Cloud's own or the status is none that we know.
fn refusal(call: &Call, response: &Response, said: Status) -> Option<Error> {
    let Status { code: Some(code), message } = said else { return None };
    let plain = message.unwrap_or_default();
    let words = plain.to_lowercase();
    let message = told(response, &plain);
    let missing = || Error::NotFound { what: call.what.clone() };
    match response.status() {
        StatusCode::NOT_FOUND => Some(missing()),
        StatusCode::BAD_REQUEST if call.method != Method::POST && words.contains("not found") => {
            Some(missing())
        }
        StatusCode::BAD_REQUEST => Some(Error::Refused { code, message }),
        StatusCode::FORBIDDEN => Some(Error::Denied { action: call.action.clone(), message }),
        StatusCode::CONFLICT if SAYS_TWICE.iter().any(|word| words.contains(word)) => {
            Some(Error::Refused { code, message })
        }
        StatusCode::CONFLICT => Some(Error::Busy { message }),
        _ => None,
    }
}

/// The body as gRPC's `Status`, if it is a JSON object at all. An array would pass for a struct without fields.
fn said(response: &Response) -> Option<Status> {
    let body = response.body().trim_ascii_start();
    if !body.starts_with(b"{") {
        return None;
    }
    serde_json::from_slice(body).ok()
}

fn is_json(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.and_then(|kind| kind.split(';').next())
        .is_some_and(|kind| kind.trim() == "application/json")
}

/// With the vendor's name for this very call, by which their support can find it.
fn told(response: &Response, message: &str) -> String {
    let trace = response.headers().get(TRACE).and_then(|trace| trace.to_str().ok());
    let trace = trace.map(|trace| format!(" (trace {trace:.64})"));
    format!("{}{}", clean(message), trace.unwrap_or_default())
}
