//! Whose token calls are made with, kept fresh: it is fetched once for all calls, and again before it ends.
//!
//! How to get one, its parts know: [`source`] and the vendor's own library. Nothing here prints one.

mod certificate;
mod door;
mod environment;
mod source;

pub(crate) use environment::Environment;
pub(crate) use source::{Source, chain};

use crate::error::cut;
use async_trait::async_trait;
use azure_core::credentials::AccessToken;
use azure_core_legacy as legacy;
use azure_core_legacy::error::ErrorKind;
use cloud::{Clock, Error, Wire};
use door::Trouble;
use http::HeaderValue;
use std::fmt::{self, Debug};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

/// As the vendor's own libraries have it; a token that is short is fetched anew when a quarter of it is left.
const MARGIN_MAX: Duration = Duration::from_mins(5);

/// After a failed renewal, while the old token still works.
const PAUSE: Duration = Duration::from_mins(1);

/// As long as one request as a whole. Beneath our wire there is a limit already; a program that is run for a token has
/// none.
const LIMIT: Duration = Duration::from_mins(1);

pub(crate) struct Tokens {
    source: Result<Source, Error>,
    wire: Arc<dyn Wire>,
    /// What the token is for.
    scope: String,
    current: Mutex<Option<Held>>,
}

#[derive(Clone)]
struct Held {
    token: AccessToken,
    ends: Ends,
}

/// On the clock that a test can move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ends {
    renew: Instant,
    over: Instant,
}

impl Tokens {
    /// Where nobody has credentials, the first call says so.
    pub(crate) fn new(
        source: Result<Source, Error>,
        wire: Arc<dyn Wire>,
        scope: String,
    ) -> Arc<Tokens> {
        Arc::new(Tokens { source, wire, scope, current: Mutex::new(None) })
    }

    pub(crate) fn scope(&self) -> &str {
        &self.scope
    }

    /// For a request of our own making.
    pub(crate) async fn bearer(&self) -> Result<HeaderValue, Error> {
        let token = self.get().await?;
        let value = HeaderValue::from_str(&format!("Bearer {}", token.token.secret()));
        let mut value = value.map_err(|_| Error::Credentials {
            message: "what Azure gave out as a token is none".into(),
        })?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// Azure does not accept what it gave us: the next call fetches anew.
    pub(crate) async fn forget(&self) {
        *self.current.lock().await = None;
    }

    async fn get(&self) -> Result<AccessToken, Error> {
        let source = self.source.as_ref().map_err(Clone::clone)?;
        let mut current = self.current.lock().await;
        let now = Instant::now();
        if let Some(held) = current.as_ref().filter(|held| now < held.ends.renew) {
            return Ok(held.token.clone());
        }
        let old = current.take().filter(|held| now < held.ends.over);
        let held = match (self.fetch(source).await, old) {
            (Ok(held), _) => held,
            (Err(error), Some(Held { token, ends })) => {
                tracing::warn!(%error, "cannot renew the token, the old one still works");
                let renew = (now + PAUSE).min(ends.over);
                Held { token, ends: Ends { renew, ..ends } }
            }
            (Err(error), None) => return Err(error),
        };
        let token = held.token.clone();
        *current = Some(held);
        Ok(token)
    }

    /// Each time by a new credential: the vendor's keeps a cache of its own, which goes by the wall clock, and does not
    /// read a secret's file again.
    async fn fetch(&self, source: &Source) -> Result<Held, Error> {
        let credential = source.credential(&self.wire)?;
        let given = timeout(LIMIT, credential.get_token(&[&self.scope], None)).await;
        let token = given.map_err(|_late| silent())?.map_err(|error| refused(&error))?;
        let ends = Ends::at(token.expires_on.unix_timestamp());
        Ok(Held { token, ends })
    }
}

/// What does not reach anybody passes; what Azure says of us does not.
fn refused(error: &azure_core::Error) -> Error {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(one) = cause {
        if let Some(trouble) = one.downcast_ref::<Trouble>() {
            let message = cut(&format!("cannot sign in: {trouble}"));
            return Error::NotSent { who: crate::error::WHO.into(), message };
        }
        cause = one.source();
    }
    Error::Credentials { message: cut(&error.to_string()) }
}

fn silent() -> Error {
    let message = format!("cannot sign in: no token within {} s", LIMIT.as_secs());
    Error::NotSent { who: crate::error::WHO.into(), message }
}

impl Ends {
    fn at(wall: i64) -> Ends {
        let left = u64::try_from(wall).unwrap_or(0).saturating_sub(Clock::system().now().0);
        Ends::after(Duration::from_secs(left))
    }

    fn after(left: Duration) -> Ends {
        let over = Instant::now() + left;
        Ends { renew: over - MARGIN_MAX.min(left / 4), over }
    }
}

impl Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("scope", &self.scope).finish_non_exhaustive()
    }
}

/// As the models' older half of the vendor's libraries asks for a token.
#[async_trait]
impl legacy::auth::TokenCredential for Tokens {
    async fn get_token(&self, _: &[&str]) -> legacy::Result<legacy::auth::AccessToken> {
        let token = self.get().await.map_err(|error| {
            legacy::Error::new(ErrorKind::Credential, crate::error::Failure::NotSignedIn(error))
        })?;
        let secret = legacy::auth::Secret::new(token.token.secret().to_owned());
        Ok(legacy::auth::AccessToken::new(secret, token.expires_on))
    }

    async fn clear_cache(&self) -> legacy::Result<()> {
        self.forget().await;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_token_is_renewed_before_it_ends() {
        let now = Instant::now();
        for (minutes, renewed) in [(60, 55), (20, 15), (4, 3)] {
            let ends = Ends::after(Duration::from_mins(minutes));
            assert_eq!(ends.renew - now, Duration::from_mins(renewed));
            assert_eq!(ends.over - now, Duration::from_mins(minutes));
        }
        assert_eq!(Ends::at(978_307_200).over, now);
        assert_eq!(Ends::at(-1).over, now);
    }
}
