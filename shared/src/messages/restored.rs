//! "A table was restored from a backup."

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{BadMessage, Version};

/// What an operator says to data-retention once a table is as it was at some moment (SPEC T30): whoever was erased since
/// then is in it again, and has to be erased again. A direct invocation; who may invoke the function may do so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restored {
    #[serde(rename = "type")]
    kind: Kind,
    version: Version,
    to: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Kind {
    #[serde(rename = "restored")]
    Restored,
}

impl Restored {
    /// The value of `type`.
    pub const TYPE: &str = "restored";

    /// To this moment.
    pub const fn new(to: Timestamp) -> Self {
        Self { kind: Kind::Restored, version: Version, to }
    }

    /// What moment the table is of.
    pub const fn to(&self) -> Timestamp {
        self.to
    }

    /// Reads an event.
    pub fn parse(event: &Value) -> Result<Self, BadMessage> {
        Self::deserialize(event).map_err(|_| BadMessage)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::schema::agrees;
    use super::*;

    #[test]
    fn it_reads_as_it_was_written_and_agrees_with_its_schema() {
        let restored = Restored::new("2026-01-02T03:04:05Z".parse().unwrap());
        let event = serde_json::to_value(restored).unwrap();
        let expected = json!({ "type": Restored::TYPE, "version": 1, "to": "2026-01-02T03:04:05Z" });
        assert_eq!((&event, Restored::parse(&event)), (&expected, Ok(restored)));
        agrees(include_str!("../../../events/schemas/restored.json"), &restored);
    }

    #[test]
    fn other_events_are_refused() {
        let good = serde_json::to_value(Restored::new(Timestamp::UNIX_EPOCH)).unwrap();
        for (member, value) in [
            ("type", json!("retention_run")),
            ("version", json!(2)),
            ("to", json!("noon")),
            ("table", json!("roles")),
        ] {
            let mut other = good.clone();
            other[member] = value;
            assert_eq!(Restored::parse(&other), Err(BadMessage), "{other}");
        }
    }
}
