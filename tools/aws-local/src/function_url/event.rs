//! A request as an event.

use std::collections::BTreeMap;
use std::net::IpAddr;

use axum::http::{Version, header, request::Parts};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::wire::ACCOUNT;

/// Who turns requests into events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Front {
    /// A Function URL.
    FunctionUrl,
    /// An HTTP API of API Gateway with the route `ANY /{proxy+}`.
    HttpApi {
        /// The stage, which precedes the path unless it is `$default`.
        stage: String,
    },
}

/// What the request itself does not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Whom it came from.
    pub source_ip: IpAddr,
    /// When it came.
    pub time: Timestamp,
    /// Its id.
    pub request_id: String,
}

/// The event that `front` makes of a request.
pub fn event(front: &Front, parts: &Parts, body: &[u8], origin: &Origin) -> Value {
    let (account, route, stage) = match front {
        Front::FunctionUrl => ("anonymous", "$default", "$default"),
        Front::HttpApi { stage } => (ACCOUNT, "ANY /{proxy+}", stage.as_str()),
    };
    let path = if stage == "$default" {
        parts.uri.path().to_owned()
    } else {
        format!("/{stage}{}", parts.uri.path())
    };
    let query = parts.uri.query().unwrap_or_default();
    let headers = headers(parts, origin);
    let domain = headers.get("host").map_or("localhost", String::as_str);
    let mut event = json!({
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": account,
            "apiId": domain.split('.').next(),
            "domainName": domain,
            "domainPrefix": domain.split('.').next(),
            "http": {
                "method": parts.method.as_str(),
                "path": path,
                "protocol": protocol(parts.version),
                "sourceIp": origin.source_ip,
                "userAgent": headers.get("user-agent").map_or("", String::as_str),
            },
            "requestId": origin.request_id,
            "routeKey": route,
            "stage": stage,
            "time": origin.time.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            "timeEpoch": origin.time.as_millisecond(),
        },
        "isBase64Encoded": false,
    });
    if !query.is_empty() {
        event["queryStringParameters"] = json!(parameters(query));
    }
    let cookies = cookies(parts);
    if !cookies.is_empty() {
        event["cookies"] = json!(cookies);
    }
    if let Front::HttpApi { .. } = front {
        event["pathParameters"] = json!({ "proxy": parts.uri.path().trim_start_matches('/') });
    }
    add_body(&mut event, headers.get("content-type").map_or("", String::as_str), body);
    event
}

/// Names in lower case, repeats joined by commas, cookies apart, and what the front adds.
fn headers(parts: &Parts, origin: &Origin) -> BTreeMap<String, String> {
    let mut headers: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in parts.headers.iter().filter(|(name, _)| **name != header::COOKIE) {
        let value = String::from_utf8_lossy(value.as_bytes());
        headers
            .entry(name.as_str().to_owned())
            .and_modify(|known| known.extend([",", &value]))
            .or_insert_with(|| value.clone().into_owned());
    }
    let forwarded = origin.source_ip.to_string();
    headers
        .entry("x-forwarded-for".to_owned())
        .and_modify(|known| known.extend([", ", &forwarded]))
        .or_insert_with(|| forwarded.clone());
    headers.insert("x-forwarded-proto".to_owned(), "https".to_owned());
    headers.insert("x-forwarded-port".to_owned(), "443".to_owned());
    headers
}

fn cookies(parts: &Parts) -> Vec<String> {
    let values = parts.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(';')).map(|cookie| cookie.trim().to_owned()).collect()
}

fn parameters(query: &str) -> BTreeMap<String, String> {
    let mut parameters: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        parameters
            .entry(name.into_owned())
            .and_modify(|known| known.extend([",", &value]))
            .or_insert_with(|| value.clone().into_owned());
    }
    parameters
}

/// Text types go as text, everything else (and text that is not UTF-8) in base64. Without a body there is no field.
fn add_body(event: &mut Value, content_type: &str, body: &[u8]) {
    if body.is_empty() {
        return;
    }
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let textual = essence.starts_with("text/")
        || matches!(essence.as_str(), "application/json" | "application/javascript" | "application/xml");
    match std::str::from_utf8(body) {
        Ok(text) if textual => event["body"] = text.into(),
        _ => {
            event["body"] = STANDARD.encode(body).into();
            event["isBase64Encoded"] = true.into();
        }
    }
}

fn protocol(version: Version) -> &'static str {
    match version {
        Version::HTTP_10 => "HTTP/1.0",
        Version::HTTP_2 => "HTTP/2.0",
        _ => "HTTP/1.1",
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn origin() -> Origin {
        Origin {
            source_ip: "203.0.113.9".parse().unwrap(),
            time: "2020-03-12T19:03:58.390Z".parse().unwrap(),
            request_id: "id".into(),
        }
    }

    fn parts(headers: &[(&str, &str)]) -> Parts {
        let mut request =
            Request::post("/my/path?a=1&a=2&b=x%20y").header("Host", "abc.lambda-url.eu.on.aws");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn a_function_url_says_all_that_is_documented() {
        let parts = parts(&[
            ("User-Agent", "agent"),
            ("Content-Type", "application/json"),
            ("X-A", "1"),
            ("x-a", "2"),
        ]);
        let event = event(&Front::FunctionUrl, &parts, b"{}", &origin());
        let expected = json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": "/my/path",
            "rawQueryString": "a=1&a=2&b=x%20y",
            "queryStringParameters": { "a": "1,2", "b": "x y" },
            "headers": {
                "content-type": "application/json",
                "host": "abc.lambda-url.eu.on.aws",
                "user-agent": "agent",
                "x-a": "1,2",
                "x-forwarded-for": "203.0.113.9",
                "x-forwarded-port": "443",
                "x-forwarded-proto": "https",
            },
            "requestContext": {
                "accountId": "anonymous",
                "apiId": "abc",
                "domainName": "abc.lambda-url.eu.on.aws",
                "domainPrefix": "abc",
                "http": {
                    "method": "POST", "path": "/my/path", "protocol": "HTTP/1.1",
                    "sourceIp": "203.0.113.9", "userAgent": "agent",
                },
                "requestId": "id",
                "routeKey": "$default",
                "stage": "$default",
                "time": "12/Mar/2020:19:03:58 +0000",
                "timeEpoch": 1_584_039_838_390_i64,
            },
            "body": "{}",
            "isBase64Encoded": false,
        });
        assert_eq!(event, expected);
    }

    #[test]
    fn an_http_api_puts_its_stage_before_the_path() {
        let front = Front::HttpApi { stage: "prod".into() };
        let event = event(&front, &parts(&[]), b"", &origin());
        assert_eq!(event["rawPath"], "/prod/my/path");
        assert_eq!(event["routeKey"], "ANY /{proxy+}");
        assert_eq!(event["requestContext"]["stage"], "prod");
        assert_eq!(event["pathParameters"]["proxy"], "my/path");
        assert_eq!(event.get("body"), None);
    }

    #[test]
    fn bytes_travel_in_base64() {
        for (content_type, body, encoded) in [
            ("application/json; charset=utf-8", &b"{}"[..], false),
            ("text/plain", b"x", false),
            ("application/json", b"\xff", true),
            ("application/octet-stream", b"x", true),
            ("", b"x", true),
        ] {
            let event =
                event(&Front::FunctionUrl, &parts(&[("content-type", content_type)]), body, &origin());
            assert_eq!(event["isBase64Encoded"], encoded, "{content_type}");
            let sent = event["body"].as_str().unwrap();
            let bytes = if encoded { STANDARD.decode(sent).unwrap() } else { sent.as_bytes().to_vec() };
            assert_eq!(bytes, body);
        }
    }

    #[test]
    fn cookies_have_a_field_of_their_own() {
        let event =
            event(&Front::FunctionUrl, &parts(&[("cookie", "a=1; b=2"), ("cookie", "c=3")]), b"", &origin());
        assert_eq!(event["cookies"], json!(["a=1", "b=2", "c=3"]));
        assert_eq!(event["headers"].get("cookie"), None);
    }
}
