//! What a reader of manifests must say, and must survive.

#![cfg(test)]

mod clouds;
mod documents;
mod domains;
mod exposed;
mod findings;
mod hostile;
mod slips;
