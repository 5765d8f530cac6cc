//! Answers to interactions. The token in the path is the whole authentication (Discord: "Interaction Endpoints").

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use serde_json::Value;

use super::State;
use super::error::Error;
use super::sent::Sent;
use crate::ids::{ApplicationId, MessageId};
use crate::machine;
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

pub(super) async fn follow_up(
    core: State,
    Path((application, token)): Webhook,
    Json(body): Json<Value>,
) -> Result<Json<Value>, Error> {
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
    Json(body): Json<Value>,
) -> Result<Json<Value>, Error> {
    let body = Body::parse(body)?;
    shown(&core, |world| world.edit_follow_up(application, (&token, message), body, machine::now()))
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
