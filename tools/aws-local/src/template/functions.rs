//! `AWS::Serverless::Function`, as far as its settings can be changed while it runs: what rules wake it, what it takes from
//! queues, what is reserved for it. What it runs is nobody's business here.

use serde_yaml_ng::{Mapping, Value};

use super::{Resource, TemplateError};
use crate::wire::{ACCOUNT, REGION};

/// A function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionPlan {
    /// Its name, resolved.
    pub name: String,
    /// `ReservedConcurrentExecutions`, if it has any that can be told.
    pub reserved: Option<u32>,
    /// Its events of the types `Schedule` and `EventBridgeRule` that have a name, in the order of the template.
    pub rules: Vec<RulePlan>,
    /// Its events of the type `SQS`, likewise.
    pub mappings: Vec<MappingPlan>,
    /// The queue of what it could not take in three tries (`EventInvokeConfig`).
    pub on_failure: Option<String>,
}

/// A rule of `EventBridge`'s.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulePlan {
    /// Its name, resolved.
    pub name: String,
    /// `rate(…)` or `cron(…)`, if it is a schedule.
    pub schedule: Option<String>,
    /// Whether it is on when it is made.
    pub enabled: bool,
}

/// What a function takes from a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingPlan {
    /// Its id, made from the function's logical id and the event's.
    pub id: String,
    /// The queue's ARN.
    pub queue_arn: String,
    /// How many messages at most it takes at once (default 10).
    pub batch_size: u32,
    /// Whether it is on when it is made.
    pub enabled: bool,
}

impl FunctionPlan {
    /// `None`: a function without a name of its own is named by `CloudFormation`, and nobody here can say how.
    pub(super) fn read(resource: &Resource<'_>) -> Result<Option<Self>, TemplateError> {
        let Ok(Some(name)) = resource.text("FunctionName") else { return Ok(None) };
        let reserved = resource.text("ReservedConcurrentExecutions").ok().flatten();
        let (mut rules, mut mappings) = (Vec::new(), Vec::new());
        let empty = Mapping::new();
        let events = resource.get("Events").and_then(Value::as_mapping).unwrap_or(&empty);
        for (id, event) in events {
            let (Some(id), Some(kind)) = (id.as_str(), event.get("Type").and_then(Value::as_str)) else {
                return Err(resource.error("Events", "an event has no type"));
            };
            let event = Event { resource, id, properties: event.get("Properties") };
            match kind {
                "Schedule" => rules.extend(event.rule("Name", true)?),
                "EventBridgeRule" => rules.extend(event.rule("RuleName", false)?),
                "SQS" => mappings.push(event.mapping()?),
                _ => {}
            }
        }
        let reserved = reserved.and_then(|text| text.parse().ok());
        let on_failure = on_failure(resource)?;
        Ok(Some(Self { name, reserved, rules, mappings, on_failure }))
    }

    /// Its ARN.
    pub fn arn(&self) -> String {
        format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{}", self.name)
    }
}

/// The name of the queue; a destination of another kind is not emulated.
fn on_failure(resource: &Resource<'_>) -> Result<Option<String>, TemplateError> {
    const PROPERTY: &str = "EventInvokeConfig";
    let config = resource.get(PROPERTY).and_then(|config| config.get("DestinationConfig"));
    let Some(failure) = config.and_then(|config| config.get("OnFailure")) else { return Ok(None) };
    let arn = resource.member(PROPERTY, failure, "Destination")?;
    match arn.strip_prefix("arn:aws:sqs:").and_then(|rest| rest.rsplit(':').next()) {
        Some(queue) => Ok(Some(queue.to_owned())),
        None => Err(resource.error(PROPERTY, "OnFailure is no queue")),
    }
}

/// One entry of `Events`.
struct Event<'a, 'r> {
    resource: &'a Resource<'r>,
    id: &'a str,
    properties: Option<&'a Value>,
}

impl Event<'_, '_> {
    fn text(&self, property: &str) -> Result<Option<String>, TemplateError> {
        let node = self.properties.and_then(|properties| properties.get(property));
        let path = format!("Events.{}.{property}", self.id);
        node.map(|node| self.resource.resolve(&path, node)).transpose()
    }

    /// A rule without a name is named by `CloudFormation`: nobody could ask for it here.
    fn rule(&self, name: &str, is_schedule: bool) -> Result<Option<RulePlan>, TemplateError> {
        let Some(name) = self.text(name)? else { return Ok(None) };
        let schedule = if is_schedule { self.text("Schedule")? } else { None };
        let off = self.text("State")?.is_some_and(|state| state == "DISABLED")
            || self.text("Enabled")?.is_some_and(|enabled| enabled == "false");
        Ok(Some(RulePlan { name, schedule, enabled: !off }))
    }

    fn mapping(&self) -> Result<MappingPlan, TemplateError> {
        let path = format!("Events.{}.Queue", self.id);
        let queue_arn = self.text("Queue")?.ok_or_else(|| self.resource.error(&path, "is missing"))?;
        let batch_size = self.text("BatchSize")?.map(|text| text.parse()).transpose();
        let batch_size = batch_size.map_err(|_| self.resource.error(&path, "BatchSize is no number"))?;
        let enabled = self.text("Enabled")?.is_none_or(|enabled| enabled != "false");
        let id = super::kms::id_of(&format!("{}.{}", self.resource.id, self.id));
        Ok(MappingPlan { id, queue_arn, batch_size: batch_size.unwrap_or(10), enabled })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::Plan;
    use super::*;

    fn parse(events: &str) -> Result<Plan, TemplateError> {
        let text = format!(
            "Resources:\n  Q: {{ Type: 'AWS::SQS::Queue', Properties: {{ QueueName: q }} }}\n  F:\n    Type: AWS::Serverless::Function\n    Properties: {{ FunctionName: f, ReservedConcurrentExecutions: 3, Events: {events} }}\n"
        );
        Plan::parse(&text, &BTreeMap::new())
    }

    fn rule(name: &str, schedule: Option<&str>, enabled: bool) -> RulePlan {
        RulePlan { name: name.to_owned(), schedule: schedule.map(str::to_owned), enabled }
    }

    #[test]
    fn rules_and_queues_are_read() {
        let plan = parse(
            "{ A: { Type: Schedule, Properties: { Name: a, Schedule: rate(1 hour) } }, \
               B: { Type: Schedule, Properties: { Name: b, Schedule: rate(1 hour), State: DISABLED } }, \
               C: { Type: EventBridgeRule, Properties: { RuleName: c, Pattern: { source: [x] } } }, \
               D: { Type: SQS, Properties: { Queue: !GetAtt Q.Arn, BatchSize: 5, Enabled: false } }, \
               E: { Type: Schedule, Properties: { Schedule: rate(1 hour) } }, \
               G: { Type: SNS, Properties: { Topic: t } } }",
        );
        let function = plan.unwrap().functions.remove(0);
        assert_eq!((function.name.as_str(), function.reserved), ("f", Some(3)));
        let hourly = Some("rate(1 hour)");
        assert_eq!(
            function.rules,
            [rule("a", hourly, true), rule("b", hourly, false), rule("c", None, true)]
        );
        let [mapping] = function.mappings.as_slice() else { unreachable!("one queue") };
        assert_eq!((mapping.batch_size, mapping.enabled), (5, false));
        assert_eq!(mapping.queue_arn, "arn:aws:sqs:eu-central-1:000000000000:q");
        assert_eq!(mapping.id.len(), 36, "in the shape of a UUID");
    }

    #[test]
    fn what_a_function_cannot_take_goes_into_a_queue() {
        let with = |destination: &str| {
            let config =
                format!("EventInvokeConfig: {{ DestinationConfig: {{ OnFailure: {destination} }} }}");
            let text = format!(
                "Resources:\n  Q: {{ Type: 'AWS::SQS::Queue', Properties: {{ QueueName: q }} }}\n  F: {{ Type: 'AWS::Serverless::Function', Properties: {{ FunctionName: f, {config} }} }}\n"
            );
            Plan::parse(&text, &BTreeMap::new()).map(|mut plan| plan.functions.remove(0).on_failure)
        };
        assert_eq!(with("{ Type: SQS, Destination: !GetAtt Q.Arn }").unwrap().as_deref(), Some("q"));
        assert!(with("{ Type: SNS, Destination: arn:aws:sns:r:0:t }").is_err());
        assert!(with("{ Type: SQS }").is_err());
        assert_eq!(parse("{}").unwrap().functions.remove(0).on_failure, None);
    }

    #[test]
    fn a_function_without_a_name_of_its_own_is_left_out() {
        let text = "Resources:\n  F: { Type: 'AWS::Serverless::Function', Properties: {} }\n";
        assert!(Plan::parse(text, &BTreeMap::new()).unwrap().functions.is_empty());
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for events in [
            "{ A: {} }",
            "{ A: { Type: SQS } }",
            "{ A: { Type: SQS, Properties: { Queue: q, BatchSize: x } } }",
        ] {
            assert!(parse(events).is_err(), "{events}");
        }
    }
}
