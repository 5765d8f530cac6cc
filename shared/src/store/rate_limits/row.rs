use std::collections::HashMap;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use crate::security::rate_limit::Ring;
use crate::store::StoreError;

type Item = HashMap<String, AttributeValue>;

/// The ring of a row; the empty one without a row.
pub(super) fn ring(item: Option<&Item>) -> Result<Ring, StoreError> {
    let Some(item) = item else { return Ok(Ring::default()) };
    let stamps = item.get("ring").and_then(|value| value.as_l().ok()).ok_or(corrupt("ring"))?;
    let stamps = stamps.iter().map(read_stamp).collect::<Option<Vec<_>>>().ok_or(corrupt("stamp"))?;
    let filled = item.get("filled").and_then(read_number).ok_or(corrupt("filled"))?;
    Ok(Ring::new(stamps, filled))
}

/// The ring that stopped a write, or `None` if something else failed.
pub(super) fn stopped_by<R>(error: &SdkError<UpdateItemError, R>) -> Option<Result<Ring, StoreError>> {
    match error.as_service_error()? {
        UpdateItemError::ConditionalCheckFailedException(failed) => Some(ring(failed.item())),
        _ => None,
    }
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

    #[test]
    fn a_row_reads_as_it_was_written_and_no_row_is_empty() {
        let stamps =
            [1_767_355_200_123, 1_767_355_200_000].map(|ms| Timestamp::from_millisecond(ms).unwrap());
        let row = item(&[("ring", list(&stamps)), ("filled", number(3))]);
        assert_eq!(ring(Some(&row)), Ok(Ring::new(stamps.to_vec(), 3)));
        assert_eq!(ring(None), Ok(Ring::default()));
    }

    #[test]
    fn anything_else_is_corrupt_and_admits_nobody() {
        let good = || [("ring", list(&[])), ("filled", number(1))];
        for (broken, value) in [
            ("ring", text("1")),
            ("ring", AttributeValue::L(vec![text("1")])),
            ("ring", AttributeValue::L(vec![number("1.5")])),
            ("ring", AttributeValue::L(vec![number(i64::MAX)])),
            ("filled", number(-1)),
            ("filled", text("1")),
        ] {
            let mut row = item(&good());
            row.insert(broken.to_owned(), value);
            assert!(matches!(ring(Some(&row)), Err(StoreError::Corrupt { .. })), "{row:?}");
            row.remove(broken);
            assert!(matches!(ring(Some(&row)), Err(StoreError::Corrupt { .. })), "{row:?}");
        }
    }
}
