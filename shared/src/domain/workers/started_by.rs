//! `startedBy` of a task: which try it belongs to.

use core::fmt;
use core::str::FromStr;

use super::{Attempt, Epoch, ShardId};

/// `voice/<shard>/<epoch>/<number>`. ECS keeps it with the task and repeats it in its events; it takes up to 128 letters,
/// digits, `-`, `/` and `_`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StartedBy {
    /// The shard.
    pub shard: ShardId,
    /// The epoch that the task would take.
    pub epoch: Epoch,
    /// Which try for that epoch.
    pub number: u32,
}

/// Not a task that voice-supervisor started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not started by voice-supervisor")]
pub struct ParseStartedByError;

impl From<&Attempt> for StartedBy {
    fn from(attempt: &Attempt) -> Self {
        Self { shard: attempt.shard, epoch: attempt.epoch, number: attempt.number }
    }
}

impl fmt::Display for StartedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "voice/{}/{}/{}", self.shard, self.epoch, self.number)
    }
}

impl FromStr for StartedBy {
    type Err = ParseStartedByError;

    fn from_str(text: &str) -> Result<Self, ParseStartedByError> {
        let parts: Vec<&str> = text.split('/').collect();
        let &["voice", shard, epoch, number] = parts.as_slice() else { return Err(ParseStartedByError) };
        let shard = shard.parse().map_err(|_| ParseStartedByError)?;
        let epoch = epoch.parse().map(Epoch::new).map_err(|_| ParseStartedByError)?;
        Ok(Self { shard, epoch, number: number.parse().map_err(|_| ParseStartedByError)? })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_others_started_is_refused() {
        for other in
            ["", "voice", "voice/0/1", "voice/0/1/1/1", "ecs-svc/0/1/1", "voice/-1/1/1", "voice/0//1"]
        {
            assert_eq!(other.parse::<StartedBy>(), Err(ParseStartedByError), "{other}");
        }
    }

    proptest! {
        #[test]
        fn it_reads_as_it_was_written(shard in any::<u16>(), epoch in any::<u64>(), number in any::<u32>()) {
            let by = StartedBy { shard: ShardId::new(shard), epoch: Epoch::new(epoch), number };
            let text = by.to_string();
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'/';
            prop_assert!(text.len() <= 128 && text.bytes().all(allowed));
            prop_assert_eq!(text.parse(), Ok(by));
        }
    }
}
