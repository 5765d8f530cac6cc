//! SNS's documented refusals, as XML.

use axum::body::Body;
use axum::http::{Response, StatusCode};

use super::NAMESPACE;
use crate::wire::not_allowed;
use crate::xml::{container, document, element};

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SnsError {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl SnsError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// A parameter breaks its rules.
    pub(super) fn invalid(reason: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidParameter", format!("Invalid parameter: {reason}"))
    }

    /// An attribute of a message breaks its rules. The code is not the shape's name.
    pub(super) fn invalid_attribute(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "ParameterValueInvalid", message)
    }

    pub(super) fn no_such_topic() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFound", "Topic does not exist")
    }

    pub(super) fn unknown_action(operation: &str) -> Self {
        let message = format!("The action {operation} is not emulated");
        Self::new(StatusCode::BAD_REQUEST, "InvalidAction", message)
    }

    pub(super) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", "It broke.")
    }

    pub(super) fn throttled() -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "Throttled", "Rate exceeded")
    }

    pub(super) fn denied() -> Self {
        Self::new(StatusCode::FORBIDDEN, "AuthorizationError", not_allowed("sns"))
    }

    /// The code, which SDKs match on.
    #[cfg(test)]
    pub(super) const fn code(&self) -> &'static str {
        self.code
    }

    /// The answer to the request `id`.
    pub(super) fn response(&self, id: &str) -> Response<Body> {
        let side = if self.status.is_server_error() { "Receiver" } else { "Sender" };
        let inner = element("Type", side) + &element("Code", self.code) + &element("Message", &self.message);
        let inner = container("Error", &inner) + &element("RequestId", id);
        let mut response = document(NAMESPACE, "ErrorResponse", &inner);
        *response.status_mut() = self.status;
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_refusal_says_whose_fault_it_is() {
        for (error, status, expected) in [
            (SnsError::no_such_topic(), 404, "<Type>Sender</Type><Code>NotFound</Code>"),
            (SnsError::denied(), 403, "<Type>Sender</Type><Code>AuthorizationError</Code>"),
            (SnsError::internal(), 500, "<Type>Receiver</Type><Code>InternalError</Code>"),
        ] {
            let response = error.response("id");
            assert_eq!(response.status(), status);
            let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
            let body = String::from_utf8(body.to_vec()).unwrap();
            assert!(body.contains(expected) && body.contains("<RequestId>id</RequestId>"), "{body}");
        }
    }
}
