//! How the Resource Manager says no: a status, a code, words, and sometimes what is behind them.

use super::reply::Reply;
use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    status: u16,
    code: &'static str,
    message: String,
    details: Option<(&'static str, String)>,
    headers: Vec<(&'static str, String)>,
}

impl Refusal {
    pub(super) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Refusal {
        let (details, headers) = (None, Vec::new());
        Refusal { status, code, message: message.into(), details, headers }
    }

    pub(super) fn bad(code: &'static str, message: impl Into<String>) -> Refusal {
        Refusal::new(400, code, message)
    }

    /// A request that is no JSON, or of the wrong shape.
    pub(super) fn unreadable(why: impl Into<String>) -> Refusal {
        Refusal::bad("InvalidRequestFormat", "Cannot parse the request.")
            .because("InvalidJson", why)
    }

    pub(super) fn because(self, code: &'static str, message: impl Into<String>) -> Refusal {
        Refusal { details: Some((code, message.into())), ..self }
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Refusal {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn pause(self, seconds: u64) -> Refusal {
        self.header("retry-after", seconds.to_string())
    }

    pub(super) fn reply(self) -> Reply {
        let Refusal { status, code, message, details, headers } = self;
        let details = details.map(|(code, message)| json!({"code": code, "message": message}));
        let details: Vec<Value> = details.into_iter().collect();
        let mut error = json!({"code": code, "message": message});
        if !details.is_empty() {
            error["details"] = json!(details);
        }
        let reply = Reply::new(status, json!({ "error": error }));
        headers.into_iter().fold(reply, |reply, (name, value)| reply.header(name, value))
    }
}
