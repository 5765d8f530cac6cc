//! Messages of a channel (Discord: "Message resource").

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use serde_json::Value;

use super::State;
use super::auth::Bot;
use super::error::Error;
use super::sent::Sent;
use crate::ids::{ChannelId, MessageId};
use crate::machine;
use crate::world::Body;

pub(super) async fn post(
    core: State,
    bot: Bot,
    Path(channel): Path<ChannelId>,
    Sent { body, files }: Sent,
) -> Result<Json<Value>, Error> {
    let mut view = Value::Null;
    core.change(|world| {
        let body = Body::parse_new_with(body, &world.keep_files(channel, files, machine::now()))?;
        let message = world.post(channel, bot.0.cast(), body, machine::now())?;
        view = world.message_view(&message);
        Ok(Vec::new())
    })?;
    Ok(Json(view))
}

pub(super) async fn get(
    core: State,
    _bot: Bot,
    Path((channel, message)): Path<(ChannelId, MessageId)>,
) -> Result<Json<Value>, Error> {
    let world = core.world();
    Ok(Json(world.message_view(world.find(channel, message)?)))
}

pub(super) async fn edit(
    core: State,
    bot: Bot,
    Path((channel, message)): Path<(ChannelId, MessageId)>,
    Sent { body, files }: Sent,
) -> Result<Json<Value>, Error> {
    let body = Body::parse(body)?;
    let mut view = Value::Null;
    core.change(|world| {
        let body = body.with(world.keep_files(channel, files, machine::now()));
        let message = world.edit(channel, message, bot.0.cast(), body, machine::now())?;
        view = world.message_view(&message);
        Ok(Vec::new())
    })?;
    Ok(Json(view))
}

pub(super) async fn delete(
    core: State,
    _bot: Bot,
    Path((channel, message)): Path<(ChannelId, MessageId)>,
) -> Result<StatusCode, Error> {
    core.change(|world| {
        world.delete(channel, message)?;
        Ok(Vec::new())
    })?;
    Ok(StatusCode::NO_CONTENT)
}
