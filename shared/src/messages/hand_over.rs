//! "I have to go; start somebody to follow me."

use serde::{Deserialize, Serialize};

use super::{BadMessage, Version};
use crate::domain::workers::{Epoch, ShardId};

/// Sent to voice-supervisor by a worker that was told to stop while it has sessions. It goes on playing until the next
/// one says in the lease's row that it is ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    #[serde(rename = "type")]
    kind: Kind,
    version: Version,
    shard: ShardId,
    epoch: Epoch,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Kind {
    #[serde(rename = "hand_over")]
    HandOver,
}

impl HandOver {
    /// The `type` that tells it from other invocations.
    pub const TYPE: &str = "hand_over";

    /// By the holder of this epoch.
    pub const fn new(shard: ShardId, epoch: Epoch) -> Self {
        Self { kind: Kind::HandOver, version: Version, shard, epoch }
    }

    /// Which shard. It may be one that does not exist.
    pub const fn shard(self) -> ShardId {
        self.shard
    }

    /// Whose epoch ends.
    pub const fn epoch(self) -> Epoch {
        self.epoch
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
        let message = HandOver::new(ShardId::new(0), Epoch::new(7));
        agrees(include_str!("../../../events/schemas/hand-over.json"), &message);
    }

    #[test]
    fn it_reads_as_it_was_written_and_nothing_else_does() {
        let message = HandOver::new(ShardId::new(0), Epoch::new(7));
        let written = serde_json::to_value(message).unwrap();
        assert_eq!(written, json!({ "type": HandOver::TYPE, "version": 1, "shard": 0, "epoch": 7 }));
        assert_eq!(HandOver::parse(&written), Ok(message));
        for (member, value) in [("type", json!("wake")), ("epoch", json!(null)), ("more", json!(1))] {
            let mut other = written.clone();
            other[member] = value;
            assert_eq!(HandOver::parse(&other), Err(BadMessage), "{other}");
        }
    }
}
