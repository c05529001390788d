//! The simulated AWS by its bytes: a form goes in, XML comes out, and nothing knows a client's types.
#![cfg(feature = "sim")]

#[cfg(test)]
mod aws;
#[cfg(test)]
mod changes;
#[cfg(test)]
mod endpoints;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod places;
#[cfg(test)]
mod protocol;
#[cfg(test)]
mod tags;
