//! One endpoint: a row for those who scan, and below it as much as it deserves.

use super::chain::chain;
use super::groups::{Row, Whose};
use super::overview::to_do;
use super::show::{Link, badge, count, icon, phase_look, time_span, time_until};
use crate::present;
use crate::report::status::{EndpointStatus, Late, Message};
use crate::report::why::{Rung, RungMark};
use crate::report::{self, Kind, PlannedStep, Thing};
use crate::web::html::{Html, segment};
use crate::web::time::span;
use cloud::{Difference, Value};
use planner::{Actor, Moment, Phase};

pub(super) fn endpoint(html: &mut Html, row: &Row<'_>, now: Moment) {
    let status = row.status;
    let (class, title) = phase_look(status.phase);
    let (key, class) = (format!("e-{}", segment(&status.name)), format!("endpoint {class}"));
    let attributes = [
        ("id", &*key),
        ("class", &*class),
        ("role", "rowgroup"),
        ("data-name", &*status.name),
        ("data-phase", title),
    ];
    html.element("tbody", &attributes, |html| {
        html.raw("<tr role=\"row\">");
        cells(html, status, now);
        html.raw("</tr>");
        below(html, row);
    });
}

fn cells(html: &mut Html, status: &EndpointStatus, now: Moment) {
    html.raw("<th role=\"rowheader\" scope=\"row\">").leaf("span", "name", &status.name);
    html.raw("<small class=\"soft\">").text(&status.account).raw(" · ").text(status.vendor.title);
    if status.thing == Thing::PrivateLinkConnection {
        html.raw(" · connection");
    }
    html.raw("</small></th><td role=\"cell\" class=\"phase\">");
    let (class, title) = phase_look(status.phase);
    badge(html, class, class, title);
    if !status.drift.is_empty() {
        badge(html, "drift", "drift", "Drift");
    }
    html.raw("</td><td role=\"cell\" class=\"what\">");
    stands(html, status);
    html.raw("</td><td role=\"cell\" class=\"since\">");
    match status.since {
        Some(since) => time_span(html, since, now),
        None => {
            html.raw("<span class=\"soft\">–</span>");
        }
    }
    html.raw("</td><td role=\"cell\" class=\"next\">");
    match status.next_look {
        Some(next) => time_until(html, next, now),
        None => {
            html.raw("<span class=\"soft\">–</span>");
        }
    }
    html.raw("</td>");
}

/// It is settled all the same, because the manifest says so.
const REPORTED: &str = "it works, but differs from the manifest; `drift: report` leaves it so";

fn stands(html: &mut Html, status: &EndpointStatus) {
    if is_calm(status)
        && let Some(host) = &status.host
    {
        html.leaf("code", "soft address", &address(host, status.port));
        return;
    }
    let reported = status.phase == Some(Phase::Active) && status.who.is_none();
    let sentence = if reported && !status.drift.is_empty() { REPORTED } else { &status.sentence };
    html.raw("<p class=\"sentence\">").prose(sentence).raw("</p>");
    html.raw("<p class=\"turn\">");
    if let Some(who) = status.who {
        turn(html, who, status);
    }
    if let Some(Late { usual, waited }) = status.late {
        let (waited, usual) = (span(waited.as_secs()), span(usual.as_secs()));
        badge(html, "late", "pending", &format!("late: {waited}, usually {usual}"));
    }
    html.raw("</p>");
}

fn turn(html: &mut Html, who: Actor, status: &EndpointStatus) {
    match who {
        Actor::You => badge(html, "you", "you", "needs you"),
        Actor::Tidelock | Actor::TidbCloud | Actor::Cloud => {
            html.raw("<span class=\"soft\">");
            html.text(report::actor(who, status.vendor)).raw("’s turn");
            let now = status.steps.first().filter(|step| step.kind == Kind::Wait);
            if let Some(usually) = now.and_then(|wait| wait.usually) {
                html.text(&format!(", usually {usually}"));
            }
            html.raw("</span>");
        }
    }
}

/// Nothing about it needs reading.
fn is_calm(status: &EndpointStatus) -> bool {
    status.phase == Some(Phase::Active) && status.who.is_none() && status.drift.is_empty()
}

fn address(host: &str, port: Option<u16>) -> String {
    port.map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn below(html: &mut Html, row: &Row<'_>) {
    let status = row.status;
    html.raw("<tr role=\"row\" class=\"below\"><td role=\"cell\">");
    let calm = is_calm(status);
    if !calm {
        climb(html, row);
        drift(html, &status.drift);
        if !row.is_held {
            to_do(html, status);
        }
        if status.phase == Some(Phase::Failed) || status.who == Some(Actor::You) {
            said(html, status);
        }
    }
    let key = format!("d-{}", segment(&status.name));
    html.element("details", &[("id", &key)], |html| {
        let label = format!("More about {}", status.name);
        html.element("summary", &[("aria-label", &*label), ("title", &*label)], |html| {
            icon(html, "more");
        });
        html.raw("<div class=\"all\">");
        if calm {
            climb(html, row);
        }
        facts(html, status);
        chain(html, &status.parts);
        ahead(html, &status.steps);
        ways(html, status);
        html.raw("</div>");
    });
    html.raw("</td></tr>");
}

/// The phase ladder, from left to right.
fn climb(html: &mut Html, row: &Row<'_>) {
    let rungs = match row.whose {
        Whose::Endpoint(view) => present::rungs(view),
        Whose::Flow(view) => present::flow_rungs(view),
    };
    if rungs.is_empty() {
        return;
    }
    html.raw("<ol class=\"ladder\" aria-label=\"Steps to its goal\">");
    for Rung { name, mark, detail } in rungs {
        let (class, spoken) = match mark {
            RungMark::Done => ("done", "done"),
            RungMark::Here => ("here", "under way"),
            RungMark::Stuck => ("stuck", "stuck"),
            RungMark::Ahead => ("ahead", "ahead"),
        };
        let detail = detail.unwrap_or_default();
        html.element("li", &[("class", class), ("title", &*detail)], |html| {
            icon(html, class);
            html.text(&spaced(name.title())).leaf("span", "unseen", spoken);
        });
    }
    html.raw("</ol>");
}

/// `EndpointCreated` as `Endpoint created`; `DNS` stays.
fn spaced(title: &str) -> String {
    let mut text = String::new();
    for c in title.replace("Dns", " DNS").chars() {
        let starts = c.is_uppercase() && text.chars().last().is_some_and(char::is_lowercase);
        if starts {
            text.push(' ');
            text.extend(c.to_lowercase());
        } else {
            text.push(c);
        }
    }
    text
}

fn drift(html: &mut Html, differences: &[Difference]) {
    if differences.is_empty() {
        return;
    }
    html.raw("<table class=\"drift\" role=\"table\"><caption>")
        .text(&count(differences.len(), "field"));
    html.raw(" changed by somebody else</caption><thead><tr><th scope=\"col\">Field</th>");
    html.raw("<th scope=\"col\">Wanted</th><th scope=\"col\">Found</th></tr></thead><tbody>");
    for Difference { field, wanted, found, change: _ } in differences {
        html.raw("<tr><th scope=\"row\">").leaf("code", "", field).raw("</th><td>");
        html.leaf("code", "wanted", &wanted.to_string()).raw("</td><td>");
        let found = found.as_ref().map_or_else(|| "nothing".to_owned(), Value::to_string);
        html.leaf("code", "found", &found).raw("</td></tr>");
    }
    html.raw("</tbody></table>");
}

/// What the vendors say, in their own words.
fn said(html: &mut Html, status: &EndpointStatus) {
    for Message { from, text, at: _ } in status.messages.iter().chain(&status.last_error) {
        html.raw("<blockquote><b>").text(from).raw("</b> ").text(text).raw("</blockquote>");
    }
}

fn facts(html: &mut Html, status: &EndpointStatus) {
    let address = status.host.as_ref().map(|host| address(host, status.port));
    html.raw("<dl>");
    fact(html, "reason", Some(status.reason));
    fact(html, "address", address.as_deref());
    // Those of a private link connection are in its chain.
    if status.thing == Thing::Endpoint {
        fact(html, status.vendor.link, status.link.as_deref());
        fact(html, "connection", status.connection.as_deref());
    }
    let companions = status.companions.join(", ");
    fact(html, "shared with", Some(&*companions).filter(|names| !names.is_empty()));
    for Message { from: _, text, at: _ } in &status.messages {
        fact(html, "message", Some(text));
    }
    fact(html, "last error", status.last_error.as_ref().map(|message| &*message.text));
    html.raw("</dl>");
}

fn fact(html: &mut Html, title: &str, value: Option<&str>) {
    if let Some(value) = value {
        html.raw("<div><dt>").text(title).raw("</dt><dd>");
        html.leaf("code", "", value).raw("</dd></div>");
    }
}

fn ahead(html: &mut Html, steps: &[PlannedStep]) {
    if steps.is_empty() {
        return;
    }
    html.raw("<h3>What happens next</h3><ol class=\"steps\">");
    for PlannedStep { kind, sentence, why, usually, .. } in steps {
        let (class, verb) = match kind {
            Kind::Do => ("do", ""),
            Kind::Wait => ("wait", "wait until "),
        };
        html.element("li", &[("class", class)], |html| {
            html.leaf("span", "sentence", &format!("{verb}{sentence}"));
            if let Some(why) = why {
                html.leaf("small", "soft", &format!("because {}", why.sentence));
            }
            if let Some(usually) = usually {
                html.leaf("small", "soft", &format!("usually {usually}"));
            }
        });
    }
    html.raw("</ol>");
}

fn ways(html: &mut Html, status: &EndpointStatus) {
    let name = segment(&status.name);
    html.raw("<p class=\"ways\">");
    Link::to(&format!("/api/v1/endpoints/{name}/why")).show(html, "Why (JSON)");
    Link::to(&format!("/api/v1/journal?name={name}")).show(html, "Its deeds (JSON)");
    let mut button = |post: String, done, title| {
        let attributes = [
            ("class", "act"),
            ("type", "button"),
            ("data-post", &*post),
            ("data-done", done),
            ("hidden", ""),
        ];
        html.element("button", &attributes, |html| {
            html.text(title);
        });
    };
    button(format!("/api/v1/poke?name={name}"), "Looking now", "Look now");
    if status.phase == Some(Phase::Failed) {
        button(format!("/api/v1/endpoints/{name}/retry"), "Trying again", "Try again");
    }
    html.raw("</p>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rungs_are_written_as_people_write() {
        assert_eq!(spaced("EndpointCreated"), "Endpoint created");
        assert_eq!(spaced("PrivateDns"), "Private DNS");
        assert_eq!(spaced("Active"), "Active");
    }
}
