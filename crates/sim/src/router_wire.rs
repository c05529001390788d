//! The HTTP seam over a router in process: the same bytes as over sockets, and none of their time.

use crate::arrival::carry_out;
use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use cloud::{BODY_BYTES_MAX, Request, Response, Wire, WireError};
use http_body_util::{BodyExt, Limited};
use std::time::Duration;
use tokio::time::timeout;

/// Sends every request to one router, whatever host it names; the router can look at the host.
#[derive(Clone)]
pub struct RouterWire {
    router: Router,
    patience: Duration,
}

impl RouterWire {
    #[must_use]
    pub fn new(router: Router) -> RouterWire {
        RouterWire { router, patience: Duration::MAX }
    }

    /// Waits so long for an answer, for clients that leave that to the wire.
    #[must_use]
    pub fn patience(self, patience: Duration) -> RouterWire {
        RouterWire { patience, ..self }
    }
}

#[async_trait]
impl Wire for RouterWire {
    async fn send(&self, request: Request) -> Result<Response, WireError> {
        let host = request.uri().authority().map(ToString::to_string).unwrap_or_default();
        let lost = |message: String| WireError::Lost { host: host.clone(), message };
        let answer = carry_out(self.router.clone(), request.map(Body::from));
        let answer = timeout(self.patience, answer).await.map_err(|late| lost(late.to_string()))?;
        let (parts, body) = answer.map_err(|reset| lost(reset.to_string()))?.into_parts();
        let body = Limited::new(body, BODY_BYTES_MAX).collect().await;
        let body = body.map_err(|error| lost(error.to_string()))?.to_bytes();
        Ok(Response::from_parts(parts, body))
    }
}
