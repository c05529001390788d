//! What a reader of manifests must say, and must survive.

mod documents;
mod findings;
mod hostile;
