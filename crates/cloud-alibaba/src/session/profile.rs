//! A profile of the `aliyun` command's configuration, `~/.aliyun/config.json`.
//!
//! Profiles that need a browser or another program are not for a daemon, and are refused by name.

use super::source::{Environment, Source, given, no_credentials, read_file};
use super::{instance, role};
use cloud::Error;
use secrecy::SecretString;
use serde::Deserialize;
use std::path::PathBuf;

/// A profile that leans on another, and so on; more of them lean in a circle.
const CHAIN_MAX: usize = 8;

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    current: String,
    #[serde(default)]
    profiles: Vec<Profile>,
}

#[derive(Deserialize)]
#[serde(default)]
struct Profile {
    name: String,
    mode: String,
    access_key_id: String,
    access_key_secret: SecretString,
    sts_token: SecretString,
    ram_role_arn: String,
    ram_role_name: String,
    ram_session_name: String,
    #[serde(rename = "source_profile")]
    source: String,
    oidc_provider_arn: String,
    oidc_token_file: String,
}

impl Default for Profile {
    fn default() -> Profile {
        let (text, secret) = (String::new, || SecretString::from(String::new()));
        Profile {
            name: text(),
            mode: text(),
            access_key_id: text(),
            access_key_secret: secret(),
            sts_token: secret(),
            ram_role_arn: text(),
            ram_role_name: text(),
            ram_session_name: text(),
            source: text(),
            oidc_provider_arn: text(),
            oidc_token_file: text(),
        }
    }
}

/// Nothing, where there is no such file.
pub(crate) fn read(
    environment: &Environment,
    name: Option<&str>,
    sts_host: &str,
) -> Result<Option<Source>, Error> {
    let Some(home) = environment.get("HOME") else { return Ok(None) };
    let path = PathBuf::from(home).join(".aliyun/config.json");
    if !path.exists() {
        return Ok(None);
    }
    // What stands in the file may be a secret: a mistake in it is not shown.
    let file: File = serde_json::from_str(&read_file(&path)?).map_err(|error| {
        let line = error.line();
        no_credentials(&format!("{} is not understood, in line {line}", path.display()))
    })?;
    let chosen = name.map(str::to_owned).or_else(|| environment.get("ALIBABA_CLOUD_PROFILE"));
    let chosen = chosen.unwrap_or_else(|| file.current.clone());
    source(&file, &chosen, sts_host, CHAIN_MAX).map(Some)
}

fn source(file: &File, name: &str, sts_host: &str, depth: usize) -> Result<Source, Error> {
    let found = file.profiles.iter().find(|profile| profile.name == name);
    let profile = found.filter(|_| depth > 0).ok_or_else(|| {
        no_credentials(&format!("the `aliyun` configuration has no usable profile {name:?}"))
    })?;
    let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let role = || {
        let (arn, session) = (profile.ram_role_arn.clone(), some(&profile.ram_session_name));
        role::Role::new(arn, session, sts_host.to_owned())
    };
    let keys =
        |token| given(profile.access_key_id.clone(), profile.access_key_secret.clone(), token);
    Ok(match profile.mode.as_str() {
        "AK" => keys(None),
        "StsToken" => keys(Some(profile.sts_token.clone())),
        "RamRoleArn" => Source::Role { role: role(), base: Box::new(keys(None)) },
        "ChainableRamRoleArn" => {
            let base = source(file, &profile.source, sts_host, depth - 1)?;
            Source::Role { role: role(), base: Box::new(base) }
        }
        "EcsRamRole" => Source::Instance(instance::Instance {
            role: some(&profile.ram_role_name),
            needs_token: false,
        }),
        "OIDC" => Source::Token {
            role: role(),
            provider_arn: profile.oidc_provider_arn.clone(),
            token_file: PathBuf::from(&profile.oidc_token_file),
        },
        mode => {
            let why = format!("profile {name:?} signs in by {mode:?}, which a daemon cannot");
            return Err(no_credentials(&why));
        }
    })
}
