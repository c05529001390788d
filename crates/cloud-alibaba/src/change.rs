//! An endpoint made, and its vSwitches and security groups changed, in the steps that PrivateLink has for it.
//!
//! One step at a time: while one is worked on, the endpoint is busy for the next.

use crate::api::Api;
use crate::client::Alibaba;
use crate::error::Call;
use crate::model::{Done, Zone};
use crate::rpc::Rpc;
use crate::wanted::Wanted;
use crate::{SECURITY_GROUPS, V_SWITCHES, convert};
use cloud::{Difference, Error, unfit};
use planner::endpoint::LinkId;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// While our own last step is worked on. The vendor's provider for Terraform asks again as often, and gives up as late.
const BUSY_PAUSE: Duration = Duration::from_secs(5);
const BUSY_PATIENCE: Duration = Duration::from_mins(4);

const NAME_START: &str = "tidelock-";

/// A create without its token and tags, which a rehearsal has not.
pub(crate) async fn creation(api: &Api, wanted: &Wanted<'_>, service: &str) -> Result<Rpc, Error> {
    let Wanted { vpc, v_switches, security_groups, tags: _ } = wanted;
    let zones = api.zones_of(v_switches, Some(vpc)).await?;
    let rpc = api.privatelink("CreateVpcEndpoint").with("EndpointType", "Interface");
    let rpc = rpc.with("VpcId", *vpc).with("ServiceName", service).with_zones("Zone", &zones);
    Ok(rpc.with_each("SecurityGroupId", security_groups.iter().map(String::as_str)))
}

/// What people see in the console, where the manifest's name can be spelled there.
pub(crate) fn name(name: &str) -> Option<String> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let is_fit = name.bytes().all(fits) && name.len() + NAME_START.len() <= 128;
    is_fit.then(|| format!("{NAME_START}{name}"))
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    AddZone { zone: String, v_switch: String },
    RemoveZone(String),
    Attach(String),
    Detach(String),
}

pub(crate) async fn update(
    alibaba: &Alibaba,
    link: &LinkId,
    differences: &[&Difference],
) -> Result<(), Error> {
    let mut steps = Vec::new();
    for difference in differences {
        let wanted = difference.wanted.as_set().ok_or_else(|| unfit(difference.field))?;
        steps.extend(match difference.field {
            SECURITY_GROUPS => {
                let groups = alibaba.groups(link).await?;
                group_steps(wanted, &convert::details(&[], &groups).security_groups)
            }
            V_SWITCHES => {
                let found = alibaba.zones(link).await?;
                let zones = alibaba.api.zones_of(wanted, None).await?;
                zone_steps(&zones, &found)
            }
            field => return Err(unfit(field)),
        });
    }
    take(&alibaba.api, link, steps).await
}

/// The first comes as it comes; what keeps a later one waiting is the one before it.
async fn take(api: &Api, link: &LinkId, steps: Vec<Step>) -> Result<(), Error> {
    let start = Instant::now();
    for (taken, step) in steps.iter().enumerate() {
        let rpc = step.rpc(api, link);
        match taken {
            0 => drop(api.act::<Done>(&rpc, Some(link)).await?),
            _ => drop(follow::<Done>(api, &rpc, api.about(&rpc, Some(link)), start).await?),
        }
    }
    Ok(())
}

/// A step after another of ours, with which the cloud may be busy still.
pub(crate) async fn follow<Answer: DeserializeOwned>(
    api: &Api,
    rpc: &Rpc,
    call: Call<'_>,
    start: Instant,
) -> Result<Answer, Error> {
    loop {
        match api.act_as(rpc, call).await {
            Err(Error::Busy { .. }) if start.elapsed() < BUSY_PATIENCE => sleep(BUSY_PAUSE).await,
            outcome => return outcome,
        }
    }
}

/// New ones first: an endpoint is never without.
fn group_steps(wanted: &BTreeSet<String>, found: &BTreeSet<String>) -> Vec<Step> {
    let attach = wanted.difference(found).cloned().map(Step::Attach);
    attach.chain(found.difference(wanted).cloned().map(Step::Detach)).collect()
}

/// New zones first, so that the cluster stays in reach; a zone that changes its vSwitch is left before it is joined again.
fn zone_steps(wanted: &BTreeSet<(String, String)>, found: &[Zone]) -> Vec<Step> {
    let present = convert::details(found, &[]).v_switches;
    let standing = || found.iter().filter(|zone| present.contains(&zone.v_switch));
    let is_wanted = |zone: &&Zone| wanted.iter().any(|(_, its)| *its == zone.v_switch);
    let leave: Vec<&Zone> = standing().filter(|zone| !is_wanted(zone)).collect();
    let is_left = |zone: &str| leave.iter().any(|its| its.id == *zone);
    let join = wanted.iter().filter(|(_, v_switch)| !present.contains(v_switch));
    let (late, early): (Vec<_>, Vec<_>) = join.partition(|(zone, _)| is_left(zone));
    let add = |(zone, v_switch): &(String, String)| Step::AddZone {
        zone: zone.clone(),
        v_switch: v_switch.clone(),
    };
    let leave = leave.iter().map(|zone| Step::RemoveZone(zone.id.clone()));
    early.into_iter().map(add).chain(leave).chain(late.into_iter().map(add)).collect()
}

impl Step {
    fn rpc(&self, api: &Api, link: &LinkId) -> Rpc {
        let rpc = |action| api.privatelink(action).with("EndpointId", &link.0);
        match self {
            Step::AddZone { zone, v_switch } => {
                rpc("AddZoneToVpcEndpoint").with("ZoneId", zone).with("VSwitchId", v_switch)
            }
            Step::RemoveZone(zone) => rpc("RemoveZoneFromVpcEndpoint").with("ZoneId", zone),
            Step::Attach(group) => {
                rpc("AttachSecurityGroupToVpcEndpoint").with("SecurityGroupId", group)
            }
            Step::Detach(group) => {
                rpc("DetachSecurityGroupFromVpcEndpoint").with("SecurityGroupId", group)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(wanted: &[(&str, &str)], found: &[(&str, &str)], expected: &[&str]) {
        let pair = |(zone, id): &(&str, &str)| ((*zone).to_owned(), (*id).to_owned());
        let wanted = wanted.iter().map(pair).collect();
        let row = |(zone, id): &(&str, &str)| Zone {
            id: (*zone).into(),
            v_switch: (*id).into(),
            status: "Connected".into(),
        };
        let found: Vec<Zone> = found.iter().map(row).collect();
        let said = zone_steps(&wanted, &found).into_iter().map(|step| match step {
            Step::AddZone { zone, v_switch } => format!("+{zone} {v_switch}"),
            Step::RemoveZone(zone) => format!("-{zone}"),
            Step::Attach(group) | Step::Detach(group) => panic!("{group}"),
        });
        assert_eq!(said.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn zones_are_joined_before_others_are_left() {
        check(&[("a", "vsw-1")], &[("a", "vsw-1")], &[]);
        check(&[("b", "vsw-2")], &[("a", "vsw-1")], &["+b vsw-2", "-a"]);
        check(&[("a", "vsw-9")], &[("a", "vsw-1")], &["-a", "+a vsw-9"]);
        check(
            &[("a", "vsw-9"), ("c", "vsw-3")],
            &[("a", "vsw-1"), ("b", "vsw-2")],
            &["+c vsw-3", "-a", "-b", "+a vsw-9"],
        );
    }

    #[test]
    fn groups_are_attached_before_others_are_detached() {
        let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
        let steps = group_steps(&ids(&["sg-1", "sg-2"]), &ids(&["sg-1", "sg-0"]));
        assert_eq!(steps, [Step::Attach("sg-2".into()), Step::Detach("sg-0".into())]);
    }

    #[test]
    fn a_name_that_the_console_takes() {
        assert_eq!(name("orders-apps").as_deref(), Some("tidelock-orders-apps"));
        assert_eq!(name("größe"), None);
    }
}
