//! The story that the demo tells: up, deleted by somebody else, healed, a database that moves, and one taken down.
//!
//! It plays the people around the daemon, the one who edits files and the one in the console, and watches like
//! everybody else. Each wait has an end, and one that is missed is an error.

use super::estate::{self, BILLING_FILE, Part};
use crate::clouds::{Access, Known};
use crate::commands::plan;
use crate::config::Config;
use crate::engine::{Command, Engine, FlowView, View};
use crate::exit::Exit;
use crate::report::{self, flow_words, status::EndpointStatus};
use crate::setup::{self, Refusal};
use crate::{desired, output, present};
use planner::Phase;
use planner::dataflow::Block;
use sim::{Deed, LinkDeed, Sim, Vendor};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep};

/// The endpoint of that file.
const BILLING: &str = "billing-apps";

const GLANCE: Duration = Duration::from_millis(250);
const PATIENCE: Duration = Duration::from_mins(1);

pub(super) struct Story {
    pub(super) sim: Sim,
    pub(super) home: PathBuf,
    pub(super) config: Config,
    pub(super) parts: Vec<Part>,
    pub(super) page: SocketAddr,
    pub(super) engine: watch::Receiver<Option<mpsc::UnboundedSender<Command>>>,
}

impl Story {
    pub(super) async fn show_plan(&self) -> Result<(), Refusal> {
        let (manifest, loaded) = setup::manifests(std::slice::from_ref(&self.home))?;
        let titles: Vec<&str> = self.parts.iter().map(|part| part.title).collect();
        let (files, endpoints) = (loaded.files, manifest.endpoints().count());
        let connections = manifest.connections().count();
        say(&format!(
            "Simulated: TiDB Cloud, {}. {files} files of manifests ask for {endpoints} private endpoints,\n\
             and for {connections} private link connections: ways from TiDB Cloud out to a database.",
            titles.join(", ")
        ));
        say("First the plan, as it would stand in a pull request:\n");
        let wanted = desired::desired(&manifest, &loaded.digest, &self.config, None);
        let context = setup::context(&self.config, Access::LookOnly)?;
        let view = plan::look(Engine::new(context, wanted).map_err(plan::unreadable)?).await;
        output::report(&report::text(&present::plan(&view), output::style()));
        Ok(())
    }

    pub(super) async fn tell(&self) -> Result<Exit, Refusal> {
        let page = self.page;
        say(&format!("\nNow the daemon. Its status page is at http://{page}\n"));
        let mut said = BTreeMap::new();
        let all_active = |view: &View| {
            let all = present::status(view).endpoints;
            !all.is_empty() && all.iter().all(|one| one.phase == Some(Phase::Active))
        };
        self.until(&mut said, "everything is Active", all_active).await?;
        self.delete_in_the_console(&mut said).await?;
        self.fail_over(&mut said).await?;
        self.delete_the_file(&mut said).await?;
        let view = self.look().await?;
        let table = report::status::table(&present::status(&view), output::style());
        output::report(&format!("\n{table}"));
        self.count_calls();
        Ok(Exit::Done)
    }

    async fn delete_in_the_console(&self, said: &mut Said) -> Result<(), Refusal> {
        let view = self.look().await?;
        let one = status_of(&view, BILLING).and_then(|status| status.link);
        let link = one.ok_or_else(|| wrong("billing-apps has no VPC endpoint"))?;
        let console = estate::teller().map_or("", Known::title);
        say(&format!("\nSomebody deletes {link} in the {console} console, by mistake.\n"));
        let deed = Deed::ToLink { link: link.as_str().into(), deed: LinkDeed::Delete };
        let deed = self.sim.with(|world| world.deed(deed));
        deed.map_err(|error| wrong(&format!("the console refused: {error:?}")))?;
        let drifted = |view: &View| {
            status_of(view, BILLING).is_some_and(|status| status.phase != Some(Phase::Active))
        };
        self.until(said, "the daemon has seen it", drifted).await?;
        let healed = |view: &View| {
            status_of(view, BILLING).is_some_and(|status| {
                status.phase == Some(Phase::Active) && status.link.as_ref() != Some(&link)
            })
        };
        self.until(said, "it is healed", healed).await
    }

    async fn delete_the_file(&self, said: &mut Said) -> Result<(), Refusal> {
        say(&format!("\nA commit removes {BILLING_FILE}: {BILLING} is not wanted any more.\n"));
        std::fs::remove_file(self.home.join(BILLING_FILE))
            .map_err(|error| wrong(&format!("cannot remove {BILLING_FILE}: {error}")))?;
        let gone = |view: &View| status_of(view, BILLING).is_none();
        self.until(said, "it is taken down", gone).await?;
        say(&format!("  {BILLING}: gone, connection first, then VPC endpoint"));
        Ok(())
    }

    fn count_calls(&self) {
        let count = |vendor| {
            self.sim.with(|world| {
                let theirs = world.log.counters().filter(|(whose, ..)| *whose == vendor);
                theirs.map(|(_, _, count)| count).sum::<u64>()
            })
        };
        let theirs =
            self.parts.iter().map(|part| format!("{} to {}", count(part.vendor), part.title));
        let theirs: Vec<String> = theirs.collect();
        let provider = count(Vendor::Tidb);
        say(&format!("\nAll of it took {provider} requests to TiDB Cloud, {}.", theirs.join(", ")));
    }

    /// Watches until it has come to pass, and says what changes meanwhile.
    pub(super) async fn until(
        &self,
        said: &mut Said,
        what: &str,
        done: impl Fn(&View) -> bool,
    ) -> Result<(), Refusal> {
        let start = Instant::now();
        loop {
            let view = self.look().await?;
            for status in &present::status(&view).endpoints {
                tell_change(said, status);
            }
            if done(&view) {
                return Ok(());
            }
            if start.elapsed() > PATIENCE {
                let late = format!("after {} s it is not true that {what}", PATIENCE.as_secs());
                return Err(wrong(&late));
            }
            sleep(GLANCE).await;
        }
    }

    pub(super) async fn look(&self) -> Result<View, Refusal> {
        let mut engine = self.engine.clone();
        let running = engine.wait_for(Option::is_some).await;
        let sender = running.ok().and_then(|sender| sender.clone());
        let (reply, answer) = oneshot::channel();
        let asked = sender.is_some_and(|sender| sender.send(Command::Show(reply)).is_ok());
        match answer.await {
            Ok(view) if asked => Ok(view),
            Ok(_) | Err(_) => Err(wrong("the daemon has ended")),
        }
    }
}

/// While one takes the place of another.
fn changing_targets(status: &EndpointStatus) -> Option<&str> {
    let group = flow_words::part(Block::TargetGroup);
    let group = status.parts.iter().find(|part| part.name == group)?;
    let changes = |state: &&str| !status.drift.is_empty() || state.contains("draining");
    group.state.as_deref().filter(changes)
}

/// The last line about each endpoint.
pub(super) type Said = BTreeMap<String, String>;

fn tell_change(said: &mut Said, status: &EndpointStatus) {
    let EndpointStatus { name, phase, sentence, drift, .. } = status;
    let Some(phase) = phase.map(report::phase) else { return };
    let mut line = format!("  {name}: {phase:8} {sentence}");
    for difference in drift {
        let found = difference.found.as_ref().map_or("nothing".into(), ToString::to_string);
        let _ = write!(line, "\n    drift: {} {} → {found}", difference.field, difference.wanted);
    }
    if let Some(targets) = changing_targets(status) {
        let _ = write!(line, "\n    targets: {targets}");
    }
    // What only says less than before is no news.
    if !said.get(name).is_some_and(|last| last.starts_with(&line)) {
        say(&line);
        said.insert(name.clone(), line);
    }
}

fn status_of(view: &View, name: &str) -> Option<EndpointStatus> {
    let one = view.endpoints.iter().find(|endpoint| endpoint.wish.name == name)?;
    Some(present::endpoint(one, view))
}

pub(super) fn flow_of<'a>(view: &'a View, name: &str) -> Option<&'a FlowView> {
    view.flows.iter().find(|flow| flow.wish.name == name)
}

pub(super) fn say(text: &str) {
    output::report(text);
}

pub(super) fn wrong(message: &str) -> Refusal {
    Refusal::new(Exit::Error, format!("demo: {message}"))
}
