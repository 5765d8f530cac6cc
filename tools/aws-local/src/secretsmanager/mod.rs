//! stub
use axum::body::Body;
use axum::http::{Request, Response};
/// x
#[derive(Debug, thiserror::Error)]
#[error("x")]
pub struct OpenError;
#[derive(Debug)]
pub(crate) struct SecretsManager;
impl SecretsManager {
    pub(crate) fn open(_: Option<std::path::PathBuf>, _: &[crate::template::SecretPlan]) -> Result<Self, OpenError> { Ok(Self) }
    pub(crate) async fn call(&self, _: &str, _: Request<Body>) -> Response<Body> { Response::default() }
}
