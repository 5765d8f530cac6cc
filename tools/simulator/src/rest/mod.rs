//! Discord's REST API, version 10: the routes that a music bot uses, and those that foreign libraries call to log in.

mod auth;
mod commands;
mod error;
mod journal;
mod limits;
mod me;
mod messages;
mod sent;
mod voice;
mod webhooks;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, patch, post, put};
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;

use crate::core::Core;

type State = axum::extract::State<Arc<Core>>;

/// Serves until the runtime ends.
pub(crate) async fn serve(listener: TcpListener, router: Router) {
    // Nagle with delayed acknowledgements would put 40 ms into some answers.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let _ = axum::serve(listener, router).await;
}

/// All routes under `/api/v10`.
pub(crate) fn router(core: &Arc<Core>) -> Router {
    let routes = Router::new()
        .route("/gateway", get(me::gateway))
        .route("/gateway/bot", get(me::gateway_bot))
        .route("/users/@me", get(me::user))
        .route("/applications/@me", get(me::application).patch(me::configure))
        .route("/applications/{application}/commands", get(commands::all).put(commands::overwrite))
        .route("/oauth2/applications/@me", get(me::application))
        .route("/interactions/{id}/{token}/callback", post(webhooks::call_back))
        .route("/webhooks/{application}/{token}", post(webhooks::follow_up))
        .route(
            "/webhooks/{application}/{token}/messages/@original",
            get(webhooks::original).patch(webhooks::edit).delete(webhooks::delete),
        )
        .route(
            "/webhooks/{application}/{token}/messages/{message}",
            patch(webhooks::edit_follow_up).delete(webhooks::delete_follow_up),
        )
        .route("/channels/{channel}/messages", post(messages::post))
        .route("/channels/{channel}/webhooks", post(webhooks::make))
        .route(
            "/channels/{channel}/messages/{message}",
            patch(messages::edit).delete(messages::delete).get(messages::get),
        )
        .route("/channels/{channel}/voice-status", put(voice::status))
        .route("/guilds/{guild}/voice-states/{user}", get(voice::state))
        .fallback(error::not_found)
        .layer(DefaultBodyLimit::max(sent::SENT_MAX))
        .layer(from_fn_with_state(Arc::clone(core), limits::layer))
        .with_state(Arc::clone(core));
    Router::new().nest("/api/v10", routes)
}
