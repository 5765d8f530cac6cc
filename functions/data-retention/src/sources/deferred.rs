//! `deferred`: replies that somebody waits for, with Discord's token for each. Who is erased is not answered any more.

use shared::messages::AccountJob;
use shared::privacy::DataSubject;
use shared::store::Item;

use super::row::{is, text};
use super::{Mention, is_of_guild, own_if};

pub(super) fn mention(item: &Item, subject: DataSubject) -> Mention {
    let DataSubject::User(user) = subject else { return own_if(is_of_guild(item, "tenant", subject)) };
    let owed = text(item, "tenant") == Some(AccountJob::tenant(user).as_str());
    own_if(owed || is(item, "caller", user))
}
