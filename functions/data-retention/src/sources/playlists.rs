//! `playlists`: a list is whose who saved it; its pages and the count go with it, in one transaction.

use shared::privacy::DataSubject;
use shared::store::playlists::{PlaylistStore, PlaylistStoreError};
use shared::store::{Item, StoreError, Table};

use super::row::is;
use super::{Forgotten, Mention, delete, is_of_guild, own_if};
use crate::app::App;

pub(super) fn mention(item: &Item, subject: DataSubject) -> Mention {
    match subject {
        DataSubject::Guild(_) => own_if(is_of_guild(item, "guild", subject)),
        DataSubject::User(user) => own_if(is(item, "owner", user)),
    }
}

pub(super) async fn forget(app: &App, item: &Item, subject: DataSubject) -> Result<Forgotten, StoreError> {
    if subject.guild().is_some() {
        return delete(app, Table::Playlists, item).await;
    }
    let Some((guild, found)) = PlaylistStore::found(item)? else { return Ok(Forgotten::Stays) };
    match app.playlists.delete(guild, &found).await {
        Ok(()) => Ok(Forgotten::Now),
        // It was saved anew or deleted at this very moment. The next try, or the next sweep, sees which.
        Err(PlaylistStoreError::Changed | PlaylistStoreError::TooMany { .. }) => {
            Err(StoreError::Contended { operation: "playlists.delete" })
        }
        Err(PlaylistStoreError::Store(error)) => Err(error),
    }
}
