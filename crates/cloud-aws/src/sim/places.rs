//! `DescribeRegions`, `DescribeAvailabilityZones`, and two that Terraform asks in passing.
//!
//! Zones are those that the world can put subnets in; names and ids have the same order in every account.

use super::call::{Answer, Call, Row};
use super::refusal::Refusal;
use super::xml::Xml;
use sim::{Zone, zones};

/// Enabled in every account.
const REGIONS: [&str; 17] = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

pub(super) fn describe_regions(call: &Call) -> Answer {
    call.list(REGIONS.map(RegionRow).to_vec())
}

pub(super) fn describe_zones(call: &Call) -> Answer {
    let region = &call.scope.region;
    let mut rows: Vec<ZoneRow> =
        zones(region).into_iter().map(|zone| ZoneRow { zone, region: region.clone() }).collect();
    let ids = call.form.list("ZoneId");
    if let Some(id) = ids.iter().find(|id| rows.iter().all(|row| row.zone.id != **id)) {
        return Err(ZoneRow::missing(id));
    }
    rows.retain(|row| ids.is_empty() || ids.contains(&row.zone.id));
    call.list(rows)
}

/// The one attribute that clients still read: there is no EC2-Classic here.
pub(super) fn describe_account(call: &Call) -> Answer {
    const PLATFORMS: &str = "supported-platforms";
    let asked = call.form.list("AttributeName");
    if let Some(other) = asked.iter().find(|name| *name != PLATFORMS) {
        let message = format!("Value ({other}) for parameter attributeName is invalid.");
        return Err(Refusal::bad("InvalidParameterValue", message));
    }
    let value = Xml::new().text("attributeValue", "VPC");
    let attribute = Xml::new().text("attributeName", PLATFORMS).list("attributeValueSet", [value]);
    Ok(Xml::new().list("accountAttributeSet", [attribute]))
}

/// Only gateway endpoints have prefix lists, and the world has none of them.
pub(super) fn describe_prefix_lists(call: &Call) -> Answer {
    match call.form.list("PrefixListId").first() {
        None => Ok(Xml::new().list("prefixListSet", [])),
        Some(id) => {
            let message = format!("The prefix list ID '{id}' does not exist");
            Err(Refusal::bad("InvalidPrefixListID.NotFound", message))
        }
    }
}

#[derive(Clone)]
struct RegionRow(&'static str);

impl RegionRow {
    fn endpoint(&self) -> String {
        format!("ec2.{}.amazonaws.com", self.0)
    }
}

impl Row for RegionRow {
    const FILTERS: &'static [&'static str] = &["endpoint", "opt-in-status", "region-name"];
    const IDS: &'static str = "RegionName";
    const SET: &'static str = "regionInfo";

    fn key(&self) -> &str {
        self.0
    }

    fn says(&self, filter: &str) -> Vec<String> {
        let value = match filter {
            "endpoint" => self.endpoint(),
            "opt-in-status" => "opt-in-not-required".to_owned(),
            "region-name" => self.0.to_owned(),
            _ => return vec![],
        };
        vec![value]
    }

    fn render(&self) -> Xml {
        Xml::new()
            .text("regionName", self.0)
            .text("regionEndpoint", self.endpoint())
            .text("optInStatus", "opt-in-not-required")
    }

    fn missing(id: &str) -> Refusal {
        let message = format!("Invalid region name: '{id}'");
        Refusal::bad("InvalidParameterValue", message)
    }
}

#[derive(Clone)]
struct ZoneRow {
    zone: Zone,
    region: String,
}

impl Row for ZoneRow {
    const FILTERS: &'static [&'static str] = &[
        "group-name",
        "opt-in-status",
        "region-name",
        "state",
        "zone-id",
        "zone-name",
        "zone-type",
    ];
    const IDS: &'static str = "ZoneName";
    const SET: &'static str = "availabilityZoneInfo";

    fn key(&self) -> &str {
        &self.zone.name
    }

    fn says(&self, filter: &str) -> Vec<String> {
        let value = match filter {
            "group-name" => format!("{}-zg-1", self.region),
            "opt-in-status" => "opt-in-not-required".to_owned(),
            "region-name" => self.region.clone(),
            "state" => "available".to_owned(),
            "zone-id" => self.zone.id.clone(),
            "zone-name" => self.zone.name.clone(),
            "zone-type" => "availability-zone".to_owned(),
            _ => return vec![],
        };
        vec![value]
    }

    fn render(&self) -> Xml {
        let ZoneRow { zone: Zone { name, id }, region } = self;
        Xml::new()
            .text("zoneName", name)
            .text("zoneId", id)
            .text("zoneState", "available")
            .text("zoneType", "availability-zone")
            .text("regionName", region)
            .text("groupName", format!("{region}-zg-1"))
            .text("networkBorderGroup", region)
            .text("optInStatus", "opt-in-not-required")
            .list("messageSet", [])
    }

    fn missing(id: &str) -> Refusal {
        let message = format!("Invalid availability zone: [{id}]");
        Refusal::bad("InvalidParameterValue", message)
    }
}
