//! Discord's webhook route at the wire: it remembers edits, and fails on request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// How Discord is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Mood {
    /// It does what it is asked.
    #[default]
    Well,
    /// It answers with this status.
    Status(u16),
    /// It does not answer.
    Hang,
}

/// A request to edit a reply.
#[derive(Clone, Debug)]
pub(crate) struct Edit {
    pub(crate) path: String,
    pub(crate) body: Value,
}

#[derive(Debug, Default)]
struct Mind {
    mood: Mood,
    moods: HashMap<String, Mood>,
    failing: u32,
    told: usize,
    edits: Vec<Edit>,
}

/// The server; it ends on drop.
#[derive(Debug)]
pub(crate) struct FakeDiscord {
    url: String,
    mind: Arc<Mutex<Mind>>,
    task: JoinHandle<()>,
}

impl FakeDiscord {
    pub(crate) async fn start() -> Self {
        let mind = Arc::<Mutex<Mind>>::default();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(edit).with_state(mind.clone());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, mind, task }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn mood(&self, mood: Mood) {
        self.mind.lock().unwrap().mood = mood;
    }

    /// For the reply with this token.
    pub(crate) fn mood_for(&self, token: &str, mood: Mood) {
        self.mind.lock().unwrap().moods.insert(token.to_owned(), mood);
    }

    /// The next `times` requests meet a 500.
    pub(crate) fn fail_next(&self, times: u32) {
        self.mind.lock().unwrap().failing = times;
    }

    /// Every request, failed ones too.
    pub(crate) fn edits(&self) -> Vec<Edit> {
        self.mind.lock().unwrap().edits.clone()
    }

    /// How many requests were done.
    pub(crate) fn told(&self) -> usize {
        self.mind.lock().unwrap().told
    }
}

impl Drop for FakeDiscord {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn edit(State(mind): State<Arc<Mutex<Mind>>>, request: Request) -> impl IntoResponse {
    let (parts, body) = request.into_parts();
    assert_eq!(parts.method, "PATCH");
    let body = serde_json::from_slice(&to_bytes(body, 1 << 16).await.unwrap()).unwrap();
    let path = parts.uri.path().to_owned();
    match meet(&mut mind.lock().unwrap(), Edit { path, body }) {
        Mood::Well => return (StatusCode::OK, Json(json!({ "id": "1" }))),
        Mood::Status(status) => {
            return (StatusCode::from_u16(status).unwrap(), Json(json!({ "message": "no", "code": 10_015 })));
        }
        Mood::Hang => {}
    }
    tokio::time::sleep(Duration::from_mins(1)).await;
    (StatusCode::OK, Json(Value::Null))
}

fn meet(mind: &mut Mind, edit: Edit) -> Mood {
    let token = edit.path.split('/').nth(5).unwrap_or_default().to_owned();
    mind.edits.push(edit);
    if mind.failing > 0 {
        mind.failing -= 1;
        return Mood::Status(500);
    }
    let mood = mind.moods.get(&token).copied().unwrap_or(mind.mood);
    mind.told += usize::from(matches!(mood, Mood::Well));
    mood
}
