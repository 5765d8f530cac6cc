//! `Invoke`: what other functions and tasks call. Behind a name stands a handler of this process or a real binary.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, Request, Response, StatusCode, request::Parts};
use serde_json::{Value, json};

use super::Function;
use crate::machine;
use crate::wire::{ACCOUNT, REGION};

/// Lambda takes payloads of at most 6 MiB, asynchronous ones of at most 1 MiB.
const MAX_PAYLOAD: usize = 6 * 1024 * 1024;
const MAX_EVENT: usize = 1024 * 1024;
/// How long Lambda waits before it tries an asynchronous invocation again, and once more.
const RETRIES: [Duration; 2] = [Duration::from_mins(1), Duration::from_mins(2)];

type Answer = Pin<Box<dyn Future<Output = Result<Value, String>> + Send>>;
type Handler = Arc<dyn Fn(Value) -> Answer + Send + Sync>;

/// The functions of a stack, by name.
#[derive(Default)]
pub struct Functions {
    handlers: Mutex<BTreeMap<String, Handler>>,
    retries: Mutex<Option<[Duration; 2]>>,
}

/// A refusal, as the service words it.
struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl Functions {
    /// Answers invocations of `name` with what `handler` makes of them; an `Err` is a function that failed.
    pub fn serve<F, Fut>(&self, name: &str, handler: F)
    where
        F: Fn(Value) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Value, String>> + Send + 'static,
    {
        let handler: Handler = Arc::new(move |event| Box::pin(handler(event)));
        self.handlers.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), handler);
    }

    /// Answers invocations of `name` with a running binary, which lives as long as the stack.
    pub fn run(&self, name: &str, function: Function) {
        let function = Arc::new(function);
        self.serve(name, move |event| {
            let function = Arc::clone(&function);
            async move { function.invoke(&event).await.map_err(|error| error.to_string()) }
        });
    }

    /// Waits of one's own between the three tries of an asynchronous invocation, for tests that cannot wait.
    pub fn retry_after(&self, waits: [Duration; 2]) {
        *self.retries.lock().unwrap_or_else(PoisonError::into_inner) = Some(waits);
    }

    /// Whether there is a function of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.handler(name).is_some()
    }

    /// Runs one event through a function, as a service does that calls it by itself.
    pub(crate) async fn run_once(&self, name: &str, event: Value) -> Result<Value, String> {
        let handler = self.handler(name).ok_or_else(|| format!("there is no function {name}"))?;
        handler(event).await
    }

    /// The name of the function that a path asks for, if it is this service's.
    pub(crate) fn asked(parts: &Parts) -> Option<String> {
        let name = parts.uri.path().strip_prefix("/2015-03-31/functions/")?.strip_suffix("/invocations")?;
        // A name, a partial or a whole ARN.
        let name = name.replace("%3A", ":");
        name.rsplit(':').next().map(str::to_owned)
    }

    /// Answers one call.
    pub(crate) async fn call(&self, name: &str, request: Request<Body>) -> Response<Body> {
        self.invoke(name, request).await.unwrap_or_else(Refusal::response)
    }

    async fn invoke(&self, name: &str, request: Request<Body>) -> Result<Response<Body>, Refusal> {
        let kind = request.headers().get("x-amz-invocation-type").and_then(|kind| kind.to_str().ok());
        let is_event = kind == Some("Event");
        let dry = kind == Some("DryRun");
        let most = if is_event { MAX_EVENT } else { MAX_PAYLOAD };
        let payload =
            axum::body::to_bytes(request.into_body(), most).await.map_err(|_| Refusal::too_large(most))?;
        let handler = self.handler(name).ok_or_else(|| Refusal::not_found(name))?;
        if dry {
            return Ok(response(StatusCode::NO_CONTENT, Body::empty()));
        }
        let event = if payload.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(&payload) };
        let event: Value = event.map_err(|_| Refusal::not_json())?;
        if is_event {
            tokio::spawn(deliver(handler, event, self.waits()));
            return Ok(response(StatusCode::ACCEPTED, Body::empty()));
        }
        Ok(match handler(event).await {
            Ok(answer) => response(StatusCode::OK, Body::from(answer.to_string())),
            Err(message) => failed(&message),
        })
    }

    fn handler(&self, name: &str) -> Option<Handler> {
        self.handlers.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    fn waits(&self) -> [Duration; 2] {
        self.retries.lock().unwrap_or_else(PoisonError::into_inner).unwrap_or(RETRIES)
    }
}

impl std::fmt::Debug for Functions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let handlers = self.handlers.lock().unwrap_or_else(PoisonError::into_inner);
        f.debug_set().entries(handlers.keys()).finish()
    }
}

/// Three tries in all, as Lambda makes them.
async fn deliver(handler: Handler, event: Value, waits: [Duration; 2]) {
    for wait in waits {
        if handler(event.clone()).await.is_ok() {
            return;
        }
        tokio::time::sleep(wait).await;
    }
    // What fails three times is dropped: the functions here have no destination for failures.
    let _ = handler(event).await;
}

fn failed(message: &str) -> Response<Body> {
    let body = json!({ "errorType": "Unhandled", "errorMessage": message });
    let mut response = response(StatusCode::OK, Body::from(body.to_string()));
    response.headers_mut().insert("x-amz-function-error", HeaderValue::from_static("Unhandled"));
    response
}

fn response(status: StatusCode, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    if let Ok(id) = machine::uuid()
        && let Ok(id) = HeaderValue::from_str(&id)
    {
        response.headers_mut().insert("x-amzn-requestid", id);
    }
    response
}

impl Refusal {
    fn not_found(name: &str) -> Self {
        let message = format!("Function not found: arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}");
        Self { status: StatusCode::NOT_FOUND, code: "ResourceNotFoundException", message }
    }

    fn too_large(most: usize) -> Self {
        let message = format!("The payload must be smaller than or equal to {most} bytes.");
        Self { status: StatusCode::PAYLOAD_TOO_LARGE, code: "RequestTooLargeException", message }
    }

    fn not_json() -> Self {
        let message = "Could not parse request body into json".to_owned();
        Self { status: StatusCode::BAD_REQUEST, code: "InvalidRequestContentException", message }
    }

    fn response(self) -> Response<Body> {
        let body = json!({ "Type": "User", "Message": self.message });
        let mut response = response(self.status, Body::from(body.to_string()));
        response.headers_mut().insert("x-amzn-errortype", HeaderValue::from_static(self.code));
        response
    }
}
