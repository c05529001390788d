//! `GetVpcEndpointAttribute`, `ListVpcEndpoints`, and how an endpoint is written.
//!
//! What may become of one is in `changes.rs`, and in the world.

use super::call::{Answer, Call, PAGE_MOST};
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use sim::{Link, LinkState, Tags, UnacceptedWord, Work, World};

pub(super) fn describe(call: &Call) -> Answer {
    let link = call.endpoint()?;
    let mut row = call.with(|world| write(call, world, &link));
    let fields = row.as_object_mut().into_iter();
    // This action alone leaves the tags out.
    fields.for_each(|fields| drop(fields.remove("Tags")));
    row["ZonePrivateIpAddressCount"] = json!(1);
    row["Payer"] = json!("Endpoint");
    Ok(row)
}

pub(super) fn list(call: &Call) -> Answer {
    let rows = call.with(|world| {
        let links = world.links(&call.scope);
        links.iter().map(|link| write(call, world, link)).collect::<Vec<_>>()
    });
    let form = &call.form;
    let filters = [
        "EndpointId",
        "EndpointName",
        "EndpointStatus",
        "ConnectionStatus",
        "EndpointType",
        "ServiceName",
        "VpcId",
    ];
    let tags = form.parts("Tag");
    let admits = |row: &Json| {
        let plain = |name: &&str| form.get(name).is_none_or(|wanted| row[*name] == wanted);
        let tagged = tags.iter().all(|tag| {
            let all = row["Tags"].as_array().into_iter().flatten();
            all.into_iter().any(|its| {
                let value = tag.get("Value");
                tag.get("Key").is_some_and(|key| its["Key"] == key)
                    && value.is_none_or(|value| its["Value"] == value)
            })
        });
        filters.iter().all(plain) && tagged
    };
    let rows: Vec<Json> = rows.into_iter().filter(admits).collect();
    call.page("Endpoints", &rows, PAGE_MOST)
}

pub(super) fn write(call: &Call, world: &World, link: &Link) -> Json {
    let service = world.services().find(|service| service.name == link.service);
    let (own, connection) = states(world, link);
    let own = match &call.twist {
        Some(sim::Twist::UnknownWord(said)) => said.clone(),
        Some(_) | None => own.to_owned(),
    };
    json!({
        "EndpointId": link.id,
        "EndpointName": link.name,
        "EndpointDescription": link.description,
        "EndpointType": "Interface",
        "EndpointStatus": own,
        "ConnectionStatus": connection,
        "EndpointBusinessStatus": "Normal",
        "EndpointDomain": link.domain().unwrap_or_default(),
        "AddressIpVersion": "IPv4",
        "Bandwidth": 3072,
        "CreateTime": iso8601(link.created_at),
        "RegionId": link.scope.region,
        "ResourceGroupId": "rg-acfmexample",
        "ResourceOwner": false,
        "ServiceId": service.map(|service| service.id.as_str()),
        "ServiceName": link.service,
        "ServiceRegionId": link.scope.region,
        "VpcId": link.network,
        "ZoneAffinityEnabled": false,
        "Tags": tags(&link.tags),
    })
}

/// The endpoint's own state, and that of its connection.
fn states(world: &World, link: &Link) -> (&'static str, &'static str) {
    let own = match world.under_way(link).map(|operation| operation.work) {
        _ if link.state == LinkState::Deleting => "Deleting",
        Some(Work::Create) => "Creating",
        Some(Work::Update) => "Pending",
        Some(Work::Delete) => "Deleting",
        None => "Active",
    };
    let unaccepted = match world.draws.unaccepted {
        UnacceptedWord::Disconnected => "Disconnected",
        UnacceptedWord::Pending => "Pending",
    };
    let connection = match &link.state {
        LinkState::PendingAcceptance => unaccepted,
        LinkState::Pending => "Connecting",
        LinkState::Available => "Connected",
        LinkState::Rejected | LinkState::Disconnected | LinkState::Expired | LinkState::Partial => {
            "Disconnected"
        }
        LinkState::Failed(_) => "ServiceDeleted",
        LinkState::Deleting | LinkState::Deleted => "Deleting",
    };
    (own, connection)
}

pub(super) fn tags(tags: &Tags) -> Vec<Json> {
    tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect()
}

pub(super) fn iso8601(milliseconds_since_epoch: u64) -> String {
    let milliseconds = i64::try_from(milliseconds_since_epoch).unwrap_or(i64::MAX);
    let timestamp = Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::MAX);
    timestamp.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
