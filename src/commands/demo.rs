//! `demo`: the whole job on simulated clouds, in one command and without an account.
//!
//! The clouds are simulated; everything else is the product itself, over sockets: daemon, page, clients and files.

mod estate;
mod failover;
mod story;

use crate::cli::Demo;
use crate::config::{Config, TidbConfig};
use crate::daemon::{Daemon, Windows};
use crate::exit::Exit;
use crate::guard::Limits;
use crate::setup::Refusal;
use crate::{output, simulated, web};
use estate::Part;
use planner::Tempo;
use secrecy::SecretString;
use sim::{Sim, example};
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::Path;
use story::Story;
use tokio::net::TcpListener;

/// So many times faster than the real clouds, the story takes half a minute.
const SPEED: NonZeroU32 = NonZeroU32::new(60).expect("60 is not 0");

/// Simulated minutes pass in seconds, so the looks must follow.
const TEMPO: Tempo = Tempo { busy_seconds: 2, idle_seconds: 4, stuck_seconds: 10 };

/// # Errors
/// An address that cannot be had, or a story that did not go as told.
pub async fn run(args: &Demo) -> Result<Exit, Refusal> {
    let wrong = |error: std::io::Error| Refusal::new(Exit::Error, format!("demo: {error}"));
    if let Some((message, remedy)) = estate::lacks() {
        return Err(Refusal::new(Exit::Error, format!("demo: {message}; {remedy}")));
    }
    let sim = Sim::auto(simulated::world(None, SPEED.get()));
    sim.with(|world| {
        world.allow_per_minute(per_minute().get());
        failover::name_by_address(world);
    });
    let clouds = sim::serve(simulated::router(&sim), loopback(), None).await.map_err(wrong)?;
    let home = Home::make().map_err(wrong)?;
    let url = format!("http://{}", clouds.address());
    let parts = estate::parts(&url, home.path()).map_err(wrong)?;
    home.fill(&parts).map_err(wrong)?;
    let config = config(&url, home.path(), &parts);
    let listener = TcpListener::bind(args.listen).await.map_err(|error| {
        Refusal::new(Exit::Error, format!("cannot listen at {}: {error}", args.listen))
    })?;
    let page = listener.local_addr().map_err(wrong)?;
    let (windows, site) = Windows::open();
    let engine = windows.engine.subscribe();
    tokio::spawn(web::serve(listener, site, std::future::pending()));
    let story = Story { sim, home: home.manifests(), config: config.clone(), parts, page, engine };
    story.show_plan().await?;
    let daemon =
        Daemon { paths: vec![home.manifests()], config_file: None, approve: None, windows };
    let told = tokio::select! {
        told = story.tell() => told?,
        ended = daemon.run(config.clone()) => return ended,
    };
    if args.once {
        return Ok(told);
    }
    output::remark(&format!(
        "The daemon goes on: watch http://{page}, edit {}, or end it with Ctrl-C.",
        home.manifests().display()
    ));
    daemon.run(config).await
}

fn loopback() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

/// What TiDB Cloud allows in a minute of its own.
fn per_minute() -> NonZeroU32 {
    tidb_cloud::REQUESTS_PER_MINUTE.saturating_mul(SPEED)
}

fn config(url: &str, home: &Path, parts: &[Part]) -> Config {
    let accounts = parts.iter().map(|part| (part.alias.to_owned(), part.account.clone()));
    Config {
        owner: "demo".into(),
        mark_key: None,
        store: home.join("tidelock.db"),
        roots: Vec::new(),
        listen: loopback(),
        hosts: Vec::new(),
        accounts: accounts.collect(),
        tidb: TidbConfig {
            hosts: simulated::hosts(url),
            public_key: example::API_KEY_PUBLIC.into(),
            private_key: SecretString::from(example::API_KEY_PRIVATE.to_owned()),
            projects: vec![example::PROJECT.into()],
            requests_per_minute: per_minute(),
        },
        limits: Limits::default(),
        tempo: TEMPO,
    }
}

/// A directory of its own for manifests and store, gone when the demo ends.
struct Home(tempfile::TempDir);

impl Home {
    fn make() -> std::io::Result<Home> {
        let home = Home(tempfile::tempdir()?);
        std::fs::create_dir(home.manifests())?;
        Ok(home)
    }

    fn fill(&self, parts: &[Part]) -> std::io::Result<()> {
        let mut files = parts.iter().flat_map(|part| part.manifests);
        files.try_for_each(|(name, text)| std::fs::write(self.manifests().join(name), text))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn manifests(&self) -> std::path::PathBuf {
        self.0.path().join("manifests")
    }
}
