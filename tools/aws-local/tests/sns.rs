//! SNS through the SDK: publishing, what queues get, what is on record.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

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
