//! `api-keys`: whoever made a key is who it acts for; who revoked one is only named.

use shared::privacy::DataSubject;
use shared::store::walk::Revision;
use shared::store::{Item, StoreError, Table};

use super::row::is;
use super::{Forgotten, Mention, delete, is_of_guild, own_if};
use crate::app::App;

pub(super) fn mention(item: &Item, subject: DataSubject) -> Mention {
    match subject {
        DataSubject::Guild(_) => own_if(is_of_guild(item, "tenant", subject)),
        DataSubject::User(user) if is(item, "made_by", user) => Mention::Own,
        DataSubject::User(user) if is(item, "revoked_by", user) => Mention::Named,
        DataSubject::User(_) => Mention::None,
    }
}

pub(super) async fn forget(app: &App, item: &Item, subject: DataSubject) -> Result<Forgotten, StoreError> {
    if mention(item, subject) == Mention::Own {
        return delete(app, Table::ApiKeys, item).await;
    }
    Ok(app.walk.change(Table::ApiKeys, item, Revision::new("revoked_by", "REMOVE #guard")).await?.into())
}
