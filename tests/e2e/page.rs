//! What a daemon says over HTTP.

use crate::child::Running;
use bytes::Bytes;
use cloud::{HttpWire, Wire};
use std::time::Duration;

/// A running daemon and where its page is.
pub(crate) struct Page {
    address: String,
}

impl Page {
    /// The address stands in the log, since any free port was asked for.
    pub(crate) async fn of(daemon: &mut Running) -> Page {
        let log = daemon.err_file();
        let read = move || std::fs::read_to_string(&log).unwrap();
        daemon.until("the page is served", || address(&read()).is_some()).await;
        Page { address: address(&daemon.err()).unwrap() }
    }

    pub(crate) fn url(&self) -> &str {
        &self.address
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, String) {
        let url = format!("{}{path}", self.address);
        let request = http::Request::get(url).body(Bytes::new()).unwrap();
        let wire = HttpWire::new(&[], Duration::from_secs(20)).unwrap();
        match wire.send(request).await {
            Ok(answer) => {
                let text = String::from_utf8(answer.body().to_vec()).unwrap();
                (answer.status().as_u16(), text)
            }
            Err(error) => (0, error.to_string()),
        }
    }

    pub(crate) async fn ok(&self, path: &str) -> String {
        let (status, text) = self.get(path).await;
        assert_eq!(status, 200, "GET {path}: {text}");
        text
    }
}

fn address(log: &str) -> Option<String> {
    let (_, rest) = log.split_once("status page at ")?;
    let line = rest.split_once('\n')?.0;
    Some(line.trim().to_owned())
}
