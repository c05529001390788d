//! The client against answers that a script gives: what it sends, and what it makes of what comes back.

#![cfg(test)]
#![cfg(feature = "client")]

mod deeds;
mod looks;
mod script;
