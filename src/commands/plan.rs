//! `plan`: looks, and prints what would happen. It cannot write: the wire would refuse.

use crate::cli::{Format, Plan};
use crate::clouds::Access;
use crate::desired;
use crate::engine::{Engine, Until, View};
use crate::exit::{self, Exit};
use crate::report::{self, Style};
use crate::setup::{self, Refusal};
use crate::{output, present};
use std::path::Path;
use tokio::sync::mpsc;

/// # Errors
/// What keeps it from looking at all.
pub async fn run(args: &Plan, config: Option<&Path>) -> Result<Exit, Refusal> {
    let (manifest, loaded) = setup::manifests(&args.at.paths)?;
    let config = setup::config(config)?;
    let context = setup::context(&config, Access::LookOnly)?;
    let mut wanted = desired::desired(&manifest, &loaded.digest, &config, None);
    wanted.rewound = desired::rewound(&args.at.paths, &context.store).map_err(unreadable)?;
    let mut engine = Engine::new(context, wanted).map_err(unreadable)?;
    // As `apply` would.
    engine.ask_again();
    let view = look(engine).await;
    let plan = present::plan(&view);
    output::report(&print(&plan, args.format, output::style()));
    if let Some(file) = &args.out {
        std::fs::write(file, report::json(&plan)).map_err(|error| {
            Refusal::new(Exit::Error, format!("cannot write {}: {error}", file.display()))
        })?;
    }
    Ok(exit::of_plan(&plan, args.detailed_exitcode))
}

/// One look at everything.
pub async fn look(mut engine: Engine) -> View {
    let (_keep, mut commands) = mpsc::unbounded_channel();
    engine.run(Until::Looked, &mut commands).await;
    engine.view()
}

#[must_use]
pub fn print(plan: &report::Plan, format: Format, style: Style) -> String {
    match format {
        Format::Text => report::text(plan, style),
        Format::Json => report::json(plan),
        Format::Markdown => report::markdown(plan),
        Format::Github => report::github(plan),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` hands over")]
pub(super) fn unreadable(error: store::Error) -> Refusal {
    Refusal::new(Exit::Error, format!("the store cannot be read: {error}"))
}
