//! The daemon’s web side, before an engine in a simulated world.
mod rig;
