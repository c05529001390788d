//! `CreateVpcEndpoint`, `ModifyVpcEndpoint`, `DeleteVpcEndpoints`.
//!
//! It reads what is asked; whether it can be, the world decides.

use super::call::{Answer, Call, Row};
use super::form::Form;
use super::links::{LinkRow, View, is_link_id};
use super::refusal::Refusal;
use super::refused::refused;
use super::xml::Xml;
use sim::{LinkChange, LinkRequest, Tags};
use std::sync::Arc;

const TOKEN_LENGTH_MAX: usize = 64;

pub(super) fn create(call: &Call) -> Answer {
    let request = request(call)?;
    let token = request.token.clone();
    let row = call.with(|world| {
        let link = world.create_link(&call.scope, &request).map_err(refused)?;
        Ok(LinkRow { link, view: Arc::new(View::of(call, world)) })
    })?;
    Ok(Xml::new().child("vpcEndpoint", &row.render()).optional("clientToken", token))
}

fn request(call: &Call) -> Result<LinkRequest, Refusal> {
    let form = &call.form;
    let kind = form.get("VpcEndpointType").unwrap_or("Gateway");
    if kind != "Interface" {
        let message =
            format!("Endpoint type ({kind}) does not match available service types ([Interface]).");
        return Err(Refusal::bad("InvalidParameter", message));
    }
    if form.get("ServiceRegion").is_some_and(|region| region != call.scope.region) {
        let service = form.get("ServiceName").unwrap_or_default();
        let message =
            format!("The Vpc Endpoint Service '{service}' does not support cross-region access");
        return Err(Refusal::bad("InvalidParameter", message));
    }
    only_ipv4(form)?;
    let token = form.get("ClientToken").filter(|token| !token.is_empty()).map(str::to_owned);
    if token.as_ref().is_some_and(|token| token.len() > TOKEN_LENGTH_MAX || !token.is_ascii()) {
        let message = format!("Client token must be at most {TOKEN_LENGTH_MAX} ASCII characters");
        return Err(Refusal::bad("InvalidParameterValue", message));
    }
    Ok(LinkRequest {
        network: form.require("VpcId")?.to_owned(),
        service: form.require("ServiceName")?.to_owned(),
        subnets: form.list("SubnetId").into_iter().collect(),
        security_groups: form.list("SecurityGroupId").into_iter().collect(),
        private_dns: form.flag("PrivateDnsEnabled")?.unwrap_or(false),
        tags: tags(form)?,
        token,
        ..LinkRequest::default()
    })
}

/// What the simulated services do not offer is refused, not ignored.
fn only_ipv4(form: &Form) -> Result<(), Refusal> {
    let family = form.get("IpAddressType").unwrap_or("ipv4");
    let records = form.get("DnsOptions.DnsRecordIpType").unwrap_or("ipv4");
    if family != "ipv4" || !matches!(records, "ipv4" | "service-defined") {
        let message = "The IP address type is not supported by the VPC endpoint service.";
        return Err(Refusal::bad("InvalidParameter", message));
    }
    for name in ["SubnetConfiguration", "PolicyDocument"] {
        if form.heads().contains(name) {
            let message = format!("The VPC endpoint service does not support {name}.");
            return Err(Refusal::bad("UnsupportedOperation", message));
        }
    }
    Ok(())
}

fn tags(form: &Form) -> Result<Tags, Refusal> {
    let mut tags = Tags::new();
    for specification in form.parts("TagSpecification") {
        let kind = specification.require("ResourceType")?;
        if kind != "vpc-endpoint" {
            let message =
                format!("'{kind}' is not a valid taggable resource type for this operation.");
            return Err(Refusal::bad("InvalidParameterValue", message));
        }
        for (key, value) in specification.tags("Tag")? {
            if tags.insert(key.clone(), value.unwrap_or_default()).is_some() {
                let message = format!("Tag key '{key}' specified more than once.");
                return Err(Refusal::bad("InvalidParameterValue", message));
            }
        }
    }
    super::tags::valid(&tags)?;
    Ok(tags)
}

pub(super) fn modify(call: &Call) -> Answer {
    let form = &call.form;
    let id = form.require("VpcEndpointId")?;
    if !is_link_id(id) {
        let message = format!("The Vpc Endpoint Id '{id}' is malformed");
        return Err(Refusal::bad("InvalidVpcEndpointId.Malformed", message));
    }
    only_ipv4(form)?;
    let all = |name: &str| form.list(name).into_iter().collect();
    let change = LinkChange {
        add_subnets: all("AddSubnetId"),
        remove_subnets: all("RemoveSubnetId"),
        add_security_groups: all("AddSecurityGroupId"),
        remove_security_groups: all("RemoveSecurityGroupId"),
        private_dns: form.flag("PrivateDnsEnabled")?,
        ..LinkChange::default()
    };
    call.with(|world| world.modify_link(&call.scope, id, &change)).map_err(refused)?;
    Ok(Xml::new().text("return", true))
}

/// A missing endpoint is a line in the answer, not an error of the whole.
pub(super) fn delete(call: &Call) -> Answer {
    let ids = call.form.require_list("VpcEndpointId")?;
    let fails = |id: String| {
        let refusal = call.with(|world| world.delete_link(&call.scope, &id)).err()?;
        let Refusal { status: _, code, message } = refused(refusal);
        let code = code.replace("InvalidVpcEndpointId.", "InvalidVpcEndpoint.");
        let error = Xml::new().text("code", code).text("message", message);
        Some(Xml::new().child("error", &error).text("resourceId", id))
    };
    let unsuccessful: Vec<Xml> = ids.into_iter().filter_map(fails).collect();
    Ok(Xml::new().list("unsuccessful", unsuccessful))
}
