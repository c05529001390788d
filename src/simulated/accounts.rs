//! The example's account in each cloud, as an operator would configure it, with nothing to read from an environment.

use crate::clouds::Settings;
use secrecy::SecretString;
use sim::example::{self, alibaba, azure, gcp};
use std::path::Path;

/// `token` is a file with Google Cloud's, see [`gcp::TOKEN`]; nothing, where the cloud is none of the simulated ones.
#[must_use]
pub fn settings(cloud: &str, url: &str, token: &Path) -> Option<Settings> {
    let endpoint_url = Some(url.to_owned());
    Some(match cloud {
        cloud_aws::CLOUD => Settings::Aws(cloud_aws::AccountSettings {
            account_id: Some(example::ACCOUNT.into()),
            endpoint_url,
            keys: Some(cloud_aws::Keys {
                access_key_id: example::ACCESS_KEY.into(),
                secret_access_key: secret("simulated"),
            }),
            ..cloud_aws::AccountSettings::default()
        }),
        cloud_alibaba::CLOUD => Settings::Alibaba(cloud_alibaba::AccountSettings {
            endpoint_url,
            keys: Some(cloud_alibaba::Keys {
                access_key_id: alibaba::ACCESS_KEY.into(),
                access_key_secret: secret(alibaba::ACCESS_KEY_SECRET),
            }),
            ..cloud_alibaba::AccountSettings::default()
        }),
        cloud_azure::CLOUD => Settings::Azure(cloud_azure::AccountSettings {
            subscription_id: azure::SUBSCRIPTION.into(),
            tenant_id: Some(azure::TENANT.into()),
            client_id: Some(azure::CLIENT_ID.into()),
            client_secret: Some(secret(azure::CLIENT_SECRET)),
            sign_in: Some(cloud_azure::SignIn::ClientSecret),
            authority_host: endpoint_url.clone(),
            endpoint_url,
            ..cloud_azure::AccountSettings::default()
        }),
        cloud_gcp::CLOUD => Settings::Gcp(cloud_gcp::AccountSettings {
            project: gcp::PROJECT.into(),
            endpoint_url,
            access_token_file: Some(token.to_owned()),
            ..cloud_gcp::AccountSettings::default()
        }),
        _ => return None,
    })
}

fn secret(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}
