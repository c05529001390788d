//! `ListProductQuotas` of Quota Center: how many parts an account may have in a region, and how many it has.
//!
//! Only quotas that the simulated world has are listed; of API rates and privileges it has none.

use crate::sim::call::{Answer, Call};
use crate::sim::refusal::Refusal;
use serde_json::{Value as Json, json};
use sim::{Kind, Vendor};
use std::collections::BTreeSet;

const PAGE_USUAL: usize = 30;
const PAGE_MOST: usize = 100;
const REGION: &str = "regionId";

/// A quota's id, the product it belongs to, and what is counted.
const QUOTAS: [(&str, &str, Kind); 3] = [
    ("nlb_quota_loadbalancers_num", "nlb", Kind::Balancer),
    ("nlb_quota_servergroups_num", "nlb", Kind::TargetGroup),
    ("pvl_quota_total_epsrv", "privatelink", Kind::Service),
];

pub(in crate::sim) fn list(call: &Call) -> Answer {
    let form = &call.form;
    let product = form.require("ProductCode")?;
    let is_general = form.get("QuotaCategory").is_none_or(|category| category == "CommonQuota");
    let code = form.get("QuotaActionCode");
    let of_product = QUOTAS.iter().filter(|its| is_general && its.1 == product);
    let regions = regions(call)?;
    let asked = of_product.filter(|its| code.is_none_or(|code| code == its.0));
    let rows: Vec<Json> =
        asked.flat_map(|its| regions.iter().map(|region| row(call, its, region))).collect();
    call.page_of("Quotas", &rows, PAGE_USUAL, PAGE_MOST)
}

/// The one that is asked for, or all that the account has something in.
fn regions(call: &Call) -> Result<BTreeSet<String>, Refusal> {
    let dimensions = call.form.parts("Dimensions");
    let mut regions = BTreeSet::new();
    for dimension in &dimensions {
        if dimension.require("Key")? != REGION {
            return Err(Refusal::invalid("Dimensions"));
        }
        regions.insert(dimension.require("Value")?.to_owned());
    }
    if dimensions.is_empty() {
        regions = call.with(|world| {
            let networks = world.all_networks().filter(|its| {
                its.scope.vendor == Vendor::Alibaba && its.scope.account == call.scope.account
            });
            networks.map(|network| network.scope.region.clone()).collect()
        });
    }
    Ok(regions)
}

fn row(call: &Call, (code, product, kind): &(&str, &str, Kind), region: &str) -> Json {
    let account = &call.scope.account;
    let (used, max) = call.with(|world| {
        let theirs = world.true_parts().filter(|part| {
            part.kind() == *kind && part.scope.account == *account && part.scope.region == region
        });
        (theirs.count(), world.part_limit(Vendor::Alibaba, *kind))
    });
    json!({
        "Adjustable": true,
        "ApplicableType": "continuous",
        "Consumable": true,
        "Dimensions": {REGION: region},
        "GlobalQuota": false,
        "ProductCode": product,
        "QuotaActionCode": code,
        "QuotaArn": format!("acs:quotas:{region}:{account}:quota/{product}/{code}"),
        "QuotaCategory": "CommonQuota",
        "QuotaDescription": code,
        "QuotaName": code,
        "QuotaType": "normal",
        "QuotaUnit": "",
        "TotalQuota": max,
        "TotalUsage": used,
    })
}
