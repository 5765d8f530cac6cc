//! SNS through the SDK: publishing, what queues get, what is on record.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_local::cloudwatch::State;
use aws_local::template::Plan;
use aws_local::{Data, Fault, Stack};
use aws_sdk_sns::Client;
use aws_sdk_sns::error::ProvideErrorMetadata as _;
use aws_sdk_sns::operation::publish::{PublishError, PublishOutput};
use aws_sdk_sns::primitives::Blob;
use aws_sdk_sns::types::{MessageAttributeValue, Topic};
use serde_json::Value;

const TOPIC: &str = "timmybot-alerts";
const ARN: &str = "arn:aws:sns:eu-central-1:000000000000:timmybot-alerts";

fn client(stack: &Stack) -> Client {
    Client::new(&testkit::sdk_config(&stack.endpoint()))
}

fn attribute(kind: &str, value: &str) -> MessageAttributeValue {
    MessageAttributeValue::builder().data_type(kind).string_value(value).build().unwrap()
}

async fn publish(client: &Client, arn: &str, message: &str) -> Result<PublishOutput, PublishError> {
    let sent = client.publish().topic_arn(arn).message(message).send().await;
    sent.map_err(aws_sdk_sns::error::SdkError::into_service_error)
}

/// The bodies that a queue holds.
async fn received(stack: &Stack, queue: &str) -> Vec<String> {
    let client = aws_sdk_sqs::Client::new(&testkit::sdk_config(&stack.endpoint()));
    let url = client.get_queue_url().queue_name(queue).send().await.unwrap().queue_url.unwrap();
    let messages = client.receive_message().queue_url(url).max_number_of_messages(10).send().await.unwrap();
    messages.messages.unwrap_or_default().into_iter().map(|message| message.body.unwrap()).collect()
}

#[tokio::test]
async fn a_message_is_on_record_and_in_the_queues_that_subscribed() {
    let stack = common::stack(Data::Memory);
    let publish =
        client(&stack).publish().topic_arn(ARN).subject("P1: refusals").message("{\"type\":\"x\"} é");
    let publish = publish.message_attributes("severity", attribute("String", "P1"));
    let id = publish.send().await.unwrap().message_id.unwrap();
    let [published] = <[_; 1]>::try_from(stack.published(TOPIC)).unwrap();
    assert_eq!((published.message_id.as_str(), published.topic_arn.as_str()), (id.as_str(), ARN));
    assert_eq!(published.subject.as_deref(), Some("P1: refusals"));
    assert_eq!(published.message, "{\"type\":\"x\"} é");
    assert_eq!(published.attributes["severity"].value, "P1");
    let [envelope] = <[_; 1]>::try_from(received(&stack, "timmybot-reply-deadline").await).unwrap();
    let envelope: Value = serde_json::from_str(&envelope).unwrap();
    assert_eq!((&envelope["Type"], &envelope["MessageId"]), (&"Notification".into(), &id.into()));
    assert_eq!((&envelope["TopicArn"], &envelope["Subject"]), (&ARN.into(), &"P1: refusals".into()));
    assert_eq!(envelope["Message"], "{\"type\":\"x\"} é");
    assert_eq!(envelope["MessageAttributes"]["severity"]["Value"], "P1");
    assert_eq!(received(&stack, "timmybot-reply-deadline-dlq").await, ["{\"type\":\"x\"} é"], "the raw one");
}

#[tokio::test]
async fn what_was_published_is_in_its_order_and_of_its_topic() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    for message in ["one", "two"] {
        publish(&client, ARN, message).await.unwrap();
    }
    let messages: Vec<String> = stack.published(TOPIC).into_iter().map(|one| one.message).collect();
    assert_eq!(messages, ["one", "two"]);
    assert!(stack.published("other").is_empty());
}

#[tokio::test]
async fn the_topic_is_listed_and_tells_its_key() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    let topics = client.list_topics().send().await.unwrap();
    assert_eq!(topics.topics().iter().filter_map(Topic::topic_arn).collect::<Vec<_>>(), [ARN]);
    let attributes = client.get_topic_attributes().topic_arn(ARN).send().await.unwrap().attributes.unwrap();
    assert_eq!(attributes["TopicArn"], ARN);
    assert_eq!(attributes["KmsMasterKeyId"].len(), 36);
    assert_eq!(
        (attributes["SubscriptionsConfirmed"].as_str(), attributes["SubscriptionsPending"].as_str()),
        ("2", "1")
    );
}

#[tokio::test]
async fn the_greatest_message_goes_through_and_a_greater_one_does_not() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    publish(&client, ARN, &"&".repeat(262_144)).await.unwrap();
    let refused = publish(&client, ARN, &"&".repeat(262_145)).await.unwrap_err();
    assert!(refused.is_invalid_parameter_exception(), "{refused:?}");
    assert_eq!(stack.published(TOPIC).len(), 1);
}

#[tokio::test]
async fn refusals_are_the_documented_ones() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    let unknown = publish(&client, "arn:aws:sns:eu-central-1:000000000000:none", "m").await.unwrap_err();
    assert!(unknown.is_not_found_exception(), "{unknown:?}");
    assert_eq!(unknown.message(), Some("Topic does not exist"));
    for (arn, message) in [("none", "m"), (ARN, "")] {
        let refused = publish(&client, arn, message).await.unwrap_err();
        assert!(refused.is_invalid_parameter_exception(), "{refused:?}");
    }
    for subject in ["two\nlines", "é", &"x".repeat(101)] {
        let refused = client.publish().topic_arn(ARN).message("m").subject(subject).send().await.unwrap_err();
        assert!(refused.into_service_error().is_invalid_parameter_exception(), "{subject}");
    }
    let attribute = MessageAttributeValue::builder().data_type("Text").string_value("v").build().unwrap();
    let odd = client.publish().topic_arn(ARN).message("m").message_attributes("a", attribute);
    let odd = odd.send().await.unwrap_err().into_service_error();
    assert!(odd.is_invalid_parameter_value_exception(), "{odd:?}");
    let unknown = client.get_topic_attributes().topic_arn(format!("{ARN}2")).send().await.unwrap_err();
    assert!(unknown.into_service_error().is_not_found_exception());
    let create = client.create_topic().name("new").send().await.unwrap_err().into_service_error();
    assert_eq!(create.code(), Some("InvalidAction"));
    assert!(stack.published(TOPIC).is_empty());
}

#[tokio::test]
async fn binary_attributes_are_kept_as_they_came() {
    let stack = common::stack(Data::Memory);
    let attribute = MessageAttributeValue::builder().data_type("Binary").binary_value(Blob::new([0, 1, 2]));
    let publish = client(&stack).publish().topic_arn(ARN).message("m");
    publish.message_attributes("b", attribute.build().unwrap()).send().await.unwrap();
    assert_eq!(stack.published(TOPIC)[0].attributes["b"].value, "AAEC");
}

#[tokio::test]
async fn a_fault_hits_the_calls_that_were_named() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    for (fault, code, published) in [
        (Fault::Status500, "InternalError", 0),
        (Fault::Throttle, "Throttled", 0),
        (Fault::AccessDenied, "AuthorizationError", 0),
        (Fault::AnswerLost, "InternalError", 1),
    ] {
        stack.fault_next("Publish", fault, 1);
        assert_eq!(publish(&client, ARN, "m").await.unwrap_err().code(), Some(code), "{fault:?}");
        assert_eq!(stack.published(TOPIC).len(), published, "{fault:?}");
    }
    publish(&client, ARN, "well again").await.unwrap();
}

#[tokio::test]
async fn calls_are_remembered_with_their_topic() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    stack.record_calls();
    publish(&client, ARN, "m").await.unwrap();
    client.list_topics().send().await.unwrap();
    let needs = stack.take_calls().into_iter().flat_map(|call| call.needs);
    let needs: Vec<(String, String)> = needs.map(|need| (need.action, need.resource)).collect();
    let expected = [("sns:Publish", "topic/timmybot-alerts"), ("sns:ListTopics", "*")];
    assert_eq!(needs, expected.map(|(action, resource)| (action.to_owned(), resource.to_owned())));
}

/// A topic with a function, as SAM subscribes it.
const HEARD: &str = "
Resources:
  T: { Type: 'AWS::SNS::Topic', Properties: { TopicName: t } }
  F:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: f, Events: { Alarm: { Type: SNS, Properties: { Topic: !Ref T } } } }
";

#[tokio::test]
async fn a_function_that_subscribed_is_invoked_until_it_takes_it() {
    let plan = Plan::parse(HEARD, &BTreeMap::new()).unwrap();
    let stack = Stack::start_plan(&plan, &Data::Memory, 0).unwrap();
    stack.functions().retry_after([Duration::ZERO; 2]);
    let (heard, mut events) = tokio::sync::mpsc::unbounded_channel();
    let failed = AtomicBool::new(false);
    stack.functions().serve("f", move |event| {
        heard.send(event).unwrap();
        let first = !failed.swap(true, Ordering::SeqCst);
        async move { if first { Err("not now".to_owned()) } else { Ok(Value::Null) } }
    });
    let arn = "arn:aws:sns:eu-central-1:000000000000:t";
    let id = publish(&client(&stack), arn, "{}").await.unwrap().message_id.unwrap();
    let mut next = async || {
        let waited = tokio::time::timeout(Duration::from_secs(10), events.recv()).await;
        waited.unwrap().unwrap()
    };
    let (first, second) = (next().await, next().await);
    assert_eq!(first, second, "the same once more");
    let record = &first["Records"][0];
    assert_eq!((&record["EventSource"], &record["Sns"]["MessageId"]), (&"aws:sns".into(), &id.into()));
    assert_eq!((&record["Sns"]["TopicArn"], &record["Sns"]["Message"]), (&arn.into(), &"{}".into()));
}

/// Tried three times, then put aside where the template says, with what it was about.
#[tokio::test]
async fn what_a_function_never_takes_is_put_aside() {
    let queue = "
  Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: q } }
";
    let config =
        "EventInvokeConfig: { DestinationConfig: { OnFailure: { Destination: !GetAtt Q.Arn } } }, Events:";
    let text = HEARD.replace("Events:", config) + queue;
    let plan = Plan::parse(&text, &BTreeMap::new()).unwrap();
    let stack = Stack::start_plan(&plan, &Data::Memory, 0).unwrap();
    stack.functions().retry_after([Duration::ZERO; 2]);
    stack.functions().serve("f", |_| async { Err("never".to_owned()) });
    publish(&client(&stack), "arn:aws:sns:eu-central-1:000000000000:t", "{}").await.unwrap();
    let client = aws_sdk_sqs::Client::new(&testkit::sdk_config(&stack.endpoint()));
    let url = client.get_queue_url().queue_name("q").send().await.unwrap().queue_url.unwrap();
    let letters = client.receive_message().queue_url(url).wait_time_seconds(10).send().await.unwrap();
    let letters = letters.messages.unwrap();
    let letter: Value = serde_json::from_str(letters[0].body.as_ref().unwrap()).unwrap();
    assert_eq!(letter["requestPayload"]["Records"][0]["Sns"]["Message"], "{}");
    assert_eq!(letter["responsePayload"]["errorMessage"], "never");
    assert_eq!((letters.len(), &letter["requestContext"]["approximateInvokeCount"]), (1, &3.into()));
}

/// An alarm of the template that goes off is heard by the function that subscribed to its topic.
#[tokio::test]
async fn an_alarm_that_goes_off_is_heard_by_the_function() {
    let alarm = "
  A:
    Type: AWS::CloudWatch::Alarm
    Properties:
      { AlarmName: a, Namespace: N, MetricName: m, Statistic: Sum, Period: 60, EvaluationPeriods: 1, Threshold: 0,
        ComparisonOperator: GreaterThanThreshold, TreatMissingData: notBreaching, AlarmActions: [!Ref T] }
";
    let plan = Plan::parse(&format!("{HEARD}{alarm}"), &BTreeMap::new()).unwrap();
    let stack = Stack::start_plan(&plan, &Data::Memory, 0).unwrap();
    let (heard, mut events) = tokio::sync::mpsc::unbounded_channel();
    stack.functions().serve("f", move |event| {
        heard.send(event).unwrap();
        async { Ok(Value::Null) }
    });
    let now = "2026-11-23T16:00:00Z".parse::<jiff::Timestamp>().unwrap();
    let line = serde_json::json!({
        "_aws": { "Timestamp": now.as_millisecond(), "CloudWatchMetrics": [{
            "Namespace": "N", "Dimensions": [[]], "Metrics": [{ "Name": "m" }],
        }] },
        "m": 1,
    });
    stack.cloudwatch().hear(&line.to_string());
    assert_eq!(stack.cloudwatch().evaluate(now)[0].to, State::Alarm);
    let event: Value = tokio::time::timeout(Duration::from_secs(10), events.recv()).await.unwrap().unwrap();
    let told: Value = serde_json::from_str(event["Records"][0]["Sns"]["Message"].as_str().unwrap()).unwrap();
    assert_eq!((&told["AlarmName"], &told["NewStateValue"]), (&"a".into(), &"ALARM".into()));
    assert_eq!(event["Records"][0]["Sns"]["Subject"], "ALARM: \"a\" in EU (Frankfurt)");
    assert_eq!(stack.published("t").len(), 1);
}
