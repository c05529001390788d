//! The regions that TiDB Cloud Dedicated names, with the names it shows to people. Not which of them has capacity.

use serde_json::{Value, json};

const REGIONS: [(&str, &str); 10] = [
    ("ap-northeast-1", "Tokyo"),
    ("ap-northeast-2", "Seoul"),
    ("ap-south-1", "Mumbai"),
    ("ap-southeast-1", "Singapore"),
    ("ap-southeast-3", "Jakarta"),
    ("eu-central-1", "Frankfurt"),
    ("sa-east-1", "São Paulo"),
    ("us-east-1", "N. Virginia"),
    ("us-east-2", "Ohio"),
    ("us-west-2", "Oregon"),
];

pub(super) const PROVIDER: &str = "aws";

/// `N. Virginia (us-east-1)`; a region nobody has named shows its code.
pub(super) fn display_name(code: &str) -> String {
    let named = REGIONS.iter().find(|region| region.0 == code);
    named.map_or_else(|| code.to_owned(), |(code, name)| format!("{name} ({code})"))
}

pub(super) fn all() -> Vec<Value> {
    REGIONS.iter().map(|(code, _)| region(code)).collect()
}

fn region(code: &str) -> Value {
    let id = format!("aws-{code}");
    json!({
        "name": format!("regions/{id}"),
        "regionId": id,
        "cloudProvider": "aws",
        "provider": "aws",
        "displayName": display_name(code),
    })
}
