//! Commands of an application (Discord: "Application Commands").

use axum::Json;
use axum::extract::Path;
use serde_json::{Value, json};

use super::State;
use super::auth::Bot;
use super::error::Error;
use crate::ids::ApplicationId;
use crate::machine;

pub(super) async fn all(
    core: State,
    bot: Bot,
    Path(application): Path<ApplicationId>,
) -> Result<Json<Value>, Error> {
    own(bot, application)?;
    Ok(Json(json!(core.world().commands(application))))
}

pub(super) async fn overwrite(
    core: State,
    bot: Bot,
    Path(application): Path<ApplicationId>,
    Json(commands): Json<Value>,
) -> Result<Json<Value>, Error> {
    own(bot, application)?;
    core.change(|world| {
        world.register(application, &commands, machine::now())?;
        Ok(Vec::new())
    })?;
    Ok(Json(json!(core.world().commands(application))))
}

fn own(bot: Bot, application: ApplicationId) -> Result<(), Error> {
    if bot.0 == application { Ok(()) } else { Err(Error::Unauthorized) }
}
