//! Who calls, and what: read from the signature's header.
//!
//! The signature itself is not verified, since the simulator holds no secrets. That it is there and has its form is.

use super::refusal::Refusal;
use super::service::Service;
use axum::http::{HeaderMap, StatusCode, header};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Caller {
    pub(super) access_key: String,
    pub(super) region: String,
    pub(super) service: Service,
}

impl Caller {
    pub(super) fn read(headers: &HeaderMap) -> Result<Caller, Refusal> {
        let missing = || {
            let message = "Request is missing Authentication Token";
            Refusal::new(StatusCode::FORBIDDEN, "MissingAuthenticationToken", message)
        };
        let header = headers.get(header::AUTHORIZATION).ok_or_else(missing)?;
        let text = header.to_str().map_err(|_| incomplete("is not text"))?;
        let (algorithm, fields) = text.split_once(' ').unwrap_or((text, ""));
        if algorithm != "AWS4-HMAC-SHA256" {
            let message = format!("Unsupported AWS 'algorithm': '{algorithm}'");
            return Err(Refusal::bad("IncompleteSignature", message));
        }
        let date = headers.contains_key("x-amz-date") || headers.contains_key(header::DATE);
        if !date {
            return Err(incomplete(
                "requires existence of either a 'X-Amz-Date' or a 'Date' header",
            ));
        }
        let credential = field(fields, "Credential")?;
        let signed = field(fields, "SignedHeaders")?;
        let signature = field(fields, "Signature")?;
        if !signed.split(';').any(|name| name == "host") {
            let message =
                "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.";
            return Err(signature_mismatch(message));
        }
        if signature.len() != 64 || !signature.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(signature_mismatch(
                "The request signature we calculated does not match the signature you provided.",
            ));
        }
        Caller::of_scope(credential)
    }

    /// `AKID/20261120/us-east-1/ec2/aws4_request`
    fn of_scope(credential: &str) -> Result<Caller, Refusal> {
        let wrong = || {
            let message = format!(
                "Credential must have exactly 5 slash-delimited elements, e.g. \
                 keyid/date/region/service/term, got '{credential}'"
            );
            Refusal::bad("IncompleteSignature", message)
        };
        let parts: Vec<&str> = credential.split('/').collect();
        let &[access_key, date, region, service, term] = parts.as_slice() else {
            return Err(wrong());
        };
        let dated = date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit());
        if access_key.is_empty() || region.is_empty() || !dated || term != "aws4_request" {
            return Err(wrong());
        }
        let service = Service::ALL.into_iter().find(|known| known.word() == service);
        let service = service.ok_or_else(|| {
            signature_mismatch("Credential should be scoped to correct service: 'ec2'.")
        })?;
        Ok(Caller { access_key: access_key.to_owned(), region: region.to_owned(), service })
    }
}

fn field<'text>(fields: &'text str, name: &str) -> Result<&'text str, Refusal> {
    let value = fields.split(',').find_map(|part| {
        let (key, value) = part.trim().split_once('=')?;
        (key == name && !value.is_empty()).then_some(value)
    });
    value.ok_or_else(|| incomplete(&format!("requires '{name}' parameter")))
}

fn incomplete(what: &str) -> Refusal {
    Refusal::bad("IncompleteSignature", format!("Authorization header {what}."))
}

fn signature_mismatch(message: &str) -> Refusal {
    Refusal::new(StatusCode::FORBIDDEN, "SignatureDoesNotMatch", message)
}

#[cfg(test)]
mod tests {
    use super::{Caller, Service};
    use axum::http::{HeaderMap, HeaderValue};

    const GOOD: &str = "AWS4-HMAC-SHA256 \
        Credential=AKIDEXAMPLE/20261120/us-east-1/ec2/aws4_request, \
        SignedHeaders=content-type;host;x-amz-date, \
        Signature=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    fn check(authorization: &str, wanted: Result<(&str, &str, Service), &str>) {
        let mut headers = HeaderMap::new();
        headers.insert("x-amz-date", HeaderValue::from_static("20261120T000000Z"));
        headers.insert("authorization", HeaderValue::from_str(authorization).unwrap());
        let got = Caller::read(&headers);
        let got = got
            .as_ref()
            .map(|caller| (caller.access_key.as_str(), caller.region.as_str(), caller.service));
        assert_eq!(got.map_err(|refusal| refusal.code.as_ref()), wanted, "{authorization}");
    }

    #[test]
    fn the_scope_says_who_where_and_what() {
        check(GOOD, Ok(("AKIDEXAMPLE", "us-east-1", Service::Ec2)));
        check(&GOOD.replace(", ", ","), Ok(("AKIDEXAMPLE", "us-east-1", Service::Ec2)));
        check(&GOOD.replace("/ec2/", "/sts/"), Ok(("AKIDEXAMPLE", "us-east-1", Service::Sts)));
    }

    #[test]
    fn what_has_not_the_form_is_refused() {
        check("Basic dXNlcjpwYXNz", Err("IncompleteSignature"));
        check("AWS4-HMAC-SHA256", Err("IncompleteSignature"));
        check(&GOOD.replace("Credential", "Creds"), Err("IncompleteSignature"));
        check(&GOOD.replace("/aws4_request", ""), Err("IncompleteSignature"));
        check(&GOOD.replace("20261120", "today"), Err("IncompleteSignature"));
        check(&GOOD.replace("host;", ""), Err("SignatureDoesNotMatch"));
        check(&GOOD.replace("aaaa", "zzzz"), Err("SignatureDoesNotMatch"));
        check(&GOOD.replace("/ec2/", "/s3/"), Err("SignatureDoesNotMatch"));
    }

    #[test]
    fn an_unsigned_request_is_refused() {
        let refusal = Caller::read(&HeaderMap::new()).unwrap_err();
        assert_eq!(refusal.code, "MissingAuthenticationToken");
    }
}
