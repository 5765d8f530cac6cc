//! `DeleteObject`.

use axum::body::Body;
use axum::http::{Response, StatusCode};

use super::S3;
use super::error::S3Error;
use super::request::Request;

impl S3 {
    /// 204 whether there was one or not. A locked one stays: what would lie over it is a marker, which is not emulated.
    pub(super) fn delete(&self, request: &Request) -> Result<Response<Body>, S3Error> {
        if self.store.find(&request.bucket, &request.key).is_ok_and(|object| object.lock.is_some()) {
            let of_a_version = request.query("versionId").is_some();
            return Err(if of_a_version { S3Error::locked() } else { S3Error::not_implemented() });
        }
        self.store.remove(&request.bucket, &request.key)?;
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        Ok(response)
    }
}
