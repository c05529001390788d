//! Bad days: limits, and faults on order.

use crate::aws::{Aws, Reply, authorization};
use sim::{Failure, Fault, Plan, Twist, example};
use std::time::Duration;

#[tokio::test]
async fn four_creates_and_then_one_in_three_seconds() {
    let aws = Aws::documented();
    let mut through = 0;
    let refused = loop {
        let reply = aws.create(&[]).await;
        if reply.status != 200 {
            break reply;
        }
        through += 1;
    };
    assert_eq!(through, 4);
    let (status, code, message) = refused.error();
    assert_eq!((status, code.as_str()), (503, "RequestLimitExceeded"));
    assert_eq!(message, "Request limit exceeded.");
    // Other actions have their own buckets.
    assert_eq!(aws.ec2("DescribeVpcEndpoints", &[]).await.count("vpcEndpointSet/item"), 4);
    aws.sim.poke(Duration::from_millis(3_334));
    assert_eq!(aws.create(&[]).await.status, 200);
}

async fn befallen(fault: Fault) -> Result<Reply, String> {
    let aws = Aws::documented();
    aws.create(&[]).await;
    aws.sim.with(|world| world.faults = Plan::nth(2, fault));
    let scope = format!("{}/20260105/us-east-1/ec2/aws4_request", example::ACCESS_KEY);
    let body = "Action=DescribeVpcEndpoints&Version=2016-11-15".to_owned();
    aws.send(&authorization(&scope), body).await
}

#[tokio::test]
async fn failures_in_ec2s_words() {
    for (failure, status, code) in [
        (Failure::Unauthenticated, 401, "AuthFailure"),
        (Failure::Forbidden, 403, "UnauthorizedOperation"),
        (Failure::NotFound, 400, "InvalidVpcEndpointId.NotFound"),
        (Failure::Conflict, 400, "IncorrectState"),
        (Failure::Throttled, 503, "RequestLimitExceeded"),
        (Failure::Internal, 500, "InternalError"),
        (Failure::Unavailable, 503, "Unavailable"),
    ] {
        let (found, word, message) = befallen(Fault::Refuse(failure)).await.unwrap().error();
        assert_eq!((found, word.as_str()), (status, code), "{failure:?}");
        if failure == Failure::Forbidden {
            assert!(message.contains("ec2:DescribeVpcEndpoints"), "{message}");
        }
    }
    let gateway = befallen(Fault::Refuse(Failure::BadGateway)).await.unwrap();
    assert_eq!(gateway.status, 502);
    assert!(gateway.body.starts_with("<html>"), "{}", gateway.body);
}

#[tokio::test]
async fn answers_that_are_whole_and_wrong() {
    let twisted = |twist| async { befallen(Fault::Twist(twist)).await.unwrap() };
    assert_eq!(twisted(Twist::EmptyList).await.count("vpcEndpointSet/item"), 0);
    assert_eq!(twisted(Twist::DropPage).await.count("vpcEndpointSet/item"), 0);
    assert_eq!(twisted(Twist::DuplicateRow).await.count("vpcEndpointSet/item"), 2);
    assert_eq!(twisted(Twist::RepeatToken).await.count("nextToken"), 1);
    let odd = twisted(Twist::UnknownWord("dreaming".to_owned())).await;
    assert_eq!(odd.one("vpcEndpointSet/item/state"), "dreaming");
}

#[tokio::test]
async fn answers_that_do_not_arrive() {
    let half = befallen(Fault::Truncate).await.unwrap();
    assert!(half.body.starts_with("<?xml") && !half.body.contains("</Describe"), "{}", half.body);
    assert!(befallen(Fault::LostBefore).await.is_err());
    assert!(befallen(Fault::LostAfter).await.is_err());
}
