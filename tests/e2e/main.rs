//! The real binary against the simulated clouds, over sockets: what a user would see and a shell would get back.
//!
//! Every test serves its own world in its own process and starts the binary with an environment of its own. Nothing
//! here sleeps for a fixed time; what is waited for is looked at again and again, until a deadline.

#![cfg(test)]

mod accounts;
mod azure;
mod azure_cli;
mod child;
mod daemon;
mod demo;
mod examples;
mod exits;
mod export;
mod faults;
mod google;
mod guards;
mod hostile;
mod house;
mod kill;
mod life;
mod manifests;
mod matrix;
#[cfg(not(feature = "azure"))]
mod not_built;
mod outgoing;
mod page;
mod saved;
mod schemas;
mod screens;
mod secrets;
mod shared;
mod wire;
