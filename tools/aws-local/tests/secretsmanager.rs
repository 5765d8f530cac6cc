//! Secrets Manager through the SDK.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use aws_local::{Data, Stack};
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata as _;

const TOKEN: &str = "00000000-0000-4000-8000-000000000001";
const LOG_KEY: &str = "/timmybot/log-key";

fn client(stack: &Stack) -> Client {
    Client::new(&testkit::sdk_config(&stack.endpoint()))
}

async fn value(client: &Client, id: &str) -> String {
    client.get_secret_value().secret_id(id).send().await.unwrap().secret_string.unwrap()
}

#[tokio::test]
async fn the_templates_secrets_are_there_generated_anew_for_each_stack() {
    let (one, other) = (common::stack(Data::Memory), common::stack(Data::Memory));
    let key = value(&client(&one), LOG_KEY).await;
    assert_eq!(key.len(), 64);
    assert!(key.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{key}");
    assert_ne!(key, value(&client(&other), LOG_KEY).await);
    let document: serde_json::Value =
        serde_json::from_str(&value(&client(&one), "/timmybot/custom-id-key").await).unwrap();
    assert_eq!(document["kid"], "k1");
}

#[tokio::test]
async fn secrets_survive_a_restart_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let data = Data::Dir(folder.path().to_owned());
    let stack = common::stack(data.clone());
    let before = value(&client(&stack), LOG_KEY).await;
    stack.shutdown();
    assert_eq!(value(&client(&common::stack(data)), LOG_KEY).await, before);
}

#[tokio::test]
async fn a_secret_without_a_value_is_not_found_until_it_gets_one() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    let get = client.get_secret_value().secret_id("/timmybot/bot-token").send().await;
    assert!(get.unwrap_err().into_service_error().is_resource_not_found_exception());
    let put = client.put_secret_value().secret_id("/timmybot/bot-token").secret_string("t");
    assert_eq!(put.send().await.unwrap().version_stages(), ["AWSCURRENT"]);
    assert_eq!(value(&client, "/timmybot/bot-token").await, "t");
}

#[tokio::test]
async fn creating_twice_with_one_token_is_once_and_anything_else_exists_already() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    let create = |token: &str, value: &str| {
        client.create_secret().name("/new").client_request_token(token).secret_string(value).send()
    };
    let first = create(TOKEN, "v").await.unwrap();
    let again = create(TOKEN, "v").await.unwrap();
    assert_eq!((first.arn(), first.version_id()), (again.arn(), Some(TOKEN)));
    for (token, value) in [(TOKEN, "w"), ("00000000-0000-4000-8000-000000000002", "v")] {
        let error = create(token, value).await.unwrap_err().into_service_error();
        assert!(error.is_resource_exists_exception(), "{error:?}");
    }
    assert_eq!(value(&client, first.arn().unwrap()).await, "v");
}

#[tokio::test]
async fn a_put_with_a_token_is_done_once_and_its_version_never_changes() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    let put = |value: &str| {
        client.put_secret_value().secret_id(LOG_KEY).client_request_token(TOKEN).secret_string(value).send()
    };
    put("v").await.unwrap();
    assert_eq!(put("v").await.unwrap().version_id(), Some(TOKEN));
    assert!(put("w").await.unwrap_err().into_service_error().is_resource_exists_exception());
    assert_eq!(value(&client, LOG_KEY).await, "v");
}

#[tokio::test]
async fn labels_say_which_version_is_read() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    let first = value(&client, LOG_KEY).await;
    client.put_secret_value().secret_id(LOG_KEY).secret_string("second").send().await.unwrap();
    let pending =
        client.put_secret_value().secret_id(LOG_KEY).secret_string("third").version_stages("AWSPENDING");
    let pending = pending.send().await.unwrap();
    for (stage, expected) in [("AWSCURRENT", "second"), ("AWSPREVIOUS", &first), ("AWSPENDING", "third")] {
        let get = client.get_secret_value().secret_id(LOG_KEY).version_stage(stage).send().await.unwrap();
        assert_eq!(get.secret_string(), Some(expected), "{stage}");
    }
    let get = client.get_secret_value().secret_id(LOG_KEY).version_id(pending.version_id().unwrap());
    let error = get.version_stage("AWSCURRENT").send().await.unwrap_err().into_service_error();
    assert!(error.is_invalid_request_exception(), "{error:?}");
    let stages =
        client.describe_secret().secret_id(LOG_KEY).send().await.unwrap().version_ids_to_stages.unwrap();
    assert_eq!(stages.len(), 3);
    let versions = client.list_secret_version_ids().secret_id(LOG_KEY).send().await.unwrap();
    assert_eq!(versions.versions().len(), 3);
}

#[tokio::test]
async fn refusals_are_the_documented_ones() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    let unknown = client.get_secret_value().secret_id("/none").send().await.unwrap_err().into_service_error();
    assert!(unknown.is_resource_not_found_exception(), "{unknown:?}");
    let get = client.get_secret_value().secret_id(LOG_KEY).version_stage("NONE").send().await;
    assert!(get.unwrap_err().into_service_error().is_resource_not_found_exception());
    let name = client.create_secret().name("a b").secret_string("x").send().await;
    assert!(name.unwrap_err().into_service_error().is_invalid_parameter_exception());
    let put = client.put_secret_value().secret_id(LOG_KEY).secret_string("x".repeat(65_537)).send().await;
    assert_eq!(put.unwrap_err().code(), Some("ValidationException"));
    let exact = client.put_secret_value().secret_id(LOG_KEY).secret_string("x".repeat(65_536)).send().await;
    assert!(exact.is_ok());
}

#[tokio::test]
async fn a_label_moves_from_the_version_that_has_it_and_from_no_other() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    let tag = aws_sdk_secretsmanager::types::Tag::builder().key("app").value("timmybot").build();
    let create = client.create_secret().name("/moved").client_request_token(TOKEN).secret_string("one");
    create.kms_key_id("alias/tokens").tags(tag).send().await.unwrap();
    let next = "00000000-0000-4000-8000-000000000002";
    let put = client.put_secret_value().secret_id("/moved").client_request_token(next);
    put.version_stages("AWSPENDING").secret_string("two").send().await.unwrap();
    assert_eq!(value(&client, "/moved").await, "one");
    let promote = || {
        let call = client.update_secret_version_stage().secret_id("/moved").version_stage("AWSCURRENT");
        call.move_to_version_id(next).remove_from_version_id(TOKEN).send()
    };
    promote().await.unwrap();
    assert_eq!(value(&client, "/moved").await, "two");
    let refused = promote().await.unwrap_err().into_service_error();
    assert!(refused.is_invalid_parameter_exception(), "{refused:?}");
    let described = client.describe_secret().secret_id("/moved").send().await.unwrap();
    assert_eq!(described.kms_key_id(), Some("alias/tokens"));
    assert_eq!(described.tags()[0].value(), Some("timmybot"));
    assert_eq!(described.version_ids_to_stages().unwrap()[TOKEN], ["AWSPREVIOUS"]);
    let drop_old = client.update_secret_version_stage().secret_id("/moved").version_stage("AWSPREVIOUS");
    drop_old.remove_from_version_id(TOKEN).send().await.unwrap();
    let described = client.describe_secret().secret_id("/moved").send().await.unwrap();
    assert!(!described.version_ids_to_stages().unwrap().contains_key(TOKEN));
}

#[tokio::test]
async fn a_fault_hits_the_calls_that_were_named() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    let put = |value: &str| client.put_secret_value().secret_id(LOG_KEY).secret_string(value).send();
    stack.fault_next("PutSecretValue", aws_local::Fault::Status500, 1);
    stack.fault_next("PutSecretValue", aws_local::Fault::AnswerLost, 1);
    assert!(put("nothing was done").await.unwrap_err().into_service_error().is_internal_service_error());
    assert_ne!(value(&client, LOG_KEY).await, "nothing was done");
    assert!(put("done").await.is_err());
    assert_eq!(value(&client, LOG_KEY).await, "done");
    put("well again").await.unwrap();
}
