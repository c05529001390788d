//! What a reader of manifests must say, and must survive.

#![cfg(test)]

mod documents;
mod findings;
mod hostile;
