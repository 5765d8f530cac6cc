//! A function for the tests of the Runtime API emulator: it does what the event's `do` says.

use std::collections::BTreeMap;
use std::io::Write as _;

use axum::body::Body;
use axum::http::Request;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

type Error = Box<dyn std::error::Error>;

struct Runtime {
    client: Client<HttpConnector, Body>,
    base: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let environment: BTreeMap<String, String> = std::env::vars().collect();
    let address = environment.get("AWS_LAMBDA_RUNTIME_API").ok_or("no Runtime API")?;
    let client = Client::builder(TokioExecutor::new()).build_http();
    let runtime = Runtime { client, base: format!("http://{address}/2018-06-01/runtime") };
    if environment.contains_key("FAIL_INIT") {
        runtime.post("/init/error", &json!({ "errorType": "Init", "errorMessage": "no" })).await?;
        return Ok(());
    }
    loop {
        let (id, event) = runtime.next().await?;
        match event["do"].as_str() {
            Some("fail") => {
                let report = json!({ "errorType": "Asked", "errorMessage": "to fail" });
                runtime.post(&format!("/invocation/{id}/error"), &report).await?;
                continue;
            }
            Some("exit") => std::process::exit(3),
            Some("hang") => tokio::time::sleep(std::time::Duration::from_mins(1)).await,
            Some("log") => {
                writeln!(std::io::stdout(), "out: {}", event["text"])?;
                writeln!(std::io::stderr(), "err: {}", event["text"])?;
            }
            _ => {}
        }
        let answer = json!({ "event": event, "environment": environment });
        runtime.post(&format!("/invocation/{id}/response"), &answer).await?;
    }
}

impl Runtime {
    async fn next(&self) -> Result<(String, Value), Error> {
        let request = Request::get(format!("{}/invocation/next", self.base)).body(Body::empty())?;
        let response = self.client.request(request).await?;
        let id = response.headers()["lambda-runtime-aws-request-id"].to_str()?.to_owned();
        let body = axum::body::to_bytes(Body::new(response.into_body()), usize::MAX).await?;
        Ok((id, serde_json::from_slice(&body)?))
    }

    async fn post(&self, path: &str, body: &Value) -> Result<(), Error> {
        let request = Request::post(format!("{}{path}", self.base)).body(Body::from(body.to_string()))?;
        let status = self.client.request(request).await?.status();
        if status == 202 { Ok(()) } else { Err(format!("{path}: {status}").into()) }
    }
}
