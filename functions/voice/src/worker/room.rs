//! Who is in which voice channel, as the gateway tells it (`GUILDS` and `GUILD_VOICE_STATES`; SPEC P13).

use std::collections::HashMap;

use shared::ids::{ChannelId, UserId};
use twilight_model::voice::VoiceState;

/// The voice channels of one guild.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Room {
    people: HashMap<UserId, Seat>,
    /// Whether everybody is in it. After a RESUME only those are who have moved since.
    whole: bool,
    me: Option<Me>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seat {
    channel: ChannelId,
    bot: bool,
}

/// The bot's own voice state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Me {
    pub(crate) channel: ChannelId,
    pub(crate) session: String,
}

impl Room {
    /// Everybody in voice, from `GUILD_CREATE`; what was known before is replaced.
    pub(crate) fn from_states<'a>(me: UserId, states: impl IntoIterator<Item = &'a VoiceState>) -> Self {
        let mut room = Self { whole: true, ..Self::default() };
        for state in states {
            room.apply(me, state);
        }
        room
    }

    /// Somebody came, went or moved.
    pub(crate) fn apply(&mut self, me: UserId, state: &VoiceState) {
        if state.user_id == me {
            self.me = state.channel_id.map(|channel| Me { channel, session: state.session_id.clone() });
            return;
        }
        match state.channel_id {
            None => drop(self.people.remove(&state.user_id)),
            Some(channel) => {
                let known = self.people.get(&state.user_id).is_some_and(|seat| seat.bot);
                let bot = state.member.as_ref().map_or(known, |member| member.user.bot);
                self.people.insert(state.user_id, Seat { channel, bot });
            }
        }
    }

    /// The bot has gone by itself; the gateway will say so too.
    pub(crate) fn left(&mut self) {
        self.me = None;
    }

    /// Where somebody is, if anywhere.
    pub(crate) fn channel_of(&self, user: UserId) -> Option<ChannelId> {
        self.people.get(&user).map(|seat| seat.channel)
    }

    /// Where the bot is, and in which voice session.
    pub(crate) const fn me(&self) -> Option<&Me> {
        self.me.as_ref()
    }

    /// Whether certainly nobody listens there.
    pub(crate) fn is_empty(&self, channel: ChannelId) -> bool {
        self.whole && self.listeners(channel) == 0
    }

    /// How many people are in a channel; bots do not listen.
    pub(crate) fn listeners(&self, channel: ChannelId) -> usize {
        self.people.values().filter(|seat| seat.channel == channel && !seat.bot).count()
    }

    /// Whether somebody listens there.
    pub(crate) fn hears(&self, user: UserId, channel: ChannelId) -> bool {
        self.people.get(&user).is_some_and(|seat| seat.channel == channel && !seat.bot)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ME: UserId = UserId::new(1);
    const ANN: UserId = UserId::new(2);
    const LOUNGE: ChannelId = ChannelId::new(10);

    fn state(user: UserId, channel: Option<ChannelId>, bot: Option<bool>) -> VoiceState {
        let member = bot.map(|bot| {
            json!({ "user": { "id": user, "username": "x", "discriminator": "0", "avatar": null, "bot": bot },
                "roles": [], "deaf": false, "mute": false, "flags": 0, "joined_at": null, "avatar": null })
        });
        let mut value = json!({ "user_id": user, "channel_id": channel, "session_id": "s", "deaf": false,
            "mute": false, "self_deaf": false, "self_mute": false, "self_video": false, "suppress": false,
            "request_to_speak_timestamp": null });
        value["member"] = member.unwrap_or(Value::Null);
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn people_come_move_and_go() {
        let mut room = Room::from_states(ME, &[state(ANN, Some(LOUNGE), Some(false))]);
        assert_eq!((room.channel_of(ANN), room.listeners(LOUNGE)), (Some(LOUNGE), 1));
        assert!(room.hears(ANN, LOUNGE));
        room.apply(ME, &state(ANN, Some(ChannelId::new(11)), Some(false)));
        assert_eq!((room.listeners(LOUNGE), room.channel_of(ANN)), (0, Some(ChannelId::new(11))));
        room.apply(ME, &state(ANN, None, Some(false)));
        assert_eq!(room, Room { whole: true, ..Room::default() });
        assert!(room.is_empty(LOUNGE));
        assert!(!Room::default().is_empty(LOUNGE), "nobody has been told of is not nobody");
    }

    #[test]
    fn the_bot_is_no_listener_and_neither_are_other_bots() {
        let mut room = Room::default();
        room.apply(ME, &state(ME, Some(LOUNGE), None));
        room.apply(ME, &state(ANN, Some(LOUNGE), Some(true)));
        assert_eq!(room.listeners(LOUNGE), 0);
        assert!(!room.hears(ANN, LOUNGE));
        assert_eq!(room.me(), Some(&Me { channel: LOUNGE, session: "s".to_owned() }));
        room.apply(ME, &state(ANN, Some(LOUNGE), None));
        assert_eq!(room.listeners(LOUNGE), 0, "what was known of somebody stays known");
        room.apply(ME, &state(ME, None, None));
        assert_eq!(room.me(), None);
    }
}
