//! Tells when something may have changed in the manifests' files.
//!
//! A hint and no more: whoever is told reads everything, and whoever is not reads it again after a while.

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::mpsc;

/// Editors and git write several files, one after the other.
const SETTLE: Duration = Duration::from_millis(300);

pub(super) struct Files {
    changes: mpsc::UnboundedReceiver<()>,
    /// Watches for as long as it lives.
    _watcher: Option<RecommendedWatcher>,
}

impl Files {
    pub(super) fn watch(paths: &[PathBuf]) -> Files {
        let (sender, changes) = mpsc::unbounded_channel();
        let told = move |event: notify::Result<Event>| {
            if event.is_ok_and(|event| !event.kind.is_access()) {
                // Nobody listens only while the daemon ends.
                let _ = sender.send(());
            }
        };
        let mut watcher = notify::recommended_watcher(told).ok();
        for path in paths {
            let Some(watcher) = &mut watcher else { break };
            if let Err(error) = watcher.watch(watchable(path), RecursiveMode::Recursive) {
                tracing::warn!(path = %path.display(), %error, "cannot watch; it is read again each minute");
            }
        }
        Files { changes, _watcher: watcher }
    }

    /// Returns some time after the last of a burst of changes, and at the latest after `otherwise`.
    pub(super) async fn changed(&mut self, otherwise: Duration) {
        let told = tokio::time::timeout(otherwise, self.changes.recv()).await;
        if !matches!(told, Ok(Some(()))) {
            if told.is_ok() {
                // The watcher has gone: only the clock is left.
                tokio::time::sleep(otherwise).await;
            }
            return;
        }
        while let Ok(Some(())) = tokio::time::timeout(SETTLE, self.changes.recv()).await {}
    }
}

/// A file that is replaced by another is a change of its directory.
fn watchable(path: &Path) -> &Path {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    if path.is_dir() { path } else { parent.unwrap_or(Path::new(".")) }
}
