//! `/sim/accounts/twitch`: what viewers do, for tests in other languages and for people who try it out.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};

use super::{ChatLine, Delivered, Redemption, Subscription};
use crate::core::Core;

pub(in crate::accounts) fn router(core: &Arc<Core>) -> Router {
    Router::new()
        .route("/sim/accounts/twitch/subscriptions", get(subscriptions))
        .route("/sim/accounts/twitch/redeem", post(redeem))
        .route("/sim/accounts/twitch/chat", post(chat))
        .with_state(Arc::clone(core))
}

async fn subscriptions(State(core): State<Arc<Core>>) -> Json<Vec<Subscription>> {
    Json(super::all(&core))
}

async fn redeem(State(core): State<Arc<Core>>, Json(redemption): Json<Redemption>) -> Json<Vec<Delivered>> {
    Json(super::redeem(&core, redemption).await)
}

async fn chat(State(core): State<Arc<Core>>, Json(line): Json<ChatLine>) -> Json<Vec<Delivered>> {
    Json(super::chat(&core, line).await)
}
