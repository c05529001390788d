//! What the operator's configuration says about an Azure account, beside the alias.
//!
//! It is read from a file that the operator owns; no manifest can set any of it, and no secret stands in it.

use secrecy::SecretString;
use serde::Deserialize;
use std::path::PathBuf;

/// The rest of `[accounts.<alias>]`. Only the subscription is required.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccountSettings {
    /// The subscription in which the endpoints stand.
    pub subscription_id: String,
    /// The Entra tenant to sign in to; `AZURE_TENANT_ID` says it otherwise.
    pub tenant_id: Option<String>,
    /// The application, or the managed identity, to sign in as; `AZURE_CLIENT_ID` says it otherwise.
    pub client_id: Option<String>,
    /// How to sign in. Left out, it is the first that is set up, in the order in which they are listed.
    pub sign_in: Option<SignIn>,
    /// A file with nothing but the application's secret; `AZURE_CLIENT_SECRET` says it otherwise.
    pub client_secret_file: Option<PathBuf>,
    /// A PEM file with the application's certificate and private key; `AZURE_CLIENT_CERTIFICATE_PATH` says it otherwise.
    pub client_certificate_file: Option<PathBuf>,
    /// A file with the pod's token; `AZURE_FEDERATED_TOKEN_FILE` says it otherwise.
    pub federated_token_file: Option<PathBuf>,
    /// Instead of `https://management.azure.com`.
    pub endpoint_url: Option<String>,
    /// Instead of `https://login.microsoftonline.com`; `AZURE_AUTHORITY_HOST` says it otherwise.
    pub authority_host: Option<String>,
    /// Instead of the file; for simulated clouds, and never read from one.
    #[serde(skip)]
    pub client_secret: Option<SecretString>,
}

/// How to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignIn {
    /// As an application, with a secret.
    ClientSecret,
    /// As an application, with a certificate.
    ClientCertificate,
    /// As the identity of a Kubernetes pod.
    WorkloadIdentity,
    /// As the identity of the virtual machine or the app service that this runs on.
    ManagedIdentity,
    /// As whoever has signed in with `az login`.
    AzureCli,
}
