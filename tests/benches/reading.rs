//! Reading manifests, as `check` does.

use crate::fleet::repository;
use crate::harness::{resident, say, time};
use tidelock::manifest;

pub(crate) fn run(count: usize) {
    let directory = repository(count);
    let paths = [directory.path().to_owned()];
    let before = resident();
    let loaded = manifest::load(&paths);
    let after = resident();
    let read = loaded.manifest.as_ref().map_or(0, |manifest| manifest.endpoints().count());
    assert_eq!(read, count, "{:?}", loaded.findings.first());
    say(&format!(
        "reading manifests, {count} endpoints: peak {} MiB, of which {} MiB before reading began",
        after.peak / 1024,
        before.peak / 1024,
    ));
    drop(loaded);
    let sizes = std::fs::read_dir(directory.path()).into_iter().flatten().flatten();
    let bytes: u64 = sizes.filter_map(|entry| entry.metadata().ok()).map(|data| data.len()).sum();
    let what = format!("reading manifests, {} KiB of YAML", bytes / 1024);
    time(&what, count, || (), |()| manifest::load(&paths));
}
