//! Who is let in, and what is no call.

use crate::door::{Door, signed};
use sim::example::alibaba as example;

const LIST: &str = "ListVpcEndpoints";

#[tokio::test]
async fn a_request_that_is_signed_is_let_in_once() {
    let door = Door::documented();
    let knock = door.knock(LIST, &[("VpcId", "a b+c~*é")]);
    assert_eq!(door.send(&knock).await.unwrap().status, 200);
    let again = door.send(&knock).await.unwrap();
    assert_eq!(again.refusal(), (400, "SignatureNonceUsed"));
}

#[tokio::test]
async fn a_request_that_was_spoilt_is_not() {
    let door = Door::documented();
    let sound = || door.knock(LIST, &[("VpcId", "vpc-1")]);
    let mut other_secret = sound();
    other_secret.secret = "wrong".into();
    let request = signed(&other_secret, example::ACCESS_KEY);
    assert_eq!(door.deliver(request).await.unwrap().refusal(), (400, "SignatureDoesNotMatch"));

    let request = signed(&sound(), "LTAInobody");
    assert_eq!(
        door.deliver(request).await.unwrap().refusal(),
        (404, "InvalidAccessKeyId.NotFound")
    );

    // Changed after it was signed.
    let mut request = signed(&sound(), example::ACCESS_KEY);
    *request.uri_mut() = request.uri().to_string().replace("vpc-1", "vpc-2").parse().unwrap();
    assert_eq!(door.deliver(request).await.unwrap().refusal(), (400, "SignatureDoesNotMatch"));
    let mut request = signed(&sound(), example::ACCESS_KEY);
    *request.body_mut() = "VpcId=vpc-2".into();
    assert_eq!(door.deliver(request).await.unwrap().refusal(), (400, "InvalidContentSha256"));
    let mut request = signed(&sound(), example::ACCESS_KEY);
    request.headers_mut().insert("x-acs-extra", "unsigned".parse().unwrap());
    assert_eq!(door.deliver(request).await.unwrap().refusal(), (400, "IncompleteSignature"));

    let mut dated = sound();
    let date = dated.headers.iter_mut().find(|(name, _)| name == "x-acs-date");
    date.unwrap().1 = "yesterday".into();
    assert_eq!(door.send(&dated).await.unwrap().refusal(), (400, "InvalidTimeStamp.Format"));

    let mut request = signed(&sound(), example::ACCESS_KEY);
    request.headers_mut().remove("authorization");
    assert_eq!(door.deliver(request).await.unwrap().refusal(), (400, "IncompleteSignature"));
}

#[tokio::test]
async fn a_session_ends_by_the_callers_calendar() {
    let door = Door::documented();
    let arn = format!("acs:ram::{}:role/x", example::ACCOUNT);
    let reply = door.call("AssumeRole", &[("RoleArn", &arn), ("RoleSessionName", "s")]).await;
    let given = &reply.body["Credentials"];
    let text = |name: &str| given[name].as_str().unwrap().to_owned();
    assert_eq!(text("Expiration"), "2026-11-21T08:00:00Z");
    for (date, token, expected) in [
        ("2026-11-21T07:59:59Z", text("SecurityToken"), None),
        ("2026-11-21T07:59:59Z", "another".into(), Some("InvalidSecurityToken.Malformed")),
        ("2026-11-21T08:00:00Z", text("SecurityToken"), Some("InvalidSecurityToken.Expired")),
    ] {
        let mut knock = door.knock(LIST, &[]);
        knock.secret = text("AccessKeySecret");
        knock.headers.push(("x-acs-security-token".into(), token));
        knock.headers.iter_mut().find(|(name, _)| name == "x-acs-date").unwrap().1 = date.into();
        let reply = door.deliver(signed(&knock, &text("AccessKeyId"))).await.unwrap();
        assert_eq!(reply.body["Code"].as_str(), expected, "{date}");
    }
}

#[tokio::test]
async fn what_is_no_call() {
    let door = Door::documented();
    assert_eq!(door.call("ListEverything", &[]).await.refusal(), (404, "InvalidAction.NotFound"));
    assert_eq!(
        door.call(LIST, &[("Colour", "blue")]).await.refusal(),
        (400, "InvalidParameter.Colour")
    );
    let reply = door.call("GetVpcEndpointAttribute", &[]).await;
    assert_eq!(reply.refusal(), (400, "MissingEndpointId"));
    let reply = door.call(LIST, &[("MaxResults", "1001")]).await;
    assert_eq!(reply.refusal(), (400, "InvalidParameter.MaxResults"));
    let reply = door.call(LIST, &[("NextToken", "made up")]).await;
    assert_eq!(reply.refusal(), (400, "InvalidNextToken"));
}

#[tokio::test]
async fn who_is_calling() {
    let door = Door::documented();
    let reply = door.call("GetCallerIdentity", &[]).await;
    assert_eq!(reply.body["AccountId"], example::ACCOUNT);
}
