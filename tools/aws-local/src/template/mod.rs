//! `template.yaml` as the one source of what exists: tables, queues, topics, keys, secrets, buckets, tasks, log
//! groups and alarms, ready to be created.
//!
//! Only what an emulator needs is read. `Condition:` of a resource is ignored, so every resource exists locally.

mod alarms;
mod attributes;
mod conditions;
mod dynamodb;
mod ecs;
mod functions;
mod intrinsic;
mod kms;
mod logs;
mod rotation;
mod s3;
mod secrets;
mod sns;
mod sqs;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_yaml_ng::{Mapping, Value};

pub use alarms::{AlarmKind, AlarmPlan, Comparison, MetricAlarm, MetricStat, Missing, Source, Statistic};
pub use dynamodb::{IndexPlan, KeyPlan, TablePlan};
pub use ecs::{ClusterPlan, TaskPlan};
pub use functions::{FunctionPlan, MappingPlan, RulePlan};
pub use intrinsic::Parameters;
pub use kms::{AliasPlan, CryptoKeyPlan, CryptoKeySpec};
pub use logs::LogGroupPlan;
pub use rotation::{RotationPlan, RotationRules};
pub use s3::{BucketPlan, LockMode, LockPlan};
pub use secrets::{GeneratePlan, SecretPlan, SecretValue};
pub use sns::{Protocol, SubscriptionPlan, TopicPlan};
pub use sqs::{QueuePlan, Redrive};

/// What the template asks for, with every name resolved.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// `AWS::DynamoDB::Table`, in the order of their logical ids.
    pub tables: Vec<TablePlan>,
    /// `AWS::SQS::Queue`, likewise.
    pub queues: Vec<QueuePlan>,
    /// `AWS::SNS::Topic`, likewise, with the `AWS::SNS::Subscription`s to each.
    pub topics: Vec<TopicPlan>,
    /// `AWS::KMS::Key`, likewise.
    pub keys: Vec<CryptoKeyPlan>,
    /// `AWS::KMS::Alias`, likewise.
    pub aliases: Vec<AliasPlan>,
    /// `AWS::SecretsManager::Secret`, likewise, with its `AWS::SecretsManager::RotationSchedule`.
    pub secrets: Vec<SecretPlan>,
    /// `AWS::S3::Bucket`, likewise.
    pub buckets: Vec<BucketPlan>,
    /// `AWS::ECS::Cluster`, likewise.
    pub clusters: Vec<ClusterPlan>,
    /// `AWS::ECS::TaskDefinition`, likewise.
    pub tasks: Vec<TaskPlan>,
    /// `AWS::Logs::LogGroup`, likewise.
    pub log_groups: Vec<LogGroupPlan>,
    /// `AWS::Serverless::Function` with a name of its own, likewise.
    pub functions: Vec<FunctionPlan>,
    /// `AWS::CloudWatch::Alarm` and `AWS::CloudWatch::CompositeAlarm`, likewise.
    pub alarms: Vec<AlarmPlan>,
}

/// Why a template cannot be used here.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The file cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// Where it was looked for.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The file is not YAML.
    #[error("the template is not YAML")]
    Yaml(#[from] serde_yaml_ng::Error),
    /// A property of a resource says something that is not understood here.
    #[error("resource {resource}, {property}: {reason}")]
    Property {
        /// The logical id.
        resource: String,
        /// The path of the property inside `Properties`.
        property: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl Plan {
    /// Reads the template at `path`; `overrides` go before the parameters' defaults.
    pub fn load(path: &Path, overrides: &BTreeMap<String, String>) -> Result<Self, TemplateError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| TemplateError::Read { path: path.to_owned(), source })?;
        Self::parse(&text, overrides)
    }

    /// Reads a template's text; `overrides` go before the parameters' defaults.
    pub fn parse(text: &str, overrides: &BTreeMap<String, String>) -> Result<Self, TemplateError> {
        let template: Value = serde_yaml_ng::from_str(text)?;
        let parameters =
            Parameters::new(template.get("Parameters"), overrides).with_maps(template.get("Mappings"));
        let parameters = parameters.with_conditions(template.get("Conditions"));
        let empty = Mapping::new();
        let resources = template.get("Resources").and_then(Value::as_mapping).unwrap_or(&empty);
        let attributes = attributes::known(&sorted(resources, &parameters))?;
        let parameters = parameters.with(attributes);
        let named = sorted(resources, &parameters);
        let queue_names = sqs::names(&named)?;
        let mut plan = Self::default();
        for resource in &named {
            match resource.kind {
                "AWS::DynamoDB::Table" => plan.tables.push(TablePlan::read(resource)?),
                "AWS::SQS::Queue" => plan.queues.push(QueuePlan::read(resource, &queue_names)?),
                "AWS::SNS::Topic" => plan.topics.push(TopicPlan::read(resource, &named)?),
                "AWS::KMS::Key" => plan.keys.push(CryptoKeyPlan::read(resource)?),
                "AWS::KMS::Alias" => plan.aliases.push(AliasPlan::read(resource)?),
                "AWS::SecretsManager::Secret" => plan.secrets.push(SecretPlan::read(resource, &named)?),
                "AWS::S3::Bucket" => plan.buckets.push(BucketPlan::read(resource)?),
                "AWS::ECS::Cluster" => plan.clusters.push(ClusterPlan::read(resource)?),
                "AWS::ECS::TaskDefinition" => plan.tasks.push(TaskPlan::read(resource)?),
                "AWS::Logs::LogGroup" => plan.log_groups.push(LogGroupPlan::read(resource)?),
                "AWS::Serverless::Function" => plan.functions.extend(FunctionPlan::read(resource)?),
                "AWS::CloudWatch::Alarm" => plan.alarms.push(AlarmPlan::of_metric(resource)?),
                "AWS::CloudWatch::CompositeAlarm" => plan.alarms.push(AlarmPlan::composite(resource)?),
                _ => {}
            }
        }
        alarms::check(&plan.alarms, &named)?;
        Ok(plan)
    }
}

/// By logical id.
fn sorted<'a>(resources: &'a Mapping, parameters: &'a Parameters) -> Vec<Resource<'a>> {
    let found = resources.iter().filter_map(|(id, body)| Resource::new(id, body, parameters));
    let mut named: Vec<Resource<'a>> = found.collect();
    named.sort_by_key(|resource| resource.id);
    named
}

/// One entry of `Resources`, with the parameters at hand to resolve its properties.
pub(crate) struct Resource<'a> {
    id: &'a str,
    kind: &'a str,
    properties: Option<&'a Value>,
    parameters: &'a Parameters,
}

impl<'a> Resource<'a> {
    fn new(id: &'a Value, body: &'a Value, parameters: &'a Parameters) -> Option<Self> {
        let kind = body.get("Type")?.as_str()?;
        Some(Self { id: id.as_str()?, kind, properties: body.get("Properties"), parameters })
    }

    /// The property's node, if there is one.
    fn get(&self, property: &str) -> Option<&'a Value> {
        self.properties?.get(property)
    }

    /// The property as text with its intrinsics resolved.
    fn text(&self, property: &str) -> Result<Option<String>, TemplateError> {
        self.get(property).map(|node| self.resolve(property, node)).transpose()
    }

    fn required_text(&self, property: &str) -> Result<String, TemplateError> {
        self.text(property)?.ok_or_else(|| self.error(property, "is missing"))
    }

    /// A node inside `property` as text with its intrinsics resolved.
    fn resolve(&self, property: &str, node: &Value) -> Result<String, TemplateError> {
        self.parameters.resolve(node).map_err(|reason| self.error(property, &reason.to_string()))
    }

    /// A member of `node`, which must be there, as text.
    fn member(&self, property: &str, node: &Value, member: &str) -> Result<String, TemplateError> {
        let path = format!("{property}.{member}");
        let found = node.get(member).ok_or_else(|| self.error(&path, "is missing"))?;
        self.resolve(&path, found)
    }

    /// A whole number; `CloudFormation` takes numbers and strings of digits.
    fn number<N: std::str::FromStr>(&self, property: &str) -> Result<Option<N>, TemplateError> {
        let Some(text) = self.text(property)? else { return Ok(None) };
        text.parse()
            .map(Some)
            .map_err(|_| self.error(property, &format!("{text:?} is not a number in range")))
    }

    /// Whether the property says `true`; `CloudFormation` takes truth values and their names.
    fn flag(&self, property: &str) -> Result<Option<bool>, TemplateError> {
        match self.text(property)?.as_deref() {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(other) => Err(self.error(property, &format!("{other:?} is neither true nor false"))),
        }
    }

    /// Refuses a property that an emulator would have to heed.
    fn refuse(&self, property: &str) -> Result<(), TemplateError> {
        match self.get(property) {
            None => Ok(()),
            Some(_) => Err(self.error(property, "is not emulated")),
        }
    }

    fn list(&self, property: &str) -> Result<&'a [Value], TemplateError> {
        match self.get(property) {
            None => Ok(&[]),
            Some(Value::Sequence(items)) => Ok(items),
            Some(_) => Err(self.error(property, "is not a list")),
        }
    }

    fn error(&self, property: &str, reason: &str) -> TemplateError {
        TemplateError::Property {
            resource: self.id.to_owned(),
            property: property.to_owned(),
            reason: reason.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = include_str!("fixture.yaml");

    #[test]
    fn a_template_yields_every_kind_of_resource_under_the_prefix_given() {
        let overrides = BTreeMap::from([("TablePrefix".to_owned(), "other".to_owned())]);
        let plan = Plan::parse(TEMPLATE, &overrides).unwrap();
        let tables: Vec<&str> = plan.tables.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(tables, ["other-audit", "other-flags", "other-guild-access", "other-guild-queues"]);
        assert_eq!(plan.queues.len(), 2);
        assert_eq!(plan.secrets.len(), 3);
        assert_eq!((plan.topics.len(), plan.keys.len(), plan.aliases.len()), (1, 2, 2));
    }

    #[test]
    fn a_name_that_needs_another_resource_names_the_resource_in_the_error() {
        let text = "Resources:\n  Odd:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: !GetAtt Other.Name\n";
        let error = Plan::parse(text, &BTreeMap::new()).unwrap_err().to_string();
        assert_eq!(error, "resource Odd, QueueName: !GetAtt is not resolved here");
    }

    #[test]
    fn a_missing_file_and_a_broken_one_are_errors() {
        let missing = Plan::load(Path::new("does/not/exist.yaml"), &BTreeMap::new()).unwrap_err();
        assert!(matches!(missing, TemplateError::Read { .. }));
        let broken = Plan::parse("a: [", &BTreeMap::new()).unwrap_err();
        assert!(matches!(broken, TemplateError::Yaml(_)));
    }

    #[test]
    fn a_template_without_resources_asks_for_nothing() {
        assert_eq!(Plan::parse("Description: none", &BTreeMap::new()).unwrap(), Plan::default());
    }
}
