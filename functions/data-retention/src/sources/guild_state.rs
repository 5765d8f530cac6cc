//! `guild-state`: who votes, who listens; a guild's settings.

use aws_sdk_dynamodb::types::AttributeValue;
use shared::ids::UserId;
use shared::privacy::DataSubject;
use shared::store::walk::Revision;
use shared::store::{Item, StoreError, Table};

use super::row::id;
use super::{Forgotten, Mention, delete, is_of_guild, own_if};
use crate::app::App;

const VOTERS: &str = "voters";
const OBSERVED: &str = "observed";

pub(super) fn mention(item: &Item, subject: DataSubject) -> Mention {
    let DataSubject::User(user) = subject else { return own_if(is_of_guild(item, "guild", subject)) };
    let is_there = voters(item).contains(&user.to_string()) || listeners(item).contains(&id(user));
    if is_there { Mention::Named } else { Mention::None }
}

pub(super) async fn forget(app: &App, item: &Item, subject: DataSubject) -> Result<Forgotten, StoreError> {
    match subject {
        DataSubject::Guild(_) => delete(app, Table::GuildState, item).await,
        DataSubject::User(user) if item.contains_key(VOTERS) => forget_vote(app, item, user).await,
        DataSubject::User(user) => forget_listener(app, item, user).await,
    }
}

/// A row of votes without a voter would read as none of ours: the last one takes it along.
async fn forget_vote(app: &App, item: &Item, user: UserId) -> Result<Forgotten, StoreError> {
    if voters(item).len() == 1 {
        return Ok(app.walk.delete_seen(Table::GuildState, item, VOTERS).await?.into());
    }
    let me = [(":me", AttributeValue::Ss(vec![user.to_string()]))];
    Ok(app
        .walk
        .change(Table::GuildState, item, Revision::new(VOTERS, "DELETE #guard :me").with(&me))
        .await?
        .into())
}

/// The worker writes down anew who listens as long as they do.
async fn forget_listener(app: &App, item: &Item, user: UserId) -> Result<Forgotten, StoreError> {
    let others = listeners(item).iter().filter(|one| **one != id(user)).cloned().collect();
    let others = [(":others", AttributeValue::L(others))];
    let expression = "SET #guard.listeners = :others";
    Ok(app
        .walk
        .change(Table::GuildState, item, Revision::new(OBSERVED, expression).with(&others))
        .await?
        .into())
}

fn voters(item: &Item) -> &[String] {
    item.get(VOTERS).and_then(|voters| voters.as_ss().ok()).map_or(&[], Vec::as_slice)
}

fn listeners(item: &Item) -> &[AttributeValue] {
    let observed = item.get(OBSERVED).and_then(|observed| observed.as_m().ok());
    observed.and_then(|observed| observed.get("listeners")?.as_l().ok()).map_or(&[], Vec::as_slice)
}
