//! The simulated Compute API by its bytes: JSON goes in, JSON comes out, and nothing knows a client's types.

#![cfg(test)]
#![cfg(feature = "sim")]

mod door;
mod lists;
mod operations;
mod refusals;
