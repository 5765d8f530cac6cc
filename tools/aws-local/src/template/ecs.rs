//! `AWS::ECS::Cluster` and `AWS::ECS::TaskDefinition`, as far as a task that runs as a child process needs them.

use serde_yaml_ng::Value;

use super::{Resource, TemplateError};

/// A cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterPlan {
    /// Its name, resolved.
    pub name: String,
}

/// A task definition with one container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskPlan {
    /// Its family, resolved.
    pub family: String,
    /// The container's name.
    pub container: String,
    /// How long it has between SIGTERM and SIGKILL (default 30).
    pub stop_timeout_s: u32,
}

impl ClusterPlan {
    pub(super) fn read(resource: &Resource<'_>) -> Result<Self, TemplateError> {
        Ok(Self { name: resource.required_text("ClusterName")? })
    }
}

impl TaskPlan {
    pub(super) fn read(resource: &Resource<'_>) -> Result<Self, TemplateError> {
        const PROPERTY: &str = "ContainerDefinitions";
        let [container] = resource.list(PROPERTY)? else {
            return Err(resource.error(PROPERTY, "only a single container is emulated"));
        };
        Ok(Self {
            family: resource.required_text("Family")?,
            container: resource.member(PROPERTY, container, "Name")?,
            stop_timeout_s: stop_timeout(resource, container)?,
        })
    }
}

fn stop_timeout(resource: &Resource<'_>, container: &Value) -> Result<u32, TemplateError> {
    const PROPERTY: &str = "ContainerDefinitions.StopTimeout";
    let Some(node) = container.get("StopTimeout") else { return Ok(30) };
    let text = resource.resolve(PROPERTY, node)?;
    text.parse().map_err(|_| resource.error(PROPERTY, "is not a number of seconds"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::Plan;
    use super::*;

    fn parse(containers: &str) -> Result<Plan, TemplateError> {
        let text = format!(
            "Resources:\n  T:\n    Type: AWS::ECS::TaskDefinition\n    Properties: {{ Family: f, ContainerDefinitions: {containers} }}\n"
        );
        Plan::parse(&text, &BTreeMap::new())
    }

    #[test]
    fn a_task_has_its_container_and_its_time_to_stop() {
        let plan = |stop_timeout_s| TaskPlan { family: "f".into(), container: "c".into(), stop_timeout_s };
        assert_eq!(parse("[{ Name: c, StopTimeout: 120 }]").unwrap().tasks, [plan(120)]);
        assert_eq!(parse("[{ Name: c }]").unwrap().tasks, [plan(30)]);
    }

    #[test]
    fn what_is_not_emulated_is_refused() {
        for containers in ["[]", "[{ Name: a }, { Name: b }]", "[{ Name: c, StopTimeout: x }]", "[{}]"] {
            assert!(parse(containers).is_err(), "{containers}");
        }
    }
}
