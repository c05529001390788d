//! The simulated Alibaba Cloud by its bytes: a query goes in, JSON comes out, and nothing knows a client's types.
#![cfg(test)]
#![cfg(feature = "sim")]

mod door;
mod endpoints;
mod exposing;
mod faults;
mod gate;
