//! Between our row structs and `DynamoDB` items.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{StoreError, Table};
use crate::clock::Rng;

/// A row on the wire.
pub type Item = HashMap<String, AttributeValue>;

/// The item of a row.
pub(super) fn to_item<T: Serialize>(table: Table, row: &T) -> Result<Item, StoreError> {
    serde_dynamo::aws_sdk_dynamodb_1::to_item(row)
        .map_err(|_| StoreError::Corrupt { table: table.suffix(), what: "a row does not serialise" })
}

/// The row of an item; `what` names it in the error.
pub(super) fn from_item<'a, T: Deserialize<'a>>(
    table: Table,
    what: &'static str,
    item: Item,
) -> Result<T, StoreError> {
    serde_dynamo::aws_sdk_dynamodb_1::from_item(item)
        .map_err(|_| StoreError::Corrupt { table: table.suffix(), what })
}

/// The `S` of a value.
pub(super) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// The `N` of a value.
pub(super) fn number(value: impl Into<i128>) -> AttributeValue {
    AttributeValue::N(value.into().to_string())
}

/// The keys of a row of a guild.
pub(super) fn key(guild: crate::ids::GuildId, sk: impl Into<String>) -> Item {
    Item::from([("guild".to_owned(), text(guild.to_string())), ("sk".to_owned(), text(sk))])
}

/// Whether a row with this `expires_at` is still there for readers; the table's own TTL may lag by days.
pub(super) fn is_live(expires_at: i64, now: Timestamp) -> bool {
    expires_at > now.as_second()
}

/// Waits before try number `attempt` (from 0): a random part of 8 ms doubled each time, 200 ms at most. Without
/// randomness, the whole of it.
pub(super) async fn pause(rng: Rng, attempt: u32) {
    let most = 8_u64.saturating_mul(1 << attempt.min(10)).min(200);
    let millis = rng.u64().map_or(most, |random| random % (most + 1));
    tokio::time::sleep(core::time::Duration::from_millis(millis)).await;
}

/// Bytes, a `B` on the wire instead of a list of numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Packed(pub(super) Vec<u8>);

impl Serialize for Packed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Packed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;

        impl de::Visitor<'_> for Bytes {
            type Value = Packed;

            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Packed, E> {
                Ok(Packed(bytes.to_vec()))
            }

            fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<Packed, E> {
                Ok(Packed(bytes))
            }
        }

        deserializer.deserialize_byte_buf(Bytes)
    }
}
