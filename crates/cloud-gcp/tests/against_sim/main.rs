//! The client against the simulated Compute API, in process: the same bytes, no socket, virtual time.

#![cfg(test)]
#![cfg(all(feature = "client", feature = "sim"))]

mod bad_days;
mod costs;
#[path = "../../../sim/tests/contract/endpoints.rs"]
mod endpoints;
mod life;
mod permissions;
mod promises;
mod world;
