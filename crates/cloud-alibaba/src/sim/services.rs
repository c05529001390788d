//! `ListVpcEndpointServicesByEndUser`: what a customer's *Verify* button asks.

use super::call::{Answer, Call, PAGE_MOST};
use serde_json::{Value as Json, json};
use sim::Service;

pub(super) fn list(call: &Call) -> Answer {
    let form = &call.form;
    let says = |name: &str, value: &str| form.get(name).is_none_or(|wanted| wanted == value);
    let rows: Vec<Json> = call.with(|world| {
        let services = world.services_for(&call.scope);
        let asked = services.filter(|service| {
            says("ServiceName", service.name.as_str()) && says("ServiceId", &service.id)
        });
        asked.map(row).collect()
    });
    call.page("Services", &rows, PAGE_MOST)
}

fn row(service: &Service) -> Json {
    json!({
        "ServiceId": service.id,
        "ServiceName": service.name,
        "ServiceDomain": format!("{}.{}.privatelink.aliyuncs.com", service.id, service.region),
        "ServiceType": "Interface",
        "ServiceResourceType": "nlb",
        "ServiceSupportIPv6": false,
        "AddressIpVersion": "IPv4",
        "AutoAcceptEnabled": !service.acceptance_required,
        "Payer": "Endpoint",
        "VpcEndpointPolicySupported": false,
        "ZoneAffinityEnabled": false,
        "Zones": service.zones.iter().map(|zone| zone.name.as_str()).collect::<Vec<_>>(),
        "Tags": [],
    })
}
