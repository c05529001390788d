//! vSwitches: in which VPC and zone each lies. PrivateLink wants to be told the zone too.
//!
//! A vSwitch never moves, so its zone is asked for once.

use crate::api::Api;
use crate::model::{Switch, SwitchPage};
use crate::rpc::Product;
use cloud::Error;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

/// The VPC product allows no more.
const PAGE_ROWS: usize = 50;
/// A VPC has far fewer vSwitches.
const PAGES_MAX: usize = 100;

/// Zones by vSwitch.
#[derive(Default)]
pub(crate) struct Zones(Mutex<BTreeMap<String, String>>);

impl Zones {
    fn remember(&self, switches: &[Switch]) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let legible = switches.iter().filter(|its| !its.zone.is_empty());
        known.extend(legible.map(|its| (its.id.clone(), its.zone.clone())));
    }

    fn get(&self, id: &str) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }
}

impl Api {
    /// The zones of these vSwitches, by zone and then vSwitch. With a VPC, one page of its vSwitches serves them all.
    pub(crate) async fn zones_of(
        &self,
        ids: &BTreeSet<String>,
        vpc: Option<&str>,
    ) -> Result<BTreeSet<(String, String)>, Error> {
        let is_unknown = |id: &&String| self.zones.get(id).is_none();
        if let (Some(vpc), Some(_)) = (vpc, ids.iter().find(is_unknown)) {
            self.switches_in(vpc).await?;
        }
        for id in ids.iter().filter(is_unknown) {
            self.switch(id).await?;
        }
        let pair = |id: &String| Some((self.zones.get(id)?, id.clone()));
        ids.iter().map(|id| pair(id).ok_or_else(|| no_switch(id))).collect()
    }

    /// As far as there are such vSwitches; one that there is not is asked for anew the next time.
    pub(crate) async fn known_zones(
        &self,
        ids: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, String>, Error> {
        let mut found = BTreeMap::new();
        for id in ids {
            if self.zones.get(id).is_none() {
                self.switch(id).await?;
            }
            found.extend(self.zones.get(id).map(|zone| (id.clone(), zone)));
        }
        Ok(found)
    }

    pub(crate) async fn switches_in(&self, vpc: &str) -> Result<Vec<Switch>, Error> {
        let rpc = self.rpc(Product::Vpc, "DescribeVSwitches").with("VpcId", vpc);
        let rpc = rpc.with("PageSize", PAGE_ROWS.to_string());
        let mut rows = Vec::new();
        for number in 1..=PAGES_MAX {
            let rpc = rpc.clone().with("PageNumber", number.to_string());
            let page: SwitchPage = self.look(&rpc, None).await?;
            let more = page.v_switches.unwrap_or_default().v_switch;
            let is_last = more.is_empty() || rows.len() + more.len() >= page.total_count;
            rows.extend(more);
            if is_last {
                self.zones.remember(&rows);
                return Ok(rows);
            }
        }
        Err(self.about(&rpc, None).incomplete("the pages do not end"))
    }

    pub(crate) async fn switch(&self, id: &str) -> Result<Option<Switch>, Error> {
        let rpc = self.rpc(Product::Vpc, "DescribeVSwitches").with("VSwitchId", id);
        let page: SwitchPage = self.look(&rpc, None).await?;
        let rows = page.v_switches.unwrap_or_default().v_switch;
        self.zones.remember(&rows);
        Ok(rows.into_iter().find(|row| row.id == id))
    }
}

fn no_switch(id: &str) -> Error {
    let message = format!("{id} does not exist in this account and region");
    Error::Refused { code: "InvalidVSwitchId.NotFound".into(), message }
}
