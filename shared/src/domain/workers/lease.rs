//! Who holds a shard.

use core::fmt;
use core::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::ShardId;

/// Counts the holders of a shard. Whoever takes it adds one, so a row of a higher epoch was written by somebody later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(u64);

/// A worker: the ARN of its task, or on one machine any word of its own. Never used twice.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WorkerId(String);

/// Not 1 to 256 visible ASCII characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a worker")]
pub struct ParseWorkerIdError;

/// A shard's lease as its row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The shard.
    pub shard: ShardId,
    /// Who holds it; nobody after a release.
    pub owner: Option<WorkerId>,
    /// The epoch of the last holder.
    pub epoch: Epoch,
    /// It holds before this moment.
    pub until: Timestamp,
    /// How many guilds the holder had a session in when it wrote last.
    pub sessions: u32,
    /// Who is ready to follow.
    pub successor: Option<Successor>,
}

/// A worker that has started, is logged in and waits for the holder to let go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Successor {
    /// The worker.
    pub worker: WorkerId,
    /// When it said so last; it repeats that with every look.
    pub at: Timestamp,
}

/// How long leases hold and how often they are renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseTimes {
    ttl: SignedDuration,
    renew: SignedDuration,
    silence: SignedDuration,
}

/// Times under which two workers could play at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a lease must outlive its holder's silence by 2 s at least, and be renewed twice within it")]
pub struct TimesError;

impl Epoch {
    /// The epoch with this number; 0 is before the first holder.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// That of the next holder.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl WorkerId {
    /// As it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for WorkerId {
    type Err = ParseWorkerIdError;

    fn from_str(text: &str) -> Result<Self, ParseWorkerIdError> {
        let fits = (1..=256).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fits { Ok(Self(text.to_owned())) } else { Err(ParseWorkerIdError) }
    }
}

impl TryFrom<String> for WorkerId {
    type Error = ParseWorkerIdError;

    fn try_from(text: String) -> Result<Self, ParseWorkerIdError> {
        text.parse()
    }
}

impl From<WorkerId> for String {
    fn from(worker: WorkerId) -> Self {
        worker.0
    }
}

impl Lease {
    /// Whether somebody holds it.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.owner.is_some() && now < self.until
    }

    /// The one who is ready to follow, as long as it keeps saying so (`times.ttl()`).
    pub fn waiting(&self, now: Timestamp, times: LeaseTimes) -> Option<&WorkerId> {
        let fresh = |successor: &&Successor| now.duration_since(successor.at) < times.ttl;
        self.successor.as_ref().filter(fresh).map(|successor| &successor.worker)
    }
}

impl LeaseTimes {
    /// 15 s, renewed every 5 s, silent after 10 s.
    pub const DEFAULT: Self = Self {
        ttl: SignedDuration::from_secs(15),
        renew: SignedDuration::from_secs(5),
        silence: SignedDuration::from_secs(10),
    };
    /// What the clocks of two machines may differ by. Fargate's are kept within a millisecond; this is for worse days.
    pub const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_secs(2);

    /// Times of one's own, for tests that cannot wait.
    pub fn new(
        ttl: SignedDuration,
        renew: SignedDuration,
        silence: SignedDuration,
    ) -> Result<Self, TimesError> {
        let two = renew.checked_mul(2).ok_or(TimesError)?;
        let latest = silence.checked_add(Self::CLOCKS_DIFFER).ok_or(TimesError)?;
        let sound = renew > SignedDuration::ZERO && two <= silence && latest <= ttl;
        if sound { Ok(Self { ttl, renew, silence }) } else { Err(TimesError) }
    }

    /// The default in proportion to another `ttl` (`LEASE_TTL_S`), which is 6 s at least.
    pub fn of_ttl(ttl: SignedDuration) -> Result<Self, TimesError> {
        Self::new(ttl, ttl / 3, ttl * 2 / 3)
    }

    /// How long a lease holds after it was renewed.
    pub const fn ttl(self) -> SignedDuration {
        self.ttl
    }

    /// How often it is renewed.
    pub const fn renew(self) -> SignedDuration {
        self.renew
    }

    /// How long after its last renewal a worker goes on sending audio.
    pub const fn silence(self) -> SignedDuration {
        self.silence
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::*;

    fn now() -> Timestamp {
        "2026-01-02T03:04:05Z".parse().unwrap()
    }

    fn lease() -> Lease {
        Lease {
            shard: ShardId::new(0),
            owner: Some("a".parse().unwrap()),
            epoch: Epoch::new(3),
            until: now(),
            sessions: 1,
            successor: Some(Successor { worker: "b".parse().unwrap(), at: now() }),
        }
    }

    #[test]
    fn a_lease_holds_until_its_moment_and_not_in_it() {
        assert!(lease().is_live(now() - 1.millisecond()));
        assert!(!lease().is_live(now()));
        assert!(!Lease { owner: None, ..lease() }.is_live(now() - 1.second()));
    }

    #[test]
    fn a_successor_that_fell_silent_is_not_waited_for() {
        let times = LeaseTimes::DEFAULT;
        assert!(lease().waiting(now() + 14.seconds(), times).is_some());
        assert!(lease().waiting(now() + 15.seconds(), times).is_none());
    }

    #[test]
    fn times_under_which_two_could_play_are_refused() {
        let secs = SignedDuration::from_secs;
        assert_eq!(LeaseTimes::of_ttl(secs(15)), Ok(LeaseTimes::DEFAULT));
        assert!(LeaseTimes::of_ttl(secs(6)).is_ok());
        assert_eq!(LeaseTimes::of_ttl(secs(5)), Err(TimesError), "2 s between silence and take-over");
        assert_eq!(LeaseTimes::new(secs(15), secs(6), secs(10)), Err(TimesError), "renewed once only");
        assert_eq!(LeaseTimes::new(secs(3), secs(0), secs(1)), Err(TimesError));
    }

    #[test]
    fn a_worker_is_visible_ascii() {
        assert!("arn:aws:ecs:eu-central-1:000000000000:task/timmybot/0f1e".parse::<WorkerId>().is_ok());
        for bad in ["", "a b", "ä", &"x".repeat(257)] {
            assert_eq!(bad.parse::<WorkerId>(), Err(ParseWorkerIdError), "{bad}");
        }
        assert_eq!(Epoch::default().next(), Epoch::new(1));
    }
}
