//! The endpoints by cluster: where something is wrong first.

use super::endpoint;
use super::filter::Filter;
use super::show::{badge, phase_look};
use crate::engine::{EndpointView, FlowView, Standing};
use crate::report::ClusterHead;
use crate::report::status::EndpointStatus;
use crate::web::html::{Html, segment};
use crate::web::snapshot::Snapshot;
use planner::{Actor, Phase};
use std::collections::BTreeMap;

/// A page with more rows helps nobody; the filter finds the others.
const ROWS_MAX: usize = 1_000;

/// What is shown of one endpoint, and what it was derived from.
pub(super) struct Row<'a> {
    pub(super) status: &'a EndpointStatus,
    pub(super) whose: Whose<'a>,
    /// What a person can do is said once, above, for all that are held back.
    pub(super) is_held: bool,
}

#[derive(Clone, Copy)]
pub(super) enum Whose<'a> {
    Endpoint(&'a EndpointView),
    Flow(&'a FlowView),
}

impl Whose<'_> {
    fn is_held(self) -> bool {
        match self {
            Whose::Endpoint(view) => matches!(view.standing, Standing::Held { .. }),
            Whose::Flow(view) => matches!(view.standing, Standing::Held { .. }),
        }
    }
}

pub(super) fn groups(html: &mut Html, snapshot: &Snapshot, filter: &Filter) {
    let endpoints = snapshot.view.endpoints.iter().map(Whose::Endpoint);
    let all = endpoints.chain(snapshot.view.flows.iter().map(Whose::Flow));
    // The status was made of the same views, in the same order.
    let rows = snapshot.status.endpoints.iter().zip(all);
    let rows = rows.map(|(status, whose)| Row { status, whose, is_held: whose.is_held() });
    let mut rows: Vec<Row> = rows.filter(|row| filter.matches(row.status)).collect();
    rows.sort_by_key(|row| (rank(row.status), &row.status.name));
    let found = rows.len();
    rows.truncate(ROWS_MAX);
    html.raw("<div id=\"groups\">");
    if found == 0 {
        nothing(html, filter);
    }
    let mut clusters: BTreeMap<&ClusterHead, Vec<Row>> = BTreeMap::new();
    for row in rows {
        clusters.entry(&row.status.cluster).or_default().push(row);
    }
    let mut clusters: Vec<_> = clusters.into_iter().collect();
    clusters.sort_by_key(|(_, rows)| rows.first().map(|row| rank(row.status)));
    for (head, rows) in clusters {
        cluster(html, head, &rows, snapshot);
    }
    if found > ROWS_MAX {
        let text = format!("{ROWS_MAX} of {found} endpoints are shown; filter to see the others.");
        html.leaf("p", "soft cut", &text);
    }
    html.raw("</div>");
}

/// The lower, the more it deserves a look.
fn rank(endpoint: &EndpointStatus) -> u8 {
    match (endpoint.who, endpoint.phase) {
        (_, Some(Phase::Failed)) => 0,
        (Some(Actor::You), _) => 1,
        (_, None) => 2,
        (_, Some(Phase::Pending | Phase::Deleting)) => 3,
        (_, Some(Phase::Active)) if !endpoint.drift.is_empty() => 4,
        (_, Some(Phase::Active)) => 5,
    }
}

fn nothing(html: &mut Html, filter: &Filter) {
    html.raw("<section class=\"card empty\">");
    if filter.is_empty() {
        html.raw("<h2>No endpoints</h2><p>Add one to a manifest, and it appears here:</p><pre>");
        html.text(EXAMPLE).raw("</pre>");
    } else {
        html.raw("<h2>No endpoint is like that</h2><p><a href=\"/\">Show all</a></p>");
    }
    html.raw("</section>");
}

const EXAMPLE: &str = include_str!("../../../examples/01-smallest.yaml");

fn cluster(html: &mut Html, head: &ClusterHead, rows: &[Row<'_>], snapshot: &Snapshot) {
    let ClusterHead { name, id, tier, region } = head;
    let key = format!("c-{}", segment(&format!("{name}.{id}")));
    html.element("section", &[("class", "card cluster"), ("id", &*key)], |html| {
        html.raw("<header><h2>").text(name).raw("</h2><p class=\"soft\">");
        html.text(&format!("{tier} · {region} · ")).leaf("code", "", id).raw("</p>");
        tallies(html, rows);
        html.raw("</header>");
        html.raw("<table role=\"table\"><thead role=\"rowgroup\"><tr role=\"row\">");
        for title in ["Endpoint", "Phase", "How it stands", "Since", "Next look"] {
            html.element("th", &[("role", "columnheader"), ("scope", "col")], |html| {
                html.text(title);
            });
        }
        html.raw("</tr></thead>");
        for row in rows {
            endpoint::endpoint(html, row, snapshot.view.at);
        }
        html.raw("</table>");
    });
}

/// As they are told, the worst first.
const PHASES: [Option<Phase>; 5] =
    [Some(Phase::Failed), None, Some(Phase::Pending), Some(Phase::Deleting), Some(Phase::Active)];

/// How many of its endpoints are in which phase, for those who scan.
fn tallies(html: &mut Html, rows: &[Row<'_>]) {
    let counts = PHASES.map(|phase| {
        let number_of = rows.iter().filter(|row| row.status.phase == phase).count();
        (phase_look(phase), number_of)
    });
    let counts = counts.into_iter().filter(|(_, number_of)| *number_of > 0);
    html.raw("<p class=\"tallies\">");
    for ((class, title), number_of) in counts {
        badge(html, class, class, &format!("{number_of} {title}"));
    }
    html.raw("</p>");
}
