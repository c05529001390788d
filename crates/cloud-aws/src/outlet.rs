//! The manifest's `aws:` section of a private link connection: what TiDB Cloud is to reach, and in whose account.
//!
//! It checks what can be checked by looking at the text; whether any of it exists, the pre-flight asks.

use crate::network::{flaw, id_flaw, is_id, list_flaws, tag_flaws};
use crate::{ACCOUNT, SECURITY_GROUPS, SUBNETS, TAGS, VPC};
use cloud::{Change, Exposed, Exposure, Flaw, PlaceWords, Setting, Settings, Source, Value};
use planner::dataflow::PartId;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

/// The manifest's names of the fields, beside those of an endpoint.
pub const SERVICE: &str = "service";
pub const EXPOSE: &str = "expose";
pub const DATABASE: &str = "database";
pub const ADDRESSES: &str = "addresses";
pub const PORT: &str = "port";

/// What a private link connection leads to in one of your AWS accounts: an endpoint service that is there already, or a
/// database that gets one.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "AwsOutlet")]
pub struct Outlet {
    /// An alias that the operator's configuration maps to an AWS account and its credentials.
    pub account: String,
    /// The name of an endpoint service of this account (`com.amazonaws.vpce.<region>.vpce-svc-…`), which stays as it is:
    /// Tidelock only lets TiDB Cloud ask for a connection, and accepts the one that is yours. Either this or `expose`.
    #[serde(default)]
    pub service: Option<String>,
    /// A database that has no endpoint service yet: Tidelock builds the target group, the internal network load balancer,
    /// its listener and the endpoint service, and takes them down again. Either this or `service`.
    #[serde(default)]
    pub expose: Option<Expose>,
}

/// A database, and where the load balancer in front of it stands.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "AwsExpose")]
pub struct Expose {
    /// The identifier of an Amazon RDS instance. Tidelock resolves its name at each look and follows a failover. Either
    /// this or `addresses`.
    #[serde(default)]
    pub database: Option<String>,
    /// The database's private IPv4 addresses within the VPC, where they never change. Either this or `database`.
    #[serde(default)]
    pub addresses: Option<Vec<IpAddr>>,
    /// The TCP port of the database, such as 3306. The load balancer listens on the same.
    pub port: u16,
    /// The VPC of the database (`vpc-…`).
    pub vpc: String,
    /// Subnets (`subnet-…`) of the VPC for the load balancer, at most one in each availability zone. It stands in those
    /// whose zones TiDB Cloud's cluster has too.
    pub subnets: Vec<String>,
    /// The security groups (`sg-…`) of the load balancer, which must let the port in; AWS would never let a load
    /// balancer have any that was created with none. The database's own groups must let the load balancer in.
    pub security_groups: Vec<String>,
    /// Tags of your own for all that Tidelock builds. Keys that begin with `aws:` or `tidelock:` are reserved.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

impl Outlet {
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }

    /// What is wrong with the text itself.
    #[must_use]
    pub fn check(&self) -> Vec<Flaw> {
        let Outlet { account, service, expose } = self;
        let mut flaws = Vec::new();
        if account.trim().is_empty() {
            let remedy = "name an account of the operator's configuration, such as `account: prod`";
            flaws.push(flaw(ACCOUNT, "the account is empty", remedy));
        }
        let remedy = "write `service` to use an endpoint service, or `expose` to have one built for a database";
        match (service, expose) {
            (Some(_), Some(_)) => {
                flaws.push(flaw(
                    SERVICE,
                    "there is both a service and something to expose",
                    remedy,
                ));
            }
            (None, None) => {
                flaws.push(flaw(
                    ACCOUNT,
                    "there is neither a service nor something to expose",
                    remedy,
                ));
            }
            (Some(_), None) | (None, Some(_)) => {}
        }
        flaws.extend(service.as_deref().and_then(service_flaw));
        flaws.extend(expose.iter().flat_map(Expose::check));
        flaws
    }

    /// Of a text without flaws.
    #[must_use]
    pub fn exposed(&self) -> Exposed {
        match &self.expose {
            Some(expose) => Exposed::Database(Box::new(expose.exposure())),
            None => Exposed::Service(PartId(self.service.clone().unwrap_or_default().into())),
        }
    }
}

impl Expose {
    fn check(&self) -> Vec<Flaw> {
        let Expose { database, addresses, port, vpc, subnets, security_groups, tags } = self;
        let mut flaws = Vec::new();
        let remedy = "write `database` with an RDS instance's identifier, or `addresses`";
        match (database, addresses) {
            (Some(_), Some(_)) => {
                flaws.push(flaw(DATABASE, "there are both a database and addresses", remedy));
            }
            (None, None) => {
                flaws.push(flaw(PORT, "there is neither a database nor an address", remedy));
            }
            (Some(id), None) => flaws.extend(database_flaw(id)),
            (None, Some(addresses)) => flaws.extend(address_flaws(addresses)),
        }
        if *port == 0 {
            let remedy = "write the port of the database, such as 3306";
            flaws.push(flaw(PORT, "0 is not a TCP port", remedy));
        }
        flaws.extend(id_flaw(VPC, "vpc", vpc));
        flaws.extend(list_flaws(SUBNETS, "subnet", subnets));
        flaws.extend(list_flaws(SECURITY_GROUPS, "sg", security_groups));
        flaws.extend(tag_flaws(tags));
        flaws
    }

    fn exposure(&self) -> Exposure {
        let Expose { database, addresses, port, vpc, subnets, security_groups, tags } = self;
        let source = match database {
            Some(id) => Source::Instance(id.clone()),
            None => Source::Addresses(addresses.iter().flatten().copied().collect()),
        };
        let setting = |value, change| Setting { value, change };
        let mut settings = Settings::from([
            (VPC, setting(Value::text(vpc), Change::Replace)),
            (SUBNETS, setting(Value::set(subnets), Change::InPlace)),
            (SECURITY_GROUPS, setting(Value::set(security_groups), Change::InPlace)),
        ]);
        if !tags.is_empty() {
            settings.insert(TAGS, setting(Value::Map(tags.clone()), Change::InPlace));
        }
        let words = PlaceWords { network: VPC, subnets: SUBNETS };
        Exposure { source, port: *port, settings, words }
    }
}

/// The region in the name of an endpoint service, and its id.
pub(crate) fn service_parts(name: &str) -> Option<(&str, &str)> {
    let (region, id) = name.strip_prefix("com.amazonaws.vpce.")?.split_once('.')?;
    (!region.is_empty() && is_id("vpce-svc", id)).then_some((region, id))
}

/// Addresses that a target group of a load balancer takes, and that are nobody's on the Internet (RFC 1918, RFC 6598).
pub(crate) fn is_private(address: IpAddr) -> bool {
    let IpAddr::V4(address) = address else { return false };
    let [first, second, ..] = address.octets();
    address.is_private() || (first == 100 && (64..128).contains(&second))
}

fn service_flaw(name: &str) -> Option<Flaw> {
    service_parts(name).is_none().then(|| {
        let message = format!("{name:?} is not the name of an endpoint service");
        let remedy =
            "write the name as AWS shows it: `com.amazonaws.vpce.us-east-1.vpce-svc-0c12a34b56d78e90f`";
        flaw(SERVICE, message, remedy)
    })
}

/// RDS: up to 63 letters, digits and hyphens, a letter first, no hyphen last and no two in a row.
fn database_flaw(id: &str) -> Option<Flaw> {
    let is_known = id.starts_with(|first: char| first.is_ascii_alphabetic())
        && id.len() <= 63
        && id.chars().all(|char| char.is_ascii_alphanumeric() || char == '-')
        && !id.ends_with('-')
        && !id.contains("--");
    (!is_known).then(|| {
        let message = format!("{id:?} is not the identifier of an RDS instance");
        let remedy = "write the DB identifier as RDS shows it, such as `orders-db`; not its host name or ARN";
        flaw(DATABASE, message, remedy)
    })
}

fn address_flaws(addresses: &[IpAddr]) -> Vec<Flaw> {
    if addresses.is_empty() {
        let remedy = "list each address of the database";
        return vec![flaw(ADDRESSES, "addresses is an empty list", remedy)];
    }
    let mut seen = BTreeSet::new();
    addresses
        .iter()
        .filter_map(|address| {
            if seen.insert(*address) {
                return unfit_address(*address);
            }
            Some(flaw(ADDRESSES, format!("{address} is listed twice"), "list it once"))
        })
        .collect()
}

fn unfit_address(address: IpAddr) -> Option<Flaw> {
    let why = match address {
        _ if is_private(address) => return None,
        IpAddr::V6(_) => "is an IPv6 address, and the connection goes by IPv4",
        IpAddr::V4(Ipv4Addr::UNSPECIFIED | Ipv4Addr::LOCALHOST | Ipv4Addr::BROADCAST) => {
            "is no address of a database in a VPC"
        }
        IpAddr::V4(_) => "is a public address, which a load balancer does not send to",
    };
    let remedy = "list the database's private addresses in the VPC, such as 10.0.1.23";
    Some(flaw(ADDRESSES, format!("{address} {why}"), remedy))
}

#[cfg(test)]
mod tests;
