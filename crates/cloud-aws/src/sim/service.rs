//! The four services, and how each wraps its answers.
//!
//! How each says no is in `refusal.rs`.

use super::xml::Xml;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    Ec2,
    Elb,
    Rds,
    Sts,
}

impl Service {
    pub(super) const ALL: [Service; 4] = [Service::Ec2, Service::Elb, Service::Rds, Service::Sts];

    /// As the signature's scope and IAM's permissions spell it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Service::Ec2 => "ec2",
            Service::Elb => "elasticloadbalancing",
            Service::Rds => "rds",
            Service::Sts => "sts",
        }
    }

    pub(super) fn version(self) -> &'static str {
        match self {
            Service::Ec2 => "2016-11-15",
            Service::Elb => "2015-12-01",
            Service::Rds => "2014-10-31",
            Service::Sts => "2011-06-15",
        }
    }

    /// For a caller who does not say it in a signature.
    pub(super) fn of_version(version: Option<&str>) -> Service {
        let mut known = Service::ALL.into_iter();
        known.find(|known| version == Some(known.version())).unwrap_or(Service::Ec2)
    }

    pub(super) fn namespace(self) -> String {
        let version = self.version();
        match self {
            Service::Ec2 => format!("http://ec2.amazonaws.com/doc/{version}/"),
            Service::Elb => format!("http://elasticloadbalancing.amazonaws.com/doc/{version}/"),
            Service::Rds => format!("http://rds.amazonaws.com/doc/{version}/"),
            Service::Sts => format!("https://sts.amazonaws.com/doc/{version}/"),
        }
    }

    pub(super) fn envelope(self, action: &str, request_id: &str, answer: &Xml) -> String {
        let inner = match self {
            Service::Ec2 => Xml::new().text("requestId", request_id).and(answer),
            Service::Elb | Service::Rds | Service::Sts => {
                let metadata = Xml::new().text("RequestId", request_id);
                let result = Xml::new().child(&format!("{action}Result"), answer);
                result.child("ResponseMetadata", &metadata)
            }
        };
        inner.in_namespace(&format!("{action}Response"), &self.namespace())
    }
}
