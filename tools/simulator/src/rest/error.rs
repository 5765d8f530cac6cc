//! Errors as Discord writes them: a status, and `{"code", "message"}`.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::world::Refusal;

/// What a request ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Error {
    /// No token, or a wrong one.
    Unauthorized,
    /// The world says no.
    Refused(Refusal),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        match self {
            Self::Unauthorized => body(StatusCode::UNAUTHORIZED, 0, "401: Unauthorized"),
            Self::Refused(refusal) => body(status(refusal), refusal.code(), &refusal.to_string()),
        }
    }
}

fn status(refusal: Refusal) -> StatusCode {
    match refusal {
        Refusal::Channel
        | Refusal::Guild
        | Refusal::Message
        | Refusal::User
        | Refusal::Webhook
        | Refusal::VoiceState => StatusCode::NOT_FOUND,
        Refusal::Expired => StatusCode::UNAUTHORIZED,
        Refusal::Author => StatusCode::FORBIDDEN,
        Refusal::Acknowledged | Refusal::ChannelType | Refusal::Empty | Refusal::Form => {
            StatusCode::BAD_REQUEST
        }
    }
}

/// An error body.
pub(super) fn body(status: StatusCode, code: u32, message: &str) -> Response {
    (status, Json(json!({ "code": code, "message": message }))).into_response()
}

/// No such route.
pub(super) async fn not_found() -> Response {
    body(StatusCode::NOT_FOUND, 0, "404: Not Found")
}
