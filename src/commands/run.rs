//! `run`: the daemon, with its status page, API and metrics.

use crate::cli::Run;
use crate::daemon::{Daemon, Windows};
use crate::exit::Exit;
use crate::setup::{self, Refusal};
use crate::web;
use std::path::Path;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// # Errors
/// A configuration that makes no sense, or an address that cannot be had.
pub async fn run(args: &Run, config_file: Option<&Path>) -> Result<Exit, Refusal> {
    let config = setup::config(config_file)?;
    let address = args.listen.unwrap_or(config.listen);
    let listener = TcpListener::bind(address).await.map_err(|error| {
        Refusal::new(Exit::Error, format!("cannot listen at {address}: {error}"))
    })?;
    // With port 0, any that is free.
    let address = listener.local_addr().unwrap_or(address);
    if !address.ip().is_loopback() {
        tracing::warn!(%address, "the status page can be read from other machines");
    }
    let (windows, site) = Windows::open();
    let site = site.known_as(config.hosts.clone());
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(web::serve(listener, site, async {
        // Told to stop, or left alone: both mean the end.
        let _ = stopped.await;
    }));
    tracing::info!("status page at http://{address}");
    let daemon = Daemon {
        paths: args.at.paths.clone(),
        config_file: config_file.map(Into::into),
        approve: args.approve.clone(),
        windows,
    };
    let exit = daemon.run(config).await;
    drop(stop);
    let _ = serving.await;
    exit
}
