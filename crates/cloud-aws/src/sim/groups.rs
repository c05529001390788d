//! `DescribeSecurityGroups`, `DescribeSecurityGroupRules`.
//!
//! Everything may leave a simulated group, as from a new group of AWS's.

use super::call::{Answer, Call, Row};
use super::networks::networks;
use super::refusal::Refusal;
use super::xml::Xml;
use sim::{Ingress, NetworkId, Scope, SecurityGroup, Source};
use std::iter::once;

pub(super) fn describe(call: &Call) -> Answer {
    let mut rows = rows(call);
    let names = call.form.list("GroupName");
    if !names.is_empty() {
        rows.retain(|row| names.contains(&row.group.name));
    }
    call.list(rows)
}

pub(super) fn describe_rules(call: &Call) -> Answer {
    call.list(rows(call).iter().flat_map(GroupRow::rules).collect())
}

fn rows(call: &Call) -> Vec<GroupRow> {
    let of = |network: sim::Network| {
        let (scope, id) = (network.scope, network.id);
        let row = move |group| GroupRow { scope: scope.clone(), network: id.clone(), group };
        network.security_groups.into_iter().map(row)
    };
    networks(call).into_iter().flat_map(of).collect()
}

#[derive(Clone)]
pub(super) struct GroupRow {
    scope: Scope,
    network: NetworkId,
    group: SecurityGroup,
}

impl GroupRow {
    fn rules(&self) -> Vec<RuleRow> {
        let everything = Ingress {
            protocol: "-1".to_owned(),
            from_port: 0,
            to_port: 0,
            source: Source::Cidr("0.0.0.0/0".to_owned()),
        };
        let ingress = self.group.ingress.iter().map(|rule| (rule.clone(), false));
        let rules = ingress.chain(once((everything, true))).enumerate();
        let row = |(index, (rule, egress))| RuleRow {
            id: self.group.id.as_str().replacen("sg-", &format!("sgr-{index:02x}"), 1),
            owner: self.clone(),
            rule,
            egress,
        };
        rules.map(row).collect()
    }

    fn permissions(&self, egress: bool) -> Vec<Xml> {
        let rules = self.rules().into_iter().filter(|row| row.egress == egress);
        rules.map(|row| row.permission()).collect()
    }
}

impl Row for GroupRow {
    const FILTERS: &'static [&'static str] = &[
        "description",
        "group-id",
        "group-name",
        "ip-permission.cidr",
        "ip-permission.from-port",
        "ip-permission.group-id",
        "ip-permission.protocol",
        "ip-permission.to-port",
        "owner-id",
        "tag:",
        "tag-key",
        "vpc-id",
    ];
    const IDS: &'static str = "GroupId";
    const SET: &'static str = "securityGroupInfo";

    fn key(&self) -> &str {
        self.group.id.as_str()
    }

    fn says(&self, filter: &str) -> Vec<String> {
        let GroupRow { scope, network, group } = self;
        let each = |value: fn(&Ingress) -> Option<String>| {
            group.ingress.iter().filter_map(value).collect::<Vec<_>>()
        };
        match filter {
            "description" | "group-name" => vec![group.name.clone()],
            "group-id" => vec![group.id.to_string()],
            "ip-permission.cidr" => each(|rule| source_block(rule).map(str::to_owned)),
            "ip-permission.from-port" => each(|rule| ports(rule).map(|(from, _)| from.to_string())),
            "ip-permission.group-id" => each(|rule| source_group(rule).map(str::to_owned)),
            "ip-permission.protocol" => each(|rule| Some(rule.protocol.clone())),
            "ip-permission.to-port" => each(|rule| ports(rule).map(|(_, to)| to.to_string())),
            "owner-id" => vec![scope.account.clone()],
            "vpc-id" => vec![network.to_string()],
            _ => vec![],
        }
    }

    fn render(&self) -> Xml {
        let GroupRow { scope: Scope { vendor: _, account, region }, network, group } = self;
        let arn = format!("arn:aws:ec2:{region}:{account}:security-group/{}", group.id);
        Xml::new()
            .text("groupId", &group.id)
            .text("groupName", &group.name)
            .text("groupDescription", &group.name)
            .text("vpcId", network)
            .text("ownerId", account)
            .text("securityGroupArn", arn)
            .list("ipPermissions", self.permissions(false))
            .list("ipPermissionsEgress", self.permissions(true))
            .list("tagSet", [])
    }

    fn missing(id: &str) -> Refusal {
        let message = format!("The security group '{id}' does not exist");
        Refusal::bad("InvalidGroup.NotFound", message)
    }
}

#[derive(Clone)]
struct RuleRow {
    id: String,
    owner: GroupRow,
    rule: Ingress,
    egress: bool,
}

impl RuleRow {
    /// In the older form, in which a group lists its rules itself.
    fn permission(&self) -> Xml {
        let cidr = |cidr: &str| Xml::new().text("cidrIp", cidr);
        let account = &self.owner.scope.account;
        let group = |id| Xml::new().text("userId", account).text("groupId", id);
        let (cidrs, groups) = match &self.rule.source {
            Source::Cidr(text) => (Some(cidr(text)), None),
            Source::Group(id) => (None, Some(group(id))),
        };
        self.ports()
            .list("groups", groups)
            .list("ipRanges", cidrs)
            .list("ipv6Ranges", [])
            .list("prefixListIds", [])
    }

    fn ports(&self) -> Xml {
        let xml = Xml::new().text("ipProtocol", &self.rule.protocol);
        match ports(&self.rule) {
            Some((from, to)) => xml.text("fromPort", from).text("toPort", to),
            None => xml,
        }
    }
}

/// A rule for every protocol names no ports.
fn ports(rule: &Ingress) -> Option<(u16, u16)> {
    (rule.protocol != "-1").then_some((rule.from_port, rule.to_port))
}

fn source_block(rule: &Ingress) -> Option<&str> {
    match &rule.source {
        Source::Cidr(cidr) => Some(cidr),
        Source::Group(_) => None,
    }
}

fn source_group(rule: &Ingress) -> Option<&str> {
    match &rule.source {
        Source::Group(id) => Some(id.as_str()),
        Source::Cidr(_) => None,
    }
}

impl Row for RuleRow {
    const FILTERS: &'static [&'static str] = &["group-id", "security-group-rule-id", "tag:"];
    const IDS: &'static str = "SecurityGroupRuleId";
    const SET: &'static str = "securityGroupRuleSet";

    fn key(&self) -> &str {
        &self.id
    }

    fn says(&self, filter: &str) -> Vec<String> {
        match filter {
            "group-id" => vec![self.owner.group.id.to_string()],
            "security-group-rule-id" => vec![self.id.clone()],
            _ => vec![],
        }
    }

    fn render(&self) -> Xml {
        let GroupRow { scope: Scope { vendor: _, account, region }, network: _, group } =
            &self.owner;
        let arn = format!("arn:aws:ec2:{region}:{account}:security-group-rule/{}", self.id);
        let xml = Xml::new()
            .text("securityGroupRuleId", &self.id)
            .text("securityGroupRuleArn", arn)
            .text("groupId", &group.id)
            .text("groupOwnerId", account)
            .text("isEgress", self.egress)
            .text("ipProtocol", &self.rule.protocol);
        let (from, to) = match ports(&self.rule) {
            Some((from, to)) => (i32::from(from), i32::from(to)),
            None => (-1, -1),
        };
        let xml = xml.text("fromPort", from).text("toPort", to).list("tagSet", []);
        match &self.rule.source {
            Source::Cidr(cidr) => xml.text("cidrIpv4", cidr),
            Source::Group(id) => {
                let group = Xml::new().text("groupId", id).text("userId", account);
                xml.child("referencedGroupInfo", &group)
            }
        }
    }

    fn missing(id: &str) -> Refusal {
        let message = format!("The security group rule ID '{id}' does not exist");
        Refusal::bad("InvalidSecurityGroupRuleId.NotFound", message)
    }
}
