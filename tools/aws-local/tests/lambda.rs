//! A real process under the Runtime API emulator.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use aws_local::lambda::{Function, FunctionOptions, LambdaError};
use serde_json::json;

fn options() -> FunctionOptions {
    FunctionOptions::new(env!("CARGO_BIN_EXE_echo-lambda").into(), "echo")
}

fn start(options: &FunctionOptions) -> Function {
    Function::start(options).unwrap()
}

#[tokio::test]
async fn events_go_in_and_answers_come_out_one_after_the_other() {
    let function = start(&options());
    assert!(function.ready().await.unwrap() > Duration::ZERO);
    for n in 0..3 {
        let answer = function.invoke(&json!({ "n": n })).await.unwrap();
        assert_eq!(answer["event"]["n"], n);
    }
    assert!(function.resident_bytes().unwrap() > 100_000);
}

#[tokio::test]
async fn the_environment_is_lambdas_and_the_options_and_nothing_of_ours() {
    let mut options = options();
    options.env.insert("TABLE_PREFIX".into(), "timmybot".into());
    let answer = start(&options).invoke(&json!({})).await.unwrap();
    let environment = answer["environment"].as_object().unwrap();
    assert_eq!(environment["TABLE_PREFIX"], "timmybot");
    assert_eq!(environment["AWS_LAMBDA_FUNCTION_NAME"], "echo");
    assert_eq!(environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"], "128");
    assert!(environment.contains_key("LAMBDA_TASK_ROOT"));
    assert!(!environment.keys().any(|name| name.starts_with("CARGO") || name == "HOME"), "{environment:?}");
}

#[tokio::test]
async fn an_error_of_the_function_is_told_and_the_process_goes_on() {
    let function = start(&options());
    let error = function.invoke(&json!({ "do": "fail" })).await.unwrap_err();
    assert_eq!(error, LambdaError::Function { error_type: "Asked".into(), message: "to fail".into() });
    assert!(function.invoke(&json!({})).await.is_ok());
}

#[tokio::test]
async fn a_process_that_ends_fails_its_invocation() {
    let function = start(&options());
    let error = function.invoke(&json!({ "do": "exit" })).await.unwrap_err();
    assert_eq!(error, LambdaError::Exited("exit status: 3".into()));
}

#[tokio::test]
async fn a_process_that_cannot_start_says_so() {
    let mut options = options();
    options.env.insert("FAIL_INIT".into(), "1".into());
    let error = start(&options).invoke(&json!({})).await.unwrap_err();
    assert_eq!(error, LambdaError::Init("Init: no".into()));
}

#[tokio::test]
async fn an_invocation_over_its_time_is_ended_with_its_process() {
    let function = start(&FunctionOptions { timeout: Duration::from_millis(200), ..options() });
    assert_eq!(function.invoke(&json!({ "do": "hang" })).await, Err(LambdaError::TimedOut));
    assert!(matches!(function.invoke(&json!({})).await, Err(LambdaError::Exited(_))));
}

#[tokio::test]
async fn what_the_process_writes_is_kept() {
    let function = start(&options());
    function.invoke(&json!({ "do": "log", "text": "héllo" })).await.unwrap();
    let mut lines = function.finish();
    lines.sort();
    assert_eq!(lines, ["err: \"héllo\"", "out: \"héllo\""]);
}

#[tokio::test]
async fn dropping_the_function_ends_the_process() {
    let function = start(&options());
    function.ready().await.unwrap();
    let folder = format!("/proc/{}", function.pid());
    assert!(std::path::Path::new(&folder).exists());
    drop(function);
    assert!(!std::path::Path::new(&folder).exists());
}

#[test]
fn a_missing_binary_is_an_error() {
    let options = FunctionOptions::new("does/not/exist".into(), "none");
    assert_eq!(Function::start(&options).unwrap_err().kind(), std::io::ErrorKind::NotFound);
}
