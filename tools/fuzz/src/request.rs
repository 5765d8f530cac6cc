//! An HTTP request as a fuzzer can mutate it, and the Lambda event that AWS would make of it.
//!
//! The text is the request's own: method, `name: value` lines, an empty line, the body's bytes. A body that is not
//! UTF-8 travels as base64, as it does from a Function URL.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// A request, borrowed from the fuzzer's input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The first line.
    pub method: String,
    /// Names and values in order; a name may come twice.
    pub headers: Vec<(String, String)>,
    /// Everything after the empty line.
    pub body: &'a [u8],
}

impl<'a> Request<'a> {
    /// Reads any bytes at all; what is not UTF-8 in the head becomes U+FFFD.
    pub fn read(data: &'a [u8]) -> Self {
        let split = data.windows(2).position(|pair| pair == b"\n\n");
        let (head, body) = split.map_or((data, &[][..]), |at| (&data[..at], &data[at + 2..]));
        let head = String::from_utf8_lossy(head);
        let mut lines = head.split('\n');
        let method = lines.next().unwrap_or_default().to_owned();
        let headers = lines.filter_map(|line| line.split_once(':'));
        let headers = headers.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect();
        Self { method, headers, body }
    }

    /// The event of payload format 2.0. Names that come twice stay twice: a parser has to make up its mind.
    pub fn to_event(&self) -> String {
        let mut headers = String::new();
        for (name, value) in &self.headers {
            let comma = if headers.is_empty() { "" } else { "," };
            // Writing to a String cannot fail.
            let _ = write!(headers, "{comma}{}:{}", quoted(name), quoted(value));
        }
        let (body, base64) = match str::from_utf8(self.body) {
            Ok(text) => (quoted(text), false),
            Err(_) => (quoted(&STANDARD.encode(self.body)), true),
        };
        let method = quoted(&self.method);
        format!(
            r#"{{"version":"2.0","headers":{{{headers}}},"body":{body},"isBase64Encoded":{base64},"requestContext":{{"requestId":"fuzz","http":{{"method":{method},"path":"/","sourceIp":"192.0.2.1"}}}}}}"#
        )
    }

    /// The text of an event of `events/`, for a seed.
    pub fn seed_of(event: &Value) -> Vec<u8> {
        let method = event["requestContext"]["http"]["method"].as_str().unwrap_or("POST");
        let mut text = method.to_owned();
        for (name, value) in event["headers"].as_object().into_iter().flatten() {
            let _ = write!(text, "\n{name}: {}", value.as_str().unwrap_or_default());
        }
        let body = event["body"].as_str().unwrap_or_default();
        let encoded = event["isBase64Encoded"] == true;
        let body = if encoded { STANDARD.decode(body).unwrap_or_default() } else { body.as_bytes().to_vec() };
        [text.as_bytes(), b"\n\n", &body].concat()
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::http_event::{HeaderFault, HttpEvent};

    use super::*;

    fn event(data: &[u8]) -> HttpEvent {
        HttpEvent::parse(Request::read(data).to_event().as_bytes()).unwrap()
    }

    #[test]
    fn head_and_body_come_through() {
        let event = event(b"POST\nX-A: 1\nx-b:2, 3\n\n{\"a\":\"\xc3\xa9\"}\n\nrest");
        assert_eq!((event.method(), event.body()), ("POST", "{\"a\":\"é\"}\n\nrest".as_bytes()));
        assert_eq!(event.header_once("x-a"), Ok("1"));
        assert_eq!(event.header_once("x-b"), Err(HeaderFault::Repeated));
    }

    #[test]
    fn bodies_that_are_not_text_come_through_too() {
        assert_eq!(event(b"POST\n\n\xff\x00\n\n").body(), b"\xff\x00\n\n");
    }

    #[test]
    fn any_bytes_make_an_event() {
        for data in [&b""[..], b"\n\n", b"\xff:\xff\n:\n\n", b"\"\\\n\":\"\n\n\"", b"no empty line\na:b"] {
            event(data);
        }
    }

    #[test]
    fn a_seed_reads_back_as_its_event() {
        let original = json!({"headers": {"x-a": "1"}, "body": "AP8=", "isBase64Encoded": true,
            "requestContext": {"http": {"method": "PUT"}}});
        let seed = Request::seed_of(&original);
        let request = Request::read(&seed);
        assert_eq!((request.method.as_str(), request.body), ("PUT", &[0, 255][..]));
        assert_eq!(request.headers, [("x-a".to_owned(), "1".to_owned())]);
    }
}
