//! A way around the bytes: whoever answers in process gives values instead of text, and nobody signs.
//!
//! It is for tests of what stands above the client, a million times. The client knows nothing of who answers.

use cloud::{Request, Response};
use serde_json::Value;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

pub type Ask = Arc<dyn Fn(Request) -> Pin<Box<dyn Future<Output = Answer> + Send>> + Send + Sync>;

pub enum Answer {
    /// 200, and what its body says.
    Said { value: Value, quota: Option<Quota> },
    /// All else, as the wire would bring it.
    Written(Response),
    /// None, as long as a client waits.
    Nothing,
}

/// What the rate headers would say.
#[derive(Clone, Copy, Debug)]
pub struct Quota {
    pub limit: u32,
    pub remaining: u32,
    pub reset: Duration,
}
