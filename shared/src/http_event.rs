//! What Lambda hands us for an HTTP request: payload format 2.0, from a Function URL or from an HTTP API
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>).
//!
//! Everything in it is untrusted but `requestContext`, which AWS writes. Both front doors join repeated headers
//! with a comma.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use url::{Url, form_urlencoded};

/// An HTTP request, decoded and nothing more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpEvent {
    method: String,
    path: String,
    query: String,
    cookies: Vec<String>,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    source_ip: Option<String>,
    request_id: Option<String>,
}

/// A header or parameter that has to be there exactly once is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderFault {
    /// Not there at all.
    Missing,
    /// More than once, or a header with a comma in its value.
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
    raw_path: String,
    #[serde(default)]
    raw_query_string: String,
    #[serde(default)]
    cookies: Vec<String>,
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
        Self {
            method: method.to_owned(),
            path: "/".to_owned(),
            query: String::new(),
            cookies: Vec::new(),
            headers: headers.collect(),
            body: body.to_vec(),
            source_ip: None,
            request_id: None,
        }
    }

    /// The same at this path and with this query string, as they stand in an address.
    #[must_use]
    pub fn at(self, path: &str, query: &str) -> Self {
        Self { path: path.to_owned(), query: query.to_owned(), ..self }
    }

    /// The same with these cookies, `name=value` each.
    #[must_use]
    pub fn with_cookies(self, cookies: &[&str]) -> Self {
        Self { cookies: cookies.iter().map(|&cookie| cookie.to_owned()).collect(), ..self }
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
        let (headers, cookies) = (payload.headers.into_iter().collect(), payload.cookies);
        let (path, query) = (payload.raw_path, payload.raw_query_string);
        Ok(Self { method, path, query, cookies, headers, body, source_ip, request_id })
    }

    /// The request method, as sent.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The path, as sent.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// A parameter of the query that must be there exactly once, decoded.
    pub fn query_once(&self, name: &str) -> Result<String, HeaderFault> {
        only(form_urlencoded::parse(self.query.as_bytes()), name)
    }

    /// The names of the query's parameters, decoded, in their order.
    pub fn query_names(&self) -> Vec<String> {
        form_urlencoded::parse(self.query.as_bytes()).map(|(name, _)| name.into_owned()).collect()
    }

    /// A field of a form that was posted; it must be there exactly once.
    pub fn field_once(&self, name: &str) -> Result<String, HeaderFault> {
        only(form_urlencoded::parse(&self.body), name)
    }

    /// A cookie that must be there exactly once (RFC 6265, section 5.4).
    pub fn cookie_once(&self, name: &str) -> Result<&str, HeaderFault> {
        let pairs = self.cookies.iter().filter_map(|cookie| cookie.trim().split_once('='));
        let mut values = pairs.filter(|(key, _)| *key == name).map(|(_, value)| value);
        let value = values.next().ok_or(HeaderFault::Missing)?;
        if values.next().is_some() { Err(HeaderFault::Repeated) } else { Ok(value) }
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

    /// The value of a header that may be a list, as one text. Names compare without case.
    pub fn header_joined(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
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

fn only<'a>(
    mut pairs: impl Iterator<Item = (std::borrow::Cow<'a, str>, std::borrow::Cow<'a, str>)>,
    name: &str,
) -> Result<String, HeaderFault> {
    let (_, value) = pairs.by_ref().find(|(key, _)| key == name).ok_or(HeaderFault::Missing)?;
    if pairs.any(|(key, _)| key == name) { Err(HeaderFault::Repeated) } else { Ok(value.into_owned()) }
}

/// The answer in payload format 2.0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpAnswer {
    status_code: u16,
    headers: std::collections::BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cookies: Vec<String>,
    body: String,
    is_base64_encoded: bool,
}

impl HttpAnswer {
    /// A status and nothing else.
    pub fn empty(status_code: u16) -> Self {
        Self::with(status_code, None, String::new())
    }

    /// A status with a JSON body.
    pub fn json(status_code: u16, body: impl Into<Vec<u8>>) -> Self {
        // Our own JSON is UTF-8; anything else would become replacement characters, not a panic.
        let body = String::from_utf8_lossy(&body.into()).into_owned();
        Self::with(status_code, Some("application/json"), body)
    }

    /// A status with a page.
    pub fn html(status_code: u16, body: String) -> Self {
        Self::with(status_code, Some("text/html; charset=utf-8"), body)
    }

    /// A status with plain text.
    pub fn text(status_code: u16, body: impl Into<String>) -> Self {
        Self::with(status_code, Some("text/plain; charset=utf-8"), body.into())
    }

    /// Sends a browser elsewhere, with a GET (RFC 9110, section 15.4.4).
    pub fn see_other(address: &Url) -> Self {
        Self::empty(303).header("location", address.as_str())
    }

    /// With another header. Values come from us: a line break in one would be refused by AWS.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.insert(name, value.into());
        self
    }

    /// Sets a cookie.
    #[must_use]
    pub fn cookie(mut self, cookie: String) -> Self {
        self.cookies.push(cookie);
        self
    }

    fn with(status_code: u16, kind: Option<&str>, body: String) -> Self {
        let headers = kind.map(|kind| ("content-type", kind.to_owned())).into_iter().collect();
        Self { status_code, headers, cookies: Vec::new(), body, is_base64_encoded: false }
    }

    /// The value of a header.
    pub fn header_value(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// The cookies that it sets.
    pub fn cookies(&self) -> &[String] {
        &self.cookies
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
        assert_eq!((event.header_once("c"), event.header_joined("B")), (Ok("z"), Some("x,y")));
        assert_eq!(event.header_joined("d"), None);
        assert_eq!(event.header_once("d"), Err(HeaderFault::Missing));
    }

    #[test]
    fn an_address_has_each_parameter_once() {
        let event =
            parse(&json!({"rawPath": "/oauth/x", "rawQueryString": "state=a%2Bb&code=1&code=2&empty=",
            "cookies": ["a=1", "b=x=y", "c=1", "c=2"], "requestContext": context()}))
            .unwrap();
        assert_eq!((event.path(), event.query_once("state")), ("/oauth/x", Ok("a+b".to_owned())));
        assert_eq!(event.query_once("code"), Err(HeaderFault::Repeated));
        assert_eq!(
            (event.query_once("empty"), event.query_once("none")),
            (Ok(String::new()), Err(HeaderFault::Missing))
        );
        assert_eq!((event.cookie_once("a"), event.cookie_once("b")), (Ok("1"), Ok("x=y")));
        assert_eq!(
            (event.cookie_once("c"), event.cookie_once("d")),
            (Err(HeaderFault::Repeated), Err(HeaderFault::Missing))
        );
    }

    #[test]
    fn a_form_has_each_field_once() {
        let event =
            HttpEvent::new("POST", &[], b"link=a+b&x=1&x=2").at("/y", "link=c").with_cookies(&["k=v"]);
        assert_eq!(event.field_once("link"), Ok("a b".to_owned()));
        assert_eq!(event.field_once("x"), Err(HeaderFault::Repeated));
        assert_eq!(
            (event.path(), event.query_once("link"), event.cookie_once("k")),
            ("/y", Ok("c".to_owned()), Ok("v"))
        );
    }

    #[test]
    fn a_page_and_a_way_elsewhere() {
        let page = HttpAnswer::html(200, "<p>".to_owned())
            .header("cache-control", "no-store")
            .cookie("a=1".to_owned());
        let wire = serde_json::to_value(&page).unwrap();
        assert_eq!(
            wire["headers"],
            json!({"content-type": "text/html; charset=utf-8", "cache-control": "no-store"})
        );
        assert_eq!(
            (&wire["cookies"], page.header_value("cache-control")),
            (&json!(["a=1"]), Some("no-store"))
        );
        let elsewhere = HttpAnswer::see_other(&"https://a.example/?x=1".parse().unwrap());
        assert_eq!(
            (elsewhere.status(), elsewhere.header_value("location")),
            (303, Some("https://a.example/?x=1"))
        );
        assert!(elsewhere.cookies().is_empty());
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
