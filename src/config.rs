//! What the operator configures: command line, environment and file, resolved once.
//!
//! Nothing else reads the environment. Secrets are held in `SecretString` and are never printed; the manifest can
//! set none of this.

use crate::clouds::{self, Settings};
use crate::guard::Limits;
use planner::Tempo;
use secrecy::SecretString;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tidb_cloud::{Hosts, REQUESTS_PER_MINUTE};

/// A year is as long as nobody waits, and leaves room to add to.
const NEVER_SECONDS: u64 = 366 * 24 * 3_600;

/// The file, as written. Every key is optional.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_field_names, reason = "the keys are the operator's words")]
struct File {
    owner: Option<String>,
    store: Option<PathBuf>,
    ca_file: Option<PathBuf>,
    mark_key_file: Option<PathBuf>,
    listen: Option<SocketAddr>,
    hosts: Vec<String>,
    accounts: BTreeMap<String, AccountFile>,
    tidb_cloud: TidbFile,
    guard: GuardFile,
    looks: LooksFile,
}

/// What an account alias stands for.
#[derive(Debug, Deserialize)]
struct AccountFile {
    cloud: String,
    #[serde(default)]
    regions: Vec<String>,
    /// The rest is in the words of the cloud, and its to read.
    #[serde(flatten)]
    settings: toml::Table,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TidbFile {
    dedicated_endpoint: Option<String>,
    serverless_endpoint: Option<String>,
    premium_endpoint: Option<String>,
    public_key_file: Option<PathBuf>,
    private_key_file: Option<PathBuf>,
    projects: Vec<String>,
    requests_per_minute: Option<NonZeroU32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct GuardFile {
    deletions: Option<usize>,
    percent: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LooksFile {
    #[serde(with = "humantime_serde")]
    busy: Option<Duration>,
    #[serde(with = "humantime_serde")]
    idle: Option<Duration>,
    #[serde(with = "humantime_serde")]
    stuck: Option<Duration>,
}

#[derive(Clone, Debug)]
pub struct Config {
    /// Whose endpoints are ours.
    pub owner: String,
    pub mark_key: Option<SecretString>,
    pub store: PathBuf,
    /// PEM certificates to trust beside the system's.
    pub roots: Vec<u8>,
    pub listen: SocketAddr,
    /// Names by which the page may be asked for, beside loopback and addresses.
    pub hosts: Vec<String>,
    pub accounts: BTreeMap<String, AccountConfig>,
    pub tidb: TidbConfig,
    pub limits: Limits,
    pub tempo: Tempo,
}

#[derive(Clone, Debug)]
pub struct AccountConfig {
    /// Looked at even when no manifest names them, so that nothing of ours is forgotten there. Of a cloud that lists all
    /// regions at once, none is named.
    pub regions: Vec<String>,
    pub settings: Settings,
}

#[derive(Clone, Debug)]
pub struct TidbConfig {
    pub hosts: Hosts,
    pub public_key: String,
    pub private_key: SecretString,
    pub projects: Vec<String>,
    pub requests_per_minute: NonZeroU32,
}

/// Looks a variable up; the process's own, or a test's.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The environment of this process.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place where the environment is read")]
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read {what} {}: {source}", path.display())]
    Unreadable { what: &'static str, path: PathBuf, source: std::io::Error },
    #[error("{}: {message}", path.display())]
    Invalid { path: PathBuf, message: String },
    #[error("{}: accounts.{account}: {message}", path.display())]
    BadAccount { path: PathBuf, account: String, message: String },
    #[error("{name}: {message}")]
    BadVariable { name: &'static str, message: String },
    #[error("no TiDB Cloud API key: set {0}, or tidb_cloud.{1} in the configuration")]
    NoKey(&'static str, &'static str),
}

impl Config {
    /// # Errors
    /// A file that cannot be read or understood, a variable that makes no sense, or no API key.
    pub fn resolve(file: Option<&Path>, lookup: Lookup<'_>) -> Result<Config, ConfigError> {
        let (path, file) = match file {
            Some(path) => (path, parse(path, &read(path, "configuration")?)?),
            None => (Path::new(""), File::default()),
        };
        let File {
            owner,
            store,
            ca_file,
            mark_key_file,
            listen,
            hosts,
            accounts,
            tidb_cloud,
            guard,
            looks,
        } = file;
        let ca_file = lookup("TIDELOCK_CA_FILE").map(PathBuf::from).or(ca_file);
        let roots = ca_file.map(|path| certificates(&path)).transpose()?;
        let mark_key = secret(lookup, "TIDELOCK_MARK_KEY", mark_key_file.as_deref())?;
        let listen = match lookup("TIDELOCK_LISTEN") {
            Some(text) => Some(text.parse().map_err(|_| ConfigError::BadVariable {
                name: "TIDELOCK_LISTEN",
                message: format!("{text:?} is not an address like 127.0.0.1:7979"),
            })?),
            None => listen,
        };
        let usual = Limits::default();
        let tempo = Tempo::default();
        let seconds = |wanted: Option<Duration>, usual| {
            wanted.map_or(usual, |wanted| wanted.as_secs().clamp(1, NEVER_SECONDS))
        };
        Ok(Config {
            owner: lookup("TIDELOCK_OWNER").or(owner).unwrap_or_else(|| "tidelock".into()),
            mark_key,
            store: lookup("TIDELOCK_STORE")
                .map(PathBuf::from)
                .or(store)
                .unwrap_or_else(|| "tidelock.db".into()),
            roots: roots.map(String::into_bytes).unwrap_or_default(),
            listen: listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 7979))),
            hosts,
            accounts: accounts_of(path, accounts)?,
            tidb: tidb(tidb_cloud, lookup)?,
            limits: Limits {
                deletions: guard.deletions.unwrap_or(usual.deletions),
                percent: guard.percent.unwrap_or(usual.percent),
            },
            tempo: Tempo {
                busy_seconds: seconds(looks.busy, tempo.busy_seconds),
                idle_seconds: seconds(looks.idle, tempo.idle_seconds),
                stuck_seconds: seconds(looks.stuck, tempo.stuck_seconds),
            },
        })
    }
}

fn accounts_of(
    path: &Path,
    accounts: BTreeMap<String, AccountFile>,
) -> Result<BTreeMap<String, AccountConfig>, ConfigError> {
    let read = |(alias, file): (String, AccountFile)| {
        let AccountFile { cloud, regions, settings } = file;
        let blame = |(key, message): (String, String)| {
            let key = if key.is_empty() { key } else { format!(".{key}") };
            ConfigError::BadAccount { path: path.into(), account: format!("{alias}{key}"), message }
        };
        let settings = Settings::read(&cloud, settings).map_err(blame)?;
        let is_regional = clouds::known(settings.cloud()).is_some_and(|known| known.is_regional);
        if !regions.is_empty() && !is_regional {
            let message = format!("{cloud} shows all regions in one list; leave this key out");
            return Err(blame(("regions".into(), message)));
        }
        Ok((alias, AccountConfig { regions, settings }))
    };
    accounts.into_iter().map(read).collect()
}

fn tidb(file: TidbFile, lookup: Lookup<'_>) -> Result<TidbConfig, ConfigError> {
    use secrecy::ExposeSecret;
    let TidbFile {
        dedicated_endpoint,
        serverless_endpoint,
        premium_endpoint,
        public_key_file,
        private_key_file,
        projects,
        requests_per_minute,
    } = file;
    let public_key = secret(lookup, "TIDBCLOUD_PUBLIC_KEY", public_key_file.as_deref())?
        .ok_or(ConfigError::NoKey("TIDBCLOUD_PUBLIC_KEY", "public_key_file"))?;
    let private_key = secret(lookup, "TIDBCLOUD_PRIVATE_KEY", private_key_file.as_deref())?
        .ok_or(ConfigError::NoKey("TIDBCLOUD_PRIVATE_KEY", "private_key_file"))?;
    let host =
        |name, configured: Option<String>, usual| lookup(name).or(configured).unwrap_or(usual);
    let Hosts { dedicated, serverless, cloud } = Hosts::default();
    let hosts = Hosts {
        dedicated: host("TIDBCLOUD_DEDICATED_ENDPOINT", dedicated_endpoint, dedicated),
        serverless: host("TIDBCLOUD_SERVERLESS_ENDPOINT", serverless_endpoint, serverless),
        cloud: host("TIDBCLOUD_PREMIUM_ENDPOINT", premium_endpoint, cloud),
    };
    Ok(TidbConfig {
        hosts,
        public_key: public_key.expose_secret().into(),
        private_key,
        projects,
        requests_per_minute: requests_per_minute.unwrap_or(REQUESTS_PER_MINUTE),
    })
}

fn parse(path: &Path, text: &str) -> Result<File, ConfigError> {
    toml::from_str(text)
        .map_err(|error| ConfigError::Invalid { path: path.into(), message: error.to_string() })
}

/// The variable, or the file; a trailing newline is no part of a key.
fn secret(
    lookup: Lookup<'_>,
    name: &'static str,
    file: Option<&Path>,
) -> Result<Option<SecretString>, ConfigError> {
    let text = match (lookup(name), file) {
        (Some(text), _) => Some(text),
        (None, Some(path)) => Some(read(path, "key file")?),
        (None, None) => None,
    };
    Ok(text.map(|text| SecretString::from(text.trim().to_owned())))
}

/// A file without any would be trusted for nothing, and nobody would know why.
fn certificates(path: &Path) -> Result<String, ConfigError> {
    let text = read(path, "CA file")?;
    if text.contains("-----BEGIN CERTIFICATE-----") {
        return Ok(text);
    }
    let message = "the CA file holds no PEM certificate".to_owned();
    Err(ConfigError::Invalid { path: path.into(), message })
}

fn read(path: &Path, what: &'static str) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
        what,
        path: path.into(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("tidelock.toml");
        std::fs::write(&path, text).unwrap();
        let lookup = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        Config::resolve(Some(&path), &lookup)
    }

    const KEYS: [(&str, &str); 2] =
        [("TIDBCLOUD_PUBLIC_KEY", "pub"), ("TIDBCLOUD_PRIVATE_KEY", "canary-secret")];

    #[test]
    fn the_environment_goes_before_the_file() {
        let variables = [KEYS[0], KEYS[1], ("TIDELOCK_OWNER", "from-env")];
        let config = check("owner = \"from-file\"\n[looks]\nbusy = \"2s\"", &variables).unwrap();
        assert_eq!(config.owner, "from-env");
        assert_eq!(config.tempo.busy_seconds, 2);
        assert_eq!(config.tidb.hosts, Hosts::default());
        let text = "[tidb_cloud]\ndedicated_endpoint = \"a\"\nserverless_endpoint = \"b\"";
        let variables =
            [("TIDBCLOUD_DEDICATED_ENDPOINT", "A"), ("TIDBCLOUD_PREMIUM_ENDPOINT", "C")];
        let config = check(text, &[&KEYS[..], &variables].concat()).unwrap();
        let hosts = ["A", "b", "C"].map(str::to_owned);
        let Hosts { dedicated, serverless, cloud } = config.tidb.hosts;
        assert_eq!([dedicated, serverless, cloud], hosts);
    }

    #[test]
    fn secrets_do_not_show() {
        let config = check("", &KEYS).unwrap();
        assert!(!format!("{config:?}").contains("canary-secret"));
    }

    #[test]
    fn what_is_missing_or_misspelt_is_named() {
        let missing = check("", &[]).unwrap_err().to_string();
        assert!(missing.contains("TIDBCLOUD_PUBLIC_KEY"), "{missing}");
        let misspelt = check("ownr = \"x\"", &KEYS).unwrap_err().to_string();
        assert!(misspelt.contains("ownr"), "{misspelt}");
        let bad = check("", &[KEYS[0], KEYS[1], ("TIDELOCK_LISTEN", "x")]).unwrap_err().to_string();
        assert!(bad.contains("TIDELOCK_LISTEN"), "{bad}");
        for (text, named) in [
            ("cloud = \"aws\"\nprofil = \"x\"", "accounts.prod.profil: unknown field"),
            ("cloud = \"aws\"\nregion = \"x\"", "accounts.prod.region: unknown field"),
            ("cloud = \"asw\"", "accounts.prod.cloud: \"asw\""),
            ("profile = \"x\"", "missing field `cloud`"),
        ] {
            let error = check(&format!("[accounts.prod]\n{text}"), &KEYS).unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
        }
    }
}
