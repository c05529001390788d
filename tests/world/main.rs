//! The engine against the simulated world, without the vendors' bytes on the customer's side.

#![cfg(test)]

mod bugs;
mod clouds;
mod cost;
mod doubles;
mod drift;
mod drift_clouds;
mod elsewhere;
mod examples;
mod exported;
mod guards;
mod instances;
mod lies;
mod moved;
mod nights;
mod operator;
mod outgoing;
mod outgoing_alibaba;
mod outgoing_denied;
mod outgoing_domains;
mod outgoing_doubles;
mod outgoing_drift;
mod outgoing_hung;
mod outgoing_nights;
mod outgoing_traffic;
mod page;
mod policies;
mod rig;
mod roads;
mod shared;
mod troubles;
mod verdicts;
