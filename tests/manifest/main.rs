//! What a reader of manifests must say, and must survive.

#![cfg(test)]

mod clouds;
mod documents;
mod findings;
mod hostile;
