//! What the operator's configuration says about an Alibaba Cloud account, beside the alias and the regions.
//!
//! It is read from a file that the operator owns; no manifest can set any of it, and no secret stands in it.

use cloud::AccountMemory;
use secrecy::SecretString;
use serde::Deserialize;

/// The rest of `[accounts.<alias>]`. Every key is optional.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccountSettings {
    /// The account that the credentials must belong to; any, if none is given.
    pub account_id: Option<String>,
    /// A profile of the `aliyun` command's configuration, whatever the environment says.
    pub profile: Option<String>,
    /// A RAM role to assume with the credentials.
    pub role_arn: Option<String>,
    /// Instead of Alibaba Cloud's own hosts, for every product.
    pub endpoint_url: Option<String>,
    /// Instead of the vendor's usual chain; for simulated clouds, and never read from a file.
    #[serde(skip)]
    pub keys: Option<Keys>,
    /// Whose account it was before.
    #[serde(skip)]
    pub memory: AccountMemory,
}

/// A fixed pair, for which neither the environment nor any file is read.
#[derive(Clone, Debug)]
pub struct Keys {
    pub access_key_id: String,
    pub access_key_secret: SecretString,
}
