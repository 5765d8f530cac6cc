//! What rows have to do with whom, as pure values. What becomes of them is in `tests/erasure/`, over the emulators.

use aws_sdk_dynamodb::types::AttributeValue;
use proptest::prelude::*;
use serde_json::{Value, json};
use shared::domain::queue::{EntryId, Slot};
use shared::ids::{GuildId, UserId};

use super::*;

const ADA: UserId = UserId::new(5001);
const GUILD: GuildId = GuildId::new(42);

fn ada() -> DataSubject {
    DataSubject::User(ADA)
}

fn guild() -> DataSubject {
    DataSubject::Guild(GUILD)
}

fn value(json: &Value) -> AttributeValue {
    match json {
        Value::String(text) => AttributeValue::S(text.clone()),
        Value::Number(number) => AttributeValue::N(number.to_string()),
        Value::Bool(flag) => AttributeValue::Bool(*flag),
        Value::Array(all) => AttributeValue::L(all.iter().map(value).collect()),
        Value::Object(map) => {
            AttributeValue::M(map.iter().map(|(name, one)| (name.clone(), value(one))).collect())
        }
        Value::Null => AttributeValue::Null(true),
    }
}

fn item(json: &Value) -> Item {
    let AttributeValue::M(map) = value(json) else { panic!("{json}") };
    map
}

fn with(json: &Value, name: &str, value: AttributeValue) -> Item {
    let mut item = item(json);
    item.insert(name.to_owned(), value);
    item
}

fn slots(users: &[u64]) -> AttributeValue {
    let slot = |user: &u64| Slot { entry: EntryId::new(1, 0), requester: UserId::new(*user) };
    AttributeValue::B(Slot::pack(&users.iter().map(slot).collect::<Vec<_>>()).into())
}

fn voters(users: &[&str]) -> AttributeValue {
    AttributeValue::Ss(users.iter().map(ToString::to_string).collect())
}

#[test]
fn each_row_is_somebodys_names_them_or_neither() {
    use Mention::{Named, None, Own};
    for (place, row, user, community) in [
        (Place::AccountLinks, json!({ "owner": "user#5001", "sk": "link#discord" }), Own, None),
        (Place::AccountLinks, json!({ "owner": "user#5001", "sk": "lease" }), Own, None),
        (
            Place::AccountLinks,
            json!({ "owner": "subject#discord#5001", "sk": "user", "user": "5002" }),
            None,
            None,
        ),
        (
            Place::AccountLinks,
            json!({ "owner": "subject#discord#1", "sk": "user", "user": "5001" }),
            Own,
            None,
        ),
        (Place::AccountLinks, json!({ "owner": "state#ab", "sk": "linking", "user": "5001" }), Own, None),
        (
            Place::AccountLinks,
            json!({ "owner": "channel#twitch#1", "guild": "42", "streamer": "5001" }),
            Own,
            Own,
        ),
        (Place::ApiKeys, json!({ "hash": "h", "tenant": "42", "made_by": "5001" }), Own, Own),
        (
            Place::ApiKeys,
            json!({ "hash": "h", "tenant": "*", "made_by": "1", "revoked_by": "5001" }),
            Named,
            None,
        ),
        (Place::Deferred, json!({ "tenant": "42", "sk": "reply#1", "caller": "5001" }), Own, Own),
        (Place::Deferred, json!({ "tenant": "accounts#5001", "sk": "reply#1", "caller": "5001" }), Own, None),
        (Place::Flags, json!({ "flag": "containment", "raised_by": "5001" }), Named, None),
        (Place::Flags, json!({ "flag": "containment", "raised_by": "1", "resume_by": "5001" }), Named, None),
        (Place::Flags, json!({ "flag": "containment" }), None, None),
        (Place::GuildAccess, json!({ "guild": "42", "sk": "access", "requested_by": "5001" }), Named, Own),
        (Place::GuildAccess, json!({ "guild": "42", "sk": "access", "decided_by": "5001" }), Named, Own),
        (Place::GuildAccess, json!({ "guild": "#approved", "sk": "count", "approved": 42 }), None, None),
        (
            Place::GuildQueues,
            json!({ "guild": "42", "sk": "e#1", "entry": { "requester": "5001" } }),
            Named,
            Own,
        ),
        (Place::GuildQueues, json!({ "guild": "42", "sk": "op#1", "outcome": "{}" }), None, Own),
        (Place::GuildState, json!({ "guild": "42", "observed": { "listeners": ["1", "5001"] } }), Named, Own),
        (Place::GuildState, json!({ "guild": "7", "observed": { "listeners": null } }), None, None),
        (Place::Playlists, json!({ "guild": "42", "sk": "p#x", "owner": "5001" }), Own, Own),
        (Place::Playlists, json!({ "guild": "42", "sk": "t#x#00", "tracks": [] }), None, Own),
        (Place::RateLimits, json!({ "subject": "42", "sk": "user#5001" }), Own, Own),
        (Place::RateLimits, json!({ "subject": "42", "sk": "command#play#user#5001" }), Own, Own),
        (Place::RateLimits, json!({ "subject": "42", "sk": "command#play" }), None, Own),
        (Place::RateLimits, json!({ "subject": "dm#5001", "sk": "command#play" }), Own, None),
        (Place::Replay, json!({ "tenant": "dm#5001", "sk": "interaction#1" }), Own, None),
        (Place::Replay, json!({ "tenant": "42", "sk": "interaction#5001" }), None, Own),
        (Place::Roles, json!({ "guild": "42", "user": "5001", "by": "1" }), Own, Own),
        (Place::Roles, json!({ "guild": "7", "user": "1", "by": "5001" }), Named, None),
        (Place::Sessions, json!({ "owner": "family#ab", "sk": "family", "user": "5001" }), Own, None),
        (Place::Sessions, json!({ "owner": "epoch#5001", "sk": "epoch", "epoch": 3 }), Own, None),
        (Place::Sessions, json!({ "owner": "denied#5001", "sk": "denied" }), None, None),
        (Place::Tombstones, json!({ "subject": "user#5001", "sk": "tombstone" }), Own, None),
        (Place::Tombstones, json!({ "subject": "guild#42", "sk": "tombstone" }), None, Own),
    ] {
        let row_of = item(&row);
        let found = (mention(place, &row_of, ada()), mention(place, &row_of, guild()));
        assert_eq!(found, (user, community), "{place} {row}");
    }
}

#[test]
fn packed_slots_and_sets_are_looked_into() {
    let row = json!({ "guild": "42", "sk": "q#head" });
    for name in ["now", "history", "slots"] {
        assert_eq!(mention(Place::GuildQueues, &with(&row, name, slots(&[1, 5001])), ada()), Mention::Named);
        assert_eq!(mention(Place::GuildQueues, &with(&row, name, slots(&[1, 500])), ada()), Mention::None);
    }
    // The bytes of their id, but across two slots.
    let shifted = [&[0; 14][..], &5001_u64.to_be_bytes(), &[0; 14]].concat();
    let shifted = AttributeValue::B(shifted.into());
    assert_eq!(mention(Place::GuildQueues, &with(&row, "slots", shifted), ada()), Mention::None);
    let row = json!({ "guild": "42", "sk": "votes" });
    assert_eq!(mention(Place::GuildState, &with(&row, "voters", voters(&["5001"])), ada()), Mention::Named);
    assert_eq!(mention(Place::GuildState, &with(&row, "voters", voters(&["50010"])), ada()), Mention::None);
}

#[test]
fn whoever_has_a_longer_id_is_somebody_else() {
    for id in ["15001", "50011", "501"] {
        for (place, row) in [
            (Place::AccountLinks, json!({ "owner": format!("user#{id}"), "sk": "lease" })),
            (Place::RateLimits, json!({ "subject": "42", "sk": format!("command#play#user#{id}") })),
            (Place::Replay, json!({ "tenant": format!("dm#{id}"), "sk": "interaction#1" })),
            (Place::Sessions, json!({ "owner": format!("epoch#{id}"), "sk": "epoch" })),
            (Place::Tombstones, json!({ "subject": format!("user#{id}"), "sk": "tombstone" })),
        ] {
            assert_eq!(mention(place, &item(&row), ada()), Mention::None, "{place} {row}");
        }
    }
}

#[test]
fn each_place_is_walked_by_rows_or_as_a_whole() {
    for place in Place::ALL {
        let whole = matches!(place, Place::Exports | Place::UserSecrets);
        assert_eq!(place.table().is_none(), whole, "{place}");
        assert_eq!(mention(place, &Item::new(), ada()), Mention::None);
        assert_eq!(mention(place, &Item::new(), guild()), Mention::None);
    }
}

proptest! {
    #[test]
    fn a_row_about_others_has_nothing_to_do_with_anybody(
        fields in prop::collection::hash_map("[a-z_]{1,12}", "[a-z#]{0,20}", 0..8),
    ) {
        let row: Item = fields.into_iter().map(|(name, text)| (name, AttributeValue::S(text))).collect();
        for place in Place::ALL {
            prop_assert_eq!(mention(place, &row, ada()), Mention::None);
            prop_assert_eq!(mention(place, &row, guild()), Mention::None);
        }
    }
}
