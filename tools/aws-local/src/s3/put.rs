//! `PutObject`.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, header};

use super::S3;
use super::error::S3Error;
use super::object::{NewObject, Object};
use super::request::Request;
use super::store::VERSION;

/// S3 takes keys of at most 1,024 bytes.
const MAX_KEY: usize = 1024;

impl S3 {
    /// `If-None-Match: *` writes only if there is no such object.
    pub(super) fn put(&self, request: &Request) -> Result<Response<Body>, S3Error> {
        check_key(&request.key)?;
        let new = NewObject {
            key: request.key.clone(),
            etag: format!("\"{:x}\"", md5::compute(&request.body)),
            content_type: content_type(request),
            metadata: metadata(&request.headers),
            lock: self.lock(request)?,
            bytes: request.body.clone(),
        };
        let only_if_new = request.header("if-none-match") == Some("*");
        let object = self.store.write(&request.bucket, new, only_if_new)?;
        with_version(with_etag(Response::new(Body::empty()), &object.etag)?, &object)
    }
}

pub(super) fn check_key(key: &str) -> Result<(), S3Error> {
    if key.len() <= MAX_KEY { Ok(()) } else { Err(S3Error::invalid_argument("Your key is too long")) }
}

pub(super) fn content_type(request: &Request) -> String {
    request.header("content-type").unwrap_or("binary/octet-stream").to_owned()
}

pub(super) fn metadata(headers: &HeaderMap) -> BTreeMap<String, String> {
    let own = |(name, value): (&axum::http::HeaderName, &HeaderValue)| {
        let name = name.as_str().strip_prefix("x-amz-meta-")?;
        Some((name.to_owned(), value.to_str().ok()?.to_owned()))
    };
    headers.iter().filter_map(own).collect()
}

pub(super) fn with_etag(mut response: Response<Body>, etag: &str) -> Result<Response<Body>, S3Error> {
    let etag = HeaderValue::from_str(etag).map_err(|_| S3Error::internal())?;
    response.headers_mut().insert(header::ETAG, etag);
    Ok(response)
}

/// Names the version, where there are versions.
pub(super) fn with_version(mut response: Response<Body>, object: &Object) -> Result<Response<Body>, S3Error> {
    if let Some(version) = &object.version {
        let version = HeaderValue::from_str(version).map_err(|_| S3Error::internal())?;
        response.headers_mut().insert(VERSION, version);
    }
    Ok(response)
}
