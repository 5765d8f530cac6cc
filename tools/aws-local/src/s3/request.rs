//! A request, with its bucket and key found and its body read.

use std::collections::BTreeMap;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Request as HttpRequest, Uri, header};

use super::body;
use super::error::S3Error;

/// Larger objects are uploaded in parts.
const MAX_BODY: usize = 64 * 1024 * 1024;

#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) bucket: String,
    /// Empty for requests to the bucket itself.
    pub(super) key: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// As it was sent: what an address is signed over.
    pub(super) uri: Uri,
    query: BTreeMap<String, String>,
}

impl Request {
    pub(super) async fn read(request: HttpRequest<Body>) -> Result<Self, S3Error> {
        let (parts, body) = request.into_parts();
        let (bucket, key) = address(&parts.headers, &parts.uri)?;
        let body = axum::body::to_bytes(body, MAX_BODY).await.map_err(|_| S3Error::too_large())?;
        let body = body::decode(&parts.headers, body)?;
        let query = parts.uri.query().unwrap_or_default();
        let query = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let (method, headers, uri) = (parts.method, parts.headers, parts.uri);
        Ok(Self { method, bucket, key, headers, body, uri, query })
    }

    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// `bucket.s3.localhost:1/key`, `bucket.localhost:1/key` or `127.0.0.1:1/bucket/key`.
fn address(headers: &HeaderMap, uri: &Uri) -> Result<(String, String), S3Error> {
    let path = uri.path().strip_prefix('/').unwrap_or(uri.path());
    let path = decoded(path)?;
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.split(':').next().unwrap_or_default();
    if let Some(bucket) = name.strip_suffix(".s3.localhost").or_else(|| name.strip_suffix(".localhost")) {
        return Ok((bucket.to_owned(), path));
    }
    let (bucket, key) = path.split_once('/').unwrap_or((&path, ""));
    Ok((bucket.to_owned(), key.to_owned()))
}

fn decoded(path: &str) -> Result<String, S3Error> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let pair: Vec<u8> = rest.by_ref().take(2).collect();
            bytes
                .extend(hex::decode(pair).map_err(|_| S3Error::invalid_argument("Couldn't parse the URI."))?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).map_err(|_| S3Error::invalid_argument("Couldn't parse the URI."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(host: &str, path: &str) -> Option<(String, String)> {
        let headers = HeaderMap::from_iter([(header::HOST, host.parse().unwrap())]);
        address(&headers, &path.parse().unwrap()).ok()
    }

    #[test]
    fn a_bucket_stands_in_the_path_or_in_the_host() {
        let expected = Some(("b".to_owned(), "a/ä b.opus".to_owned()));
        for (host, path) in [
            ("127.0.0.1:9", "/b/a/%C3%A4%20b.opus"),
            ("b.localhost:9", "/a/%C3%A4%20b.opus"),
            ("b.s3.localhost", "/a/%C3%A4%20b.opus"),
        ] {
            assert_eq!(found(host, path), expected, "{host}");
        }
        assert_eq!(found("127.0.0.1", "/b"), Some(("b".to_owned(), String::new())));
        assert_eq!(found("127.0.0.1", "/b/%zz"), None);
        assert_eq!(found("127.0.0.1", "/b/%ff"), None);
    }
}
