//! Guilds, channels and people.

use std::collections::BTreeMap;

use twilight_model::guild::Permissions;

use super::World;
use crate::config::{ChannelConfig, ChannelKind, Config, GuildConfig, RoleConfig, UserConfig};
use crate::ids::{ChannelId, GuildId, RoleId, UserId};

/// What everybody may in a new guild of Discord's, and what a bot needs to set a voice channel's status.
pub(super) const EVERYONE_MAY: Permissions = Permissions::from_bits_retain(0x00f9_8637_ce41 | 1 << 48);

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
    /// Its roles beside `@everyone`.
    pub roles: Vec<RoleConfig>,
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
    /// Who they are, in a few words.
    pub about: String,
    /// Their roles, of any guild.
    pub roles: Vec<RoleId>,
    /// Where they talk with a bot alone.
    pub dm: Option<ChannelId>,
}

impl Guild {
    pub(super) fn new(guild: &GuildConfig, config: &Config) -> Self {
        let is_member = |user: &&UserConfig| user.guilds.as_ref().is_none_or(|of| of.contains(&guild.id));
        let people = config.users.iter().filter(is_member).map(|user| user.id);
        let bots = config.applications.iter().map(crate::config::ApplicationConfig::user);
        Self {
            id: guild.id,
            name: guild.name.clone(),
            owner: guild.owner,
            channels: guild.channels.iter().map(Channel::new).collect(),
            roles: guild.roles.clone(),
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
        let people = config.users.iter().map(|one| Self {
            id: one.id,
            name: one.name.clone(),
            bot: false,
            about: one.about.clone(),
            roles: one.roles.clone(),
            dm: one.dm,
        });
        let bots = config.applications.iter().map(|one| Self {
            id: one.user(),
            name: one.name.clone(),
            bot: true,
            about: String::new(),
            roles: Vec::new(),
            dm: None,
        });
        people.chain(bots).map(|one| (one.id, one)).collect()
    }
}

impl World {
    /// The roles that somebody has in a guild.
    pub fn roles(&self, guild: GuildId, user: UserId) -> impl Iterator<Item = &RoleConfig> {
        let held = self.people.get(&user).map(|person| &person.roles);
        let roles = self.guild(guild).map(|guild| guild.roles.iter()).unwrap_or_default();
        roles.filter(move |role| held.is_some_and(|held| held.contains(&role.id)))
    }

    /// What somebody may do in a guild (Discord: "Permissions"). Whoever owns it or administers it may everything.
    pub fn permissions(&self, guild: GuildId, user: UserId) -> Permissions {
        if self.guild(guild).is_some_and(|guild| guild.owner == user) {
            return Permissions::all();
        }
        let of_roles = self.roles(guild, user).fold(EVERYONE_MAY, |all, role| all | role.permissions);
        if of_roles.contains(Permissions::ADMINISTRATOR) { Permissions::all() } else { of_roles }
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

    #[test]
    fn a_stranger_is_a_member_only_where_they_are() {
        let mut config = Config::default();
        config.users[2].guilds = Some(vec![GuildId::new(2000)]);
        let members = |n: usize| Guild::new(&config.guilds[n], &config).members;
        assert!(!members(0).contains(&UserId::new(5003)) && members(1).contains(&UserId::new(5003)));
    }

    #[test]
    fn roles_add_to_what_everybody_may_and_owners_may_everything() {
        let mut config = Config::default();
        let role = |id, permissions| RoleConfig { id: RoleId::new(id), name: "r".to_owned(), permissions };
        config.guilds[0].roles =
            vec![role(1, Permissions::MODERATE_MEMBERS), role(2, Permissions::ADMINISTRATOR)];
        config.users[1].roles = vec![RoleId::new(1)];
        config.users[2].roles = vec![RoleId::new(2)];
        let world = World::new(&config);
        let may = |user| world.permissions(GuildId::new(1000), UserId::new(user));
        assert_eq!(may(5001), Permissions::all(), "she owns it");
        assert_eq!(may(5002), EVERYONE_MAY | Permissions::MODERATE_MEMBERS);
        assert_eq!(may(5003), Permissions::all());
        assert_eq!(world.permissions(GuildId::new(2000), UserId::new(5002)), EVERYONE_MAY);
    }
}
