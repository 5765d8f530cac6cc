//! "Somebody wants to hear something and nobody holds the shard."

use serde::{Deserialize, Serialize};

use super::{BadMessage, Version};
use crate::domain::workers::ShardId;

/// Sent to voice-supervisor after ringing a doorbell whose shard has no live lease, and at the first keystroke of
/// `/play` (SPEC P7). Sending one too many starts nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wake {
    #[serde(rename = "type")]
    kind: Kind,
    version: Version,
    shard: ShardId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Kind {
    #[serde(rename = "wake")]
    Wake,
}

impl Wake {
    /// The `type` that tells it from other invocations.
    pub const TYPE: &str = "wake";

    /// For this shard.
    pub const fn new(shard: ShardId) -> Self {
        Self { kind: Kind::Wake, version: Version, shard }
    }

    /// Which shard. It may be one that does not exist.
    pub const fn shard(self) -> ShardId {
        self.shard
    }

    /// Reads an invocation's payload.
    pub fn parse(payload: &serde_json::Value) -> Result<Self, BadMessage> {
        Self::deserialize(payload).map_err(|_| BadMessage)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::schema::agrees;
    use super::*;

    #[test]
    fn the_schema_says_the_same() {
        agrees(include_str!("../../../events/schemas/wake.json"), &Wake::new(ShardId::new(3)));
    }

    #[test]
    fn it_reads_as_it_was_written_and_nothing_else_does() {
        let wake = Wake::new(ShardId::new(3));
        let written = serde_json::to_value(wake).unwrap();
        assert_eq!(written, json!({ "type": Wake::TYPE, "version": 1, "shard": 3 }));
        assert_eq!(Wake::parse(&written), Ok(wake));
        for (member, value) in [
            ("type", json!("hand_over")),
            ("version", json!(2)),
            ("shard", json!(-1)),
            ("shard", json!("3")),
            ("more", json!(1)),
        ] {
            let mut other = written.clone();
            other[member] = value;
            assert_eq!(Wake::parse(&other), Err(BadMessage), "{other}");
        }
    }
}
