//! The engine's view as a plan.

use super::{flow, forbidden, head, hold, location, vendor};
use crate::engine::{EndpointView, Standing, View, Worded};
use crate::provider::Unknown;
use crate::report::{
    self, Finding, Plan, PlanInput, PlannedEndpoint, plan_endpoint, unknown_endpoint,
};
use crate::sight::{Before, Blur};
use crate::wish::{Origin, ScopeId};
use cloud::{Error, Severity};

#[must_use]
pub fn plan(view: &View) -> Plan {
    let flows = view.flows.iter().map(flow::planned);
    let endpoints: Vec<PlannedEndpoint> = view.endpoints.iter().map(planned).chain(flows).collect();
    let found = view.flows.iter().flat_map(flow::findings);
    let failed = view.scopes.iter().filter_map(|scope| {
        let error = scope.error.as_ref()?.to_string();
        Some(report::Unknown { what: scope.id.to_string(), error })
    });
    Plan {
        digest: report::digest(&endpoints),
        findings: view.endpoints.iter().flat_map(findings).chain(found).collect(),
        holds: view.hold.iter().map(|held| hold(held, &view.digest)).collect(),
        unknown: failed.collect(),
        endpoints,
    }
}

fn planned(view: &EndpointView) -> PlannedEndpoint {
    let (head, vendor) = (head(view), vendor(view));
    let at = view.wish.origin.place.as_ref().map(location);
    let known = match &view.standing {
        Standing::Unseen => Err("not looked at yet".to_owned()),
        Standing::CouldNotLook { error, .. } => Err(error.to_string()),
        Standing::Blurred(blur) => Err(blur.to_string()),
        Standing::Decided(decision)
        | Standing::Held { decision, .. }
        | Standing::Blocked { decision, .. }
        | Standing::CouldNotAct { decision, .. } => Ok(decision),
    };
    let (decision, sight) = match (known, &view.sight) {
        (Ok(decision), Some(sight)) => (decision, sight),
        (Ok(_), None) => {
            let (name, account) = (&view.wish.name, &view.wish.account.alias);
            return unknown_endpoint(name, &head, vendor, account, at, "not looked at yet");
        }
        (Err(error), _) => {
            let (name, account) = (&view.wish.name, &view.wish.account.alias);
            return unknown_endpoint(name, &head, vendor, account, at, &error);
        }
    };
    let warnings = view.findings.iter().filter(|finding| finding.severity == Severity::Warning);
    let planned = plan_endpoint(&PlanInput {
        name: &view.wish.name,
        cluster: &head,
        vendor,
        account: &view.wish.account.alias,
        at,
        desired: view.wish.desired,
        observed: &sight.observed,
        decision,
        wanted: &view.wish.settings,
        found: sight.link.as_ref().map(|seen| &*seen.found),
        differences: &sight.differences,
        edited: view.edited,
        warnings: warnings.map(|finding| finding.message.clone()).collect(),
        companions: &view.companions,
    });
    forbidden(planned, &view.standing)
}

/// What was found about one endpoint, at the manifest's line that must change.
#[must_use]
pub fn findings(view: &EndpointView) -> Vec<Finding> {
    let origin = &view.wish.origin;
    let checked = view.findings.iter().map(|finding| {
        let field = finding.field.and_then(|field| origin.fields.get(field));
        Finding {
            at: field.or(origin.place.as_ref()).map(location),
            severity: finding.severity,
            code: finding.code.to_owned(),
            message: finding.message.clone(),
            remedy: finding.remedy.clone(),
            endpoint: Some(view.wish.name.clone()),
        }
    });
    wrong(&view.standing, &view.wish.name, origin).into_iter().chain(checked).collect()
}

/// What is wrong with an entry, at odds with what there is or with who we are.
pub(super) fn wrong<Decision: Worded>(
    standing: &Standing<Decision>,
    name: &str,
    origin: &Origin,
) -> Option<Finding> {
    let (field, said) = match standing {
        Standing::Blurred(blur) if blur.is_final() || matches!(blur, Blur::Setup { .. }) => {
            (field_of(blur), super::status::blurred(blur))
        }
        // Of everything else that is not there, the decision tells.
        Standing::CouldNotLook {
            scope: scope @ ScopeId::Outgoing(_),
            error: error @ Error::NotFound { .. },
        } => ("cluster.id", super::status::unseen(standing.word(), scope, error)),
        Standing::Blurred(_)
        | Standing::CouldNotLook { .. }
        | Standing::Unseen
        | Standing::Decided(_)
        | Standing::Held { .. }
        | Standing::Blocked { .. }
        | Standing::CouldNotAct { .. } => return None,
    };
    Some(Finding {
        at: origin.fields.get(field).or(origin.place.as_ref()).map(location),
        severity: Severity::Error,
        code: said.word.to_owned(),
        message: said.sentence,
        remedy: said.remedy.unwrap_or_default(),
        endpoint: Some(name.to_owned()),
    })
}

/// The manifest's key that is at odds with TiDB Cloud.
fn field_of(blur: &Blur) -> &'static str {
    match blur {
        Blur::Provider(Unknown::NoSuchGroup { .. }) => "cluster.nodeGroup",
        Blur::Provider(Unknown::NotAsked | Unknown::Failed(_))
        | Blur::Moved { before: Before::Cluster(_), .. }
        | Blur::UsersUnknown { .. }
        | Blur::Panicked => "cluster.id",
        Blur::RegionDiffers { .. } | Blur::Moved { before: Before::Region(_), .. } => {
            "cluster.region"
        }
        Blur::ProjectDiffers { .. } => "cluster.project",
        Blur::Setup { .. } | Blur::Moved { before: Before::Cloud(_) | Before::Account(_), .. } => {
            "account"
        }
    }
}
