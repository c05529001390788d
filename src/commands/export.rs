//! `export`: writes the manifest of what exists, and of what TiDB Cloud has discovered.

use super::plan::unreadable;
use crate::cli::Export;
use crate::clouds::{self, Access};
use crate::config::Config;
use crate::engine::{Desired, Engine, Until};
use crate::exit::Exit;
use crate::setup::{self, Refusal};
use crate::wish::{Account, ScopeId, TidbScope};
use crate::{export, output};
use cloud::Error;
use std::collections::BTreeSet;
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
        wanted.scopes.insert(ScopeId::Account(scope(account, &config)?));
    }
    if let Some(message) = lacking(&wanted.scopes) {
        return Err(Refusal::new(Exit::Invalid, message));
    }
    let instances = ScopeId::TidbCloud(TidbScope::Instances);
    wanted.scopes.insert(instances.clone());
    let context = setup::context(&config, Access::LookOnly)?;
    let owner = context.owner.clone();
    let mut engine = Engine::new(context.clone(), wanted).map_err(unreadable)?;
    let (_keep, mut commands) = mpsc::unbounded_channel();
    engine.run(Until::Looked, &mut commands).await;
    let scopes = engine.view().scopes;
    let failed = scopes.iter().filter_map(|scope| Some((&scope.id, scope.error.as_ref()?)));
    // Nobody asked for the instances, and a key for Dedicated may not reach them.
    let (unasked, failed): (Vec<_>, Vec<_>) = failed.partition(|(id, _)| **id == instances);
    let told = |(id, error): &(&ScopeId, &Error)| format!("{id}: {error}");
    if !failed.is_empty() {
        let told: Vec<String> = failed.iter().map(told).collect();
        return Err(Refusal::new(Exit::Error, told.join("; ")));
    }
    for missing in &unasked {
        output::remark(&format!("warning: not exported: {}", told(missing)));
    }
    let mut inventory = engine.inventory();
    let accounts = scopes.iter().filter_map(|scope| match &scope.id {
        ScopeId::Account(account) => Some(account.clone()),
        ScopeId::TidbCloud(_) | ScopeId::Outgoing(_) | ScopeId::Exposing(_) => None,
    });
    let accounts: Vec<Account> = accounts.collect();
    for (missing, error) in export::look_out(&context, &mut inventory, &accounts).await {
        output::remark(&format!("warning: not exported: {missing}: {error}"));
    }
    output::report(&export::manifest(&inventory, &owner));
    Ok(Exit::Done)
}

/// What neither the command nor the configuration names, and how to name it.
pub(super) fn lacking(scopes: &BTreeSet<ScopeId>) -> Option<&'static str> {
    let covered = |kind: fn(&ScopeId) -> bool| scopes.iter().any(kind);
    let project = covered(|scope| matches!(scope, ScopeId::TidbCloud(TidbScope::Project(_))));
    let account = covered(|scope| matches!(scope, ScopeId::Account(_)));
    match (project, account) {
        (true, true) => None,
        (false, true) => Some(
            "no project to look at: name --project ID, or write projects = [\"ID\"] under [tidb_cloud] in the \
             configuration",
        ),
        (true, false) => Some(
            "no account to look at: name --account ALIAS/REGION, or write regions = [\"REGION\"] under \
             [accounts.ALIAS] in the configuration",
        ),
        (false, false) => Some(
            "nothing to look at: name --project ID and --account ALIAS/REGION, or write projects = [\"ID\"] under \
             [tidb_cloud] and regions = [\"REGION\"] under [accounts.ALIAS] in the configuration",
        ),
    }
}

/// `ALIAS/REGION`, or `ALIAS` alone where one list shows all regions.
fn scope(text: &str, config: &Config) -> Result<Account, Refusal> {
    let refused = |exit, why: &str| Refusal::new(exit, format!("--account {text}: {why}"));
    let (alias, region) = text.split_once('/').unwrap_or((text, ""));
    let configured = config
        .accounts
        .get(alias)
        .ok_or_else(|| refused(Exit::Invalid, &format!("{alias} is not configured")))?;
    let cloud = configured.settings.cloud();
    let is_regional = clouds::known(cloud).is_some_and(|known| known.is_regional);
    if is_regional == region.is_empty() {
        let form = if is_regional { "ALIAS/REGION" } else { "ALIAS alone" };
        return Err(refused(Exit::Usage, &format!("expected {form}, for {alias} is in {cloud}")));
    }
    Ok(Account { cloud, alias: alias.to_owned(), region: region.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desired::scopes;

    /// What a configuration with this text leaves unnamed.
    fn check(text: &str, expected: Option<&str>) {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("tidelock.toml");
        std::fs::write(&file, text).unwrap();
        let lookup = |name: &str| name.starts_with("TIDBCLOUD_").then(|| "key".to_owned());
        let config = Config::resolve(Some(&file), &lookup).unwrap();
        let said = lacking(&scopes(&config)).map(|message| message.split_once(':').unwrap().0);
        assert_eq!(said, expected, "{text}");
    }

    #[test]
    fn only_what_is_missing_is_named() {
        let project = "[tidb_cloud]\nprojects = [\"1372813089209061633\"]\n";
        let account = "[accounts.prod]\ncloud = \"aws\"\n";
        let regions = "regions = [\"us-east-1\"]\n";
        check("", Some("nothing to look at"));
        check(project, Some("no account to look at"));
        check(&format!("{project}{account}"), Some("no account to look at"));
        check(&format!("{account}{regions}"), Some("no project to look at"));
        check(&format!("{project}{account}{regions}"), None);
    }

    #[test]
    fn the_readmes_configuration_is_enough() {
        let (_, rest) = include_str!("../../README.md").split_once("```toml\n").unwrap();
        check(rest.split_once("```").unwrap().0, None);
    }
}
