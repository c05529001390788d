//! What a failed sign-in means, and what is told of it.
//!
//! The vendor's library hides the cause beneath its own verdict, and quotes whole answers. Of those only the error that
//! they name is told: the rest may repeat what they were asked with.

use crate::error::{WHO, cut};
use cloud::Error;
use google_cloud_auth::errors::CredentialsError;
use serde_json::Value;
use std::iter::successors;
use std::time::Duration;

type Cause = dyn std::error::Error + 'static;

/// How the library ends its sentences. We ask again all the same.
const VERDICTS: [&str; 2] =
    [" and future attempts will not succeed", " but future attempts may succeed"];

pub(super) fn met(error: &CredentialsError, remedy: &str) -> Error {
    let told = told(error);
    if error.is_transient() || is_not_understood(error) {
        return Error::NotSent { who: WHO.into(), message: format!("cannot sign in: {told}") };
    }
    Error::Credentials { message: format!("{WHO}: cannot sign in: {told}; {remedy}") }
}

pub(super) fn silent(limit: Duration) -> Error {
    let message = format!("cannot sign in: no token within {} s", limit.as_secs());
    Error::NotSent { who: WHO.into(), message }
}

fn causes(error: &CredentialsError) -> impl Iterator<Item = &Cause> {
    successors(Some(error as &Cause), |cause| cause.source())
}

/// An answer that is no token is somebody else's, such as a proxy's. A file of the user's that is not what it should be
/// stands right below the library's own error.
fn is_not_understood(error: &CredentialsError) -> bool {
    let is_json = |cause: &Cause| cause.is::<serde_json::Error>();
    causes(error)
        .any(|cause| !cause.is::<CredentialsError>() && cause.source().is_some_and(is_json))
}

/// From the innermost of the library's own errors on: those around it say only that there was one.
fn told(error: &CredentialsError) -> String {
    let causes: Vec<&Cause> = causes(error).collect();
    let inner = causes.iter().rposition(|cause| cause.is::<CredentialsError>());
    let told = causes[inner.unwrap_or_default()..].iter().map(|cause| plain(&cause.to_string()));
    cut(&told.collect::<Vec<_>>().join(": "))
}

fn plain(text: &str) -> String {
    let text = VERDICTS.iter().fold(text, |text, verdict| text.trim_end_matches(verdict));
    if let Some((what, rest)) = text.split_once(" for url (") {
        let (url, rest) = rest.split_once(')').unwrap_or((rest, ""));
        return format!("{what} at {}{rest}", host(url));
    }
    match text.split_once(", body=<") {
        None => text.to_owned(),
        Some((what, body)) => match named(body.trim_end_matches('>')) {
            Some(error) => format!("{what}: {error}"),
            None => what.to_owned(),
        },
    }
}

/// Path and query may hold what nobody else is to read.
fn host(url: &str) -> String {
    let url = url.parse::<http::Uri>().unwrap_or_default();
    let host = url.host().unwrap_or("an address that is none");
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// As a token service says it, or as one of Google's other services does.
fn named(body: &str) -> Option<String> {
    let body: Value = serde_json::from_str(body).ok()?;
    let words = [&body["error"], &body["error_description"], &body["error"]["message"]];
    let words: Vec<&str> = words.into_iter().filter_map(Value::as_str).collect();
    (!words.is_empty()).then(|| words.join(": "))
}
