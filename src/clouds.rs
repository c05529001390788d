//! The one list of the customer's clouds: a cloud is one line in each part of this file.
//!
//! Everything else about a cloud is in its own crate.

use crate::config::{AccountConfig, Config};
use crate::context::Open;
use crate::report::Vendor;
use crate::wish::Account;
use cloud::{Cloud, Error, ReadOnly, Wire};
use std::sync::Arc;

/// The word of a cloud that this version knows.
#[must_use]
pub fn known(word: &str) -> Option<&'static str> {
    [cloud_aws::CLOUD].into_iter().find(|known| *known == word)
}

/// How a cloud is spoken of.
#[must_use]
pub fn vendor(word: &'static str) -> Vendor {
    match word {
        cloud_aws::CLOUD => Vendor {
            word,
            title: cloud_aws::TITLE,
            link: cloud_aws::LINK,
            show: cloud_aws::SHOW,
            delete: cloud_aws::DELETE,
        },
        other => Vendor { word: other, title: other, link: "endpoint", show: "", delete: "" },
    }
}

/// Signs in to an account of the operator's configuration.
#[must_use]
pub fn opener(config: &Config, wire: &Arc<dyn Wire>, access: Access) -> Open {
    let accounts = config.accounts.clone();
    let wire = match access {
        Access::Full => wire.clone(),
        Access::LookOnly => Arc::new(ReadOnly::new(wire.clone(), cloud_aws::deed)),
    };
    Box::new(move |account| {
        let (known, wire) = (accounts.get(&account.alias).cloned(), wire.clone());
        Box::pin(async move {
            let configured = known.ok_or_else(|| not_configured(&account))?;
            if configured.cloud != account.cloud {
                return Err(other_cloud(&account, &configured));
            }
            match account.cloud {
                cloud_aws::CLOUD => open_aws(&account, configured, wire).await,
                other => Err(not_built(other)),
            }
        })
    })
}

/// Whether a process may change anything. Refused at the wire, so that no bug above it can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    LookOnly,
    Full,
}

#[cfg(feature = "aws")]
async fn open_aws(
    account: &Account,
    configured: AccountConfig,
    wire: Arc<dyn Wire>,
) -> Result<Arc<dyn Cloud>, Error> {
    let AccountConfig { cloud: _, account_id, regions: _, profile, role_arn, endpoint_url, keys } =
        configured;
    let (alias, region) = (account.alias.clone(), account.region.clone());
    let scope = cloud_aws::Scope { alias, region, account_id };
    let login = match keys {
        Some((access_key_id, secret_access_key)) => {
            cloud_aws::Login::Keys { access_key_id, secret_access_key }
        }
        None => cloud_aws::Login::Chain { profile, role_arn },
    };
    let options = cloud_aws::Options { scope, login, endpoint_url, wire };
    Ok(Arc::new(cloud_aws::connect(options).await))
}

#[cfg(not(feature = "aws"))]
#[expect(clippy::unused_async, reason = "the client that is left out is asynchronous")]
async fn open_aws(
    account: &Account,
    _: AccountConfig,
    _: Arc<dyn Wire>,
) -> Result<Arc<dyn Cloud>, Error> {
    Err(not_built(account.cloud))
}

fn not_configured(account: &Account) -> Error {
    let Account { cloud, alias, .. } = account;
    Error::Credentials {
        message: format!(
            "account {alias} is not configured; add `[accounts.{alias}]` with `cloud = \"{cloud}\"` to the configuration"
        ),
    }
}

fn other_cloud(account: &Account, configured: &AccountConfig) -> Error {
    let Account { cloud, alias, .. } = account;
    let message = format!(
        "account {alias} is configured for {}, the manifest uses it for {cloud}",
        configured.cloud
    );
    Error::Credentials { message }
}

fn not_built(cloud: &str) -> Error {
    let message = format!("this build of tidelock has no client for {cloud}");
    Error::Refused { code: "NotBuilt".into(), message }
}
