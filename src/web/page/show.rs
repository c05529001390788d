//! Small pieces that every part of the page uses.

use crate::web::html::Html;
use crate::web::time::{ago, exact, span, until};
use planner::{Moment, Phase};

/// `1 endpoint`, `3 endpoints`
pub(super) fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

pub(super) struct Link<'a>(&'a str);

impl Link<'_> {
    pub(super) fn to(path: &str) -> Link<'_> {
        Link(path)
    }

    pub(super) fn show(self, html: &mut Html, title: &str) {
        html.element("a", &[("href", self.0)], |html| {
            html.text(title);
        });
    }
}

/// Shapes as well as colours, and words beside both.
pub(super) fn icon(html: &mut Html, name: &'static str) {
    html.raw("<svg class=\"icon\" aria-hidden=\"true\"><use href=\"#i-")
        .raw(name)
        .raw("\"/></svg>");
}

/// Its class, its icon and its title.
pub(super) fn phase_look(phase: Option<Phase>) -> (&'static str, &'static str) {
    match phase {
        Some(Phase::Pending) => ("pending", "Pending"),
        Some(Phase::Active) => ("active", "Active"),
        Some(Phase::Failed) => ("failed", "Failed"),
        Some(Phase::Deleting) => ("deleting", "Deleting"),
        None => ("unknown", "Unknown"),
    }
}

pub(super) fn badge(html: &mut Html, class: &'static str, picture: &'static str, text: &str) {
    html.raw("<span class=\"badge ").raw(class).raw("\">");
    icon(html, picture);
    html.text(text).raw("</span>");
}

pub(super) fn time_ago(html: &mut Html, at: Moment, now: Moment) {
    time(html, at, "ago", &ago(at, now));
}

pub(super) fn time_span(html: &mut Html, since: Moment, now: Moment) {
    time(html, since, "for", &span(now.seconds_since(since)));
}

pub(super) fn time_until(html: &mut Html, at: Moment, now: Moment) {
    time(html, at, "until", &until(at, now));
}

fn time(html: &mut Html, at: Moment, form: &str, text: &str) {
    let (exact, seconds) = (exact(at), at.0.to_string());
    let attributes =
        [("datetime", &*exact), ("title", &*exact), ("data-at", &*seconds), ("data-form", form)];
    html.element("time", &attributes, |html| {
        html.text(text);
    });
}

/// To be pasted into a shell.
pub(super) fn command(html: &mut Html, text: &str) {
    html.raw("<div class=\"command\">").leaf("code", "", text);
    html.element("button", &[("type", "button"), ("class", "copy"), ("data-copy", text)], |html| {
        html.raw("Copy");
    });
    html.raw("</div>");
}
