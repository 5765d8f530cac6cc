//! Discord's apps: what people see and do, as a page in a browser asks for it. The contract is told in `page/README.md`.

mod endpoint;
mod events;
mod feed;
mod fields;
mod key;
mod local_only;
mod options;
mod page;
mod payload;
mod probe;
mod speaking;
mod stage;
mod state;
mod using;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::{Stream, StreamExt as _};
use serde::Deserialize;
use serde_json::{Value, json};

pub(crate) use endpoint::{Endpoints, take_endpoint};
pub(crate) use events::events;
pub(crate) use feed::Feed;
pub use feed::{Entry, Kind};
pub use key::Key;
pub(crate) use local_only::local_only;
pub(crate) use probe::probe_for_ever;
pub(crate) use speaking::watch_speaking;
pub use stage::{Offer, OfferKind, Song, Stage};

use crate::control::problem;
use crate::core::Core;
use crate::ids::{ChannelId, UserId};
use crate::machine;
use crate::world::{Body, Refusal};

type Shared = State<Arc<Core>>;

/// The page, and what it asks for.
pub(crate) fn router(core: &Arc<Core>) -> Router {
    Router::new()
        .route("/", get(page::index))
        .route("/page/{file}", get(page::file))
        .route("/attachments/{channel}/{id}/{name}", get(page::attachment))
        .route("/sim/state", get(state))
        .route("/sim/events", get(live))
        .route("/sim/timeline", get(timeline))
        .route("/sim/channels/{channel}/messages", get(messages))
        .route("/sim/use", post(using::use_bot))
        .route("/sim/say", post(say))
        .route("/stack/fault", post(stage::fault))
        .with_state(Arc::clone(core))
}

async fn state(core: Shared) -> Json<Value> {
    Json(state::view(&core))
}

async fn live(core: Shared) -> Sse<impl Stream<Item = Result<Event, axum::Error>>> {
    let events = core.feed.listen().map(|event| Ok(Event::default().data(event)));
    Sse::new(events).keep_alive(KeepAlive::default())
}

#[derive(Deserialize)]
struct After {
    after: Option<String>,
}

async fn timeline(core: Shared, Query(After { after }): Query<After>) -> Json<Value> {
    let after = after.and_then(|after| after.parse().ok()).unwrap_or(0);
    Json(core.feed.timeline(after).into())
}

#[derive(Deserialize)]
struct Reader {
    #[serde(rename = "as")]
    user: UserId,
}

async fn messages(
    core: Shared,
    Path(channel): Path<ChannelId>,
    Query(Reader { user }): Query<Reader>,
) -> Json<Value> {
    let world = core.world();
    let seen = world.messages(channel).iter().filter(|message| message.is_seen_by(user));
    Json(seen.map(|message| events::message(&world, message)).collect())
}

#[derive(Deserialize)]
struct Say {
    #[serde(rename = "as")]
    user: UserId,
    channel: ChannelId,
    #[serde(default)]
    content: String,
    /// A file that is attached by its address, as a music file is.
    attachment_url: Option<url::Url>,
}

/// Somebody's own message.
async fn say(core: Shared, Json(said): Json<Say>) -> Response {
    let attachments: Vec<Value> = said.attachment_url.iter().map(attachment).collect();
    let body = Body::parse_new_with(json!({ "content": said.content }), &attachments);
    let posted = body.and_then(|body| {
        let mut view = Value::Null;
        core.change(|world| {
            world.person(said.user).ok_or(Refusal::User)?;
            let message = world.post(said.channel, said.user, body, machine::now())?;
            view = world.message_view(&message);
            Ok(Vec::new())
        })?;
        Ok(view)
    });
    match posted {
        Ok(view) => Json(view).into_response(),
        Err(refusal) => problem(StatusCode::BAD_REQUEST, &refusal.to_string()),
    }
}

/// An attachment (Discord: "Attachment"); only its name and its address are known.
fn attachment(url: &url::Url) -> Value {
    let name = url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default();
    json!({ "id": "1", "filename": name, "size": 0, "url": url, "proxy_url": url })
}

/// A body that says JSON and is, or why not.
fn parsed<T: serde::de::DeserializeOwned>(body: &Bytes) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| error.to_string())
}
