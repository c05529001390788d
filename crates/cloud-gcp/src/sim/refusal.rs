//! How the Compute API says no: a status, a reason, and the same words twice.

use axum::body::Bytes;
use axum::http::Response;
use serde_json::{Value, json};
use sim::Failure;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    status: u16,
    reason: &'static str,
    message: String,
}

impl Refusal {
    pub(super) fn new(status: u16, reason: &'static str, message: impl Into<String>) -> Refusal {
        Refusal { status, reason, message: message.into() }
    }

    pub(super) fn not_found(path: &str) -> Refusal {
        Refusal::new(404, "notFound", format!("The resource '{path}' was not found"))
    }

    pub(super) fn invalid(message: impl Into<String>) -> Refusal {
        Refusal::new(400, "invalid", message)
    }

    pub(super) fn unauthenticated() -> Refusal {
        let message = "Request had invalid authentication credentials. Expected OAuth 2 access token, \
                       login cookie or other valid authentication credential.";
        Refusal::new(401, "authError", message)
    }

    /// Nobody is named at all.
    pub(super) fn unsigned() -> Refusal {
        let message = "Request is missing required authentication credential. Expected OAuth 2 access token, \
                       login cookie or other valid authentication credential.";
        Refusal::new(401, "required", message)
    }

    pub(super) fn forbidden(project: &str) -> Refusal {
        let message = format!("Required permission for 'projects/{project}'");
        Refusal::new(403, "forbidden", message)
    }

    pub(super) fn render(&self) -> Response<Bytes> {
        let Refusal { status, reason, message } = self;
        let mut detail = json!({ "message": message, "domain": "global", "reason": reason });
        let header = match status {
            401 => Some("Authorization"),
            412 => Some("If-Match"),
            _ => None,
        };
        if let Some(header) = header {
            detail["location"] = json!(header);
            detail["locationType"] = json!("header");
        }
        let body = json!({ "error": { "code": status, "message": message, "errors": [detail] } });
        response(*status, body.to_string())
    }
}

impl From<sim::Refusal> for Refusal {
    fn from(refusal: sim::Refusal) -> Refusal {
        use sim::Refusal as No;
        let exists = |id: &str| {
            Refusal::new(409, "alreadyExists", format!("The resource '{id}' already exists"))
        };
        match refusal {
            No::NoNetwork(id) => Refusal::not_found(id.as_str()),
            No::NoSubnet(id) => Refusal::not_found(id.as_str()),
            No::NoService(id) => Refusal::not_found(id.as_str()),
            No::NoLink(id) => Refusal::not_found(id.as_str()),
            No::NoAddress(id) => Refusal::not_found(id.as_str()),
            No::NoSecurityGroup(id) => Refusal::not_found(id.as_str()),
            No::Exists(id) => exists(id.as_str()),
            No::AddressExists(id) => exists(id.as_str()),
            No::Busy(id) | No::NotAvailable(id) => {
                let message = format!("The resource '{}' is not ready", id.as_str());
                Refusal::new(400, "resourceNotReady", message)
            }
            No::AddressInUse(id) => {
                let message =
                    format!("The address resource '{}' is already being used", id.as_str());
                Refusal::new(400, "resourceInUseByAnotherResource", message)
            }
            No::LinkLimit(id) => {
                let message =
                    format!("Quota 'PSC_INTERNAL_LB_FORWARDING_RULES' exceeded in {}", id.as_str());
                Refusal::new(403, "quotaExceeded", message)
            }
            No::NoFreeAddress(id) => {
                Refusal::invalid(format!("IP space of '{}' is exhausted", id.as_str()))
            }
            No::Immutable { link, what } => {
                Refusal::invalid(format!("The {what} of '{}' cannot be changed", link.as_str()))
            }
            other @ (No::ZoneNotServed { .. }
            | No::TwoSubnetsInOneZone { .. }
            | No::PrivateDns(_)
            | No::TokenMismatch
            | No::TokenSpent
            | No::TagLimit(_)
            | No::BadPageToken
            | No::NoPlace) => Refusal::invalid(format!("Invalid value: {other:?}")),
        }
    }
}

/// A call that was not let in, as Google Cloud would say it.
pub(super) fn failure(failure: Failure) -> Response<Bytes> {
    let refusal = match failure {
        Failure::BadGateway => {
            let page = "<html><head><title>502 Bad Gateway</title></head></html>";
            return response(502, page.to_owned());
        }
        Failure::Unauthenticated => Refusal::unauthenticated(),
        Failure::Forbidden => Refusal::new(403, "forbidden", "Required 'compute' permission"),
        Failure::Throttled => Refusal::new(403, "rateLimitExceeded", "Rate Limit Exceeded"),
        Failure::NotFound => Refusal::not_found("projects/unknown"),
        Failure::Conflict => Refusal::new(412, "conditionNotMet", "Precondition check failed"),
        Failure::Internal => Refusal::new(500, "internalError", "Internal error"),
        Failure::Unavailable => Refusal::new(503, "backendError", "The service is unavailable"),
    };
    refusal.render()
}

pub(super) fn json(body: &Bytes) -> Result<Value, Refusal> {
    serde_json::from_slice(body).map_err(|_| Refusal::new(400, "parseError", "Parse Error"))
}

pub(super) fn response(status: u16, body: String) -> Response<Bytes> {
    let kind = if body.starts_with('<') { "text/html" } else { "application/json; charset=UTF-8" };
    let reply = Response::builder().status(status).header("content-type", kind);
    reply.body(Bytes::from(body)).expect("the parts are written above")
}
