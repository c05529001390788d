//! What would keep TiDB Cloud from a database, found before anything is built.
//!
//! A pure judgement of facts; fetching them is `fetch`'s. What is built already, the survey sees.

mod database;
pub(crate) mod facts;
#[cfg(feature = "client")]
pub(crate) mod fetch;
mod placement;
pub(super) mod range;

use super::wanted::Wanted;
use crate::outlet::service_parts;
use crate::preflight::Remark;
use crate::{ACCOUNT, SERVICE, Scope};
use cloud::{Error, Exposed, Exposure, ExposureAsk, Finding, Severity};
use facts::{Facts, Quota};
use planner::dataflow::Block;

pub(crate) fn judge(
    scope: &Scope,
    asks: &[ExposureAsk],
    facts: &Facts,
) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    for ask in asks {
        let remarks = match elsewhere(scope, ask) {
            Some(elsewhere) => vec![elsewhere],
            None => match &ask.exposed {
                Exposed::Service(name) => service(scope, ask, &name.0, facts),
                Exposed::Database(exposure) => {
                    let wanted = Wanted::of(&exposure.settings)?;
                    Case { scope, ask, exposure, wanted: &wanted, facts }.remarks()
                }
            },
        };
        findings.extend(remarks.into_iter().map(|remark| finding(ask, remark)));
    }
    Ok(findings)
}

fn finding(ask: &ExposureAsk, remark: Remark) -> Finding {
    let Remark { field, severity, code, message, remedy } = remark;
    Finding { endpoint: ask.name.clone(), field, severity, code, message, remedy }
}

/// One database to be judged.
pub(crate) struct Case<'a> {
    pub(crate) scope: &'a Scope,
    pub(crate) ask: &'a ExposureAsk,
    pub(crate) exposure: &'a Exposure,
    pub(crate) wanted: &'a Wanted<'a>,
    pub(crate) facts: &'a Facts,
}

impl Case<'_> {
    fn remarks(&self) -> Vec<Remark> {
        let mut remarks = placement::judge(self);
        remarks.extend(quotas(self));
        remarks.extend(database::judge(self));
        remarks
    }

    /// TiDB Cloud's zones, for people.
    pub(crate) fn zones(&self) -> String {
        zones(self.ask)
    }
}

fn zones(ask: &ExposureAsk) -> String {
    ask.zones.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

fn error(field: &'static str, code: &'static str, message: String, remedy: String) -> Remark {
    Remark { field: Some(field), severity: Severity::Error, code, message, remedy }
}

fn warning(field: &'static str, code: &'static str, message: String, remedy: String) -> Remark {
    Remark { severity: Severity::Warning, ..error(field, code, message, remedy) }
}

/// What the account has no room for. Of endpoint services no API tells how many there may be.
fn quotas(case: &Case<'_>) -> Vec<Remark> {
    let full = |(block, quota): (&Block, &Quota)| {
        let is_full = case.ask.missing.contains(block) && quota.used >= quota.max;
        let (what, code) = match block {
            Block::TargetGroup => ("target groups", "target-group-quota"),
            Block::LoadBalancer => ("network load balancers", "load-balancer-quota"),
            Block::Listener | Block::Service => return None,
        };
        is_full.then(|| {
            let Quota { used, max } = quota;
            let message = format!("{} has {used} {what} of the {max} that it may have", case.scope);
            let remedy = format!("delete {what} that nobody needs, or ask AWS for a higher quota");
            error(ACCOUNT, code, message, remedy)
        })
    };
    case.facts.quotas.iter().filter_map(full).collect()
}

fn elsewhere(scope: &Scope, ask: &ExposureAsk) -> Option<Remark> {
    let (cluster, here) = (&ask.region, &scope.region);
    (cluster != here).then(|| Remark {
        field: None,
        severity: Severity::Error,
        code: "region-mismatch",
        message: format!("the cluster is in {cluster}, but this looks at {here}"),
        remedy: "to connect to a cross-region RDS instance, contact TiDB Cloud Support".into(),
    })
}

fn service(scope: &Scope, ask: &ExposureAsk, name: &str, facts: &Facts) -> Vec<Remark> {
    let region = service_parts(name).map_or("", |(region, _)| region);
    if region != scope.region {
        let message = format!("{name} is in {region}, but the cluster is in {}", ask.region);
        let remedy = "to reach a service in another region, contact TiDB Cloud Support".to_owned();
        return vec![error(SERVICE, "region-mismatch", message, remedy)];
    }
    let Some(found) = facts.services.get(name) else {
        let message = format!("{name} does not exist in {scope}");
        let remedy = "check the name, and the account that the endpoint service belongs to";
        return vec![error(SERVICE, "service-not-found", message, remedy.into())];
    };
    let mut remarks = Vec::new();
    if !ask.zones.is_empty() && found.zones.is_disjoint(&ask.zones) {
        let served: Vec<&str> = found.zones.iter().map(String::as_str).collect();
        let message = format!(
            "{name} serves {}, and none of TiDB Cloud's zones: {}",
            served.join(", "),
            zones(ask)
        );
        let remedy = "put its load balancer in one of these zones too".to_owned();
        remarks.push(error(SERVICE, "zone-not-served", message, remedy));
    }
    if !found.word.eq_ignore_ascii_case("available") {
        let message = format!("{name} is {}", found.word);
        let remedy = "nothing can be connected with it until it is available".to_owned();
        remarks.push(warning(SERVICE, "service-not-available", message, remedy));
    }
    remarks
}

#[cfg(test)]
mod tests;
