//! The failure of an AWS call, reduced to what may be logged: never the service's message, which may hold ids.

use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// The service's error code, or `timeout`, `dispatch`, `response`, `construction`.
pub fn code<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> String {
    let code = match error {
        SdkError::TimeoutError(_) => "timeout",
        SdkError::DispatchFailure(_) => "dispatch",
        SdkError::ResponseError(_) => "response",
        SdkError::ServiceError(service) => service.err().code().unwrap_or("unknown"),
        _ => "construction",
    };
    code.to_owned()
}
