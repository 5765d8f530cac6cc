//! A web server for tests: gives prepared answers in order, the last one for ever, and remembers what was asked.

#![cfg(any(feature = "rest", feature = "secrets"))]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Request, Response, StatusCode};
use serde_json::Value;
use tokio::task::JoinHandle;

/// One prepared answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    headers: Vec<(&'static str, String)>,
    body: String,
    hangs: bool,
}

impl Answer {
    pub(crate) fn json(status: StatusCode, body: &Value) -> Self {
        Self { status, headers: Vec::new(), body: body.to_string(), hangs: false }
    }

    pub(crate) fn hang() -> Self {
        Self { hangs: true, ..Self::json(StatusCode::OK, &Value::Null) }
    }

    #[cfg(feature = "rest")]
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

/// What was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    #[cfg_attr(not(feature = "rest"), expect(dead_code, reason = "only the REST tests look"))]
    pub(crate) line: String,
    #[cfg_attr(not(feature = "rest"), expect(dead_code, reason = "only the REST tests look"))]
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

#[derive(Clone, Debug, Default)]
struct Script {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    requests: Arc<Mutex<Vec<Asked>>>,
}

/// The server; it ends on drop.
#[derive(Debug)]
pub(crate) struct FakeHttp {
    url: String,
    script: Script,
    task: JoinHandle<()>,
}

impl FakeHttp {
    pub(crate) async fn start(answers: impl IntoIterator<Item = Answer>) -> Self {
        let script = Script::default();
        script.answers.lock().unwrap().extend(answers);
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(script.clone());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, script, task }
    }

    pub(crate) fn url(&self) -> String {
        self.url.clone()
    }

    pub(crate) fn requests(&self) -> Vec<Asked> {
        self.script.requests.lock().unwrap().clone()
    }
}

impl Drop for FakeHttp {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(State(script): State<Script>, request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = String::from_utf8(to_bytes(body, 1 << 20).await.unwrap().to_vec()).unwrap();
    let line = format!("{} {}", parts.method, parts.uri);
    script.requests.lock().unwrap().push(Asked { line, headers: parts.headers, body });
    let answer = next(&script);
    if answer.hangs {
        tokio::time::sleep(Duration::from_mins(1)).await;
    }
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = answer.status;
    for (name, value) in answer.headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}

fn next(script: &Script) -> Answer {
    let mut answers = script.answers.lock().unwrap();
    if answers.len() > 1 { answers.pop_front().unwrap() } else { answers.front().unwrap().clone() }
}
