//! Who the bot is, and where its gateway is.

use axum::Json;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::State;
use super::auth::Bot;
use super::error::Error;
use crate::world::{Refusal, user as user_view};
use crate::{client, machine};

pub(super) async fn gateway(core: State) -> Json<Value> {
    Json(json!({ "url": core.addresses.gateway_url() }))
}

/// With the day's IDENTIFYs (Discord: "Get Gateway Bot").
pub(super) async fn gateway_bot(core: State, _bot: Bot) -> Json<Value> {
    let limit = core.hub().start_limit(machine::now());
    Json(json!({ "url": core.addresses.gateway_url(), "shards": 1, "session_start_limit": limit }))
}

pub(super) async fn user(core: State, bot: Bot) -> Result<Json<Value>, Error> {
    let world = core.world();
    world.bot_user(bot.0).map(|person| Json(user_view(person))).ok_or(Error::Refused(Refusal::User))
}

/// What an application may change of itself.
#[derive(Deserialize)]
pub(super) struct Configuration {
    interactions_endpoint_url: Option<Url>,
}

/// Takes an interactions endpoint once it has shown that it checks signatures (Discord: "Edit Current Application").
pub(super) async fn configure(
    core: State,
    bot: Bot,
    Json(configuration): Json<Configuration>,
) -> Result<Json<Value>, Error> {
    if let Some(url) = configuration.interactions_endpoint_url {
        let refused = |why: String| Refusal::form("interactions_endpoint_url", &why);
        client::take_endpoint(&core, bot.0, url).await.map_err(refused)?;
    }
    application(core, bot).await
}

/// The part of an application that libraries read at login.
pub(super) async fn application(core: State, bot: Bot) -> Result<Json<Value>, Error> {
    let world = core.world();
    let person = world.bot_user(bot.0).ok_or(Error::Refused(Refusal::User))?;
    Ok(Json(json!({
        "id": bot.0,
        "name": person.name,
        "icon": null,
        "description": "",
        "bot_public": true,
        "bot_require_code_grant": false,
        "verify_key": core.key(bot.0).map(|key| key.public_hex()),
        "interactions_endpoint_url": core.endpoints.url(bot.0),
        "flags": 0,
        "team": null,
        "bot": user_view(person),
        "owner": user_view(person),
        "rpc_origins": [],
        "integration_types_config": {},
        "redirect_uris": [],
        "tags": [],
        "approximate_guild_count": world.guilds().count(),
        "approximate_user_install_count": 0,
    })))
}
