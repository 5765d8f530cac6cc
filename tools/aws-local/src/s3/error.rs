//! S3's documented refusals, as XML.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};

use super::store::MARKER;
use crate::xml::element;

/// A refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct S3Error {
    status: StatusCode,
    code: &'static str,
    message: &'static str,
    /// Whether what is asked for is the mark of a deletion.
    at_marker: bool,
}

impl S3Error {
    const fn new(status: StatusCode, code: &'static str, message: &'static str) -> Self {
        Self { status, code, message, at_marker: false }
    }

    /// The same, since the object was deleted.
    pub(super) const fn at_marker(self) -> Self {
        Self { at_marker: true, ..self }
    }

    pub(super) const fn no_such_bucket() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NoSuchBucket", "The specified bucket does not exist")
    }

    pub(super) const fn no_such_key() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NoSuchKey", "The specified key does not exist.")
    }

    pub(super) const fn no_such_version() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NoSuchVersion", "The specified version does not exist.")
    }

    pub(super) const fn method_not_allowed() -> Self {
        let message = "The specified method is not allowed against this resource.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message)
    }

    pub(super) const fn access_denied(message: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "AccessDenied", message)
    }

    pub(super) const fn signature_does_not_match() -> Self {
        let message = "The request signature we calculated does not match the signature you provided. Check your key \
                       and signing method.";
        Self::new(StatusCode::FORBIDDEN, "SignatureDoesNotMatch", message)
    }

    pub(super) const fn unknown_access_key() -> Self {
        let message = "The AWS Access Key Id you provided does not exist in our records.";
        Self::new(StatusCode::FORBIDDEN, "InvalidAccessKeyId", message)
    }

    pub(super) const fn query_parameters(message: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "AuthorizationQueryParametersError", message)
    }

    pub(super) const fn no_such_upload() -> Self {
        let message = "The specified multipart upload does not exist. The upload ID might be invalid, or the \
                       multipart upload might have been aborted or completed.";
        Self::new(StatusCode::NOT_FOUND, "NoSuchUpload", message)
    }

    pub(super) const fn invalid_range() -> Self {
        let message = "The requested range is not satisfiable";
        Self::new(StatusCode::RANGE_NOT_SATISFIABLE, "InvalidRange", message)
    }

    pub(super) const fn precondition_failed() -> Self {
        let message = "At least one of the pre-conditions you specified did not hold";
        Self::new(StatusCode::PRECONDITION_FAILED, "PreconditionFailed", message)
    }

    pub(super) const fn conflict() -> Self {
        let message =
            "The conditional request cannot succeed due to a conflicting operation against this resource.";
        Self::new(StatusCode::CONFLICT, "ConditionalRequestConflict", message)
    }

    pub(super) const fn slow_down() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "SlowDown", "Please reduce your request rate.")
    }

    pub(super) const fn invalid_request(message: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidRequest", message)
    }

    pub(super) const fn locked() -> Self {
        Self::access_denied("Access Denied because object protected by object lock.")
    }

    pub(super) const fn not_modified() -> Self {
        Self::new(StatusCode::NOT_MODIFIED, "NotModified", "Not Modified")
    }

    pub(super) const fn invalid_argument(message: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidArgument", message)
    }

    pub(super) const fn too_large() -> Self {
        let message = "Your proposed upload exceeds the maximum allowed size";
        Self::new(StatusCode::BAD_REQUEST, "EntityTooLarge", message)
    }

    pub(super) const fn too_small() -> Self {
        let message = "Your proposed upload is smaller than the minimum allowed size";
        Self::new(StatusCode::BAD_REQUEST, "EntityTooSmall", message)
    }

    pub(super) const fn incomplete() -> Self {
        let message = "You did not provide the number of bytes specified by the Content-Length HTTP header.";
        Self::new(StatusCode::BAD_REQUEST, "IncompleteBody", message)
    }

    pub(super) const fn bad_digest() -> Self {
        let message =
            "The Content-MD5 or checksum value that you specified did not match what the server received.";
        Self::new(StatusCode::BAD_REQUEST, "BadDigest", message)
    }

    pub(super) const fn invalid_part() -> Self {
        let message = "One or more of the specified parts could not be found.";
        Self::new(StatusCode::BAD_REQUEST, "InvalidPart", message)
    }

    pub(super) const fn invalid_part_order() -> Self {
        let message = "The list of parts was not in ascending order.";
        Self::new(StatusCode::BAD_REQUEST, "InvalidPartOrder", message)
    }

    pub(super) const fn malformed_xml() -> Self {
        let message =
            "The XML that you provided was not well formed or did not validate against our published schema.";
        Self::new(StatusCode::BAD_REQUEST, "MalformedXML", message)
    }

    pub(super) const fn not_implemented() -> Self {
        let message = "A header you provided implies functionality that is not implemented.";
        Self::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message)
    }

    pub(super) const fn internal() -> Self {
        let message = "We encountered an internal error. Please try again.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", message)
    }

    /// As an element of the answer to a deletion of many.
    pub(super) fn element(self) -> String {
        element("Code", self.code) + &element("Message", self.message)
    }

    /// The answer; one to HEAD has no body.
    pub(super) fn response(self, head: bool) -> Response<Body> {
        let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>{}</Error>", self.element());
        let empty = head || self.status == StatusCode::NOT_MODIFIED;
        let mut response = Response::new(if empty { Body::empty() } else { Body::from(body) });
        *response.status_mut() = self.status;
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml"));
        if self.at_marker {
            response.headers_mut().insert(MARKER, HeaderValue::from_static("true"));
        }
        response
    }
}

impl From<std::io::Error> for S3Error {
    fn from(_: std::io::Error) -> Self {
        Self::internal()
    }
}
