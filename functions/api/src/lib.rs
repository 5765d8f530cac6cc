//! The REST API for operators and integrations (SPEC W5 to W10, W14 to W17, W22 to W27, W33, W35, W39, T36, T37).
//!
//! One table says of each route who may use it, in which community, under which limit, what containment does to it and what
//! it is called in the audit trail ([`routes`]). A request goes through one gate, in one order: address limit → route →
//! credential → limit → community → containment → permission → body. `/openapi.json` is made from the same table.

mod app;
mod audited;
mod body;
mod caller;
mod config;
mod gate;
pub mod grants;
mod openapi;
mod rate_headers;
mod reply;
mod report;
mod routes;
mod status;
mod status_page;
mod visit;

mod handlers {
    //! What each route does, one file a resource.
    pub(crate) mod audit;
    pub(crate) mod guilds;
    pub(crate) mod incidents;
    pub(crate) mod keys;
    pub(crate) mod me;
    pub(crate) mod playback;
    pub(crate) mod privacy;
    pub(crate) mod public;
    pub(crate) mod queue;
    pub(crate) mod roles;
    pub(crate) mod sessions;
    pub(crate) mod settings;
    pub(crate) mod status;
    mod words;
}

pub use app::{App, Machine};
pub use config::{Config, SecurityContact};
pub use openapi::document as openapi_document;

use serde_json::Value;
use shared::http_error::{ErrorCode, HttpError};
use shared::http_event::{HttpAnswer, HttpEvent};

/// Answers a request. An event that is none of an HTTP API's is answered as a request that is not understood.
pub async fn handle(app: &App, event: &Value) -> HttpAnswer {
    let answer = match HttpEvent::parse(event.to_string().as_bytes()) {
        Ok(request) => Box::pin(gate::answer(app, &request)).await,
        Err(_) => HttpError::new(ErrorCode::InvalidInput, "The request was not understood.").answer(None),
    };
    app.keep_suspicion().await;
    answer
}
