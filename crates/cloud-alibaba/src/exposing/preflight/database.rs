//! Whether the database is where the load balancer can reach it, and lets it in.

use super::placement::ranges;
use super::{Case, error, warning};
use crate::outlet::is_private;
use crate::preflight::Remark;
use crate::{ADDRESSES, DATABASE, PORT};
use cloud::{DatabaseSeen, Source};
use std::net::IpAddr;

pub(super) fn judge(case: &Case<'_>) -> Vec<Remark> {
    match &case.exposure.source {
        Source::Addresses(addresses) => {
            let outside = |address: &IpAddr| outside(case, ADDRESSES, "the database", *address);
            addresses.iter().filter_map(outside).collect()
        }
        Source::Instance(id) => {
            let Some(database) = case.facts.databases.get(id) else {
                let message = format!("the database {id} does not exist in {}", case.scope);
                let remedy = "check the id, and the account and region it belongs to; to connect to a cross-region ApsaraDB RDS instance, contact TiDB Cloud Support";
                return vec![error(DATABASE, "database-not-found", message, remedy.into())];
            };
            instance(case, id, database)
        }
    }
}

fn instance(case: &Case<'_>, id: &str, database: &DatabaseSeen) -> Vec<Remark> {
    let mut remarks: Vec<Remark> = port(case, id, database).into_iter().collect();
    if database.vpc != case.wanted.vpc {
        let vpc = &database.vpc;
        let message = format!("the database {id} is in {vpc}, not in {}", case.wanted.vpc);
        let remedy = format!("write `vpc: {vpc}`, and vSwitches of it");
        remarks.push(error(DATABASE, "database-not-in-vpc", message, remedy));
        return remarks;
    }
    if database.addresses.is_empty() {
        remarks.push(unresolved(id, database));
    }
    let who = format!("{} of the database {id}", database.host);
    let mut wrong = database.addresses.iter().filter_map(|it| misplaced(case, &who, *it));
    remarks.extend(wrong.next());
    remarks.extend(shut_out(case, id));
    remarks
}

fn unresolved(id: &str, database: &DatabaseSeen) -> Remark {
    let DatabaseSeen { host, word, .. } = database;
    if host.is_empty() {
        let message = format!("the database {id} has no name yet; it is {word}");
        let remedy = "wait until it is running".to_owned();
        return warning(DATABASE, "database-without-name", message, remedy);
    }
    let message = format!(
        "RDS shows no private address of the database {id}, and its name {host} does not resolve"
    );
    let remedy = "give the instance an internal endpoint, or list `addresses` instead";
    warning(DATABASE, "database-not-resolved", message, remedy.into())
}

fn misplaced(case: &Case<'_>, who: &str, address: IpAddr) -> Option<Remark> {
    if is_private(address) {
        return outside(case, DATABASE, who, address);
    }
    let message = format!("{who} leads to {address}, which is not a private address");
    let remedy = "give the instance an internal endpoint in the VPC";
    Some(error(DATABASE, "database-address-public", message, remedy.into()))
}

fn outside(case: &Case<'_>, field: &'static str, who: &str, address: IpAddr) -> Option<Remark> {
    let vpc = case.wanted.vpc;
    let ranges = case.facts.vpcs.get(vpc).filter(|ranges| !ranges.is_empty())?;
    let is_inside = ranges.iter().any(|range| range.contains(address));
    (!is_inside).then(|| {
        let message = format!("{address} of {who} is in no vSwitch of {vpc}");
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

/// The load balancer speaks to it with addresses of its own vSwitches.
fn shut_out(case: &Case<'_>, id: &str) -> Option<Remark> {
    let allowed = case.facts.allowed.get(id)?;
    let is_let_in = |range| allowed.iter().any(|its| its.covers(range));
    let out: Vec<String> = ranges(case)
        .into_iter()
        .filter(|(_, range)| !is_let_in(*range))
        .map(|(id, _)| id)
        .collect();
    (!out.is_empty()).then(|| {
        let message = format!(
            "the allow list of the database {id} does not hold the ranges of {}",
            out.join(", ")
        );
        let remedy = "add the CIDR blocks of these vSwitches to the allow list of the instance: the load balancer stands in them";
        warning(DATABASE, "database-allow-list", message, remedy.into())
    })
}
