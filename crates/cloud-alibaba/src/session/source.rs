//! Where credentials come from, in the order of the vendor's own SDKs: the environment, RRSA, a profile, the instance.
//!
//! The first that is set up is the one: one that fails is an error, not a reason to become somebody else.

use super::{Session, instance, profile, role};
use crate::wire::Sender;
use crate::{AccountSettings, Keys, Scope};
use cloud::Error;
use secrecy::SecretString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The variables of a process.
#[derive(Clone)]
pub struct Environment(Arc<Lookup>);

type Lookup = dyn Fn(&str) -> Option<String> + Send + Sync;

#[derive(Clone, Debug)]
pub(crate) enum Source {
    Given(Session),
    /// A pod's or a job's token, exchanged for a role.
    Token {
        role: role::Role,
        provider_arn: String,
        token_file: PathBuf,
    },
    /// A role that other credentials may assume.
    Role {
        role: role::Role,
        base: Box<Source>,
    },
    /// The role of the ECS instance that this runs on.
    Instance(instance::Instance),
}

impl Environment {
    #[must_use]
    pub fn new(lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Environment {
        Environment(Arc::new(lookup))
    }

    /// This process's own.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the vendor's variables, as its own SDKs read them"
    )]
    pub fn of_process() -> Environment {
        Environment::new(|name| std::env::var(name).ok())
    }

    pub(crate) fn get(&self, name: &str) -> Option<String> {
        (self.0)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    fn is_on(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }
}

/// Whose credentials the operator and the environment name, before anybody is asked for them.
pub(crate) fn chain(
    settings: &AccountSettings,
    environment: &Environment,
    region: &str,
) -> Result<Source, Error> {
    let AccountSettings { account_id: _, profile, role_arn, endpoint_url: _, keys, memory: _ } =
        settings;
    let host = sts_host(environment, region);
    let base = match keys {
        Some(Keys { access_key_id, access_key_secret }) => {
            return Ok(given(access_key_id.clone(), access_key_secret.clone(), None));
        }
        None => usual(profile.as_deref(), environment, &host)?,
    };
    let named = |arn: &String| role::Role::new(arn.clone(), None, host.clone());
    Ok(match role_arn {
        Some(arn) => Source::Role { role: named(arn), base: Box::new(base) },
        None => base,
    })
}

/// A profile that is named goes before everything: several accounts would be one otherwise.
fn usual(profile: Option<&str>, environment: &Environment, host: &str) -> Result<Source, Error> {
    if profile.is_some() {
        let found = profile::read(environment, profile, host)?;
        return found
            .ok_or_else(|| no_credentials("there is no configuration of the `aliyun` command"));
    }
    if let Some(source) = keys(environment).or_else(|| token(environment, host)) {
        return Ok(source);
    }
    let disabled = environment.is_on("ALIBABA_CLOUD_CLI_PROFILE_DISABLED");
    let found = if disabled { None } else { profile::read(environment, None, host)? };
    match found {
        Some(source) => Ok(source),
        None if environment.is_on("ALIBABA_CLOUD_ECS_METADATA_DISABLED") => {
            Err(no_credentials("neither the environment nor a profile has any"))
        }
        None => Ok(Source::Instance(instance::Instance {
            role: environment.get("ALIBABA_CLOUD_ECS_METADATA"),
            needs_token: environment.is_on("ALIBABA_CLOUD_IMDSV1_DISABLED"),
        })),
    }
}

fn keys(environment: &Environment) -> Option<Source> {
    let id = environment.get("ALIBABA_CLOUD_ACCESS_KEY_ID")?;
    let secret = environment.get("ALIBABA_CLOUD_ACCESS_KEY_SECRET")?;
    let token = environment.get("ALIBABA_CLOUD_SECURITY_TOKEN");
    Some(given(id, SecretString::from(secret), token.map(SecretString::from)))
}

fn token(environment: &Environment, host: &str) -> Option<Source> {
    let arn = environment.get("ALIBABA_CLOUD_ROLE_ARN")?;
    let provider_arn = environment.get("ALIBABA_CLOUD_OIDC_PROVIDER_ARN")?;
    let token_file = environment.get("ALIBABA_CLOUD_OIDC_TOKEN_FILE")?.into();
    let session_name = environment.get("ALIBABA_CLOUD_ROLE_SESSION_NAME");
    let role = role::Role::new(arn, session_name, host.to_owned());
    Some(Source::Token { role, provider_arn, token_file })
}

fn sts_host(environment: &Environment, region: &str) -> String {
    let region = environment.get("ALIBABA_CLOUD_STS_REGION").unwrap_or_else(|| region.to_owned());
    if environment.is_on("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED") {
        return format!("sts-vpc.{region}.aliyuncs.com");
    }
    crate::rpc::Product::Sts.host(&region)
}

pub(crate) fn given(key_id: String, secret: SecretString, token: Option<SecretString>) -> Source {
    Source::Given(Session { key_id, secret, token, ends: None })
}

pub(crate) fn no_credentials(why: &str) -> Error {
    let message = format!(
        "no credentials for Alibaba Cloud: {why}; sign in, or name a profile for this account"
    );
    Error::Credentials { message }
}

/// The path is told, never what stands in the file.
pub(crate) fn read_file(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|error| Error::Credentials {
        message: format!("cannot read {}: {error}", path.display()),
    })
}

impl Source {
    pub(crate) async fn session(&self, sender: &Sender, scope: &Scope) -> Result<Session, Error> {
        match self {
            Source::Given(session) => Ok(session.clone()),
            Source::Token { role, provider_arn, token_file } => {
                let token = SecretString::from(read_file(token_file)?.trim().to_owned());
                role.by_token(sender, scope, provider_arn, &token).await
            }
            Source::Role { role, base } => {
                let base = Box::pin(base.session(sender, scope)).await?;
                role.by(sender, scope, &base).await
            }
            Source::Instance(instance) => instance.session(sender, scope).await,
        }
    }
}
