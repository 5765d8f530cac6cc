//! `rate-limits`: when somebody has used what. The rows would leave within minutes.

use shared::privacy::DataSubject;
use shared::store::Item;

use super::row::text;
use super::{Mention, is_of_guild, own_if};

pub(super) fn mention(item: &Item, subject: DataSubject) -> Mention {
    let DataSubject::User(user) = subject else { return own_if(is_of_guild(item, "subject", subject)) };
    let me = subject.to_string();
    let is_mine =
        |sk: &str| sk.strip_suffix(&me).is_some_and(|before| before.is_empty() || before.ends_with('#'));
    let alone = text(item, "subject") == Some(format!("dm#{user}").as_str());
    own_if(alone || text(item, "sk").is_some_and(is_mine))
}
