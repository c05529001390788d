//! The client against the simulated AWS: both were written from the vendor's documents, and neither from the other.
#![cfg(all(feature = "client", feature = "sim"))]

#[cfg(test)]
mod bad_days;
#[cfg(test)]
#[path = "../../../sim/tests/contract/exposing.rs"]
mod contract;
#[cfg(test)]
mod costs;
#[cfg(test)]
mod databases;
#[cfg(test)]
#[path = "../../../sim/tests/contract/endpoints.rs"]
mod endpoints;
#[cfg(test)]
mod exposing;
#[cfg(test)]
mod exposing_more;
#[cfg(test)]
mod findings;
#[cfg(test)]
mod fixed_addresses;
#[cfg(test)]
mod life;
#[cfg(test)]
mod misplaced;
#[cfg(test)]
mod promises;
#[cfg(test)]
mod world;
