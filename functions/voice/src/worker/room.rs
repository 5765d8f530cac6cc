//! Who is in which voice channel, as the gateway tells it (`GUILDS` and `GUILD_VOICE_STATES`; SPEC P13).

use std::collections::HashMap;

use shared::ids::{ChannelId, UserId};
use twilight_model::voice::VoiceState;

/// The voice channels of one guild.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Room {
    people: HashMap<UserId, Seat>,
    known: Known,
    me: Option<Me>,
}

/// Whose absence means that they are not there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Known {
    /// Nobody's: after a RESUME Discord tells only of those who move.
    #[default]
    Nobody,
    /// Those of this channel, from what the worker before has written down.
    Channel(ChannelId),
    /// Everybody's.
    Everybody,
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
        let mut room = Self { known: Known::Everybody, ..Self::default() };
        for state in states {
            room.apply(me, state);
        }
        room
    }

    /// What the worker before knew of the bot's channel; nothing, if Discord has told us everything itself.
    pub(crate) fn remember(&mut self, channel: ChannelId, listeners: &[UserId]) {
        if self.known == Known::Everybody {
            return;
        }
        self.known = Known::Channel(channel);
        for user in listeners {
            self.people.entry(*user).or_insert(Seat { channel, bot: false });
        }
    }

    /// Who listens there, if that is known.
    pub(crate) fn listeners_of(&self, channel: ChannelId) -> Option<Vec<UserId>> {
        let listening = |seat: &Seat| seat.channel == channel && !seat.bot;
        let mut all: Vec<UserId> =
            self.people.iter().filter(|(_, seat)| listening(seat)).map(|(user, _)| *user).collect();
        all.sort_unstable();
        self.knows(channel).then_some(all)
    }

    fn knows(&self, channel: ChannelId) -> bool {
        match self.known {
            Known::Nobody => false,
            Known::Channel(known) => known == channel,
            Known::Everybody => true,
        }
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
        self.knows(channel) && self.listeners(channel) == 0
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
        assert_eq!(room, Room { known: Known::Everybody, ..Room::default() });
        assert!(room.is_empty(LOUNGE));
        assert!(!Room::default().is_empty(LOUNGE), "nobody has been told of is not nobody");
    }

    #[test]
    fn what_the_worker_before_knew_counts_for_its_channel() {
        let mut room = Room::default();
        room.remember(LOUNGE, &[ANN]);
        assert!(!room.is_empty(LOUNGE));
        assert_eq!(room.listeners_of(LOUNGE), Some(vec![ANN]));
        room.apply(ME, &state(ANN, None, None));
        assert!(room.is_empty(LOUNGE));
        assert!(!room.is_empty(ChannelId::new(11)), "of other channels nothing is known");
        assert_eq!(room.listeners_of(ChannelId::new(11)), None);
    }

    #[test]
    fn what_discord_says_goes_before_what_was_written_down() {
        let mut room = Room::from_states(ME, &[]);
        room.remember(LOUNGE, &[ANN]);
        assert!(room.is_empty(LOUNGE));
        let mut moved = Room::default();
        moved.apply(ME, &state(ANN, Some(ChannelId::new(11)), None));
        moved.remember(LOUNGE, &[ANN]);
        assert_eq!(moved.channel_of(ANN), Some(ChannelId::new(11)), "they have moved since");
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
