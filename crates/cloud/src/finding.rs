//! What a check found, tied to the manifest's field that must change.
//!
//! It knows no file and no line: the reader of the manifest adds them.

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It will not work.
    Error,
    /// It may not work, or not as wanted.
    Warning,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The manifest's name of the endpoint.
    pub endpoint: String,
    /// The manifest's field (`subnets`), if one is to blame.
    pub field: Option<&'static str>,
    pub severity: Severity,
    /// Stable, for machines: `zone-not-served`.
    pub code: &'static str,
    /// Lower case, no full stop, names the thing.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

/// What is wrong with the manifest's text by itself, before anybody asks a cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The manifest's field to blame.
    pub field: &'static str,
    /// Lower case, no full stop, names the thing.
    pub message: String,
    /// What to write instead.
    pub remedy: String,
}
