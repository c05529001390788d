//! The Compute API's calls: signed, paced, retried where nothing is changed, and failing in our words.
//!
//! It knows nothing of what the calls are for.

use crate::error::{Call, incomplete, lost, refused, unexpected};
use crate::sign_in::SignIn;
use bytes::Bytes;
use cloud::{Budget, Error, Urgency, Wire};
use google_cloud_compute_v1::model;
use http::{HeaderMap, Method};
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

/// The most that the vendor gives at once.
const PAGE_ROWS: &str = "500";
/// Half a million endpoints; who sends more pages sends them without end.
const PAGES_MAX: usize = 1_000;

const LOOKS_MAX: u32 = 3;
const LOOK_PAUSE: Duration = Duration::from_secs(1);

/// A project has at least 1,500 requests a minute; a tenth of it is enough for anybody's endpoints.
const BURST: NonZeroU32 = NonZeroU32::new(50).expect("fifty is not zero");
const PERIOD: Duration = Duration::from_millis(200);

pub(crate) struct Api {
    pub(crate) wire: Arc<dyn Wire>,
    /// Without a path.
    pub(crate) base: String,
    pub(crate) project: String,
    pub(crate) sign_in: SignIn,
    pub(crate) budget: Budget,
}

/// A page of an aggregated list, whatever it lists.
pub(crate) trait Page: DeserializeOwned {
    type Row;

    /// Rows, the next page's token, and what could not be reached.
    fn open(self) -> (Vec<Self::Row>, Option<String>, Vec<String>);
}

impl Page for model::ForwardingRuleAggregatedList {
    type Row = model::ForwardingRule;

    fn open(self) -> (Vec<Self::Row>, Option<String>, Vec<String>) {
        let rows = self.items.into_values().flat_map(|scope| scope.forwarding_rules);
        (rows.collect(), self.next_page_token, self.unreachables)
    }
}

impl Page for model::AddressAggregatedList {
    type Row = model::Address;

    fn open(self) -> (Vec<Self::Row>, Option<String>, Vec<String>) {
        let rows = self.items.into_values().flat_map(|scope| scope.addresses);
        (rows.collect(), self.next_page_token, self.unreachables)
    }
}

impl Api {
    pub(crate) fn new(wire: Arc<dyn Wire>, base: String, project: String, sign_in: SignIn) -> Api {
        Api { wire, base, project, sign_in, budget: Budget::new(BURST, PERIOD) }
    }

    /// A call that changes something is sent once: whether to send it again is for those to say who can look first.
    pub(crate) async fn act(
        &self,
        call: Call<'_>,
        method: Method,
        target: &str,
        body: Option<&serde_json::Value>,
    ) -> Result<model::Operation, Error> {
        let body = body.map(|body| Bytes::from(body.to_string())).unwrap_or_default();
        let outcome = match self.sign_in.headers().await {
            Ok(signed) => self.once(call, method, target, body, signed).await,
            Err(error) => Err(error),
        };
        if let Err(error) = &outcome {
            tracing::debug!(action = call.action, what = call.what, %error, "failed");
        }
        outcome
    }

    /// A call that changes nothing is repeated when another try may do; and once with a new token, as one may be
    /// withdrawn before its time. What the token service itself refuses is not asked for again.
    pub(crate) async fn look<Answer: DeserializeOwned>(
        &self,
        call: Call<'_>,
        target: &str,
    ) -> Result<Answer, Error> {
        let (mut looks, mut is_signed_anew) = (1, false);
        loop {
            let outcome = match self.sign_in.headers().await {
                Ok(signed) => self.once(call, Method::GET, target, Bytes::new(), signed).await,
                Err(error) if error.passes() => Err(error),
                Err(error) => break Err(error),
            };
            match outcome {
                Err(Error::Credentials { .. }) if !is_signed_anew => {
                    is_signed_anew = true;
                    continue;
                }
                Err(error) if error.passes() && looks < LOOKS_MAX => {
                    sleep(LOOK_PAUSE * looks).await;
                }
                outcome => break outcome,
            }
            looks += 1;
        }
    }

    /// Every row of the project, over all regions, from complete pages only.
    pub(crate) async fn aggregated<P: Page>(
        &self,
        call: Call<'_>,
        kind: &str,
    ) -> Result<Vec<P::Row>, Error> {
        let base = format!("/projects/{}/aggregated/{kind}?maxResults={PAGE_ROWS}", self.project);
        let (mut rows, mut tokens) = (Vec::new(), BTreeSet::new());
        let mut target = base.clone();
        for _ in 0..PAGES_MAX {
            let page: P = self.look(call, &target).await?;
            let (found, next, unreachable) = page.open();
            if let Some(scope) = unreachable.first() {
                return Err(incomplete(format!("{scope} cannot be reached")));
            }
            rows.extend(found);
            match next.filter(|next| !next.is_empty()) {
                None => return Ok(rows),
                Some(next) if !tokens.insert(next.clone()) => {
                    return Err(incomplete("a page token came twice"));
                }
                Some(next) => target = format!("{base}&pageToken={}", escaped(&next)),
            }
        }
        Err(incomplete("the pages do not end"))
    }

    async fn once<Answer: DeserializeOwned>(
        &self,
        call: Call<'_>,
        method: Method,
        target: &str,
        body: Bytes,
        signed: HeaderMap,
    ) -> Result<Answer, Error> {
        let mut request = http::Request::builder()
            .method(method)
            .uri(format!("{}/compute/v1{target}", self.base))
            .header(http::header::ACCEPT, "application/json");
        if !body.is_empty() {
            request = request.header(http::header::CONTENT_TYPE, "application/json");
        }
        let mut request = request.body(body).map_err(|error| Error::Refused {
            code: "InvalidRequest".into(),
            message: error.to_string(),
        })?;
        request.headers_mut().extend(signed);
        self.budget.acquire(Urgency::Work).await;
        let answer = self.wire.send(request).await.map_err(lost)?;
        if !answer.status().is_success() {
            let error = refused(call, &answer);
            if let Error::Throttled { retry_after, .. } = &error {
                self.budget.exhausted(retry_after.unwrap_or(LOOK_PAUSE));
            }
            if let Error::Credentials { .. } = &error {
                self.sign_in.forget().await;
            }
            return Err(error);
        }
        serde_json::from_slice(answer.body())
            .map_err(|_| unexpected(answer.status().as_u16(), answer.body()))
    }
}

/// For a query: everything but letters, digits and a few signs is spelled `%HH`.
pub(crate) fn escaped(text: &str) -> String {
    let letter = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    };
    text.bytes().map(letter).collect()
}

/// Whether a thing of this name was there already.
pub(crate) fn exists_already(error: &Error) -> bool {
    matches!(error, Error::Refused { code, .. } if code == "alreadyExists")
}
