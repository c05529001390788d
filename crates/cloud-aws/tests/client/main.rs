//! The client over a scripted wire: the bytes it sends, and what it makes of documented answers.
#![cfg(feature = "client")]

#[cfg(test)]
mod bodies;
#[cfg(test)]
mod deeds;
#[cfg(test)]
mod exposing;
#[cfg(test)]
mod exposing_change;
#[cfg(test)]
mod holders;
#[cfg(test)]
mod look_ups;
#[cfg(test)]
mod looks;
#[cfg(test)]
mod pacing;
#[cfg(test)]
mod permissions;
#[cfg(test)]
mod script;
#[cfg(test)]
mod signing_in;
