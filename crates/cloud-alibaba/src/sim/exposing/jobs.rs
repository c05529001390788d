//! `GetJobStatus`, and NLB's `DescribeZones`.

use crate::sim::call::{Answer, Call};
use crate::sim::refusal::Refusal;
use serde_json::json;
use sim::{Vendor, zones_of};

pub(in crate::sim) fn describe(call: &Call) -> Answer {
    let id = call.form.require("JobId")?;
    let status = match call.with(|world| world.job_ended(id)) {
        Some(true) => "Succeeded",
        Some(false) => "processing",
        None => {
            let message = "The specified resource of job is not found.";
            return Err(Refusal::not_found("ResourceNotFound.job", message));
        }
    };
    Ok(json!({"Status": status}))
}

#[expect(clippy::unnecessary_wraps, reason = "every action may refuse; this one never does")]
pub(in crate::sim) fn zones(call: &Call) -> Answer {
    let zones = zones_of(Vendor::Alibaba, &call.scope.region);
    let row = |zone: &sim::Zone| json!({"ZoneId": zone.name, "LocalName": zone.name});
    Ok(json!({"Zones": zones.iter().map(row).collect::<Vec<_>>()}))
}
