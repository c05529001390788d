//! What happens to a request once it has arrived, by whatever road: it is carried out to the end.

use crate::sim::Lost;
use axum::Router;
use axum::body::Body;
use axum::response::Response;
use tower::ServiceExt;

/// The connection breaks instead of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("connection reset")]
pub(crate) struct Reset;

pub(crate) async fn carry_out(
    router: Router,
    request: http::Request<Body>,
) -> Result<Response, Reset> {
    // A task of its own: what has arrived is carried out, even if the sender gives up.
    let answer = tokio::spawn(router.oneshot(request)).await.map_err(|_panicked| Reset)?;
    let answer = answer.unwrap_or_else(|never| match never {});
    match answer.extensions().get::<Lost>() {
        Some(Lost::Reset) => Err(Reset),
        Some(Lost::Hang) => std::future::pending().await,
        None => Ok(answer),
    }
}
