//! The Discord of the local stack: one guild with a text and a voice channel, and the people that `timmy send` speaks as.

use anyhow::{Context as _, Result};
use simulator::{ApplicationConfig, ChannelConfig, ChannelKind, Config, GuildConfig, Simulator, UserConfig};

use super::session::Users;

/// The demo application, guild and channels.
pub(crate) const APPLICATION: &str = "775799577604522054";
pub(crate) const GUILD: &str = "290926798626357999";
pub(crate) const CHANNEL: &str = "645027906669510667";
pub(crate) const VOICE_CHANNEL: &str = "645027906669510668";

/// What the bot logs in with. It opens nothing but this simulator.
pub(crate) const BOT_TOKEN: &str = "local.simulated.token";

/// Starts it; the member is in the voice channel already, so that a `/play` has somebody to play to.
pub(crate) fn start(users: &Users) -> Result<Simulator> {
    let simulator = Simulator::start(world(users)?).context("starting Discord's simulator")?;
    simulator.join(users.member.parse()?, VOICE_CHANNEL.parse()?)?;
    Ok(simulator)
}

fn world(users: &Users) -> Result<Config> {
    let channel = |id: &str, name: &str, kind| -> Result<ChannelConfig> {
        Ok(ChannelConfig { id: id.parse()?, name: name.to_owned(), kind })
    };
    let person = |id: &str, name: &str| -> Result<UserConfig> {
        Ok(UserConfig { id: id.parse()?, name: name.to_owned() })
    };
    Ok(Config {
        guilds: vec![GuildConfig {
            id: GUILD.parse()?,
            name: "Timmy's".to_owned(),
            owner: users.owner.parse()?,
            channels: vec![
                channel(CHANNEL, "general", ChannelKind::Text)?,
                channel(VOICE_CHANNEL, "Lounge", ChannelKind::Voice)?,
            ],
        }],
        users: vec![
            person(&users.member, "member")?,
            person(&users.moderator, "moderator")?,
            person(&users.owner, "owner")?,
            person(&users.operator, "operator")?,
            person(&users.second_operator, "second operator")?,
        ],
        applications: vec![ApplicationConfig {
            id: APPLICATION.parse()?,
            name: "Timmy".to_owned(),
            token: BOT_TOKEN.to_owned(),
        }],
        ..Config::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_member_sits_in_the_voice_channel() {
        let users = Users::default();
        let discord = start(&users).unwrap();
        let state = discord.voice_state(GUILD.parse().unwrap(), users.member.parse().unwrap()).unwrap();
        assert_eq!(state.channel.to_string(), VOICE_CHANNEL);
        assert!(discord.voice_state(GUILD.parse().unwrap(), users.owner.parse().unwrap()).is_none());
    }
}
