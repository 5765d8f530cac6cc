//! `account-links`: what somebody has linked, whose an account is, linkings on their way, channels, leases.

use shared::privacy::DataSubject;
use shared::store::{Item, StoreError, Table};

use super::row::{is, text};
use super::{Forgotten, Mention, delete, is_of_guild, own_if};
use crate::app::App;

/// What says whose a row is whose key does not.
const OWNERS: [&str; 2] = ["user", "streamer"];

pub(super) fn mention(item: &Item, subject: DataSubject) -> Mention {
    let DataSubject::User(user) = subject else { return own_if(is_of_guild(item, "guild", subject)) };
    own_if(is_partition_of(item, subject) || OWNERS.iter().any(|name| is(item, name, user)))
}

/// An account or a channel may have become another's since it was seen, under the same key.
pub(super) async fn forget(app: &App, item: &Item, subject: DataSubject) -> Result<Forgotten, StoreError> {
    if is_partition_of(item, subject) {
        return delete(app, Table::AccountLinks, item).await;
    }
    let guard = match subject {
        DataSubject::Guild(_) => "guild",
        DataSubject::User(user) if is(item, "user", user) => "user",
        DataSubject::User(_) => "streamer",
    };
    Ok(app.walk.delete_seen(Table::AccountLinks, item, guard).await?.into())
}

/// `user#{id}`, which is how somebody is written, too.
fn is_partition_of(item: &Item, subject: DataSubject) -> bool {
    subject.user().is_some() && text(item, "owner") == Some(subject.to_string().as_str())
}
