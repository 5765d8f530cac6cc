//! Whose request it is: `Authorization: Bot …`.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use super::error::Error;
use crate::core::Core;
use crate::ids::ApplicationId;

/// A bot whose token was right.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bot(pub(super) ApplicationId);

impl FromRequestParts<Arc<Core>> for Bot {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, core: &Arc<Core>) -> Result<Self, Error> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = header.filter(|value| value.starts_with("Bot ")).ok_or(Error::Unauthorized)?;
        core.hub().application(token).map(Self).ok_or(Error::Unauthorized)
    }
}
