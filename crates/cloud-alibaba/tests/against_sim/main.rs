//! The client against its simulated cloud: one whole life, what a look costs, what is found before, and bad days.
#![cfg(test)]
#![cfg(all(feature = "client", feature = "sim"))]

mod bad_days;
#[path = "../../../sim/tests/contract/exposing.rs"]
mod contract;
mod costs;
#[path = "../../../sim/tests/contract/endpoints.rs"]
mod endpoints;
mod exposing;
mod findings;
mod life;
mod promises;
mod world;
