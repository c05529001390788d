//! What can go wrong with a call, by what it means for the caller.
//!
//! Status codes and vendor words end in the client that met them; they survive only as text for people.

use std::time::Duration;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("{what} does not exist")]
    NotFound { what: String },
    #[error("too many requests to {who}")]
    Throttled { who: String, retry_after: Option<Duration> },
    /// Signed in, but not allowed; `action` is the permission to grant, in the vendor's spelling.
    #[error("not allowed to {action}: {message}")]
    Denied { action: String, message: String },
    /// Not signed in: no credentials, expired, or of another account than the one configured.
    #[error("credentials are not accepted: {message}")]
    Credentials { message: String },
    /// The request itself is wrong; the same again will fail again.
    #[error("{code}: {message}")]
    Refused { code: String, message: String },
    /// Something else is under way with the same object; the same again may succeed.
    #[error("busy: {message}")]
    Busy { message: String },
    /// A create's token was used before, for an endpoint that is gone, or that was ordered otherwise. It may only be
    /// hidden; when it does not come to light, another token helps.
    #[error("the token was used before: {message}")]
    TokenUsed { message: String },
    /// The request never left: it was certainly not carried out.
    #[error("cannot reach {who}: {message}")]
    NotSent { who: String, message: String },
    /// No answer.
    #[error("no answer from {who}: {message}")]
    Unreachable { who: String, message: String },
    /// An answer that we do not understand. `body` is cut short and redacted.
    #[error("unexpected answer {status} from {who}: {body}")]
    Unexpected { who: String, status: u16, body: String },
    /// A list that could not be read to its end: a repeated page token, a page that contradicts another.
    #[error("incomplete list from {who}: {message}")]
    Incomplete { who: String, message: String },
    /// Refused on our side: this process may only look.
    #[error("refused to send {action}: this command only looks")]
    ReadOnly { action: String },
    /// This process has no way to ask at all: only another build, configuration or credential helps.
    #[error("{message}")]
    Setup { message: String, remedy: String },
}

/// Whether a call that failed may have been carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    NotDone,
    /// It may have arrived, or may still arrive.
    Unknown,
}

impl Error {
    #[must_use]
    pub fn certainty(&self) -> Certainty {
        match self {
            Error::NotFound { .. }
            | Error::Throttled { .. }
            | Error::Denied { .. }
            | Error::Credentials { .. }
            | Error::Refused { .. }
            | Error::Busy { .. }
            | Error::NotSent { .. }
            | Error::ReadOnly { .. }
            | Error::Setup { .. } => Certainty::NotDone,
            Error::TokenUsed { .. }
            | Error::Unreachable { .. }
            | Error::Unexpected { .. }
            | Error::Incomplete { .. } => Certainty::Unknown,
        }
    }

    /// Whether the same call can succeed later without anybody changing anything.
    #[must_use]
    pub fn passes(&self) -> bool {
        match self {
            Error::Throttled { .. }
            | Error::Busy { .. }
            | Error::TokenUsed { .. }
            | Error::NotSent { .. }
            | Error::Unreachable { .. }
            | Error::Unexpected { .. }
            | Error::Incomplete { .. } => true,
            Error::NotFound { .. }
            | Error::Denied { .. }
            | Error::Credentials { .. }
            | Error::Refused { .. }
            | Error::ReadOnly { .. }
            | Error::Setup { .. } => false,
        }
    }
}
