//! `replay`: which interactions came from somebody's direct messages. An id that was forgotten while its signature is fresh
//! could be used once more (`shared::security::replay`): a row stays until it is over, a quarter of an hour.

use jiff::Timestamp;
use shared::privacy::DataSubject;
use shared::store::{Item, StoreError, Table};

use super::row::{number, text};
use super::{Forgotten, Mention, is_of_guild, own_if};
use crate::app::App;

pub(super) fn mention(item: &Item, subject: DataSubject) -> Mention {
    let DataSubject::User(user) = subject else { return own_if(is_of_guild(item, "tenant", subject)) };
    own_if(text(item, "tenant") == Some(format!("dm#{user}").as_str()))
}

pub(super) async fn forget(app: &App, item: &Item, now: Timestamp) -> Result<Forgotten, StoreError> {
    let over = number(item, "expires_at").filter(|end| *end <= now.as_second());
    let Some(end) = over else { return Ok(Forgotten::Stays) };
    Ok(if app.walk.expire(Table::Replay, item, end).await? { Forgotten::Now } else { Forgotten::Before })
}
