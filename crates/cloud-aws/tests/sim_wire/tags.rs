//! `CreateTags`, `DeleteTags`, `DescribeTags`.

use crate::aws::{Aws, Reply};

async fn tag(aws: &Aws, action: &str, id: &str, tags: &[(&str, &str)]) -> Reply {
    aws.ec2(action, &[&[("ResourceId.1", id)], tags].concat()).await
}

async fn shown(aws: &Aws, id: &str) -> Vec<(String, String)> {
    let reply = aws.endpoint(id).await;
    let keys = reply.all("vpcEndpointSet/item/tagSet/item/key");
    let values = reply.all("vpcEndpointSet/item/tagSet/item/value");
    keys.into_iter().zip(values).collect()
}

#[tokio::test]
async fn tags_come_change_and_go() {
    let aws = Aws::documented();
    let id = aws.created().await;
    let tags = [
        ("Tag.1.Key", "team"),
        ("Tag.1.Value", "a \"quoted\" & <odd> 🐬"),
        ("Tag.2.Key", "stage"),
        ("Tag.2.Value", ""),
    ];
    assert_eq!(tag(&aws, "CreateTags", &id, &tags).await.one("return"), "true");
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(
        shown(&aws, &id).await,
        [pair("stage", ""), pair("team", "a \"quoted\" & <odd> 🐬")]
    );
    let other = [("Tag.1.Key", "team"), ("Tag.1.Value", "another")];
    tag(&aws, "DeleteTags", &id, &other).await;
    assert_eq!(shown(&aws, &id).await.len(), 2, "another value is another tag");
    tag(&aws, "DeleteTags", &id, &[("Tag.1.Key", "team")]).await;
    assert_eq!(shown(&aws, &id).await, [pair("stage", "")]);
    let listed = aws.ec2("DescribeTags", &[]).await;
    assert_eq!(listed.one("tagSet/item/resourceId"), id);
    assert_eq!(listed.one("tagSet/item/resourceType"), "vpc-endpoint");
    tag(&aws, "DeleteTags", &id, &[]).await;
    assert_eq!(shown(&aws, &id).await, []);
}

#[tokio::test]
async fn what_cannot_be_tagged() {
    let aws = Aws::documented();
    let one = [("Tag.1.Key", "team"), ("Tag.1.Value", "orders")];
    let missing = tag(&aws, "CreateTags", "vpce-00000000000000000", &one).await;
    assert_eq!(missing.code(), "InvalidVpcEndpointId.NotFound");
    assert_eq!(tag(&aws, "CreateTags", "orders", &one).await.code(), "InvalidID");
    let id = aws.created().await;
    let keys: Vec<(String, String)> =
        (1..=51).map(|number| (format!("Tag.{number}.Key"), format!("key-{number}"))).collect();
    let keys: Vec<_> = keys.iter().map(|(name, key)| (name.as_str(), key.as_str())).collect();
    assert_eq!(tag(&aws, "CreateTags", &id, &keys).await.code(), "TagLimitExceeded");
    assert_eq!(shown(&aws, &id).await, []);
}
