use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use crate::security::rate_limit::{Ring, Tally};
use crate::store::StoreError;

pub(super) type Item = HashMap<String, AttributeValue>;

/// The ring of a row; the empty one without a row.
pub(super) fn ring(item: &Item) -> Result<Ring, StoreError> {
    match item.get("ring") {
        None => Ok(Ring::default()),
        Some(ring) => stamps(ring).map(Ring::new),
    }
}

/// The tally of a row; the empty one without a row.
pub(super) fn tally(item: &Item) -> Result<Tally, StoreError> {
    let Some(singles) = item.get("singles") else { return Ok(Tally::default()) };
    let number = |name| item.get(name).and_then(read_number::<u64>).ok_or(corrupt("number"));
    let small = |name| number(name).and_then(|number| u32::try_from(number).map_err(|_| corrupt("number")));
    let forgotten = item.get("forgotten").and_then(read_number::<i64>).ok_or(corrupt("number"))?;
    let forgotten = Timestamp::from_millisecond(forgotten).map_err(|_| corrupt("stamp"))?;
    Ok(Tally {
        singles: stamps(singles)?,
        blocks: stamps(item.get("blocks").ok_or(corrupt("blocks"))?)?,
        room: small("room")?,
        max: small("max")?,
        forgotten: Some(forgotten).filter(|stamp| *stamp > Timestamp::UNIX_EPOCH),
        folds: number("folds")?,
    })
}

/// Stamps are epoch milliseconds.
pub(super) fn stamp(at: Timestamp) -> AttributeValue {
    number(at.as_millisecond())
}

pub(super) fn list(stamps: &[Timestamp]) -> AttributeValue {
    AttributeValue::L(stamps.iter().copied().map(stamp).collect())
}

pub(super) fn number(number: impl ToString + Copy) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

pub(super) fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn stamps(value: &AttributeValue) -> Result<Vec<Timestamp>, StoreError> {
    let stamps = value.as_l().map_err(|_| corrupt("stamps"))?;
    stamps.iter().map(read_stamp).collect::<Option<_>>().ok_or(corrupt("stamp"))
}

fn read_stamp(value: &AttributeValue) -> Option<Timestamp> {
    Timestamp::from_millisecond(read_number(value)?).ok()
}

fn read_number<N: core::str::FromStr>(value: &AttributeValue) -> Option<N> {
    value.as_n().ok()?.parse().ok()
}

const fn corrupt(what: &'static str) -> StoreError {
    StoreError::Corrupt { table: "rate-limits", what }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(pairs: &[(&str, AttributeValue)]) -> Item {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    }

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(ms).unwrap()
    }

    fn tally_row() -> Item {
        item(&[
            ("singles", list(&[at(1_767_355_200_123)])),
            ("blocks", list(&[at(1_767_355_200_000)])),
            ("room", number(480)),
            ("max", number(500)),
            ("forgotten", number(0)),
            ("folds", number(3)),
        ])
    }

    #[test]
    fn a_row_reads_as_it_was_written_and_no_row_is_empty() {
        let stamps = [1_767_355_200_123, 1_767_355_200_000].map(at);
        let row = item(&[("ring", list(&stamps))]);
        assert_eq!(ring(&row), Ok(Ring::new(stamps.to_vec())));
        assert_eq!((ring(&Item::new()), tally(&Item::new())), (Ok(Ring::default()), Ok(Tally::default())));
        let [single, block] = stamps;
        let expected = Tally {
            singles: vec![single],
            blocks: vec![block],
            room: 480,
            max: 500,
            forgotten: None,
            folds: 3,
        };
        assert_eq!(tally(&tally_row()), Ok(expected));
    }

    #[test]
    fn anything_else_is_corrupt_and_admits_nobody() {
        for value in [text("1"), AttributeValue::L(vec![text("1")]), AttributeValue::L(vec![number("1.5")])] {
            let row = item(&[("ring", value)]);
            assert!(matches!(ring(&row), Err(StoreError::Corrupt { .. })), "{row:?}");
        }
        for broken in ["blocks", "room", "max", "forgotten", "folds"] {
            for value in [text("1"), number(i64::MIN), number("1.5")] {
                let mut row = tally_row();
                row.insert(broken.to_owned(), value);
                assert!(matches!(tally(&row), Err(StoreError::Corrupt { .. })), "{row:?}");
                row.remove(broken);
                assert!(matches!(tally(&row), Err(StoreError::Corrupt { .. })), "{row:?}");
            }
        }
    }
}
