//! `DeleteObject` and `DeleteObjects`.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode};

use super::error::S3Error;
use super::request::Request;
use super::store::{MARKER, Removed, VERSION};
use super::{NAMESPACE, S3, lock};
use crate::xml::{container, document, element, inners, texts};

/// So many a request.
const MOST: usize = 1000;

/// What is to go: a key, and which version of it if only one is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Named {
    key: String,
    pub(super) version: Option<String>,
}

impl S3 {
    /// 204 whether there was one or not.
    pub(super) fn delete(&self, request: &Request) -> Result<Response<Body>, S3Error> {
        let removed = self.store.remove(&request.bucket, &request.key, request.query("versionId"))?;
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        if removed.marker {
            headers.insert(MARKER, HeaderValue::from_static("true"));
        }
        if let Some(version) = removed.version {
            headers.insert(VERSION, HeaderValue::from_str(&version).map_err(|_| S3Error::internal())?);
        }
        Ok(response)
    }

    /// Each for itself: 200, and in the answer which of them did not go.
    pub(super) fn delete_many(&self, request: &Request) -> Result<Response<Body>, S3Error> {
        if !lock::is_summed(request) {
            return Err(S3Error::invalid_request("Missing required header for this request: Content-MD5"));
        }
        let named = named(&request.body)?;
        let quiet = core::str::from_utf8(&request.body).is_ok_and(|body| texts(body, "Quiet") == ["true"]);
        let mut xml = String::new();
        for one in &named {
            match self.store.remove(&request.bucket, &one.key, one.version.as_deref()) {
                Ok(_) if quiet => {}
                Ok(removed) => xml += &container("Deleted", &one.deleted(&removed)),
                Err(error) => xml += &container("Error", &(one.xml() + &error.element())),
            }
        }
        Ok(document(NAMESPACE, "DeleteResult", &xml))
    }
}

/// What a request for many names.
pub(super) fn named(body: &[u8]) -> Result<Vec<Named>, S3Error> {
    let body = core::str::from_utf8(body).map_err(|_| S3Error::malformed_xml())?;
    let read = |inner: &str| {
        let key = texts(inner, "Key").into_iter().next().filter(|key| !key.is_empty());
        let version = texts(inner, "VersionId").into_iter().next();
        Some(Named { key: key?, version: version.filter(|version| !version.is_empty()) })
    };
    let named: Option<Vec<Named>> = inners(body, "Object").into_iter().map(read).collect();
    named.filter(|named| (1..=MOST).contains(&named.len())).ok_or(S3Error::malformed_xml())
}

impl Named {
    fn xml(&self) -> String {
        let version = self.version.as_deref().map(|version| element("VersionId", version));
        element("Key", &self.key) + &version.unwrap_or_default()
    }

    fn deleted(&self, removed: &Removed) -> String {
        let mut xml = self.xml();
        if removed.marker {
            xml += &element("DeleteMarker", "true");
            xml += &element("DeleteMarkerVersionId", removed.version.as_deref().unwrap_or_default());
        }
        xml
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_versions_are_read_in_their_order() {
        let body = b"<Delete><Object><Key>a&amp;b</Key></Object>\
                     <Object><VersionId>v</VersionId><Key>c</Key></Object></Delete>";
        let named = named(body).unwrap();
        let expected = [("a&b", None), ("c", Some("v"))];
        let read: Vec<_> = named.iter().map(|one| (one.key.as_str(), one.version.as_deref())).collect();
        assert_eq!(read, expected);
    }

    #[test]
    fn none_and_too_many_and_no_key_are_refused() {
        let objects =
            |count: usize| format!("<Delete>{}</Delete>", "<Object><Key>k</Key></Object>".repeat(count));
        assert_eq!(named(objects(1_000).as_bytes()).unwrap().len(), 1_000);
        for bad in [objects(0), objects(1_001), "<Object><Key></Key></Object>".to_owned(), String::new()] {
            assert_eq!(named(bad.as_bytes()), Err(S3Error::malformed_xml()));
        }
        assert_eq!(named(b"\xff"), Err(S3Error::malformed_xml()));
    }
}
