//! "Look through what is kept."

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{BadMessage, Version};

/// A run over everything that ends (SPEC T29): an invocation of data-retention, by an operator, or by itself when the time
/// of one invocation was not enough. Who may invoke it may have that done which it does every night anyway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionRun {
    #[serde(rename = "type")]
    kind: Kind,
    version: Version,
    dry_run: bool,
    checkpoint: Option<Map<String, Value>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Kind {
    #[serde(rename = "retention_run")]
    RetentionRun,
}

impl RetentionRun {
    /// The value of `type`.
    pub const TYPE: &str = "retention_run";

    /// From the beginning. With `dry_run` nothing is changed.
    pub const fn new(dry_run: bool) -> Self {
        Self { kind: Kind::RetentionRun, version: Version, dry_run, checkpoint: None }
    }

    /// The same from there on, in the function's own words.
    #[must_use]
    pub fn after(self, checkpoint: Map<String, Value>) -> Self {
        Self { checkpoint: Some(checkpoint), ..self }
    }

    /// Whether it only says what it would do.
    pub const fn is_dry(&self) -> bool {
        self.dry_run
    }

    /// How far it has come; `None`: it begins.
    pub const fn checkpoint(&self) -> Option<&Map<String, Value>> {
        self.checkpoint.as_ref()
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

    fn mark() -> Map<String, Value> {
        Map::from_iter([("round".to_owned(), json!(2))])
    }

    #[test]
    fn it_reads_as_it_was_written_and_agrees_with_its_schema() {
        for run in [RetentionRun::new(true), RetentionRun::new(false).after(mark())] {
            let event = serde_json::to_value(&run).unwrap();
            assert_eq!(RetentionRun::parse(&event), Ok(run.clone()));
            agrees(include_str!("../../../events/schemas/retention-run.json"), &run);
        }
        let event = serde_json::to_value(RetentionRun::new(true).after(mark())).unwrap();
        let expected = json!({
            "type": RetentionRun::TYPE, "version": 1, "dry_run": true, "checkpoint": { "round": 2 },
        });
        assert_eq!(event, expected);
    }

    #[test]
    fn it_is_dry_only_if_it_says_so() {
        assert!(RetentionRun::new(true).is_dry() && !RetentionRun::new(false).is_dry());
        let on = RetentionRun::new(true).after(mark());
        assert_eq!((on.is_dry(), on.checkpoint()), (true, Some(&mark())));
        assert_eq!(RetentionRun::new(true).checkpoint(), None);
    }

    #[test]
    fn other_events_are_refused() {
        let good = serde_json::to_value(RetentionRun::new(false)).unwrap();
        for (member, value) in [
            ("type", json!("rotate_now")),
            ("version", json!(2)),
            ("dry_run", json!("no")),
            ("checkpoint", json!([])),
            ("all", json!(true)),
        ] {
            let mut other = good.clone();
            other[member] = value;
            assert_eq!(RetentionRun::parse(&other), Err(BadMessage), "{other}");
        }
        let mut without = good;
        without.as_object_mut().unwrap().remove("dry_run");
        assert_eq!(RetentionRun::parse(&without), Err(BadMessage));
    }
}
