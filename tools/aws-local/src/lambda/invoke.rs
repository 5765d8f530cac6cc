//! `Invoke`: what other functions and tasks call. Behind a name stands a handler of this process or a real binary.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, Request, Response, StatusCode, request::Parts};
use serde_json::{Value, json};

use super::{Destinations, Function, Settings};
use crate::fault::Words;
use crate::machine;
use crate::wire::{ACCOUNT, REGION};

/// Lambda takes payloads of at most 6 MiB, asynchronous ones of at most 1 MiB.
const MAX_PAYLOAD: usize = 6 * 1024 * 1024;
const MAX_EVENT: usize = 1024 * 1024;
/// How long Lambda waits before it tries an asynchronous invocation again, and once more.
const RETRIES: [Duration; 2] = [Duration::from_mins(1), Duration::from_mins(2)];

type Answer = Pin<Box<dyn Future<Output = Result<Value, String>> + Send>>;
type Handler = Arc<dyn Fn(Value) -> Answer + Send + Sync>;
type Watcher = Arc<dyn Fn(&Invoked<'_>) + Send + Sync>;

/// An invocation that is over.
#[derive(Debug)]
pub(crate) struct Invoked<'a> {
    pub(crate) function: &'a str,
    pub(crate) took: Duration,
    pub(crate) failed: bool,
}

/// The functions of a stack, by name.
#[derive(Default)]
pub struct Functions {
    handlers: Mutex<BTreeMap<String, Handler>>,
    retries: Mutex<Option<[Duration; 2]>>,
    watcher: Arc<Mutex<Option<Watcher>>>,
    settings: Arc<Settings>,
    destinations: Destinations,
}

/// A refusal, as the service words it.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl Functions {
    /// None yet, under these settings; what none of them takes goes there.
    pub(crate) fn new(settings: Arc<Settings>, destinations: Destinations) -> Self {
        Self { settings, destinations, ..Self::default() }
    }

    /// What can be changed of them while they run.
    pub(crate) fn settings(&self) -> &Arc<Settings> {
        &self.settings
    }

    /// Answers invocations of `name` with what `handler` makes of them; an `Err` is a function that failed.
    pub fn serve<F, Fut>(&self, name: &str, handler: F)
    where
        F: Fn(Value) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Value, String>> + Send + 'static,
    {
        let (watcher, function) = (Arc::clone(&self.watcher), name.to_owned());
        let handler: Handler = Arc::new(move |event| {
            let (answer, watcher, function) = (handler(event), Arc::clone(&watcher), function.clone());
            let begun = tokio::time::Instant::now();
            Box::pin(async move {
                let answer = answer.await;
                let watcher = watcher.lock().unwrap_or_else(PoisonError::into_inner).clone();
                if let Some(watch) = watcher {
                    watch(&Invoked { function: &function, took: begun.elapsed(), failed: answer.is_err() });
                }
                answer
            })
        });
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

    /// Tells of each invocation that is over, for the metrics of the service.
    pub(crate) fn watch(&self, watcher: impl Fn(&Invoked<'_>) + Send + Sync + 'static) {
        *self.watcher.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(watcher));
    }

    /// Invokes a function asynchronously, as another service does; one that is not there is told nothing.
    pub fn hand_over(&self, name: &str, event: Value) {
        if let Some(handler) = self.handler(name).filter(|_| !self.settings.is_stopped(name)) {
            self.deliver(name, handler, event);
        }
    }

    /// Three tries in all, as Lambda makes them; then it is put aside.
    fn deliver(&self, name: &str, handler: Handler, event: Value) {
        let (waits, name, destinations) = (self.waits(), name.to_owned(), self.destinations.clone());
        tokio::spawn(async move {
            for wait in waits {
                if handler(event.clone()).await.is_ok() {
                    return;
                }
                tokio::time::sleep(wait).await;
            }
            if let Err(message) = handler(event.clone()).await {
                destinations.put_aside(&name, &event, &message);
            }
        });
    }

    /// Runs one event through a function, as a service does that calls it by itself.
    pub(crate) async fn run_once(&self, name: &str, event: Value) -> Result<Value, String> {
        let handler = self.handler(name).ok_or_else(|| format!("there is no function {name}"))?;
        if self.settings.is_stopped(name) {
            return Err(Refusal::too_many().message);
        }
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
        // An asynchronous one is taken, and then waits until it is given up.
        if self.settings.is_stopped(name) && !is_event {
            return Err(Refusal::too_many());
        }
        if dry {
            return Ok(response(StatusCode::NO_CONTENT, Body::empty()));
        }
        let event = if payload.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(&payload) };
        let event: Value = event.map_err(|_| Refusal::not_json())?;
        if is_event {
            if !self.settings.is_stopped(name) {
                self.deliver(name, handler, event);
            }
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

/// An answer in JSON; `null` is an empty one.
pub(super) fn json(status: StatusCode, body: &Value) -> Response<Body> {
    let text = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    let mut response = response(status, text);
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(axum::http::header::CONTENT_TYPE, json);
    response
}

impl Refusal {
    pub(super) fn not_found(name: &str) -> Self {
        let message = format!("Function not found: arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}");
        Self { status: StatusCode::NOT_FOUND, code: "ResourceNotFoundException", message }
    }

    fn too_large(most: usize) -> Self {
        let message = format!("The payload must be smaller than or equal to {most} bytes.");
        Self { status: StatusCode::PAYLOAD_TOO_LARGE, code: "RequestTooLargeException", message }
    }

    pub(super) fn not_json() -> Self {
        let message = "Could not parse request body into json".to_owned();
        Self { status: StatusCode::BAD_REQUEST, code: "InvalidRequestContentException", message }
    }

    fn too_many() -> Self {
        let message = "Rate Exceeded.".to_owned();
        Self { status: StatusCode::TOO_MANY_REQUESTS, code: "TooManyRequestsException", message }
    }

    /// What the service says of what goes wrong with a call.
    pub(super) const WORDS: Words<Self> =
        Words { broken: Self::broken, throttled: Self::too_many, denied: Self::denied };

    fn denied() -> Self {
        let message = "User is not authorized to perform the operation on this resource.".to_owned();
        Self { status: StatusCode::FORBIDDEN, code: "AccessDeniedException", message }
    }

    fn broken() -> Self {
        let message = "The AWS Lambda service encountered an internal error.".to_owned();
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, code: "ServiceException", message }
    }

    pub(super) fn invalid(field: &str) -> Self {
        let message = format!("1 validation error detected: Value at '{field}' failed to satisfy constraint");
        Self { status: StatusCode::BAD_REQUEST, code: "InvalidParameterValueException", message }
    }

    pub(super) fn too_much_reserved(least: u32) -> Self {
        let message = format!(
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [{least}]."
        );
        Self { status: StatusCode::BAD_REQUEST, code: "InvalidParameterValueException", message }
    }

    pub(super) fn no_mapping() -> Self {
        let message = "The resource you requested does not exist.".to_owned();
        Self { status: StatusCode::NOT_FOUND, code: "ResourceNotFoundException", message }
    }

    pub(super) fn response(self) -> Response<Body> {
        let body = json!({ "Type": "User", "Message": self.message });
        let mut response = response(self.status, Body::from(body.to_string()));
        response.headers_mut().insert("x-amzn-errortype", HeaderValue::from_static(self.code));
        response
    }
}
