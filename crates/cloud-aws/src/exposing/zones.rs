//! In which zones subnets are. A subnet never changes its zone, so that each is asked for once in a process.

use crate::Aws;
use crate::preflight::fetch::placed;
use cloud::Error;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

/// The ids of zones, by subnet.
#[derive(Default)]
pub(crate) struct Zones(Mutex<BTreeMap<String, String>>);

/// A subnet that does not exist is not in the answer, and is asked for anew the next time.
pub(super) async fn zones(
    aws: &Aws,
    subnets: &BTreeSet<String>,
) -> Result<BTreeMap<String, String>, Error> {
    let known = aws.zones.known();
    let missing = |id: &&String| !known.contains_key(*id);
    let missing: BTreeSet<String> = subnets.iter().filter(missing).cloned().collect();
    if !missing.is_empty() {
        let found = placed(&aws.api, missing).await?.into_iter();
        aws.zones.learn(found.map(|(subnet, facts)| (subnet, facts.zone.id)));
    }
    let mut zones = aws.zones.known();
    zones.retain(|subnet, _| subnets.contains(subnet));
    Ok(zones)
}

impl Zones {
    fn known(&self) -> BTreeMap<String, String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn learn(&self, found: impl Iterator<Item = (String, String)>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(found);
    }
}
