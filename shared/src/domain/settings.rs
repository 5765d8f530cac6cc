//! What a guild has decided for itself, and whether a track keeps to it (SPEC P9).

mod blocklist;
mod twitch;

use serde::{Deserialize, Serialize};

pub use super::bounded::OutOfRange;
use super::bounded::bounded;
use super::playback::Volume;
use super::queue::QueueRefusal;
use super::track::Track;
use crate::ids::RoleId;

pub use blocklist::{BLOCKED_ARTISTS_MAX, Blocklist, BlocklistError};
pub use twitch::{BadWord, CommandWord, Reward, TwitchSettings, WORD_MAX};

/// The most roles whose members moderate the music.
pub const MODERATOR_ROLES_MAX: usize = 10;

bounded!(
    /// Tracks in a guild's queue, the current one included (SPEC P9).
    MaxTracks(u16), 1..=10_000, default 100
);
bounded!(
    /// Tracks of one user in a guild's queue at a time, the current one included (SPEC P9).
    PerUser(u16), 1..=100, default 3
);
bounded!(
    /// Seconds of one track (SPEC P9); a day at most.
    MaxDuration(u32), 1..=86_400, default 600
);
bounded!(
    /// Percent of the listeners whose votes skip a track.
    VotePercent(u8), 1..=100, default 50
);

/// A language that a guild wants instead of each user's own, as Discord names it (`de`, `pt-BR`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LocaleTag(String);

/// Not the shape of one of Discord's locales.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a locale")]
pub struct NotALocale;

/// More than [`MODERATOR_ROLES_MAX`] roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at most {MODERATOR_ROLES_MAX} roles")]
pub struct TooManyRoles;

/// A guild's settings. `Default` is what a guild has that never set anything; it grants nothing to anybody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GuildSettings {
    /// The role whose members may do to the queue what moderators may.
    pub dj_role: Option<RoleId>,
    moderator_roles: Vec<RoleId>,
    /// How long the queue may be.
    pub max_tracks: MaxTracks,
    /// How much of it one user may have.
    pub per_user: PerUser,
    /// How long a track may be.
    pub max_duration: MaxDuration,
    /// Whether tracks that are marked explicit are refused.
    pub explicit_refused: bool,
    /// Whose tracks are refused.
    pub blocked_artists: Blocklist,
    /// Whether each track is announced in the channel.
    pub announce: bool,
    /// Loudness of a new queue.
    pub default_volume: Volume,
    /// Votes that skip.
    pub vote_skip: VotePercent,
    /// One language for everybody.
    pub locale: Option<LocaleTag>,
    /// Requests from Twitch.
    pub twitch: TwitchSettings,
}

impl GuildSettings {
    /// The roles whose members moderate the music, beside what Discord's own permissions give.
    pub fn moderator_roles(&self) -> &[RoleId] {
        &self.moderator_roles
    }

    /// Sets the moderators' roles; repeated ones count once.
    pub fn set_moderator_roles(&mut self, roles: &[RoleId]) -> Result<(), TooManyRoles> {
        let mut unique: Vec<RoleId> = Vec::new();
        for role in roles {
            if !unique.contains(role) {
                unique.push(*role);
            }
        }
        if unique.len() > MODERATOR_ROLES_MAX {
            return Err(TooManyRoles);
        }
        self.moderator_roles = unique;
        Ok(())
    }

    /// Whether `track` may enter a queue of which its requester has `own` tracks and everybody `total`. Who is
    /// `exempt` (a moderator) has no limit per user; the other limits are everybody's. What is not known yet about
    /// a track does not refuse it: the worker asks again once it is.
    pub fn admits(&self, track: &Track, own: usize, total: usize, exempt: bool) -> Result<(), QueueRefusal> {
        self.allows(track)?;
        if total >= usize::from(self.max_tracks.get()) {
            return Err(QueueRefusal::QueueFull { limit: self.max_tracks.into() });
        }
        if !exempt && own >= usize::from(self.per_user.get()) {
            return Err(QueueRefusal::TooManyForUser { limit: self.per_user.into() });
        }
        Ok(())
    }

    /// Whether `track` itself may be played here, whatever else is queued.
    pub fn allows(&self, track: &Track) -> Result<(), QueueRefusal> {
        if track.duration_s().is_some_and(|seconds| seconds > self.max_duration.get()) {
            return Err(QueueRefusal::TooLong { limit_s: self.max_duration.get() });
        }
        if self.explicit_refused && track.explicit() == Some(true) {
            return Err(QueueRefusal::ExplicitNotAllowed);
        }
        if track.artist().is_some_and(|artist| self.blocked_artists.blocks(artist.as_str())) {
            return Err(QueueRefusal::BlockedArtist);
        }
        Ok(())
    }
}

impl LocaleTag {
    /// The tag as Discord writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for LocaleTag {
    type Error = NotALocale;

    fn try_from(text: String) -> Result<Self, NotALocale> {
        let letters = |part: &str, lengths: core::ops::RangeInclusive<usize>| {
            lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        let (language, region) = text.split_once('-').map_or((text.as_str(), None), |(l, r)| (l, Some(r)));
        if letters(language, 2..=3) && region.is_none_or(|region| letters(region, 2..=4)) {
            Ok(Self(text))
        } else {
            Err(NotALocale)
        }
    }
}

impl From<LocaleTag> for String {
    fn from(tag: LocaleTag) -> Self {
        tag.0
    }
}

#[cfg(test)]
#[path = "settings/tests.rs"]
mod tests;
