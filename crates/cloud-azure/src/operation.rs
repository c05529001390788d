//! What Azure is still carrying out, and why it failed.
//!
//! How far an endpoint is, it says itself. Only the reason of a failure stands elsewhere, at an address that Azure tells
//! once: while we know it we ask there. Whoever calls keeps it for the process after this one; should it be lost all the
//! same, nothing but the reason is.

use crate::api::Api;
use crate::error::{Body, Call, cut};
use cloud::Error;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// By the endpoint's id.
#[derive(Default)]
pub(crate) struct Operations(Mutex<HashMap<String, Known>>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Known {
    /// Where to ask.
    At(String),
    /// Asked, and it failed: Azure's code and message.
    Failed(String),
}

/// `{"status": "InProgress"}`, or with `"error"`.
#[derive(Deserialize)]
struct Status {
    status: String,
    #[serde(flatten)]
    body: Option<Body>,
}

impl Operations {
    /// The last deed's counts; one without an address ended at once.
    pub(crate) fn began(&self, link: &str, address: Option<String>) {
        match address {
            Some(address) => self.set(link, Known::At(address)),
            None => self.forget(link),
        }
    }

    pub(crate) fn address(&self, link: &str) -> Option<String> {
        match self.get(link)? {
            Known::At(address) => Some(address),
            Known::Failed(_) => None,
        }
    }

    pub(crate) fn forget(&self, link: &str) {
        self.all().remove(link);
    }

    fn set(&self, link: &str, known: Known) {
        self.all().insert(link.to_owned(), known);
    }

    fn get(&self, link: &str) -> Option<Known> {
        self.all().get(link).cloned()
    }

    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<String, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Api {
    /// Why the last thing that we asked for failed, in Azure's words; nothing where it did not, or where nobody can say.
    pub(crate) async fn reason(&self, link: &str) -> Option<String> {
        let address = match self.operations.get(link)? {
            Known::Failed(words) => return Some(words),
            Known::At(address) => address,
        };
        match self.operation(&address).await {
            Ok(Status { status, body }) if status.eq_ignore_ascii_case("Failed") => {
                let words =
                    body.map_or_else(|| "no reason is given".into(), |body| body.error.words());
                self.operations.set(link, Known::Failed(words.clone()));
                Some(words)
            }
            Ok(_) => None,
            Err(error) => {
                tracing::debug!(link, %error, "the operation cannot be asked for");
                None
            }
        }
    }

    async fn operation(&self, address: &str) -> Result<Status, Error> {
        let call =
            Call { action: "Microsoft.Network/locations/operations/read", what: "the operation" };
        let answer = self.get(call, address).await?;
        serde_json::from_slice(answer.body()).map_err(|_| Error::Unexpected {
            who: crate::error::WHO.into(),
            status: answer.status().as_u16(),
            body: cut(&String::from_utf8_lossy(answer.body())),
        })
    }
}
