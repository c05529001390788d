//! `status` and `why`: how everything stands, by a look of our own or by the word of a running daemon.

use super::plan::{look, unreadable};
use crate::cli::{ManifestOption, Shown, Status, Why};
use crate::clouds::Access;
use crate::desired;
use crate::engine::{Engine, View};
use crate::exit::Exit;
use crate::report;
use crate::setup::{self, Refusal};
use crate::{output, present};
use std::path::Path;
use std::time::Duration;

/// # Errors
/// What keeps it from looking, or a name that nobody knows.
pub async fn run(args: &Status, config: Option<&Path>) -> Result<Exit, Refusal> {
    let format = args.format;
    if let Some(url) = &args.manifest.url {
        if !args.names.is_empty() {
            let message = "--url shows the status of all; `tidelock why NAME --url URL` shows one";
            return Err(Refusal::new(Exit::Usage, message));
        }
        return ask(url, "/api/v1/status", format, "status").await;
    }
    let view = see(&args.manifest, config).await?;
    let mut status = present::status(&view);
    if !args.names.is_empty() {
        if let Some(strange) = args.names.iter().find(|name| !knows(&view, name)) {
            return Err(unknown(strange));
        }
        status.endpoints.retain(|endpoint| args.names.contains(&endpoint.name));
    }
    let text = match (format, args.names.is_empty()) {
        (Shown::Json, _) => report::status::json(&status),
        (Shown::Text, true) => report::status::table(&status, output::style()),
        (Shown::Text, false) => {
            let detail = |one| report::status::detail(one, view.at, output::style());
            status.endpoints.iter().map(detail).collect::<Vec<_>>().join("\n")
        }
    };
    output::report(&text);
    Ok(Exit::Done)
}

/// # Errors
/// What keeps it from looking, or a name that nobody knows.
pub async fn why(args: &Why, config: Option<&Path>) -> Result<Exit, Refusal> {
    let format = args.format;
    if let Some(url) = &args.manifest.url {
        return ask(url, &format!("/api/v1/endpoints/{}/why", args.name), format, "why").await;
    }
    let view = see(&args.manifest, config).await?;
    let why = present::why(&view, &args.name).ok_or_else(|| unknown(&args.name))?;
    output::report(&match format {
        Shown::Json => report::why::json(&why),
        Shown::Text => report::why::text(&why, output::style()),
    });
    Ok(Exit::Done)
}

async fn see(manifest: &ManifestOption, config: Option<&Path>) -> Result<View, Refusal> {
    let (read, loaded) = setup::manifests(&manifest.paths)?;
    let config = setup::config(config)?;
    let context = setup::context(&config, Access::LookOnly)?;
    let mut wanted = desired::desired(&read, &loaded.digest, &config, None);
    wanted.rewound = desired::rewound(&manifest.paths, &context.store).map_err(unreadable)?;
    Ok(look(Engine::new(context, wanted).map_err(unreadable)?).await)
}

fn knows(view: &View, name: &str) -> bool {
    view.endpoints.iter().any(|endpoint| endpoint.wish.name == name)
        || view.flows.iter().any(|flow| flow.wish.name == name)
}

fn unknown(name: &str) -> Refusal {
    Refusal::new(Exit::Error, format!("no endpoint is called {name}; `tidelock status` lists all"))
}

/// A daemon answers with the text that this command would print, or with JSON.
async fn ask(url: &str, path: &str, format: Shown, what: &str) -> Result<Exit, Refusal> {
    let wire = cloud::HttpWire::new(&[], Duration::from_secs(10))
        .map_err(|error| Refusal::new(Exit::Error, error))?;
    let accept = match format {
        Shown::Text => "text/plain",
        Shown::Json => "application/json",
    };
    let request = http::Request::get(format!("{}{path}", url.trim_end_matches('/')))
        .header(http::header::ACCEPT, accept)
        .body(bytes::Bytes::new())
        .map_err(|error| Refusal::new(Exit::Usage, format!("--url: {error}")))?;
    let answer = cloud::Wire::send(&wire, request).await;
    let answer = answer.map_err(|error| Refusal::new(Exit::Error, error))?;
    let text = String::from_utf8_lossy(answer.body()).into_owned();
    if !answer.status().is_success() {
        let message = format!("the daemon has no {what} for us: {} {text}", answer.status());
        return Err(Refusal::new(Exit::Error, message));
    }
    output::report(&text);
    Ok(Exit::Done)
}
