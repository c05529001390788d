//! What an engine holds for each settled endpoint: manifest entry, both looks, where it stands.

use crate::fleet::{Account, repository, wanted};
use crate::harness::{Resident, resident, runtime, say};
use crate::pages::{Pages, client};
use cloud::{Clock, Cloud, Error, Owner};
use planner::endpoint::Decision;
use planner::{Moment, Tempo};
use std::sync::Arc;
use store::Store;
use tempfile::TempDir;
use tidelock::context::{Context, Opening};
use tidelock::engine::{Engine, Standing, Until};
use tidelock::guard::Limits;
use tidelock::wish;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

/// An engine, and the files and clouds around it.
pub(crate) struct Held {
    pub(crate) engine: Engine,
    runtime: Runtime,
    _files: TempDir,
}

impl Held {
    pub(crate) fn new(count: usize, pages: &Arc<Pages>) -> Held {
        let files = repository(count);
        let runtime = runtime();
        let desired = wanted(files.path());
        let engine = {
            // Time is the runtime's.
            let _entered = runtime.enter();
            let store = Store::open(files.path().join("tidelock.db")).expect("a new file");
            let context = context(count, pages, store);
            Engine::new(Arc::new(context), desired).expect("a new store")
        };
        Held { engine, runtime, _files: files }
    }

    /// One complete look at both sides, and a decision about each endpoint.
    pub(crate) fn look(&mut self) {
        let (_keep, mut commands) = mpsc::unbounded_channel();
        self.runtime.block_on(self.engine.run(Until::Looked, &mut commands));
    }
}

pub(crate) fn run(count: usize) {
    let pages = Arc::new(Pages::new(count));
    let before = resident();
    let mut held = Held::new(count, &pages);
    let read = resident();
    held.look();
    let Resident { now, peak } = resident();
    check(&held);
    let each = |kib: u64| kib.saturating_sub(before.now) * 1024 / count.max(1) as u64;
    say(&format!(
        "memory, {count} endpoints: {} bytes each after the manifest, {} after both looks; \
         the whole process {} MiB, at most {} MiB",
        each(read.now),
        each(now),
        now / 1024,
        peak / 1024,
    ));
}

fn check(held: &Held) {
    let settled = Standing::Decided(Decision::Settled);
    for endpoint in held.engine.view().endpoints {
        assert_eq!(endpoint.standing, settled, "{}", endpoint.wish.name);
    }
}

fn context(count: usize, pages: &Arc<Pages>, store: Store) -> Context {
    let owner = Owner::new("platform", None);
    let account = Arc::new(Account { count, owner: owner.clone() });
    Context {
        open: Box::new(move |_: wish::Account| -> Opening {
            let account: Arc<dyn Cloud> = account.clone();
            Box::pin(async move { Ok(account) })
        }),
        expose: Box::new(|_| {
            let (code, message) = ("NotHere".into(), "nothing is exposed here".into());
            Box::pin(std::future::ready(Err(Error::Refused { code, message })))
        }),
        provider: client(pages),
        store: Arc::new(store),
        owner,
        clock: Clock::starting_at(Moment(1_800_000_000)),
        tempo: Tempo::default(),
        limits: Limits::default(),
    }
}
