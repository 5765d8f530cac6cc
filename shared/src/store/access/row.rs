//! How an approval, a ban and the count lie in their rows. Instants are epoch milliseconds; `updated_at` is text, since
//! the index sorts it.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::{from_item, to_item};

use crate::domain::access::{Ban, Decision, GuildAccess, Requested};
use crate::ids::{GuildId, UserId};
use crate::store::StoreError;

pub(super) type Item = HashMap<String, AttributeValue>;

/// The sort key of the approval.
pub(super) const ACCESS: &str = "access";
/// The sort key of the ban.
pub(super) const BAN: &str = "ban";
/// The partition key of the count; `#` keeps it apart from every guild's id.
pub(super) const APPROVED: &str = "#approved";
/// The sort key of the count.
pub(super) const COUNT: &str = "count";

/// An approval as it was read, with the version that a change of it depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Versioned {
    pub(super) guild: GuildId,
    pub(super) access: GuildAccess,
    pub(super) version: u64,
}

#[derive(Deserialize, Serialize)]
struct Row {
    guild: String,
    sk: String,
    status: String,
    updated_at: String,
    requested_by: UserId,
    requested_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    premium: bool,
    version: u64,
}

/// The row of an approval. Fails only if the encoder does.
pub(super) fn write(state: &Versioned) -> Result<Item, StoreError> {
    let (access, decided) = (&state.access, state.access.decided());
    let row = Row {
        guild: state.guild.to_string(),
        sk: ACCESS.to_owned(),
        status: access.status().as_str().to_owned(),
        updated_at: sortable(access.changed_at()),
        requested_by: access.requested().by,
        requested_at: access.requested().at.as_millisecond(),
        decided_by: decided.map(|decision| decision.by),
        decided_at: decided.map(|decision| decision.at.as_millisecond()),
        reason: decided.map(|decision| decision.reason.as_str().to_owned()),
        premium: access.premium(),
        version: state.version,
    };
    to_item(row).map_err(|_| corrupt("approval"))
}

/// The approval of a row. Whatever no step could have written is corrupt, and grants nothing.
pub(super) fn read(item: &Item) -> Result<Versioned, StoreError> {
    let row: Row = from_item(item.clone()).map_err(|_| corrupt("approval"))?;
    let guild = row.guild.parse().map_err(|_| corrupt("guild"))?;
    let access = restore(&row).ok_or(corrupt("approval"))?;
    Ok(Versioned { guild, access, version: row.version })
}

fn restore(row: &Row) -> Option<GuildAccess> {
    let requested =
        Requested { by: row.requested_by, at: Timestamp::from_millisecond(row.requested_at).ok()? };
    let decided = match (row.decided_by, row.decided_at, &row.reason) {
        (None, None, None) => None,
        (Some(by), Some(at), Some(reason)) => {
            Some(Decision { by, at: Timestamp::from_millisecond(at).ok()?, reason: reason.parse().ok()? })
        }
        _ => return None,
    };
    GuildAccess::restore(row.status.parse().ok()?, requested, decided, row.premium)
}

/// The ban of a row.
pub(super) fn read_ban(item: &Item) -> Result<Ban, StoreError> {
    let until = read_number(item, "banned_until").ok_or(corrupt("ban"))?;
    Timestamp::from_millisecond(until).map(Ban::ending).map_err(|_| corrupt("ban"))
}

/// The count of a row; 0 without a row.
pub(super) fn read_count(item: Option<&Item>) -> Result<u32, StoreError> {
    item.map_or(Ok(0), |item| read_number(item, "approved").ok_or(corrupt("count")))
}

/// RFC 3339 with exactly three digits of a second, so that text sorts as time.
pub(super) fn sortable(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// A table's key.
pub(super) fn key(partition: &str, sort: &str) -> Item {
    HashMap::from([("guild".to_owned(), text(partition)), ("sk".to_owned(), text(sort))])
}

pub(super) fn text(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

pub(super) fn number(number: impl ToString + Copy) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

const fn corrupt(what: &'static str) -> StoreError {
    StoreError::Corrupt { table: "guild-access", what }
}

fn read_number<N: core::str::FromStr>(item: &Item, name: &str) -> Option<N> {
    item.get(name)?.as_n().ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::Status;

    fn noon() -> Timestamp {
        "2026-01-02T12:00:00.120Z".parse().unwrap()
    }

    fn approved() -> Versioned {
        let decision = Decision { by: UserId::new(2), reason: "\"it's\" fine".parse().unwrap(), at: noon() };
        let access = GuildAccess::request(UserId::new(1), noon()).approve(decision).unwrap();
        Versioned { guild: GuildId::new(u64::MAX), access: access.set_premium(true).unwrap(), version: 3 }
    }

    #[test]
    fn a_row_reads_as_it_was_written() {
        let pending = Versioned { access: GuildAccess::request(UserId::new(1), noon()), ..approved() };
        for state in [approved(), pending] {
            assert_eq!(read(&write(&state).unwrap()), Ok(state));
        }
    }

    #[test]
    fn the_index_finds_it_by_status_and_time() {
        let item = write(&approved()).unwrap();
        assert_eq!(item["status"], text("approved"));
        assert_eq!(item["updated_at"], text("2026-01-02T12:00:00.120Z"));
        assert!(sortable(Timestamp::UNIX_EPOCH) < sortable(noon()));
        assert_eq!(sortable(Timestamp::UNIX_EPOCH).len(), sortable(noon()).len());
    }

    #[test]
    fn a_row_that_was_tampered_with_grants_nothing() {
        for (name, value) in [
            ("status", text("APPROVED")),
            ("status", text("pending")),
            ("reason", text("")),
            ("reason", text("a\nb")),
            ("decided_at", number(i64::MAX)),
            ("requested_by", text("0")),
            ("guild", text("guild")),
            ("version", number(-1)),
        ] {
            let mut item = write(&approved()).unwrap();
            item.insert(name.to_owned(), value);
            assert!(read(&item).is_err(), "{item:?}");
        }
        for name in ["status", "reason", "decided_by", "requested_at", "premium", "version"] {
            let mut item = write(&approved()).unwrap();
            item.remove(name);
            assert!(read(&item).is_err(), "{name}");
        }
        assert_eq!(read(&write(&approved()).unwrap()).unwrap().access.status(), Status::Approved);
    }

    #[test]
    fn bans_and_the_count_are_numbers() {
        let ban = HashMap::from([("banned_until".to_owned(), number(noon().as_millisecond()))]);
        assert_eq!(read_ban(&ban), Ok(Ban::ending(noon())));
        assert!(read_ban(&Item::new()).is_err());
        assert_eq!(read_count(None), Ok(0));
        assert_eq!(read_count(Some(&HashMap::from([("approved".to_owned(), number(7))]))), Ok(7));
        assert!(read_count(Some(&HashMap::from([("approved".to_owned(), number(-1))]))).is_err());
    }
}
