//! The one sentence that says it all, the same in every format. It holds no text from outside.

use super::block::count;
use super::model::{Action, Plan};

#[must_use]
pub fn summary(plan: &Plan) -> String {
    let parts: Vec<String> =
        Action::ALL.into_iter().filter_map(|action| part(plan, action)).collect();
    let unchanged = plan.count(Action::Unchanged);
    let drifted = plan.endpoints.iter().filter(|endpoint| !endpoint.drift.is_empty()).count();
    match (plan.has_changes(), plan.endpoints.len()) {
        (true, _) => format!("Plan: {}.", parts.join(", ")),
        (false, 0) => {
            "No changes. The manifests name no endpoint, and none is left over.".to_owned()
        }
        (false, all) if all == unchanged && drifted > 0 => {
            let verb = if drifted == 1 { "differs" } else { "differ" };
            format!(
                "No changes to make: {all} unchanged; {drifted} {verb} from the manifests, which `drift: report` leaves so."
            )
        }
        (false, all) if all == unchanged => {
            format!(
                "No changes. What exists is what the manifests say: {}.",
                count(all, "endpoint")
            )
        }
        (false, _) => format!("No changes to make: {}.", parts.join(", ")),
    }
}

fn part(plan: &Plan, action: Action) -> Option<String> {
    let count = plan.count(action);
    let words = match action {
        Action::Create => "to create",
        Action::Adopt => "to adopt",
        Action::Update => "to update",
        Action::Replace => "to REPLACE",
        Action::Delete => "to delete",
        Action::Release => "to release",
        Action::Finish => "to finish",
        Action::Blocked => "blocked",
        Action::Unknown => "unknown",
        Action::Unchanged => "unchanged",
    };
    (count > 0).then(|| format!("{count} {words}"))
}
