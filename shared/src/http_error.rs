//! The errors of our HTTP addresses (SPEC, "Errors of the HTTP API"): one JSON shape, one list of codes. The text tells a
//! caller what to do; the cause goes to the log only.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::http_event::HttpAnswer;

/// What went wrong, as clients tell errors apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// A webhook without its signature's headers: 401.
    MissingSignature,
    /// A webhook whose signature does not fit, or not any more: 401.
    InvalidSignature,
    /// A bearer token that is not believed, for whatever reason: 401.
    InvalidToken,
    /// No credential, or an API key that opens nothing: 401.
    Unauthorized,
    /// A good credential that may not do this: 403.
    Forbidden,
    /// The credential spans communities and the request names none: 400.
    MissingCommunityId,
    /// Something in the request is not as it has to be: 400.
    InvalidInput,
    /// There is no such thing here: 404.
    NotFound,
    /// It is not as the request believes it to be: 409.
    Conflict,
    /// Too many requests: 429.
    RateLimitExceeded,
    /// The operator has to set something up first: 500.
    ConfigurationError,
    /// A part of ours does not answer: 503.
    Unavailable,
    /// The bot is locked down: 503.
    LockedDown,
}

impl ErrorCode {
    /// Every code there is.
    pub const ALL: [Self; 13] = [
        Self::MissingSignature,
        Self::InvalidSignature,
        Self::InvalidToken,
        Self::Unauthorized,
        Self::Forbidden,
        Self::MissingCommunityId,
        Self::InvalidInput,
        Self::NotFound,
        Self::Conflict,
        Self::RateLimitExceeded,
        Self::ConfigurationError,
        Self::Unavailable,
        Self::LockedDown,
    ];

    /// As it stands in the answer.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MissingSignature => "missing_signature",
            Self::InvalidSignature => "invalid_signature",
            Self::InvalidToken => "invalid_token",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::MissingCommunityId => "missing_community_id",
            Self::InvalidInput => "invalid_input",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::RateLimitExceeded => "rate_limit_exceeded",
            Self::ConfigurationError => "configuration_error",
            Self::Unavailable => "unavailable",
            Self::LockedDown => "locked_down",
        }
    }

    /// The HTTP status that goes with it.
    pub const fn status(self) -> u16 {
        match self {
            Self::MissingCommunityId | Self::InvalidInput => 400,
            Self::MissingSignature | Self::InvalidSignature | Self::InvalidToken | Self::Unauthorized => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::RateLimitExceeded => 429,
            Self::ConfigurationError => 500,
            Self::Unavailable | Self::LockedDown => 503,
        }
    }
}

/// An error on its way to a caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpError {
    code: ErrorCode,
    status: u16,
    message: String,
    fields: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Body<'a> {
    error: Said<'a>,
}

#[derive(Serialize)]
struct Said<'a> {
    code: &'static str,
    message: &'a str,
    request_id: &'a str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    fields: &'a BTreeMap<String, String>,
}

impl HttpError {
    /// With this text, which says what to do.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, status: code.status(), message: message.into(), fields: BTreeMap::new() }
    }

    /// A field of the request is not as it has to be; `expected` says what it would have to be (SPEC W33).
    pub fn field(name: impl Into<String>, expected: impl Into<String>) -> Self {
        let (name, expected) = (name.into(), expected.into());
        let message = format!("{name}: {expected}.");
        let fields = BTreeMap::from([(name, expected)]);
        Self { fields, ..Self::new(ErrorCode::InvalidInput, message) }
    }

    /// A method that this path does not take: 405.
    pub fn method(allowed: &str) -> Self {
        let message = format!("This address takes {allowed}.");
        Self { status: 405, ..Self::new(ErrorCode::InvalidInput, message) }
    }

    /// A body above the limit: 413.
    pub fn too_large(limit: usize) -> Self {
        let message = format!("A request may have {limit} bytes.");
        Self { status: 413, ..Self::new(ErrorCode::InvalidInput, message) }
    }

    /// Its code.
    pub const fn code(&self) -> ErrorCode {
        self.code
    }

    /// Its status.
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// As it leaves us. `request_id` is AWS's; whoever quotes it can be helped.
    pub fn answer(&self, request_id: Option<&str>) -> HttpAnswer {
        let said = Said {
            code: self.code.as_str(),
            message: &self.message,
            request_id: request_id.unwrap_or_default(),
            fields: &self.fields,
        };
        // Strings only: it always is JSON.
        HttpAnswer::json(self.status, serde_json::to_vec(&Body { error: said }).unwrap_or_default())
            .header("cache-control", "no-store")
            .header("x-content-type-options", "nosniff")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::*;

    fn body(error: &HttpError) -> Value {
        serde_json::from_str(error.answer(Some("r-1")).body()).unwrap()
    }

    /// SPEC's last section, word by word.
    #[test]
    fn the_codes_are_those_of_the_spec() {
        let spec = "missing_signature, invalid_signature, invalid_token, unauthorized, forbidden, missing_community_id, \
                    invalid_input, not_found, conflict, rate_limit_exceeded, configuration_error, unavailable, locked_down";
        let codes: BTreeSet<&str> = ErrorCode::ALL.map(ErrorCode::as_str).into();
        assert_eq!(codes, spec.split(", ").collect());
        assert!(ErrorCode::ALL.iter().all(|code| (400..=503).contains(&code.status())));
    }

    #[test]
    fn an_error_says_what_to_do_and_by_which_id_to_ask() {
        let error = HttpError::new(ErrorCode::NotFound, "There is no such key.");
        let expected = json!({ "error": { "code": "not_found", "message": "There is no such key.", "request_id": "r-1" } });
        assert_eq!((body(&error), error.answer(None).status()), (expected, 404));
        assert_eq!(error.answer(None).header_value("cache-control"), Some("no-store"));
    }

    #[test]
    fn a_bad_field_is_named() {
        let error = HttpError::field("name", "1 to 100 characters");
        let said = body(&error);
        assert_eq!(said["error"]["code"], "invalid_input");
        assert_eq!(said["error"]["fields"], json!({ "name": "1 to 100 characters" }));
        assert_eq!((error.status(), error.code()), (400, ErrorCode::InvalidInput));
    }

    #[test]
    fn other_statuses_of_bad_requests() {
        let statuses = [HttpError::method("GET, POST"), HttpError::too_large(65_536)];
        assert_eq!(
            statuses.map(|error| (error.status(), error.code().as_str())),
            [(405, "invalid_input"), (413, "invalid_input")]
        );
    }
}
