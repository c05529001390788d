//! One host and one key: each request is counted, signed, sent, and its answer heard.
//!
//! Only what changes nothing is sent again; whether a lost deed was done, the caller finds out by looking.

use crate::answer::{self, Call};
use crate::digest::{Gate, Verdict};
use crate::{WHO, api::ApiKey};
use bytes::Bytes;
use cloud::{Budget, Error, Request, Response, Urgency, Wire, WireError};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use http::{Method, StatusCode};
use serde::de::DeserializeOwned;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

/// The vendor's own limit for one key.
pub const REQUESTS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(100).expect("100 is not 0");
/// The vendor counts by the minute.
const WINDOW: Duration = Duration::from_mins(1);
/// Waits before the second and the third try of a look.
const BACKOFF: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(2)];
/// A call with a nonce that has just gone stale takes two requests; a server that calls each nonce stale gets no more.
const ROUNDS_MAX: usize = 5;
const JSON: HeaderValue = HeaderValue::from_static("application/json");

pub(crate) struct Session {
    way: Way,
    base: String,
    budget: Arc<Budget>,
}

/// How requests get there.
pub(crate) enum Way {
    Wire {
        wire: Arc<dyn Wire>,
        gate: Gate,
    },
    #[cfg(feature = "sim")]
    InProcess(crate::in_process::Ask),
}

impl Way {
    pub(crate) fn wire(wire: Arc<dyn Wire>, key: ApiKey) -> Way {
        Way::Wire { wire, gate: Gate::new(key) }
    }
}

impl Session {
    pub(crate) fn new(way: Way, mut base: String, budget: Arc<Budget>) -> Session {
        base.truncate(base.trim_end_matches('/').len());
        Session { way, base, budget }
    }

    pub(crate) fn counted_by(self, budget: Arc<Budget>) -> Session {
        Session { budget, ..self }
    }

    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    pub(crate) async fn call<Body: DeserializeOwned>(
        &self,
        call: &Call,
        urgency: Urgency,
    ) -> Result<Body, Error> {
        for wait in BACKOFF {
            match self.attempt(call, urgency).await {
                Err(error) if call.method == Method::GET && may_pass(&error) => {
                    tracing::debug!(what = %call.what, %error, "trying again");
                    sleep(wait).await;
                }
                outcome => return outcome,
            }
        }
        self.attempt(call, urgency).await
    }

    async fn attempt<Body: DeserializeOwned>(
        &self,
        call: &Call,
        urgency: Urgency,
    ) -> Result<Body, Error> {
        match &self.way {
            Way::Wire { wire, gate } => {
                answer::read(call, &self.pass(&**wire, gate, call, urgency).await?)
            }
            #[cfg(feature = "sim")]
            Way::InProcess(ask) => self.ask(ask, call, urgency).await,
        }
    }

    /// The answer to a call that came past the gate.
    async fn pass(
        &self,
        wire: &dyn Wire,
        gate: &Gate,
        call: &Call,
        urgency: Urgency,
    ) -> Result<Response, Error> {
        let mut request = self.request(call)?;
        let mut passage = gate.passage();
        let mut urgency = urgency;
        for _ in 0..ROUNDS_MAX {
            self.budget.acquire(urgency).await;
            // Others may wait at the gate behind this call: what is begun is work.
            urgency = Urgency::Work;
            match passage.sign(&request).await? {
                Some(header) => request.headers_mut().insert(AUTHORIZATION, header),
                None => request.headers_mut().remove(AUTHORIZATION),
            };
            let response = wire.send(request.clone()).await.map_err(unreachable)?;
            let verdict = passage.judge(&response);
            self.hear(call, &response)?;
            match verdict {
                Verdict::Through => return Ok(response),
                Verdict::Again => {}
                Verdict::Refused => return Err(answer::not_signed_in(&response)),
            }
        }
        let body = "every challenge was stale at once".into();
        Err(Error::Unexpected { who: WHO.into(), status: 401, body })
    }

    #[cfg(feature = "sim")]
    async fn ask<Body: DeserializeOwned>(
        &self,
        ask: &crate::in_process::Ask,
        call: &Call,
        urgency: Urgency,
    ) -> Result<Body, Error> {
        use crate::in_process::{Answer, Quota};
        self.budget.acquire(urgency).await;
        match ask(self.request(call)?).await {
            Answer::Said { value, quota } => {
                if let Some(Quota { limit, remaining, reset }) = quota {
                    self.budget.heard(limit, remaining, reset);
                }
                let read = serde_json::from_value(value);
                read.map_err(|error| answer::contradiction(&error.to_string()))
            }
            Answer::Written(response) => {
                self.hear(call, &response)?;
                if response.status() == StatusCode::UNAUTHORIZED {
                    return Err(answer::not_signed_in(&response));
                }
                answer::read(call, &response)
            }
            Answer::Nothing => {
                Err(Error::Unreachable { who: WHO.into(), message: "no answer".into() })
            }
        }
    }

    fn request(&self, call: &Call) -> Result<Request, Error> {
        let mut builder = http::Request::builder()
            .method(call.method.clone())
            .uri(format!("{}{}", self.base, call.target))
            .header(ACCEPT, JSON);
        if !call.body.is_empty() {
            builder = builder.header(CONTENT_TYPE, JSON);
        }
        let request = builder.body(call.body.clone()).ok();
        request.filter(|request: &http::Request<Bytes>| request.uri().host().is_some()).ok_or_else(
            || Error::Refused {
                code: "bad address".into(),
                message: format!("{:?} is no URL to reach TiDB Cloud at", self.base),
            },
        )
    }

    /// What the answer says about the vendor's own count of our requests.
    fn hear(&self, call: &Call, response: &Response) -> Result<(), Error> {
        let headers = response.headers();
        let limit = number(headers, "x-ratelimit-limit-minute");
        let remaining = number(headers, "x-ratelimit-remaining-minute");
        let reset = seconds(headers, "x-ratelimit-reset");
        tracing::debug!(method = %call.method, target = %call.target, status = response.status().as_u16(), remaining);
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            let told = reset.or_else(|| seconds(headers, RETRY_AFTER.as_str()));
            let wait = told.unwrap_or(WINDOW).max(Duration::from_secs(1));
            self.budget.exhausted(wait);
            return Err(Error::Throttled { who: WHO.into(), retry_after: Some(wait) });
        }
        if let (Some(limit), Some(remaining)) = (limit, remaining) {
            self.budget.heard(limit, remaining, reset.unwrap_or(WINDOW));
        }
        Ok(())
    }
}

/// What one key may send, to all hosts together.
pub(crate) fn budget(requests_per_minute: NonZeroU32) -> Budget {
    Budget::in_window(requests_per_minute, WINDOW)
}

fn may_pass(error: &Error) -> bool {
    matches!(
        error,
        Error::NotSent { .. } | Error::Unreachable { .. } | Error::Unexpected { status: 500.., .. }
    )
}

fn unreachable(error: WireError) -> Error {
    match error {
        WireError::NotSent { host: who, message } => Error::NotSent { who, message },
        WireError::Lost { host: who, message } => Error::Unreachable { who, message },
        WireError::ReadOnly { action } => Error::ReadOnly { action },
    }
}

fn number<Number: FromStr>(headers: &HeaderMap, name: &str) -> Option<Number> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// A wait longer than a few windows is not a wait but a date, or nonsense.
fn seconds(headers: &HeaderMap, name: &str) -> Option<Duration> {
    number(headers, name).map(Duration::from_secs).filter(|wait| *wait <= 5 * WINDOW)
}
