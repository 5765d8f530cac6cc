//! `roles`: who moderates what, and who said so.

use shared::domain::queue::NOBODY;
use shared::privacy::DataSubject;
use shared::store::walk::Revision;
use shared::store::{Item, StoreError, Table};

use super::row::{id, is, n};
use super::{Forgotten, Mention, delete, is_of_guild, own_if};
use crate::app::App;

/// With another version: who has planned a change from what the role was before plans again.
const DISOWN: &str = "SET #by = :nobody, #guard = #guard + :one";

pub(super) fn mention(item: &Item, subject: DataSubject) -> Mention {
    match subject {
        DataSubject::Guild(_) => own_if(is_of_guild(item, "guild", subject)),
        DataSubject::User(user) if is(item, "user", user) => Mention::Own,
        DataSubject::User(user) if is(item, "by", user) => Mention::Named,
        DataSubject::User(_) => Mention::None,
    }
}

pub(super) async fn forget(app: &App, item: &Item, subject: DataSubject) -> Result<Forgotten, StoreError> {
    if mention(item, subject) == Mention::Own {
        return delete(app, Table::Roles, item).await;
    }
    let values = [(":nobody", id(NOBODY)), (":one", n(1))];
    Ok(app
        .walk
        .change(Table::Roles, item, Revision::new("version", DISOWN).naming(&[("#by", "by")]).with(&values))
        .await?
        .into())
}
