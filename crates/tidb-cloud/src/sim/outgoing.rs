//! Private link connections of the serverless host: from a shared cluster out to a customer's service.

use super::gateway::Asked;
use super::listing::{End, Listing};
use super::reply::{ALREADY_EXISTS, FAILED_PRECONDITION, Reply};
use super::shape::time;
use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use sim::{
    AttachRequest, AttachedDomain, DomainKind, NewOutgoing, Outgoing, OutgoingRefusal,
    OutgoingState, Vendor, World,
};

const STATES: [&str; 5] = ["CREATING", "ACTIVE", "FAILED", "PENDING_ACCEPTANCE", "DELETING"];
const CREATOR: &str = "apikey-sim";

pub(super) fn list(world: &mut World, cluster: &str, asked: &Asked<'_>) -> Result<Value, Reply> {
    let wanted = asked.query.one("state");
    if let Some(unknown) = wanted.filter(|state| !STATES.contains(state)) {
        return Err(Reply::invalid(&format!("state: {unknown:?} is not a valid value")));
    }
    let mut rows = world.outgoing_list(cluster).map_err(refused)?;
    rows.retain(|row| wanted.is_none_or(|wanted| state(row.state) == wanted));
    let listing =
        Listing { field: "privateLinkConnections", default_size: 10, end: End::EmptyToken };
    listing.page(world, asked, &rows, |row| shape(world, row))
}

pub(super) fn get(world: &mut World, cluster: &str, id: &str) -> Result<Value, Reply> {
    let row = world.outgoing(cluster, id).map_err(refused)?;
    let mut value = shape(world, &row);
    let domains = row.domains.iter().map(|domain| attached(&row, domain));
    value["attachedDomains"] = domains.collect();
    Ok(value)
}

/// The body wraps the object.
pub(super) fn create(world: &mut World, cluster: &str, asked: &Asked<'_>) -> Result<Value, Reply> {
    let body = parse(asked.body)?;
    let wanted = body.get("privateLinkConnection").filter(|wanted| wanted.is_object());
    let wanted = wanted.ok_or_else(|| Reply::invalid("privateLinkConnection is required"))?;
    if text(wanted, "clusterId")? != cluster {
        return Err(Reply::invalid("clusterId is not the one in the path"));
    }
    let (vendor, field) = match text(wanted, "type")? {
        "AWS_ENDPOINT_SERVICE" => (Vendor::Aws, "awsEndpointService"),
        "ALICLOUD_ENDPOINT_SERVICE" => (Vendor::Alibaba, "alicloudEndpointService"),
        other => return Err(Reply::invalid(&format!("type: {other:?} is not a valid value"))),
    };
    let service = wanted.get(field).unwrap_or(&Value::Null);
    let region = text(service, "region")?;
    let new = NewOutgoing {
        display_name: text(wanted, "displayName")?.to_owned(),
        vendor,
        service_name: text(service, "name")?.to_owned(),
        region: (!region.is_empty()).then(|| region.to_owned()),
    };
    let row = world.create_outgoing(cluster, &new).map_err(refused)?;
    Ok(shape(world, &row))
}

/// The answer is the connection as it was left.
pub(super) fn delete(world: &mut World, cluster: &str, id: &str) -> Result<Value, Reply> {
    let row = world.delete_outgoing(cluster, id).map_err(refused)?;
    Ok(row.map_or_else(|| json!({}), |row| shape(world, &row)))
}

pub(super) fn zones(world: &World, cluster: &str) -> Result<Value, Reply> {
    let zones = world.outgoing_zones(cluster).map_err(refused)?;
    let vendor = world.dataflow_cluster(cluster).map_err(refused)?.vendor();
    let ids: Vec<String> = zones.into_iter().map(|zone| zone.id).collect();
    Ok(json!({"accountId": World::outgoing_account(vendor), "azIds": ids}))
}

pub(super) fn attach(
    world: &mut World,
    cluster: &str,
    id: &str,
    asked: &Asked<'_>,
) -> Result<Value, Reply> {
    let body = parse(asked.body)?;
    let wanted = body.get("attachDomain").filter(|wanted| wanted.is_object());
    let wanted = wanted.ok_or_else(|| Reply::invalid("attachDomain is required"))?;
    let kind = match text(wanted, "type")? {
        "TIDBCLOUD_MANAGED" => DomainKind::TidbcloudManaged,
        "CONFLUENT" => DomainKind::Confluent,
        other => return Err(Reply::invalid(&format!("type: {other:?} is not a valid value"))),
    };
    let validate_only = match body.get("validateOnly") {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::Bool(true)) => true,
        Some(other) => {
            return Err(Reply::invalid(&format!("validateOnly: {other} is not a boolean")));
        }
    };
    let unique_name = text(wanted, "uniqueName")?.to_owned();
    let request = AttachRequest { kind, unique_name, validate_only };
    let domain = world.attach_domains(cluster, id, &request).map_err(refused)?;
    let row = world.outgoing(cluster, id).map_err(refused)?;
    Ok(attached(&row, &domain))
}

pub(super) fn detach(
    world: &mut World,
    cluster: &str,
    id: &str,
    asked: &Asked<'_>,
) -> Result<Value, Reply> {
    let body = parse(asked.body)?;
    let domain = text(&body, "attachDomainId")?;
    if domain.is_empty() {
        return Err(Reply::invalid("attachDomainId is required"));
    }
    let domain = world.detach_domains(cluster, id, domain).map_err(refused)?;
    let row = world.outgoing(cluster, id).map_err(refused)?;
    Ok(attached(&row, &domain))
}

fn shape(world: &World, row: &Outgoing) -> Value {
    let zones: Vec<&str> = row.zones.iter().map(|zone| zone.id.as_str()).collect();
    let mut service = Map::new();
    service.insert("name".to_owned(), json!(row.service_name));
    service.insert("endpointId".to_owned(), json!(row.endpoint.as_deref().unwrap_or_default()));
    service.insert("availabilityZoneIds".to_owned(), json!(zones));
    let (kind, field) = match row.vendor {
        Vendor::Alibaba => ("ALICLOUD_ENDPOINT_SERVICE", "alicloudEndpointService"),
        Vendor::Tidb | Vendor::Aws | Vendor::Azure | Vendor::Gcp => {
            let region = world.cluster(row.cluster.as_str()).map(sim::Cluster::region);
            service.insert("region".to_owned(), json!(region.unwrap_or_default()));
            ("AWS_ENDPOINT_SERVICE", "awsEndpointService")
        }
    };
    let mut value = json!({
        "privateLinkConnectionId": row.id.as_str(),
        "clusterId": row.cluster.as_str(),
        "displayName": row.display_name,
        "type": kind,
        "state": state(row.state),
        "message": row.message.as_deref().unwrap_or_default(),
        "createdBy": CREATOR,
        "createTime": time(row.created_at),
    });
    value[field] = Value::Object(service);
    if let Some(at) = row.updated_at {
        value["updateTime"] = time(at).into();
    }
    value
}

fn attached(row: &Outgoing, domain: &AttachedDomain) -> Value {
    let AttachedDomain { id, kind, unique_name, domains, created_at } = domain;
    let kind = match kind {
        DomainKind::TidbcloudManaged => "TIDBCLOUD_MANAGED",
        DomainKind::Confluent => "CONFLUENT",
    };
    let names = domains.iter().map(|its| json!({"name": its.name, "state": its.state}));
    json!({
        "attachDomainId": id,
        "clusterId": row.cluster.as_str(),
        "privateLinkConnectionId": row.id.as_str(),
        "type": kind,
        "uniqueName": unique_name,
        "domains": names.collect::<Vec<_>>(),
        "createdBy": CREATOR,
        "createTime": time(*created_at),
    })
}

fn state(state: OutgoingState) -> &'static str {
    match state {
        OutgoingState::Creating => "CREATING",
        OutgoingState::PendingAcceptance => "PENDING_ACCEPTANCE",
        OutgoingState::Active => "ACTIVE",
        OutgoingState::Failed => "FAILED",
        OutgoingState::Deleting => "DELETING",
    }
}

fn parse(body: &[u8]) -> Result<Value, Reply> {
    serde_json::from_slice(body)
        .map_err(|error| Reply::invalid(&format!("malformed JSON: {error}")))
}

/// Empty, where it is left out.
fn text<'value>(value: &'value Value, name: &str) -> Result<&'value str, Reply> {
    match value.get(name) {
        None | Some(Value::Null) => Ok(""),
        Some(Value::String(text)) => Ok(text),
        Some(other) => Err(Reply::invalid(&format!("{name}: {other} is not a string"))),
    }
}

/// The world's no, in the vendor's bytes. Of statuses only the default one is declared.
pub(super) fn refused(refusal: OutgoingRefusal) -> Reply {
    let unmet =
        |message: String| Reply::error(StatusCode::BAD_REQUEST, FAILED_PRECONDITION, &message);
    match refusal {
        OutgoingRefusal::NoCluster(id) => Reply::not_found(&format!("cluster {id} not found")),
        OutgoingRefusal::NoConnection(id) => {
            Reply::not_found(&format!("private link connection {id} not found"))
        }
        OutgoingRefusal::NoDomain(id) => Reply::not_found(&format!("attach domain {id} not found")),
        OutgoingRefusal::NotOffered => {
            Reply::invalid("private link connections are not supported for this cluster")
        }
        OutgoingRefusal::DisplayNameMissing => Reply::invalid("displayName is required"),
        OutgoingRefusal::ServiceNameMissing => {
            Reply::invalid("the name of the endpoint service is required")
        }
        OutgoingRefusal::WrongCloud => {
            Reply::invalid("the type does not fit the cluster's cloud provider")
        }
        OutgoingRefusal::CrossRegion(region) => {
            Reply::invalid(&format!("cross-region connections are not supported: {region}"))
        }
        OutgoingRefusal::Duplicate(name) => Reply::error(
            StatusCode::CONFLICT,
            ALREADY_EXISTS,
            &format!("private link connection {name} already exists"),
        ),
        OutgoingRefusal::InUse(id) => {
            unmet(format!("private link connection {id} is used by a changefeed or a migration"))
        }
        OutgoingRefusal::NotActive(id) => {
            unmet(format!("private link connection {id} is not active"))
        }
        OutgoingRefusal::UniqueNameMissing => Reply::invalid("uniqueName is required"),
        OutgoingRefusal::DomainKind => {
            Reply::invalid("the domain type is not supported by this connection type")
        }
        OutgoingRefusal::BadPageToken => Reply::invalid("invalid page token"),
    }
}
