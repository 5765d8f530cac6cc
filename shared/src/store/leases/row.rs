//! Rows of the table as attributes.

use aws_sdk_dynamodb::types::AttributeValue;
use core::fmt;
use core::str::FromStr;

use jiff::Timestamp;

use crate::domain::workers::{Epoch, Lease, ShardId, Successor};
use crate::store::item::{Item, number, text};
use crate::store::{StoreError, Table};

/// The key of a row, such as `shard#0`.
pub(super) fn key(kind: &str, of: impl fmt::Display) -> Item {
    Item::from([("lease".to_owned(), text(format!("{kind}#{of}")))])
}

/// Milliseconds since the epoch.
pub(super) fn millis(at: Timestamp) -> AttributeValue {
    number(at.as_millisecond())
}

/// A row that does not read; `what` is its kind.
pub(super) const fn corrupt(what: &'static str) -> StoreError {
    StoreError::Corrupt { table: Table::Leases.suffix(), what }
}

/// A condition that only an existing row can refuse was refused, and there is no row.
pub(super) const fn no_row(what: &'static str) -> StoreError {
    corrupt(what)
}

pub(super) fn get_number<N: FromStr>(item: &Item, name: &str) -> Option<N> {
    item.get(name)?.as_n().ok()?.parse().ok()
}

pub(super) fn get_text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

pub(super) fn get_time(item: &Item, name: &str) -> Option<Timestamp> {
    Timestamp::from_millisecond(get_number(item, name)?).ok()
}

/// An attribute does not read.
pub(super) struct Nonsense;

/// An attribute that may be missing but must not be nonsense.
pub(super) fn optional<T>(
    item: &Item,
    name: &str,
    read: impl FnOnce(&Item, &str) -> Option<T>,
) -> Result<Option<T>, Nonsense> {
    if item.contains_key(name) { read(item, name).map(Some).ok_or(Nonsense) } else { Ok(None) }
}

pub(super) fn read_lease(shard: ShardId, item: &Item) -> Result<Lease, StoreError> {
    lease(shard, item).ok_or(corrupt("shard"))
}

fn lease(shard: ShardId, item: &Item) -> Option<Lease> {
    let worker = |item: &Item, name: &str| get_text(item, name)?.parse().ok();
    let successor = match optional(item, "successor", worker).ok()? {
        Some(worker) => Some(Successor { worker, at: get_time(item, "successor_at")? }),
        None => None,
    };
    Some(Lease {
        shard,
        owner: optional(item, "owner", worker).ok()?,
        epoch: Epoch::new(get_number(item, "epoch")?),
        until: get_time(item, "until")?,
        sessions: optional(item, "guilds", get_number).ok()?.unwrap_or(0),
        successor,
    })
}
