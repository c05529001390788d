//! What `export` writes of every example, once it stands, is a manifest that asks for nothing more.

use crate::examples::{config, examples};
use crate::rig::Rig;
use planner::endpoint::{Address, Decision, Registration, Waiting};
use sim::Deed;
use std::collections::BTreeSet;
use tidelock::engine::{Desired, Engine, Standing};
use tidelock::report::Action;
use tidelock::wish::{ScopeId, TidbScope};
use tidelock::{desired, export, manifest, present, report};

/// Everything that a person is asked to tell TiDB Cloud, by cluster.
fn asked_for(engine: &Engine) -> Vec<(String, Registration)> {
    let endpoints = engine.view().endpoints.into_iter();
    let asked = endpoints.filter_map(|one| {
        let Standing::Decided(decision) = one.standing else { return None };
        let Decision::Wait(Waiting::OperatorMustRegister(registration)) = decision else {
            return None;
        };
        Some((one.wish.cluster.cluster.clone(), registration))
    });
    asked.collect()
}

fn paste(rig: &Rig, cluster: String, registration: Registration) {
    let Registration { link, address } = registration;
    let domain = match address {
        Address::Domain(domain) => Some(domain),
        Address::None | Address::Ip(_) => None,
    };
    rig.by_hand(Deed::Paste { cluster, endpoint_id: link.0, domain, ip: None });
}

/// As the command does it: a look at whole scopes, and nothing wanted.
async fn exported(rig: &Rig, scopes: BTreeSet<ScopeId>) -> String {
    let instances = ScopeId::TidbCloud(TidbScope::Instances);
    let accounts = scopes.iter().filter_map(|scope| match scope {
        ScopeId::Account(account) => Some(account.clone()),
        ScopeId::TidbCloud(_) | ScopeId::Outgoing(_) | ScopeId::Exposing(_) => None,
    });
    let accounts: Vec<_> = accounts.collect();
    let scopes = scopes.into_iter().chain([instances]).collect();
    let mut engine = rig.engine_for(Desired { scopes, ..Desired::default() });
    rig.look(&mut engine).await;
    let mut inventory = engine.inventory();
    let unread = export::look_out(&rig.context, &mut inventory, &accounts).await;
    assert_eq!(unread, []);
    export::manifest(&inventory, &rig.context.owner)
}

#[tokio::test(start_paused = true)]
async fn every_flow_comes_back_as_no_changes() {
    for path in examples() {
        let name = path.display();
        let loaded = manifest::load(std::slice::from_ref(&path));
        let wanted = desired::desired(&loaded.manifest.unwrap(), "one", &config(), None);
        let scopes = wanted.wishes.iter().flat_map(tidelock::wish::Wish::scopes).collect();
        let rig = Rig::calm();
        let mut engine = rig.engine_for(wanted);
        rig.settle(&mut engine).await;
        for (cluster, registration) in asked_for(&engine) {
            paste(&rig, cluster, registration);
        }
        rig.settle(&mut engine).await;
        let view = engine.view();
        let shown = || format!("{name}: {:#?}", present::status(&view));
        assert!(
            view.endpoints.iter().all(|one| one.standing == crate::rig::SETTLED),
            "{}",
            shown()
        );
        assert!(
            view.flows.iter().all(|one| one.standing == crate::outgoing::SETTLED),
            "{}",
            shown()
        );
        drop(engine);

        let text = exported(&rig, scopes).await;
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("exported.yaml"), &text).unwrap();
        let loaded = manifest::load(&[home.path().to_owned()]);
        assert_eq!(loaded.findings, [], "{name}:\n{text}");
        let manifest = loaded.manifest.unwrap();
        assert!(manifest.endpoints().count() >= view.endpoints.len(), "{name}:\n{text}");
        assert_eq!(manifest.connections().count(), view.flows.len(), "{name}:\n{text}");
        let wanted = desired::desired(&manifest, &loaded.digest, &config(), None);
        let mut engine = rig.engine_for(wanted);
        rig.look(&mut engine).await;
        let plan = present::plan(&engine.view());
        let unchanged = |one: &report::PlannedEndpoint| one.action == Action::Unchanged;
        let shown = report::text(&plan, report::Style::Plain);
        assert!(plan.endpoints.iter().all(unchanged), "{name}:\n{text}\n{shown}");
    }
}
