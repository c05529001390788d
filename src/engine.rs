//! The loop that keeps every endpoint as it is wanted: look, decide, act, look again.
//!
//! One task owns all state; looks, deeds and checks run beside it and come back as events, so a scope that hangs
//! holds up nobody else. Plan, apply and daemon are this loop with different endings. It prints nothing.

mod checks;
mod deeds;
mod departed;
mod event;
mod flow_deeds;
mod flow_memory;
mod flows;
mod isolated;
mod joint;
mod looks;
mod memory;
mod older;
mod pass;
mod schedule;
mod scope;
mod shared;
mod spares;
mod standing;
mod track;
mod view;

pub use event::{Command, Progress};
pub use shared::Share;
pub use standing::Standing;
pub use standing::Worded;
pub use track::Track;
pub use view::{EndpointView, FlowView, ScopeView, View};

use crate::context::Context;
use crate::dataflow;
use crate::guard::Guard;
use crate::wish::{ScopeId, Wish};
use event::Event;
use futures_util::stream::{FuturesUnordered, StreamExt};
use planner::Moment;
use scope::Scope;
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// When the loop ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Each scope was looked at once, or could not be; nothing is done.
    Looked,
    /// Nothing is left to do that anybody but a person could do, or time is up.
    Settled { deadline: Moment },
    /// Never.
    Stopped,
}

/// Why it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Looked,
    Settled,
    OutOfTime,
    Stopped,
}

/// Everything that is wanted, and what is known of how it came to be wanted.
#[derive(Clone, Debug, Default)]
pub struct Desired {
    pub wishes: Vec<Wish>,
    /// Of private link connections.
    pub flows: Vec<dataflow::Wish>,
    /// Accounts and projects to look at even where no wish names them.
    pub scopes: BTreeSet<ScopeId>,
    pub digest: String,
    pub approved: bool,
    /// How many errors the files on disk have, if these wishes are older than they.
    pub unreadable: usize,
    pub rewound: Option<(String, String)>,
}

type Running = FuturesUnordered<Pin<Box<dyn Future<Output = Event> + Send>>>;

pub struct Engine {
    context: Arc<Context>,
    tracks: BTreeMap<String, Track>,
    departed: departed::Departed,
    flows: BTreeMap<String, dataflow::Track>,
    scopes: BTreeMap<ScopeId, Scope>,
    /// Who shares an endpoint, by its name; and the names whose users' wishes must be joined anew.
    parties: BTreeMap<String, BTreeSet<String>>,
    unjoined: BTreeSet<String>,
    guard: Guard,
    digest: String,
    running: Running,
    /// Counts everything that is begun, so that a look can be told older than a deed.
    order: u64,
    /// What came before the present run.
    started: u64,
    /// Deeds under way.
    acting: usize,
    /// Names to be passed once more, and names to be checked, when everyone concerned by an event has been passed.
    again: BTreeSet<String>,
    unchecked: BTreeSet<String>,
    /// Nothing is done, only decided.
    looks_only: bool,
    stopping: bool,
    /// The store knew no endpoint when the process began: the clouds' marks are all there is.
    amnesiac: bool,
    /// Names about which there is something to write.
    unsaved: BTreeSet<String>,
    unsaved_flows: BTreeSet<String>,
    progress: Option<mpsc::UnboundedSender<Progress>>,
}

impl Engine {
    /// # Errors
    /// The store cannot be read.
    pub fn new(context: Arc<Context>, desired: Desired) -> Result<Engine, store::Error> {
        let amnesiac = context.store.ledger()?.is_empty();
        let guard = Guard { limits: context.limits, ..Guard::default() };
        let mut engine = Engine {
            context,
            tracks: BTreeMap::new(),
            departed: departed::Departed::default(),
            flows: BTreeMap::new(),
            scopes: BTreeMap::new(),
            parties: BTreeMap::new(),
            unjoined: BTreeSet::new(),
            guard,
            digest: String::new(),
            running: FuturesUnordered::new(),
            order: 0,
            started: 0,
            acting: 0,
            again: BTreeSet::new(),
            unchecked: BTreeSet::new(),
            looks_only: false,
            stopping: false,
            amnesiac,
            unsaved: BTreeSet::new(),
            unsaved_flows: BTreeSet::new(),
            progress: None,
        };
        engine.recall()?;
        engine.wish(desired);
        Ok(engine)
    }

    pub fn tell(&mut self, progress: mpsc::UnboundedSender<Progress>) {
        self.progress = Some(progress);
    }

    /// Runs until it ends by itself, or until it is told to stop and what was begun has been brought to its end.
    pub async fn run(
        &mut self,
        until: Until,
        commands: &mut mpsc::UnboundedReceiver<Command>,
    ) -> Ended {
        self.looks_only = until == Until::Looked;
        if !self.looks_only {
            // What mere looks have found is worth remembering from now on.
            self.unsaved.extend(self.tracks.keys().cloned());
            self.unsaved_flows.extend(self.flows.keys().cloned());
        }
        // Nothing counts as seen that was seen before: an end must rest on looks of its own.
        self.started = self.order;
        if until != Until::Stopped {
            self.poke(None);
        }
        loop {
            if let Some(ended) = self.ended(until) {
                return ended;
            }
            self.begin_looks();
            let wake = self.wake(until);
            let now = self.context.clock.now();
            let rest = Duration::from_secs(wake.seconds_since(now));
            tokio::select! {
                biased;
                Some(command) = commands.recv() => self.obey(command),
                Some(event) = self.running.next(), if !self.running.is_empty() => self.handle(event),
                () = tokio::time::sleep(rest) => {}
            }
            self.save();
            self.save_flows();
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Wish(desired) => self.wish(*desired),
            Command::Poke(name) => self.poke(name.as_deref()),
            Command::Retry(name) => self.retry(&name),
            Command::Show(reply) => {
                // Whoever asked may have gone; that is no concern of the loop.
                let _ = reply.send(self.view());
            }
            Command::Stop => self.stopping = true,
        }
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Looked(looked) => self.looked(*looked),
            Event::Acted { name, lane, acted } => self.acted(&name, &lane, *acted),
            Event::Checked { names, result } => self.checked(&names, &result),
            Event::Read { name, orders, readings } => self.read(&name, orders, readings),
            Event::FlowActed { name, lane, acted } => self.flow_acted(&name, &lane, *acted),
            Event::FlowChecked { name, result } => self.flow_checked(&name, result),
        }
        self.pass_again();
        self.begin_checks();
    }

    /// In rounds: whoever is concerned by something is counted before anybody acts on it.
    fn pass_again(&mut self) {
        loop {
            self.join_parties(self.context.clock.now());
            let names = std::mem::take(&mut self.again);
            if names.is_empty() {
                return;
            }
            for name in names {
                self.pass(&name);
                self.pass_flow(&name);
            }
        }
    }

    fn next_order(&mut self) -> u64 {
        self.order += 1;
        self.order
    }

    fn report(&self, progress: Progress) {
        if let Some(listener) = &self.progress {
            for progress in self.told_to_users(progress) {
                // A listener that has gone is no concern of the loop.
                let _ = listener.send(progress);
            }
        }
    }
}
