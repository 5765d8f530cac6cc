//! `DynamoDB` through the SDK: the semantics that our stores stand on, and the faults.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::time::Duration;

use aws_local::{Data, Fault, Stack};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata as _;
use aws_sdk_dynamodb::types::{
    AttributeValue as Value, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};

const TABLE: &str = "timmybot-guild-queues";

fn client(stack: &Stack) -> Client {
    Client::new(&testkit::sdk_config(&stack.endpoint()))
}

fn s(text: &str) -> Value {
    Value::S(text.to_owned())
}

async fn put(client: &Client, sk: &str, n: i64) {
    let put = client.put_item().table_name(TABLE).item("guild", s("1")).item("sk", s(sk));
    put.item("n", Value::N(n.to_string())).send().await.unwrap();
}

async fn count(client: &Client, sk: &str) -> Option<String> {
    let get = client.get_item().table_name(TABLE).key("guild", s("1")).key("sk", s(sk)).consistent_read(true);
    let item = get.send().await.unwrap().item?;
    item["n"].as_n().ok().cloned()
}

async fn add_below(client: Client, bound: u32) -> bool {
    let update = client
        .update_item()
        .table_name(TABLE)
        .key("guild", s("1"))
        .key("sk", s("bounded"))
        .update_expression("ADD n :one")
        .condition_expression("attribute_not_exists(n) OR n < :bound")
        .expression_attribute_values(":one", Value::N("1".into()))
        .expression_attribute_values(":bound", Value::N(bound.to_string()));
    match update.send().await {
        Ok(_) => true,
        Err(error) => {
            assert!(error.into_service_error().is_conditional_check_failed_exception());
            false
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_200_concurrent_bounded_updates_exactly_10_are_admitted() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    let tasks: Vec<_> = (0..200).map(|_| tokio::spawn(add_below(client.clone(), 10))).collect();
    let mut admitted = 0;
    for task in tasks {
        admitted += usize::from(task.await.unwrap());
    }
    assert_eq!(admitted, 10);
    assert_eq!(count(&client, "bounded").await.as_deref(), Some("10"));
}

#[tokio::test]
async fn a_cancelled_transaction_says_which_item_and_why_and_writes_nothing() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    put(&client, "taken", 1).await;
    let item = |sk: &str| {
        let put = Put::builder().table_name(TABLE).item("guild", s("1")).item("sk", s(sk));
        let put = put
            .condition_expression("attribute_not_exists(sk)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        TransactWriteItem::builder().put(put.build().unwrap()).build()
    };
    let result =
        client.transact_write_items().transact_items(item("free")).transact_items(item("taken")).send();
    let error = result.await.unwrap_err().into_service_error();
    let aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(
        cancelled,
    ) = error
    else {
        panic!("cancelled, not {error:?}")
    };
    let codes: Vec<_> =
        cancelled.cancellation_reasons().iter().map(|reason| reason.code().unwrap()).collect();
    assert_eq!(codes, ["None", "ConditionalCheckFailed"]);
    assert_eq!(cancelled.cancellation_reasons()[1].item().unwrap()["n"], Value::N("1".into()));
    assert_eq!(count(&client, "free").await, None);
}

#[tokio::test]
async fn a_failed_condition_returns_the_row_that_stood_in_the_way() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    put(&client, "row", 7).await;
    let again = client.put_item().table_name(TABLE).item("guild", s("1")).item("sk", s("row"));
    let again = again
        .condition_expression("attribute_not_exists(sk)")
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    let error = again.send().await.unwrap_err().into_service_error();
    let aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException(failed) = error
    else {
        panic!("a failed condition, not {error:?}")
    };
    assert_eq!(failed.item().unwrap()["n"], Value::N("7".into()));
}

#[tokio::test]
async fn an_index_is_queried_in_order() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    for (guild, updated_at) in [("1", "2026-01-02"), ("2", "2026-01-01"), ("3", "2026-01-03")] {
        let put = client
            .put_item()
            .table_name("timmybot-guild-access")
            .item("guild", s(guild))
            .item("sk", s("access"));
        put.item("status", s("pending")).item("updated_at", s(updated_at)).send().await.unwrap();
    }
    let query = client
        .query()
        .table_name("timmybot-guild-access")
        .index_name("by-status")
        .key_condition_expression("#s = :pending")
        .expression_attribute_names("#s", "status")
        .expression_attribute_values(":pending", s("pending"));
    let items = query.send().await.unwrap().items.unwrap();
    let guilds: Vec<_> = items.iter().map(|item| item["guild"].as_s().unwrap().as_str()).collect();
    assert_eq!(guilds, ["2", "1", "3"]);
}

#[tokio::test]
async fn contents_survive_a_restart_on_disk_and_the_tables_are_not_made_twice() {
    let folder = tempfile::tempdir().unwrap();
    let data = Data::Dir(folder.path().join("data"));
    let stack = common::stack(data.clone());
    put(&client(&stack), "kept", 3).await;
    stack.shutdown();
    let stack = common::stack(data);
    assert_eq!(count(&client(&stack), "kept").await.as_deref(), Some("3"));
}

#[test]
fn a_table_on_disk_whose_keys_differ_from_the_template_is_refused() {
    use aws_local::template::Plan;
    let folder = tempfile::tempdir().unwrap();
    let data = Data::Dir(folder.path().to_owned());
    drop(common::stack(data.clone()));
    let changed =
        include_str!("../src/template/fixture.yaml").replace("AttributeName: seq", "AttributeName: number");
    let plan = Plan::parse(&changed, &std::collections::BTreeMap::new()).unwrap();
    let error = Stack::start_plan(&plan, &data, 0).unwrap_err().to_string();
    assert!(error.starts_with("the table timmybot-audit on disk differs"), "{error}");
}

#[tokio::test]
async fn the_ttl_attribute_is_set() {
    let stack = common::stack(Data::Memory);
    let answer = client(&stack).describe_time_to_live().table_name(TABLE).send().await.unwrap();
    let ttl = answer.time_to_live_description.unwrap();
    assert_eq!(ttl.attribute_name(), Some("expires_at"));
    assert_eq!(
        ttl.time_to_live_status().map(aws_sdk_dynamodb::types::TimeToLiveStatus::as_str),
        Some("ENABLED")
    );
}

#[tokio::test]
async fn refusals_reach_the_sdk_with_their_codes_and_end_when_taken_back() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    for (fault, code) in [
        (Fault::Status500, "InternalServerError"),
        (Fault::Throttle, "ProvisionedThroughputExceededException"),
        (Fault::AccessDenied, "AccessDeniedException"),
    ] {
        stack.set_fault(fault);
        let get = client.get_item().table_name(TABLE).key("guild", s("1")).key("sk", s("x"));
        assert_eq!(get.send().await.unwrap_err().code(), Some(code));
    }
    stack.set_fault(Fault::None);
    assert_eq!(count(&client, "x").await, None);
}

#[tokio::test]
async fn a_lost_answer_means_done_and_a_500() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    stack.fault_next("PutItem", Fault::AnswerLost, 1);
    let put = client.put_item().table_name(TABLE).item("guild", s("1")).item("sk", s("lost"));
    let error = put.item("n", Value::N("1".into())).send().await.unwrap_err();
    assert_eq!(error.code(), Some("InternalServerError"));
    assert_eq!(count(&client, "lost").await.as_deref(), Some("1"));
}

#[tokio::test]
async fn a_transaction_conflict_names_the_first_item() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    stack.fault_next("TransactWriteItems", Fault::TransactionConflict, 1);
    let update = |sk: &str| {
        let update = Update::builder().table_name(TABLE).key("guild", s("1")).key("sk", s(sk));
        let update =
            update.update_expression("ADD n :one").expression_attribute_values(":one", Value::N("1".into()));
        TransactWriteItem::builder().update(update.build().unwrap()).build()
    };
    let write =
        || client.transact_write_items().transact_items(update("a")).transact_items(update("b")).send();
    let error = write().await.unwrap_err().into_service_error();
    let aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(
        cancelled,
    ) = error
    else {
        panic!("cancelled, not {error:?}")
    };
    let codes: Vec<_> =
        cancelled.cancellation_reasons().iter().map(|reason| reason.code().unwrap()).collect();
    assert_eq!(codes, ["TransactionConflict", "None"]);
    write().await.unwrap();
    assert_eq!(count(&client, "a").await.as_deref(), Some("1"));
}

#[tokio::test]
async fn a_hanging_service_is_left_by_the_callers_own_limit_and_does_not_hold_up_the_end() {
    let stack = common::stack(Data::Memory);
    stack.set_fault(Fault::Hang);
    let limits =
        aws_smithy_types::timeout::TimeoutConfig::builder().operation_timeout(Duration::from_millis(200));
    let config = testkit::sdk_config(&stack.endpoint()).into_builder().timeout_config(limits.build()).build();
    let get = Client::new(&config).get_item().table_name(TABLE).key("guild", s("1")).key("sk", s("x"));
    let error = get.send().await.unwrap_err();
    assert!(matches!(error, aws_sdk_dynamodb::error::SdkError::TimeoutError(_)), "{error:?}");
    stack.shutdown();
}

#[tokio::test]
async fn calls_to_no_service_are_refused() {
    let stack = common::stack(Data::Memory);
    let error = aws_sdk_sqs::Client::new(&testkit::sdk_config(&stack.endpoint()))
        .list_queues()
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some("AWS.SimpleQueueService.UnsupportedOperation"));
}
