//! The daemon's window, before an engine in a simulated world: every road is asked in process, on virtual time.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may end here")]

mod api;
mod cache;
mod gate;
mod health;
mod metrics;
mod page;
mod rig;
mod serve;
