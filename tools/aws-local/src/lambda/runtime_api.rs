//! The four endpoints of the Lambda Runtime API.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderValue, Response, StatusCode};
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::sync::futures::Notified;
use tokio::sync::{Notify, mpsc, oneshot};

use super::LambdaError;
use crate::machine;
use crate::wire::{ACCOUNT, REGION};

/// An answer may have 6 MB.
const MAX_ANSWER: usize = 6 * 1024 * 1024;

type Answer = Result<Value, LambdaError>;

/// Events waiting for the process, and callers waiting for answers.
#[derive(Debug)]
pub(super) struct RuntimeApi {
    arn: HeaderValue,
    offers: mpsc::UnboundedSender<Offer>,
    next: tokio::sync::Mutex<mpsc::UnboundedReceiver<Offer>>,
    state: Mutex<Progress>,
    polled: Notify,
}

#[derive(Debug, Default)]
struct Progress {
    started: Option<Instant>,
    first_poll: Option<Duration>,
    init_error: Option<String>,
    running: BTreeMap<String, oneshot::Sender<Answer>>,
}

#[derive(Debug)]
struct Offer {
    event: String,
    deadline_ms: u64,
    answer: oneshot::Sender<Answer>,
}

impl RuntimeApi {
    pub(super) fn new(function: &str) -> Self {
        let arn = format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function}");
        let (offers, next) = mpsc::unbounded_channel();
        Self {
            arn: HeaderValue::from_str(&arn).unwrap_or(HeaderValue::from_static("arn:aws:lambda")),
            offers,
            next: tokio::sync::Mutex::new(next),
            state: Mutex::default(),
            polled: Notify::new(),
        }
    }

    /// The process starts now.
    pub(super) fn started(&self) {
        self.state().started = Some(Instant::now());
    }

    /// Puts an event up; the answer comes through the channel.
    pub(super) fn offer(&self, event: String, deadline_ms: u64) -> oneshot::Receiver<Answer> {
        let (answer, receiver) = oneshot::channel();
        // The other end lives as long as this one does.
        let _ = self.offers.send(Offer { event, deadline_ms, answer });
        receiver
    }

    /// How long the process took to ask for its first event, once it has.
    pub(super) fn first_poll(&self) -> Option<Duration> {
        self.state().first_poll
    }

    /// Resolves at the next first poll or failure to start that comes after this call.
    pub(super) fn polled(&self) -> Notified<'_> {
        self.polled.notified()
    }

    /// What the process reported instead of starting.
    pub(super) fn init_error(&self) -> Option<String> {
        self.state().init_error.clone()
    }

    fn state(&self) -> MutexGuard<'_, Progress> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn finish(&self, id: &str, answer: Answer) -> StatusCode {
        match self.state().running.remove(id) {
            // A caller that has given up is no fault of the function.
            Some(caller) => {
                let _ = caller.send(answer);
                StatusCode::ACCEPTED
            }
            None => StatusCode::BAD_REQUEST,
        }
    }
}

/// The endpoints, over `api`.
pub(super) fn router(api: Arc<RuntimeApi>) -> Router {
    Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
        .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
        .route("/2018-06-01/runtime/init/error", post(init_error))
        .layer(DefaultBodyLimit::max(MAX_ANSWER))
        .with_state(api)
}

/// Waits for an event and hands it out.
async fn next(State(api): State<Arc<RuntimeApi>>) -> Response<Body> {
    {
        let mut state = api.state();
        let took = state.started.map(|started| started.elapsed()).unwrap_or_default();
        state.first_poll.get_or_insert(took);
    }
    api.polled.notify_waiters();
    let offer = api.next.lock().await.recv().await;
    let (Some(offer), Ok(id)) = (offer, machine::uuid()) else {
        return status(StatusCode::INTERNAL_SERVER_ERROR);
    };
    let mut response = Response::new(Body::from(offer.event));
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    headers.insert("lambda-runtime-deadline-ms", HeaderValue::from(offer.deadline_ms));
    headers.insert("lambda-runtime-invoked-function-arn", api.arn.clone());
    let trace = format!("Root=1-{:08x}-{:0>24.24};Sampled=0", offer.deadline_ms / 1_000, id.replace('-', ""));
    for (name, value) in [("lambda-runtime-aws-request-id", &id), ("lambda-runtime-trace-id", &trace)] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    api.state().running.insert(id, offer.answer);
    response
}

async fn response(State(api): State<Arc<RuntimeApi>>, Path(id): Path<String>, body: Bytes) -> Response<Body> {
    let answer = serde_json::from_slice(&body).map_err(|_| LambdaError::NotJson);
    status(api.finish(&id, answer))
}

async fn error(State(api): State<Arc<RuntimeApi>>, Path(id): Path<String>, body: Bytes) -> Response<Body> {
    let (error_type, message) = report(&body);
    status(api.finish(&id, Err(LambdaError::Function { error_type, message })))
}

async fn init_error(State(api): State<Arc<RuntimeApi>>, body: Bytes) -> Response<Body> {
    let (error_type, message) = report(&body);
    api.state().init_error = Some(format!("{error_type}: {message}"));
    api.polled.notify_waiters();
    status(StatusCode::ACCEPTED)
}

fn report(body: &[u8]) -> (String, String) {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |name: &str| body[name].as_str().unwrap_or("unknown").to_owned();
    (text("errorType"), text("errorMessage"))
}

fn status(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::from(json!({ "status": "OK" }).to_string()));
    *response.status_mut() = status;
    response
}
