//! How Alibaba Cloud says no: a status, a code and a sentence, in JSON.
//!
//! When to refuse, the actions and the world decide.

use super::json_response;
use axum::body::Bytes;
use axum::http::{HeaderValue, Response, StatusCode};
use serde_json::json;
use std::borrow::Cow;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    status: StatusCode,
    pub(super) code: Cow<'static, str>,
    message: String,
    /// Milliseconds to keep still.
    pause: Option<u32>,
}

impl Refusal {
    pub(super) fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Refusal {
        Refusal { status, code: code.into(), message: message.into(), pause: None }
    }

    /// The caller's mistake.
    pub(super) fn bad(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, code, message)
    }

    pub(super) fn missing(parameter: &str) -> Refusal {
        let message = format!("{parameter} is mandatory for this action.");
        Refusal::bad(format!("Missing{parameter}"), message)
    }

    pub(super) fn invalid(parameter: &str) -> Refusal {
        let message = format!("The specified {parameter} is invalid.");
        Refusal::bad(format!("InvalidParameter.{parameter}"), message)
    }

    pub(super) fn not_found(code: &'static str, message: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::NOT_FOUND, code, message)
    }

    /// All is well with a dry run.
    pub(super) fn dry_run() -> Refusal {
        Refusal::bad("DryRunOperation", "Request validation has been passed with DryRun flag set.")
    }

    pub(super) fn pausing(self, milliseconds: u32) -> Refusal {
        Refusal { pause: Some(milliseconds), ..self }
    }

    pub(super) fn render(&self, request_id: &str) -> Response<Bytes> {
        let Refusal { status, code, message, pause } = self;
        let body = json!({
            "RequestId": request_id,
            "HostId": "privatelink.aliyuncs.com",
            "Code": code,
            "Message": message,
            "Recommend": format!("https://api.aliyun.com/troubleshoot?q={code}"),
        });
        let mut response = json_response(*status, &body);
        if let Some(pause) = pause {
            response.headers_mut().insert("x-acs-retry-after", HeaderValue::from(*pause));
        }
        response
    }
}
