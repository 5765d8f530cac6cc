//! The Discord of the local stack: an approved guild, one that nobody has approved, and the people that one can be.

use anyhow::{Context as _, Result};
use simulator::{
    Account, AccountsConfig, ApplicationConfig, ChannelConfig, ChannelKind, Config, GuildConfig, Ports,
    RoleConfig, Service, Simulator, UserConfig,
};
use twilight_model::guild::Permissions;

use super::session::Users;

/// The demo application, guild and channels.
pub(crate) const APPLICATION: &str = "775799577604522054";
pub(crate) const GUILD: &str = "290926798626357999";
pub(crate) const CHANNEL: &str = "645027906669510667";
pub(crate) const VOICE_CHANNEL: &str = "645027906669510668";
const QUIET_ROOM: &str = "645027906669510669";
/// Where incidents are told.
pub(crate) const OPERATORS: &str = "645027906669510672";
const DJ: &str = "645027906669510670";
const MODERATORS: &str = "645027906669510671";

/// A guild that is not approved.
const STRANGE_GUILD: &str = "290926798626358100";
const STRANGE_CHANNEL: &str = "645027906669510700";
const STRANGE_VOICE_CHANNEL: &str = "645027906669510701";

/// What the bot logs in with. It opens nothing but this simulator.
pub(crate) const BOT_TOKEN: &str = "local.simulated.token";

/// Starts it; the member is in the voice channel already, so that a `/play` has somebody to play to. Interactions are
/// signed with a key of this seed.
pub(crate) fn start(users: &Users, signing_seed: [u8; 32], port: u16) -> Result<Simulator> {
    let config = world(users, signing_seed, Ports { rest: port, gateway: 0 })?;
    let simulator = Simulator::start(config).context("starting Discord's simulator")?;
    simulator.join(users.member.parse()?, VOICE_CHANNEL.parse()?)?;
    Ok(simulator)
}

fn world(users: &Users, signing_seed: [u8; 32], ports: Ports) -> Result<Config> {
    let applications = vec![ApplicationConfig {
        id: APPLICATION.parse()?,
        name: "Timmy".to_owned(),
        token: BOT_TOKEN.to_owned(),
        signing_seed,
    }];
    let accounts = accounts(users);
    Ok(Config {
        guilds: guilds(users)?,
        users: people(users)?,
        applications,
        ports,
        accounts,
        ..Config::default()
    })
}

/// Whoever one can be here has an account at Discord, too; the other services have their own people.
fn accounts(users: &Users) -> AccountsConfig {
    let mut config = AccountsConfig::default();
    config.accounts.retain(|account| account.service != Service::Discord);
    let people = [
        (&users.member, "member"),
        (&users.moderator, "moderator"),
        (&users.owner, "owner"),
        (&users.operator, "operator"),
        (&users.second_operator, "second operator"),
        (&users.stranger, "stranger"),
    ];
    config.accounts.extend(people.map(|(id, name)| Account {
        service: Service::Discord,
        id: id.clone(),
        name: name.to_owned(),
        login: name.replace(' ', "_"),
        playlists: Vec::new(),
    }));
    config
}

fn guilds(users: &Users) -> Result<Vec<GuildConfig>> {
    let channel = |id: &str, name: &str, kind| -> Result<ChannelConfig> {
        Ok(ChannelConfig { id: id.parse()?, name: name.to_owned(), kind })
    };
    let role = |id: &str, name: &str, permissions| -> Result<RoleConfig> {
        Ok(RoleConfig { id: id.parse()?, name: name.to_owned(), permissions })
    };
    Ok(vec![
        GuildConfig {
            id: GUILD.parse()?,
            name: "Timmy's".to_owned(),
            owner: users.owner.parse()?,
            channels: vec![
                channel(CHANNEL, "general", ChannelKind::Text)?,
                channel(VOICE_CHANNEL, "Lounge", ChannelKind::Voice)?,
                channel(QUIET_ROOM, "Quiet room", ChannelKind::Voice)?,
                channel(OPERATORS, "operators", ChannelKind::Text)?,
            ],
            roles: vec![
                role(DJ, "DJ", Permissions::empty())?,
                role(MODERATORS, "Moderators", Permissions::MANAGE_MESSAGES)?,
            ],
        },
        GuildConfig {
            id: STRANGE_GUILD.parse()?,
            name: "Stranger's".to_owned(),
            owner: users.stranger.parse()?,
            channels: vec![
                channel(STRANGE_CHANNEL, "hall", ChannelKind::Text)?,
                channel(STRANGE_VOICE_CHANNEL, "Stage", ChannelKind::Voice)?,
            ],
            roles: vec![],
        },
    ])
}

/// Each has a conversation with the bot alone, whose number is the one after their own.
fn people(users: &Users) -> Result<Vec<UserConfig>> {
    let person = |id: &str, name: &str, about: &str| -> Result<UserConfig> {
        let id: u64 = id.parse()?;
        let dm = (id + 1_000_000).to_string().parse()?;
        Ok(UserConfig {
            guilds: Some(vec![GUILD.parse()?]),
            about: about.to_owned(),
            dm: Some(dm),
            ..UserConfig::new(id, name)
        })
    };
    Ok(vec![
        person(&users.member, "member", "no rights but a member's")?,
        UserConfig {
            roles: vec![MODERATORS.parse()?],
            ..person(&users.moderator, "moderator", "may manage messages")?
        },
        person(&users.owner, "owner", "owns this server")?,
        person(&users.operator, "operator", "runs the bot; approves servers")?,
        person(&users.second_operator, "second operator", "runs it, too: a lockdown is lifted by two")?,
        UserConfig {
            guilds: Some(vec![STRANGE_GUILD.parse()?]),
            ..person(&users.stranger, "stranger", "owns a server that was not approved")?
        },
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_member_sits_in_the_voice_channel() {
        let users = Users::default();
        let discord = start(&users, [7; 32], 0).unwrap();
        let state = discord.voice_state(GUILD.parse().unwrap(), users.member.parse().unwrap()).unwrap();
        assert_eq!(state.channel.to_string(), VOICE_CHANNEL);
        assert!(discord.voice_state(GUILD.parse().unwrap(), users.owner.parse().unwrap()).is_none());
    }

    #[test]
    fn each_has_what_their_role_gives() {
        let users = Users::default();
        let discord = start(&users, [7; 32], 0).unwrap();
        let may = |user: &str, permission| {
            let user = user.parse().unwrap();
            discord.with_world(|world| world.permissions(GUILD.parse().unwrap(), user).contains(permission))
        };
        let (manage, messages) = (Permissions::MANAGE_GUILD, Permissions::MANAGE_MESSAGES);
        let people = [&users.member, &users.moderator, &users.owner, &users.operator];
        assert_eq!(people.map(|user| may(user, manage)), [false, false, true, false]);
        assert_eq!(people.map(|user| may(user, messages)), [false, true, true, false]);
    }
}
