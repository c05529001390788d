//! Every example can be planned in the example world, whatever its cloud and tier.

use crate::rig::Rig;
use std::collections::BTreeSet;
use std::path::PathBuf;
use tidelock::clouds::CLOUDS;
use tidelock::config::Config;
use tidelock::engine::Standing;
use tidelock::{desired, manifest, present, report};

pub(crate) fn examples() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/examples")).unwrap();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

pub(crate) fn config() -> Config {
    let lookup = |name: &str| name.starts_with("TIDBCLOUD_P").then(|| "any".to_owned());
    Config::resolve(None, &lookup).unwrap()
}

#[tokio::test(start_paused = true)]
async fn each_asks_for_something_that_can_be_made() {
    let mut flows = BTreeSet::new();
    for path in examples() {
        let loaded = manifest::load(std::slice::from_ref(&path));
        let manifest = loaded.manifest.unwrap();
        let theirs = manifest.endpoints();
        flows.extend(theirs.map(|(cluster, endpoint)| (cluster.tier, endpoint.network.cloud())));
        let rig = Rig::calm();
        let wanted = desired::desired(&manifest, &loaded.digest, &config(), None);
        let mut engine = rig.engine_for(wanted);
        rig.look(&mut engine).await;
        let view = engine.view();
        for endpoint in &view.endpoints {
            let Standing::Decided(_) = &endpoint.standing else {
                panic!("{}: {:?}", path.display(), endpoint.standing)
            };
        }
        let findings: Vec<_> = view.endpoints.iter().flat_map(|one| &one.findings).collect();
        assert!(findings.is_empty(), "{}: {findings:?}", path.display());
        let text = report::text(&present::plan(&view), report::Style::Plain);
        assert!(text.contains("to create"), "{}: {text}", path.display());
    }
    let offered =
        CLOUDS.iter().flat_map(|known| known.tiers.iter().map(|tier| (*tier, known.word)));
    assert_eq!(flows, offered.collect());
}
