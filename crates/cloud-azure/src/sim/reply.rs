//! What is sent back: a status, headers, and JSON or nothing.

use axum::body::Bytes;
use axum::http::{HeaderValue, Response, header};
use serde_json::Value;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Option<Value>,
}

impl Reply {
    pub(super) fn new(status: u16, body: Value) -> Reply {
        Reply { status, headers: Vec::new(), body: Some(body) }
    }

    pub(super) fn empty(status: u16) -> Reply {
        Reply { status, headers: Vec::new(), body: None }
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Reply {
        self.headers.push((name, value.into()));
        self
    }

    /// Retry-After, in seconds.
    pub(super) fn pause(self, seconds: u64) -> Reply {
        self.header("retry-after", seconds.to_string())
    }

    pub(super) fn render(self) -> Response<Bytes> {
        let Reply { status, headers, body } = self;
        let text = body.map(|body| body.to_string()).unwrap_or_default();
        let reply = Response::builder().status(status);
        let mut reply = reply.body(Bytes::from(text)).expect("the statuses are written here");
        if !reply.body().is_empty() {
            let kind = HeaderValue::from_static("application/json; charset=utf-8");
            reply.headers_mut().insert(header::CONTENT_TYPE, kind);
        }
        for (name, value) in headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                reply.headers_mut().insert(name, value);
            }
        }
        reply
    }
}

/// From some gateway on the way, which has never heard of JSON.
pub(super) fn bad_gateway() -> Response<Bytes> {
    let page = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n</html>\r\n";
    let mut reply = Reply::empty(502).header("content-type", "text/html").render();
    *reply.body_mut() = Bytes::from_static(page.as_bytes());
    reply
}
