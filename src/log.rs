//! The log: lines on stderr, for people or as JSON.
//!
//! A line can be read alone and carries its facts as fields. It never carries a secret: clients keep theirs in
//! `SecretString`, and nobody logs a request.

use crate::cli::{Cli, Command};
use crate::clouds::CLOUDS;
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Finer than `info`, this prints whole requests, as the clouds' own clients do; nobody can ask them to.
const TRANSPORT: &str = "hyper_util";

/// Warnings; of the daemon also what it does, since nothing else tells; more when asked.
pub fn start(cli: &Cli) {
    let level = match (cli.verbose, &cli.command) {
        (0, Command::Run(_)) => "warn,tidelock=info",
        (0, _) => "warn",
        (1, _) => "info,tidelock=debug",
        _ => "trace",
    };
    let filter = crate::config::environment("TIDELOCK_LOG").unwrap_or_else(|| level.into());
    let filter = EnvFilter::try_new(&filter).unwrap_or_else(|_| EnvFilter::new(level));
    let quiet = CLOUDS.iter().flat_map(|known| known.quiet).chain([&TRANSPORT]);
    let quiet = quiet.filter_map(|target| format!("{target}=info").parse().ok());
    let filter = quiet.fold(filter, EnvFilter::add_directive);
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start, in tests, changes nothing.
    let _ = if cli.log_json {
        log.json().flatten_event(true).try_init()
    } else {
        let colour =
            std::io::stderr().is_terminal() && crate::config::environment("NO_COLOR").is_none();
        log.with_target(false).with_ansi(colour).try_init()
    };
}
