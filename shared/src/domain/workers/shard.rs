//! Which worker a guild belongs to.

use core::fmt;
use core::num::NonZeroU16;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::GuildId;

/// How many shards there are; every part of a deployment is told the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShardCount(NonZeroU16);

/// One shard, from 0. A message may name one that does not exist: see [`ShardCount::has`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ShardId(u16);

/// Not a shard or a number of shards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a whole number in range")]
pub struct ShardError;

impl ShardCount {
    /// A single shard, which Discord allows up to 2,500 guilds.
    pub const ONE: Self = Self(NonZeroU16::MIN);

    /// The number.
    pub const fn get(self) -> u16 {
        self.0.get()
    }

    /// Whether the shard exists.
    pub const fn has(self, shard: ShardId) -> bool {
        shard.0 < self.0.get()
    }

    /// Every shard.
    pub fn shards(self) -> impl Iterator<Item = ShardId> {
        (0..self.get()).map(ShardId)
    }

    /// The shard on which Discord sends a guild's events
    /// (<https://discord.com/developers/docs/events/gateway#sharding>).
    pub fn shard_of(self, guild: GuildId) -> ShardId {
        // A remainder of a u16 is a u16.
        ShardId(u16::try_from((guild.get() >> 22) % u64::from(self.get())).unwrap_or_default())
    }
}

impl ShardId {
    /// The shard with this number.
    pub const fn new(number: u16) -> Self {
        Self(number)
    }

    /// Its number.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl fmt::Display for ShardId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for ShardId {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        text.parse().map(Self).map_err(|_| ShardError)
    }
}

impl FromStr for ShardCount {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        text.parse().map(Self).map_err(|_| ShardError)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn count(number: &str) -> ShardCount {
        number.parse().unwrap()
    }

    /// Worked out by hand: 290926798626357999 >> 22 = 69362353951.
    #[test]
    fn a_guild_is_where_discord_puts_it() {
        let guild = GuildId::new(290_926_798_626_357_999);
        for (shards, expected) in [("1", 0), ("2", 1), ("10", 1), ("1000", 951)] {
            assert_eq!(count(shards).shard_of(guild), ShardId::new(expected), "{shards}");
        }
    }

    #[test]
    fn no_shards_and_no_numbers_are_refused() {
        for bad in ["0", "-1", "", "x", "65536"] {
            assert_eq!(bad.parse::<ShardCount>(), Err(ShardError), "{bad}");
        }
        assert_eq!("x".parse::<ShardId>(), Err(ShardError));
        assert_eq!(count("3").shards().map(ShardId::get).collect::<Vec<_>>(), [0, 1, 2]);
    }

    proptest! {
        #[test]
        fn every_guild_is_on_a_shard_that_exists(guild in 1_u64.., shards in 1_u16..) {
            let count: ShardCount = shards.to_string().parse().unwrap();
            prop_assert!(count.has(count.shard_of(GuildId::new(guild))));
            prop_assert!(!count.has(ShardId::new(shards)));
        }
    }
}
