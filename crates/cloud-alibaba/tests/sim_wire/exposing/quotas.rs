//! Quota Center: how many parts an account may have in a region, and how many it has.

use super::chain::{SOON, balancer};
use crate::door::Door;
use serde_json::{Value as Json, json};

const QUOTAS: &str = "2020-05-10";
const HERE: [(&str, &str); 2] =
    [("Dimensions.1.Key", "regionId"), ("Dimensions.1.Value", "ap-southeast-1")];

async fn listed(door: &Door, more: &[(&str, &str)]) -> Vec<Json> {
    let reply = door.call_of(QUOTAS, "ListProductQuotas", &[&HERE, more].concat()).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.body["Quotas"].as_array().unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn what_is_made_counts() {
    let door = Door::documented();
    for used in 0..2 {
        let rows = listed(&door, &[("ProductCode", "nlb")]).await;
        assert_eq!(rows.len(), 2, "{rows:?}");
        let row = &rows[0];
        assert_eq!(row["QuotaActionCode"], "nlb_quota_loadbalancers_num");
        assert_eq!(row["Dimensions"], json!({"regionId": "ap-southeast-1"}));
        assert_eq!((&row["TotalUsage"], &row["TotalQuota"]), (&json!(used), &json!(60)));
        balancer(&door, &[]).await;
        door.sim.poke(SOON);
    }
}

#[tokio::test(start_paused = true)]
async fn a_product_has_its_own_and_only_of_the_kind_asked_for() {
    let door = Door::documented();
    let rows = listed(&door, &[("ProductCode", "privatelink")]).await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    let one = [("ProductCode", "nlb"), ("QuotaActionCode", "nlb_quota_servergroups_num")];
    assert_eq!(listed(&door, &one).await[0]["TotalQuota"], 3_000);
    let rates = [("ProductCode", "nlb"), ("QuotaCategory", "FlowControl")];
    assert_eq!(listed(&door, &rates).await, Vec::<Json>::new());
    let reply = door.call_of(QUOTAS, "ListProductQuotas", &[]).await;
    assert_eq!(reply.status, 400, "{reply:?}");
}
