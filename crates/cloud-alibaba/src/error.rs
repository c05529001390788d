//! What a failed call means, by the vendor's code.
//!
//! The vendor's words survive only as text. A code that is not known here is taken for a refusal.

use crate::rpc::{Product, Rpc};
use crate::{Scope, iam};
use cloud::{Error, Response, WireError, excerpt};
use planner::endpoint::LinkId;
use serde::Deserialize;
use std::borrow::Cow;
use std::time::Duration;

/// The call that failed.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) scope: &'a Scope,
    pub(crate) product: Product,
    pub(crate) action: &'a str,
    /// The endpoint that it is about, if it is about one that exists.
    pub(crate) link: Option<&'a LinkId>,
    /// The part on the way out that it is about.
    pub(crate) part: Option<&'a str>,
}

/// The code with which a dry run says that all is well.
pub(crate) const DRY_RUN: &str = "DryRunOperation";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Said {
    code: String,
    #[serde(default)]
    message: String,
    access_denied_detail: Option<AccessDenied>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AccessDenied {
    auth_action: Option<String>,
}

pub(crate) fn meaning(call: Call<'_>, answer: &Response) -> Error {
    let status = answer.status().as_u16();
    let Ok(said) = serde_json::from_slice::<Said>(answer.body()) else {
        let body = cut(&String::from_utf8_lossy(answer.body()));
        return Error::Unexpected { who: call.who(), status, body };
    };
    // Milliseconds, by the vendor's own SDK; whatever the code, the header means that it was too much.
    let pause = answer.headers().get("x-acs-retry-after").and_then(|value| value.to_str().ok());
    let pause = pause.and_then(|millis| millis.parse().ok()).filter(|millis| *millis > 0);
    if let Some(millis) = pause {
        let retry_after = Some(Duration::from_millis(millis));
        return Error::Throttled { who: call.who(), retry_after };
    }
    by_code(call, status, &said)
}

/// The wire's own word: no answer came.
pub(crate) fn from_wire(call: Call<'_>, error: WireError) -> Error {
    error.met(call.who())
}

fn by_code(call: Call<'_>, status: u16, said: &Said) -> Error {
    let Said { code, message, access_denied_detail } = said;
    let (who, text) = (call.who(), cut(message));
    let code = code.as_str();
    match code {
        _ if code.contains("Throttling") || code.starts_with("TooManyRequests") => {
            Error::Throttled { who, retry_after: None }
        }
        "Forbidden.RAM"
        | "NoPermission"
        | "Forbidden"
        | "UnauthorizedOperation"
        | "Forbidden.NoPermission"
        | "ImplicitDeny"
        | "ExplicitDeny" => {
            let named = access_denied_detail.as_ref().and_then(|detail| detail.auth_action.clone());
            denied(named.unwrap_or_else(|| call.permission()), &text)
        }
        _ if is_about_the_key(code) => {
            Error::Credentials { message: format!("{who}: {code}: {text}") }
        }
        _ if is_about_the_token(code) && call.link.is_none() => {
            Error::TokenUsed { message: format!("{code}: {text}") }
        }
        _ if is_busy(code) => Error::Busy { message: format!("{code}: {text}") },
        _ if status >= 500 || code == "ServiceUnavailable" || code == "InternalError" => {
            Error::Unexpected { who, status, body: format!("{code}: {text}") }
        }
        "EndpointNotFound" => match call.link {
            Some(link) => Error::NotFound { what: format!("endpoint {} ({})", link.0, call.scope) },
            None => Error::Refused { code: code.to_owned(), message: text },
        },
        _ if is_part_missing(code) && call.part.is_some() => {
            let part = call.part.unwrap_or_default();
            Error::NotFound { what: format!("{part} ({})", call.scope) }
        }
        _ => Error::Refused { code: code.to_owned(), message: advised(code, text) },
    }
}

/// With the policy to attach, where it is one that we ask for.
fn denied(action: String, text: &str) -> Error {
    let text = text.trim_end_matches('.');
    let message = match iam::policy(&action) {
        Some(policy) => format!("{text} (the RAM policy in deploy/iam/{policy} allows it)"),
        None => text.to_owned(),
    };
    Error::Denied { action, message }
}

/// Who signs is not who is expected, or not any more.
fn is_about_the_key(code: &str) -> bool {
    let starts = [
        "InvalidAccessKeyId",
        "InvalidAccessKeySecret",
        "InvalidSecurityToken",
        "InvalidTimeStamp",
        "IncompleteSignature",
        "MissingSecurityToken",
        "SignatureDoesNotMatch",
        "InvalidSignature",
        "MissingAccessKeyId",
        "AuthenticationFail",
    ];
    starts.iter().any(|start| code.starts_with(start))
}

fn is_about_the_token(code: &str) -> bool {
    let codes = [
        "IdempotentParameterMismatch",
        "IdempotenceParamNotMatch",
        "IdempotenceParamMismatch",
        "IdempotenceSignatureMismatch",
        "InvalidClientToken",
    ];
    codes.contains(&code)
}

/// Something is worked on, or stands on it still: the same call may do later.
fn is_busy(code: &str) -> bool {
    let codes = [
        "IdempotentParameterMismatch",
        "IdempotenceParamNotMatch",
        "EndpointLocked",
        "ConcurrentCallNotSupported",
        "EndpointConnectionOperationDenied",
        "EndpointOperationDenied",
        "EndpointServiceLocked",
        "EndpointServiceOperationDenied",
        "EndpointServiceConnectionDependence",
        "EndpointServiceDependenceViolation",
        "DeleteFailedDueToEndpointExist",
        "IdempotentProcessing",
        "IdempotenceProcessing",
        "SignatureNonceUsed",
        "SystemBusy",
        "Conflict.Lock",
        "ConflictLock",
        "OperationConflict",
    ];
    let starts =
        ["IncorrectStatus", "ResourceInConfiguring", "ResourceInUse", "DependencyViolation"];
    codes.contains(&code) || starts.iter().any(|start| code.starts_with(start))
}

/// Of parts on the way out, and of databases.
fn is_part_missing(code: &str) -> bool {
    let codes = [
        "EndpointServiceNotFound",
        "EndpointConnectionNotFound",
        "InvalidDBInstanceId.NotFound",
        "InvalidDBInstanceName.NotFound",
        "InvalidDBInstance.NotFound",
    ];
    codes.contains(&code) || code.starts_with("ResourceNotFound")
}

fn advised(code: &str, text: String) -> String {
    let hint = match code {
        "EndpointServiceNotFound" => {
            "TiDB Cloud no longer publishes this service, or not to this account and region"
        }
        _ if code.starts_with("QuotaExceeded") => "ask Alibaba Cloud for a higher quota",
        _ if code.contains("NotOpen") || code.contains("NotActivated") => {
            "open PrivateLink once for the account: `aliyun privatelink OpenPrivateLinkService`"
        }
        _ => return text,
    };
    format!("{text} ({hint})")
}

/// On one line, and short.
pub(crate) fn cut(text: &str) -> String {
    excerpt(&without_our_request(text), &[])
}

/// Alibaba Cloud repeats the string to sign when a signature is wrong, and a proxy may repeat a session's token.
fn without_our_request(text: &str) -> Cow<'_, str> {
    let lower = text.to_ascii_lowercase();
    let ours = ["x-acs-security-token", "authorization:", "server string to sign"].iter();
    match ours.filter_map(|part| lower.find(part)).min() {
        Some(start) => format!("{}[our request repeated]", &text[..start]).into(),
        None => text.into(),
    }
}

impl<'a> Call<'a> {
    pub(crate) fn of(scope: &'a Scope, rpc: &Rpc, link: Option<&'a LinkId>) -> Call<'a> {
        Call { scope, product: rpc.product, action: rpc.action, link, part: None }
    }

    pub(crate) fn who(self) -> String {
        format!("Alibaba Cloud {} ({})", self.product.title(), self.scope)
    }

    fn permission(self) -> String {
        format!("{}:{}", self.product.word(), self.action)
    }

    pub(crate) fn incomplete(self, message: impl Into<String>) -> Error {
        Error::Incomplete { who: self.who(), message: message.into() }
    }
}

#[cfg(test)]
mod tests;
