//! The daemon: keeps the engine running on what the files say, through every change of files and configuration.
//!
//! It never gives up because of a file: the last good manifest stands, and nothing is deleted until the files can be
//! read again. It decides nothing about endpoints.

mod files;

use crate::clouds::Access;
use crate::config::Config;
use crate::context::Context;
use crate::engine::{Command, Desired, Engine, Until};
use crate::exit::Exit;
use crate::manifest::{self, Finding, Loaded};
use crate::setup::{self, Refusal};
use crate::signals::Stops;
use crate::web::{ManifestState, Site};
use crate::{desired, signals};
use files::Files;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::Signal;
use tokio::sync::{mpsc, watch};

/// What can happen to the daemon.
enum Event {
    /// Something may have changed in the files; or it is time to see whether it has.
    Files,
    /// SIGHUP: read the configuration and the files again.
    Hangup,
    /// SIGTERM or SIGINT.
    Stop,
    Ended,
}

/// What others see of the daemon while its engine may be exchanged.
pub struct Windows {
    pub engine: watch::Sender<Option<mpsc::UnboundedSender<Command>>>,
    pub context: watch::Sender<Option<Arc<Context>>>,
    pub manifest: watch::Sender<ManifestState>,
}

impl Windows {
    /// Together with the site that looks through them.
    #[must_use]
    pub fn open() -> (Windows, Site) {
        let (engine, engine_seen) = watch::channel(None);
        let (context, context_seen) = watch::channel(None);
        let (manifest, manifest_seen) = watch::channel(ManifestState::default());
        let site = Site::new(engine_seen, context_seen, manifest_seen);
        (Windows { engine, context, manifest }, site)
    }
}

pub struct Daemon {
    pub paths: Vec<PathBuf>,
    pub config_file: Option<PathBuf>,
    pub approve: Option<String>,
    pub windows: Windows,
}

/// Why an engine was ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    Stopped,
    NewConfiguration,
}

/// Files are read again so often even if nobody says that they have changed: not every file system tells.
const READ_AGAIN: Duration = Duration::from_mins(1);

/// The journal keeps so many deeds.
const JOURNAL_DEEDS_MAX: u32 = 100_000;

impl Daemon {
    /// Until it is told to stop, and what was begun has been brought to its end.
    ///
    /// # Errors
    /// A first configuration that makes no sense; later ones are reported and left aside.
    pub async fn run(&self, first: Config) -> Result<Exit, Refusal> {
        let mut config = first;
        let mut context = setup::context(&config, Access::Full)?;
        let unheard = |error| Refusal::new(Exit::Error, error);
        let mut hangups = signals::hangups().map_err(unheard)?;
        let mut stops = Stops::new().map_err(unheard)?;
        let mut good = None;
        loop {
            let ran = self.run_with(&config, &context, &mut good, &mut hangups, &mut stops);
            match ran.await? {
                Why::Stopped => return Ok(Exit::Done),
                Why::NewConfiguration => match self.renewed() {
                    Ok(new) => (config, context) = new,
                    Err(refusal) => {
                        tracing::error!(
                            error = refusal.message,
                            "the new configuration is left aside"
                        );
                    }
                },
            }
        }
    }

    /// The configuration as it is now, if one can run with it.
    fn renewed(&self) -> Result<(Config, Arc<Context>), Refusal> {
        let config = setup::config(self.config_file.as_deref())?;
        let context = setup::context(&config, Access::Full)?;
        Ok((config, context))
    }

    async fn run_with(
        &self,
        config: &Config,
        context: &Arc<Context>,
        good: &mut Option<Desired>,
        hangups: &mut Signal,
        stops: &mut Stops,
    ) -> Result<Why, Refusal> {
        // Watched before it is read, so that no change falls between.
        let mut files = Files::watch(&self.paths);
        let context_of_files = context.clone();
        let mut reading =
            Reading { daemon: self, config, context: context_of_files, digest: None, good };
        let wanted = reading.read().await.unwrap_or_default();
        let mut engine = Engine::new(context.clone(), wanted)
            .map_err(|error| Refusal::new(Exit::Error, format!("the store: {error}")))?;
        if let Err(error) = context.store.prune(JOURNAL_DEEDS_MAX) {
            tracing::warn!(%error, "the journal cannot be pruned");
        }
        let (sender, mut receiver) = mpsc::unbounded_channel();
        self.windows.engine.send_replace(Some(sender.clone()));
        self.windows.context.send_replace(Some(context.clone()));
        let mut why = None;
        let running = engine.run(Until::Stopped, &mut receiver);
        tokio::pin!(running);
        loop {
            let event = tokio::select! {
                biased;
                _ = &mut running => Event::Ended,
                true = stops.recv() => Event::Stop,
                Some(()) = hangups.recv() => Event::Hangup,
                () = files.changed(READ_AGAIN) => Event::Files,
            };
            let command = match event {
                Event::Ended => break,
                Event::Stop => {
                    tracing::info!("stopping: what was begun is brought to its end");
                    why = Some(Why::Stopped);
                    Some(Command::Stop)
                }
                Event::Hangup => {
                    tracing::info!("SIGHUP: reading the configuration and the manifests again");
                    why = why.or(Some(Why::NewConfiguration));
                    Some(Command::Stop)
                }
                Event::Files => reading.read().await.map(|wanted| Command::Wish(Box::new(wanted))),
            };
            if let Some(command) = command {
                // The engine ends by itself only when it was told to.
                let _ = sender.send(command);
            }
        }
        self.windows.engine.send_replace(None);
        Ok(why.unwrap_or(Why::Stopped))
    }
}

/// Reads the manifests, and remembers what they said last when they could be read.
struct Reading<'a> {
    daemon: &'a Daemon,
    config: &'a Config,
    context: Arc<Context>,
    /// Of the files that were read last.
    digest: Option<String>,
    /// What was wanted when they could last be used; it outlives a change of the configuration.
    good: &'a mut Option<Desired>,
}

impl Reading<'_> {
    /// What is wanted now; nothing, if that has not changed.
    async fn read(&mut self) -> Option<Desired> {
        let paths = self.daemon.paths.clone();
        let loaded = tokio::task::spawn_blocking(move || manifest::load(&paths)).await.ok()?;
        let read_at = self.context.clock.now();
        if self.digest.as_ref() == Some(&loaded.digest) {
            // Only the moment is new, which need not be told at once.
            self.daemon.windows.manifest.send_if_modified(|state| {
                state.read_at = read_at;
                false
            });
            return None;
        }
        let rewound = self.rewound();
        self.daemon.windows.manifest.send_replace(ManifestState {
            digest: loaded.digest.clone(),
            files: loaded.files,
            findings: loaded.findings.clone(),
            read_at,
        });
        let wanted = if let Some(manifest) = &loaded.manifest {
            tracing::info!(files = loaded.files, digest = loaded.digest, "read the manifests");
            for finding in &loaded.not_built() {
                let Finding { code, message, remedy, .. } = finding;
                tracing::error!(at = finding.whence(), code, "{message}; {remedy}");
            }
            let approve = self.daemon.approve.as_deref();
            let wanted = desired::desired(manifest, &loaded.digest, self.config, approve);
            if wanted.approved && rewound.is_some() {
                self.note_history();
            }
            let wanted = Desired { rewound, ..wanted };
            *self.good = Some(wanted.clone());
            wanted
        } else {
            self.last_good(&loaded)
        };
        self.digest = Some(loaded.digest);
        Some(wanted)
    }

    /// What cannot be read is said, and what was wanted last stands; nothing is deleted meanwhile.
    fn last_good(&self, loaded: &Loaded) -> Desired {
        let errors: Vec<_> = loaded.findings.iter().filter(|finding| finding.is_error()).collect();
        for finding in &errors {
            let Finding { code, message, remedy, .. } = finding;
            let at = finding.whence();
            tracing::error!(at, code, "the manifests cannot be used: {message}; {remedy}");
        }
        let none = || Desired { scopes: desired::scopes(self.config), ..Desired::default() };
        Desired { unreadable: errors.len(), ..self.good.clone().unwrap_or_else(none) }
    }

    /// A history that goes on is noted; one that was rewound is not, until a person approves.
    fn rewound(&self) -> Option<(String, String)> {
        let paths = &self.daemon.paths;
        let store = &self.context.store;
        let rewound = desired::rewound(paths, store).unwrap_or_else(|error| {
            tracing::warn!(%error, "the history cannot be compared");
            None
        });
        if rewound.is_none() {
            self.note_history();
        }
        rewound
    }

    fn note_history(&self) {
        let (paths, store) = (&self.daemon.paths, &self.context.store);
        if let Err(error) = desired::note_history(paths, store) {
            tracing::warn!(%error, "the history cannot be noted");
        }
    }
}
