//! `GetObject` and `HeadObject`.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};

use super::error::S3Error;
use super::object::Object;
use super::put::with_version;
use super::request::Request;
use super::{S3, lock, range};

/// What a request may say of its answer.
const OVERRIDES: [(&str, HeaderName); 3] = [
    ("response-cache-control", header::CACHE_CONTROL),
    ("response-content-disposition", header::CONTENT_DISPOSITION),
    ("response-content-type", header::CONTENT_TYPE),
];

impl S3 {
    pub(super) fn get(&self, request: &Request) -> Result<Response<Body>, S3Error> {
        if request.method == Method::HEAD {
            let object = self.store.find(&request.bucket, &request.key, request.query("versionId"))?;
            check(request, &object)?;
            let mut response = respond(request, &object, None, Bytes::new())?;
            // A body of this length would have come.
            response.headers_mut().insert(header::CONTENT_LENGTH, object.length.into());
            return Ok(response);
        }
        let version = request.query("versionId");
        let (object, bytes) = self.store.read(&request.bucket, &request.key, version)?;
        check(request, &object)?;
        let asked = request.header("range").map_or(Ok(None), |text| range::parse(text, object.length))?;
        match asked {
            None => respond(request, &object, None, bytes),
            Some(range) => {
                let shown = format!("bytes {}-{}/{}", range.start, range.end - 1, object.length);
                respond(request, &object, Some(shown), bytes.slice(range))
            }
        }
    }
}

fn check(request: &Request, object: &Object) -> Result<(), S3Error> {
    let names = |header: &str| request.header(header).map(|asked| asked == "*" || asked == object.etag);
    if names("if-match") == Some(false) {
        return Err(S3Error::precondition_failed());
    }
    if names("if-none-match") == Some(true) {
        return Err(S3Error::not_modified());
    }
    Ok(())
}

fn respond(
    request: &Request,
    object: &Object,
    range: Option<String>,
    bytes: Bytes,
) -> Result<Response<Body>, S3Error> {
    let mut response = with_version(Response::new(Body::from(bytes)), object)?;
    let headers = response.headers_mut();
    set(headers, header::ETAG, &object.etag)?;
    set(headers, header::CONTENT_TYPE, &object.content_type)?;
    set(headers, header::ACCEPT_RANGES, "bytes")?;
    set(headers, header::LAST_MODIFIED, &http_date(object))?;
    for (name, value) in &object.metadata {
        let name = HeaderName::try_from(format!("x-amz-meta-{name}")).map_err(|_| S3Error::internal())?;
        set(headers, name, value)?;
    }
    if let Some(lock) = &object.lock {
        set(headers, lock::MODE, lock.mode.as_str())?;
        set(headers, lock::UNTIL, &lock.until.to_string())?;
    }
    for (name, header) in OVERRIDES {
        if let Some(value) = request.query(name) {
            set(headers, header, value)?;
        }
    }
    if let Some(range) = range {
        set(headers, header::CONTENT_RANGE, &range)?;
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) -> Result<(), S3Error> {
    headers.insert(name, HeaderValue::from_str(value).map_err(|_| S3Error::internal())?);
    Ok(())
}

fn http_date(object: &Object) -> String {
    object.modified.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
