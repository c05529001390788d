//! Whether the database is where the load balancer can reach it.

use super::placement::used_ranges;
use super::{Case, error, warning};
use crate::outlet::is_private;
use crate::preflight::Remark;
use crate::{ADDRESSES, DATABASE, PORT};
use cloud::{DatabaseSeen, Source};
use std::collections::BTreeSet;
use std::net::IpAddr;

pub(super) fn judge(case: &Case<'_>) -> Vec<Remark> {
    match &case.exposure.source {
        Source::Addresses(addresses) => {
            addresses.iter().filter_map(|address| fixed(case, *address)).collect()
        }
        Source::Instance(id) => {
            let Some(database) = case.facts.databases.get(id) else {
                let message = format!("the database {id} does not exist in {}", case.scope);
                let remedy = "check the identifier, and the account and region it belongs to; to connect to a cross-region RDS instance, contact TiDB Cloud Support";
                return vec![error(DATABASE, "database-not-found", message, remedy.into())];
            };
            instance(case, id, database)
        }
    }
}

/// What answers at an address that is no interface's of the VPC, nobody here knows.
fn fixed(case: &Case<'_>, address: IpAddr) -> Option<Remark> {
    outside(case, ADDRESSES, "the database", address).or_else(|| {
        let groups = case.facts.holders.get(&(case.wanted.vpc.to_owned(), address))?;
        closed(case, ADDRESSES, &address.to_string(), groups)
    })
}

fn instance(case: &Case<'_>, id: &str, database: &DatabaseSeen) -> Vec<Remark> {
    let mut remarks: Vec<Remark> = port(case, id, database).into_iter().collect();
    remarks.extend(zones(case, id, database));
    if database.vpc != case.wanted.vpc {
        let vpc = &database.vpc;
        let message = format!("the database {id} is in {vpc}, not in {}", case.wanted.vpc);
        let remedy = format!("write `vpc: {vpc}`, and subnets of it");
        remarks.push(error(DATABASE, "database-not-in-vpc", message, remedy));
        return remarks;
    }
    if database.addresses.is_empty() {
        remarks.push(unresolved(id, database));
    }
    let who = format!("{} of the database {id}", database.host);
    let mut wrong = database.addresses.iter().filter_map(|it| misplaced(case, &who, *it));
    remarks.extend(wrong.next());
    let who = format!("the database {id}");
    remarks.extend(closed(case, DATABASE, &who, &database.security_groups));
    remarks
}

fn unresolved(id: &str, database: &DatabaseSeen) -> Remark {
    let DatabaseSeen { host, word, .. } = database;
    if host.is_empty() {
        let message = format!("the database {id} has no name yet; it is {word}");
        let remedy = "wait until it is available".to_owned();
        return warning(DATABASE, "database-without-name", message, remedy);
    }
    let message = format!("{host}, the name of the database {id}, does not resolve");
    let remedy = "run Tidelock where the VPC's names resolve, or list `addresses` instead";
    warning(DATABASE, "database-not-resolved", message, remedy.into())
}

fn misplaced(case: &Case<'_>, who: &str, address: IpAddr) -> Option<Remark> {
    if is_private(address) {
        return outside(case, DATABASE, who, address);
    }
    let message = format!("{who} resolves to {address}, which is not a private address");
    let remedy = "run Tidelock in the VPC, where the name leads to the private address, or make the database not publicly accessible";
    Some(error(DATABASE, "database-address-public", message, remedy.into()))
}

fn outside(case: &Case<'_>, field: &'static str, who: &str, address: IpAddr) -> Option<Remark> {
    let vpc = case.wanted.vpc;
    let ranges = case.facts.vpcs.get(vpc)?;
    let is_inside = ranges.iter().any(|range| range.contains(address));
    (!is_inside).then(|| {
        let message = format!("{address} of {who} is outside {vpc}");
        let remedy = format!("expose a database with an address in {vpc}, or write its VPC");
        error(field, "address-outside-vpc", message, remedy)
    })
}

fn port(case: &Case<'_>, id: &str, database: &DatabaseSeen) -> Option<Remark> {
    let (wanted, found) = (case.exposure.port, database.port);
    (found != 0 && found != wanted).then(|| {
        let message = format!("the database {id} listens on port {found}, not on {wanted}");
        warning(PORT, "port-differs", message, format!("write `port: {found}`"))
    })
}

/// As TiDB Cloud asks for: the database's subnet group has zones in common with the cluster.
fn zones(case: &Case<'_>, id: &str, database: &DatabaseSeen) -> Option<Remark> {
    let known = !case.ask.zones.is_empty() && !database.zones.is_empty();
    (known && database.zones.is_disjoint(&case.ask.zones)).then(|| {
        let found: Vec<&str> = database.zones.iter().map(String::as_str).collect();
        let message = format!(
            "the subnet group of the database {id} has the zones {}, and none of TiDB Cloud's: {}",
            found.join(", "),
            case.zones()
        );
        let remedy = "add a subnet in one of these zones to the subnet group".to_owned();
        error(DATABASE, "database-zone-not-served", message, remedy)
    })
}

fn closed(
    case: &Case<'_>,
    field: &'static str,
    who: &str,
    groups: &BTreeSet<String>,
) -> Option<Remark> {
    let (port, subnets) = (case.exposure.port, used_ranges(case));
    let found: Vec<_> = groups.iter().filter_map(|id| case.facts.groups.get(id)).collect();
    // A group that could not be found may well be the one that lets the balancer in.
    if groups.is_empty() || found.len() < groups.len() || subnets.is_empty() {
        return None;
    }
    let balancer = case.wanted.security_groups;
    let mut rules = found.iter().flat_map(|group| &group.inbound);
    let is_open = rules.any(|rule| rule.is_for(port) && rule.lets_in(&subnets, balancer));
    (!is_open).then(|| {
        let list =
            |ids: &BTreeSet<String>| ids.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        let message = format!(
            "no inbound rule of {} lets the load balancer reach TCP port {port} of {who}",
            list(groups)
        );
        let remedy = format!("add an inbound rule for TCP port {port} from {}", list(balancer));
        warning(field, "database-port-not-open", message, remedy)
    })
}
