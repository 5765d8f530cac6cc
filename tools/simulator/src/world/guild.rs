//! Guilds, channels and people.

use std::collections::BTreeMap;

use crate::config::{ChannelConfig, ChannelKind, Config, GuildConfig};
use crate::ids::{ChannelId, GuildId, UserId};

/// A guild.
#[derive(Clone, Debug)]
pub struct Guild {
    /// Its id, and that of its `@everyone` role.
    pub id: GuildId,
    /// Its name.
    pub name: String,
    /// Who owns it.
    pub owner: UserId,
    /// Its channels, in order.
    pub channels: Vec<Channel>,
    /// Who is a member: people and bots.
    pub members: Vec<UserId>,
}

/// A channel.
#[derive(Clone, Debug)]
pub struct Channel {
    /// Its id.
    pub id: ChannelId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub kind: ChannelKind,
}

/// Somebody: a person or a bot.
#[derive(Clone, Debug)]
pub struct Person {
    /// Their id.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// Whether it is a bot.
    pub bot: bool,
}

impl Guild {
    pub(super) fn new(guild: &GuildConfig, config: &Config) -> Self {
        let people = config.users.iter().map(|user| user.id);
        let bots = config.applications.iter().map(crate::config::ApplicationConfig::user);
        Self {
            id: guild.id,
            name: guild.name.clone(),
            owner: guild.owner,
            channels: guild.channels.iter().map(Channel::new).collect(),
            members: people.chain(bots).collect(),
        }
    }

    /// One of its channels.
    pub fn channel(&self, channel: ChannelId) -> Option<&Channel> {
        self.channels.iter().find(|one| one.id == channel)
    }
}

impl Channel {
    fn new(config: &ChannelConfig) -> Self {
        Self { id: config.id, name: config.name.clone(), kind: config.kind }
    }

    /// Whether one can talk in it.
    pub fn is_voice(&self) -> bool {
        self.kind == ChannelKind::Voice
    }
}

impl Person {
    pub(super) fn all(config: &Config) -> BTreeMap<UserId, Self> {
        let people = config.users.iter().map(|one| Self { id: one.id, name: one.name.clone(), bot: false });
        let bots =
            config.applications.iter().map(|one| Self { id: one.user(), name: one.name.clone(), bot: true });
        people.chain(bots).map(|one| (one.id, one)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_a_member_of_every_guild() {
        let config = Config::default();
        let guild = Guild::new(&config.guilds[1], &config);
        assert_eq!(guild.members.len(), config.users.len() + config.applications.len());
        assert!(guild.channel(ChannelId::new(2002)).unwrap().is_voice());
        assert!(!guild.channel(ChannelId::new(2001)).unwrap().is_voice());
        assert!(guild.channel(ChannelId::new(1002)).is_none());
    }
}
