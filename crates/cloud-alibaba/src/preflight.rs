//! What Alibaba Cloud would refuse, or let fail in silence, found before anything is done.
//!
//! A pure judgement of facts; fetching them is `fetch`'s.

pub(crate) mod facts;
#[cfg(feature = "client")]
pub(crate) mod fetch;
mod placement;
mod security;

use crate::wanted::Wanted;
use crate::{Scope, VPC};
use cloud::{Ask, Error, Finding, Severity};
use facts::{Facts, ServiceFacts};
use planner::endpoint::ServiceName;

pub(crate) fn judge(scope: &Scope, asks: &[Ask], facts: &Facts) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    for ask in asks {
        let wanted = Wanted::of(&ask.settings)?;
        findings.extend(Case { scope, ask, wanted: &wanted, facts }.findings());
    }
    Ok(findings)
}

/// One endpoint to be judged.
pub(crate) struct Case<'a> {
    pub(crate) scope: &'a Scope,
    pub(crate) ask: &'a Ask,
    pub(crate) wanted: &'a Wanted<'a>,
    pub(crate) facts: &'a Facts,
}

/// A finding without its endpoint.
pub(crate) struct Remark {
    pub(crate) field: Option<&'static str>,
    pub(crate) severity: Severity,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) remedy: String,
}

impl Case<'_> {
    fn findings(&self) -> Vec<Finding> {
        if let Some(elsewhere) = self.region() {
            return vec![self.finding(elsewhere)];
        }
        let mut remarks: Vec<Remark> = self.service().into_iter().collect();
        remarks.extend(placement::judge(self));
        remarks.extend(security::judge(self));
        remarks.extend(self.neighbour());
        remarks.into_iter().map(|remark| self.finding(remark)).collect()
    }

    fn finding(&self, remark: Remark) -> Finding {
        let Remark { field, severity, code, message, remedy } = remark;
        Finding { endpoint: self.ask.name.clone(), field, severity, code, message, remedy }
    }

    /// The endpoint service, if Alibaba Cloud showed it to this account.
    pub(crate) fn service_facts(&self) -> Option<&ServiceFacts> {
        self.facts.services.get(&self.ask.service.as_ref()?.0)
    }

    fn region(&self) -> Option<Remark> {
        let (cluster, here) = (&self.ask.region, &self.scope.region);
        (cluster != here).then(|| Remark {
            field: None,
            severity: Severity::Error,
            code: "region-mismatch",
            message: format!("the cluster is in {cluster}, but this looks at {here}"),
            remedy: "TiDB Cloud does not support endpoints across regions: name an account and a VPC in the cluster's".into(),
        })
    }

    fn service(&self) -> Option<Remark> {
        let ServiceName(service) = self.ask.service.as_ref()?;
        self.service_facts().is_none().then(|| Remark {
            field: None,
            severity: Severity::Error,
            code: "service-not-visible",
            message: format!("{} does not show the endpoint service {service}", self.scope),
            remedy:
                "check that TiDB Cloud still publishes this service and lets this account use it"
                    .into(),
        })
    }

    /// Where nobody has claimed it, an endpoint that serves the same purpose.
    fn neighbour(&self) -> Option<Remark> {
        let ServiceName(service) = self.ask.service.as_ref()?;
        if self.ask.link.is_some() {
            return None;
        }
        let vpc = self.wanted.vpc;
        let id = self.facts.neighbours.get(&(vpc.to_owned(), service.clone()))?;
        Some(Remark {
            field: Some(VPC),
            severity: Severity::Warning,
            code: "endpoint-exists",
            message: format!("{vpc} has an endpoint of this service already: {id}"),
            remedy: "adopt it, so that one endpoint serves all clusters behind the service".into(),
        })
    }
}

#[cfg(test)]
mod tests;
