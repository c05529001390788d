//! The one list of the customer's clouds: a cloud is one line in each part of this file.
//!
//! Everything else about a cloud is in its own crate.

use crate::account_memory;
use crate::config::{AccountConfig, Config};
use crate::context::{Expose, Exposed, Open, Opening};
use crate::manifest::Tier;
use crate::manifest::Tier::{Dedicated, Essential, Premium, Starter};
use crate::report::Vendor;
use crate::wish::Account;
use cloud::{AccountMemory, Error, ReadOnly, Request, Value, Wire};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Store;
use toml::Table;

/// What is known of a cloud without asking it.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// As in the manifest.
    pub word: &'static str,
    /// Of its regions in TiDB Cloud.
    pub region_prefix: &'static str,
    /// Whether each region of an account has a list of its own.
    pub is_regional: bool,
    /// What TiDB Cloud offers private endpoints for in this cloud.
    pub tiers: &'static [Tier],
    /// Whether a manifest need not say that a setting is so.
    pub is_usual: fn(&str, &Value) -> bool,
    /// What a build must have been given to speak to it.
    pub feature: &'static str,
    pub is_built: bool,
    /// What its client logs under; finer than `info` these print whole requests, signatures and tokens included.
    pub quiet: &'static [&'static str],
    vendor: Vendor,
    spelled: fn(String) -> String,
    deed: fn(&Request) -> Option<String>,
}

macro_rules! known {
    ($cloud:ident, $feature:literal, $tiers:expr) => {
        Known {
            word: $cloud::CLOUD,
            region_prefix: $cloud::REGION_PREFIX,
            is_regional: $cloud::REGIONAL,
            tiers: $tiers,
            vendor: Vendor {
                word: $cloud::CLOUD,
                title: $cloud::TITLE,
                link: $cloud::LINK,
                show: $cloud::SHOW,
                delete: $cloud::DELETE,
            },
            is_usual: $cloud::is_usual,
            feature: $feature,
            is_built: cfg!(feature = $feature),
            quiet: $cloud::QUIET,
            spelled: $cloud::spelled,
            deed: $cloud::deed,
        }
    };
}

pub const CLOUDS: &[Known] = &[
    known!(cloud_aws, "aws", &[Dedicated, Starter, Essential, Premium]),
    known!(cloud_alibaba, "alibaba", &[Starter, Essential, Premium]),
    known!(cloud_azure, "azure", &[Dedicated]),
    known!(cloud_gcp, "gcp", &[Dedicated]),
];

/// What the operator says about an account, in the words of its cloud.
#[derive(Clone, Debug)]
pub enum Settings {
    Aws(cloud_aws::AccountSettings),
    Alibaba(cloud_alibaba::AccountSettings),
    Azure(cloud_azure::AccountSettings),
    Gcp(cloud_gcp::AccountSettings),
}

impl Settings {
    /// # Errors
    /// A cloud or a key that is not known, a value of the wrong kind; the key comes first.
    pub(crate) fn read(cloud: &str, table: Table) -> Result<Settings, (String, String)> {
        match cloud {
            cloud_aws::CLOUD => keys(table).map(Settings::Aws),
            cloud_alibaba::CLOUD => keys(table).map(Settings::Alibaba),
            cloud_azure::CLOUD => keys(table).map(Settings::Azure),
            cloud_gcp::CLOUD => keys(table).map(Settings::Gcp),
            _ => Err(("cloud".into(), unknown(cloud))),
        }
    }

    /// The manifest's word for the cloud.
    #[must_use]
    pub fn cloud(&self) -> &'static str {
        match self {
            Settings::Aws(_) => cloud_aws::CLOUD,
            Settings::Alibaba(_) => cloud_alibaba::CLOUD,
            Settings::Azure(_) => cloud_azure::CLOUD,
            Settings::Gcp(_) => cloud_gcp::CLOUD,
        }
    }

    /// Where only the credentials say whose account it is; a subscription and a project are in the settings.
    fn remembering(self, memory: AccountMemory) -> Settings {
        match self {
            Settings::Aws(said) => Settings::Aws(cloud_aws::AccountSettings { memory, ..said }),
            Settings::Alibaba(said) => {
                Settings::Alibaba(cloud_alibaba::AccountSettings { memory, ..said })
            }
            named @ (Settings::Azure(_) | Settings::Gcp(_)) => named,
        }
    }
}

macro_rules! connect {
    ($cloud:ident, $feature:literal, $account:expr, $settings:expr, $wire:expr) => {{
        #[cfg(feature = $feature)]
        {
            let Account { cloud: _, alias, region } = $account.clone();
            let scope = $cloud::Scope { alias, region };
            let options = $cloud::Options { scope, settings: $settings, wire: $wire };
            Box::pin(async {
                Ok(Arc::new($cloud::connect(options).await) as Arc<dyn cloud::Cloud>)
            })
        }
        #[cfg(not(feature = $feature))]
        not_built($account, ($settings, $wire))
    }};
}

macro_rules! expose {
    ($cloud:ident, $feature:literal, $account:expr, $settings:expr, $wire:expr) => {{
        #[cfg(feature = $feature)]
        {
            let Account { cloud: _, alias, region } = $account.clone();
            let scope = $cloud::Scope { alias, region };
            let options = $cloud::Options { scope, settings: $settings, wire: $wire };
            Box::pin(async {
                Ok(Arc::new($cloud::connect(options).await) as Arc<dyn cloud::Exposing>)
            })
        }
        #[cfg(not(feature = $feature))]
        {
            let _unused = ($settings, $wire);
            no_services($account)
        }
    }};
}

/// Signs in to an account with these settings, over this wire.
#[must_use]
pub fn connect(account: &Account, settings: Settings, wire: Arc<dyn Wire>) -> Opening {
    match settings {
        Settings::Aws(settings) => connect!(cloud_aws, "aws", account, settings, wire),
        Settings::Alibaba(settings) => {
            connect!(cloud_alibaba, "alibaba", account, settings, wire)
        }
        Settings::Azure(settings) => connect!(cloud_azure, "azure", account, settings, wire),
        Settings::Gcp(settings) => connect!(cloud_gcp, "gcp", account, settings, wire),
    }
}

fn expose(account: &Account, settings: Settings, wire: Arc<dyn Wire>) -> Exposed {
    match settings {
        Settings::Aws(settings) => expose!(cloud_aws, "aws", account, settings, wire),
        Settings::Alibaba(settings) => {
            expose!(cloud_alibaba, "alibaba", account, settings, wire)
        }
        Settings::Azure(_) | Settings::Gcp(_) => no_services(account),
    }
}

fn no_services(account: &Account) -> Exposed {
    let message = format!("private link connections to {} are not supported yet", account.cloud);
    Box::pin(std::future::ready(Err(Error::Refused { code: "NotSupported".into(), message })))
}

/// The cloud in which a region of TiDB Cloud lies, if this version knows it.
#[must_use]
pub fn of_region(region: &str) -> Option<&'static Known> {
    let (prefix, _) = region.split_once('-')?;
    CLOUDS.iter().find(|known| known.region_prefix == prefix)
}

/// The cloud of that word, if this version knows it.
#[must_use]
pub fn known(word: &str) -> Option<&'static Known> {
    CLOUDS.iter().find(|known| known.word == word)
}

impl Known {
    /// How people speak of it.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.vendor.title
    }

    /// What this build lacks to speak to it: what is missing, and what to do about it.
    #[must_use]
    pub fn lacks(&self) -> Option<(String, String)> {
        let message =
            format!("{} needs Tidelock built with the feature {}", self.title(), self.feature);
        let remedy =
            format!("use a build with every cloud, or build with `--features {}`", self.feature);
        (!self.is_built).then_some((message, remedy))
    }
}

/// The one spelling of an endpoint's id or a service's name, whichever cloud's it is.
#[must_use]
pub fn spelled(text: String) -> String {
    CLOUDS.iter().fold(text, |text, known| (known.spelled)(text))
}

/// How a cloud is spoken of.
#[must_use]
pub fn vendor(word: &'static str) -> Vendor {
    let nobody = Vendor { word, title: word, link: "endpoint", show: "", delete: "" };
    known(word).map_or(nobody, |known| known.vendor)
}

/// Signs in to an account of the operator's configuration.
#[must_use]
pub fn opener(config: &Config, wire: &Arc<dyn Wire>, store: &Arc<Store>, access: Access) -> Open {
    let doors = Doors::new(config, wire, store, access);
    Box::new(move |account| match doors.to(&account) {
        Ok((settings, wire)) => connect(&account, settings, wire),
        Err(error) => Box::pin(std::future::ready(Err(error))),
    })
}

/// The same for the service side of an account.
#[must_use]
pub fn exposer(
    config: &Config,
    wire: &Arc<dyn Wire>,
    store: &Arc<Store>,
    access: Access,
) -> Expose {
    let doors = Doors::new(config, wire, store, access);
    Box::new(move |account| match doors.to(&account) {
        Ok((settings, wire)) => expose(&account, settings, wire),
        Err(error) => Box::pin(std::future::ready(Err(error))),
    })
}

/// What it takes to sign in anywhere.
struct Doors {
    accounts: BTreeMap<String, AccountConfig>,
    wire: Arc<dyn Wire>,
    store: Arc<Store>,
    access: Access,
}

impl Doors {
    fn new(config: &Config, wire: &Arc<dyn Wire>, store: &Arc<Store>, access: Access) -> Doors {
        let (wire, store) = (wire.clone(), store.clone());
        Doors { accounts: config.accounts.clone(), wire, store, access }
    }

    fn to(&self, account: &Account) -> Result<(Settings, Arc<dyn Wire>), Error> {
        let configured = self.accounts.get(&account.alias);
        let settings = configured.ok_or_else(|| not_configured(account))?.settings.clone();
        if settings.cloud() != account.cloud {
            return Err(other_cloud(account, &settings));
        }
        let memory = account_memory::of(&self.store, account, self.access);
        let wire = limited(&self.wire, self.access, account.cloud);
        Ok((settings.remembering(memory), wire))
    }
}

/// Whether a process may change anything. Refused at the wire, so that no bug above it can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    LookOnly,
    Full,
}

/// What is a deed, each cloud knows of its own requests; of a cloud that is not known, everything is.
fn limited(wire: &Arc<dyn Wire>, access: Access, cloud: &str) -> Arc<dyn Wire> {
    let anything: fn(&Request) -> Option<String> = |request| Some(request.uri().path().to_owned());
    let deed = known(cloud).map_or(anything, |known| known.deed);
    match access {
        Access::Full => wire.clone(),
        Access::LookOnly => Arc::new(ReadOnly::new(wire.clone(), deed)),
    }
}

/// Key by key, so that an error can say which of them is to blame.
fn keys<S: DeserializeOwned>(table: Table) -> Result<S, (String, String)> {
    let read = |table: Table| table.try_into::<S>();
    for (key, value) in &table {
        let alone = Table::from_iter([(key.clone(), value.clone())]);
        read(alone).map_err(|error| (key.clone(), error.message().to_owned()))?;
    }
    read(table).map_err(|error| (String::new(), error.message().to_owned()))
}

fn unknown(cloud: &str) -> String {
    let words: Vec<&str> = CLOUDS.iter().map(|known| known.word).collect();
    format!("{cloud:?} is no cloud that this version knows; write one of {}", words.join(", "))
}

fn not_configured(account: &Account) -> Error {
    let Account { cloud, alias, .. } = account;
    let message = format!("account {alias} is not configured");
    let remedy =
        format!("add `[accounts.{alias}]` with `cloud = \"{cloud}\"` to the configuration");
    Error::Setup { message, remedy }
}

fn other_cloud(account: &Account, configured: &Settings) -> Error {
    let Account { cloud, alias, .. } = account;
    let message = format!(
        "account {alias} is configured for {}, the manifest uses it for {cloud}",
        configured.cloud()
    );
    let remedy =
        format!("name an account of {cloud} in the manifest, or correct `[accounts.{alias}]`");
    Error::Setup { message, remedy }
}

#[cfg(not(all(feature = "aws", feature = "alibaba", feature = "azure", feature = "gcp")))]
fn not_built<Unused>(account: &Account, _: Unused) -> Opening {
    let lacks = known(account.cloud).and_then(Known::lacks);
    let (message, remedy) = lacks.expect("only a cloud that is not built in comes here");
    Box::pin(std::future::ready(Err(Error::Setup { message, remedy })))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, key: &str, message: &str) {
        let error = Settings::read(cloud_aws::CLOUD, text.parse().unwrap()).unwrap_err();
        assert_eq!(error.0, key, "{error:?}");
        assert!(error.1.contains(message), "{error:?}");
    }

    #[test]
    fn the_key_that_is_wrong_is_named() {
        check("profile = \"a\"\nrole = \"b\"", "role", "unknown field `role`");
        check("account_id = 111122223333", "account_id", "invalid type: integer");
        check("keys = [\"a\", \"b\"]", "keys", "unknown field `keys`");
        let (key, message) = Settings::read("azur", Table::new()).unwrap_err();
        assert!(key == "cloud" && message.contains("\"azur\""), "{key}: {message}");
    }

    #[test]
    fn every_cloud_reads_what_is_empty() {
        for known in CLOUDS {
            let settings = Settings::read(known.word, Table::new()).unwrap();
            assert_eq!(settings.cloud(), known.word);
        }
    }
}
