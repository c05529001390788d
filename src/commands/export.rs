//! `export`: writes the manifest of what exists, and of what TiDB Cloud has discovered.

use super::plan::unreadable;
use crate::cli::Export;
use crate::clouds::{self, Access};
use crate::engine::{Desired, Engine, Until};
use crate::exit::Exit;
use crate::setup::{self, Refusal};
use crate::wish::{Account, ScopeId, TidbScope};
use crate::{export, output};
use std::path::Path;
use tokio::sync::mpsc;

/// # Errors
/// What keeps it from looking, or nothing to look at.
pub async fn run(args: &Export, config: Option<&Path>) -> Result<Exit, Refusal> {
    let mut config = setup::config(config)?;
    if !args.project.is_empty() {
        config.tidb.projects.clone_from(&args.project);
    }
    let mut wanted = Desired { scopes: crate::desired::scopes(&config), ..Desired::default() };
    for account in &args.account {
        let (alias, region) = account.split_once('/').ok_or_else(|| {
            Refusal::new(Exit::Usage, format!("--account {account}: expected ALIAS/REGION"))
        })?;
        let configured = config.accounts.get(alias).map(|account| &*account.cloud);
        let cloud = configured.and_then(clouds::known).ok_or_else(|| {
            Refusal::new(Exit::Invalid, format!("--account {account}: {alias} is not configured"))
        })?;
        let (alias, region) = (alias.to_owned(), region.to_owned());
        wanted.scopes.insert(ScopeId::Account(Account { cloud, alias, region }));
    }
    let covered = |kind: fn(&ScopeId) -> bool| wanted.scopes.iter().any(kind);
    if !covered(|scope| matches!(scope, ScopeId::TidbCloud(TidbScope::Project(_))))
        || !covered(|scope| matches!(scope, ScopeId::Account(_)))
    {
        let message = "nothing to look at: name --project ID and --account ALIAS/REGION, or list both in the \
                       configuration";
        return Err(Refusal::new(Exit::Usage, message));
    }
    let context = setup::context(&config, Access::LookOnly)?;
    let owner = context.owner.clone();
    let mut engine = Engine::new(context, wanted).map_err(unreadable)?;
    let (_keep, mut commands) = mpsc::unbounded_channel();
    engine.run(Until::Looked, &mut commands).await;
    let failed: Vec<String> = engine
        .view()
        .scopes
        .iter()
        .filter_map(|scope| Some(format!("{}: {}", scope.id, scope.error.as_ref()?)))
        .collect();
    if !failed.is_empty() {
        return Err(Refusal::new(Exit::Error, failed.join("; ")));
    }
    output::report(&export::manifest(&engine.inventory(), &owner));
    Ok(Exit::Done)
}
