//! Answers to interactions, and incoming webhooks, which share their paths. The token in the path is the whole
//! authentication (Discord: "Interaction Endpoints", "Webhook Resource").

use axum::Json;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::State;
use super::auth::Bot;
use super::error::Error;
use super::sent::Sent;
use crate::ids::{ApplicationId, ChannelId, MessageId};
use crate::machine;
use crate::rules::Violation;
use crate::world::{Body, Message, Refusal, World};

/// The application, and the interaction's token.
type Webhook = Path<(ApplicationId, String)>;

pub(super) async fn call_back(
    core: State,
    Path((_interaction, token)): Path<(String, String)>,
    Json(answer): Json<Value>,
) -> Result<StatusCode, Error> {
    core.change(|world| {
        world.call_back(&token, &answer, machine::now())?;
        Ok(Vec::new())
    })?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn original(core: State, Path((application, token)): Webhook) -> Result<Json<Value>, Error> {
    shown(&core, |world| world.original(application, &token, machine::now()))
}

pub(super) async fn edit(
    core: State,
    Path((application, token)): Webhook,
    Sent { body, files }: Sent,
) -> Result<Json<Value>, Error> {
    let (body, now) = (Body::parse(body)?, machine::now());
    shown(&core, |world| {
        let body = world.with_files(application, &token, body, files, now)?;
        world.edit_original(application, &token, body, now)
    })
}

pub(super) async fn delete(core: State, Path((application, token)): Webhook) -> Result<StatusCode, Error> {
    core.change(|world| {
        world.delete_original(application, &token, machine::now())?;
        Ok(Vec::new())
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a webhook is made with.
#[derive(Deserialize)]
pub(super) struct New {
    name: String,
}

/// Of a webhook's name, in characters.
const NAME_MAX: usize = 80;

/// A bot makes an incoming webhook: its application owns it.
pub(super) async fn make(
    core: State,
    bot: Bot,
    Path(channel): Path<ChannelId>,
    Json(new): Json<New>,
) -> Result<Json<Value>, Error> {
    let reserved = ["clyde", "discord"].iter().any(|word| new.name.to_lowercase().contains(word));
    if reserved || !(1..=NAME_MAX).contains(&new.name.trim().chars().count()) {
        let rule = "1 to 80 characters, without \"clyde\" and \"discord\"";
        return Err(Refusal::Form(Violation::new("name", rule)).into());
    }
    let token = machine::nonce().map_err(|_| Refusal::Channel)?;
    let mut made = Value::Null;
    core.change(|world| {
        let id = world.make_webhook(channel, &token, Some(bot.0), machine::now())?;
        made = json!({
            "type": 1, "id": id, "name": new.name, "avatar": null, "channel_id": channel,
            "guild_id": world.channel(channel).map(|(guild, _)| guild),
            "application_id": bot.0, "token": token,
            "url": format!("https://discord.com/api/webhooks/{id}/{token}"),
        });
        Ok(Vec::new())
    })?;
    Ok(Json(made))
}

pub(super) async fn follow_up(
    core: State,
    Path((application, token)): Webhook,
    RawQuery(query): RawQuery,
    Json(body): Json<Value>,
) -> Result<Json<Value>, Error> {
    let body = core.world().heeded(&token, body, wants_components(query.as_deref()))?;
    let body = Body::parse_new(body)?;
    shown(&core, |world| {
        if world.is_incoming(&token) {
            world.execute(application, &token, body, machine::now())
        } else {
            world.follow_up(application, &token, body, machine::now())
        }
    })
}

pub(super) async fn edit_follow_up(
    core: State,
    Path((application, token, message)): Path<(ApplicationId, String, MessageId)>,
    RawQuery(query): RawQuery,
    Json(body): Json<Value>,
) -> Result<Json<Value>, Error> {
    let body = core.world().heeded(&token, body, wants_components(query.as_deref()))?;
    let body = Body::parse(body)?;
    shown(&core, |world| {
        if world.is_incoming(&token) {
            world.edit_executed(application, (&token, message), body, machine::now())
        } else {
            world.edit_follow_up(application, (&token, message), body, machine::now())
        }
    })
}

/// Discord: `with_components`, false where it is not said.
fn wants_components(query: Option<&str>) -> bool {
    query.unwrap_or_default().split('&').any(|pair| pair == "with_components=true")
}

pub(super) async fn delete_follow_up(
    core: State,
    Path((application, token, message)): Path<(ApplicationId, String, MessageId)>,
) -> Result<StatusCode, Error> {
    core.change(|world| {
        world.delete_follow_up(application, (&token, message), machine::now())?;
        Ok(Vec::new())
    })?;
    Ok(StatusCode::NO_CONTENT)
}

fn shown(
    core: &State,
    act: impl FnOnce(&mut World) -> Result<Message, Refusal>,
) -> Result<Json<Value>, Error> {
    let mut view = Value::Null;
    core.change(|world| {
        let message = act(world)?;
        view = world.message_view(&message);
        Ok(Vec::new())
    })?;
    Ok(Json(view))
}
