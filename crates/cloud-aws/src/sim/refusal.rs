//! How AWS says no: a status, a code and a sentence, in the envelope of the service that was asked.
//!
//! When to refuse, the actions and the world decide.

use super::service::Service;
use super::xml::Xml;
use axum::body::Bytes;
use axum::http::{HeaderValue, Response, StatusCode, header};
use std::borrow::Cow;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) code: Cow<'static, str>,
    pub(super) message: String,
}

impl Refusal {
    pub(super) fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Refusal {
        Refusal { status, code: code.into(), message: message.into() }
    }

    /// The caller's mistake.
    pub(super) fn bad(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, code, message)
    }

    pub(super) fn missing(parameter: &str) -> Refusal {
        let message = format!("The request must contain the parameter {parameter}");
        Refusal::bad("MissingParameter", message)
    }

    pub(super) fn dry_run() -> Refusal {
        let message = "Request would have succeeded, but DryRun flag is set.";
        Refusal::new(StatusCode::PRECONDITION_FAILED, "DryRunOperation", message)
    }

    pub(super) fn render(&self, service: Service, request_id: &str) -> Response<Bytes> {
        let Refusal { status, code, message } = self;
        let error = Xml::new().text("Code", code).text("Message", message);
        let body = match service {
            Service::Ec2 => {
                let errors = Xml::new().child("Error", &error);
                Xml::new().child("Errors", &errors).text("RequestID", request_id).within("Response")
            }
            Service::Elb | Service::Rds | Service::Sts => {
                let blame = if status.is_server_error() { "Receiver" } else { "Sender" };
                let error = Xml::new().text("Type", blame).and(&error);
                let inner = Xml::new().child("Error", &error).text("RequestId", request_id);
                inner.in_namespace("ErrorResponse", &service.namespace())
            }
        };
        xml_response(*status, &body)
    }
}

pub(super) fn xml_response(status: StatusCode, body: &str) -> Response<Bytes> {
    let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}");
    response(status, "text/xml;charset=UTF-8", body)
}

pub(super) fn response(status: StatusCode, kind: &'static str, body: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
