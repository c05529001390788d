//! The vendor's pipeline over our wire: paced, retried where nothing is changed, and signed anew when a token is no
//! longer taken.
//!
//! It knows nothing of what the calls are for.

use crate::error::{Call, Failure, lost, refused};
use crate::sign_in::Tokens;
use async_trait::async_trait;
use azure_core_legacy as legacy;
use azure_core_legacy::error::ErrorKind;
use cloud::{Budget, Error, Request, Response, Urgency, Wire, WireError};
use http::header::{self, HeaderName, HeaderValue};
use legacy::headers::Headers;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::fmt::{self, Debug};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

const LOOKS_MAX: u32 = 3;
const LOOK_PAUSE: Duration = Duration::from_secs(1);

/// The tightest of Azure's three buckets (writes, deletes), and reads have more: 200 at once, and ten more each second.
const BURST: NonZeroU32 = NonZeroU32::new(200).expect("two hundred is not zero");
const PERIOD: Duration = Duration::from_millis(100);

/// Nobody's in particular: only whether another try may do is asked.
const ANY: Call<'static> = Call { action: "", what: "" };

pub(crate) struct Sender {
    wire: Arc<dyn Wire>,
    budget: Budget,
    tokens: Arc<Tokens>,
}

/// What must be so: of what is there for a change to be made, or of the answer for it to be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    Any,
    /// The answer is a page of a list; the vendor's models take anything for an empty one.
    Listed,
    /// Nothing of the name is there.
    Absent,
    /// It is still as it was read.
    Unchanged(String),
}

impl Sender {
    pub(crate) fn new(wire: Arc<dyn Wire>, tokens: Arc<Tokens>) -> Sender {
        Sender { wire, budget: Budget::new(BURST, PERIOD), tokens }
    }

    pub(crate) fn tokens(&self) -> &Arc<Tokens> {
        &self.tokens
    }

    /// A call that changes nothing is repeated when another try may do. One that changes something is sent once:
    /// whether to send it again is for those to say who can look first.
    pub(crate) async fn send(&self, mut request: Request) -> Result<Response, Failure> {
        let mut left = if request.method().is_safe() { LOOKS_MAX } else { 1 };
        loop {
            left -= 1;
            let failure = match self.once(request.clone()).await {
                Ok(answer) if answer.status().is_success() && is_whole(&request, &answer) => {
                    return Ok(answer);
                }
                Ok(answer) => Failure::Refused(answer),
                Err(error) => Failure::Lost(error),
            };
            let error = meaning(&failure);
            if let Error::Credentials { .. } = error {
                self.tokens.forget().await;
            }
            if left == 0 || !(error.passes() || matches!(error, Error::Credentials { .. })) {
                return Err(failure);
            }
            if let Error::Credentials { .. } = error {
                let value = self.tokens.bearer().await.map_err(Failure::NotSignedIn)?;
                request.headers_mut().insert(header::AUTHORIZATION, value);
            } else {
                sleep(LOOK_PAUSE * (LOOKS_MAX - left)).await;
            }
        }
    }

    async fn once(&self, request: Request) -> Result<Response, WireError> {
        self.budget.acquire(Urgency::Work).await;
        let answer = self.wire.send(request).await?;
        let id = answer.headers().get("x-ms-request-id").and_then(|id| id.to_str().ok());
        if !answer.status().is_success() {
            tracing::debug!(status = answer.status().as_u16(), request = id, "refused");
            if let Error::Throttled { retry_after, .. } = refused(ANY, &answer) {
                self.budget.exhausted(retry_after.unwrap_or(LOOK_PAUSE));
            }
        }
        Ok(answer)
    }
}

/// What was looked for has arrived, and not half of it.
fn is_whole(request: &Request, answer: &Response) -> bool {
    !request.method().is_safe() || serde_json::from_slice::<IgnoredAny>(answer.body()).is_ok()
}

fn meaning(failure: &Failure) -> Error {
    match failure {
        Failure::Lost(error) => lost(error.clone()),
        Failure::Refused(answer) => refused(ANY, answer),
        Failure::NotSignedIn(error) => error.clone(),
    }
}

/// The vendor's way out, under a condition that its requests do not know.
pub(crate) struct Transport {
    pub(crate) sender: Arc<Sender>,
    pub(crate) condition: Condition,
}

impl Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").field("condition", &self.condition).finish_non_exhaustive()
    }
}

#[async_trait]
impl legacy::HttpClient for Transport {
    async fn execute_request(&self, request: &legacy::Request) -> legacy::Result<legacy::Response> {
        let mut request = ours(request)?;
        let condition = match &self.condition {
            Condition::Any | Condition::Listed => None,
            Condition::Absent => Some((header::IF_NONE_MATCH, "*")),
            Condition::Unchanged(etag) => Some((header::IF_MATCH, &**etag)),
        };
        if let Some((name, value)) = condition {
            let value = HeaderValue::from_str(value).map_err(|error| odd(&error))?;
            request.headers_mut().insert(name, value);
        }
        let sent = self.sender.send(request).await;
        let answer = sent.map_err(|failure| legacy::Error::new(ErrorKind::Other, failure))?;
        if self.condition == Condition::Listed {
            serde_json::from_slice::<Listed>(answer.body()).map_err(|error| odd(&error))?;
        }
        theirs(answer)
    }
}

/// What a page has at least.
#[derive(Deserialize)]
struct Listed {
    #[serde(rename = "value")]
    _rows: Vec<IgnoredAny>,
}

fn ours(request: &legacy::Request) -> legacy::Result<Request> {
    let legacy::Body::Bytes(body) = request.body() else {
        return Err(odd(&"a body that is a stream"));
    };
    let mut ours = http::Request::builder()
        .method(request.method().as_ref())
        .uri(request.url().as_str())
        .body(body.clone())
        .map_err(|error| odd(&error))?;
    for (name, value) in request.headers().iter() {
        let name = HeaderName::try_from(name.as_str()).map_err(|error| odd(&error))?;
        let mut value = HeaderValue::from_str(value.as_str()).map_err(|error| odd(&error))?;
        value.set_sensitive(name == header::AUTHORIZATION);
        ours.headers_mut().insert(name, value);
    }
    Ok(ours)
}

fn theirs(answer: Response) -> legacy::Result<legacy::Response> {
    let (parts, body) = answer.into_parts();
    let status =
        legacy::StatusCode::try_from(parts.status.as_u16()).map_err(|error| odd(&error))?;
    let mut headers = Headers::new();
    for (name, value) in &parts.headers {
        if let Ok(value) = value.to_str() {
            headers.insert(name.as_str().to_owned(), value.to_owned());
        }
    }
    Ok(legacy::Response::new(status, headers, Box::pin(legacy::BytesStream::new(body))))
}

fn odd(why: &impl fmt::Display) -> legacy::Error {
    legacy::Error::message(ErrorKind::DataConversion, why.to_string())
}
