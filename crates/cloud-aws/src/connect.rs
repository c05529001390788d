//! From the operator's configuration to a client: whose credentials, and which endpoint.
//!
//! Nothing is sent here; a wrong configuration shows in the first call.

use crate::wire::WireClient;
use crate::{AccountSettings, Aws, Keys, Scope};
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_ec2::config::StalledStreamProtectionConfig;
use aws_sdk_ec2::config::retry::RetryConfig;
use cloud::Wire;
use secrecy::ExposeSecret;
use std::sync::Arc;

pub struct Options {
    pub scope: Scope,
    /// Without keys in them, AWS's usual chain: environment, profile, web identity, container, instance.
    pub settings: AccountSettings,
    pub wire: Arc<dyn Wire>,
}

/// How the role's session is called in `CloudTrail`.
const SESSION_NAME: &str = "tidelock";

pub async fn connect(options: Options) -> Aws {
    let Options { scope, settings, wire } = options;
    let AccountSettings { account_id, profile, role_arn, endpoint_url, keys, memory } = settings;
    let http = WireClient::new(wire);
    let region = Region::new(scope.region.clone());
    let config = match keys {
        None => {
            let config = chain(http, region, profile, endpoint_url).await;
            assume(config, role_arn).await
        }
        Some(Keys { access_key_id, secret_access_key }) => {
            let secret = secret_access_key.expose_secret();
            let keys = Credentials::new(access_key_id, secret, None, None, "tidelock");
            given(http, region, keys, endpoint_url)
        }
    };
    Aws::new(&config, scope, account_id, memory)
}

/// Each attempt is the caller's to see and to journal, so the SDK makes only one. The wire delivers whole bodies, so
/// there is no stream that could stall.
async fn chain(
    http: WireClient,
    region: Region,
    profile: Option<String>,
    endpoint_url: Option<String>,
) -> SdkConfig {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http.clone())
        .region(region.clone())
        .retry_config(RetryConfig::disabled())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    if let Some(name) = profile {
        // By its name alone it would come after keys in the environment, and several accounts would be one.
        let provider = ProfileFileCredentialsProvider::builder().profile_name(&name);
        let provider = provider.configure(&provider_config(http, region)).build();
        loader = loader.credentials_provider(provider).profile_name(name);
    }
    if let Some(url) = endpoint_url {
        loader = loader.endpoint_url(url);
    }
    loader.load().await
}

fn provider_config(http: WireClient, region: Region) -> ProviderConfig {
    ProviderConfig::without_region()
        .with_behavior_version(Some(BehaviorVersion::latest()))
        .with_http_client(http)
        .with_region(Some(region))
        .with_retry_config(RetryConfig::disabled())
}

async fn assume(config: SdkConfig, role_arn: Option<String>) -> SdkConfig {
    let (Some(role), Some(base)) = (role_arn, config.credentials_provider()) else { return config };
    let provider = AssumeRoleProvider::builder(role).session_name(SESSION_NAME).configure(&config);
    let provider = provider.build_from_provider(base).await;
    config.into_builder().credentials_provider(SharedCredentialsProvider::new(provider)).build()
}

fn given(
    http: WireClient,
    region: Region,
    keys: Credentials,
    endpoint_url: Option<String>,
) -> SdkConfig {
    let mut builder = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http)
        .region(region)
        .credentials_provider(SharedCredentialsProvider::new(keys))
        .retry_config(RetryConfig::disabled())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    builder.set_endpoint_url(endpoint_url);
    builder.build()
}
