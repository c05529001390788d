//! `apply`: plans, asks, and drives every endpoint until it settles, with progress.

mod progress;

use super::plan::{print, unreadable};
use crate::cli::{Apply, Format};
use crate::clouds::Access;
use crate::desired;
use crate::engine::{Command, Ended, Engine, Until};
use crate::exit::{self, Exit};
use crate::report;
use crate::setup::{self, Refusal};
use crate::{output, present};
use planner::Moment;
use progress::Watch;
use std::path::Path;
use tokio::sync::mpsc;

/// # Errors
/// What keeps it from looking at all, or a saved plan that does not fit any more.
pub async fn run(args: &Apply, config: Option<&Path>) -> Result<Exit, Refusal> {
    let (manifest, loaded) = setup::manifests(&args.at.paths)?;
    let config = setup::config(config)?;
    let saved = args.plan.as_deref().map(saved_digest).transpose()?;
    let context = setup::context(&config, Access::Full)?;
    let mut wanted = desired::desired(&manifest, &loaded.digest, &config, args.approve.as_deref());
    wanted.rewound = desired::rewound(&args.at.paths, &context.store).map_err(unreadable)?;
    let mut engine = Engine::new(context.clone(), wanted).map_err(unreadable)?;
    engine.ask_again();
    let (sender, mut commands) = mpsc::unbounded_channel();
    engine.run(Until::Looked, &mut commands).await;
    let plan = present::plan(&engine.view());
    output::report(&print(&plan, Format::Text, output::style()));
    if let (Some(file), Some(saved)) = (&args.plan, saved) {
        fits(file, &saved, &plan)?;
    } else if plan.has_changes() && !args.yes && !allowed() {
        output::remark("nothing was changed");
        return Ok(Exit::Error);
    }
    desired::note_history(&args.at.paths, &context.store).map_err(unreadable)?;
    let stop = tokio::spawn(stop_on_signal(sender));
    let mut watch = Watch::new(&engine.view());
    engine.tell(watch.listener());
    let deadline = Moment(context.clock.now().0 + args.timeout.as_secs());
    let printing = tokio::spawn(async move { watch.print().await });
    let ended = engine.run(Until::Settled { deadline }, &mut commands).await;
    stop.abort();
    let view = engine.view();
    drop(engine);
    // The lines that are still on their way belong before the summary.
    let _ = printing.await;
    output::report(&report::status::table(&present::status(&view), output::style()));
    if ended == Ended::OutOfTime {
        output::remark("time is up; run `tidelock why NAME` for what is still under way");
    }
    Ok(exit::of_apply(&view, ended))
}

fn allowed() -> bool {
    if !output::is_interactive() {
        output::remark("error: nobody is there to ask; pass --yes, or --plan FILE");
        return false;
    }
    output::confirm("Shall these changes be made?")
}

fn saved_digest(file: &Path) -> Result<String, Refusal> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        Refusal::new(Exit::Error, format!("cannot read {}: {error}", file.display()))
    })?;
    report::saved_digest(&text)
        .map_err(|error| Refusal::new(Exit::Invalid, format!("{}: {error}", file.display())))
}

/// A saved plan is good for exactly what it showed.
fn fits(file: &Path, saved: &str, plan: &report::Plan) -> Result<(), Refusal> {
    if saved == plan.digest {
        return Ok(());
    }
    let message = format!(
        "{} was made for another state: the manifests or the clouds have moved on; plan again",
        file.display()
    );
    Err(Refusal::new(Exit::Error, message))
}

/// The first signal ends the work in good order; a second one ends the process at once, as the system does.
async fn stop_on_signal(commands: mpsc::UnboundedSender<Command>) {
    if crate::signals::asked_to_stop().await {
        output::remark("stopping: what was begun is brought to its end");
        let _ = commands.send(Command::Stop);
    }
}
