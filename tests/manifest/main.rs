//! What a reader of manifests must say, and must survive.

#![cfg(test)]

mod clouds;
mod documents;
mod domains;
mod findings;
mod hostile;
