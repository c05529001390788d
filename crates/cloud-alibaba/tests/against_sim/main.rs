//! The client against its simulated cloud: one whole life, what a look costs, what is found before, and bad days.
#![cfg(test)]
#![cfg(all(feature = "client", feature = "sim"))]

mod bad_days;
mod costs;
mod exposing;
mod findings;
mod life;
mod world;
