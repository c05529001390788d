//! The engine against the simulated world, without the vendors' bytes on the customer's side.

#![cfg(test)]

mod cost;
mod drift;
mod guards;
mod moved;
mod nights;
mod policies;
mod rig;
mod roads;
mod troubles;
