//! How a call comes past the gate: HTTP digest, with one challenge for as many calls as its nonce lives.
//!
//! It sends nothing. A nonce is shared once a signature with it was accepted; until then one call at a time is at the
//! gate, so that many calls that start together pay for one challenge, and a refusal can only mean the key.

use crate::api::ApiKey;
use cloud::{Error, Response};
use http::header::{HeaderValue, WWW_AUTHENTICATE};
use http::{Request, StatusCode};
use http_auth::digest::{DigestClient, Qop};
use http_auth::{PasswordClient, PasswordClientBuilder, PasswordParams};
use secrecy::ExposeSecret;
use std::mem;
use std::sync::{Mutex, PoisonError};
use tokio::sync::{Mutex as Turnstile, MutexGuard as Turn};

pub(crate) struct Gate {
    key: ApiKey,
    accepted: Mutex<Option<DigestClient>>,
    turnstile: Turnstile<()>,
}

/// One call on its way.
pub(crate) struct Passage<'gate> {
    gate: &'gate Gate,
    /// Held by a call without a nonce that was accepted before.
    turn: Option<Turn<'gate, ()>>,
    /// The challenge to this call, not yet shared.
    fresh: Option<DigestClient>,
    sent: Sent,
}

/// With what the last request went out.
enum Sent {
    Unsigned,
    /// With the shared nonce.
    Shared(String),
    Fresh,
}

pub(crate) enum Verdict {
    Through,
    /// There is a new challenge to answer.
    Again,
    /// The key is not accepted.
    Refused,
}

impl Gate {
    pub(crate) fn new(key: ApiKey) -> Gate {
        Gate { key, accepted: Mutex::new(None), turnstile: Turnstile::new(()) }
    }

    pub(crate) fn passage(&self) -> Passage<'_> {
        Passage { gate: self, turn: None, fresh: None, sent: Sent::Unsigned }
    }

    fn is_open(&self) -> bool {
        self.accepted().is_some()
    }

    fn forget(&self, nonce: &str) {
        self.accepted().take_if(|accepted| accepted.nonce() == nonce);
    }

    /// Never across an await.
    fn accepted(&self) -> std::sync::MutexGuard<'_, Option<DigestClient>> {
        self.accepted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn respond<Body: AsRef<[u8]>>(
        &self,
        challenge: &mut DigestClient,
        request: &Request<Body>,
    ) -> Result<HeaderValue, Error> {
        // Left to itself, http-auth prefers `auth-int`, which few servers get right.
        let integrity = !(challenge.qop() & Qop::Auth);
        let params = PasswordParams {
            username: &self.key.public,
            password: self.key.private.expose_secret(),
            uri: request.uri().path_and_query().map_or("/", |target| target.as_str()),
            method: request.method().as_str(),
            body: integrity.then(|| request.body().as_ref()),
        };
        let answer = challenge.respond(&params);
        let mut header = answer
            .and_then(|answer| HeaderValue::try_from(answer).map_err(|error| error.to_string()))
            .map_err(|message| Error::Credentials { message: format!("cannot sign: {message}") })?;
        header.set_sensitive(true);
        Ok(header)
    }
}

impl Passage<'_> {
    /// The header for the next request; none, to be challenged.
    pub(crate) async fn sign<Body: AsRef<[u8]>>(
        &mut self,
        request: &Request<Body>,
    ) -> Result<Option<HeaderValue>, Error> {
        // Whoever was turned away goes alone from now on, or a crowd would use up each new nonce together.
        let was_refused = self.fresh.is_some();
        if self.turn.is_none() && (was_refused || !self.gate.is_open()) {
            self.turn = Some(self.gate.turnstile.lock().await);
        }
        if let Some(shared) = self.gate.accepted().as_mut() {
            self.turn.take_if(|_| !was_refused);
            self.sent = Sent::Shared(shared.nonce().to_owned());
            return self.gate.respond(shared, request).map(Some);
        }
        let Some(fresh) = &mut self.fresh else {
            self.sent = Sent::Unsigned;
            return Ok(None);
        };
        self.sent = Sent::Fresh;
        self.gate.respond(fresh, request).map(Some)
    }

    pub(crate) fn judge(&mut self, response: &Response) -> Verdict {
        let sent = mem::replace(&mut self.sent, Sent::Unsigned);
        if response.status() != StatusCode::UNAUTHORIZED {
            if let Sent::Fresh = sent {
                self.share();
            }
            self.turn = None;
            return Verdict::Through;
        }
        let challenge = challenge(response);
        if let Sent::Shared(nonce) = &sent {
            self.gate.forget(nonce);
        }
        match (sent, challenge) {
            (_, None) => Verdict::Refused,
            (Sent::Fresh, Some(challenge)) if !challenge.stale() => Verdict::Refused,
            (Sent::Unsigned | Sent::Shared(_) | Sent::Fresh, Some(challenge)) => {
                self.fresh = Some(challenge);
                Verdict::Again
            }
        }
    }

    /// Not a `-sess` challenge: its key lives on the first cnonce, and http-auth takes a new one for each answer.
    fn share(&mut self) {
        *self.gate.accepted() = self.fresh.take().filter(|fresh| !fresh.session());
    }
}

/// The first challenge that we can answer.
fn challenge(response: &Response) -> Option<DigestClient> {
    let headers = response.headers().get_all(WWW_AUTHENTICATE).into_iter();
    let texts = headers.filter_map(|header| header.to_str().ok());
    let client = texts.fold(PasswordClient::builder(), PasswordClientBuilder::challenges);
    match client.build() {
        Ok(PasswordClient::Digest(client)) => Some(client),
        Ok(_) | Err(_) => None,
    }
}

#[cfg(test)]
mod tests;
