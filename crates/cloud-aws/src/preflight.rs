//! What AWS would refuse, or let fail in silence, found before anything is done.
//!
//! A pure judgement of facts; fetching them is `fetch`'s, and an endpoint that already exists is the survey's.

pub(crate) mod facts;
#[cfg(feature = "client")]
pub(crate) mod fetch;
mod placement;
mod security;

use crate::wanted::Wanted;
use crate::{PRIVATE_DNS, Scope, VPC};
use cloud::{Ask, Error, Finding, Severity};
use facts::{Facts, ServiceFacts};

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
        remarks.extend(self.private_dns());
        remarks.into_iter().map(|remark| self.finding(remark)).collect()
    }

    fn finding(&self, remark: Remark) -> Finding {
        let Remark { field, severity, code, message, remedy } = remark;
        Finding { endpoint: self.ask.name.clone(), field, severity, code, message, remedy }
    }

    /// The VPC endpoint service, if AWS showed it to this account.
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
            remedy: "a VPC endpoint and its cluster must be in the same region".into(),
        })
    }

    fn service(&self) -> Option<Remark> {
        let service = self.ask.service.as_ref()?;
        self.service_facts().is_none().then(|| Remark {
            field: None,
            severity: Severity::Error,
            code: "service-not-visible",
            message: format!("{} does not show the endpoint service {}", self.scope, service.0),
            remedy:
                "check that TiDB Cloud still publishes this service and lets this account use it"
                    .into(),
        })
    }

    fn private_dns(&self) -> Vec<Remark> {
        if !self.wanted.private_dns {
            return Vec::new();
        }
        let mut remarks = Vec::new();
        if self.service_facts().is_some_and(|service| !service.private_dns) {
            remarks.push(Remark {
                field: Some(PRIVATE_DNS),
                severity: Severity::Warning,
                code: "private-dns-not-offered",
                message: "the endpoint service offers no private DNS name".into(),
                remedy: "write `privateDns: false`, or ask TiDB Cloud support for the name".into(),
            });
        }
        remarks.extend(self.vpc_dns());
        remarks
    }

    fn vpc_dns(&self) -> Option<Remark> {
        let vpc = self.wanted.vpc;
        let Some(found) = self.facts.vpcs.get(vpc) else {
            return Some(Remark {
                field: Some(VPC),
                severity: Severity::Error,
                code: "vpc-not-found",
                message: format!("{vpc} does not exist in {}", self.scope),
                remedy: "check the id, and the account and region it belongs to".into(),
            });
        };
        let off: Vec<&str> =
            [("enableDnsSupport", found.dns_support), ("enableDnsHostnames", found.dns_hostnames)]
                .into_iter()
                .filter(|(_, is_on)| !is_on)
                .map(|(name, _)| name)
                .collect();
        (!off.is_empty()).then(|| Remark {
            field: Some(PRIVATE_DNS),
            severity: Severity::Error,
            code: "vpc-dns-disabled",
            message: format!("private DNS needs {}, which {vpc} has off", off.join(" and ")),
            remedy: format!(
                "turn it on (`aws ec2 modify-vpc-attribute --vpc-id {vpc} {}`), or write `privateDns: false`",
                if off[0] == "enableDnsSupport" { "--enable-dns-support" } else { "--enable-dns-hostnames" }
            ),
        })
    }
}

#[cfg(test)]
mod tests;
