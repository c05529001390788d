//! Who may ask for a service, who asks, and what is answered: `ModifyVpcEndpointServicePermissions`,
//! `DescribeVpcEndpointServicePermissions`, `DescribeVpcEndpointConnections`, `AcceptVpcEndpointConnections`,
//! `RejectVpcEndpointConnections`.

use super::refused::refused;
use super::services::unsuccessful;
use crate::sim::call::{Answer, Call, Row};
use crate::sim::refusal::Refusal;
use crate::sim::time::iso8601;
use crate::sim::xml::Xml;
use sim::{Kind, Part, PartRefusal, Request, RequestState};
use std::sync::Arc;

pub(in crate::sim) fn modify_permissions(call: &Call) -> Answer {
    let form = &call.form;
    let service = form.require("ServiceId")?;
    let read = |name: &str| form.list(name).iter().map(|text| account(text)).collect();
    let added: Vec<String> = read_all(read("AddAllowedPrincipals"))?;
    let removed: Vec<String> = read_all(read("RemoveAllowedPrincipals"))?;
    let named = added.iter().map(|account| (account, true));
    for (account, may) in named.chain(removed.iter().map(|account| (account, false))) {
        let done = call.with(|world| world.set_permission(&call.scope, service, account, may));
        done.map_err(|refusal| refused(call, refusal))?;
    }
    let rows = added.iter().map(|account| PermissionRow::new(service, account).render());
    Ok(Xml::new().list("addedPrincipalSet", rows).text("return", true))
}

fn read_all(principals: Vec<Result<String, Refusal>>) -> Result<Vec<String>, Refusal> {
    principals.into_iter().collect()
}

/// The simulated world has accounts as a whole, and everybody; its users and roles may ask for nothing.
fn account(principal: &str) -> Result<String, Refusal> {
    if principal == "*" {
        return Ok(principal.to_owned());
    }
    let root = principal.strip_prefix("arn:aws:iam::");
    let account = root.and_then(|rest| rest.strip_suffix(":root"));
    let account = account.filter(|account| account.len() == 12);
    account.map(str::to_owned).ok_or_else(|| {
        Refusal::bad("InvalidPrincipal", format!("Invalid Principal: '{principal}'"))
    })
}

fn service(call: &Call, id: &str) -> Result<Arc<Part>, Refusal> {
    let part = call.with(|world| world.part(&call.scope, Kind::Service, id));
    part.ok_or_else(|| refused(call, PartRefusal::NoPart(Kind::Service, id.into())))
}

pub(in crate::sim) fn describe_permissions(call: &Call) -> Answer {
    let id = call.form.require("ServiceId")?;
    let part = service(call, id)?;
    let permitted = part.service().into_iter().flat_map(|service| &service.permitted);
    call.pages(permitted.map(|account| PermissionRow::new(id, account)).collect())
}

pub(in crate::sim) fn describe_requests(call: &Call) -> Answer {
    let rows = call.with(|world| {
        let requests = world.requests(&call.scope, None);
        let row = |request: Request| {
            let part = world.true_part(request.service.as_str());
            let balancers = part.and_then(Part::service).map(|service| service.balancers.clone());
            let balancers = balancers.into_iter().flatten().map(|id| id.to_string()).collect();
            RequestRow { request, balancers, region: call.scope.region.clone() }
        };
        requests.into_iter().map(row).collect()
    });
    call.pages::<RequestRow>(rows)
}

pub(in crate::sim) fn accept(call: &Call) -> Answer {
    answer(call, true)
}

pub(in crate::sim) fn reject(call: &Call) -> Answer {
    answer(call, false)
}

/// One that cannot be answered is a line in the answer, not an error of the whole.
fn answer(call: &Call, accept: bool) -> Answer {
    let id = call.form.require("ServiceId")?;
    if call.with(|world| world.true_part(id).is_none()) {
        return Err(refused(call, PartRefusal::NoPart(Kind::Service, id.into())));
    }
    let fails = |endpoint: String| {
        let answered = call.with(|world| world.answer_request(&call.scope, id, &endpoint, accept));
        Some(unsuccessful(&endpoint, refused(call, answered.err()?)))
    };
    let endpoints = call.form.require_list("VpcEndpointId")?;
    let failures: Vec<Xml> = endpoints.into_iter().filter_map(fails).collect();
    Ok(Xml::new().list("unsuccessful", failures))
}

#[derive(Clone)]
struct PermissionRow {
    service: String,
    principal: String,
}

impl PermissionRow {
    fn new(service: &str, account: &str) -> PermissionRow {
        let principal = match account {
            "*" => account.to_owned(),
            account => format!("arn:aws:iam::{account}:root"),
        };
        PermissionRow { service: service.to_owned(), principal }
    }

    fn kind(&self) -> &'static str {
        if self.principal == "*" { "All" } else { "Account" }
    }
}

impl Row for PermissionRow {
    const FILTERS: &'static [&'static str] = &["principal", "principal-type"];
    const IDS: &'static str = "";
    const SET: &'static str = "allowedPrincipals";

    fn key(&self) -> &str {
        &self.principal
    }

    fn says(&self, filter: &str) -> Vec<String> {
        match filter {
            "principal" => vec![self.principal.clone()],
            "principal-type" => vec![self.kind().to_owned()],
            _ => vec![],
        }
    }

    fn render(&self) -> Xml {
        let digits = self.principal.bytes().filter(u8::is_ascii_digit).map(char::from);
        Xml::new()
            .text("principalType", self.kind())
            .text("principal", &self.principal)
            .text("servicePermissionId", format!("vpce-svc-perm-{}", digits.collect::<String>()))
            .text("serviceId", &self.service)
            .list("tagSet", [])
    }

    fn missing(id: &str) -> Refusal {
        Refusal::bad("InvalidPrincipal", format!("Invalid Principal: '{id}'"))
    }
}

#[derive(Clone)]
struct RequestRow {
    request: Request,
    balancers: Vec<String>,
    region: String,
}

impl RequestRow {
    fn word(&self) -> &'static str {
        match self.request.state {
            RequestState::PendingAcceptance => "pendingAcceptance",
            RequestState::Pending => "pending",
            RequestState::Available => "available",
            RequestState::Rejected => "rejected",
        }
    }
}

impl Row for RequestRow {
    const FILTERS: &'static [&'static str] = &[
        "ip-address-type",
        "service-id",
        "vpc-endpoint-id",
        "vpc-endpoint-owner",
        "vpc-endpoint-region",
        "vpc-endpoint-state",
    ];
    const IDS: &'static str = "";
    const SET: &'static str = "vpcEndpointConnectionSet";

    fn key(&self) -> &str {
        &self.request.endpoint
    }

    fn says(&self, filter: &str) -> Vec<String> {
        let value = match filter {
            "ip-address-type" => "ipv4".to_owned(),
            "service-id" => self.request.service.to_string(),
            "vpc-endpoint-id" => self.request.endpoint.clone(),
            "vpc-endpoint-owner" => self.request.account.clone(),
            "vpc-endpoint-region" => self.region.clone(),
            "vpc-endpoint-state" => self.word().to_owned(),
            _ => return vec![],
        };
        vec![value]
    }

    fn render(&self) -> Xml {
        let RequestRow { request, balancers, region } = self;
        let tail = request.endpoint.trim_start_matches("vpce-");
        Xml::new()
            .text("serviceId", &request.service)
            .text("vpcEndpointId", &request.endpoint)
            .text("vpcEndpointOwner", &request.account)
            .text("vpcEndpointState", self.word())
            .text("creationTimestamp", iso8601(request.created_at))
            .texts("networkLoadBalancerArnSet", balancers)
            .text("ipAddressType", "ipv4")
            .text("vpcEndpointConnectionId", format!("vpce-con-{tail}"))
            .text("vpcEndpointRegion", region)
            .list("tagSet", [])
    }

    fn missing(id: &str) -> Refusal {
        let message = format!("The Vpc Endpoint Id '{id}' does not exist");
        Refusal::bad("InvalidVpcEndpointId.NotFound", message)
    }
}
