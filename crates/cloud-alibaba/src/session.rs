//! Whose credentials sign, kept fresh: a session is fetched once for all calls, and again before it ends.
//!
//! Where they come from, its parts know: the environment, RRSA, a profile, the instance, a role. Nothing here prints one.

mod instance;
mod profile;
mod role;
mod source;

pub use source::Environment;
pub(crate) use source::{Source, chain};

use crate::Scope;
use crate::wire::Sender;
use cloud::{Clock, Error};
use jiff::Timestamp;
use secrecy::SecretString;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// As the vendor's SDK has it; a session that is short is fetched anew when a quarter of it is left.
const MARGIN_MAX: Duration = Duration::from_mins(15);

/// After a failed renewal, while the old session still works.
const PAUSE: Duration = Duration::from_mins(1);

/// Credentials that sign.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) key_id: String,
    pub(crate) secret: SecretString,
    pub(crate) token: Option<SecretString>,
    /// None: for ever.
    pub(crate) ends: Option<Ends>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ends {
    renew: Instant,
    over: Instant,
}

pub(crate) struct Sessions {
    source: Result<Source, Error>,
    current: Mutex<Option<Session>>,
}

impl Sessions {
    /// Where nobody has credentials, the first call says so.
    pub(crate) fn new(source: Result<Source, Error>) -> Sessions {
        Sessions { source, current: Mutex::new(None) }
    }

    pub(crate) async fn get(&self, sender: &Sender, scope: &Scope) -> Result<Session, Error> {
        let source = self.source.as_ref().map_err(Clone::clone)?;
        let mut current = self.current.lock().await;
        let now = Instant::now();
        if let Some(session) = current.as_ref().filter(|session| session.is_fresh(now)) {
            return Ok(session.clone());
        }
        let old = current.take().filter(|session| session.works(now));
        let session = match (source.session(sender, scope).await, old) {
            (Ok(session), _) => session,
            (Err(error), Some(old)) => {
                tracing::warn!(%scope, %error, "cannot renew the session, the old one still works");
                old.later(now + PAUSE)
            }
            (Err(error), None) => return Err(error),
        };
        *current = Some(session.clone());
        Ok(session)
    }

    /// Whether they come from where there are others.
    pub(crate) fn are_renewed(&self) -> bool {
        match &self.source {
            Ok(Source::Token { .. } | Source::Role { .. } | Source::Instance(_)) => true,
            Ok(Source::Given(_)) | Err(_) => false,
        }
    }

    /// The vendor does not accept what it gave us: the next call fetches anew.
    pub(crate) async fn forget(&self) {
        *self.current.lock().await = None;
    }
}

impl Session {
    fn is_fresh(&self, now: Instant) -> bool {
        self.ends.is_none_or(|ends| now < ends.renew)
    }

    fn works(&self, now: Instant) -> bool {
        self.ends.is_none_or(|ends| now < ends.over)
    }

    fn later(self, renew: Instant) -> Session {
        Session { ends: self.ends.map(|ends| Ends { renew: renew.min(ends.over), ..ends }), ..self }
    }
}

impl Ends {
    /// `2026-11-21T07:00:00Z`, on the clock that a test can move.
    pub(crate) fn at(text: &str) -> Option<Ends> {
        let wall = text.parse::<Timestamp>().ok()?.as_second();
        let left = u64::try_from(wall).ok()?.saturating_sub(Clock::system().now().0);
        Some(Ends::after(Duration::from_secs(left)))
    }

    fn after(left: Duration) -> Ends {
        let over = Instant::now() + left;
        Ends { renew: over - MARGIN_MAX.min(left / 4), over }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_session_is_renewed_before_it_ends() {
        let now = Instant::now();
        for (minutes, renewed) in [(360, 345), (60, 45), (20, 15)] {
            let ends = Ends::after(Duration::from_mins(minutes));
            assert_eq!(ends.renew - now, Duration::from_mins(renewed));
            assert_eq!(ends.over - now, Duration::from_mins(minutes));
        }
        assert_eq!(Ends::at("soon"), None);
        assert_eq!(Ends::at("2001-01-01T00:00:00Z").map(|ends| ends.over), Some(now));
    }
}
