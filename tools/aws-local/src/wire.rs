//! What the JSON protocols of AWS have in common: bodies, errors, the account that we pretend to be.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The region that names and ARNs carry.
pub const REGION: &str = "eu-central-1";
/// The account that names and ARNs carry.
pub const ACCOUNT: &str = "000000000000";
/// The access key of whoever calls, and the secret to it: no emulator asks for it but where a signed address is opened.
pub const ACCESS_KEY: &str = "local";

/// A service's documented refusal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub(crate) struct ServiceError {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The error's shape, which SDKs match on.
    pub(crate) code: &'static str,
    /// The code of the older query protocol, where the service still sends it (`x-amzn-query-error`).
    pub(crate) query_code: Option<&'static str>,
    /// Words for people.
    pub(crate) message: String,
}

impl ServiceError {
    /// A refusal of the client's request.
    pub(crate) fn client(code: &'static str, message: impl Into<String>) -> Self {
        Self { status: 400, code, query_code: None, message: message.into() }
    }

    /// The caller's role does not allow the call.
    pub(crate) fn denied(service: &str) -> Self {
        Self::client("AccessDeniedException", not_allowed(service))
    }

    /// The service's own failure.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self { status: 500, code: "InternalServiceError", query_code: None, message: message.into() }
    }
}

/// What a service says to whom IAM does not let in.
pub(crate) fn not_allowed(service: &str) -> String {
    format!(
        "User: arn:aws:sts::{ACCOUNT}:assumed-role/local/local is not authorized to perform this action of {service} \
         because no identity-based policy allows it"
    )
}

/// A request of at most so many bytes. `too_long` is what the service says to a longer one.
pub(crate) async fn request<T: DeserializeOwned>(
    body: Body,
    most: usize,
    too_long: impl FnOnce() -> ServiceError,
) -> Result<T, ServiceError> {
    let body = axum::body::to_bytes(body, most).await.map_err(|_| too_long())?;
    serde_json::from_slice(&body)
        .map_err(|error| ServiceError::client("SerializationException", error.to_string()))
}

/// An answer of a service whose shapes live in `namespace`, in the given version of the JSON protocol.
pub(crate) fn answer(
    namespace: &str,
    version: &'static str,
    result: Result<Value, ServiceError>,
) -> Response<Body> {
    let (status, query_code, body) = match result {
        Ok(body) => (200, None, body),
        Err(error) => {
            let shape = format!("{namespace}#{}", error.code);
            // Both spellings: SDKs read `message`, the older protocol's clients `Message`.
            let body = json!({ "__type": shape, "message": error.message, "Message": error.message });
            (error.status, error.query_code, body)
        }
    };
    let mut response = json_response(status, version, body.to_string());
    if let Some(code) = query_code
        && let Ok(value) = HeaderValue::from_str(&format!("{code};Sender"))
    {
        response.headers_mut().insert("x-amzn-query-error", value);
    }
    response
}

/// A time in the JSON protocols: seconds with a fraction, of milliseconds since the epoch.
pub(crate) fn seconds(ms: u64) -> Value {
    let text = format!("{}.{:03}", ms / 1_000, ms % 1_000);
    text.parse::<serde_json::Number>().map_or(Value::Null, Value::Number)
}

/// A JSON body with its status, in the given version of the protocol (`1.0` or `1.1`).
pub(crate) fn json_response(status: u16, version: &'static str, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let content_type = match version {
        "1.0" => HeaderValue::from_static("application/x-amz-json-1.0"),
        _ => HeaderValue::from_static("application/x-amz-json-1.1"),
    };
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_has_its_shape_and_its_older_code() {
        let error = ServiceError { query_code: Some("AWS.Old"), ..ServiceError::client("New", "no") };
        let response = answer("com.amazonaws.x", "1.0", Err(error));
        assert_eq!(response.status(), 400);
        assert_eq!(response.headers()["x-amzn-query-error"], "AWS.Old;Sender");
        assert_eq!(response.headers()["content-type"], "application/x-amz-json-1.0");
    }

    #[tokio::test]
    async fn a_request_is_json_of_a_bounded_length() {
        let read = async |body: &'static str| {
            let too_long = || ServiceError::client("TooLong", "no");
            request::<Value>(Body::from(body), 8, too_long).await.map_err(|error| error.code)
        };
        assert_eq!(read(r#"{"a": 1}"#).await, Ok(json!({ "a": 1 })));
        assert_eq!(read(r#"{"a": 12}"#).await, Err("TooLong"));
        assert_eq!(read("{").await, Err("SerializationException"));
    }

    #[test]
    fn times_are_seconds_with_their_milliseconds() {
        assert_eq!(seconds(1_767_355_200_007).to_string(), "1767355200.007");
    }

    #[test]
    fn a_failure_of_the_service_is_a_500() {
        assert_eq!(answer("n", "1.1", Err(ServiceError::internal("no"))).status(), 500);
        assert_eq!(answer("n", "1.1", Ok(json!({}))).status(), 200);
        assert_eq!(answer("n", "1.1", Err(ServiceError::denied("n"))).status(), 400);
    }
}
