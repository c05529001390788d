//! `DescribeVpcEndpointServices`.

use super::call::{Answer, Call, Row};
use super::refusal::Refusal;
use super::xml::Xml;
use sim::Service;
use std::ops::RangeInclusive;

pub(super) fn describe(call: &Call) -> Answer {
    let regions = call.form.list("ServiceRegion");
    let here = regions.is_empty() || regions.contains(&call.scope.region);
    let rows = call.with(|world| {
        let services = world.services_for(&call.scope).filter(|_| here);
        services.map(|service| ServiceRow(service.clone())).collect::<Vec<_>>()
    });
    let names: Vec<String> =
        rows.iter().map(|ServiceRow(service)| service.name.to_string()).collect();
    let details = call.list(rows)?;
    let asked = call.form.list(ServiceRow::IDS);
    let names = names.into_iter().filter(|name| asked.is_empty() || asked.contains(name));
    Ok(Xml::new().texts("serviceNameSet", names).and(&details))
}

#[derive(Clone)]
pub(super) struct ServiceRow(Service);

impl ServiceRow {
    fn base_name(&self) -> String {
        let ServiceRow(service) = self;
        format!("{}.{}.vpce.amazonaws.com", service.id, service.region)
    }
}

impl Row for ServiceRow {
    const FILTERS: &'static [&'static str] = &[
        "owner",
        "service-name",
        "service-region",
        "service-type",
        "supported-ip-address-types",
        "tag:",
        "tag-key",
    ];
    const IDS: &'static str = "ServiceName";
    const SET: &'static str = "serviceDetailSet";
    const SIZES: RangeInclusive<usize> = 1..=1_000;

    fn key(&self) -> &str {
        self.0.name.as_str()
    }

    fn says(&self, filter: &str) -> Vec<String> {
        let ServiceRow(service) = self;
        let value = match filter {
            "owner" => service.owner.clone(),
            "service-name" => service.name.to_string(),
            "service-region" => service.region.clone(),
            "service-type" => "Interface".to_owned(),
            "supported-ip-address-types" => "ipv4".to_owned(),
            _ => return vec![],
        };
        vec![value]
    }

    fn render(&self) -> Xml {
        let ServiceRow(service) = self;
        let kind = Xml::new().text("serviceType", "Interface");
        let name = |name: &String| Xml::new().text("privateDnsName", name);
        let private = service.private_dns_name.as_ref();
        Xml::new()
            .text("serviceName", &service.name)
            .text("serviceId", &service.id)
            .list("serviceType", [kind])
            .text("serviceRegion", &service.region)
            .texts("availabilityZoneIdSet", service.zones.iter().map(|zone| &zone.id))
            .texts("availabilityZoneSet", service.zones.iter().map(|zone| &zone.name))
            .text("owner", &service.owner)
            .texts("baseEndpointDnsNameSet", [self.base_name()])
            .optional("privateDnsName", private)
            .list("privateDnsNameSet", private.map(name))
            .optional("privateDnsNameVerificationState", private.map(|_| "verified"))
            .text("vpcEndpointPolicySupported", false)
            .text("acceptanceRequired", service.acceptance_required)
            .text("managesVpcEndpoints", false)
            .list("tagSet", [])
            .texts("supportedIpAddressTypeSet", ["ipv4"])
    }

    fn missing(id: &str) -> Refusal {
        let message = format!("The Vpc Endpoint Service '{id}' does not exist");
        Refusal::bad("InvalidServiceName", message)
    }
}
