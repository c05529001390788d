//! The same calls without bytes: no host, no digest, no text to write and read again.
//!
//! What is good comes as the value that the wire would have written; what is not, as the very response. It proves
//! nothing about signing in: that is the wire's, and whoever stands at the desk is known.

use super::SERVERLESS;
use super::gateway::{Errand, befallen, dress};
use super::reply::{Body, Reply};
use axum::http::request::Parts;
use axum::http::{Request, Response, StatusCode};
use bytes::Bytes;
use serde_json::Value;
use sim::{Delivery, Lost, Pass, Quota, Reason, Sim, Turned};
use std::future::pending;
use std::time::Duration;
use tokio::time::timeout;

/// As long as a client waits for one answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where a client of one key is served in process.
#[derive(Clone)]
pub struct Desk {
    sim: Sim,
    key: String,
}

pub enum Spoken {
    /// 200.
    Said(Value, Option<Quota>),
    Written(Response<Bytes>),
    /// Nothing came in time.
    Nothing,
}

impl Desk {
    #[must_use]
    pub fn new(sim: Sim, key: impl Into<String>) -> Desk {
        Desk { sim, key: key.into() }
    }

    pub async fn ask(&self, request: Request<Bytes>) -> Spoken {
        let (parts, body) = request.into_parts();
        let Parts { method, uri, .. } = parts;
        let host = super::host(uri.host().unwrap_or_default(), uri.path());
        let (base, key, body) = (SERVERLESS, self.key.clone(), Some(body));
        let errand = Errand { host, base, key, method, uri, body };
        let call = errand.call();
        let answer = self.sim.carry_out(call, move |sim, admitted| match admitted {
            Ok(pass) => spoken(errand.run(sim, &pass), pass, sim),
            Err(turned) => turned_away(&turned),
        });
        let answer = async {
            match answer.await {
                Ok(spoken) => spoken,
                Err(Lost::Reset) => Spoken::Nothing,
                Err(Lost::Hang) => pending().await,
            }
        };
        timeout(PATIENCE, answer).await.unwrap_or(Spoken::Nothing)
    }
}

fn spoken(reply: Reply, pass: Pass, sim: &Sim) -> Result<Spoken, Lost> {
    let (number, quota, status) = (pass.number, pass.quota, reply.status);
    match (pass.deliver(sim, status.as_u16()), reply) {
        (Delivery::Lost(lost), _) => Err(lost),
        (Delivery::Whole, Reply { status: StatusCode::OK, body: Body::Json(value), .. }) => {
            Ok(Spoken::Said(value, quota))
        }
        (Delivery::Whole, reply) => Ok(Spoken::Written(dress(reply, number, quota))),
        (Delivery::Truncated, reply) => {
            let whole = dress(reply, number, quota);
            Ok(Spoken::Written(whole.map(|body| body.slice(..body.len() / 2))))
        }
    }
}

fn turned_away(turned: &Turned) -> Result<Spoken, Lost> {
    match turned.reason {
        Reason::Silence(lost) => Err(lost),
        Reason::Failure(failure) => {
            let reply = befallen(failure, turned.quota);
            Ok(Spoken::Written(dress(reply, turned.number, turned.quota)))
        }
    }
}
