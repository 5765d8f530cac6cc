//! Requests, parsed and bounded as the service does.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error;
use crate::wire::ServiceError;

/// The union of the parameters of all operations; each takes what it needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Request {
    cluster: Option<String>,
    task_definition: Option<String>,
    capacity_provider_strategy: Option<Vec<Strategy>>,
    launch_type: Option<String>,
    count: Option<u32>,
    pub(super) client_token: Option<String>,
    pub(super) started_by: Option<String>,
    network_configuration: Option<NetworkConfiguration>,
    overrides: Option<Overrides>,
    enable_execute_command: Option<bool>,
    propagate_tags: Option<String>,
    pub(super) task: Option<String>,
    pub(super) tasks: Vec<String>,
    pub(super) reason: Option<String>,
    pub(super) family: Option<String>,
    pub(super) desired_status: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Strategy {
    capacity_provider: String,
    #[serde(default)]
    weight: u32,
    #[serde(default)]
    base: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct NetworkConfiguration {
    awsvpc_configuration: Option<Awsvpc>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Awsvpc {
    subnets: Vec<String>,
    #[serde(default)]
    security_groups: Vec<String>,
    assign_public_ip: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
struct Overrides {
    container_overrides: Vec<ContainerOverride>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct ContainerOverride {
    name: String,
    #[serde(default)]
    environment: Vec<Pair>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
struct Pair {
    name: String,
    value: String,
}

impl Request {
    pub(super) fn cluster(&self) -> &str {
        self.cluster.as_deref().unwrap_or("default")
    }

    /// The family of the task definition, which is named by family, with or without a revision, or by ARN.
    pub(super) fn definition(&self) -> Result<&str, ServiceError> {
        let asked = self.task_definition.as_deref().ok_or_else(error::no_such_definition)?;
        let named = asked.rsplit('/').next().unwrap_or(asked);
        Ok(named.split(':').next().unwrap_or(named))
    }

    /// The one capacity provider to use; several would be chosen from by weight, which nothing of ours asks for.
    pub(super) fn provider(&self) -> Result<&str, ServiceError> {
        match (self.capacity_provider_strategy.as_deref(), self.launch_type.as_deref()) {
            (Some(_), Some(_)) => Err(error::invalid_parameter(
                "Specifying both a launch type and capacity provider strategy is not supported.",
            )),
            (Some([one]), None) => Ok(&one.capacity_provider),
            (None, Some("FARGATE")) => Ok("FARGATE"),
            _ => Err(error::invalid_parameter("Only one capacity provider is emulated.")),
        }
    }

    pub(super) fn count(&self) -> Result<u32, ServiceError> {
        match self.count.unwrap_or(1) {
            count @ 1..=10 => Ok(count),
            _ => Err(error::invalid_parameter("count should be between 1 and 10.")),
        }
    }

    pub(super) fn check_network(&self) -> Result<(), ServiceError> {
        let vpc =
            self.network_configuration.as_ref().and_then(|network| network.awsvpc_configuration.as_ref());
        let vpc = vpc.ok_or_else(|| {
            error::invalid_parameter(
                "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
            )
        })?;
        if vpc.subnets.is_empty() {
            return Err(error::invalid_parameter("subnets can not be empty."));
        }
        Ok(())
    }

    pub(super) fn check_token(&self) -> Result<(), ServiceError> {
        let fits = |token: &String| token.len() <= 64 && token.bytes().all(|byte| byte.is_ascii_graphic());
        if self.client_token.as_ref().is_none_or(fits) {
            return Ok(());
        }
        Err(error::invalid_parameter("clientToken must be up to 64 characters of the range 33 to 126."))
    }

    /// `startedBy` takes less than a token does.
    pub(super) fn check_started_by(&self) -> Result<(), ServiceError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-/_".contains(&byte);
        let fits = |by: &String| by.len() <= 128 && by.bytes().all(allowed);
        if self.started_by.as_ref().is_none_or(fits) {
            return Ok(());
        }
        Err(error::invalid_parameter(
            "startedBy must be up to 128 letters, numbers, hyphens, slashes and underscores.",
        ))
    }

    /// What the container's environment says otherwise.
    pub(super) fn environment(&self, container: &str) -> Result<BTreeMap<String, String>, ServiceError> {
        let overrides = self.overrides.iter().flat_map(|overrides| &overrides.container_overrides);
        let mut environment = BTreeMap::new();
        for one in overrides {
            if one.name != container {
                return Err(error::no_such_container(&one.name));
            }
            environment.extend(one.environment.iter().map(|pair| (pair.name.clone(), pair.value.clone())));
        }
        Ok(environment)
    }
}
