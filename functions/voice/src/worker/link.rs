//! The bot's way into a voice channel: it asks the gateway (op 4) and gets two halves, its voice state and a server;
//! with both it connects (<https://discord.com/developers/docs/topics/voice-connections>).

use core::num::NonZeroU64;

use shared::ids::{ChannelId, GuildId, UserId};
use songbird::ConnectionInfo;
use twilight_model::gateway::payload::incoming::VoiceServerUpdate;

use super::room::Me;

/// The halves as they have come so far.
#[derive(Debug, Default)]
pub(crate) struct Link {
    server: Option<Server>,
    /// What the player was connected with last.
    used: Option<(ChannelId, String, Server)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Server {
    endpoint: String,
    token: String,
}

impl Link {
    /// A server; without an address it is being replaced, and another message follows.
    pub(crate) fn server(&mut self, update: &VoiceServerUpdate) {
        self.server =
            update.endpoint.clone().map(|endpoint| Server { endpoint, token: update.token.clone() });
    }

    /// Left or kicked: what there was is worth nothing any more.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// The next connection has to be made with what is there, even if it was used before.
    pub(crate) fn broken(&mut self) {
        self.used = None;
    }

    /// What to connect with, if both halves are there and something is new about them.
    pub(crate) fn next(&mut self, guild: GuildId, user: UserId, me: &Me) -> Option<ConnectionInfo> {
        let server = self.server.clone()?;
        let halves = (me.channel, me.session.clone(), server.clone());
        if self.used.as_ref() == Some(&halves) {
            return None;
        }
        self.used = Some(halves);
        Some(ConnectionInfo {
            channel_id: NonZeroU64::from(me.channel).into(),
            endpoint: server.endpoint,
            guild_id: NonZeroU64::from(guild).into(),
            session_id: me.session.clone(),
            token: server.token,
            user_id: NonZeroU64::from(user).into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUILD: GuildId = GuildId::new(1);
    const USER: UserId = UserId::new(2);

    fn update(endpoint: Option<&str>) -> VoiceServerUpdate {
        VoiceServerUpdate { endpoint: endpoint.map(str::to_owned), guild_id: GUILD, token: "t".to_owned() }
    }

    fn me(session: &str) -> Me {
        Me { channel: ChannelId::new(3), session: session.to_owned() }
    }

    #[test]
    fn both_halves_are_needed_and_used_once() {
        let mut link = Link::default();
        assert!(link.next(GUILD, USER, &me("s")).is_none());
        link.server(&update(Some("a:1")));
        let info = link.next(GUILD, USER, &me("s")).unwrap();
        assert_eq!((info.endpoint.as_str(), info.session_id.as_str()), ("a:1", "s"));
        assert!(link.next(GUILD, USER, &me("s")).is_none());
    }

    #[test]
    fn a_new_session_server_or_break_connects_again() {
        let mut link = Link::default();
        link.server(&update(Some("a:1")));
        link.next(GUILD, USER, &me("s")).unwrap();
        assert!(link.next(GUILD, USER, &me("s2")).is_some());
        link.server(&update(None));
        assert!(link.next(GUILD, USER, &me("s2")).is_none(), "it is being replaced");
        link.server(&update(Some("b:1")));
        assert_eq!(link.next(GUILD, USER, &me("s2")).unwrap().endpoint, "b:1");
        link.broken();
        assert!(link.next(GUILD, USER, &me("s2")).is_some());
        link.clear();
        assert!(link.next(GUILD, USER, &me("s2")).is_none());
    }
}
