//! The client against scripted answers: what it sends, byte for byte, and what it makes of what comes back.

#![cfg(test)]

mod answers;
mod gate;
mod gatekeeper;
mod instances;
mod lists;
mod outgoing;
mod requests;
mod script;
