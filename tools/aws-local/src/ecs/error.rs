//! ECS's documented refusals.

use crate::fault::Words;
use crate::wire::ServiceError;

pub(super) fn no_such_cluster() -> ServiceError {
    ServiceError::client("ClusterNotFoundException", "Cluster not found.")
}

/// What the service says of what goes wrong with a call.
pub(super) const WORDS: Words<ServiceError> =
    Words { broken, throttled, denied: || ServiceError::denied("ecs") };

fn broken() -> ServiceError {
    let error = ServiceError::internal("These errors are usually caused by a server issue.");
    ServiceError { code: "ServerException", ..error }
}

fn throttled() -> ServiceError {
    ServiceError::client("ThrottlingException", "Rate exceeded")
}

pub(super) fn no_such_definition() -> ServiceError {
    ServiceError::client("ClientException", "TaskDefinition not found.")
}

pub(super) fn no_such_task() -> ServiceError {
    ServiceError::client("InvalidParameterException", "The referenced task was not found.")
}

pub(super) fn invalid_parameter(message: &str) -> ServiceError {
    ServiceError::client("InvalidParameterException", message)
}

pub(super) fn token_in_use() -> ServiceError {
    let message = "The provided clientToken is already in use with a different RunTask request.";
    ServiceError::client("ConflictException", message)
}

pub(super) fn no_such_container(name: &str) -> ServiceError {
    invalid_parameter(&format!(
        "Override for container named {name} is not a container in the TaskDefinition."
    ))
}
