//! ECS's documented refusals.

use crate::wire::ServiceError;

pub(super) fn no_such_cluster() -> ServiceError {
    ServiceError::client("ClusterNotFoundException", "Cluster not found.")
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
