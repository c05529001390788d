//! The vendor's SDK, sending through our wire.
//!
//! It adds nothing to a request and takes nothing away. An answer that breaks off is no answer: the SDK's reader of XML
//! would take what is there of a list for the whole of it.

use aws_sdk_ec2::config::http::{HttpRequest, HttpResponse};
use aws_sdk_ec2::config::{HttpClient, RuntimeComponents};
use aws_sdk_ec2::error::ConnectorError;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use cloud::{Request, Response, Wire, WireError};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

#[derive(Clone)]
pub(crate) struct WireClient {
    wire: Arc<dyn Wire>,
    limit: Duration,
}

/// No action of ours takes AWS as long.
const LIMIT: Duration = Duration::from_mins(1);

impl WireClient {
    pub(crate) fn new(wire: Arc<dyn Wire>) -> WireClient {
        WireClient { wire, limit: LIMIT }
    }

    async fn send(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let request = to_wire(&request).map_err(ConnectorError::user)?;
        let host = request.uri().host().unwrap_or_default().to_owned();
        let answer = timeout(self.limit, self.wire.send(request)).await;
        let answer = answer.map_err(|elapsed| ConnectorError::timeout(elapsed.into()))?;
        let answer = answer.and_then(|answer| whole(answer, host));
        let answer = answer.map_err(|error| ConnectorError::other(error.into(), None))?;
        from_wire(answer).map_err(|error| ConnectorError::other(error, None))
    }
}

impl HttpClient for WireClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let connect = settings.connect_timeout().unwrap_or_default();
        // Set where the SDK must not wait long: for the instance metadata service, which is mostly absent.
        let limit = settings.read_timeout().map_or(LIMIT, |read| read + connect);
        SharedHttpConnector::new(WireClient { limit, ..self.clone() })
    }
}

impl HttpConnector for WireClient {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().send(request))
    }
}

impl fmt::Debug for WireClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WireClient").field("limit", &self.limit).finish_non_exhaustive()
    }
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

fn to_wire(request: &HttpRequest) -> Result<Request, BoxError> {
    let body = request.body().bytes().ok_or("a streamed body cannot be sent")?;
    let mut wired = http::Request::builder().method(request.method()).uri(request.uri());
    for (name, value) in request.headers() {
        wired = wired.header(name, value);
    }
    Ok(wired.body(Bytes::copy_from_slice(body))?)
}

fn whole(answer: Response, host: String) -> Result<Response, WireError> {
    if breaks_off(&String::from_utf8_lossy(answer.body())) {
        return Err(WireError::Lost { host, message: "the answer breaks off".into() });
    }
    Ok(answer)
}

/// XML that does not end with the element that it began with.
fn breaks_off(text: &str) -> bool {
    let mut tags = text.split('<').skip(1);
    let Some(root) = tags.find(|tag| !tag.starts_with(['?', '!'])) else { return false };
    let name = root.split([' ', '\n', '\r', '\t', '>', '/']).next().unwrap_or_default();
    let is_alone = root.trim_end().ends_with("/>");
    let is_xml = text.trim_start().starts_with('<');
    is_xml && !is_alone && !text.trim_end().ends_with(&format!("</{name}>"))
}

fn from_wire(answer: Response) -> Result<HttpResponse, BoxError> {
    let (parts, body) = answer.into_parts();
    let status = StatusCode::try_from(parts.status.as_u16())?;
    let mut response = HttpResponse::new(status, SdkBody::from(body));
    for (name, value) in &parts.headers {
        if let Ok(value) = value.to_str() {
            response.headers_mut().append(name.as_str().to_owned(), value.to_owned());
        }
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_ends_as_it_began() {
        for whole in [
            "",
            "{}",
            "not found",
            "<a/>",
            "<a x='1'/>\n",
            "<a></a>",
            "<?xml version=\"1.0\"?>\n<a x='1'>\n<b/></a>\n",
            "<!DOCTYPE html><html><br></html>",
        ] {
            assert!(!breaks_off(whole), "{whole}");
        }
        for broken in ["<a", "<a>", "<a><b></b>", "<?xml?><a><a>", "<a>text", "<ab></a>", "<a><b/>"]
        {
            assert!(breaks_off(broken), "{broken}");
        }
    }
}
