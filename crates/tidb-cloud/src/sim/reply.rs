//! What leaves the gateway: JSON bodies, gRPC's Status as errors, and the pages that proxies put in between.

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use bytes::Bytes;
use serde_json::{Value, json};
use sim::TidbRefusal;

/// Numbers of the gateway, from the vendor's samples. Those of the backend are gRPC's.
pub(super) const KEY_UNKNOWN: i32 = 49_900_001;
pub(super) const KEY_EXHAUSTED: i32 = 49_900_007;
pub(super) const INVALID_ARGUMENT: i32 = 3;
pub(super) const NOT_FOUND: i32 = 5;
pub(super) const ALREADY_EXISTS: i32 = 6;
pub(super) const PERMISSION_DENIED: i32 = 7;
pub(super) const FAILED_PRECONDITION: i32 = 9;
pub(super) const UNIMPLEMENTED: i32 = 12;
pub(super) const INTERNAL: i32 = 13;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const HTML: HeaderValue = HeaderValue::from_static("text/html");

#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) kind: HeaderValue,
    pub(super) body: Body,
}

/// Written out only for who reads bytes.
#[derive(Clone, Debug)]
pub(super) enum Body {
    Json(Value),
    Text(String),
}

impl Reply {
    pub(super) fn ok(value: Value) -> Reply {
        Reply { status: StatusCode::OK, kind: JSON, body: Body::Json(value) }
    }

    pub(super) fn error(status: StatusCode, code: i32, message: &str) -> Reply {
        let body = json!({"code": code, "message": message, "details": []});
        Reply { status, kind: JSON, body: Body::Json(body) }
    }

    pub(super) fn invalid(message: &str) -> Reply {
        Reply::error(StatusCode::BAD_REQUEST, INVALID_ARGUMENT, message)
    }

    pub(super) fn not_found(message: &str) -> Reply {
        Reply::error(StatusCode::NOT_FOUND, NOT_FOUND, message)
    }

    pub(super) fn denied(message: &str) -> Reply {
        Reply::error(StatusCode::FORBIDDEN, PERMISSION_DENIED, message)
    }

    /// The key's role does not reach there.
    pub(super) fn forbidden() -> Reply {
        Reply::denied("the API key does not have permission to access the resource")
    }

    /// The vendor's own words, as documented.
    pub(super) fn exhausted(limit: u32) -> Reply {
        let message = format!(
            "The request exceeded the limit of {limit} times per apikey per minute. For more quota, please contact \
             us: https://support.pingcap.com/hc/en-us/requests/new?ticket_form_id=7800003722519"
        );
        Reply::error(StatusCode::TOO_MANY_REQUESTS, KEY_EXHAUSTED, &message)
    }

    pub(super) fn conflict(message: &str) -> Reply {
        Reply::error(StatusCode::CONFLICT, ALREADY_EXISTS, message)
    }

    /// Kong speaks when it finds no backend: JSON, but no Status.
    pub(super) fn kong_unavailable() -> Reply {
        let body = json!({"message": "failure to get a peer from the ring-balancer"});
        Reply { status: StatusCode::SERVICE_UNAVAILABLE, kind: JSON, body: Body::Json(body) }
    }

    /// A proxy speaks, not the API: no JSON at all.
    pub(super) fn page(status: StatusCode) -> Reply {
        let title = status.to_string();
        let body = format!(
            "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n\
             <hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
        );
        Reply { status, kind: HTML, body: Body::Text(body) }
    }

    /// Every state is a word that no document has.
    #[must_use]
    pub(super) fn respelled(mut self, word: &str) -> Reply {
        if let Body::Json(value) = &mut self.body {
            respell(value, word);
        }
        self
    }

    pub(super) fn into_response(self) -> Response<Bytes> {
        let body = match self.body {
            Body::Json(value) => value.to_string(),
            Body::Text(text) => text,
        };
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = self.status;
        response.headers_mut().insert(CONTENT_TYPE, self.kind);
        response
    }
}

/// The world's no, in the vendor's bytes. Which status a missing or doubled thing has is declared nowhere.
pub(super) fn refused(refusal: TidbRefusal) -> Reply {
    match refusal {
        TidbRefusal::NoProject(id) => Reply::not_found(&format!("project {id} not found")),
        TidbRefusal::NoCluster(id) => Reply::not_found(&format!("cluster {id} not found")),
        TidbRefusal::NoNodeGroup(id) => {
            Reply::not_found(&format!("tidb node group {id} not found"))
        }
        TidbRefusal::NoConnection(id) => {
            Reply::not_found(&format!("private endpoint connection {id} not found"))
        }
        TidbRefusal::ServiceNotReady => Reply::not_found("private link service not found"),
        TidbRefusal::Duplicate(id) => {
            Reply::conflict(&format!("private endpoint connection for {id} already exists"))
        }
        TidbRefusal::DuplicateInvalid(id) => {
            Reply::invalid(&format!("private endpoint connection for {id} already exists"))
        }
        TidbRefusal::EndpointIdMissing => Reply::invalid("endpointId is required"),
        TidbRefusal::BadPageToken => Reply::invalid("invalid page token"),
        TidbRefusal::Unverified(message) => Reply::invalid(&message),
        TidbRefusal::NotOffered => Reply::invalid("private endpoint connections are not offered"),
    }
}

const STATES: [&str; 3] = ["state", "endpointState", "privateLinkServiceState"];

fn respell(value: &mut Value, word: &str) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                if STATES.contains(&name.as_str()) {
                    *field = word.into();
                } else {
                    respell(field, word);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| respell(item, word)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
