//! `AddServersToServerGroup`, `RemoveServersFromServerGroup`, `ListServerGroupServers`.
//!
//! How they are, only the listener's health tells: here they are there, or not yet, or not for long.

use super::refused::refused;
use super::{illegal, nlb_page, one, work_on};
use crate::sim::call::{Answer, Call};
use crate::sim::form::Form;
use crate::sim::refusal::Refusal;
use serde_json::{Value as Json, json};
use sim::{Health, Kind, Part, PartRefusal, Repeated, Target, World};
use std::collections::BTreeSet;
use std::net::Ipv4Addr;

const SERVERS_MAX: usize = 200;

struct Server {
    address: Ipv4Addr,
    port: u16,
    description: String,
}

pub(in crate::sim) fn add(call: &Call) -> Answer {
    let (group, servers) = (one(call, Kind::TargetGroup, "ServerGroupId")?, named(&call.form)?);
    let outside = call.with(|world| {
        let network = group.target_group().and_then(|facts| {
            world.networks(&call.scope).find(|network| network.id == facts.network)
        });
        let within = |address| {
            network.is_some_and(|its| its.subnets.iter().any(|its| its.cidr.contains(address)))
        };
        servers.iter().map(|server| server.address).find(|address| !within(*address))
    });
    if let Some(address) = outside {
        return Err(refused(PartRefusal::TargetOutside(address)));
    }
    change(call, &group, &servers, true)
}

pub(in crate::sim) fn remove(call: &Call) -> Answer {
    let (group, servers) = (one(call, Kind::TargetGroup, "ServerGroupId")?, named(&call.form)?);
    change(call, &group, &servers, false)
}

fn change(call: &Call, group: &Part, servers: &[Server], takes: bool) -> Answer {
    let id = group.id.as_str();
    check_repeated(call, group, servers, takes)?;
    let job = work_on(call, group, |world| {
        for Server { address, port, description } in servers {
            if takes {
                world.register_target(&call.scope, id, *address, *port)?;
                world.keep_option(&group.id, &key(*address, *port), description);
            } else {
                world.deregister_target(&call.scope, id, *address, *port)?;
            }
        }
        Ok(())
    })?;
    Ok(json!({"ServerGroupId": id, "JobId": job}))
}

/// Whether what is there may be added, and what is not there removed.
fn check_repeated(
    call: &Call,
    group: &Part,
    servers: &[Server],
    takes: bool,
) -> Result<(), Refusal> {
    let known = call.with(|world| match world.draws.dataflow.repeated {
        Repeated::Succeeds => Ok(None),
        Repeated::Refused => world.targets(&call.scope, group.id.as_str()).map(Some),
    });
    let Some(known) = known.map_err(refused)? else { return Ok(()) };
    let is_there = |server: &Server| {
        let its = known.iter().filter(|its| its.health != Health::Draining);
        its.into_iter().any(|its| (its.address, its.port) == (server.address, server.port))
    };
    match servers.iter().find(|server| is_there(server) == takes) {
        Some(Server { address, port, .. }) if takes => {
            let message = format!("The specified resource of server {address}:{port} exists.");
            Err(Refusal::bad("ResourceAlreadyExist.BackendServer", message))
        }
        Some(Server { address, port, .. }) => {
            let message =
                format!("The specified resource of server {address}:{port} is not found.");
            Err(Refusal::not_found("ResourceNotFound.BackendServer", message))
        }
        None => Ok(()),
    }
}

fn key(address: Ipv4Addr, port: u16) -> String {
    format!("Description of {address}:{port}")
}

/// Each of them once.
fn named(form: &Form) -> Result<Vec<Server>, Refusal> {
    let servers = form.parts("Servers");
    if servers.is_empty() || servers.len() > SERVERS_MAX {
        return Err(illegal("Servers"));
    }
    let servers = servers.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let distinct: BTreeSet<_> = servers.iter().map(|its| (its.address, its.port)).collect();
    if distinct.len() < servers.len() {
        return Err(Refusal::bad("DuplicatedParam.Server", "The param of Server is duplicated."));
    }
    Ok(servers)
}

fn read(server: &Form) -> Result<Server, Refusal> {
    if server.require("ServerType")? != "Ip" {
        let message = "The ServerType is mismatched for the server and the server group.";
        return Err(Refusal::bad("Mismatch.ServerType", message));
    }
    let id = server.require("ServerId")?;
    if server.get("ServerIp").is_some_and(|address| address != id) {
        return Err(illegal("IP"));
    }
    let address = id.parse().map_err(|_| illegal("IP"))?;
    let port = server.get("Port").and_then(|text| text.parse().ok()).filter(|port| *port > 0);
    let port = port.ok_or_else(|| illegal("RSPortConflictWithServerGroup"))?;
    super::only(server, "Weight", &["100"])?;
    let description = server.get("Description").unwrap_or_default().to_owned();
    Ok(Server { address, port, description })
}

pub(in crate::sim) fn list(call: &Call) -> Answer {
    let group = one(call, Kind::TargetGroup, "ServerGroupId")?;
    let form = &call.form;
    let asked = [form.list("ServerIds"), form.list("ServerIps")];
    let rows: Result<Vec<Json>, PartRefusal> = call.with(|world| {
        let targets = world.targets(&call.scope, group.id.as_str())?;
        let wanted = |target: &&Target| {
            let says = |asked: &Vec<String>| {
                asked.is_empty() || asked.contains(&target.address.to_string())
            };
            asked.iter().all(says)
        };
        Ok(targets.iter().filter(wanted).map(|target| row(world, &group, *target)).collect())
    });
    nlb_page(call, "Servers", &rows.map_err(refused)?)
}

fn row(world: &World, group: &Part, target: Target) -> Json {
    let Target { address, port, health, reason: _ } = target;
    let network = group.target_group().map(|facts| &facts.network);
    let mut subnets = world
        .all_networks()
        .filter(|its| Some(&its.id) == network)
        .flat_map(|network| &network.subnets);
    let zone = subnets.find(|subnet| subnet.cidr.contains(address));
    let status = match health {
        Health::Draining => "Removing",
        Health::Unused | Health::Initial if world.is_busy(group.id.as_str()) => "Adding",
        Health::Unused | Health::Initial | Health::Healthy | Health::Unhealthy => "Available",
    };
    json!({
        "Description": world.option(&group.id, &key(address, port)).unwrap_or_default(),
        "Port": port,
        "ServerGroupId": group.id,
        "ServerId": address,
        "ServerIp": address,
        "ServerType": "Ip",
        "Status": status,
        "Weight": 100,
        "ZoneId": zone.map(|subnet| subnet.zone.name.as_str()),
    })
}
