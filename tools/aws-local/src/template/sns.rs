//! `AWS::SNS::Topic` and `AWS::SNS::Subscription`.

use serde_yaml_ng::Value;

use super::{Resource, TemplateError};

/// A topic to create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicPlan {
    /// Its name, resolved.
    pub name: String,
    /// `KmsMasterKeyId`, resolved.
    pub kms_key: Option<String>,
    /// Who is told: first those that the topic itself names, then the others by logical id.
    pub subscriptions: Vec<SubscriptionPlan>,
}

/// A subscription to a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionPlan {
    /// How its endpoint is told.
    pub protocol: Protocol,
    /// An ARN or an address, as the protocol has it.
    pub endpoint: String,
    /// `RawMessageDelivery`: the message alone, without its envelope (default false).
    pub raw: bool,
}

/// How an endpoint is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Into a queue; the endpoint is its ARN.
    Sqs,
    /// By invoking a function; the endpoint is its ARN.
    Lambda,
    /// By mail; kept on record only.
    Email,
}

impl TopicPlan {
    pub(super) fn read(resource: &Resource<'_>, all: &[Resource<'_>]) -> Result<Self, TemplateError> {
        if resource.flag("FifoTopic")? == Some(true) {
            return Err(resource.error("FifoTopic", "only standard topics are emulated"));
        }
        let own = resource.list("Subscription")?.iter().map(|node| inline(resource, node));
        let mut subscriptions = own.collect::<Result<Vec<_>, _>>()?;
        for other in all.iter().filter(|other| other.kind == "AWS::SNS::Subscription") {
            if refers_to(other, resource.id) {
                subscriptions.push(SubscriptionPlan::read(other)?);
            }
        }
        for function in all.iter().filter(|other| other.kind == "AWS::Serverless::Function") {
            subscriptions.extend(of_function(function, resource.id)?);
        }
        Ok(Self {
            name: resource.required_text("TopicName")?,
            kms_key: resource.text("KmsMasterKeyId")?,
            subscriptions,
        })
    }
}

impl SubscriptionPlan {
    fn read(resource: &Resource<'_>) -> Result<Self, TemplateError> {
        // A filter that is read past would deliver what the cloud does not.
        resource.refuse("FilterPolicy")?;
        let endpoint = resource.required_text("Endpoint")?;
        let protocol = protocol(resource, "Protocol", &resource.required_text("Protocol")?)?;
        let raw = resource.flag("RawMessageDelivery")?.unwrap_or(false);
        checked(resource, "Endpoint", Self { protocol, endpoint, raw })
    }
}

/// The subscriptions to a topic that SAM makes of a function's `Events`.
fn of_function(function: &Resource<'_>, topic: &str) -> Result<Vec<SubscriptionPlan>, TemplateError> {
    let events = function.get("Events").and_then(Value::as_mapping).into_iter().flatten();
    let mut subscriptions = Vec::new();
    for (_, event) in events.filter(|(_, event)| event.get("Type").and_then(Value::as_str) == Some("SNS")) {
        let properties = event.get("Properties").unwrap_or(&Value::Null);
        let arn = function.member("Events", properties, "Topic")?;
        if function.parameters.get(topic) != Some(&arn) {
            continue;
        }
        if properties.get("FilterPolicy").is_some() {
            return Err(function.error("Events", "FilterPolicy is not emulated"));
        }
        let endpoint = function.parameters.get(&format!("{}.Arn", function.id));
        let endpoint = endpoint.ok_or_else(|| function.error("FunctionName", "is missing"))?.to_owned();
        subscriptions.push(SubscriptionPlan { protocol: Protocol::Lambda, endpoint, raw: false });
    }
    Ok(subscriptions)
}

/// An item of a topic's `Subscription`.
fn inline(resource: &Resource<'_>, node: &Value) -> Result<SubscriptionPlan, TemplateError> {
    const PROPERTY: &str = "Subscription";
    let protocol = protocol(resource, PROPERTY, &resource.member(PROPERTY, node, "Protocol")?)?;
    let endpoint = resource.member(PROPERTY, node, "Endpoint")?;
    checked(resource, PROPERTY, SubscriptionPlan { protocol, endpoint, raw: false })
}

fn protocol(resource: &Resource<'_>, property: &str, text: &str) -> Result<Protocol, TemplateError> {
    match text {
        "sqs" => Ok(Protocol::Sqs),
        "lambda" => Ok(Protocol::Lambda),
        "email" | "email-json" => Ok(Protocol::Email),
        other => Err(resource.error(property, &format!("the protocol {other:?} is not emulated"))),
    }
}

/// What a queue would never get is refused while somebody looks.
fn checked(
    resource: &Resource<'_>,
    property: &str,
    plan: SubscriptionPlan,
) -> Result<SubscriptionPlan, TemplateError> {
    if plan.protocol == Protocol::Sqs && !plan.endpoint.starts_with("arn:aws:sqs:") {
        return Err(resource.error(property, "is not the ARN of a queue"));
    }
    Ok(plan)
}

/// Whether the subscription's `TopicArn` is this topic's.
fn refers_to(subscription: &Resource<'_>, topic: &str) -> bool {
    let arn = subscription.text("TopicArn").ok().flatten();
    arn.is_some() && arn.as_deref() == subscription.parameters.get(topic)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::Plan;
    use super::*;

    fn parse(topic: &str, subscription: &str) -> Result<Plan, TemplateError> {
        let text = format!(
            "Resources:\n  Q: {{ Type: 'AWS::SQS::Queue', Properties: {{ QueueName: q }} }}\n  \
             Other: {{ Type: 'AWS::SNS::Topic', Properties: {{ TopicName: o }} }}\n  \
             T: {{ Type: 'AWS::SNS::Topic', Properties: {{ TopicName: t, {topic} }} }}\n  \
             S: {{ Type: 'AWS::SNS::Subscription', Properties: {{ TopicArn: !Ref T, {subscription} }} }}\n"
        );
        Plan::parse(&text, &BTreeMap::new())
    }

    #[test]
    fn a_topic_has_its_own_subscriptions_and_those_that_name_it() {
        let mail = "Subscription: [{ Protocol: email, Endpoint: ops@example.org }], KmsMasterKeyId: k";
        let plan = parse(mail, "Protocol: sqs, Endpoint: !GetAtt Q.Arn, RawMessageDelivery: true").unwrap();
        let [other, topic] = plan.topics.as_slice() else { panic!("two topics") };
        assert_eq!((other.name.as_str(), other.subscriptions.len()), ("o", 0));
        let mail =
            SubscriptionPlan { protocol: Protocol::Email, endpoint: "ops@example.org".into(), raw: false };
        let queue = SubscriptionPlan {
            protocol: Protocol::Sqs,
            endpoint: "arn:aws:sqs:eu-central-1:000000000000:q".into(),
            raw: true,
        };
        assert_eq!(topic.subscriptions, [mail, queue]);
        assert_eq!(topic.kms_key.as_deref(), Some("k"));
    }

    #[test]
    fn a_functions_event_is_a_subscription() {
        let text = "
Resources:
  T: { Type: 'AWS::SNS::Topic', Properties: { TopicName: t } }
  Other: { Type: 'AWS::SNS::Topic', Properties: { TopicName: o } }
  F:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: f
      Events:
        Alarm: { Type: SNS, Properties: { Topic: !Ref T } }
        Order: { Type: SQS, Properties: { Queue: q } }
";
        let plan = Plan::parse(text, &BTreeMap::new()).unwrap();
        let endpoint = "arn:aws:lambda:eu-central-1:000000000000:function:f".to_owned();
        let expected = SubscriptionPlan { protocol: Protocol::Lambda, endpoint, raw: false };
        assert_eq!(
            (&plan.topics[0].subscriptions, &plan.topics[1].subscriptions),
            (&vec![], &vec![expected])
        );
        for (from, to) in [
            ("Topic: !Ref T", "Topic: !Ref T, FilterPolicy: { a: [b] }"),
            ("Topic: !Ref T", "Other: !Ref T"),
            ("FunctionName: f", "Handler: f"),
        ] {
            assert!(Plan::parse(&text.replace(from, to), &BTreeMap::new()).is_err(), "{to}");
        }
    }

    #[test]
    fn what_is_not_emulated_is_refused() {
        let good = "Protocol: lambda, Endpoint: f";
        assert!(parse("", good).is_ok());
        for (topic, subscription) in [
            ("FifoTopic: true", good),
            ("Subscription: [{ Protocol: sms, Endpoint: e }]", good),
            ("Subscription: [{ Protocol: sqs, Endpoint: q }]", good),
            ("", "Protocol: https, Endpoint: e"),
            ("", "Protocol: sqs, Endpoint: q"),
            ("", "Protocol: sqs"),
            ("", "Protocol: lambda, Endpoint: f, FilterPolicy: { a: [b] }"),
            ("", "Protocol: lambda, Endpoint: f, RawMessageDelivery: maybe"),
        ] {
            assert!(parse(topic, subscription).is_err(), "{topic} {subscription}");
        }
    }
}
