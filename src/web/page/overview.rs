//! The whole in one sentence, what stands in its way, and the choices of what to see.

use super::filter::{Filter, Show};
use super::show::{badge, command, count, icon, phase_look};
use crate::report::status::{EndpointStatus, Status};
use crate::report::{Hold, Paste};
use crate::web::ManifestState;
use crate::web::html::Html;
use crate::web::snapshot::Snapshot;
use planner::{Actor, Phase};
use std::collections::BTreeSet;

/// No more of a long list is read on a page; `tidelock check` prints all.
const FINDINGS_MAX: usize = 20;

/// For the browser's tab.
pub(super) fn title(status: &Status) -> String {
    let yours = number_of(status, Show::NeedsYou);
    if yours > 0 { format!("({yours}) Tidelock") } else { "Tidelock".to_owned() }
}

pub(super) fn overview(
    html: &mut Html,
    snapshot: &Snapshot,
    manifest: &ManifestState,
    filter: &Filter,
) {
    let status = &snapshot.status;
    html.raw("<section class=\"headline\" id=\"overview\">");
    let (sentence, more) = headline(status);
    html.leaf("h1", "", &sentence);
    html.leaf("p", "soft", &more);
    html.raw("</section>");
    html.raw("<div class=\"notices\" id=\"notices\">");
    status.holds.iter().for_each(|hold| held(html, hold));
    findings(html, manifest);
    html.raw("</div>");
    if !status.endpoints.is_empty() {
        choices(html, status, filter);
    }
}

fn headline(status: &Status) -> (String, String) {
    let all = status.endpoints.len();
    if all == 0 {
        return ("Nothing to keep yet".into(), "No manifest names an endpoint.".into());
    }
    let clusters: BTreeSet<_> = status.endpoints.iter().map(|one| &one.cluster).collect();
    let whole = format!("{} of {}", count(all, "endpoint"), count(clusters.len(), "cluster"));
    let moving = |one: &&EndpointStatus| {
        matches!(one.phase, Some(Phase::Pending | Phase::Deleting)) && one.who != Some(Actor::You)
    };
    let (yours, drifted) = (number_of(status, Show::NeedsYou), number_of(status, Show::Drifted));
    let moving = status.endpoints.iter().filter(moving).count();
    let unknown = number_of(status, Show::Phase(None));
    let failed = number_of(status, Show::Phase(Some(Phase::Failed)));
    let sentence = match (yours, failed, moving, unknown, drifted) {
        (0, 0, 0, 0, 0) => "Everything is as the manifests say".into(),
        (0, 0, 0, 0, _) => format!("{} from the manifests", differ(drifted)),
        (0, 0, 0, _, _) => format!("{} not been seen yet", has(unknown)),
        (0, 0, _, _, _) => format!("{} under way", is(moving)),
        (0, _, _, _, _) => format!("{} failed", has(failed)),
        _ => format!("{} you", needs(yours)),
    };
    let active = number_of(status, Show::Phase(Some(Phase::Active)));
    let rest = if active == all { "all Active".to_owned() } else { format!("{active} Active") };
    (sentence, format!("{whole}, {rest}."))
}

fn is(n: usize) -> String {
    format!("{} {}", count(n, "endpoint"), if n == 1 { "is" } else { "are" })
}

fn has(n: usize) -> String {
    format!("{} {}", count(n, "endpoint"), if n == 1 { "has" } else { "have" })
}

fn needs(n: usize) -> String {
    format!("{} {}", count(n, "endpoint"), if n == 1 { "needs" } else { "need" })
}

fn differ(n: usize) -> String {
    format!("{} {}", count(n, "endpoint"), if n == 1 { "differs" } else { "differ" })
}

fn held(html: &mut Html, hold: &Hold) {
    let Hold { word, message, remedy } = hold;
    html.raw("<section class=\"notice warn\">");
    icon(html, "hold");
    html.raw("<div><h2>Deletions are held back</h2><p class=\"sentence\">").prose(message);
    html.raw("</p><p class=\"soft\">To go on: ").prose(remedy).raw("</p></div>");
    html.leaf("code", "word", word).raw("</section>");
}

/// What the files have wrong.
pub(super) fn findings(html: &mut Html, manifest: &ManifestState) {
    if manifest.findings.is_empty() {
        return;
    }
    let errors = manifest.errors();
    let (class, title) = match errors {
        0 => ("notice mild", count(manifest.findings.len(), "warning") + " about the manifests"),
        _ => ("notice bad", format!("The manifests have {}", count(errors, "error"))),
    };
    html.element("section", &[("class", class)], |html| {
        icon(html, "file");
        html.raw("<div>").leaf("h2", "", &title);
        if errors > 0 {
            html.raw(
                "<p class=\"soft\">The last good manifests stand; nothing is deleted until \
                these can be read. <code>tidelock check</code> shows the same.</p>",
            );
        }
        html.raw("<details id=\"findings\"><summary>Show</summary>");
        for finding in manifest.findings.iter().take(FINDINGS_MAX) {
            html.leaf("pre", "", &finding.to_string());
        }
        let left = manifest.findings.len().saturating_sub(FINDINGS_MAX);
        if left > 0 {
            html.leaf("p", "soft", &format!("and {left} more"));
        }
        html.raw("</details></div>");
    });
}

fn choices(html: &mut Html, status: &Status, filter: &Filter) {
    html.raw("<nav class=\"choices\" id=\"choices\" aria-label=\"Which endpoints\">");
    for show in Show::EVERY {
        let number_of = number_of(status, show);
        let always = matches!(show, Show::All | Show::Phase(Some(Phase::Active)));
        if number_of > 0 || always || filter.show() == show {
            choice(html, show, number_of, filter);
        }
    }
    html.raw("<form action=\"/\" role=\"search\" id=\"search\">");
    if filter.show() != Show::All {
        let attributes = [("type", "hidden"), ("name", "show"), ("value", filter.show().word())];
        html.empty("input", &attributes);
    }
    html.empty(
        "input",
        &[
            ("type", "search"),
            ("name", "q"),
            ("id", "q"),
            ("value", &filter.q),
            ("placeholder", "Filter by name, cluster, id…"),
            ("aria-label", "Filter endpoints"),
            ("autocomplete", "off"),
        ],
    );
    html.raw("</form></nav>");
}

fn choice(html: &mut Html, show: Show, number_of: usize, filter: &Filter) {
    let (class, picture, title) = match show {
        Show::All => ("all", "", "All"),
        Show::NeedsYou => ("you", "you", "Needs you"),
        Show::Phase(phase) => {
            let (class, title) = phase_look(phase);
            (class, class, title)
        }
        Show::Drifted => ("drift", "drift", "Drift"),
    };
    let address = filter.address(show);
    let current = if filter.show() == show { "true" } else { "false" };
    let attributes = [("class", "choice"), ("href", &*address), ("aria-current", current)];
    html.element("a", &attributes, |html| {
        if picture.is_empty() {
            html.text(title);
        } else {
            badge(html, class, picture, title);
        }
        html.raw(" ").leaf("b", "", &number_of.to_string());
    });
}

fn number_of(status: &Status, show: Show) -> usize {
    status.endpoints.iter().filter(|endpoint| show.holds(endpoint)).count()
}

/// What a person can do, and the command for it.
pub(super) fn to_do(html: &mut Html, endpoint: &EndpointStatus) {
    if endpoint.remedy.is_none() && endpoint.command.is_none() {
        return;
    }
    let class = if endpoint.who == Some(Actor::You) { "todo yours" } else { "todo" };
    html.element("div", &[("class", class)], |html| {
        if let Some(remedy) = &endpoint.remedy {
            html.raw("<p class=\"sentence\">").prose(remedy).raw("</p>");
        }
        for Paste { field, value } in &endpoint.paste {
            html.raw("<p class=\"soft\">").text(field).raw("</p>");
            command(html, value);
        }
        if let Some(text) = &endpoint.command {
            command(html, text);
        }
    });
}
