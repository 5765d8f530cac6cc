//! A request's body and query on their way into types (SPEC W33): unknown fields are refused, and what is wrong is named.

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use shared::http_error::HttpError;
use shared::http_event::{HeaderFault, HttpEvent};

/// The longest body, in bytes. The longest thing that somebody says is an address of 2,048 characters.
pub(crate) const BODY_MAX: usize = 16 * 1024;

/// The body as JSON of this type.
pub(crate) fn json<T: DeserializeOwned>(request: &HttpEvent) -> Result<T, HttpError> {
    // A page of another site can send a form without being asked for leave, but no JSON.
    let kind = request.header_once("content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(HttpError::field("Content-Type", "has to be application/json"));
    }
    // A list would read as the fields in their order.
    if !request.body().trim_ascii_start().starts_with(b"{") {
        return Err(HttpError::field("body", "has to be a JSON object"));
    }
    let mut reader = serde_json::Deserializer::from_slice(request.body());
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        fault(&path, &error.into_inner().to_string())
    })?;
    reader.end().map_err(|_| HttpError::field("body", "one JSON object and nothing after it"))?;
    Ok(value)
}

/// Where it is wrong, and what would be right there; the parser's own places in the text help nobody.
fn fault(path: &str, said: &str) -> HttpError {
    let said = said.split(" at line ").next().unwrap_or_default();
    let quoted = said
        .split('`')
        .nth(1)
        .filter(|_| said.starts_with("unknown field") || said.starts_with("missing field"));
    match quoted {
        Some(name) if said.starts_with("missing") => HttpError::field(below(path, name), "has to be there"),
        Some(name) => HttpError::field(below(path, name), "is not known here"),
        None if path == "." || path == "?" => {
            HttpError::field("body", if said.is_empty() { "has to be JSON" } else { said })
        }
        None => HttpError::field(path, said),
    }
}

fn below(path: &str, name: &str) -> String {
    // What somebody made up is said back to them, but not at any length.
    let name: String = name.chars().take(64).collect();
    match path.rsplit('.').next() {
        _ if path == "." => name,
        // The path of a field that is not known has it already.
        Some(last) if last == name => path.to_owned(),
        _ => format!("{path}.{name}"),
    }
}

/// Refuses parameters that the route does not know, and those that are there twice.
pub(crate) fn known_query(request: &HttpEvent, known: &[crate::routes::Parameter]) -> Result<(), HttpError> {
    for name in request.query_names() {
        if !known.iter().any(|parameter| parameter.name == name) {
            let name: String = name.chars().take(64).collect();
            return Err(HttpError::field(name, "is no parameter of this address"));
        }
        query(request, &name)?;
    }
    Ok(())
}

/// A parameter that may be missing, but not be there twice.
pub(crate) fn query(request: &HttpEvent, name: &str) -> Result<Option<String>, HttpError> {
    match request.query_once(name) {
        Ok(value) => Ok(Some(value)),
        Err(HeaderFault::Missing) => Ok(None),
        Err(HeaderFault::Repeated) => Err(HttpError::field(name, "may be there once")),
    }
}

/// An instant, RFC 3339.
pub(crate) fn instant(name: &str, text: Option<String>) -> Result<Option<Timestamp>, HttpError> {
    let parse = |text: String| {
        text.parse().map_err(|_| HttpError::field(name, "an instant such as 2026-01-02T03:04:05Z"))
    };
    text.map(parse).transpose()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;
    use shared::http_error::ErrorCode;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        name: String,
        #[serde(default)]
        inner: Option<Inner>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        number: u8,
    }

    fn read(body: &str) -> Result<Body, HttpError> {
        json(&HttpEvent::new("POST", &[("content-type", "application/json; charset=utf-8")], body.as_bytes()))
    }

    fn named(body: &str) -> String {
        let answer = read(body).unwrap_err().answer(None);
        let said: serde_json::Value = serde_json::from_str(answer.body()).unwrap();
        let fields = said["error"]["fields"].as_object().unwrap();
        fields.keys().next().unwrap().clone()
    }

    #[test]
    fn a_body_reads_into_its_type() {
        assert_eq!(read(r#"{"name":"a"}"#), Ok(Body { name: "a".into(), inner: None }));
        assert!(read(r#" {"name":"a","inner":{"number":7}} "#).is_ok());
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (body, field) in [
            ("", "body"),
            ("[]", "body"),
            (r#"["a"]"#, "body"),
            ("{", "body"),
            ("{}", "name"),
            (r#"{"name":1}"#, "name"),
            (r#"{"name":"a","also":1}"#, "also"),
            (r#"{"name":"a","inner":{}}"#, "inner.number"),
            (r#"{"name":"a","inner":{"number":256}}"#, "inner.number"),
            (r#"{"name":"a","inner":{"number":1,"x":1}}"#, "inner.x"),
            (r#"{"name":"a"}{"name":"b"}"#, "body"),
            (r#"{"name":"a","name":"b"}"#, "body"),
        ] {
            assert_eq!(named(body), field, "{body}");
        }
    }

    #[test]
    fn only_json_is_read() {
        for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""] {
            let request = HttpEvent::new("POST", &[("content-type", kind)], br#"{"name":"a"}"#);
            assert_eq!(json::<Body>(&request).unwrap_err().code(), ErrorCode::InvalidInput, "{kind}");
        }
        assert!(json::<Body>(&HttpEvent::new("POST", &[], br#"{"name":"a"}"#)).is_err());
    }

    #[test]
    fn instants_are_rfc_3339() {
        let read = |text: &str| instant("from", Some(text.to_owned()));
        assert_eq!(read("2026-01-02T03:04:05Z").unwrap().unwrap().as_second(), 1_767_323_045);
        assert!(read("2026-01-02T04:04:05+01:00").is_ok() && instant("from", None) == Ok(None));
        for bad in ["yesterday", "2026-01-02", "2026-13-02T03:04:05Z", ""] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_body_makes_it_panic(body in "\\PC{0,200}") {
            if let Err(error) = read(&body) {
                prop_assert_eq!(error.status(), 400);
            }
        }
    }
}
