//! The engine against the simulated world, without the vendors' bytes on the customer's side.

mod rig;
mod roads;
