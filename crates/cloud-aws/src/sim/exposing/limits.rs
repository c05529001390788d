//! `DescribeAccountLimits`: how many load balancers and target groups an account may have in a region.

use super::Listed;
use crate::sim::call::{Answer, Call};
use crate::sim::xml::Xml;
use sim::Kind;

const ROWS: Listed = Listed::of_elb("Limits");

pub(in crate::sim) fn describe_limits(call: &Call) -> Answer {
    let limit = |kind| call.with(|world| world.part_limit(call.scope.vendor, kind));
    let rows = [
        ("network-load-balancers", limit(Kind::Balancer)),
        ("listeners-per-network-load-balancer", 50),
        ("target-groups", limit(Kind::TargetGroup)),
        ("targets-per-network-load-balancer", 3_000),
    ];
    ROWS.answer(call, &rows, |(name, max)| Xml::new().text("Name", name).text("Max", max))
}
