//! For whoever runs the process: whether to restart it, and whether it knows enough to be trusted.

use super::snapshot::Absent;
use super::{ManifestState, Site};
use crate::engine::View;
use crate::report::status::ScopeStatus;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;

/// A new process would help: the engine hangs, or has ended. One that waits for its first manifest does neither.
pub(super) async fn alive(State(site): State<Site>, RawQuery(query): RawQuery) -> Response {
    let engine = match site.snapshot().await {
        Ok(_) => Ok("the engine answers".to_owned()),
        Err(Absent::Starting) => Ok("the engine is starting".to_owned()),
        Err(absent @ (Absent::Silent | Absent::Ended)) => Err(absent.sentence().to_owned()),
    };
    answer(&[engine], query.as_deref())
}

/// Every place was looked at, and the files can be read.
pub(super) async fn ready(State(site): State<Site>, RawQuery(query): RawQuery) -> Response {
    let mut checks = vec![manifest(&site.manifest())];
    match site.snapshot().await {
        Ok(snapshot) => {
            checks.push(Ok("the engine answers".to_owned()));
            checks.extend(snapshot.status.scopes.iter().map(scope));
            checks.extend(unscoped(&snapshot.view));
        }
        Err(absent) => checks.push(Err(absent.sentence().to_owned())),
    }
    answer(&checks, query.as_deref())
}

/// What holds, or why it does not.
type Check = Result<String, String>;

fn manifest(manifest: &ManifestState) -> Check {
    match (manifest.was_read(), manifest.errors()) {
        (false, _) => Err("the manifests have not been read yet".to_owned()),
        (true, 0) => Ok(format!("the manifests can be read ({} files)", manifest.files)),
        (true, 1) => Err("the manifests have an error; the last good ones stand".to_owned()),
        (true, errors) => {
            Err(format!("the manifests have {errors} errors; the last good ones stand"))
        }
    }
}

fn scope(scope: &ScopeStatus) -> Check {
    let ScopeStatus { name, kind: _, seen_at, error, next_look: _ } = scope;
    match (seen_at, error) {
        (Some(_), _) => Ok(format!("{name} was looked at")),
        (None, None) => Err(format!("{name} has not been looked at yet")),
        (None, Some(error)) => Err(format!("{name} could not be looked at: {error}")),
    }
}

/// An endpoint whose places are not listed yet would not be missed by the list of places.
fn unscoped(view: &View) -> Option<Check> {
    (view.scopes.is_empty() && !(view.endpoints.is_empty() && view.flows.is_empty()))
        .then(|| Err("nothing has been looked at yet".to_owned()))
}

fn answer(checks: &[Check], query: Option<&str>) -> Response {
    let failed = checks.iter().any(Result::is_err);
    let verbose =
        query.is_some_and(|query| query.split('&').any(|part| part.starts_with("verbose")));
    let line = |check: &Check| match check {
        Ok(holds) => verbose.then(|| format!("[+] {}\n", one_line(holds))),
        Err(reason) if verbose => Some(format!("[-] {}\n", one_line(reason))),
        Err(reason) => Some(format!("{}\n", one_line(reason))),
    };
    let mut text: String = checks.iter().filter_map(line).collect();
    if !failed {
        text.push_str("ok\n");
    }
    let status = if failed { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    (status, text).into_response()
}

/// One reason per line, whatever a cloud says.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
