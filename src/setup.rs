//! What every command that talks to clouds needs first: configuration, manifests, and a context.
//!
//! What goes wrong here is told to the user with the exit code that the contract gives it.

use crate::clouds::{self, Access};
use crate::config::{Config, TidbConfig, environment};
use crate::context::Context;
use crate::exit::Exit;
use crate::manifest::{self, Loaded, Manifest};
use crate::output;
use cloud::{Clock, HttpWire, Owner, ReadOnly, Wire};
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tidb_cloud::{ApiKey, Client};

/// One request as a whole. The slowest page of a survey takes a few seconds.
const REQUEST_TIMEOUT: Duration = Duration::from_mins(1);

/// A command that cannot go on: what to say, and how to end.
#[derive(Debug)]
pub struct Refusal {
    pub exit: Exit,
    pub message: String,
}

impl Refusal {
    pub fn new(exit: Exit, message: impl Display) -> Refusal {
        Refusal { exit, message: message.to_string() }
    }

    #[must_use]
    pub fn tell(self) -> Exit {
        output::remark(&format!("error: {}", self.message));
        self.exit
    }
}

/// # Errors
/// A configuration that cannot be read or makes no sense.
pub fn config(file: Option<&Path>) -> Result<Config, Refusal> {
    Config::resolve(file, &environment).map_err(|error| Refusal::new(Exit::Invalid, error))
}

/// The manifests, if they are without fault; every finding is printed either way. What asks for a cloud that is not
/// built in is said at once, and holds up nothing else.
///
/// # Errors
/// Findings that are errors.
pub fn manifests(paths: &[PathBuf]) -> Result<(Manifest, Loaded), Refusal> {
    let loaded = manifest::load(paths);
    for finding in loaded.findings.iter().chain(&loaded.not_built()) {
        output::remark(&format!("{finding}\n"));
    }
    if let Some(manifest) = loaded.manifest.clone() {
        return Ok((manifest, loaded));
    }
    let message = format!("the manifests have {}; nothing was looked at", loaded.errors());
    Err(Refusal::new(Exit::Invalid, message))
}

/// # Errors
/// A store that cannot be opened, a certificate that cannot be read.
pub fn context(config: &Config, access: Access) -> Result<Arc<Context>, Refusal> {
    let wire = HttpWire::new(&config.roots, REQUEST_TIMEOUT);
    let wire = wire.map_err(|error| Refusal::new(Exit::Invalid, format!("CA file: {error}")))?;
    let store = match access {
        Access::Full => Store::open(&config.store),
        Access::LookOnly if config.store.exists() => Store::open(&config.store),
        Access::LookOnly => Store::open_in_memory(),
    };
    let store = store.map_err(|error| {
        Refusal::new(Exit::Error, format!("store {}: {error}", config.store.display()))
    })?;
    Ok(assemble(config, Arc::new(wire), store, access))
}

/// The parts, joined; the wire may be a simulator's.
#[must_use]
pub fn assemble(
    config: &Config,
    wire: Arc<dyn Wire>,
    store: Store,
    access: Access,
) -> Arc<Context> {
    let store = Arc::new(store);
    Arc::new(Context {
        open: clouds::opener(config, &wire, &store, access),
        expose: clouds::exposer(config, &wire, &store, access),
        provider: provider(&config.tidb, wire, access),
        store,
        owner: Owner::new(&*config.owner, config.mark_key.clone()),
        clock: Clock::system(),
        tempo: config.tempo,
        limits: config.limits,
    })
}

fn provider(config: &TidbConfig, wire: Arc<dyn Wire>, access: Access) -> Client {
    let wire = match access {
        Access::Full => wire,
        Access::LookOnly => Arc::new(ReadOnly::new(wire, tidb_cloud::deed)),
    };
    let TidbConfig { hosts, public_key, private_key, requests_per_minute, projects: _ } = config;
    let key = ApiKey { public: public_key.clone(), private: private_key.clone() };
    let client = Client::new(wire, hosts.clone(), key).spelling(clouds::spelled);
    client.limited_to(*requests_per_minute)
}
