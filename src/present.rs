//! From what the engine shows to what people and machines read: plan, status, why.
//!
//! The engine knows decisions, the reports know words; this is the only place that knows both.

mod flow;
mod plan;
mod status;

pub use flow::{heading as flow_heading, phase as flow_phase, rungs as flow_rungs};
pub use plan::{findings, plan};
pub use status::{endpoint, rungs, status, why};

use crate::clouds;
use crate::engine::{EndpointView, Standing, Worded};
use crate::guard::Hold;
use crate::report::{self, ClusterHead, Location, PlannedEndpoint, Reason, Topic, Vendor};
use crate::wish::Place;
use planner::Phase;
use planner::endpoint::{Decision, Problem, decide, phase as phase_of};

fn head(view: &EndpointView) -> ClusterHead {
    let wish = &view.wish;
    let name = &wish.origin.cluster_name;
    let region = &wish.origin.region;
    ClusterHead {
        name: if name.is_empty() { wish.cluster.cluster.clone() } else { name.clone() },
        id: wish.cluster.cluster.clone(),
        tier: wish.cluster.tier.clone(),
        region: match (&**region, &*wish.account.region) {
            ("", "") => wish.account.cloud.into(),
            ("", region) => format!("{}-{region}", wish.account.cloud),
            (region, _) => region.into(),
        },
    }
}

fn vendor(view: &EndpointView) -> Vendor {
    clouds::vendor(view.wish.account.cloud)
}

/// What a line about one endpoint is about, for `apply`'s progress.
#[must_use]
pub fn heading(view: &EndpointView) -> (Vendor, ClusterHead) {
    (vendor(view), head(view))
}

fn topic(head: &ClusterHead, vendor: Vendor) -> Topic<'_> {
    Topic { vendor, cluster: head }
}

fn location(place: &Place) -> Location {
    let Place { file, line, column } = place;
    Location { file: file.to_string(), line: *line, column: *column }
}

fn hold(hold: &Hold, digest: &str) -> report::Hold {
    report::Hold {
        word: hold.word(),
        message: hold.to_string(),
        remedy: hold.remedy().replace("DIGEST", digest.get(..12).unwrap_or(digest)),
    }
}

/// As the standing says it, which alone knows what the pre-flight found.
fn forbidden<Decision: Worded>(
    planned: PlannedEndpoint,
    standing: &Standing<Decision>,
) -> PlannedEndpoint {
    let Standing::Blocked { findings, .. } = standing else { return planned };
    let (sentence, remedy) = told(findings);
    report::forbidden_endpoint(planned, Reason { word: standing.word(), sentence }, remedy)
}

/// What was found, and what to do about it.
fn told(findings: &[cloud::Finding]) -> (String, String) {
    let texts: Vec<&str> = findings.iter().map(|finding| &*finding.message).collect();
    let mut remedies: Vec<&str> = Vec::new();
    for finding in findings {
        // Several mistakes of one kind are mended in one way.
        if !remedies.contains(&&*finding.remedy) {
            remedies.push(&finding.remedy);
        }
    }
    (texts.join("; "), remedies.join("; "))
}

/// The phase of one endpoint; nothing, where it could never be looked at.
///
/// What a guard or a policy holds back keeps the phase that the clouds show.
#[must_use]
pub fn phase(view: &EndpointView) -> Option<Phase> {
    let as_it_stands = || {
        let sight = view.sight.as_ref()?;
        let wanted = view.wish.as_if_wanted();
        phase_of(wanted, &decide(wanted, &sight.observed))
    };
    match &view.standing {
        Standing::Decided(Decision::Stuck(Problem::Protected)) | Standing::Held { .. } => {
            as_it_stands()
        }
        Standing::Blocked { .. } => Some(Phase::Failed),
        Standing::Blurred(blur) if blur.is_final() => Some(Phase::Failed),
        Standing::Decided(_)
        | Standing::CouldNotAct { .. }
        | Standing::CouldNotLook { .. }
        | Standing::Blurred(_)
        | Standing::Unseen => phase_of(view.wish.desired, view.decided.as_ref()?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_remedy_is_told_once() {
        let finding = |message: &str, remedy: &str| cloud::Finding {
            endpoint: "orders-apps".into(),
            field: None,
            severity: cloud::Severity::Error,
            code: "subnet-not-found",
            message: message.into(),
            remedy: remedy.into(),
        };
        let found = [finding("a", "check"), finding("b", "check"), finding("c", "ask")];
        assert_eq!(told(&found), ("a; b; c".into(), "check; ask".into()));
    }
}
