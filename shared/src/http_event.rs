//! What Lambda hands us for an HTTP request: payload format 2.0, from a Function URL or from an HTTP API
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>).
//!
//! Everything in it is untrusted but `requestContext`, which AWS writes. Both front doors join repeated headers
//! with a comma.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// An HTTP request, decoded and nothing more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpEvent {
    method: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    source_ip: Option<String>,
    request_id: Option<String>,
}

/// A header that has to be there exactly once is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderFault {
    /// Not there at all.
    Missing,
    /// More than once, or with a comma in its value.
    Repeated,
}

/// The event is not payload format 2.0, or its body is not the base64 that it says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an HTTP event of payload format 2.0")]
pub struct MalformedEvent;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    #[serde(default)]
    headers: std::collections::BTreeMap<String, String>,
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
    request_context: RequestContext,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext {
    http: HttpContext,
    request_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HttpContext {
    method: String,
    source_ip: Option<String>,
}

impl HttpEvent {
    /// A request as a test or the local stack makes it.
    pub fn new(method: &str, headers: &[(&str, &str)], body: &[u8]) -> Self {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let headers = headers.collect();
        Self { method: method.to_owned(), headers, body: body.to_vec(), source_ip: None, request_id: None }
    }

    /// Reads the JSON that Lambda delivers.
    pub fn parse(json: &[u8]) -> Result<Self, MalformedEvent> {
        let payload: Payload = serde_json::from_slice(json).map_err(|_| MalformedEvent)?;
        let body = payload.body.unwrap_or_default();
        let body = if payload.is_base64_encoded {
            STANDARD.decode(body).map_err(|_| MalformedEvent)?
        } else {
            body.into_bytes()
        };
        let RequestContext { http: HttpContext { method, source_ip }, request_id } = payload.request_context;
        Ok(Self { method, headers: payload.headers.into_iter().collect(), body, source_ip, request_id })
    }

    /// The request method, as sent.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The body's raw bytes.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The peer's address as AWS saw it; never from a header.
    pub fn source_ip(&self) -> Option<&str> {
        self.source_ip.as_deref()
    }

    /// The id that AWS gave the request; it ties our log lines together.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The value of a header that must be there exactly once. Names compare without case.
    pub fn header_once(&self, name: &str) -> Result<&str, HeaderFault> {
        let mut values = self.headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
        let (_, value) = values.next().ok_or(HeaderFault::Missing)?;
        if values.next().is_some() || value.contains(',') {
            return Err(HeaderFault::Repeated);
        }
        Ok(value)
    }
}

/// The answer in payload format 2.0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpAnswer {
    status_code: u16,
    headers: std::collections::BTreeMap<&'static str, &'static str>,
    body: String,
    is_base64_encoded: bool,
}

impl HttpAnswer {
    /// A status and nothing else.
    pub fn empty(status_code: u16) -> Self {
        Self { status_code, headers: [].into(), body: String::new(), is_base64_encoded: false }
    }

    /// A status with a JSON body.
    pub fn json(status_code: u16, body: impl Into<Vec<u8>>) -> Self {
        let headers = [("content-type", "application/json")].into();
        // Our own JSON is UTF-8; anything else would become replacement characters, not a panic.
        let body = String::from_utf8_lossy(&body.into()).into_owned();
        Self { status_code, headers, body, is_base64_encoded: false }
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status_code
    }

    /// The body as text.
    pub fn body(&self) -> &str {
        &self.body
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn parse(event: &serde_json::Value) -> Result<HttpEvent, MalformedEvent> {
        HttpEvent::parse(event.to_string().as_bytes())
    }

    fn context() -> serde_json::Value {
        json!({"http": {"method": "POST", "path": "/", "sourceIp": "192.0.2.1"}, "accountId": "anonymous", "requestId": "r-1"})
    }

    #[test]
    fn a_plain_body_is_its_bytes() {
        let event =
            parse(&json!({"version": "2.0", "body": "{\"a\":\"é\"}", "requestContext": context()})).unwrap();
        assert_eq!((event.method(), event.body()), ("POST", "{\"a\":\"é\"}".as_bytes()));
        assert_eq!((event.source_ip(), event.request_id()), (Some("192.0.2.1"), Some("r-1")));
    }

    #[test]
    fn a_base64_body_is_decoded_strictly() {
        let event =
            |body| parse(&json!({"body": body, "isBase64Encoded": true, "requestContext": context()}));
        assert_eq!(event("AP8=").unwrap().body(), [0, 255]);
        assert_eq!(event("AP8").unwrap_err(), MalformedEvent);
        assert_eq!(event("not base64!").unwrap_err(), MalformedEvent);
    }

    #[test]
    fn no_body_is_an_empty_body() {
        assert_eq!(parse(&json!({"requestContext": context()})).unwrap().body(), b"");
    }

    #[test]
    fn headers_count_without_case() {
        let event = HttpEvent::new("POST", &[("A", "1"), ("a", "2"), ("b", "x,y"), ("C", "z")], b"");
        assert_eq!(event.header_once("a"), Err(HeaderFault::Repeated));
        assert_eq!(event.header_once("B"), Err(HeaderFault::Repeated));
        assert_eq!(event.header_once("c"), Ok("z"));
        assert_eq!(event.header_once("d"), Err(HeaderFault::Missing));
    }

    #[test]
    fn an_answer_is_payload_format_2() {
        let answer = serde_json::to_value(HttpAnswer::json(200, "{}".to_owned())).unwrap();
        assert_eq!(
            answer,
            json!({"statusCode": 200, "headers": {"content-type": "application/json"}, "body": "{}", "isBase64Encoded": false})
        );
        assert_eq!(serde_json::to_value(HttpAnswer::empty(401)).unwrap()["body"], "");
    }

    proptest! {
        #[test]
        fn parsing_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = HttpEvent::parse(&bytes);
        }
    }
}
