//! Faults that each service has in common: a role that lacks a right, and no answer at all.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::time::{Duration, Instant};

use aws_local::{Data, Fault, Stack};
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStream;
use aws_smithy_types::timeout::TimeoutConfig;

const BUCKET: &str = "timmybot-audio-000000000000";
const SECRET: &str = "/timmybot/log-key";
const TOPIC: &str = "arn:aws:sns:eu-central-1:000000000000:timmybot-alerts";

/// One call of each service; what the client was told.
async fn refused(stack: &Stack) -> Vec<(u16, Option<String>)> {
    let sdk = &testkit::sdk_config(&stack.endpoint());
    let tables = aws_sdk_dynamodb::Client::new(sdk);
    let queues = aws_sdk_sqs::Client::new(sdk);
    let secrets = aws_sdk_secretsmanager::Client::new(sdk);
    let keys = aws_sdk_kms::Client::new(sdk);
    let logs = aws_sdk_cloudwatchlogs::Client::new(sdk);
    let topics = aws_sdk_sns::Client::new(sdk);
    let buckets = aws_sdk_s3::Client::new(sdk);
    let put = buckets.put_object().bucket(BUCKET).key("k").body(ByteStream::from_static(b"x"));
    vec![
        said(tables.list_tables().send().await),
        said(queues.get_queue_url().queue_name("timmybot-reply-deadline").send().await),
        said(secrets.get_secret_value().secret_id(SECRET).send().await),
        said(keys.describe_key().key_id("alias/timmybot-tokens").send().await),
        said(logs.describe_log_groups().send().await),
        said(topics.publish().topic_arn(TOPIC).message("m").send().await),
        said(put.send().await),
        said(buckets.head_object().bucket(BUCKET).key("k").send().await),
    ]
}

/// Status and code.
fn said<T, E: ProvideErrorMetadata>(sent: Result<T, SdkError<E>>) -> (u16, Option<String>) {
    let Err(error) = sent else { return (200, None) };
    (error.raw_response().unwrap().status().as_u16(), error.code().map(str::to_owned))
}

const OPERATIONS: [&str; 8] = [
    "ListTables",
    "GetQueueUrl",
    "GetSecretValue",
    "DescribeKey",
    "DescribeLogGroups",
    "Publish",
    "PutObject",
    "HeadObject",
];

#[tokio::test]
async fn each_service_says_in_its_own_way_that_the_role_does_not_allow_it() {
    let stack = common::stack(Data::Memory);
    for operation in OPERATIONS {
        stack.fault_next(operation, Fault::AccessDenied, 1);
    }
    let expected = [
        (400, Some("AccessDeniedException")),
        // SDKs read the code of the older protocol.
        (400, Some("AccessDenied")),
        (400, Some("AccessDeniedException")),
        (400, Some("AccessDeniedException")),
        (400, Some("AccessDeniedException")),
        (403, Some("AuthorizationError")),
        (403, Some("AccessDenied")),
        // An answer to HEAD has no body that could say more.
        (403, None),
    ];
    assert_eq!(refused(&stack).await, expected.map(|(status, code)| (status, code.map(str::to_owned))));
    assert!(stack.published("timmybot-alerts").is_empty(), "nothing was done");
    let last = refused(&stack).await;
    assert!(last.iter().all(|said| *said == (200, None)), "and then it works again: {last:?}");
}

#[tokio::test]
async fn what_is_mended_meets_no_fault_any_more() {
    let stack = common::stack(Data::Memory);
    stack.set_fault(Fault::Throttle);
    for operation in OPERATIONS {
        stack.fault_next(operation, Fault::AccessDenied, u32::MAX);
    }
    stack.mend();
    let said = refused(&stack).await;
    assert!(said.iter().all(|said| *said == (200, None)), "{said:?}");
}

/// Also where a client has its own limit, as those of buckets do.
#[tokio::test]
async fn a_call_that_hangs_is_left_by_the_callers_limit_and_no_test_waits_for_it() {
    let aws = testkit::Aws::start().await;
    let limits = TimeoutConfig::builder().operation_attempt_timeout(Duration::from_secs(20)).build();
    let config = aws_sdk_s3::config::Builder::from(&aws.impatient_sdk_config()).timeout_config(limits);
    let client = aws_sdk_s3::Client::from_conf(config.build());
    let bucket = aws.bucket("exports");
    let put = || client.put_object().bucket(&bucket).key("k").body(ByteStream::from_static(b"x")).send();
    let begin = Instant::now();
    for _ in 0..3 {
        aws.fault_next("PutObject", Fault::Hang, 1);
        let left = put().await.unwrap_err();
        assert!(matches!(left, aws_sdk_s3::error::SdkError::TimeoutError(_)), "{left:?}");
        assert!(client.get_object().bucket(&bucket).key("k").send().await.is_err(), "nothing was done");
    }
    put().await.unwrap();
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
}
