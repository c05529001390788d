//! The simulated Azure by its bytes: JSON goes in, JSON comes out, and nothing knows a client's types.
#![cfg(test)]
#![cfg(feature = "sim")]

mod door;
mod endpoints;
mod entra;
mod faults;
mod lists;
mod manager;
mod operations;
mod seeds;
