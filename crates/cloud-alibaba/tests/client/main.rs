//! The client by what it puts on the wire, and by what it makes of answers as the vendor documents them.
#![cfg(test)]
#![cfg(feature = "client")]

mod bodies;
mod deeds;
mod exposing;
mod look_ups;
mod looks;
mod pacing;
mod permissions;
mod script;
mod signing_in;
