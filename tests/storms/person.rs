//! The operator at TiDB Cloud's console: does what the engine asks, as it shows it; at once, late, or wrongly first.

use crate::flow::{Bond, Flow};
use planner::endpoint::{Address, ConnectionId, Decision, Registration, Waiting};
use sim::{ConnectionState, Deed, Sim, World};
use std::collections::{BTreeMap, BTreeSet};
use tidelock::engine::{Engine, Standing};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Manner {
    #[default]
    Prompt,
    /// Two days later.
    Late,
    /// What is pasted first for an endpoint names another one, or another domain.
    Mistaken,
}

impl Manner {
    pub(crate) const ALL: [Manner; 3] = [Manner::Prompt, Manner::Late, Manner::Mistaken];

    /// Those that make a difference in the flow.
    pub(crate) fn of(flow: &Flow) -> &'static [Manner] {
        match flow.bond {
            Bond::Person => &Manner::ALL,
            Bond::Api | Bond::Nothing => &Manner::ALL[..1],
        }
    }

    pub(crate) fn hesitates(self) -> u64 {
        match self {
            Manner::Late => 2 * crate::rig::DAY,
            Manner::Prompt | Manner::Mistaken => 0,
        }
    }

    /// Days of waiting are thousands of looks that are all alike: not each is worth every fault.
    pub(crate) fn stride(self) -> usize {
        match self {
            Manner::Late => 61,
            Manner::Prompt | Manner::Mistaken => 1,
        }
    }
}

#[derive(Default)]
pub(crate) struct Person {
    /// Connections that should never have been made.
    slips: Vec<String>,
    /// The endpoints for which something wrong was pasted already, by their clusters.
    erred: BTreeMap<String, BTreeSet<String>>,
}

pub(crate) enum Ask {
    Paste { cluster: String, registration: Registration },
    Delete(ConnectionId),
}

/// What the engine wants a person to do.
pub(crate) fn asks(engine: &Engine) -> Vec<Ask> {
    let endpoints = engine.view().endpoints.into_iter();
    let ask = endpoints.filter_map(|endpoint| {
        let Standing::Decided(Decision::Wait(waiting)) = endpoint.standing else { return None };
        if let Waiting::OperatorMustRegister(registration) = waiting {
            return Some(Ask::Paste {
                cluster: endpoint.wish.cluster.cluster.clone(),
                registration,
            });
        }
        let Waiting::OperatorMustUnregister(connection) = waiting else { return None };
        Some(Ask::Delete(connection))
    });
    ask.collect()
}

impl Person {
    pub(crate) fn does(&mut self, sim: &Sim, manner: Manner, ask: Ask) {
        sim.with(|world| {
            for connection in std::mem::take(&mut self.slips) {
                // The vendor may have dropped it by itself.
                let _ = world.deed(Deed::DeleteConnection { connection });
            }
            match ask {
                Ask::Delete(ConnectionId(connection)) => {
                    let _ = world.deed(Deed::DeleteConnection { connection });
                }
                Ask::Paste { cluster, registration } => {
                    self.paste(world, manner, cluster, registration);
                }
            }
        });
    }

    /// Not a second time what the console shows already.
    fn paste(
        &mut self,
        world: &mut World,
        manner: Manner,
        cluster: String,
        registration: Registration,
    ) {
        let Registration { link, address } = registration;
        let (mut id, mut domain) = (link.0, domain(address));
        let is_there = world
            .true_connections()
            .any(|row| row.endpoint_id == id && row.state != ConnectionState::Deleting);
        if is_there {
            return;
        }
        let erred = self.erred.entry(cluster.clone()).or_default();
        // Where a mistake spends an endpoint, whoever never learned would never have one that works.
        let errs = manner == Manner::Mistaken && erred.len() < 2 && erred.insert(id.clone());
        if errs {
            match &mut domain {
                Some(domain) => domain.insert_str(0, "not-"),
                None => id = "vpce-0123456789abcdef0".to_owned(),
            }
        }
        let pasted = world.deed(Deed::Paste { cluster, endpoint_id: id, domain, ip: None });
        if let (true, Ok(Some(row))) = (errs, pasted) {
            self.slips.push(row);
        }
    }
}

fn domain(address: Address) -> Option<String> {
    match address {
        Address::Domain(domain) => Some(domain),
        Address::None | Address::Ip(_) => None,
    }
}
