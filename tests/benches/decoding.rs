//! From the bytes of a survey to rows in our words, through the real clients, without a socket.

use crate::fleet::PROJECT;
use crate::harness::{runtime, say, time};
use crate::pages::{Pages, client};
use cloud::Urgency;
use std::sync::Arc;
use tidb_cloud::{ProjectId, Scope};

pub(crate) fn run(count: usize) {
    let pages = Arc::new(Pages::new(count));
    let runtime = runtime();
    let scope = Scope::Project(ProjectId(PROJECT.into()));
    let what = format!("decoding TiDB Cloud's pages, {} KiB of JSON", pages.bytes() / 1024);
    time(
        &what,
        count,
        || client(&pages),
        |client| {
            let rows = runtime.block_on(client.connections(&scope, Urgency::Work));
            let rows = rows.expect("the pages are whole").connections;
            assert_eq!(rows.len(), count);
            rows
        },
    );
    say("decoding EC2's pages: see `cargo bench -p cloud-aws`");
}
