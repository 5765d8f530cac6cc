//! Who is in which voice channel.

use serde_json::json;

use super::{Audience, Dispatch, Refusal, World};
use crate::ids::{ChannelId, GuildId, UserId};

/// Somebody's presence in a voice channel (Discord: "Voice State").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoiceState {
    /// Where.
    pub guild: GuildId,
    /// In which channel.
    pub channel: ChannelId,
    /// Who.
    pub user: UserId,
    /// What the voice server knows this stay by.
    pub session_id: String,
    /// Muted or deaf, by themselves or by the server.
    pub flags: VoiceFlags,
}

/// Muted or deaf, by themselves or by the server.
#[expect(clippy::struct_excessive_bools, reason = "Discord's four fields, each on its own")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VoiceFlags {
    /// Muted by themselves.
    pub self_mute: bool,
    /// Deafened by themselves.
    pub self_deaf: bool,
    /// Muted by a moderator.
    pub mute: bool,
    /// Deafened by a moderator.
    pub deaf: bool,
}

impl World {
    /// Where somebody is.
    pub fn voice_state(&self, guild: GuildId, user: UserId) -> Option<&VoiceState> {
        self.voice.get(&(guild, user))
    }

    /// Who is in a channel.
    pub fn in_channel(&self, channel: ChannelId) -> impl Iterator<Item = &VoiceState> {
        self.voice.values().filter(move |state| state.channel == channel)
    }

    /// Somebody joins, moves, or changes their flags. `session_id` counts only for who was nowhere before.
    pub(crate) fn join(
        &mut self,
        channel: ChannelId,
        user: UserId,
        flags: VoiceFlags,
        session_id: String,
    ) -> Result<Vec<Dispatch>, Refusal> {
        let (guild, found) = self.channel(channel).ok_or(Refusal::Channel)?;
        if !found.is_voice() {
            return Err(Refusal::ChannelType);
        }
        if !self.people.contains_key(&user) {
            return Err(Refusal::User);
        }
        let before = self.voice.get(&(guild, user));
        let session_id = before.map_or(session_id, |state| state.session_id.clone());
        let state = VoiceState { guild, channel, user, session_id, flags };
        if before == Some(&state) {
            return Ok(Vec::new());
        }
        let data = self.voice_state_view(&state, Some(channel));
        self.voice.insert((guild, user), state);
        Ok(vec![changed(guild, data)])
    }

    /// Somebody leaves, or is made to.
    pub(crate) fn leave(&mut self, guild: GuildId, user: UserId) -> Vec<Dispatch> {
        let Some(state) = self.voice.remove(&(guild, user)) else { return Vec::new() };
        vec![changed(guild, self.voice_state_view(&state, None))]
    }

    /// The state of somebody once more.
    pub(crate) fn voice_state_again(&self, guild: GuildId, user: UserId) -> Option<Dispatch> {
        let state = self.voice_state(guild, user)?;
        Some(changed(guild, self.voice_state_view(state, Some(state.channel))))
    }

    /// Forgets a stay without telling anybody: another one follows at once.
    pub(crate) fn forget_voice(&mut self, guild: GuildId, user: UserId) {
        self.voice.remove(&(guild, user));
    }

    /// Tells a bot where to connect for voice (Discord: "Voice Server Update").
    pub(crate) fn voice_server(guild: GuildId, bot: UserId, token: &str, endpoint: Option<&str>) -> Dispatch {
        Dispatch {
            guild,
            to: Audience::Bot(bot),
            event: "VOICE_SERVER_UPDATE",
            data: json!({ "token": token, "guild_id": guild, "endpoint": endpoint }),
        }
    }
}

fn changed(guild: GuildId, data: serde_json::Value) -> Dispatch {
    Dispatch { guild, to: Audience::Guild, event: "VOICE_STATE_UPDATE", data }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    const GUILD: GuildId = GuildId::new(1000);
    const LOUNGE: ChannelId = ChannelId::new(1002);
    const STAGE: ChannelId = ChannelId::new(1003);
    const ADA: UserId = UserId::new(5001);

    fn joined() -> World {
        let mut world = World::new(&Config::default());
        let told = world.join(LOUNGE, ADA, VoiceFlags::default(), "one".into()).unwrap();
        assert_eq!(told[0].data["channel_id"], "1002");
        world
    }

    #[test]
    fn a_move_keeps_the_session_and_a_new_stay_gets_a_new_one() {
        let mut world = joined();
        world.join(STAGE, ADA, VoiceFlags::default(), "two".into()).unwrap();
        let state = world.voice_state(GUILD, ADA).unwrap();
        assert_eq!((state.channel, state.session_id.as_str()), (STAGE, "one"));
        assert_eq!(world.in_channel(LOUNGE).count(), 0);
        world.leave(GUILD, ADA);
        world.join(STAGE, ADA, VoiceFlags::default(), "three".into()).unwrap();
        assert_eq!(world.voice_state(GUILD, ADA).unwrap().session_id, "three");
    }

    #[test]
    fn leaving_is_told_once_with_no_channel() {
        let mut world = joined();
        let told = world.leave(GUILD, ADA);
        assert_eq!((told.len(), told[0].event), (1, "VOICE_STATE_UPDATE"));
        assert!(told[0].data["channel_id"].is_null());
        assert!(world.leave(GUILD, ADA).is_empty());
    }

    #[test]
    fn nothing_is_told_when_nothing_changes_and_muting_is_a_change() {
        let mut world = joined();
        assert!(world.join(LOUNGE, ADA, VoiceFlags::default(), "x".into()).unwrap().is_empty());
        let muted = VoiceFlags { self_mute: true, ..VoiceFlags::default() };
        let told = world.join(LOUNGE, ADA, muted, "x".into()).unwrap();
        assert_eq!(told[0].data["self_mute"], true);
    }

    #[test]
    fn one_joins_voice_channels_of_this_world_only() {
        let mut world = World::new(&Config::default());
        let join = |world: &mut World, channel: u64, user: u64| {
            world.join(ChannelId::new(channel), UserId::new(user), VoiceFlags::default(), "s".into())
        };
        assert_eq!(join(&mut world, 1001, 5001), Err(Refusal::ChannelType));
        assert_eq!(join(&mut world, 77, 5001), Err(Refusal::Channel));
        assert_eq!(join(&mut world, 1002, 77), Err(Refusal::User));
    }
}
