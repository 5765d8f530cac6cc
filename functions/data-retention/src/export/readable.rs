//! A stored row as JSON that its owner can read: nothing packed, and nothing in it that opens anything.

use aws_sdk_dynamodb::types::AttributeValue;
use data_encoding::BASE64;
use serde_json::{Map, Number, Value};
use shared::domain::queue::Slot;
use shared::privacy::{Place, map};
use shared::store::Item;

/// What could be tried out or compared, though it opens nothing as it is: digests of tokens, of cookies, of keys.
const DIGESTS: [(Place, &str); 6] = [
    (Place::AccountLinks, "browser"),
    (Place::ApiKeys, "hash"),
    (Place::ApiKeys, "replaces"),
    (Place::Sessions, "bound"),
    (Place::Sessions, "current"),
    (Place::Sessions, "last"),
];
/// Keys that end in such a digest.
const NAMED_AFTER_A_DIGEST: [&str; 4] = ["offer#", "state#", "code#", "family#"];

/// The whole row.
pub(super) fn whole(place: Place, item: &Item) -> Value {
    Value::Object(item.iter().filter_map(|(name, value)| shown(place, name, value)).collect())
}

/// These attributes of it, those that there are.
pub(super) fn picked(place: Place, item: &Item, names: &[&str]) -> Map<String, Value> {
    let there = names.iter().filter_map(|name| item.get_key_value(*name));
    there.filter_map(|(name, value)| shown(place, name, value)).collect()
}

/// The slots of a packed attribute, if it is one.
pub(super) fn slots(value: &AttributeValue) -> Option<Vec<Slot>> {
    Slot::unpack(value.as_b().ok()?.as_ref())
}

fn shown(place: Place, name: &str, value: &AttributeValue) -> Option<(String, Value)> {
    if map::is_secret(place, name) || DIGESTS.contains(&(place, name)) {
        return None;
    }
    let value = match (place, name) {
        (Place::GuildQueues, "now" | "history" | "slots") => packed(value),
        // Written by us as JSON.
        (Place::GuildQueues, "outcome") | (Place::Tombstones, "case") => parsed(value),
        (Place::AccountLinks | Place::Sessions, "owner") => without_digest(value),
        _ => plain(value),
    };
    Some((name.to_owned(), value))
}

fn plain(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => Value::String(text.clone()),
        AttributeValue::N(number) => self::number(number),
        AttributeValue::Bool(flag) => Value::Bool(*flag),
        AttributeValue::B(bytes) => Value::String(BASE64.encode(bytes.as_ref())),
        AttributeValue::L(values) => values.iter().map(plain).collect(),
        AttributeValue::M(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), plain(value))).collect()
        }
        AttributeValue::Ss(texts) => texts.iter().cloned().collect(),
        AttributeValue::Ns(numbers) => numbers.iter().map(|one| number(one)).collect(),
        AttributeValue::Bs(all) => all.iter().map(|bytes| BASE64.encode(bytes.as_ref())).collect(),
        // Nothing, and what no store of ours writes.
        _ => Value::Null,
    }
}

/// A number that JSON's readers would round stays text.
fn number(text: &str) -> Value {
    let exact =
        text.parse::<i64>().ok().map(Number::from).or_else(|| text.parse::<u64>().ok().map(Number::from));
    exact.map_or_else(|| Value::String(text.to_owned()), Value::Number)
}

fn packed(value: &AttributeValue) -> Value {
    let Some(slots) = slots(value) else { return plain(value) };
    let slot = |slot: &Slot| serde_json::json!({ "entry": slot.entry.to_string(), "requester": slot.requester.to_string() });
    slots.iter().map(slot).collect()
}

fn parsed(value: &AttributeValue) -> Value {
    let json = value.as_s().ok().and_then(|text| serde_json::from_str(text).ok());
    json.unwrap_or_else(|| plain(value))
}

fn without_digest(value: &AttributeValue) -> Value {
    let kind =
        value.as_s().ok().and_then(|text| NAMED_AFTER_A_DIGEST.iter().find(|kind| text.starts_with(*kind)));
    kind.map_or_else(|| plain(value), |kind| Value::String((*kind).to_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;
    use shared::domain::queue::EntryId;
    use shared::ids::UserId;

    use super::*;

    fn text(text: &str) -> AttributeValue {
        AttributeValue::S(text.to_owned())
    }

    fn item(attributes: &[(&str, AttributeValue)]) -> Item {
        attributes.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    }

    #[test]
    fn slots_and_what_is_json_inside_become_readable() {
        let slot = Slot { entry: EntryId::new(7, 3), requester: UserId::new(5001) };
        let row = item(&[
            ("sk", text("q#order#00000001")),
            ("slots", AttributeValue::B(Slot::pack(&[slot]).into())),
            ("outcome", text(r#"{"cleared":{"count":2}}"#)),
        ]);
        let slots = json!([{ "entry": "00000000000000070003", "requester": "5001" }]);
        let outcome = json!({ "cleared": { "count": 2 } });
        let expected = json!({ "sk": "q#order#00000001", "slots": slots, "outcome": outcome });
        assert_eq!(whole(Place::GuildQueues, &row), expected);
        let odd = item(&[("slots", AttributeValue::B(vec![1, 2].into())), ("outcome", text("{"))]);
        assert_eq!(whole(Place::GuildQueues, &odd), json!({ "slots": "AQI=", "outcome": "{" }));
    }

    #[test]
    fn every_kind_of_attribute_is_said_and_large_numbers_are_not_rounded() {
        let row = item(&[
            ("bool", AttributeValue::Bool(true)),
            ("null", AttributeValue::Null(true)),
            ("list", AttributeValue::L(vec![text("a"), AttributeValue::N("-1".to_owned())])),
            ("map", AttributeValue::M(item(&[("b", text("c"))]))),
            ("texts", AttributeValue::Ss(vec!["d".to_owned()])),
            ("numbers", AttributeValue::Ns(vec!["18446744073709551615".to_owned(), "1.5".to_owned()])),
            ("bytes", AttributeValue::Bs(vec![vec![0].into()])),
        ]);
        let expected = json!({
            "bool": true, "null": null, "list": ["a", -1], "map": { "b": "c" }, "texts": ["d"],
            "numbers": [u64::MAX, "1.5"], "bytes": ["AA=="],
        });
        assert_eq!(whole(Place::Roles, &row), expected);
    }

    #[test]
    fn neither_a_secret_nor_a_digest_of_one_is_said() {
        for (place, name) in DIGESTS.into_iter().chain([(Place::Deferred, "reply_token")]) {
            assert_eq!(whole(place, &item(&[(name, text("test_secret"))])), json!({}), "{place} {name}");
        }
        for kind in NAMED_AFTER_A_DIGEST {
            let row = item(&[("owner", text(&format!("{kind}test_secret")))]);
            let place =
                if matches!(kind, "offer#" | "state#") { Place::AccountLinks } else { Place::Sessions };
            assert_eq!(whole(place, &row), json!({ "owner": kind }));
        }
        let row = item(&[("owner", text("user#5001"))]);
        assert_eq!(whole(Place::AccountLinks, &row), json!({ "owner": "user#5001" }));
    }

    proptest! {
        #[test]
        fn any_bytes_and_any_text_can_be_said(bytes in any::<Vec<u8>>(), said in any::<String>()) {
            let row = item(&[("slots", AttributeValue::B(bytes.into())), ("outcome", text(&said))]);
            let value = whole(Place::GuildQueues, &row);
            prop_assert!(value.get("slots").is_some() && value.get("outcome").is_some());
            prop_assert_eq!(plain(&text(&said)), Value::String(said));
        }
    }
}
