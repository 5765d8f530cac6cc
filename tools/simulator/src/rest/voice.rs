//! Voice states and the text under a channel's name (Discord: "Voice resource").

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::State;
use super::auth::Bot;
use super::error::Error;
use crate::ids::{ChannelId, GuildId, UserId};
use crate::world::Refusal;

/// Where somebody is; `@me` is the bot. 404 with 10065 when they are in no channel.
pub(super) async fn state(
    core: State,
    bot: Bot,
    Path((guild, user)): Path<(GuildId, String)>,
) -> Result<Json<Value>, Error> {
    let user: UserId = match user.as_str() {
        "@me" => bot.0.cast(),
        other => other.parse().map_err(|_| Refusal::User)?,
    };
    let world = core.world();
    world.guild(guild).ok_or(Refusal::Guild)?;
    let state = world.voice_state(guild, user).ok_or(Refusal::VoiceState)?;
    Ok(Json(world.voice_state_view(state, Some(state.channel))))
}

/// A text of at most 500 characters; none or an empty one takes it away.
#[derive(Deserialize)]
pub(super) struct Status {
    status: Option<String>,
}

pub(super) async fn status(
    core: State,
    _bot: Bot,
    Path(channel): Path<ChannelId>,
    Json(body): Json<Status>,
) -> Result<StatusCode, Error> {
    core.change(|world| {
        world.set_voice_status(channel, body.status.as_deref().unwrap_or_default())?;
        Ok(Vec::new())
    })?;
    Ok(StatusCode::NO_CONTENT)
}
