//! What is no call at all: without a signature, of nobody, of no action.

use crate::aws::{Aws, authorization};
use sim::example;

const DESCRIBE: &str = "Action=DescribeVpcEndpoints&Version=2016-11-15";

async fn check(authorization: &str, body: &str, status: u16, code: &str) {
    let aws = Aws::documented();
    let reply = aws.send(authorization, body.to_owned()).await.unwrap();
    let (found, word, message) = reply.error();
    assert_eq!((found, word.as_str()), (status, code), "{authorization} {body}: {message}");
    assert_eq!(aws.sim.with(|world| world.log.calls()), 0, "it is no call");
}

fn scope(service: &str) -> String {
    authorization(&format!("{}/20260105/us-east-1/{service}/aws4_request", example::ACCESS_KEY))
}

#[tokio::test]
async fn a_signature_must_be_there_and_have_its_form() {
    check("Bearer token", DESCRIBE, 400, "IncompleteSignature").await;
    check("AWS4-HMAC-SHA256 Credential=a", DESCRIBE, 400, "IncompleteSignature").await;
    check(&authorization("AKIA/us-east-1/ec2"), DESCRIBE, 400, "IncompleteSignature").await;
    check(&scope("s3"), DESCRIBE, 403, "SignatureDoesNotMatch").await;
}

#[tokio::test]
async fn an_action_must_be_one() {
    check(&scope("ec2"), "Action=DescribeVolumes&Version=2016-11-15", 400, "InvalidAction").await;
    check(&scope("ec2"), "Action=DescribeVpcs&Version=2010-01-01", 400, "InvalidAction").await;
    check(&scope("ec2"), "Version=2016-11-15", 400, "MissingAction").await;
    let twice = "Action=DescribeVpcs&Version=2016-11-15&VpcId.1=a&VpcId.1=b";
    check(&scope("ec2"), twice, 400, "InvalidParameterCombination").await;
}

#[tokio::test]
async fn a_key_stands_for_an_account() {
    let aws = Aws::documented();
    aws.sim.with(|world| {
        world.add_access_key("AKIAOTHER", "999999999999");
        world.add_access_key("AKIANOBODY", "");
    });
    let identity = "Action=GetCallerIdentity&Version=2011-06-15";
    for (key, account) in [("AKIAOTHER", "999999999999"), ("AKIAANYBODY", example::ACCOUNT)] {
        let scope = authorization(&format!("{key}/20260105/us-east-1/sts/aws4_request"));
        let reply = aws.send(&scope, identity.to_owned()).await.unwrap();
        assert_eq!(reply.one("GetCallerIdentityResult/Account"), account);
    }
    let nobody = authorization("AKIANOBODY/20260105/us-east-1/ec2/aws4_request");
    let refused = aws.send(&nobody, DESCRIBE.to_owned()).await.unwrap();
    assert_eq!((refused.status, refused.code().as_str()), (401, "AuthFailure"));
    let nobody = authorization("AKIANOBODY/20260105/us-east-1/sts/aws4_request");
    let refused = aws.send(&nobody, identity.to_owned()).await.unwrap();
    assert_eq!((refused.status, refused.one("Error/Code").as_str()), (403, "InvalidClientTokenId"));
}

#[tokio::test]
async fn an_account_sees_only_its_own() {
    let aws = Aws::documented();
    let id = aws.created().await;
    aws.sim.with(|world| world.add_access_key("AKIAOTHER", "999999999999"));
    for scope in ["AKIAOTHER/20260105/us-east-1", "AKIAANYBODY/20260105/eu-west-1"] {
        let other = authorization(&format!("{scope}/ec2/aws4_request"));
        let reply = aws.send(&other, DESCRIBE.to_owned()).await.unwrap();
        assert_eq!((reply.status, reply.count("vpcEndpointSet/item")), (200, 0));
        let named = format!("{DESCRIBE}&VpcEndpointId.1={id}");
        let reply = aws.send(&other, named).await.unwrap();
        assert_eq!(reply.code(), "InvalidVpcEndpointId.NotFound");
    }
}
