//! The manifest's `alibaba:` section of a private link connection: what TiDB Cloud is to reach, and in whose account.
//!
//! It checks what can be checked by looking at the text; whether any of it exists, the pre-flight asks.

use crate::network::{flaw, id_flaw, list_flaws, tag_flaws};
use crate::{ACCOUNT, SECURITY_GROUPS, TAGS, V_SWITCHES, VPC};
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

/// NLB allows no more.
const GROUPS_MAX: usize = 4;

/// What a private link connection leads to in one of your Alibaba Cloud accounts: an endpoint service that is there already, or a
/// database that gets one.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "AlibabaOutlet")]
pub struct Outlet {
    /// An alias that the operator's configuration maps to an Alibaba Cloud account and its credentials.
    pub account: String,
    /// The name of an endpoint service of this account (`com.aliyuncs.privatelink.<region>.epsrv-…`), which stays as it is:
    /// Tidelock only lets TiDB Cloud ask for a connection, and accepts the one that is yours. Either this or `expose`.
    #[serde(default)]
    pub service: Option<String>,
    /// A database that has no endpoint service yet: Tidelock builds the server group, the internal network load balancer
    /// (NLB), its listener and the endpoint service, and takes them down again. Either this or `service`.
    #[serde(default)]
    pub expose: Option<Expose>,
}

/// A database, and where the load balancer in front of it stands.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "AlibabaExpose")]
pub struct Expose {
    /// The id of an `ApsaraDB` RDS instance (`rm-…`). Tidelock asks for its private address at each look and follows it
    /// when it changes. Either this or `addresses`.
    #[serde(default)]
    pub database: Option<String>,
    /// The database's private IPv4 addresses within the VPC, where they never change. Either this or `database`.
    #[serde(default)]
    pub addresses: Option<Vec<IpAddr>>,
    /// The TCP port of the database, such as 3306. The load balancer listens on the same.
    pub port: u16,
    /// The VPC of the database (`vpc-…`).
    pub vpc: String,
    /// vSwitches (`vsw-…`) of the VPC for the load balancer, one in each zone. It stands in those whose zones TiDB Cloud's
    /// cluster has too; Alibaba Cloud wants at least two zones. The database's allow list must admit their ranges.
    pub v_switches: Vec<String>,
    /// The security groups (`sg-…`) of the load balancer, which must let the port in.
    pub security_groups: Vec<String>,
    /// Tags of your own for all that Tidelock builds. Keys that begin with `aliyun`, `acs:` or `tidelock:` are
    /// reserved.
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
        let Expose { database, addresses, port, vpc, v_switches, security_groups, tags } = self;
        let mut flaws = Vec::new();
        let remedy = "write `database` with the id of an RDS instance, or `addresses`";
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
        flaws.extend(list_flaws(V_SWITCHES, "vsw", v_switches));
        flaws.extend(list_flaws(SECURITY_GROUPS, "sg", security_groups));
        if security_groups.len() > GROUPS_MAX {
            let message = format!("a load balancer takes no {} groups", security_groups.len());
            let remedy = format!("list at most {GROUPS_MAX}");
            flaws.push(flaw(SECURITY_GROUPS, message, remedy));
        }
        flaws.extend(tag_flaws(tags));
        flaws
    }

    fn exposure(&self) -> Exposure {
        let Expose { database, addresses, port, vpc, v_switches, security_groups, tags } = self;
        let source = match database {
            Some(id) => Source::Instance(id.clone()),
            None => Source::Addresses(addresses.iter().flatten().copied().collect()),
        };
        let setting = |value, change| Setting { value, change };
        let mut settings = Settings::from([
            (VPC, setting(Value::text(vpc), Change::Replace)),
            (V_SWITCHES, setting(Value::set(v_switches), Change::InPlace)),
            (SECURITY_GROUPS, setting(Value::set(security_groups), Change::InPlace)),
        ]);
        if !tags.is_empty() {
            settings.insert(TAGS, setting(Value::Map(tags.clone()), Change::InPlace));
        }
        let words = PlaceWords { network: VPC, subnets: V_SWITCHES };
        Exposure { source, port: *port, settings, words }
    }
}

/// The region in the name of an endpoint service, and its id.
pub(crate) fn service_parts(name: &str) -> Option<(&str, &str)> {
    let (region, id) = name.strip_prefix("com.aliyuncs.privatelink.")?.split_once('.')?;
    let rest = id.strip_prefix("epsrv-")?;
    let is_inner = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_lowercase();
    let is_id = !rest.is_empty() && rest.bytes().all(is_inner);
    (!region.is_empty() && is_id).then_some((region, id))
}

/// Addresses that are nobody's on the Internet (RFC 1918). Alibaba Cloud keeps those of RFC 6598 for itself.
pub(crate) fn is_private(address: IpAddr) -> bool {
    let IpAddr::V4(address) = address else { return false };
    address.is_private()
}

fn service_flaw(name: &str) -> Option<Flaw> {
    service_parts(name).is_none().then(|| {
        let message = format!("{name:?} is not the name of an endpoint service");
        let remedy = "write the name as Alibaba Cloud shows it: `com.aliyuncs.privatelink.ap-southeast-1.epsrv-t4nb2v8z0k1m3x5c7`";
        flaw(SERVICE, message, remedy)
    })
}

/// A prefix that tells the engine (`rm`, `pgm`), and lower-case letters and digits.
fn database_flaw(id: &str) -> Option<Flaw> {
    let is_inner = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_lowercase();
    let is_id = id.split_once('-').is_some_and(|(engine, rest)| {
        let is_word = !engine.is_empty() && engine.bytes().all(|byte| byte.is_ascii_lowercase());
        is_word && !rest.is_empty() && rest.len() <= 60 && rest.bytes().all(is_inner)
    });
    (!is_id).then(|| {
        let message = format!("{id:?} is not the id of an RDS instance");
        let remedy = "write the instance id as ApsaraDB RDS shows it, such as `rm-t4nb2v8z0k1m3x5c7`; not its host name";
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
