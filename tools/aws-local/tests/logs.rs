//! `CloudWatch` Logs through the SDK.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use aws_local::{Data, Fault, Stack};
use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::error::ProvideErrorMetadata as _;

fn world() -> (Stack, Client) {
    let stack = common::stack(Data::Memory);
    let client = Client::new(&testkit::sdk_config(&stack.endpoint()));
    (stack, client)
}

/// Names with their days, page by page.
async fn pages(client: &Client, prefix: &str, limit: i32) -> Vec<Vec<(String, Option<i32>)>> {
    let describe = client.describe_log_groups().log_group_name_prefix(prefix).limit(limit);
    let mut pages = describe.into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        let groups = page.log_groups().iter();
        found.push(
            groups.map(|one| (one.log_group_name().unwrap().to_owned(), one.retention_in_days())).collect(),
        );
    }
    found
}

#[tokio::test]
async fn log_groups_of_the_template_are_there_and_keep_as_it_says() {
    let (_stack, client) = world();
    let expected = vec![vec![("/aws/lambda/timmybot-rotation".to_owned(), Some(7))]];
    assert_eq!(pages(&client, "/aws/lambda/timmybot-", 50).await, expected);
    assert_eq!(pages(&client, "/elsewhere", 50).await, [[]]);
}

#[tokio::test]
async fn lists_come_in_pages() {
    let (_stack, client) = world();
    for name in ["/x/1", "/x/2", "/x/3", "/x/4", "/x/5"] {
        client.create_log_group().log_group_name(name).send().await.unwrap();
    }
    let sizes: Vec<usize> = pages(&client, "/x/", 2).await.iter().map(Vec::len).collect();
    assert_eq!(sizes, [2, 2, 1]);
    let bad = client.describe_log_groups().limit(51).send().await.unwrap_err();
    assert_eq!(bad.code(), Some("InvalidParameterException"));
    let bad = client.describe_log_groups().next_token("zz").send().await.unwrap_err();
    assert_eq!(bad.code(), Some("InvalidParameterException"));
    let again = client.create_log_group().log_group_name("/x/1").send().await.unwrap_err();
    assert_eq!(again.code(), Some("ResourceAlreadyExistsException"));
}

#[tokio::test]
async fn a_group_that_keeps_for_ever_is_told_to_forget() {
    let (_stack, client) = world();
    client.create_log_group().log_group_name("/x").send().await.unwrap();
    assert_eq!(pages(&client, "/x", 50).await, [[("/x".to_owned(), None)]]);
    let put =
        |name: &str, days| client.put_retention_policy().log_group_name(name).retention_in_days(days).send();
    put("/x", 30).await.unwrap();
    assert_eq!(pages(&client, "/x", 50).await, [[("/x".to_owned(), Some(30))]]);
    assert_eq!(put("/x", 31).await.unwrap_err().code(), Some("InvalidParameterException"));
    assert_eq!(put("/none", 30).await.unwrap_err().code(), Some("ResourceNotFoundException"));
    client.delete_retention_policy().log_group_name("/x").send().await.unwrap();
    assert_eq!(pages(&client, "/x", 50).await, [[("/x".to_owned(), None)]]);
}

#[tokio::test]
async fn a_fault_says_what_the_service_says_and_calls_are_remembered() {
    let (stack, client) = world();
    for (fault, code) in [
        (Fault::Throttle, "ThrottlingException"),
        (Fault::AccessDenied, "AccessDeniedException"),
        (Fault::Status500, "ServiceUnavailableException"),
    ] {
        stack.fault_next("DescribeLogGroups", fault, 1);
        assert_eq!(client.describe_log_groups().send().await.unwrap_err().code(), Some(code));
    }
    stack.record_calls();
    client.describe_log_groups().send().await.unwrap();
    let group = client.put_retention_policy().log_group_name("/aws/lambda/timmybot-rotation");
    group.retention_in_days(14).send().await.unwrap();
    let needs = stack.take_calls().into_iter().flat_map(|call| call.needs);
    let needs: Vec<String> = needs.map(|need| format!("{} {}", need.action, need.resource)).collect();
    let expected =
        ["logs:DescribeLogGroups *", "logs:PutRetentionPolicy log-group//aws/lambda/timmybot-rotation"];
    assert_eq!(needs, expected);
}
