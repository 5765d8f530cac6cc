//! The form that a request in the Query protocol is.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Method, Request, header};

/// The fields of a form. Lists and maps are spelled out in the names: `MessageAttributes.entry.1.Name`.
#[derive(Debug, Default)]
pub(super) struct Form(BTreeMap<String, String>);

impl Form {
    /// Reads a body; of a field that comes twice the last counts.
    pub(super) fn read(body: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(body).into_owned().collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The entries of a map whose names begin with `prefix`, numbered from 1 without a gap, by what their own fields'
    /// names begin with.
    pub(super) fn entries(&self, prefix: &str) -> impl Iterator<Item = String> {
        (1..).map(move |number| format!("{prefix}.entry.{number}")).take_while(|entry| {
            let own = format!("{entry}.");
            self.0.range(own.clone()..).next().is_some_and(|(name, _)| name.starts_with(&own))
        })
    }
}

/// Whether a request is a form posted to the root.
pub(super) fn is_form(request: &Request<Body>) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    request.method() == Method::POST
        && request.uri().path() == "/"
        && kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_decoded_and_entries_found() {
        let form = Form::read(
            b"Action=Publish&Message=a%26b+%C3%A9&M.entry.1.Name=x&M.entry.2.Name=y&M.entry.4.Name=z",
        );
        assert_eq!(form.get("Message"), Some("a&b é"));
        assert_eq!(form.get("Subject"), None);
        assert_eq!(form.entries("M").collect::<Vec<_>>(), ["M.entry.1", "M.entry.2"]);
        assert_eq!(form.entries("N").count(), 0);
    }

    #[test]
    fn a_form_is_posted_to_the_root_and_says_so() {
        let request = |method: &str, uri: &str, kind: &str| {
            let request = Request::builder().method(method).uri(uri).header("content-type", kind);
            request.body(Body::empty()).unwrap()
        };
        let form = "application/x-www-form-urlencoded";
        assert!(is_form(&request("POST", "/", form)));
        assert!(is_form(&request("POST", "/", &format!("{form}; charset=utf-8"))));
        assert!(!is_form(&request("GET", "/", form)));
        assert!(!is_form(&request("POST", "/bucket", form)));
        assert!(!is_form(&request("POST", "/", "application/json")));
        assert!(!is_form(&Request::post("/").body(Body::empty()).unwrap()));
    }
}
