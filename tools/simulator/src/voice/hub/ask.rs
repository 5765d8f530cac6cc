//! What tests ask the voice servers.

use super::VoiceHub;
use crate::ids::{ChannelId, GuildId, UserId};
use crate::listener::{Ear, Heard};
use crate::voice::room::Room;
use crate::voice::session::Session;

impl VoiceHub {
    /// Whether a bot has a voice socket.
    pub(crate) fn is_connected(&self, guild: GuildId, bot: UserId) -> bool {
        self.lock().sessions.get(&(guild, bot)).is_some_and(Session::is_connected)
    }

    /// The speaking flags that a bot set last.
    pub(crate) fn speaking(&self, guild: GuildId, bot: UserId) -> u64 {
        self.lock().sessions.get(&(guild, bot)).map_or(0, |session| session.speaking)
    }

    /// Who is in a channel's encrypted group.
    pub(crate) fn group_members(&self, channel: ChannelId) -> Vec<UserId> {
        self.lock().rooms.get(&channel).map(Room::group_members).unwrap_or_default()
    }

    /// Asks a listener something.
    pub(crate) fn with_ear<T>(
        &self,
        channel: ChannelId,
        user: UserId,
        ask: impl FnOnce(&mut Ear) -> T,
    ) -> Option<T> {
        self.lock().rooms.get_mut(&channel)?.ear(user).map(ask)
    }

    /// What a listener heard of a bot. The spectrum is computed outside the lock: sound goes on meanwhile.
    pub(crate) fn heard(&self, channel: ChannelId, user: UserId, bot: UserId) -> Option<Heard> {
        let tally = self.with_ear(channel, user, |ear| ear.tally(bot))?;
        Some(tally.heard())
    }
}
