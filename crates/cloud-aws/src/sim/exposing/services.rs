//! `CreateVpcEndpointServiceConfiguration`, `DescribeVpcEndpointServiceConfigurations`,
//! `ModifyVpcEndpointServiceConfiguration`, `DeleteVpcEndpointServiceConfigurations`.

use super::refused::{by_id, refused};
use crate::sim::call::{Answer, Call, Row};
use crate::sim::form::Form;
use crate::sim::refusal::Refusal;
use crate::sim::xml::Xml;
use sim::{Kind, NewFacts, NewPart, Part, PartState, Tags};
use std::sync::Arc;

const TOKEN_LENGTH_MAX: usize = 64;

pub(in crate::sim) fn create_service(call: &Call) -> Answer {
    let form = &call.form;
    let balancers = form.require_list("NetworkLoadBalancerArn")?.into_iter().collect();
    if form.list("SupportedIpAddressType").iter().any(|kind| kind != "ipv4") {
        let message = "The load balancer does not support the IP address type";
        return Err(Refusal::bad("InvalidParameter", message));
    }
    let token = form.get("ClientToken").filter(|token| !token.is_empty()).map(str::to_owned);
    if token.as_ref().is_some_and(|token| token.len() > TOKEN_LENGTH_MAX || !token.is_ascii()) {
        let message = format!("Client token must be at most {TOKEN_LENGTH_MAX} ASCII characters");
        return Err(Refusal::bad("InvalidParameterValue", message));
    }
    let acceptance_required = form.flag("AcceptanceRequired")?.unwrap_or(true);
    let new = NewPart {
        name: String::new(),
        tags: tags(form)?,
        token: token.clone(),
        what: NewFacts::Service { balancers, acceptance_required },
    };
    let part = call.with(|world| world.create_part(&call.scope, &new));
    let part = part.map_err(|refusal| refused(call, refusal))?;
    let xml = Xml::new().child("serviceConfiguration", &ServiceRow(part).render());
    Ok(xml.optional("clientToken", token))
}

fn tags(form: &Form) -> Result<Tags, Refusal> {
    let mut tags = Tags::new();
    for specification in form.parts("TagSpecification") {
        let kind = specification.require("ResourceType")?;
        if kind != "vpc-endpoint-service" {
            let message =
                format!("'{kind}' is not a valid taggable resource type for this operation.");
            return Err(Refusal::bad("InvalidParameterValue", message));
        }
        let named = specification.tags("Tag")?.into_iter();
        tags.extend(named.map(|(key, value)| (key, value.unwrap_or_default())));
    }
    crate::sim::tags::valid(&tags)?;
    Ok(tags)
}

pub(in crate::sim) fn describe_services(call: &Call) -> Answer {
    let ids = call.form.list(ServiceRow::IDS);
    let parts = call.with(|world| {
        if ids.is_empty() {
            return Ok(world.parts(&call.scope, Kind::Service));
        }
        by_id(call, world, Kind::Service, &ids)
    })?;
    call.pages(parts.into_iter().map(ServiceRow).collect())
}

pub(in crate::sim) fn modify_service(call: &Call) -> Answer {
    let form = &call.form;
    let id = form.require("ServiceId")?;
    let acceptance = form.flag("AcceptanceRequired")?;
    let add = form.list("AddNetworkLoadBalancerArn").into_iter().collect();
    let remove = form.list("RemoveNetworkLoadBalancerArn").into_iter().collect();
    let modified = call.with(|world| world.set_service(&call.scope, id, acceptance, &add, &remove));
    modified.map_err(|refusal| refused(call, refusal))?;
    Ok(Xml::new().text("return", true))
}

/// One that cannot be deleted is a line in the answer, not an error of the whole.
pub(in crate::sim) fn delete_services(call: &Call) -> Answer {
    let ids = call.form.require_list("ServiceId")?;
    let fails = |id: String| {
        let deleted = call.with(|world| world.delete_part(&call.scope, Kind::Service, &id));
        Some(unsuccessful(&id, refused(call, deleted.err()?)))
    };
    let failures: Vec<Xml> = ids.into_iter().filter_map(fails).collect();
    Ok(Xml::new().list("unsuccessful", failures))
}

pub(super) fn unsuccessful(id: &str, refusal: Refusal) -> Xml {
    let Refusal { status: _, code, message } = refusal;
    let error = Xml::new().text("code", code).text("message", message);
    Xml::new().child("error", &error).text("resourceId", id)
}

#[derive(Clone)]
struct ServiceRow(Arc<Part>);

impl ServiceRow {
    fn word(&self) -> &'static str {
        match self.0.service().map(|service| &service.state) {
            Some(PartState::Active) => "Available",
            Some(PartState::Failed(_)) => "Failed",
            Some(PartState::Provisioning) | None => "Pending",
        }
    }
}

impl Row for ServiceRow {
    const FILTERS: &'static [&'static str] = &[
        "service-name",
        "service-id",
        "service-state",
        "supported-ip-address-types",
        "tag:",
        "tag-key",
    ];
    const IDS: &'static str = "ServiceId";
    const SET: &'static str = "serviceConfigurationSet";

    fn key(&self) -> &str {
        self.0.id.as_str()
    }

    fn says(&self, filter: &str) -> Vec<String> {
        let name = self.0.service().map(|service| service.service_name.to_string());
        match filter {
            "service-name" => name.into_iter().collect(),
            "service-id" => vec![self.0.id.to_string()],
            "service-state" => vec![self.word().to_owned()],
            "supported-ip-address-types" => vec!["ipv4".to_owned()],
            _ => vec![],
        }
    }

    fn tags(&self) -> Option<&Tags> {
        Some(&self.0.tags)
    }

    fn render(&self) -> Xml {
        let ServiceRow(part) = self;
        let kind = Xml::new().text("serviceType", "Interface");
        let xml = Xml::new()
            .list("serviceType", [kind])
            .text("serviceId", &part.id)
            .text("serviceState", self.word())
            .text("managesVpcEndpoints", false)
            .texts("supportedIpAddressTypeSet", ["ipv4"])
            .tags(&part.tags);
        let Some(facts) = part.service() else { return xml };
        let region = &part.scope.region;
        let here = Xml::new().text("region", region).text("serviceState", self.word());
        xml.text("serviceName", &facts.service_name)
            .texts("availabilityZoneIdSet", facts.zones.iter().map(|zone| &zone.id))
            .texts("availabilityZoneSet", facts.zones.iter().map(|zone| &zone.name))
            .text("acceptanceRequired", facts.acceptance_required)
            .texts("networkLoadBalancerArnSet", &facts.balancers)
            .texts("baseEndpointDnsNameSet", [format!("{}.{region}.vpce.amazonaws.com", part.id)])
            .list("supportedRegionSet", [here])
            .text("remoteAccessEnabled", false)
    }

    fn missing(id: &str) -> Refusal {
        let message = format!("The VpcEndpointService Id '{id}' does not exist");
        Refusal::bad("InvalidVpcEndpointServiceId.NotFound", message)
    }
}
