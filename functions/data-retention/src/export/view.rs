//! What of a row somebody is given. Their own rows are theirs as they are. Of a row that is another's, or everybody's, and
//! only names them, they are given what it says about them: nobody else's id, vote or wish.

use serde_json::{Map, Value, json};
use shared::domain::queue::Slot;
use shared::ids::UserId;
use shared::privacy::{DataSubject, Place};
use shared::store::Item;

use super::readable::{picked, slots, whole};
use crate::sources::Mention;

/// What the subject is given of this row; `None`: nothing is said about them in it.
pub(super) fn view(place: Place, item: &Item, subject: DataSubject, mention: Mention) -> Option<Value> {
    match (mention, subject) {
        (Mention::None, _) => None,
        (Mention::Own, _) | (Mention::Named, DataSubject::Guild(_)) => Some(whole(place, item)),
        (Mention::Named, DataSubject::User(user)) => Some(part(place, item, user)),
    }
}

fn part(place: Place, item: &Item, user: UserId) -> Value {
    let by = |who: &str| is(item, who, user);
    let either = |always: &[&str], cases: &[(bool, &[&str])]| {
        let said = cases.iter().filter(|(is_said, _)| *is_said).flat_map(|(_, names)| *names);
        let names: Vec<&str> = always.iter().chain(said).copied().collect();
        Value::Object(picked(place, item, &names))
    };
    match place {
        Place::GuildQueues => queue(item, user),
        Place::GuildState => state(item, user),
        Place::GuildAccess => either(
            &["guild", "sk", "status"],
            &[
                (by("requested_by"), &["requested_by", "requested_at"]),
                (by("decided_by"), &["decided_by", "decided_at", "reason"]),
            ],
        ),
        Place::Flags => either(
            &["flag", "containment_level"],
            &[
                (by("raised_by"), &["raised_by", "raised_at", "reason"]),
                (by("resume_by"), &["resume_by", "resume_at"]),
            ],
        ),
        Place::Roles => either(&["guild", "role"], &[(by("by"), &["by", "at"])]),
        Place::ApiKeys => either(&["tenant", "id"], &[(by("revoked_by"), &["revoked_by", "revoked_at"])]),
        // Rows of these are somebody's own. Should one name another, it says no more than that.
        Place::AccountLinks
        | Place::Deferred
        | Place::Exports
        | Place::Playlists
        | Place::RateLimits
        | Place::Replay
        | Place::Sessions
        | Place::Tombstones
        | Place::UserSecrets => Value::Object(named(place, item, user)),
    }
}

/// A track that they asked for is theirs. Of an order and a history they are given their entries.
fn queue(item: &Item, user: UserId) -> Value {
    if item.contains_key("entry") {
        return whole(Place::GuildQueues, item);
    }
    let mut said = picked(Place::GuildQueues, item, &["guild", "sk", "expires_at"]);
    for name in ["now", "history", "slots"] {
        let all = item.get(name).and_then(slots).unwrap_or_default();
        let own: Vec<&Slot> = all.iter().filter(|slot| slot.requester == user).collect();
        if !own.is_empty() {
            said.insert(name.to_owned(), own.iter().map(|slot| slot.entry.to_string()).collect());
        }
    }
    Value::Object(said)
}

/// That they voted, or that they listened.
fn state(item: &Item, user: UserId) -> Value {
    let mut said = picked(Place::GuildState, item, &["guild", "sk", "run", "expires_at"]);
    if item.contains_key("voters") {
        said.insert("voters".to_owned(), json!([user.to_string()]));
    }
    if item.contains_key("observed") {
        said.insert("observed".to_owned(), json!({ "listeners": [user.to_string()] }));
    }
    Value::Object(said)
}

/// The attributes that are their id.
fn named(place: Place, item: &Item, user: UserId) -> Map<String, Value> {
    let names: Vec<&str> = item.keys().filter(|name| is(item, name, user)).map(String::as_str).collect();
    picked(place, item, &names)
}

fn is(item: &Item, name: &str, user: UserId) -> bool {
    item.get(name).and_then(|value| value.as_s().ok()).is_some_and(|text| *text == user.to_string())
}

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
