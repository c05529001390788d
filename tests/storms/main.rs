//! Bad days in every order: whatever befalls whichever call, nothing is doubled, lost, or touched that is not ours.
//!
//! A schedule is printed where it fails, as the line of code that replays it.

#![cfg(test)]

mod clients;
#[path = "../world/elsewhere.rs"]
mod elsewhere;
mod every_flow;
mod flow;
mod flows;
mod oracle;
mod outgoing;
mod pairs;
mod person;
mod random;
mod replay;
#[expect(dead_code, reason = "the roads need more of it than the storms do")]
#[path = "../world/rig.rs"]
mod rig;
mod single;
mod storm;
mod zoo;
