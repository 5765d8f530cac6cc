//! Lambda's `Invoke` through the SDK.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_local::lambda::{Function, FunctionOptions};
use aws_local::{Data, Stack};
use aws_sdk_lambda::Client;
use aws_sdk_lambda::error::ProvideErrorMetadata as _;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;
use serde_json::{Value, json};

fn client(stack: &Stack) -> Client {
    Client::new(&testkit::sdk_config(&stack.endpoint()))
}

fn payload(event: &Value) -> Blob {
    Blob::new(event.to_string())
}

#[tokio::test]
async fn a_handler_answers_by_name_and_by_arn() {
    let stack = common::stack(Data::Memory);
    stack.functions().serve("double", |event: Value| async move {
        event["n"].as_u64().map(|n| json!(2 * n)).ok_or_else(|| "no n".to_owned())
    });
    let client = client(&stack);
    for name in ["double", "arn:aws:lambda:eu-central-1:000000000000:function:double"] {
        let answer =
            client.invoke().function_name(name).payload(payload(&json!({ "n": 21 }))).send().await.unwrap();
        assert_eq!((answer.status_code(), answer.function_error()), (200, None));
        assert_eq!(answer.payload().unwrap().as_ref(), b"42");
    }
    let failed = client.invoke().function_name("double").send().await.unwrap();
    assert_eq!(failed.function_error(), Some("Unhandled"));
    let dry = client.invoke().function_name("double").invocation_type(InvocationType::DryRun);
    assert_eq!(dry.send().await.unwrap().status_code(), 204);
}

#[tokio::test]
async fn an_event_is_accepted_at_once_and_tried_three_times() {
    let stack = common::stack(Data::Memory);
    stack.functions().retry_after([Duration::ZERO; 2]);
    let (tries, (done, finished)) = (Arc::new(AtomicU32::new(0)), tokio::sync::oneshot::channel());
    let (counted, done) = (Arc::clone(&tries), Arc::new(Mutex::new(Some(done))));
    stack.functions().serve("fails", move |_| {
        let third = counted.fetch_add(1, Ordering::SeqCst) == 2;
        if let Some(done) = third.then(|| done.lock().unwrap().take()).flatten() {
            done.send(()).unwrap();
        }
        async { Err("no".to_owned()) }
    });
    let invoke = client(&stack).invoke().function_name("fails").invocation_type(InvocationType::Event);
    assert_eq!(invoke.send().await.unwrap().status_code(), 202);
    tokio::time::timeout(Duration::from_secs(10), finished).await.unwrap().unwrap();
    assert_eq!(tries.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_real_binary_answers_too() {
    let stack = common::stack(Data::Memory);
    let options = FunctionOptions::new(env!("CARGO_BIN_EXE_echo-lambda").into(), "echo");
    stack.functions().run("echo", Function::start(&options).unwrap());
    let invoke = client(&stack).invoke().function_name("echo").payload(payload(&json!({ "n": 7 })));
    let answer: Value =
        serde_json::from_slice(invoke.send().await.unwrap().payload().unwrap().as_ref()).unwrap();
    assert_eq!(answer["event"]["n"], 7);
}

#[tokio::test]
async fn refusals_are_the_documented_ones() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    let unknown = client.invoke().function_name("none").send().await.unwrap_err().into_service_error();
    assert!(unknown.is_resource_not_found_exception(), "{unknown:?}");
    stack.functions().serve("any", |_| async { Ok(Value::Null) });
    let odd = client.invoke().function_name("any").payload(Blob::new("no JSON")).send().await;
    assert_eq!(odd.unwrap_err().code(), Some("InvalidRequestContentException"));
    let large = Blob::new(json!("x".repeat(1024 * 1024)).to_string());
    let large = client.invoke().function_name("any").invocation_type(InvocationType::Event).payload(large);
    assert!(large.send().await.unwrap_err().into_service_error().is_request_too_large_exception());
}
