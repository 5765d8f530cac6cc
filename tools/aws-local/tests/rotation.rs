//! Rotating a secret through the SDK, with a function that answers the four steps.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::sync::Arc;
use std::time::Duration;

use aws_local::{Data, Stack};
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata as _;
use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use aws_sdk_secretsmanager::operation::rotate_secret::{RotateSecretError, RotateSecretOutput};
use aws_sdk_secretsmanager::types::RotationRulesType;
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

const LOG_KEY: &str = "/timmybot/log-key";
const FUNCTION: &str = "timmybot-rotation";
const ONE: &str = "00000000-0000-4000-8000-000000000001";
const TWO: &str = "00000000-0000-4000-8000-000000000002";

fn client(stack: &Stack) -> Client {
    Client::new(&testkit::sdk_config(&stack.endpoint()))
}

/// A rotation function as AWS's template has it, which fails at one step if it is told to. What it was invoked with is
/// told when the step is over.
fn serve(stack: &Stack, fails_at: Option<&'static str>) -> UnboundedReceiver<Value> {
    let (heard, events) = unbounded_channel();
    let client = Arc::new(client(stack));
    stack.functions().serve(FUNCTION, move |event: Value| {
        let (client, heard) = (Arc::clone(&client), heard.clone());
        async move {
            let result = match fails_at {
                Some(step) if event["Step"] == step => Err("told to fail".to_owned()),
                _ => answer(&client, &event).await,
            };
            // A test that has heard enough has gone.
            let _ = heard.send(event);
            result.map(|()| Value::Null)
        }
    });
    events
}

async fn answer(client: &Client, event: &Value) -> Result<(), String> {
    let (id, token) = (event["SecretId"].as_str().unwrap(), event["ClientRequestToken"].as_str().unwrap());
    let described = client.describe_secret().secret_id(id).send().await.unwrap();
    let stages = described.version_ids_to_stages().unwrap();
    if !stages.get(token).ok_or("not announced")?.contains(&"AWSPENDING".to_owned()) {
        return Err("not pending".to_owned());
    }
    let pending =
        || client.get_secret_value().secret_id(id).version_id(token).version_stage("AWSPENDING").send();
    match event["Step"].as_str().unwrap() {
        "createSecret" => {
            if pending().await.is_ok() {
                return Ok(());
            }
            let put = client.put_secret_value().secret_id(id).client_request_token(token);
            put.secret_string(format!("made for {token}")).version_stages("AWSPENDING").send().await.unwrap();
        }
        "testSecret" => drop(pending().await.map_err(|error| error.to_string())?),
        "finishSecret" => {
            let current = stages.iter().find(|(_, labels)| labels.contains(&"AWSCURRENT".to_owned()));
            let call = client.update_secret_version_stage().secret_id(id).version_stage("AWSCURRENT");
            let call = call.move_to_version_id(token).remove_from_version_id(current.unwrap().0);
            call.send().await.unwrap();
        }
        _ => {}
    }
    Ok(())
}

async fn rotate(client: &Client, token: &str) -> Result<RotateSecretOutput, RotateSecretError> {
    let sent = client.rotate_secret().secret_id(LOG_KEY).client_request_token(token).send().await;
    sent.map_err(aws_sdk_secretsmanager::error::SdkError::into_service_error)
}

async fn steps(events: &mut UnboundedReceiver<Value>, count: usize) -> Vec<String> {
    let mut steps = Vec::new();
    for _ in 0..count {
        let event = tokio::time::timeout(Duration::from_secs(10), events.recv()).await.unwrap().unwrap();
        steps.push(event["Step"].as_str().unwrap().to_owned());
    }
    steps
}

/// What the secret says of itself once `holds`: what follows the last step follows at once, and not before it is heard.
async fn described(client: &Client, holds: impl Fn(&DescribeSecretOutput) -> bool) -> DescribeSecretOutput {
    let wait = async {
        loop {
            let described = client.describe_secret().secret_id(LOG_KEY).send().await.unwrap();
            if holds(&described) {
                return described;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), wait).await.unwrap()
}

async fn value(client: &Client, stage: &str) -> String {
    let get = client.get_secret_value().secret_id(LOG_KEY).version_stage(stage);
    get.send().await.unwrap().secret_string.unwrap()
}

#[tokio::test]
async fn the_templates_schedule_is_the_secrets_until_it_is_rotated() {
    let stack = common::stack(Data::Memory);
    let described = described(&client(&stack), |_| true).await;
    assert_eq!(described.rotation_enabled(), Some(true));
    let arn = "arn:aws:lambda:eu-central-1:000000000000:function:timmybot-rotation";
    assert_eq!(described.rotation_lambda_arn(), Some(arn));
    assert_eq!(described.rotation_rules().unwrap().automatically_after_days(), Some(365));
    assert_eq!(described.last_rotated_date(), None);
    let next = described.next_rotation_date().unwrap().secs();
    let days = (next - described.created_date().unwrap().secs()) / 86_400;
    assert!((365..=366).contains(&days), "{days}");
    let other = client(&stack).describe_secret().secret_id("/timmybot/bot-token").send().await.unwrap();
    assert_eq!((other.rotation_enabled(), other.next_rotation_date()), (None, None));
}

#[tokio::test]
async fn the_function_makes_the_new_version_in_four_steps() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    let mut events = serve(&stack, None);
    let before = value(&client, "AWSCURRENT").await;
    assert_eq!(rotate(&client, ONE).await.unwrap().version_id(), Some(ONE));
    assert_eq!(steps(&mut events, 4).await, ["createSecret", "setSecret", "testSecret", "finishSecret"]);
    let described = described(&client, |described| described.last_rotated_date().is_some()).await;
    assert_eq!(value(&client, "AWSCURRENT").await, format!("made for {ONE}"));
    assert_eq!(value(&client, "AWSPREVIOUS").await, before);
    assert!(described.next_rotation_date().unwrap() > described.last_rotated_date().unwrap());
}

#[tokio::test]
async fn a_rotation_that_is_repeated_with_its_token_is_done_once() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    let mut events = serve(&stack, None);
    rotate(&client, ONE).await.unwrap();
    steps(&mut events, 4).await;
    let first = described(&client, |described| described.last_rotated_date().is_some()).await;
    rotate(&client, ONE).await.unwrap();
    rotate(&client, TWO).await.unwrap();
    assert_eq!(steps(&mut events, 4).await[0], "createSecret");
    described(&client, |described| described.last_rotated_date() != first.last_rotated_date()).await;
    assert!(events.try_recv().is_err(), "the repeated one invoked nothing");
    assert_eq!(value(&client, "AWSPREVIOUS").await, format!("made for {ONE}"));
}

#[tokio::test]
async fn a_failed_rotation_keeps_its_place_until_it_is_tried_again() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    let before = value(&client, "AWSCURRENT").await;
    let mut failing = serve(&stack, Some("testSecret"));
    rotate(&client, ONE).await.unwrap();
    assert_eq!(steps(&mut failing, 3).await[2], "testSecret");
    let other = rotate(&client, TWO).await.unwrap_err();
    assert!(other.is_invalid_request_exception(), "{other:?}");
    assert_eq!(
        (value(&client, "AWSCURRENT").await, value(&client, "AWSPENDING").await),
        (before, format!("made for {ONE}"))
    );
    let mut events = serve(&stack, None);
    rotate(&client, ONE).await.unwrap();
    assert_eq!(steps(&mut events, 4).await[3], "finishSecret");
    described(&client, |described| described.last_rotated_date().is_some()).await;
    assert_eq!(value(&client, "AWSCURRENT").await, format!("made for {ONE}"));
}

#[tokio::test]
async fn an_announced_version_has_no_value_yet() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    let mut events = serve(&stack, Some("createSecret"));
    rotate(&client, ONE).await.unwrap();
    steps(&mut events, 1).await;
    let described = described(&client, |_| true).await;
    assert_eq!(described.version_ids_to_stages().unwrap()[ONE], ["AWSPENDING"]);
    let get =
        client.get_secret_value().secret_id(LOG_KEY).version_stage("AWSPENDING").send().await.unwrap_err();
    assert!(get.into_service_error().is_resource_not_found_exception());
}

#[tokio::test]
async fn a_rotation_for_later_is_only_tested() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    let mut events = serve(&stack, Some("testSecret"));
    let rules = RotationRulesType::builder().schedule_expression("rate(10 days)").build();
    let rotate =
        client.rotate_secret().secret_id(LOG_KEY).client_request_token(ONE).rotate_immediately(false);
    rotate.rotation_rules(rules).send().await.unwrap();
    assert_eq!(steps(&mut events, 1).await, ["testSecret"]);
    let described =
        described(&client, |described| !described.version_ids_to_stages().unwrap().contains_key(ONE)).await;
    assert_eq!(described.rotation_rules().unwrap().schedule_expression(), Some("rate(10 days)"));
    assert_eq!(described.last_rotated_date(), None);
}

#[tokio::test]
async fn a_secret_without_a_function_or_with_odd_rules_is_not_rotated() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    let unreachable = rotate(&client, ONE).await.unwrap_err();
    assert_eq!(unreachable.code(), Some("AccessDeniedException"), "no such function");
    let bare = client.rotate_secret().secret_id("/timmybot/bot-token").send().await.unwrap_err();
    assert!(bare.into_service_error().is_invalid_request_exception());
    let mut events = serve(&stack, None);
    let both = RotationRulesType::builder().automatically_after_days(1).schedule_expression("rate(1 day)");
    let odd =
        client.rotate_secret().secret_id(LOG_KEY).rotation_rules(both.build()).send().await.unwrap_err();
    assert!(odd.into_service_error().is_invalid_parameter_exception());
    let described = described(&client, |_| true).await;
    assert_eq!(described.rotation_rules().unwrap().automatically_after_days(), Some(365));
    assert_eq!(described.version_ids_to_stages().unwrap().len(), 1);
    assert!(events.try_recv().is_err());
}

#[tokio::test]
async fn when_it_was_rotated_survives_a_restart_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let data = Data::Dir(folder.path().to_owned());
    let stack = common::stack(data.clone());
    let mut events = serve(&stack, None);
    rotate(&client(&stack), ONE).await.unwrap();
    steps(&mut events, 4).await;
    let before = described(&client(&stack), |described| described.last_rotated_date().is_some()).await;
    stack.shutdown();
    let stack = common::stack(data);
    let after = described(&client(&stack), |_| true).await;
    assert_eq!(after.last_rotated_date(), before.last_rotated_date());
    assert_eq!(value(&client(&stack), "AWSCURRENT").await, format!("made for {ONE}"));
}
