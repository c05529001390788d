//! Answers as the vendor writes them, and what they mean for us.

use super::*;
use bytes::Bytes;
use cloud::Certainty;

fn answer(status: u16, body: &'static str) -> Response {
    http::Response::builder().status(status).body(Bytes::from(body)).unwrap()
}

fn error(status: u16, body: &'static str) -> Error {
    let scope = Scope { alias: "prod".into(), region: "ap-southeast-1".into() };
    let link = LinkId("ep-1".into());
    let rpc = Rpc::new(Product::PrivateLink, "DeleteVpcEndpoint");
    meaning(Call::of(&scope, &rpc, Some(&link)), &answer(status, body))
}

fn check(code: &str, is: fn(&Error) -> bool) {
    let body = format!(
        r#"{{"RequestId":"0ED8D006","HostId":"privatelink.aliyuncs.com","Code":"{code}","Message":"said so."}}"#
    );
    let error = error(400, body.leak());
    assert!(is(&error), "{code}: {error:?}");
}

#[test]
fn codes_by_their_meaning() {
    for code in ["Throttling", "Throttling.User", "Throttling.Api", "Rejected.Throttling"] {
        check(code, |error| matches!(error, Error::Throttled { retry_after: None, .. }));
    }
    for code in [
        "EndpointLocked",
        "ConcurrentCallNotSupported",
        "EndpointConnectionOperationDenied",
        "EndpointOperationDenied",
    ] {
        check(code, |error| {
            matches!(error, Error::Busy { .. })
                && error.passes()
                && error.certainty() == Certainty::NotDone
        });
    }
    for code in [
        "InvalidAccessKeyId.NotFound",
        "InvalidSecurityToken.Expired",
        "SignatureDoesNotMatch",
        "InvalidTimeStamp.Expired",
    ] {
        check(code, |error| matches!(error, Error::Credentials { .. }));
    }
    check("EndpointNotFound", |error| matches!(error, Error::NotFound { .. }));
    check("ServiceUnavailable", |error| matches!(error, Error::Unexpected { .. }));
    check("QuotaExceeded.Endpoint", |error| matches!(error, Error::Refused { .. }));
    check("SomethingNew", |error| matches!(error, Error::Refused { .. }));
}

#[test]
fn what_is_missing_for_a_denied_call_is_named() {
    let body = r#"{"RequestId":"A","Code":"Forbidden.RAM","Message":"User not authorized."}"#;
    let Error::Denied { action, .. } = error(403, body) else { panic!("not denied") };
    assert_eq!(action, "privatelink:DeleteVpcEndpoint");
    let body = r#"{"RequestId":"A","Code":"NoPermission","Message":"no.",
        "AccessDeniedDetail":{"AuthAction":"ram:CreateServiceLinkedRole"}}"#;
    let Error::Denied { action, .. } = error(403, body) else { panic!("not denied") };
    assert_eq!(action, "ram:CreateServiceLinkedRole");
}

#[test]
fn a_denial_names_the_policy_that_would_allow_it() {
    let body = |action: &str| {
        format!(
            r#"{{"Code":"NoPermission","Message":"no.","AccessDeniedDetail":{{"AuthAction":"{action}"}}}}"#
        )
    };
    for (action, policy) in [
        ("privatelink:DeleteVpcEndpoint", Some("alibaba.json")),
        ("vpc:DescribeVSwitches", Some("alibaba.json")),
        ("nlb:CreateLoadBalancer", Some("alibaba-connections.json")),
        ("quotas:ListProductQuotas", Some("alibaba-connections.json")),
        ("oss:GetObject", None),
    ] {
        let Error::Denied { message, .. } = error(403, body(action).leak()) else {
            panic!("not denied")
        };
        let expected = policy.map_or("no".to_owned(), |policy| {
            format!("no (the RAM policy in deploy/iam/{policy} allows it)")
        });
        assert_eq!(message, expected, "{action}");
    }
}

#[test]
fn a_pause_is_in_milliseconds_whatever_the_code() {
    let body = r#"{"RequestId":"A","Code":"Busy","Message":"slow down."}"#;
    let mut answer = answer(503, body);
    answer.headers_mut().insert("x-acs-retry-after", "1500".parse().unwrap());
    let scope = Scope { alias: "prod".into(), region: "eu-central-1".into() };
    let rpc = Rpc::new(Product::PrivateLink, "ListVpcEndpoints");
    let error = meaning(Call::of(&scope, &rpc, None), &answer);
    let Error::Throttled { retry_after, .. } = error else { panic!("{error:?}") };
    assert_eq!(retry_after, Some(Duration::from_millis(1_500)));
}

#[test]
fn what_is_no_answer_of_the_vendors() {
    let error = error(502, "<html>\n<body>Bad   Gateway</body></html>");
    let Error::Unexpected { status, body, .. } = &error else { panic!("{error:?}") };
    assert_eq!((*status, body.as_str()), (502, "<html> <body>Bad Gateway</body></html>"));
    assert_eq!(error.certainty(), Certainty::Unknown);
}

#[test]
fn our_own_request_is_not_repeated() {
    let body = r#"{"RequestId":"A","Code":"SignatureDoesNotMatch",
        "Message":"Specified signature does not match. server string to sign is:POST x-acs-security-token:secret"}"#;
    let text = error(400, body).to_string();
    assert!(text.contains("does not match") && !text.contains("secret"), "{text}");
}
