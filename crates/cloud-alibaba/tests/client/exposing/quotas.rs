//! What Quota Center says of an account, while something is to be built.

use super::{bodies, outlet};
use crate::bodies as shared;
use crate::look_ups;
use crate::script::Script;
use cloud::{Exposing, ExposureAsk};
use planner::dataflow::Block;
use std::collections::BTreeSet;
use std::sync::Arc;

const BALANCERS: &str = "nlb_quota_loadbalancers_num";
const GROUPS: &str = "nlb_quota_servergroups_num";
const SERVICES: &str = "pvl_quota_total_epsrv";

/// All that is looked up beside.
fn sound() -> Arc<Script> {
    Script::new()
        .ok("DescribeVSwitches", super::switches())
        .ok("DescribeSecurityGroupAttribute", shared::rules(&["3306/3306"]))
        .ok("DescribeSecurityGroupAttribute", shared::rules(&["3306/3306"]))
        .ok("DescribeDBInstanceAttribute", bodies::attribute())
        .ok("DescribeDBInstanceNetInfo", bodies::net_info())
        .ok("DescribeDBInstanceIPArrayList", bodies::allow_lists("10.0.0.0/8,127.0.0.1"))
}

async fn codes(script: &Arc<Script>, missing: &[Block]) -> Vec<&'static str> {
    let ask = ExposureAsk {
        name: "orders-rds".into(),
        region: look_ups::ask("x").region,
        exposed: outlet().exposed(),
        zones: BTreeSet::from(["ap-southeast-1a".to_owned()]),
        missing: missing.iter().copied().collect(),
    };
    let findings = script.alibaba().preflight(&[ask]).await.unwrap();
    findings.into_iter().map(|finding| finding.code).collect()
}

#[tokio::test(start_paused = true)]
async fn each_product_is_asked_once_and_only_while_something_is_to_be_built() {
    let script = sound();
    assert_eq!(codes(&script, &[Block::Listener]).await, Vec::<&str>::new());
    assert_eq!(script.count("ListProductQuotas"), 0);

    let (here, there) = ("ap-southeast-1", "eu-central-1");
    let script = sound()
        .ok(
            "ListProductQuotas",
            bodies::quotas(&[
                (GROUPS, here, 2_999, 3_000),
                (BALANCERS, there, 10, 60),
                (BALANCERS, here, 60, 60),
            ]),
        )
        .ok("ListProductQuotas", bodies::quotas(&[(SERVICES, here, 200, 200)]));
    let all = [Block::TargetGroup, Block::LoadBalancer, Block::Listener, Block::Service];
    assert_eq!(codes(&script, &all).await, ["load-balancer-quota", "service-quota"]);
    let heard = script.heard();
    let asked = heard.iter().filter(|heard| heard.action == "ListProductQuotas");
    let asked: Vec<_> = asked.map(|heard| heard.parameters.clone()).collect();
    let products: Vec<&str> = asked.iter().map(|its| its["ProductCode"].as_str()).collect();
    assert_eq!(products, ["nlb", "privatelink"]);
    for parameters in asked {
        assert_eq!(parameters["Dimensions.1.Key"], "regionId");
        assert_eq!(parameters["Dimensions.1.Value"], here);
        assert!(!parameters.contains_key("RegionId"), "the whole cloud has one Quota Center");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_told_is_no_finding() {
    let (here, there) = ("ap-southeast-1", "eu-central-1");
    for rows in [
        &[][..],
        &[(BALANCERS, there, 60, 60)],
        &[(BALANCERS, here, 0, 0)],
        &[("nlb_quota_securitypolicies_num", here, 50, 50)],
    ] {
        let script = sound().ok("ListProductQuotas", bodies::quotas(rows));
        assert_eq!(codes(&script, &[Block::LoadBalancer]).await, Vec::<&str>::new(), "{rows:?}");
    }
    for (status, code) in [(403, "NoPermission"), (404, "PRODUCT.NOT_FOUND"), (500, "SYSTEM.ERROR")]
    {
        let script = sound();
        for _ in 0..3 {
            script.fails("ListProductQuotas", status, code);
        }
        assert_eq!(codes(&script, &[Block::LoadBalancer]).await, Vec::<&str>::new(), "{code}");
    }
}
