//! The services whose accounts members link, standing in at the wire: Discord, Slack, Spotify, Twitch and Google, each
//! below `/accounts/{service}` at its own paths, with a page on which to consent as somebody who does not exist.
//!
//! What each of them documents is in `service` (paths, scopes, habits) and `answers` (how it says yes and no); what was
//! given is in `book`, which is pure; what may go wrong is in `fault`.

mod answers;
mod authorize;
mod bearer;
mod book;
mod client_auth;
mod config;
mod consent;
mod control;
mod desk;
mod eventsub;
mod fault;
mod form;
mod gate;
mod handle;
mod id_token;
mod people;
mod pkce;
mod revoke;
mod service;
mod songs;
mod spotify;
mod token;
mod visit;
mod whoami;
mod youtube;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

pub use book::Grant;
pub use config::{AccountsConfig, ClientConfig};
pub use desk::Endpoint;
pub use eventsub::{ChatLine, Delivered, Redemption, Subscription, SubscriptionStatus};
pub use fault::{AccountsFault, AccountsFaultKind, FaultAt};
pub use handle::Accounts;
pub use people::Account;
pub use service::Service;
pub use songs::{Playlist, PlaylistEntry};

pub(crate) use desk::Desk;

use crate::core::Core;
use desk::At;

/// All services under `/accounts`, and what tests ask of them under `/sim/accounts`.
pub(crate) fn router(core: &Arc<Core>) -> Router {
    let nest = |router: Router, service: Service| {
        router.nest(&service.root(), of_service(At { core: Arc::clone(core), service }))
    };
    Service::ALL.into_iter().fold(control::router(core).merge(eventsub::router(core)), nest)
}

fn of_service(at: At) -> Router {
    let habits = at.service.habits();
    let mut routes = Router::new()
        .route(habits.authorize, get(visit::ask).post(visit::answer))
        .route(habits.token, post(token::token))
        .route(habits.identity, get(whoami::whoami).post(whoami::whoami));
    if let Some(path) = habits.revoke {
        routes = routes.route(path, post(revoke::revoke));
    }
    let routes = match at.service {
        Service::Spotify => routes
            .route("/v1/me/playlists", get(spotify::playlists))
            .route("/v1/playlists/{id}", get(spotify::about))
            .route("/v1/playlists/{id}/items", get(spotify::items))
            .route("/v1/playlists/{id}/tracks", get(spotify::tracks)),
        Service::YouTube => routes
            .route("/youtube/v3/playlists", get(youtube::playlists))
            .route("/youtube/v3/playlistItems", get(youtube::playlist_items)),
        Service::Twitch => routes.route(
            "/helix/eventsub/subscriptions",
            get(eventsub::list).post(eventsub::create).delete(eventsub::delete),
        ),
        Service::Discord | Service::Slack => routes,
    };
    routes.layer(from_fn_with_state(at.clone(), gate::layer)).with_state(at)
}

#[cfg(test)]
mod wire_tests;
