//! Where Tidelock looks, how the last look went, and how many requests are left.

use super::show::{badge, time_ago, time_until};
use crate::report::status::{BudgetStatus, ScopeStatus, Status};
use crate::web::html::{Html, segment};

pub(super) fn places(html: &mut Html, status: &Status) {
    html.raw("<section class=\"card places\" id=\"places\"><header><h2>Where Tidelock looks</h2></header>");
    if status.scopes.is_empty() {
        html.leaf("p", "soft empty", "Nowhere yet: no manifest names a cluster or an account.");
    }
    html.raw("<ul>");
    for scope in &status.scopes {
        place(html, scope, status);
    }
    html.raw("</ul>");
    status.budgets.iter().for_each(|left| budget(html, left));
    html.raw("</section>");
}

fn place(html: &mut Html, scope: &ScopeStatus, status: &Status) {
    let ScopeStatus { name, kind: _, seen_at, error, next_look } = scope;
    let now = status.generated_at;
    let key = format!("s-{}", segment(name));
    html.element("li", &[("id", &*key)], |html| {
        match (seen_at, error) {
            (_, Some(_)) => badge(html, "failed", "failed", "Failed"),
            (Some(_), None) => badge(html, "active", "active", "Seen"),
            (None, None) => badge(html, "unknown", "unknown", "Not yet"),
        }
        html.raw("<div>").leaf("b", "", name).raw("<p class=\"soft\">");
        match seen_at {
            Some(at) => {
                html.raw("looked ");
                time_ago(html, *at, now);
            }
            None => {
                html.raw("never seen");
            }
        }
        if let Some(next) = next_look {
            html.raw(", again ");
            time_until(html, *next, now);
        }
        html.raw("</p>");
        if let Some(error) = error {
            html.leaf("p", "error sentence", error);
        }
        html.raw("</div>");
    });
}

fn budget(html: &mut Html, budget: &BudgetStatus) {
    let BudgetStatus { name, remaining, limit } = budget;
    let (left, most) = (remaining.to_string(), limit.to_string());
    let low = (limit / 5).to_string();
    html.raw("<div class=\"budget\" id=\"budget\"><p><b>")
        .text(name)
        .raw("</b> <span class=\"soft\">");
    html.text(&format!("{left} of {most} requests left in this minute")).raw("</span></p>");
    let attributes = [("min", "0"), ("max", &*most), ("low", &*low), ("value", &*left)];
    html.element("meter", &attributes, |html| {
        html.text(&format!("{left} of {most}"));
    });
    html.raw("</div>");
}
