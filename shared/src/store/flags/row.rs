use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use crate::domain::containment::{Act, Containment, Level, Raised};
use crate::store::StoreError;

type Item = HashMap<String, AttributeValue>;

/// The flag's key; there is one flag.
pub(in crate::store) fn key() -> Item {
    HashMap::from([("flag".to_owned(), text("containment"))])
}

/// The level of the flag's row; L0 without a row. A row that does not read is a failure, never L0.
pub(in crate::store) fn level(item: Option<&Item>) -> Result<Level, StoreError> {
    Ok(read(item)?.0.level())
}

/// The flag and its version; 0 without a row.
pub(super) fn read(item: Option<&Item>) -> Result<(Containment, u64), StoreError> {
    let Some(item) = item else { return Ok((Containment::none(), 0)) };
    let version = read_number(item, "version").filter(|version| *version > 0);
    restore(item).zip(version).ok_or(StoreError::Corrupt { table: "flags", what: "containment" })
}

/// The row of a flag.
pub(super) fn write(flag: &Containment, version: u64) -> Item {
    let mut item = key();
    let mut set = |name: &str, value| drop(item.insert(name.to_owned(), value));
    set("containment_level", number(flag.level().number()));
    set("version", number(version));
    if let Some(raised) = flag.raised() {
        set("reason", text(raised.reason().as_str()));
        set("raised_by", text(&raised.act().by.to_string()));
        set("raised_at", number(raised.act().at.as_millisecond()));
    }
    if let Some(asked) = flag.raised().and_then(Raised::resume) {
        set("resume_by", text(&asked.by.to_string()));
        set("resume_at", number(asked.at.as_millisecond()));
    }
    item
}

fn number(number: impl ToString + Copy) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

fn restore(item: &Item) -> Option<Containment> {
    let level = Level::try_from(read_number::<u8>(item, "containment_level")?).ok()?;
    let raised = match item.get("reason") {
        None => None,
        Some(reason) => Some(Raised {
            act: read_act(item, "raised_by", "raised_at")?,
            reason: reason.as_s().ok()?.parse().ok()?,
            resume: match item.get("resume_by") {
                None => None,
                Some(_) => Some(read_act(item, "resume_by", "resume_at")?),
            },
        }),
    };
    Containment::restore(level, raised)
}

fn read_act(item: &Item, by: &str, at: &str) -> Option<Act> {
    let by = item.get(by)?.as_s().ok()?.parse().ok()?;
    Some(Act { by, at: Timestamp::from_millisecond(read_number(item, at)?).ok()? })
}

fn read_number<N: core::str::FromStr>(item: &Item, name: &str) -> Option<N> {
    item.get(name)?.as_n().ok()?.parse().ok()
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::UserId;

    fn act(by: u64) -> Act {
        Act { by: UserId::new(by).into(), at: "2026-01-02T12:00:00.5Z".parse().unwrap() }
    }

    fn raised() -> Containment {
        Containment::none().raise(Level::L3, act(1), "leak".parse().unwrap()).unwrap()
    }

    #[test]
    fn a_row_reads_as_it_was_written() {
        let asked = raised().request_resume(act(2)).unwrap();
        for flag in [Containment::none(), raised(), asked] {
            assert_eq!(read(Some(&write(&flag, 4))), Ok((flag, 4)));
        }
        assert_eq!(read(None), Ok((Containment::none(), 0)));
    }

    #[test]
    fn a_row_that_does_not_read_is_never_taken_for_calm() {
        for (name, value) in [
            ("containment_level", number(6)),
            ("containment_level", number(0)),
            ("containment_level", text("1")),
            ("version", number(0)),
            ("reason", text("")),
            ("raised_by", text("0")),
            ("raised_by", text("alarms")),
        ] {
            let mut item = write(&raised(), 1);
            item.insert(name.to_owned(), value);
            assert!(level(Some(&item)).is_err(), "{item:?}");
        }
        for name in ["containment_level", "version", "reason", "raised_by", "raised_at"] {
            let mut item = write(&raised(), 1);
            item.remove(name);
            assert!(level(Some(&item)).is_err(), "{name}");
        }
    }
}
