//! The status page: one document, with all that it needs inside, readable without its script.
//!
//! It only puts a snapshot into markup. The script asks for the same document again and takes over what differs.

mod chain;
mod endpoint;
mod filter;
mod groups;
mod journal;
mod overview;
mod places;
mod show;

use super::Site;
use super::html::Html;
use super::snapshot::{Absent, Snapshot};
use super::{ManifestState, api, deeds};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use filter::Filter;
use http::StatusCode;
use http::header::{self, HeaderMap, HeaderValue};
use sha2::{Digest, Sha256};
use show::{Link, time_ago};
use std::sync::LazyLock;

const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = include_str!("page/page.js");
const ICONS: &str = include_str!("page/icons.svg");

/// A drawing of a tide, for the browser's tab.
const TAB_ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E\
    %3Crect width='32' height='32' rx='8' fill='%230c6e86'/%3E\
    %3Cpath d='M5 13c4-4 7-4 11 0s7 4 11 0M5 21c4-4 7-4 11 0s7 4 11 0' fill='none' stroke='white' \
    stroke-width='3' stroke-linecap='round'/%3E%3C/svg%3E";

static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let hash = |text: &str| {
        let digest = Sha256::digest(text);
        format!("'sha256-{}'", base64::engine::general_purpose::STANDARD.encode(digest))
    };
    let policy = format!(
        "default-src 'none'; style-src {}; script-src {}; connect-src 'self'; img-src data:; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        hash(STYLE),
        hash(SCRIPT)
    );
    HeaderValue::from_str(&policy).expect("hashes are plain text")
});

/// Nothing runs but our own script, whatever got into the page.
pub(super) fn policy() -> &'static HeaderValue {
    &POLICY
}

pub(super) async fn page(
    State(site): State<Site>,
    filter: Result<Query<Filter>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let filter = filter.map(|Query(filter)| filter).unwrap_or_default();
    let manifest = site.manifest();
    match site.snapshot().await {
        Ok(snapshot) => {
            let tag = format!("\"{}\"", snapshot.version);
            api::unless_known(&headers, &tag, || in_html(whole(&snapshot, &manifest, &filter)))
        }
        Err(absent) => {
            let page = in_html(waiting(absent, &manifest));
            (StatusCode::SERVICE_UNAVAILABLE, page).into_response()
        }
    }
}

fn in_html(text: String) -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response()
}

fn whole(snapshot: &Snapshot, manifest: &ManifestState, filter: &Filter) -> String {
    let title = overview::title(&snapshot.status);
    document(&title, snapshot.view.at.0, |html| {
        banner(html, snapshot, manifest);
        html.raw("<main id=\"main\">");
        overview::overview(html, snapshot, manifest, filter);
        groups::groups(html, snapshot, filter);
        html.raw("<div class=\"beside\" id=\"beside\">");
        places::places(html, &snapshot.status);
        journal::journal(html, snapshot);
        html.raw("</div></main>");
    })
}

/// There is nothing to show yet, or not any more.
fn waiting(absent: Absent, manifest: &ManifestState) -> String {
    document("Tidelock", 0, |html| {
        top(html, |_| {});
        html.raw("<main id=\"main\">");
        let title = match absent {
            Absent::Starting => "Tidelock is starting",
            Absent::Silent | Absent::Ended => "Tidelock does not answer",
        };
        html.element("section", &[("class", "headline"), ("id", "overview")], |html| {
            html.leaf("h1", "", title);
            html.leaf("p", "soft", absent.sentence());
        });
        overview::findings(html, manifest);
        html.raw("</main>");
    })
}

fn document(title: &str, now: u64, inside: impl FnOnce(&mut Html)) -> String {
    let mut html = Html::default();
    html.raw("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    html.raw("<meta name=\"color-scheme\" content=\"light dark\">");
    html.leaf("title", "", title);
    html.raw("<link rel=\"icon\" href=\"").raw(TAB_ICON).raw("\">");
    html.raw("<style>").raw(STYLE).raw("</style></head>");
    html.element("body", &[("data-now", &now.to_string())], |html| {
        html.raw(ICONS);
        inside(html);
        foot(html);
        html.raw("<p id=\"said\" class=\"unseen\" aria-live=\"polite\"></p>");
        html.raw("<script>").raw(SCRIPT).raw("</script>");
    });
    html.raw("</html>\n");
    html.finish()
}

fn banner(html: &mut Html, snapshot: &Snapshot, manifest: &ManifestState) {
    let now = snapshot.view.at;
    top(html, |html| {
        if !manifest.was_read() {
            return;
        }
        html.raw("<p class=\"soft manifest\" id=\"manifest\">manifest ");
        html.leaf("code", "", manifest.digest.get(..12).unwrap_or(&manifest.digest));
        let files = if manifest.files == 1 { "file" } else { "files" };
        html.text(&format!(" · {} {files} · read ", manifest.files));
        time_ago(html, manifest.read_at, now);
        html.raw("</p>");
    });
}

fn top(html: &mut Html, inside: impl FnOnce(&mut Html)) {
    html.raw("<header class=\"top\" id=\"top\"><a class=\"brand\" href=\"/\">");
    html.raw("<svg class=\"logo\" aria-hidden=\"true\"><use href=\"#i-tide\"/></svg>Tidelock</a>");
    inside(html);
    html.raw("<p id=\"live\" class=\"live\" role=\"status\" hidden></p>");
    html.raw("<button class=\"act\" type=\"button\" data-post=\"/api/v1/poke\" ");
    html.raw("data-done=\"Looking now\" hidden>Look now</button></header>");
}

fn foot(html: &mut Html) {
    html.raw("<footer class=\"foot\" id=\"foot\"><span>Tidelock ").raw(env!("CARGO_PKG_VERSION"));
    html.raw("</span>");
    for (title, path) in [
        ("status", "/api/v1/status"),
        ("plan", "/api/v1/plan"),
        ("journal", "/api/v1/journal"),
        ("metrics", "/metrics"),
        ("health", "/healthz?verbose"),
        ("readiness", "/readyz?verbose"),
    ] {
        Link::to(path).show(html, title);
    }
    html.raw("</footer>");
}

/// The deeds of a snapshot in words, newest first; nothing, where they cannot be read.
fn told(snapshot: &Snapshot) -> Result<Vec<deeds::Deed>, &str> {
    let rows = snapshot.deeds.as_ref().map_err(String::as_str)?;
    Ok(deeds::tell(rows, &snapshot.view))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn style_and_script_cannot_end_early() {
        assert!(!STYLE.contains("</"));
        assert!(!SCRIPT.contains("</") && !SCRIPT.contains("<!--"));
    }

    #[test]
    fn nothing_is_loaded_from_elsewhere() {
        let elsewhere = ["http:", "https:", "//cdn", "@import"];
        for text in [STYLE, SCRIPT, ICONS, TAB_ICON] {
            let text = text.replace("http://www.w3.org/2000/svg", "");
            assert!(!elsewhere.iter().any(|it| text.contains(it)), "{text}");
        }
    }
}
