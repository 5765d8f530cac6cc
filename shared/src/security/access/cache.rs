use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::GuildView;
use crate::domain::containment::{Knowledge, Level};
use crate::ids::GuildId;

/// What this process remembers of the rows that let guilds in: guilds for 60 s, also those without a row
/// (SPEC T15), and the containment level for 4 s (SPEC T33). Bounded, so that many guilds cost no memory.
#[derive(Debug)]
pub struct AccessCache {
    capacity: usize,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    guilds: HashMap<GuildId, (Timestamp, GuildView)>,
    level: Option<(Timestamp, Level)>,
}

impl AccessCache {
    /// How long a guild's rows are believed.
    pub const GUILD_TTL: SignedDuration = SignedDuration::from_secs(60);
    /// How long the containment level is believed. A flag is obeyed within 5 s of its writing, and reading it again takes
    /// its time out of these.
    pub const LEVEL_TTL: SignedDuration = SignedDuration::from_secs(4);

    /// A cache of at most `capacity` guilds.
    pub fn new(capacity: usize) -> Self {
        Self { capacity, inner: Mutex::default() }
    }

    /// What is remembered of a guild, if it is fresh at `now`.
    pub fn guild(&self, guild: GuildId, now: Timestamp) -> Option<GuildView> {
        let inner = self.lock();
        let (read_at, view) = inner.guilds.get(&guild)?;
        fresh(*read_at, Self::GUILD_TTL, now).then(|| view.clone())
    }

    /// Remembers rows whose reading began at `read_at`. A reading that began before the one remembered is late and
    /// changes nothing.
    pub fn put_guild(&self, view: GuildView, read_at: Timestamp) {
        let mut inner = self.lock();
        if inner.guilds.get(&view.guild).is_some_and(|(known, _)| *known > read_at) {
            return;
        }
        inner.make_room(view.guild, self.capacity, read_at);
        inner.guilds.insert(view.guild, (read_at, view));
    }

    /// Forgets a guild, after this process changed its rows.
    pub fn forget(&self, guild: GuildId) {
        self.lock().guilds.remove(&guild);
    }

    /// The containment level, if it is fresh at `now`.
    pub fn level(&self, now: Timestamp) -> Option<Level> {
        self.lock().level.filter(|(read_at, _)| fresh(*read_at, Self::LEVEL_TTL, now)).map(|(_, level)| level)
    }

    /// Remembers a level whose reading began at `read_at`.
    pub fn put_level(&self, level: Level, read_at: Timestamp) {
        let mut inner = self.lock();
        if inner.level.is_none_or(|(known, _)| known <= read_at) {
            inner.level = Some((read_at, level));
        }
    }

    /// What is known when the level cannot be read: the last value, however old (SPEC T33).
    pub fn last_level(&self) -> Knowledge {
        self.lock().level.map_or(Knowledge::Nothing, |(_, level)| Knowledge::Level(level))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// First what is stale goes, then the oldest.
    fn make_room(&mut self, newcomer: GuildId, capacity: usize, now: Timestamp) {
        if self.guilds.len() < capacity || self.guilds.contains_key(&newcomer) {
            return;
        }
        self.guilds.retain(|_, (read_at, _)| fresh(*read_at, AccessCache::GUILD_TTL, now));
        while self.guilds.len() >= capacity.max(1) {
            let oldest = self.guilds.iter().min_by_key(|(_, (read_at, _))| *read_at).map(|(guild, _)| *guild);
            let Some(oldest) = oldest else { return };
            self.guilds.remove(&oldest);
        }
    }
}

/// A reading from the future (a clock that was set back) is not fresh either.
fn fresh(read_at: Timestamp, ttl: SignedDuration, now: Timestamp) -> bool {
    let age = now.duration_since(read_at);
    !age.is_negative() && age < ttl
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::GuildAccess;
    use crate::ids::UserId;

    fn second(at: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + at).unwrap()
    }

    fn unknown(guild: u64) -> GuildView {
        GuildView { guild: GuildId::new(guild), access: None, ban: None }
    }

    fn asked(guild: u64) -> GuildView {
        GuildView { access: Some(GuildAccess::request(UserId::new(1), second(0))), ..unknown(guild) }
    }

    #[test]
    fn guilds_are_believed_for_a_minute_even_unknown_ones() {
        let cache = AccessCache::new(8);
        for view in [unknown(1), asked(2)] {
            cache.put_guild(view.clone(), second(0));
            assert_eq!(cache.guild(view.guild, second(59)), Some(view.clone()));
            assert_eq!(cache.guild(view.guild, second(60)), None);
            assert_eq!(cache.guild(view.guild, second(-1)), None);
        }
        assert_eq!(cache.guild(GuildId::new(3), second(0)), None);
    }

    #[test]
    fn a_late_reading_does_not_bring_the_past_back() {
        let cache = AccessCache::new(8);
        cache.put_guild(asked(1), second(10));
        cache.put_guild(unknown(1), second(9));
        assert_eq!(cache.guild(GuildId::new(1), second(11)), Some(asked(1)));
        cache.put_level(Level::L1, second(10));
        cache.put_level(Level::L0, second(9));
        assert_eq!(cache.level(second(11)), Some(Level::L1));
    }

    #[test]
    fn forgetting_is_for_one_guild() {
        let cache = AccessCache::new(8);
        cache.put_guild(asked(1), second(0));
        cache.put_guild(asked(2), second(0));
        cache.forget(GuildId::new(1));
        assert_eq!(cache.guild(GuildId::new(1), second(0)), None);
        assert_eq!(cache.guild(GuildId::new(2), second(0)), Some(asked(2)));
    }

    #[test]
    fn it_never_holds_more_than_its_capacity() {
        let cache = AccessCache::new(4);
        for guild in 1..=50 {
            cache.put_guild(unknown(guild), second(i64::try_from(guild).unwrap()));
            assert!(cache.lock().guilds.len() <= 4);
        }
        let kept: Vec<_> =
            (1..=50).filter(|guild| cache.guild(GuildId::new(*guild), second(50)).is_some()).collect();
        assert_eq!(kept, [47, 48, 49, 50]);
    }

    #[test]
    fn a_known_guild_pushes_nobody_out_and_stale_ones_go_first() {
        let cache = AccessCache::new(2);
        cache.put_guild(unknown(1), second(0));
        cache.put_guild(unknown(2), second(50));
        cache.put_guild(asked(2), second(51));
        assert!(cache.guild(GuildId::new(1), second(51)).is_some());
        cache.put_guild(unknown(3), second(70));
        assert!(cache.guild(GuildId::new(2), second(70)).is_some());
    }

    #[test]
    fn the_level_is_believed_for_four_seconds_and_remembered_for_ever() {
        let cache = AccessCache::new(1);
        assert_eq!((cache.level(second(0)), cache.last_level()), (None, Knowledge::Nothing));
        cache.put_level(Level::L1, second(0));
        assert_eq!(cache.level(second(3)), Some(Level::L1));
        assert_eq!(cache.level(second(4)), None);
        assert_eq!(cache.last_level(), Knowledge::Level(Level::L1));
    }
}
