//! `AWS::SQS::Queue`.

use std::collections::BTreeMap;

use serde_yaml_ng::Value;

use super::{Resource, TemplateError};

/// A queue to create. Times are whole seconds, with the service's defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuePlan {
    /// The queue's name, resolved.
    pub name: String,
    /// How long a received message stays hidden (default 30).
    pub visibility_timeout_s: u32,
    /// How long a message is kept (default 345,600, four days).
    pub retention_s: u32,
    /// How long every message is hidden at first (default 0).
    pub delay_s: u32,
    /// How long a receive waits unless it says so (default 0).
    pub receive_wait_s: u32,
    /// Where a message goes that is received too often.
    pub redrive: Option<Redrive>,
}

/// A dead-letter policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redrive {
    /// The name of the dead-letter queue.
    pub dead_letter_queue: String,
    /// A message that has been received this often goes there instead of being received again.
    pub max_receive_count: u32,
}

/// The names of all queues by logical id, since a redrive policy points at one by its id.
pub(super) fn names(resources: &[Resource<'_>]) -> Result<BTreeMap<String, String>, TemplateError> {
    let queues = resources.iter().filter(|resource| resource.kind == "AWS::SQS::Queue");
    queues.map(|queue| Ok((queue.id.to_owned(), queue.required_text("QueueName")?))).collect()
}

impl QueuePlan {
    /// A queue with the service's defaults.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            visibility_timeout_s: 30,
            retention_s: 345_600,
            delay_s: 0,
            receive_wait_s: 0,
            redrive: None,
        }
    }

    pub(super) fn read(
        resource: &Resource<'_>,
        names: &BTreeMap<String, String>,
    ) -> Result<Self, TemplateError> {
        if resource.text("FifoQueue")?.as_deref() == Some("true") {
            return Err(resource.error("FifoQueue", "only standard queues are emulated"));
        }
        let base = Self::named(&resource.required_text("QueueName")?);
        Ok(Self {
            visibility_timeout_s: resource.number("VisibilityTimeout")?.unwrap_or(base.visibility_timeout_s),
            retention_s: resource.number("MessageRetentionPeriod")?.unwrap_or(base.retention_s),
            delay_s: resource.number("DelaySeconds")?.unwrap_or(base.delay_s),
            receive_wait_s: resource.number("ReceiveMessageWaitTimeSeconds")?.unwrap_or(base.receive_wait_s),
            redrive: redrive(resource, names)?,
            ..base
        })
    }
}

fn redrive(
    resource: &Resource<'_>,
    names: &BTreeMap<String, String>,
) -> Result<Option<Redrive>, TemplateError> {
    const PROPERTY: &str = "RedrivePolicy";
    let Some(node) = resource.get(PROPERTY) else { return Ok(None) };
    let target = node.get("deadLetterTargetArn").and_then(queue_id);
    let name = target.and_then(|id| names.get(id));
    let dead_letter_queue =
        name.ok_or_else(|| resource.error(PROPERTY, "deadLetterTargetArn is not !GetAtt of a queue's Arn"))?;
    let count = resource.member(PROPERTY, node, "maxReceiveCount")?;
    let max_receive_count =
        count.parse().map_err(|_| resource.error(PROPERTY, "maxReceiveCount is not a number"))?;
    Ok(Some(Redrive { dead_letter_queue: dead_letter_queue.clone(), max_receive_count }))
}

/// The logical id in `!GetAtt Id.Arn`, `!GetAtt [Id, Arn]` or `Fn::GetAtt: …`.
fn queue_id(node: &Value) -> Option<&str> {
    let argument = match node {
        Value::Tagged(tagged) if tagged.tag == "GetAtt" => &tagged.value,
        other => other.get("Fn::GetAtt")?,
    };
    match argument {
        Value::String(path) => path.strip_suffix(".Arn"),
        Value::Sequence(parts) => parts.first()?.as_str(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Plan;
    use super::*;

    fn parse(properties: &str) -> Result<Plan, TemplateError> {
        let text = format!(
            "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties: {{ QueueName: q, {properties} }}\n"
        );
        Plan::parse(&text, &BTreeMap::new())
    }

    #[test]
    fn a_queue_has_its_numbers_and_its_dead_letter_queue() {
        let plan = Plan::parse(include_str!("fixture.yaml"), &BTreeMap::new()).unwrap();
        let [queue, dead_letters] = plan.queues.as_slice() else { panic!("two queues") };
        assert_eq!(queue.visibility_timeout_s, 45);
        let redrive =
            Redrive { dead_letter_queue: "timmybot-reply-deadline-dlq".into(), max_receive_count: 3 };
        assert_eq!(queue.redrive, Some(redrive));
        assert_eq!((dead_letters.retention_s, &dead_letters.redrive), (1_209_600, &None));
    }

    #[test]
    fn a_bare_queue_has_the_defaults_of_the_service() {
        assert_eq!(parse("DelaySeconds: 0").unwrap().queues, [QueuePlan::named("q")]);
    }

    #[test]
    fn what_is_not_emulated_is_refused() {
        for (properties, reason) in [
            ("FifoQueue: true", "resource Q, FifoQueue: only standard queues are emulated"),
            ("VisibilityTimeout: soon", "resource Q, VisibilityTimeout: \"soon\" is not a number in range"),
            (
                "RedrivePolicy: { deadLetterTargetArn: !GetAtt None.Arn, maxReceiveCount: 1 }",
                "resource Q, RedrivePolicy: deadLetterTargetArn is not !GetAtt of a queue's Arn",
            ),
        ] {
            assert_eq!(parse(properties).unwrap_err().to_string(), reason);
        }
    }

    #[test]
    fn the_target_is_understood_in_each_spelling() {
        for spelling in ["!GetAtt Q.Arn", "!GetAtt [Q, Arn]", "{ 'Fn::GetAtt': [Q, Arn] }"] {
            let properties =
                format!("RedrivePolicy: {{ deadLetterTargetArn: {spelling}, maxReceiveCount: 2 }}");
            let plan = parse(&properties).unwrap();
            assert_eq!(plan.queues[0].redrive.as_ref().unwrap().dead_letter_queue, "q", "{spelling}");
        }
    }
}
