//! What containment switches, through the SDK: rules, what functions take from queues, what is reserved for them; and what
//! is said of restoring tables.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use aws_local::template::Plan;
use aws_local::{Data, Fault, Stack};
use aws_sdk_eventbridge::error::ProvideErrorMetadata as _;
use aws_sdk_eventbridge::types::RuleState;
use aws_sdk_lambda::types::InvocationType;

const TEMPLATE: &str = "
Resources:
  Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: q } }
  R: { Type: 'AWS::SQS::Queue', Properties: { QueueName: r } }
  T:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: kept
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 7 }
  U:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: not-kept
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
  F:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: f
      Events:
        A: { Type: Schedule, Properties: { Name: x-a, Schedule: rate(1 hour) } }
        B: { Type: Schedule, Properties: { Name: x-b, Schedule: rate(1 hour), State: DISABLED } }
        C: { Type: EventBridgeRule, Properties: { RuleName: x-c, Pattern: { source: [aws.ecs] } } }
        D: { Type: Schedule, Properties: { Name: y-d, Schedule: cron(0 3 * * ? *) } }
        Q: { Type: SQS, Properties: { Queue: !GetAtt Q.Arn } }
        Q2: { Type: SQS, Properties: { Queue: !GetAtt R.Arn, Enabled: false } }
        Q3: { Type: SQS, Properties: { Queue: !GetAtt R.Arn, BatchSize: 1 } }
  G:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: g, ReservedConcurrentExecutions: 7 }
";

fn stack() -> Stack {
    let plan = Plan::parse(TEMPLATE, &BTreeMap::new()).unwrap();
    Stack::start_plan(&plan, &Data::Memory, 0).unwrap()
}

fn events(stack: &Stack) -> aws_sdk_eventbridge::Client {
    aws_sdk_eventbridge::Client::new(&testkit::sdk_config(&stack.endpoint()))
}

fn lambda(stack: &Stack) -> aws_sdk_lambda::Client {
    aws_sdk_lambda::Client::new(&testkit::sdk_config(&stack.endpoint()))
}

#[tokio::test]
async fn a_list_of_rules_ends_with_its_last_page() {
    let stack = stack();
    let client = events(&stack);
    let first = client.list_rules().name_prefix("x-").send().await.unwrap();
    assert_eq!(first.rules().len(), 2);
    let next = first.next_token.unwrap();
    let second = client.list_rules().name_prefix("x-").next_token(next).send().await.unwrap();
    assert!(second.next_token.is_none());
    let all: Vec<_> = first.rules.unwrap().into_iter().chain(second.rules.unwrap()).collect();
    let said: Vec<_> = all
        .iter()
        .map(|rule| (rule.name().unwrap(), rule.state().unwrap(), rule.schedule_expression()))
        .collect();
    assert_eq!(
        said,
        [
            ("x-a", &RuleState::Enabled, Some("rate(1 hour)")),
            ("x-b", &RuleState::Disabled, Some("rate(1 hour)")),
            ("x-c", &RuleState::Enabled, None),
        ]
    );
}

#[tokio::test]
async fn a_rule_is_switched_as_often_as_one_likes() {
    let stack = stack();
    let client = events(&stack);
    for (on, times) in [(false, 2), (true, 2)] {
        for _ in 0..times {
            if on {
                client.enable_rule().name("y-d").send().await.unwrap();
            } else {
                client.disable_rule().name("y-d").send().await.unwrap();
            }
            assert_eq!(stack.rule_is_on("y-d"), on);
            let state = client.describe_rule().name("y-d").send().await.unwrap().state.unwrap();
            assert_eq!(state == RuleState::Enabled, on);
        }
    }
    assert!(!stack.rule_is_on("z"));
    let missing = client.disable_rule().name("z").send().await.unwrap_err();
    assert_eq!(missing.code(), Some("ResourceNotFoundException"));
    let invalid = client.disable_rule().name("").send().await.unwrap_err();
    assert_eq!(invalid.code(), Some("ValidationException"));
}

#[tokio::test]
async fn rules_meet_faults() {
    let stack = stack();
    stack.fault_next("DisableRule", Fault::Throttle, 1);
    stack.fault_next("DisableRule", Fault::AnswerLost, 1);
    let refused = events(&stack).disable_rule().name("x-a").send().await.unwrap_err();
    assert_eq!(refused.code(), Some("ThrottlingException"));
    assert!(stack.rule_is_on("x-a"));
    let lost = events(&stack).disable_rule().name("x-a").send().await.unwrap_err();
    assert_eq!(lost.code(), Some("InternalException"));
    assert!(!stack.rule_is_on("x-a"), "it was done");
}

#[tokio::test]
async fn what_is_reserved_is_set_and_unset() {
    let stack = stack();
    let client = lambda(&stack);
    let reserved = async |name: &str| {
        client
            .get_function_concurrency()
            .function_name(name)
            .send()
            .await
            .unwrap()
            .reserved_concurrent_executions
    };
    assert_eq!((reserved("f").await, reserved("g").await), (None, Some(7)));
    let put = async |name: &str, most| {
        client
            .put_function_concurrency()
            .function_name(name)
            .reserved_concurrent_executions(most)
            .send()
            .await
    };
    put("f", 0).await.unwrap();
    assert_eq!(reserved("f").await, Some(0));
    client.delete_function_concurrency().function_name("f").send().await.unwrap();
    assert_eq!(reserved("f").await, None);
    let too_many = put("f", 894).await.unwrap_err();
    assert_eq!(too_many.code(), Some("InvalidParameterValueException"), "100 of the account stay unreserved");
    put("f", 893).await.unwrap();
    let missing = put("h", 1).await.unwrap_err();
    assert_eq!(missing.code(), Some("ResourceNotFoundException"));
}

#[tokio::test]
async fn a_function_with_nothing_reserved_runs_no_more() {
    let stack = stack();
    let runs = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&runs);
    stack.functions().serve("f", move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        core::future::ready(Ok(serde_json::Value::Null))
    });
    let client = lambda(&stack);
    client.invoke().function_name("f").send().await.unwrap();
    client
        .put_function_concurrency()
        .function_name("f")
        .reserved_concurrent_executions(0)
        .send()
        .await
        .unwrap();
    let refused = client.invoke().function_name("f").send().await.unwrap_err();
    assert_eq!(refused.code(), Some("TooManyRequestsException"));
    // An asynchronous one is taken, and given up.
    let event =
        client.invoke().function_name("f").invocation_type(InvocationType::Event).send().await.unwrap();
    assert_eq!(event.status_code, 202);
    client.delete_function_concurrency().function_name("f").send().await.unwrap();
    client.invoke().function_name("f").send().await.unwrap();
    assert_eq!(runs.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn what_is_taken_from_a_queue_is_switched() {
    let stack = stack();
    let client = lambda(&stack);
    let mut found = Vec::new();
    let mut marker = None;
    loop {
        let page = client.list_event_source_mappings().set_marker(marker).send().await.unwrap();
        found.extend(page.event_source_mappings.unwrap_or_default());
        marker = page.next_marker;
        if marker.is_none() {
            break;
        }
    }
    assert_eq!(found.len(), 3);
    let of_q = found.iter().find(|mapping| mapping.event_source_arn().unwrap().ends_with(":q")).unwrap();
    assert!(of_q.function_arn().unwrap().ends_with(":function:f") && of_q.state() == Some("Enabled"));
    let id = of_q.uuid().unwrap();
    let intake = stack.intake("q");
    assert!(intake.is_on() && stack.intake("r").is_on() && stack.intake("of nobody's").is_on());
    let update = client.update_event_source_mapping().uuid(id).enabled(false).send().await.unwrap();
    assert_eq!(update.state(), Some("Disabling"));
    assert!(!intake.is_on() && stack.intake("r").is_on());
    let got = client.get_event_source_mapping().uuid(id).send().await.unwrap();
    assert_eq!((got.state(), got.batch_size()), (Some("Disabled"), Some(10)));
    client.update_event_source_mapping().uuid(id).enabled(true).send().await.unwrap();
    assert!(intake.is_on());
    let missing = client.update_event_source_mapping().uuid("none").enabled(true).send().await.unwrap_err();
    assert_eq!(missing.code(), Some("ResourceNotFoundException"));
    let of_g = client.list_event_source_mappings().function_name("g").send().await.unwrap();
    assert!(of_g.event_source_mappings().is_empty());
}

#[tokio::test]
async fn settings_meet_faults() {
    let stack = stack();
    stack.fault_next("PutFunctionConcurrency", Fault::Throttle, 1);
    stack.fault_next("ListEventSourceMappings", Fault::Status500, 1);
    let put = lambda(&stack).put_function_concurrency().function_name("f").reserved_concurrent_executions(0);
    assert_eq!(put.send().await.unwrap_err().code(), Some("TooManyRequestsException"));
    let list = lambda(&stack).list_event_source_mappings().send().await.unwrap_err();
    assert_eq!(list.code(), Some("ServiceException"));
}

#[tokio::test]
async fn the_calls_are_on_record_as_a_role_names_them() {
    let stack = stack();
    stack.record_calls();
    events(&stack).list_rules().send().await.unwrap();
    events(&stack).disable_rule().name("x-a").send().await.unwrap();
    lambda(&stack).get_function_concurrency().function_name("f").send().await.unwrap();
    lambda(&stack).list_event_source_mappings().send().await.unwrap();
    let needs = stack.take_calls().into_iter().flat_map(|call| call.needs);
    let needs: Vec<_> = needs.map(|need| format!("{} {}", need.action, need.resource)).collect();
    assert_eq!(
        needs,
        [
            "events:ListRules *",
            "events:DisableRule rule/x-a",
            "lambda:GetFunctionConcurrency function/f",
            "lambda:ListEventSourceMappings *",
        ]
    );
}

#[tokio::test]
async fn tables_say_until_when_they_can_be_restored() {
    let stack = stack();
    let client = aws_sdk_dynamodb::Client::new(&testkit::sdk_config(&stack.endpoint()));
    let said = async |table: &str| {
        let sent = client.describe_continuous_backups().table_name(table).send().await.unwrap();
        sent.continuous_backups_description.unwrap().point_in_time_recovery_description.unwrap()
    };
    let kept = said("kept").await;
    assert_eq!(kept.point_in_time_recovery_status.unwrap().as_str(), "ENABLED");
    assert_eq!(kept.recovery_period_in_days, Some(7));
    assert!(kept.earliest_restorable_date_time.unwrap() <= kept.latest_restorable_date_time.unwrap());
    let not = said("not-kept").await;
    assert_eq!(not.point_in_time_recovery_status.unwrap().as_str(), "DISABLED");
    assert!(not.latest_restorable_date_time.is_none());
    let missing = client.describe_continuous_backups().table_name("none").send().await.unwrap_err();
    assert_eq!(missing.code(), Some("TableNotFoundException"));
    stack.fault_next("DescribeContinuousBackups", Fault::Throttle, 1);
    assert!(client.describe_continuous_backups().table_name("kept").send().await.is_err());
}
