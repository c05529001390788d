//! What the demo asks for, cloud by cloud: manifests, and the accounts of the example world in which they stand.
//!
//! The story is one of AWS, and cannot be told without its client; each other cloud that this build knows joins in.

use crate::clouds::{self, Settings};
use crate::config::AccountConfig;
use secrecy::SecretString;
use sim::{Vendor, example};
use std::io;
use std::path::Path;

/// One cloud's share.
pub(super) struct Part {
    pub(super) vendor: Vendor,
    pub(super) title: &'static str,
    pub(super) alias: &'static str,
    pub(super) account: AccountConfig,
    /// File names and texts.
    pub(super) manifests: &'static [(&'static str, &'static str)],
}

pub(super) const BILLING_FILE: &str = "billing.yaml";

const AWS: &[(&str, &str)] = &[
    (BILLING_FILE, include_str!("../../../examples/01-smallest.yaml")),
    ("orders.yaml", include_str!("../../../examples/02-orders.yaml")),
    ("catalog.yaml", include_str!("catalog.yaml")),
];
const GCP: &[(&str, &str)] =
    &[("orders-gcp.yaml", include_str!("../../../examples/03-dedicated-gcp.yaml"))];
const AZURE: &[(&str, &str)] =
    &[("orders-azure.yaml", include_str!("../../../examples/04-dedicated-azure.yaml"))];
const ALIBABA: &[(&str, &str)] =
    &[("catalog-sg.yaml", include_str!("../../../examples/06-essential-alibaba.yaml"))];

/// What keeps this build from telling the story.
pub(super) fn lacks() -> Option<(String, String)> {
    clouds::known(cloud_aws::CLOUD)?.lacks()
}

/// AWS, and each of the others whose client is built.
///
/// # Errors
/// The file with Google Cloud's token cannot be written.
pub(super) fn parts(url: &str, home: &Path) -> io::Result<Vec<Part>> {
    let mut parts = vec![aws(url)];
    if cfg!(feature = "azure") {
        parts.push(azure(url));
    }
    if cfg!(feature = "gcp") {
        parts.push(gcp(url, home)?);
    }
    if cfg!(feature = "alibaba") {
        parts.push(alibaba(url));
    }
    Ok(parts)
}

fn part(
    vendor: Vendor,
    alias: &'static str,
    regions: &[&str],
    settings: Settings,
    manifests: &'static [(&'static str, &'static str)],
) -> Part {
    let title = clouds::known(settings.cloud()).map_or("", clouds::Known::title);
    let regions = regions.iter().map(|&region| region.to_owned()).collect();
    Part { vendor, title, alias, account: AccountConfig { regions, settings }, manifests }
}

fn aws(url: &str) -> Part {
    let settings = Settings::Aws(cloud_aws::AccountSettings {
        account_id: Some(example::ACCOUNT.into()),
        endpoint_url: Some(url.to_owned()),
        keys: Some(cloud_aws::Keys {
            access_key_id: example::ACCESS_KEY.into(),
            secret_access_key: secret("simulated"),
        }),
        ..cloud_aws::AccountSettings::default()
    });
    part(Vendor::Aws, "prod", &[example::REGION], settings, AWS)
}

fn azure(url: &str) -> Part {
    let settings = Settings::Azure(cloud_azure::AccountSettings {
        subscription_id: example::azure::SUBSCRIPTION.into(),
        tenant_id: Some(example::azure::TENANT.into()),
        client_id: Some(example::azure::CLIENT_ID.into()),
        client_secret: Some(secret(example::azure::CLIENT_SECRET)),
        sign_in: Some(cloud_azure::SignIn::ClientSecret),
        endpoint_url: Some(url.to_owned()),
        authority_host: Some(url.to_owned()),
        ..cloud_azure::AccountSettings::default()
    });
    part(Vendor::Azure, "prod-azure", &[], settings, AZURE)
}

fn gcp(url: &str, home: &Path) -> io::Result<Part> {
    let token = home.join("token");
    std::fs::write(&token, example::gcp::TOKEN)?;
    let settings = Settings::Gcp(cloud_gcp::AccountSettings {
        project: example::gcp::PROJECT.into(),
        endpoint_url: Some(url.to_owned()),
        access_token_file: Some(token),
    });
    Ok(part(Vendor::Gcp, "prod-gcp", &[], settings, GCP))
}

fn alibaba(url: &str) -> Part {
    let settings = Settings::Alibaba(cloud_alibaba::AccountSettings {
        endpoint_url: Some(url.to_owned()),
        keys: Some(cloud_alibaba::Keys {
            access_key_id: example::alibaba::ACCESS_KEY.into(),
            access_key_secret: secret(example::alibaba::ACCESS_KEY_SECRET),
        }),
        ..cloud_alibaba::AccountSettings::default()
    });
    part(Vendor::Alibaba, "prod-alibaba", &[example::alibaba::REGION], settings, ALIBABA)
}

fn secret(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}
