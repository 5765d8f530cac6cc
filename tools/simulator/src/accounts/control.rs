//! `/sim/accounts`: what was called and what is alive, for tests in other languages and for people who look.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::desk::{Desk, Endpoint};
use super::handle::Accounts;
use super::service::Service;
use crate::client::{Entry, Kind};
use crate::control::problem;
use crate::core::Core;

pub(super) fn router(core: &Arc<Core>) -> Router {
    Router::new()
        .route("/sim/accounts", get(view))
        .route("/sim/accounts/end", post(end))
        .with_state(Arc::clone(core))
}

/// `{"spotify": {"calls": {"token": 1, …}, "grants": […]}, …}`. No token is in it.
async fn view(State(core): State<Arc<Core>>) -> Json<Value> {
    let desk = core.accounts();
    let all = Service::ALL.map(|service| (service.code().to_owned(), of_service(&desk, service)));
    Json(Value::Object(all.into_iter().collect()))
}

fn of_service(desk: &Desk, service: Service) -> Value {
    let calls = Endpoint::ALL.map(|endpoint| {
        let name = serde_json::to_value(endpoint).unwrap_or_default();
        (name.as_str().unwrap_or_default().to_owned(), json!(desk.calls(service, endpoint)))
    });
    json!({ "calls": calls.into_iter().collect::<Map<_, _>>(), "grants": desk.book.grants(service) })
}

#[derive(Deserialize)]
struct End {
    grant: u64,
}

/// Somebody takes a grant back on the service's own pages.
async fn end(State(core): State<Arc<Core>>, Json(End { grant }): Json<End>) -> Response {
    if !Accounts::new(Arc::clone(&core)).end_grant(grant) {
        return problem(StatusCode::NOT_FOUND, "there is no such grant");
    }
    core.feed.note(&Entry::new(Kind::Fault, format!("Grant {grant} is taken back at its service")));
    StatusCode::NO_CONTENT.into_response()
}
