//! One try to start a worker.

use core::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use super::{Epoch, ShardId};

/// What Fargate runs a task on. It never changes by itself from one to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capacity {
    /// A third of the price; can be refused, and taken back with two minutes' notice.
    FargateSpot,
    /// Full price.
    Fargate,
}

/// How a try is known to have ended. A try without an end may still become a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptEnd {
    /// There was no capacity, at once or a moment later.
    NoCapacity,
    /// The task stopped.
    Stopped,
}

/// The last try of a shard, as its row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The shard.
    pub shard: ShardId,
    /// The epoch that its worker would take.
    pub epoch: Epoch,
    /// Which try for that epoch, from 1.
    pub number: u32,
    /// Starts since the last [`Attempt::QUIET`] without one, this one included. Epochs end it not: a worker that takes
    /// the lease and falls over at once would otherwise be started for ever.
    pub streak: u32,
    /// When it was begun.
    pub started_at: Timestamp,
    /// On what.
    pub capacity: Capacity,
    /// The task, once ECS has named it.
    pub task_arn: Option<String>,
    /// How it ended, if that is known.
    pub end: Option<AttemptEnd>,
}

/// `clientToken` of `RunTask`: the same try gets the same task, however often it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientToken(String);

impl Attempt {
    /// How long after a start the next one counts as unrelated: 10 minutes.
    pub const QUIET: SignedDuration = SignedDuration::from_mins(10);
    /// How long a task has to take its lease: 90 s. Fargate needs 20 to 60 for an image of our size.
    pub const PATIENCE: SignedDuration = SignedDuration::from_secs(90);
    /// The longest wait between two starts: 5 minutes.
    pub const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(5);

    /// When the next start may be: at once after the first, then after 10 s, doubled each time.
    pub fn next_at(&self) -> Timestamp {
        let wait = match self.streak {
            0 | 1 => SignedDuration::ZERO,
            more => SignedDuration::from_secs(10 << (more - 2).min(5)).min(Self::LONGEST_WAIT),
        };
        self.started_at.saturating_add(wait).unwrap_or(Timestamp::MAX)
    }

    /// Whether its task had time enough.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        now.duration_since(self.started_at) >= Self::PATIENCE
    }

    /// The token of this try in the stack with this prefix. Stacks share an account.
    pub fn client_token(&self, prefix: &str) -> ClientToken {
        let (shard, epoch, number) = (self.shard, self.epoch, self.number);
        let digest = Sha256::digest(format!("timmybot-task-v1\0{prefix}\0{shard}\0{epoch}\0{number}"));
        // 32 of the 64 characters that ECS takes.
        let hex = digest.iter().take(16).fold(String::with_capacity(32), |mut hex, byte| {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        ClientToken(hex)
    }
}

impl Capacity {
    /// The capacity provider's name.
    pub const fn provider(self) -> &'static str {
        match self {
            Self::FargateSpot => "FARGATE_SPOT",
            Self::Fargate => "FARGATE",
        }
    }
}

impl ClientToken {
    /// As ECS takes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::ToSpan as _;
    use proptest::prelude::*;

    use super::*;

    fn attempt(shard: u16, epoch: u64, number: u32) -> Attempt {
        Attempt {
            shard: ShardId::new(shard),
            epoch: Epoch::new(epoch),
            number,
            streak: 1,
            started_at: "2026-01-02T03:04:05Z".parse().unwrap(),
            capacity: Capacity::FargateSpot,
            task_arn: None,
            end: None,
        }
    }

    #[test]
    fn each_try_has_a_token_of_its_own_and_keeps_it() {
        let tries = [(0, 1, 1), (0, 1, 2), (0, 2, 1), (1, 1, 1), (11, 1, 1), (1, 11, 1)];
        let token = |(shard, epoch, number)| attempt(shard, epoch, number).client_token("timmybot").0;
        let tokens: BTreeSet<_> = tries.into_iter().map(token).collect();
        assert_eq!(tokens.len(), tries.len());
        assert_eq!(token((0, 1, 1)), token((0, 1, 1)));
        assert_ne!(token((0, 1, 1)), attempt(0, 1, 1).client_token("timmybot-dev").0);
        assert!(tokens.iter().all(|token| token.len() == 32));
    }

    #[test]
    fn waits_grow_with_the_streak_up_to_five_minutes() {
        let waits = [0_u32, 1, 2, 3, 4, 5, 6, 7, 8, u32::MAX].map(|streak| {
            let attempt = Attempt { streak, ..attempt(0, 1, 1) };
            attempt.next_at().duration_since(attempt.started_at).as_secs()
        });
        assert_eq!(waits, [0, 0, 10, 20, 40, 80, 160, 300, 300, 300]);
    }

    #[test]
    fn a_task_has_ninety_seconds() {
        let attempt = attempt(0, 1, 1);
        assert!(!attempt.is_overdue(attempt.started_at + 89.seconds()));
        assert!(attempt.is_overdue(attempt.started_at + 90.seconds()));
    }

    proptest! {
        #[test]
        fn no_two_tries_share_a_token(a in any::<(u16, u64, u32)>(), b in any::<(u16, u64, u32)>()) {
            let token = |(shard, epoch, number)| attempt(shard, epoch, number).client_token("p");
            prop_assert_eq!(token(a) == token(b), a == b);
        }
    }
}
