//! "Look whether this try to start a worker came to anything."

use serde::{Deserialize, Serialize};

use super::{BadMessage, Version};
use crate::domain::workers::{Epoch, ShardId};

/// Voice-supervisor sends it to itself, delayed, with each try. A task that hangs tells nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartCheck {
    #[serde(rename = "type")]
    kind: Kind,
    version: Version,
    shard: ShardId,
    epoch: Epoch,
    attempt: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Kind {
    #[serde(rename = "start_check")]
    StartCheck,
}

impl StartCheck {
    /// About this try for an epoch; 0 where there was none yet.
    pub const fn new(shard: ShardId, epoch: Epoch, attempt: u32) -> Self {
        Self { kind: Kind::StartCheck, version: Version, shard, epoch, attempt }
    }

    /// Which shard.
    pub const fn shard(self) -> ShardId {
        self.shard
    }

    /// For which epoch it was made.
    pub const fn epoch(self) -> Epoch {
        self.epoch
    }

    /// Which try for that epoch.
    pub const fn attempt(self) -> u32 {
        self.attempt
    }

    /// Reads a message's body.
    pub fn parse(body: &str) -> Result<Self, BadMessage> {
        serde_json::from_str(body).map_err(|_| BadMessage)
    }

    /// The message's body.
    pub fn to_body(self) -> Result<String, BadMessage> {
        serde_json::to_string(&self).map_err(|_| BadMessage)
    }
}

#[cfg(test)]
mod tests {
    use super::super::schema::agrees;
    use super::*;

    fn check() -> StartCheck {
        StartCheck::new(ShardId::new(1), Epoch::new(7), 2)
    }

    #[test]
    fn the_schema_says_the_same() {
        agrees(include_str!("../../../events/schemas/start-check.json"), &check());
    }

    #[test]
    fn it_reads_as_it_was_written_and_no_reply_deadline_does() {
        let body = check().to_body().unwrap();
        assert_eq!(body, r#"{"type":"start_check","version":1,"shard":1,"epoch":7,"attempt":2}"#);
        assert_eq!(StartCheck::parse(&body), Ok(check()));
        for other in ["", "{}", r#"{"version":1,"tenant":"42","interaction_id":"1"}"#] {
            assert_eq!(StartCheck::parse(other), Err(BadMessage), "{other}");
        }
        assert!(super::super::ReplyDeadline::parse(&body).is_err());
    }
}
