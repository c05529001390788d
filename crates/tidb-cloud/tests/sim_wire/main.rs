//! The simulated TiDB Cloud, judged by its bytes: a digest client that is not ours, and the vendor's figures.
//!
//! Nothing here goes through the client beside it.
#![cfg(feature = "sim")]

#[cfg(test)]
mod admission;
#[cfg(test)]
mod bad_days;
#[cfg(test)]
mod connections;
#[cfg(test)]
mod desk;
#[cfg(test)]
#[path = "../stage/endpoints.rs"]
mod endpoints;
#[cfg(test)]
mod hosts;
#[cfg(test)]
mod instances;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod noticed;
#[cfg(test)]
mod outgoing;
#[cfg(test)]
mod schema;
#[cfg(test)]
#[path = "../stage/service.rs"]
mod service;
