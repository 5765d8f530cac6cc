//! `guild-access`: who asked for a guild, who decided and what they wrote; a guild's own approval.

use shared::privacy::DataSubject;
use shared::store::{Item, StoreError};

use super::row::{is, text};
use super::{Forgotten, Mention, is_of_guild, own_if};
use crate::app::App;

pub(super) fn mention(item: &Item, subject: DataSubject) -> Mention {
    let DataSubject::User(user) = subject else { return own_if(is_of_guild(item, "guild", subject)) };
    let is_named = is(item, "requested_by", user) || is(item, "decided_by", user);
    if is_named { Mention::Named } else { Mention::None }
}

/// A ban stays until it is over, and a refusal stays: neither names anybody then.
pub(super) async fn forget(app: &App, item: &Item, subject: DataSubject) -> Result<Forgotten, StoreError> {
    let guild = text(item, "guild").and_then(|guild| guild.parse().ok());
    let Some(guild) = guild.filter(|_| text(item, "sk") == Some("access")) else {
        return Ok(Forgotten::Stays);
    };
    let done = match subject {
        DataSubject::User(user) => app.access.disown(guild, user).await?,
        DataSubject::Guild(_) => app.access.forget(guild).await?,
    };
    Ok(if done { Forgotten::Now } else { Forgotten::Stays })
}
