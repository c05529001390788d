//! The clouds that TiDB Cloud runs in: the regions it names, with the names it shows to people, and what its answers
//! say on one cloud only. Not which of the regions has capacity.

use serde_json::{Value, json};
use sim::{Cluster, Connection, Vendor};

const REGIONS: [(&str, &str, &str); 18] = [
    ("aws", "ap-northeast-1", "Tokyo"),
    ("aws", "ap-northeast-2", "Seoul"),
    ("aws", "ap-south-1", "Mumbai"),
    ("aws", "ap-southeast-1", "Singapore"),
    ("aws", "ap-southeast-3", "Jakarta"),
    ("aws", "eu-central-1", "Frankfurt"),
    ("aws", "sa-east-1", "São Paulo"),
    ("aws", "us-east-1", "N. Virginia"),
    ("aws", "us-east-2", "Ohio"),
    ("aws", "us-west-2", "Oregon"),
    ("azure", "eastus2", "Virginia"),
    ("azure", "japaneast", "Tokyo"),
    ("azure", "southeastasia", "Singapore"),
    ("gcp", "us-central1", "Iowa"),
    ("gcp", "us-east4", "Northern Virginia"),
    ("gcp", "asia-northeast1", "Tokyo"),
    ("alicloud", "ap-southeast-1", "Singapore"),
    ("alicloud", "ap-southeast-5", "Jakarta"),
];

/// Where Dedicated is sold.
const DEDICATED: [&str; 3] = ["aws", "gcp", "azure"];

/// Every word that the vendor has for a cloud.
pub(super) const CLOUD_PROVIDERS: [&str; 4] = ["aws", "gcp", "azure", "alicloud"];

/// `N. Virginia (us-east-1)`, of `aws-us-east-1`; a region nobody has named shows its code.
pub(super) fn display_name(id: &str) -> String {
    let (provider, code) = id.split_once('-').unwrap_or_default();
    let named = REGIONS.iter().find(|region| region.0 == provider && region.1 == code);
    named.map_or_else(|| code.to_owned(), |(_, code, name)| format!("{name} ({code})"))
}

/// Dedicated's.
pub(super) fn all() -> Vec<Value> {
    let regions = REGIONS.iter().filter(|region| DEDICATED.contains(&region.0));
    regions.map(|(provider, code, _)| region(provider, code)).collect()
}

pub(super) fn cloud_providers() -> Value {
    json!({"cloudProviders": DEDICATED})
}

fn region(provider: &str, code: &str) -> Value {
    let id = format!("{provider}-{code}");
    json!({
        "name": format!("regions/{id}"),
        "regionId": id,
        "cloudProvider": provider,
        "provider": provider,
        "displayName": display_name(&id),
    })
}

/// Only one cloud's services say in which zones they are.
pub(super) fn says_zones(vendor: Vendor) -> bool {
    vendor == Vendor::Aws
}

/// On this cloud, all endpoints of a service have one host, and it is known before any of them.
pub(super) fn has_one_host(vendor: Vendor) -> bool {
    vendor == Vendor::Aws
}

/// `validateOnly` is "Azure only".
pub(super) fn validates(cluster: &Cluster) -> bool {
    cluster.vendor() == Vendor::Azure
}

/// `accountId` is "the project name used to identify the Google Cloud project".
pub(super) fn account_id(row: &Connection) -> Option<&str> {
    row.endpoint_id.strip_prefix("projects/").and_then(|rest| rest.split('/').next())
}
