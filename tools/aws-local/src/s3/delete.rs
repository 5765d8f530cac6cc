//! `DeleteObject`.

use axum::body::Body;
use axum::http::{Response, StatusCode};

use super::S3;
use super::error::S3Error;
use super::request::Request;

impl S3 {
    /// 204 whether there was one or not.
    pub(super) fn delete(&self, request: &Request) -> Result<Response<Body>, S3Error> {
        self.store.remove(&request.bucket, &request.key)?;
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        Ok(response)
    }
}
