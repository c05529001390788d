//! What a failed call means, by the vendor's code.
//!
//! The vendor's words survive only as text. A code that is not known here is taken for a refusal.

use crate::Scope;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_ec2::config::http::HttpResponse;
use aws_sdk_ec2::error::{ProvideErrorMetadata, SdkError};
use cloud::{Error, WireError, excerpt};
use planner::endpoint::LinkId;
use std::borrow::Cow;

/// The call that failed.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) scope: &'a Scope,
    /// As IAM spells it: `ec2:CreateVpcEndpoint`.
    pub(crate) action: &'static str,
    /// The endpoint that it is about, if it is about one that exists.
    pub(crate) link: Option<&'a LinkId>,
    /// The part on the way to a database, or the database, that it is about.
    pub(crate) part: Option<&'a str>,
}

pub(crate) fn meaning<E>(call: Call<'_>, error: &SdkError<E, HttpResponse>) -> Error
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    if let Some(error) = before_any_answer(call, error) {
        return error;
    }
    let who = call.who();
    match error {
        SdkError::ServiceError(said) => {
            let status = said.raw().status().as_u16();
            match said.err().code() {
                Some(code) => by_code(call, status, code, said.err().message().unwrap_or_default()),
                None => unexpected(who, said.raw()),
            }
        }
        SdkError::ResponseError(garbled) => unexpected(who, garbled.raw()),
        SdkError::ConstructionFailure(_) => {
            Error::Refused { code: "InvalidRequest".into(), message: story(error) }
        }
        SdkError::DispatchFailure(failure) if !failure.is_timeout() => {
            Error::NotSent { who, message: story(error) }
        }
        // The SDK may add kinds; whatever they are, the request may have arrived.
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | _ => {
            Error::Unreachable { who, message: story(error) }
        }
    }
}

/// The wire's own word, or that of whoever was to provide credentials, is somewhere in the chain of causes.
fn before_any_answer<E>(call: Call<'_>, error: &SdkError<E, HttpResponse>) -> Option<Error>
where
    E: std::error::Error + 'static,
{
    let who = call.who();
    let wire = cause::<WireError>(error);
    if let Some(sign_in) = cause::<CredentialsError>(error) {
        return Some(not_signed_in(call, sign_in, wire));
    }
    wire.map(|wire| wire.clone().met(who))
}

fn not_signed_in(call: Call<'_>, error: &CredentialsError, wire: Option<&WireError>) -> Error {
    let is_none = |cause: &(dyn std::error::Error + 'static)| {
        matches!(cause.downcast_ref(), Some(CredentialsError::CredentialsNotLoaded(_)))
    };
    let who = call.who();
    // Where nobody has any, that the instance's metadata cannot be reached only means that this is no instance.
    if causes(error).any(is_none) {
        let message = format!(
            "{who}: no credentials found; sign in, or name a profile for this account: {}",
            story(error)
        );
        return Error::Credentials { message };
    }
    match (wire, error) {
        (Some(wire), _) => Error::NotSent { who, message: format!("cannot sign in: {wire}") },
        (None, CredentialsError::ProviderTimedOut(_)) => {
            Error::NotSent { who, message: format!("cannot sign in: {}", story(error)) }
        }
        (None, _) => Error::Credentials { message: format!("{who}: {}", story(error)) },
    }
}

pub(crate) fn by_code(call: Call<'_>, status: u16, code: &str, message: &str) -> Error {
    let who = call.who();
    let text = cut(message);
    match code {
        "RequestLimitExceeded"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "SlowDown"
        | "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "EC2ThrottledException"
        | "TooManyRequestsException"
        | "BandwidthLimitExceeded"
        | "PriorRequestNotComplete" => Error::Throttled { who, retry_after: None },
        "UnauthorizedOperation" | "AccessDenied" | "AccessDeniedException" => {
            Error::Denied { action: missing_action(call, message), message: text }
        }
        "AuthFailure"
        | "Blocked"
        | "ExpiredToken"
        | "ExpiredTokenException"
        | "IncompleteSignature"
        | "InvalidAccessKeyId"
        | "InvalidClientTokenId"
        | "MissingAuthenticationToken"
        | "OptInRequired"
        | "PendingVerification"
        | "RequestExpired"
        | "SignatureDoesNotMatch"
        | "UnrecognizedClientException" => {
            Error::Credentials { message: format!("{who}: {code}: {text}") }
        }
        _ if call.link.is_none() && is_about_the_token(code, message) => {
            Error::TokenUsed { message: format!("{code}: {text}") }
        }
        "ConcurrentTagAccess"
        | "DependencyViolation"
        | "ExistingVpcEndpointConnections"
        | "IdempotentParameterMismatch"
        | "IncorrectState"
        | "ResourceInUse" => Error::Busy { message: format!("{code}: {text}") },
        _ => other(call, status, code, text),
    }
}

fn other(call: Call<'_>, status: u16, code: &str, text: String) -> Error {
    match call.link {
        _ if call.part.is_some() && is_part_missing(code) => {
            let what = format!("{} ({})", call.part.unwrap_or_default(), call.scope);
            Error::NotFound { what }
        }
        _ if status >= 500 => {
            Error::Unexpected { who: call.who(), status, body: format!("{code}: {text}") }
        }
        Some(link) if is_link_missing(code) => {
            Error::NotFound { what: format!("VPC endpoint {} ({})", link.0, call.scope) }
        }
        Some(_) | None => {
            let message = match hint(code, &text) {
                Some(hint) => format!("{text} ({hint})"),
                None => text,
            };
            Error::Refused { code: code.to_owned(), message }
        }
    }
}

/// AWS documents a code for another order under the same token, and none for a token whose endpoint is deleted: of that,
/// only the message speaks.
fn is_about_the_token(code: &str, message: &str) -> bool {
    match code {
        "IdempotentParameterMismatch" => true,
        "InvalidParameter" => message.to_ascii_lowercase().contains("client token"),
        _ => false,
    }
}

/// AWS spells it in two ways, and says something like it of endpoint services too.
pub(crate) fn is_link_missing(code: &str) -> bool {
    code.starts_with("InvalidVpcEndpoint")
        && !code.starts_with("InvalidVpcEndpointService")
        && code.ends_with(".NotFound")
}

/// Of a target group, a balancer, a listener, an endpoint service, an endpoint at one, or a database.
pub(crate) fn is_part_missing(code: &str) -> bool {
    const CODES: [&str; 4] =
        ["DBInstanceNotFound", "ListenerNotFound", "LoadBalancerNotFound", "TargetGroupNotFound"];
    CODES.contains(&code) || (code.starts_with("InvalidVpcEndpoint") && code.ends_with("NotFound"))
}

/// The action that AWS names is the permission to grant; it need not be the one that was called.
fn missing_action(call: Call<'_>, message: &str) -> String {
    let named = message.split_once("perform: ").map_or("", |(_, rest)| rest);
    let named = named.split_whitespace().next().unwrap_or_default();
    if named.contains(':') { named.to_owned() } else { call.action.to_owned() }
}

/// What to do about it, for refusals that are met often.
fn hint(code: &str, text: &str) -> Option<&'static str> {
    match code {
        _ if text.contains("does not support the availability zone") => {
            Some("list only subnets in zones that the endpoint service serves")
        }
        _ if text.contains("enableDnsSupport") || text.contains("enableDnsHostnames") => {
            Some("turn both DNS attributes of the VPC on, or write `privateDns: false`")
        }
        _ if text.contains("conflicting DNS domain") => {
            Some("another endpoint of the VPC has this private DNS name already")
        }
        _ if text.contains("does not provide a private DNS name") => {
            Some("write `privateDns: false`")
        }
        "DuplicateSubnetsInSameZone" => Some("list one subnet for each availability zone"),
        "InvalidServiceName" => {
            Some("TiDB Cloud no longer publishes this service, or not to this account and region")
        }
        "VpcEndpointLimitExceeded" => Some("ask AWS for a higher quota of interface endpoints"),
        "DuplicateListener" => {
            Some("another listener of the load balancer has this port; delete it, or the balancer")
        }
        "DuplicateLoadBalancerName" | "DuplicateTargetGroupName" => {
            Some("it was made with other settings, or by somebody else; delete it")
        }
        "TagLimitExceeded" => Some("an endpoint has at most 50 tags"),
        _ => None,
    }
}

fn unexpected(who: String, response: &HttpResponse) -> Error {
    let body = String::from_utf8_lossy(response.body().bytes().unwrap_or_default());
    Error::Unexpected { who, status: response.status().as_u16(), body: cut(&body) }
}

/// On one line, without what only AWS can decode, and short.
fn cut(text: &str) -> String {
    let text = text.split("Encoded authorization failure message").next().unwrap_or_default();
    excerpt(&without_our_request(text), &[])
}

/// A proxy that repeats what it was sent would have us print a session token.
fn without_our_request(text: &str) -> Cow<'_, str> {
    let lower = text.to_ascii_lowercase();
    let headers = ["x-amz-security-token", "authorization:"].iter();
    match headers.filter_map(|header| lower.find(header)).min() {
        Some(start) => format!("{}[our request repeated]", &text[..start]).into(),
        None => text.into(),
    }
}

fn cause<'a, Wanted: std::error::Error + 'static>(
    error: &'a (dyn std::error::Error + 'static),
) -> Option<&'a Wanted> {
    causes(error).find_map(|error| error.downcast_ref())
}

/// The SDK hides the cause in the chain.
fn story(error: &(dyn std::error::Error + 'static)) -> String {
    cut(&causes(error).map(ToString::to_string).collect::<Vec<_>>().join(": "))
}

fn causes<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| error.source())
}

impl Call<'_> {
    pub(crate) fn who(self) -> String {
        let service = self.action.split_once(':').map_or("", |(service, _)| service);
        let service = match service {
            "elasticloadbalancing" => "ELB".to_owned(),
            other => other.to_ascii_uppercase(),
        };
        format!("AWS {service} ({})", self.scope)
    }
}

#[cfg(test)]
mod tests;
