//! What the demo asks for, cloud by cloud: manifests, and the accounts of the example world in which they stand.
//!
//! The story is one of AWS, and cannot be told without its client; each other cloud that this build knows joins in.

use crate::clouds::{self, Known};
use crate::config::AccountConfig;
use crate::simulated::settings;
use sim::{Vendor, example};
use std::io;
use std::path::Path;

/// One cloud's share.
pub(super) struct Part {
    pub(super) vendor: Vendor,
    pub(super) title: &'static str,
    pub(super) alias: &'static str,
    pub(super) account: AccountConfig,
    /// File names and texts.
    pub(super) manifests: &'static [(&'static str, &'static str)],
}

pub(super) const BILLING_FILE: &str = "billing.yaml";

/// A cloud, the alias of its account, the regions to look at, and manifests.
type Share =
    (Vendor, &'static str, &'static [&'static str], &'static [(&'static str, &'static str)]);

const SHARES: [Share; 4] = [
    (
        Vendor::Aws,
        "prod",
        &[example::REGION],
        &[
            (BILLING_FILE, include_str!("../../../examples/01-smallest.yaml")),
            ("orders.yaml", include_str!("../../../examples/02-orders.yaml")),
            ("catalog.yaml", include_str!("catalog.yaml")),
        ],
    ),
    (
        Vendor::Azure,
        "prod-azure",
        &[],
        &[("orders-azure.yaml", include_str!("../../../examples/04-dedicated-azure.yaml"))],
    ),
    (
        Vendor::Gcp,
        "prod-gcp",
        &[],
        &[("orders-gcp.yaml", include_str!("../../../examples/03-dedicated-gcp.yaml"))],
    ),
    (
        Vendor::Alibaba,
        "prod-alibaba",
        &[example::alibaba::REGION],
        &[("catalog-sg.yaml", include_str!("../../../examples/06-essential-alibaba.yaml"))],
    ),
];

/// Of whose cloud the story is.
pub(super) fn teller() -> Option<&'static Known> {
    let (teller, ..) = SHARES[0];
    clouds::known(teller.word())
}

/// What keeps this build from telling the story.
pub(super) fn lacks() -> Option<(String, String)> {
    teller()?.lacks()
}

/// AWS, and each of the others whose client is built.
///
/// # Errors
/// The file with Google Cloud's token cannot be written.
pub(super) fn parts(url: &str, home: &Path) -> io::Result<Vec<Part>> {
    let token = home.join("token");
    std::fs::write(&token, example::gcp::TOKEN)?;
    let part = |(vendor, alias, regions, manifests): Share| {
        let known = clouds::known(vendor.word()).filter(|known| known.is_built)?;
        let settings = settings(known.word, url, &token)?;
        let regions = regions.iter().map(|&region| region.to_owned()).collect();
        let account = AccountConfig { regions, settings };
        Some(Part { vendor, title: known.title(), alias, account, manifests })
    };
    Ok(SHARES.into_iter().filter_map(part).collect())
}
