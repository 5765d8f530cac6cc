//! Errors as Discord writes them: a status, and `{"code", "message"}`.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::rules::Violation;
use crate::world::Refusal;

/// What a request ends with.
#[derive(Clone, Debug, PartialEq, Eq)]
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
            Self::Refused(Refusal::Form(violation)) => invalid(violation),
            Self::Refused(refusal) => body(status(&refusal), refusal.code(), &refusal.to_string()),
        }
    }
}

/// 50035, with the broken rule at its place (Discord: "Error Messages"). The response carries it for the timeline, too.
fn invalid(violation: Violation) -> Response {
    let rule = json!({ "_errors": [{ "code": "BASE_TYPE_BAD", "message": violation.rule }] });
    let at = violation.at.split('.').filter(|part| !part.is_empty()).rev();
    let errors = at.fold(rule, |inner, part| json!({ part: inner }));
    let answer = json!({ "code": 50_035, "message": "Invalid Form Body", "errors": errors });
    let mut response = (StatusCode::BAD_REQUEST, Json(answer)).into_response();
    response.extensions_mut().insert(violation);
    response
}

fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::Channel
        | Refusal::Guild
        | Refusal::Message
        | Refusal::User
        | Refusal::Webhook
        | Refusal::VoiceState => StatusCode::NOT_FOUND,
        Refusal::Expired => StatusCode::UNAUTHORIZED,
        Refusal::Author => StatusCode::FORBIDDEN,
        Refusal::Acknowledged | Refusal::ChannelType | Refusal::Empty | Refusal::Form(_) => {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_broken_rule_stands_at_its_place() {
        let answer = Error::Refused(Refusal::form("components.0", "no")).into_response();
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        assert!(answer.extensions().get::<Violation>().is_some());
        let body = axum::body::to_bytes(answer.into_body(), 1000).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["errors"]["components"]["0"]["_errors"][0]["message"], "no");
    }
}
