//! A `WebSub` hub at the wire: it remembers what was asked of it, and answers as it is told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::form_urlencoded;

#[derive(Debug)]
struct Mind {
    status: StatusCode,
    asked: Vec<BTreeMap<String, String>>,
}

/// The server; it ends on drop.
#[derive(Debug)]
pub(crate) struct Hub {
    pub(crate) url: String,
    mind: Arc<Mutex<Mind>>,
    task: JoinHandle<()>,
}

impl Hub {
    pub(crate) async fn start() -> Self {
        let mind = Arc::new(Mutex::new(Mind { status: StatusCode::ACCEPTED, asked: Vec::new() }));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/subscribe", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(Arc::clone(&mind));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, mind, task }
    }

    /// From now on it answers so.
    pub(crate) fn answers(&self, status: u16) {
        self.mind.lock().unwrap().status = StatusCode::from_u16(status).unwrap();
    }

    /// The forms that were posted since it was asked last.
    pub(crate) fn asked(&self) -> Vec<BTreeMap<String, String>> {
        core::mem::take(&mut self.mind.lock().unwrap().asked)
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(State(mind): State<Arc<Mutex<Mind>>>, request: Request) -> StatusCode {
    let body: Bytes = to_bytes(request.into_body(), 1 << 16).await.unwrap();
    let form = form_urlencoded::parse(&body).into_owned().collect();
    let mut mind = mind.lock().unwrap();
    mind.asked.push(form);
    mind.status
}
