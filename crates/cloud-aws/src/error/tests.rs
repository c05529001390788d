//! One row for each code that is treated apart.

use super::*;
use cloud::Certainty;

fn judged(link: Option<&LinkId>, status: u16, code: &str, message: &str) -> Error {
    let scope = Scope { alias: "prod".into(), region: "us-east-1".into() };
    by_code(
        Call { scope: &scope, action: "ec2:CreateVpcEndpoint", link, part: None },
        status,
        code,
        message,
    )
}

fn kind(error: &Error) -> &'static str {
    match error {
        Error::NotFound { .. } => "not found",
        Error::Throttled { .. } => "throttled",
        Error::Denied { .. } => "denied",
        Error::Credentials { .. } => "credentials",
        Error::Refused { .. } => "refused",
        Error::Busy { .. } => "busy",
        Error::TokenUsed { .. } => "token used",
        Error::NotSent { .. } => "not sent",
        Error::Unreachable { .. } => "unreachable",
        Error::Unexpected { .. } => "unexpected",
        Error::Incomplete { .. } => "incomplete",
        Error::ReadOnly { .. } => "read only",
        Error::Setup { .. } => "setup",
    }
}

#[test]
fn every_code_has_one_meaning() {
    let link = LinkId("vpce-1".into());
    let table = [
        (503, "RequestLimitExceeded", "throttled"),
        (400, "Throttling", "throttled"),
        (403, "UnauthorizedOperation", "denied"),
        (403, "AccessDenied", "denied"),
        (401, "AuthFailure", "credentials"),
        (400, "ExpiredToken", "credentials"),
        (400, "RequestExpired", "credentials"),
        (403, "InvalidClientTokenId", "credentials"),
        (400, "InvalidVpcEndpointId.NotFound", "not found"),
        (400, "InvalidVpcEndpoint.NotFound", "not found"),
        (400, "InvalidVpcEndpointService.NotFound", "refused"),
        (400, "InvalidSubnetID.NotFound", "refused"),
        (400, "IncorrectState", "busy"),
        (400, "ConcurrentTagAccess", "busy"),
        (400, "DependencyViolation", "busy"),
        (400, "IdempotentParameterMismatch", "busy"),
        (400, "VpcEndpointLimitExceeded", "refused"),
        (400, "InvalidParameter", "refused"),
        (400, "SomethingNew", "refused"),
        (500, "InternalError", "unexpected"),
        (503, "Unavailable", "unexpected"),
        (500, "SomethingNew", "unexpected"),
    ];
    for (status, code, expected) in table {
        let error = judged(Some(&link), status, code, "said AWS");
        assert_eq!(kind(&error), expected, "{code}");
        let is_certain = error.certainty() == Certainty::NotDone;
        assert_eq!(is_certain, status < 500 || expected == "throttled", "{code}");
    }
}

#[test]
fn what_is_missing_is_no_endpoint_when_none_was_named() {
    let error = judged(None, 400, "InvalidVpcEndpointId.NotFound", "");
    assert_eq!(kind(&error), "refused");
}

#[test]
fn a_denial_names_the_permission_to_grant() {
    let plain = judged(None, 403, "UnauthorizedOperation", "You are not authorized.");
    let Error::Denied { action, .. } = plain else { panic!("{plain:?}") };
    assert_eq!(action, "ec2:CreateVpcEndpoint");

    let message = "You are not authorized to perform this operation. User: arn:aws:iam::1:user/a is not \
                   authorized to perform: ec2:CreateTags on resource: arn:aws:ec2:x because no policy \
                   allows it. Encoded authorization failure message: c2VjcmV0";
    let error = judged(None, 403, "UnauthorizedOperation", message);
    let Error::Denied { action, message } = error else { panic!("{error:?}") };
    assert_eq!(action, "ec2:CreateTags");
    assert!(!message.contains("c2VjcmV0"), "{message}");
}

#[test]
fn a_refusal_says_what_to_do() {
    let message = "The VPC endpoint service com.amazonaws.vpce.us-east-1.vpce-svc-1 does not support the \
                   availability zone of the subnet: subnet-0a1";
    let text = judged(None, 400, "InvalidParameter", message).to_string();
    assert!(text.contains("subnet-0a1") && text.contains("zones that the endpoint service serves"));
}

#[test]
fn a_long_message_is_cut_and_stays_on_one_line() {
    let message = "a\n b ".repeat(1_000);
    let text = judged(None, 400, "InvalidParameter", &message).to_string();
    assert!(text.chars().count() < 450 && !text.contains('\n'), "{text}");
}

#[test]
fn a_token_that_was_used_leaves_a_doubt_and_passes() {
    let gone = "The client token you have provided is associated with a resource that is deleted.";
    for (code, message) in [("IdempotentParameterMismatch", "said AWS"), ("InvalidParameter", gone)]
    {
        let error = judged(None, 400, code, message);
        assert_eq!(kind(&error), "token used", "{code}");
        assert!(error.passes() && error.certainty() == Certainty::Unknown, "{code}");
    }
}
