//! The control API, `/sim`: what tests in other languages and `timmy up` do to the world.

use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::client::{Entry, Kind};
use crate::config::{ApplicationConfig, ChannelKind};
use crate::core::{Core, JoinError};
use crate::fault::Fault;
use crate::ids::{ApplicationId, ChannelId, GuildId, UserId};
use crate::listener::Heard;
use crate::machine;
use crate::simulator;
use crate::world::{Asked, Reply};

/// Where everything is and what it is called: what the binary prints as one line of JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Info {
    /// For `DISCORD_API_BASE_URL`.
    pub rest: String,
    /// For `DISCORD_GATEWAY_URL`.
    pub gateway: String,
    /// This API.
    pub control: String,
    /// Below what the services whose accounts are linked stand.
    pub accounts: String,
    /// For `SSL_CERT_FILE`.
    pub ca_file: PathBuf,
    /// Bots.
    pub applications: Vec<ApplicationInfo>,
    /// Guilds with their channels.
    pub guilds: Vec<GuildInfo>,
    /// People.
    pub users: Vec<UserId>,
}

/// A bot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationInfo {
    /// Its application, and its user.
    pub id: ApplicationId,
    /// What it logs in with.
    pub token: String,
}

/// A guild.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuildInfo {
    /// Its id.
    pub id: GuildId,
    /// Its text channels.
    pub text: Vec<ChannelId>,
    /// Its voice channels.
    pub voice: Vec<ChannelId>,
}

type Shared = State<Arc<Core>>;

/// All routes under `/sim`.
pub(crate) fn router(core: &Arc<Core>) -> Router {
    let routes = Router::new()
        .route("/", get(info))
        .route("/join", post(join))
        .route("/leave", post(leave))
        .route("/fault", post(fault))
        .route("/heard", get(heard))
        .route("/reset", post(reset))
        .route("/interactions", post(interact))
        .route("/interactions/{token}", get(interaction))
        .route("/interactions/{token}/callback", post(call_back))
        .route("/listen", get(listen))
        .route("/messages/{channel}", get(messages))
        .with_state(Arc::clone(core));
    Router::new().nest("/sim", routes)
}

/// Where everything is.
pub(crate) fn describe(core: &Core) -> Info {
    let config = &core.config;
    let rest = core.addresses.rest;
    Info {
        rest: format!("http://{rest}/api/v10"),
        gateway: core.addresses.gateway_url(),
        control: format!("http://{rest}/sim"),
        accounts: format!("http://{rest}/accounts"),
        ca_file: core.ca_pem.clone(),
        applications: config.applications.iter().map(ApplicationInfo::of).collect(),
        guilds: config.guilds.iter().map(GuildInfo::of).collect(),
        users: config.users.iter().map(|user| user.id).collect(),
    }
}

impl ApplicationInfo {
    fn of(config: &ApplicationConfig) -> Self {
        Self { id: config.id, token: config.token.clone() }
    }
}

impl GuildInfo {
    fn of(config: &crate::config::GuildConfig) -> Self {
        let of = |kind: ChannelKind| {
            config.channels.iter().filter(move |one| one.kind == kind).map(|one| one.id).collect()
        };
        Self { id: config.id, text: of(ChannelKind::Text), voice: of(ChannelKind::Voice) }
    }
}

#[derive(Deserialize)]
struct Join {
    user: UserId,
    channel: ChannelId,
}

#[derive(Deserialize)]
struct Leave {
    user: UserId,
    guild: GuildId,
}

#[derive(Deserialize)]
struct Listening {
    listener: UserId,
    channel: ChannelId,
    bot: Option<UserId>,
}

#[derive(Deserialize)]
struct Interact {
    application: ApplicationId,
    channel: ChannelId,
    token: String,
}

async fn info(core: Shared) -> Json<Info> {
    Json(describe(&core))
}

/// A person joins and listens, or a bot is moved.
async fn join(core: Shared, Json(Join { user, channel }): Json<Join>) -> Response {
    match core.join(channel, user) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(JoinError::Refused(refusal)) => problem(StatusCode::BAD_REQUEST, &refusal.to_string()),
        Err(error) => problem(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

async fn leave(core: Shared, Json(Leave { user, guild }): Json<Leave>) -> Response {
    if core.leave(guild, user) {
        StatusCode::NO_CONTENT.into_response()
    } else {
        problem(StatusCode::NOT_FOUND, "they are in no voice channel of this guild")
    }
}

async fn fault(core: Shared, Json(fault): Json<Fault>) -> Response {
    core.feed.note(&Entry::new(Kind::Fault, format!("{fault:?}")));
    match simulator::apply(&core, fault) {
        Ok(true) => StatusCode::NO_CONTENT.into_response(),
        Ok(false) => problem(StatusCode::NOT_FOUND, "there is nothing that it could happen to"),
        Err(error) => problem(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

async fn heard(core: Shared, Query(Listening { listener, channel, bot }): Query<Listening>) -> Response {
    let heard = bot.and_then(|bot| core.voice.heard(channel, listener, bot));
    heard.map_or_else(
        || problem(StatusCode::NOT_FOUND, "nobody listens there, or no bot was named"),
        |heard: Heard| Json(heard).into_response(),
    )
}

async fn reset(core: Shared, Json(Listening { listener, channel, .. }): Json<Listening>) -> StatusCode {
    core.voice.with_ear(channel, listener, crate::listener::Ear::reset);
    StatusCode::NO_CONTENT
}

async fn interact(core: Shared, Json(Interact { application, channel, token }): Json<Interact>) -> Response {
    let done = core.change(|world| {
        world.ask(Asked::by_nobody(application, channel, &token), machine::now())?;
        Ok(Vec::new())
    });
    match done {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(refusal) => problem(StatusCode::BAD_REQUEST, &refusal.to_string()),
    }
}

/// The application's HTTP response to an interaction.
async fn call_back(core: Shared, Path(token): Path<String>, Json(answer): Json<Value>) -> Response {
    let done = core.change(|world| {
        world.call_back(&token, &answer, machine::now())?;
        Ok(Vec::new())
    });
    match done {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(refusal) => problem(StatusCode::BAD_REQUEST, &refusal.to_string()),
    }
}

/// What somebody hears from now on, for as long as the connection lasts: 16 bit, little-endian, stereo, 48 kHz.
async fn listen(core: Shared, Query(Listening { listener, channel, .. }): Query<Listening>) -> Response {
    let pcm = Body::from_stream(crate::listener::pcm_stream(core.voice.frames(), listener, channel));
    ([(header::CONTENT_TYPE, "audio/L16;rate=48000;channels=2")], pcm).into_response()
}

async fn interaction(core: Shared, Path(token): Path<String>) -> Response {
    let world = core.world();
    let Some(reply) = world.reply(&token) else {
        return problem(StatusCode::NOT_FOUND, "no such interaction");
    };
    let follow_ups: Vec<Value> = world.follow_ups(&token).iter().map(|one| world.message_view(one)).collect();
    let (state, message) = match &reply {
        Reply::Open => ("open", None),
        Reply::Deferred { .. } => ("deferred", None),
        Reply::Answered(message) => ("answered", Some(world.message_view(message))),
        Reply::Deleted => ("deleted", None),
    };
    Json(json!({ "state": state, "message": message, "follow_ups": follow_ups })).into_response()
}

async fn messages(core: Shared, Path(channel): Path<ChannelId>) -> Json<Value> {
    let world = core.world();
    Json(world.messages(channel).iter().map(|one| world.message_view(one)).collect())
}

/// Why not, in words.
pub(crate) fn problem(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "message": message }))).into_response()
}
