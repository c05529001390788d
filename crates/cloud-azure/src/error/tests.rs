//! Every answer has one meaning.

use super::*;
use serde_json::json;

const CALL: Call<'_> =
    Call { action: "Microsoft.Network/privateEndpoints/write", what: "the endpoint" };

fn refusal(status: u16, body: &impl ToString) -> Error {
    let answer = http::Response::builder().status(status).header("retry-after", "17");
    refused(CALL, &answer.body(Bytes::from(body.to_string())).unwrap())
}

fn check(status: u16, code: &str, expected: &str) {
    let error = refusal(status, &json!({"error": {"code": code, "message": "so"}}));
    let word = format!("{error:?}");
    assert!(word.starts_with(expected), "{status} {code}: {word}");
}

#[test]
fn every_code_has_its_meaning() {
    check(401, "ExpiredAuthenticationToken", "Credentials");
    check(
        403,
        "AuthorizationFailed",
        "Denied { action: \"Microsoft.Network/privateEndpoints/write",
    );
    check(403, "LinkedAuthorizationFailed", "Denied");
    check(403, "RequestDisallowedByPolicy", "Refused { code: \"RequestDisallowedByPolicy\"");
    check(404, "ResourceNotFound", "NotFound { what: \"the endpoint\"");
    check(404, "ResourceGroupNotFound", "NotFound");
    check(404, "SubscriptionNotFound", "Credentials");
    check(404, "InvalidResourceType", "Refused");
    check(409, "AnotherOperationInProgress", "Busy");
    check(409, "ScopeLocked", "Refused { code: \"ScopeLocked\"");
    check(412, "PreconditionFailed", "Busy");
    check(400, "SubnetNotFound", "Refused { code: \"SubnetNotFound\"");
    check(429, "SubscriptionRequestsThrottled", "Throttled");
    check(429, "RetryableErrorDueToAnotherOperation", "Busy");
    check(500, "InternalServerError", "Unexpected");
    check(503, "ServiceUnavailable", "Unexpected { who: \"Azure\", status: 503");
}

#[test]
fn what_is_behind_an_error_counts_too() {
    let behind = json!({"code": "RetryableErrorDueToAnotherOperation", "message": "held by X"});
    let body =
        json!({"error": {"code": "RetryableError", "message": "again", "details": [behind]}});
    let Error::Busy { message } = refusal(429, &body) else { panic!() };
    assert_eq!(message, "RetryableErrorDueToAnotherOperation: again held by X");
    let none = json!({"error": {"code": "InvalidRequestFormat", "message": null, "details": null}});
    assert!(matches!(refusal(400, &none), Error::Refused { .. }));
}

#[test]
fn the_permission_that_azure_names_is_the_one_to_grant() {
    let join = "Microsoft.Network/virtualNetworks/subnets/join/action";
    let message =
        format!("does not have permission to perform action '{join}' on the linked scope");
    let body = json!({"error": {"code": "LinkedAuthorizationFailed", "message": message}});
    let Error::Denied { action, .. } = refusal(403, &body) else { panic!() };
    assert_eq!(action, join);
}

#[test]
fn an_unknown_shape_is_no_absence() {
    for status in [404, 400, 502] {
        for body in ["", "<html>", "{}", r#"{"error": "gone"}"#, r#"{"message": "no"}"#] {
            assert!(matches!(refusal(status, &body), Error::Unexpected { .. }), "{status} {body}");
        }
    }
    let seconds = Some(Duration::from_secs(17));
    assert_eq!(
        refusal(429, &"slow down"),
        Error::Throttled { who: WHO.into(), retry_after: seconds }
    );
}

#[test]
fn a_web_page_is_cut_and_says_no_token() {
    let page = format!("<html>\nBearer abc eyJhbGciOi {}", "x".repeat(1_000));
    let Error::Unexpected { status: 502, body, .. } = refusal(502, &page) else { panic!() };
    assert!(body.chars().count() <= 401 && !body.contains('\n'), "{body}");
    assert!(!body.contains("abc") && !body.contains("eyJ"), "{body}");
}
