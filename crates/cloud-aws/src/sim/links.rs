//! `DescribeVpcEndpoints`, and how a VPC endpoint is written.
//!
//! What may become of one is in `changes.rs`, and in the world.

use super::call::{Answer, Call, Row};
use super::refusal::Refusal;
use super::time::iso8601;
use super::xml::Xml;
use sim::{DnsEntry, Link, LinkState, StateCase, Tags, Twist, World};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// What AWS attaches to an endpoint that was given no policy.
const FULL_ACCESS: &str =
    r#"{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}"#;

pub(super) fn describe(call: &Call) -> Answer {
    let ids = call.form.list(LinkRow::IDS);
    let rows = call.with(|world| {
        let view = Arc::new(View::of(call, world));
        let row = |link| LinkRow { link, view: Arc::clone(&view) };
        if ids.is_empty() {
            let links = world.links(&call.scope);
            return Ok(links.into_iter().map(row).collect());
        }
        let find = |id: &String| {
            let malformed = !is_link_id(id);
            if malformed {
                let message = format!("The Vpc Endpoint Id '{id}' is malformed");
                return Err(Refusal::bad("InvalidVpcEndpointId.Malformed", message));
            }
            world.link(&call.scope, id).map(row).ok_or_else(|| LinkRow::missing(id))
        };
        ids.iter().map(find).collect::<Result<Vec<_>, _>>()
    });
    call.pages(rows?)
}

pub(super) fn is_link_id(id: &str) -> bool {
    let digits = id.strip_prefix("vpce-");
    digits.is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

#[derive(Clone)]
pub(super) struct LinkRow {
    pub(super) link: Arc<Link>,
    pub(super) view: Arc<View>,
}

/// What the rows of one answer have in common.
pub(super) struct View {
    case: StateCase,
    /// Every state is this word.
    unknown: Option<String>,
    group_names: BTreeMap<String, String>,
}

impl View {
    pub(super) fn of(call: &Call, world: &World) -> View {
        let groups = world.networks(&call.scope).flat_map(|network| &network.security_groups);
        let names = groups.map(|group| (group.id.to_string(), group.name.clone()));
        let unknown = if let Some(Twist::UnknownWord(said)) = &call.twist {
            Some(said.clone())
        } else {
            None
        };
        View { case: world.draws.state_case, unknown, group_names: names.collect() }
    }

    fn word(&self, state: &LinkState) -> String {
        let (lower, pascal) = words(state);
        match (&self.unknown, self.case) {
            (Some(said), _) => said.clone(),
            (None, StateCase::LowerCamel) => lower.to_owned(),
            (None, StateCase::Pascal) => pascal.to_owned(),
        }
    }
}

/// As the documents' examples spell a state, and as the documents' list of its values does.
fn words(state: &LinkState) -> (&'static str, &'static str) {
    match state {
        LinkState::PendingAcceptance => ("pendingAcceptance", "PendingAcceptance"),
        LinkState::Pending => ("pending", "Pending"),
        LinkState::Available => ("available", "Available"),
        LinkState::Rejected | LinkState::Disconnected => ("rejected", "Rejected"),
        LinkState::Failed(_) => ("failed", "Failed"),
        LinkState::Expired => ("expired", "Expired"),
        LinkState::Partial => ("partial", "Partial"),
        LinkState::Deleting => ("deleting", "Deleting"),
        LinkState::Deleted => ("deleted", "Deleted"),
    }
}

impl Row for LinkRow {
    const FILTERS: &'static [&'static str] = &[
        "ip-address-type",
        "service-name",
        "service-region",
        "tag:",
        "tag-key",
        "vpc-id",
        "vpc-endpoint-id",
        "vpc-endpoint-state",
        "vpc-endpoint-type",
    ];
    const IDS: &'static str = "VpcEndpointId";
    const SET: &'static str = "vpcEndpointSet";
    const SIZES: RangeInclusive<usize> = 1..=1_000;

    fn key(&self) -> &str {
        self.link.id.as_str()
    }

    fn says(&self, filter: &str) -> Vec<String> {
        let value = match filter {
            "ip-address-type" => "ipv4".to_owned(),
            "service-name" => self.link.service.to_string(),
            "service-region" => self.link.scope.region.clone(),
            "vpc-id" => self.link.network.to_string(),
            "vpc-endpoint-id" => self.link.id.to_string(),
            "vpc-endpoint-state" => words(&self.link.state).0.to_owned(),
            "vpc-endpoint-type" => "Interface".to_owned(),
            _ => return vec![],
        };
        vec![value]
    }

    fn tags(&self) -> Option<&Tags> {
        Some(&self.link.tags)
    }

    fn render(&self) -> Xml {
        let LinkRow { link, view } = self;
        let group = |id: &sim::SecurityGroupId| {
            Xml::new().text("groupId", id).optional("groupName", view.group_names.get(id.as_str()))
        };
        let entry = |DnsEntry { name, hosted_zone }: &DnsEntry| {
            Xml::new().text("dnsName", name).text("hostedZoneId", hosted_zone)
        };
        let xml = Xml::new()
            .text("vpcEndpointId", &link.id)
            .text("vpcEndpointType", "Interface")
            .text("vpcId", &link.network)
            .text("serviceName", &link.service)
            .text("state", view.word(&link.state))
            .text("policyDocument", FULL_ACCESS)
            .list("routeTableIdSet", [])
            .texts("subnetIdSet", link.subnets())
            .list("groupSet", link.security_groups.iter().map(group))
            .text("ipAddressType", "ipv4")
            .child("dnsOptions", &Xml::new().text("dnsRecordIpType", "ipv4"))
            .text("privateDnsEnabled", link.private_dns)
            .text("requesterManaged", false)
            .texts("networkInterfaceIdSet", link.interfaces.iter().map(|interface| &interface.id))
            .list("dnsEntrySet", link.dns.iter().map(entry))
            .text("creationTimestamp", iso8601(link.created_at))
            .tags(&link.tags)
            .text("ownerId", &link.scope.account)
            .text("serviceRegion", &link.scope.region);
        match &link.state {
            LinkState::Failed(failure) => {
                let error =
                    Xml::new().text("code", &failure.code).text("message", &failure.message);
                xml.child("lastError", &error)
            }
            LinkState::PendingAcceptance
            | LinkState::Pending
            | LinkState::Available
            | LinkState::Rejected
            | LinkState::Disconnected
            | LinkState::Expired
            | LinkState::Partial
            | LinkState::Deleting
            | LinkState::Deleted => xml,
        }
    }

    fn missing(id: &str) -> Refusal {
        let message = format!("The Vpc Endpoint Id '{id}' does not exist");
        Refusal::bad("InvalidVpcEndpointId.NotFound", message)
    }
}
