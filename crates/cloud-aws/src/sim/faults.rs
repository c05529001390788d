//! A call that was not let in, as AWS would say it.
//!
//! Which calls those are, the world's fault plan and limits decide.

use super::call::Call;
use super::refusal::{Refusal, response};
use super::service::Service;
use axum::body::Bytes;
use axum::http::{HeaderMap, Response, StatusCode};
use sim::Failure;

pub(super) fn render(
    failure: Failure,
    call: &Call,
    headers: &HeaderMap,
    request_id: &str,
) -> Response<Bytes> {
    let service = call.service;
    let refusal = match failure {
        Failure::BadGateway => return bad_gateway(),
        Failure::Unauthenticated if headers.contains_key("x-amz-security-token") => {
            expired(service)
        }
        Failure::Unauthenticated => unknown_key(service),
        Failure::Forbidden => forbidden(call),
        Failure::Throttled => throttled(service),
        Failure::NotFound => missing(service),
        Failure::Conflict if service != Service::Ec2 => {
            Refusal::bad("ResourceInUse", "A specified resource is in use")
        }
        Failure::Conflict => Refusal::bad(
            "IncorrectState",
            "The resource is not in a state that allows this operation",
        ),
        Failure::Internal => Refusal::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalError",
            "An internal error has occurred",
        ),
        Failure::Unavailable => Refusal::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "Unavailable",
            "The server is overloaded and can't handle the request.",
        ),
    };
    refusal.render(service, request_id)
}

fn missing(service: Service) -> Refusal {
    match service {
        Service::Ec2 | Service::Sts => {
            Refusal::bad("InvalidVpcEndpointId.NotFound", "The Vpc Endpoint Id does not exist")
        }
        Service::Elb => Refusal::bad("TargetGroupNotFound", "One or more target groups not found"),
        Service::Rds => {
            Refusal::new(StatusCode::NOT_FOUND, "DBInstanceNotFound", "DBInstance not found.")
        }
    }
}

pub(super) fn unknown_key(service: Service) -> Refusal {
    match service {
        Service::Ec2 => Refusal::new(
            StatusCode::UNAUTHORIZED,
            "AuthFailure",
            "AWS was not able to validate the provided access credentials",
        ),
        Service::Elb | Service::Rds | Service::Sts => Refusal::new(
            StatusCode::FORBIDDEN,
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
        ),
    }
}

fn throttled(service: Service) -> Refusal {
    match service {
        Service::Ec2 => Refusal::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "RequestLimitExceeded",
            "Request limit exceeded.",
        ),
        Service::Elb | Service::Rds | Service::Sts => Refusal::bad("Throttling", "Rate exceeded"),
    }
}

fn expired(service: Service) -> Refusal {
    match service {
        Service::Ec2 => Refusal::bad("RequestExpired", "Request has expired."),
        Service::Elb | Service::Rds | Service::Sts => Refusal::new(
            StatusCode::FORBIDDEN,
            "ExpiredToken",
            "The security token included in the request is expired",
        ),
    }
}

fn forbidden(call: &Call) -> Refusal {
    let (user, action, service) = (call.user(), call.action, call.service);
    let permission = format!("{}:{action}", service.word());
    let why = format!(
        "User: {user} is not authorized to perform: {permission} because no identity-based policy \
         allows the {permission} action"
    );
    match service {
        Service::Ec2 => Refusal::new(
            StatusCode::FORBIDDEN,
            "UnauthorizedOperation",
            format!("You are not authorized to perform this operation. {why}"),
        ),
        Service::Elb | Service::Rds | Service::Sts => {
            Refusal::new(StatusCode::FORBIDDEN, "AccessDenied", why)
        }
    }
}

/// From some gateway on the way, which has never heard of XML.
fn bad_gateway() -> Response<Bytes> {
    let page = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
        <center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n";
    response(StatusCode::BAD_GATEWAY, "text/html", page.to_owned())
}
