//! The journal of deeds: everything that Tidelock did to a cloud, newest first.

use super::show::{Link, badge, time_ago, time_span};
use super::told;
use crate::web::deeds::Deed;
use crate::web::html::{Html, segment};
use crate::web::snapshot::Snapshot;
use planner::Moment;

pub(super) fn journal(html: &mut Html, snapshot: &Snapshot) {
    html.raw("<section class=\"card journal\" id=\"journal\"><header><h2>Deeds</h2>");
    html.raw("<p class=\"soft\">what Tidelock did, newest first</p></header>");
    match told(snapshot) {
        Ok(deeds) if deeds.is_empty() => {
            html.leaf(
                "p",
                "soft empty",
                "Nothing was done yet. Every call that changes something is noted here.",
            );
        }
        Ok(deeds) => {
            html.raw("<ol>");
            for deed in &deeds {
                entry(html, deed, snapshot.view.at);
            }
            html.raw("</ol><p class=\"ways\">");
            Link::to("/api/v1/journal?limit=1000").show(html, "More (JSON)");
            html.raw("</p>");
        }
        Err(error) => {
            html.leaf("p", "error empty", &format!("The journal cannot be read: {error}"));
        }
    }
    html.raw("</section>");
}

fn entry(html: &mut Html, deed: &Deed, now: Moment) {
    let Deed { id, endpoint, sentence, because, outcome, result, at, .. } = deed;
    html.element("li", &[("id", &*format!("j-{id}"))], |html| {
        html.raw("<div class=\"line\">");
        let (class, title) = look(outcome);
        badge(html, class, class, title);
        Link::to(&format!("#e-{}", segment(endpoint))).show(html, endpoint);
        html.raw("<span class=\"when soft\">");
        time_ago(html, *at, now);
        html.raw("</span></div>");
        html.leaf("p", "sentence", sentence);
        html.raw("<p class=\"soft\">");
        if !because.is_empty() {
            html.text(&format!("because {because}"));
        }
        if class == "here" {
            html.raw(" · no answer yet, after ");
            time_span(html, *at, now);
        }
        html.raw("</p>");
        if let Some(result) = result {
            html.leaf("code", "result", result);
        }
    });
}

/// Its class and icon, and its title.
fn look(outcome: &str) -> (&'static str, &'static str) {
    match outcome {
        "taken" => ("done", "Done"),
        "declined" => ("stuck", "Refused"),
        "passed" => ("passed", "Put off"),
        "under-way" => ("here", "Under way"),
        _ => ("unknown", "No answer"),
    }
}
