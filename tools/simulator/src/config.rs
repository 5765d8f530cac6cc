//! What a simulated Discord holds when it starts. Every id can be named, so that tests can speak of it.

use std::time::Duration;

use twilight_model::guild::Permissions;
use twilight_model::id::Id;

use crate::accounts::AccountsConfig;
use crate::ids::{ApplicationId, ChannelId, GuildId, RoleId, UserId};
use crate::voice::CipherMode;

/// The whole of it.
#[derive(Clone, Debug)]
pub struct Config {
    /// Its guilds. Each bot is a member of all of them, and so is each user who names none.
    pub guilds: Vec<GuildConfig>,
    /// People. Whoever is in a voice channel is a listener there.
    pub users: Vec<UserConfig>,
    /// Bots that may log in.
    pub applications: Vec<ApplicationConfig>,
    /// What the main gateway allows.
    pub gateway: GatewayRules,
    /// What the voice servers offer and demand.
    pub voice: VoiceRules,
    /// Services whose accounts are linked.
    pub accounts: AccountsConfig,
    /// Where to listen; 0 takes a free port.
    pub ports: Ports,
}

/// A guild with its channels.
#[derive(Clone, Debug)]
pub struct GuildConfig {
    /// Its id, and that of its `@everyone` role.
    pub id: GuildId,
    /// Its name.
    pub name: String,
    /// Who owns it; need not be a configured user.
    pub owner: UserId,
    /// Its channels, in order.
    pub channels: Vec<ChannelConfig>,
    /// Its roles beside `@everyone`.
    pub roles: Vec<RoleConfig>,
}

/// A role.
#[derive(Clone, Debug)]
pub struct RoleConfig {
    /// Its id.
    pub id: RoleId,
    /// Its name.
    pub name: String,
    /// What its members may do beside what everybody may.
    pub permissions: Permissions,
}

/// A channel.
#[derive(Clone, Debug)]
pub struct ChannelConfig {
    /// Its id.
    pub id: ChannelId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub kind: ChannelKind,
}

/// What a channel is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelKind {
    /// Messages.
    Text,
    /// Voice.
    Voice,
}

/// A person.
#[derive(Clone, Debug)]
pub struct UserConfig {
    /// Their id.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// Who they are, in a few words.
    pub about: String,
    /// Where they are members; none: everywhere.
    pub guilds: Option<Vec<GuildId>>,
    /// Their roles, of any guild.
    pub roles: Vec<RoleId>,
    /// Where they talk with a bot alone.
    pub dm: Option<ChannelId>,
}

/// A bot.
#[derive(Clone, Debug)]
pub struct ApplicationConfig {
    /// The application's id, and that of its bot's user.
    pub id: ApplicationId,
    /// Its name.
    pub name: String,
    /// What it logs in with, without `Bot `.
    pub token: String,
    /// What interactions are signed with (Ed25519).
    pub signing_seed: [u8; 32],
}

impl ApplicationConfig {
    /// The bot's user.
    pub fn user(&self) -> UserId {
        self.id.cast()
    }
}

/// What the main gateway allows.
#[derive(Clone, Copy, Debug)]
pub struct GatewayRules {
    /// Intents that may be asked for, beyond [`GatewayRules::BASE_INTENTS`]; others that are privileged close the
    /// connection with 4014, the rest with 4013.
    pub further_intents: u64,
    /// How often the client must show that it lives.
    pub heartbeat: Duration,
    /// IDENTIFYs left today.
    pub identifies: u32,
    /// How many shards may identify at once.
    pub max_concurrency: u32,
    /// How long a session may be resumed after its socket was lost; then its bot leaves voice.
    pub resume_window: Duration,
}

impl GatewayRules {
    /// `GUILDS` and `GUILD_VOICE_STATES`: all that a music bot needs.
    pub const BASE_INTENTS: u64 = 1 | 1 << 7;
    /// IDENTIFYs a day (Discord: "session start limit").
    pub const IDENTIFIES_PER_DAY: u32 = 1000;
}

/// Whether the end-to-end encryption is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dave {
    /// Whoever cannot is sent away with 4017, as Discord does since 2026-03.
    Required,
    /// Whoever can, does.
    Offered,
    /// Nobody does.
    Off,
}

/// Whose MLS commit wins when several members could make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commits {
    /// A bot's, so that its own commits are tried; a listener steps in when there is no bot to do it.
    Bots,
    /// A listener's, so that bots are welcomed, as when they join people who already talk.
    Listeners,
}

/// What the voice servers offer and demand.
#[derive(Clone, Debug)]
pub struct VoiceRules {
    /// End-to-end encryption.
    pub dave: Dave,
    /// Transport ciphers, best first.
    pub modes: Vec<CipherMode>,
    /// Whose commits win.
    pub commits: Commits,
    /// How often the client must show that it lives.
    pub heartbeat: Duration,
    /// How long a member may take to commit before the group is made anew.
    pub commit_timeout: Duration,
    /// How long a voice session may be resumed after its socket was lost.
    pub resume_window: Duration,
    /// How much of the sound each listener keeps of each bot.
    pub pcm: Duration,
}

/// Where to listen on 127.0.0.1; 0 takes a free port.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ports {
    /// REST and the control API.
    pub rest: u16,
    /// The main gateway.
    pub gateway: u16,
}

impl Default for Config {
    /// Two guilds with a text and two voice channels each, three users, one bot, and accounts to link.
    fn default() -> Self {
        Self {
            guilds: vec![GuildConfig::numbered(1), GuildConfig::numbered(2)],
            users: vec![
                UserConfig::new(5001, "ada"),
                UserConfig::new(5002, "grace"),
                UserConfig::new(5003, "linus"),
            ],
            applications: vec![ApplicationConfig::new(9001, "timmy", "simulated.bot.token")],
            gateway: GatewayRules::default(),
            voice: VoiceRules::default(),
            accounts: AccountsConfig::default(),
            ports: Ports::default(),
        }
    }
}

impl Default for GatewayRules {
    fn default() -> Self {
        Self {
            further_intents: 0,
            heartbeat: Duration::from_millis(41_250),
            identifies: Self::IDENTIFIES_PER_DAY,
            max_concurrency: 1,
            resume_window: Duration::from_mins(1),
        }
    }
}

impl Default for VoiceRules {
    fn default() -> Self {
        Self {
            dave: Dave::Required,
            modes: vec![CipherMode::Aes256Gcm, CipherMode::XChaCha20Poly1305],
            commits: Commits::Bots,
            heartbeat: Duration::from_millis(13_750),
            commit_timeout: Duration::from_secs(3),
            resume_window: Duration::from_secs(15),
            pcm: Duration::from_secs(4),
        }
    }
}

impl GuildConfig {
    /// Guild `1000 * n` with the text channel `1000 * n + 1` and the voice channels `+ 2` and `+ 3`.
    pub fn numbered(n: u32) -> Self {
        let base = u64::from(n.max(1)) * 1000;
        let channel =
            |offset: u64, name: &str, kind| ChannelConfig { id: id(base + offset), name: name.into(), kind };
        Self {
            id: id(base),
            name: format!("Guild {n}"),
            owner: id(5001),
            channels: vec![
                channel(1, "general", ChannelKind::Text),
                channel(2, "Lounge", ChannelKind::Voice),
                channel(3, "Stage door", ChannelKind::Voice),
            ],
            roles: Vec::new(),
        }
    }
}

impl UserConfig {
    /// A person of that number; 0 becomes 1, since no id is zero.
    pub fn new(number: u64, name: &str) -> Self {
        Self {
            id: id(number),
            name: name.to_owned(),
            about: String::new(),
            guilds: None,
            roles: Vec::new(),
            dm: None,
        }
    }
}

impl ApplicationConfig {
    /// A bot of that number; 0 becomes 1, since no id is zero. Its key is known to everybody.
    pub fn new(number: u64, name: &str, token: &str) -> Self {
        Self { id: id(number), name: name.to_owned(), token: token.to_owned(), signing_seed: [7; 32] }
    }
}

fn id<T>(number: u64) -> Id<T> {
    Id::new_checked(number).unwrap_or(Id::<T>::new(1))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_default_has_what_a_test_needs_and_no_number_twice() {
        let config = Config::default();
        let mut ids = HashSet::new();
        for guild in &config.guilds {
            assert!(ids.insert(guild.id.get()));
            assert_eq!(guild.channels.iter().filter(|one| one.kind == ChannelKind::Voice).count(), 2);
            assert!(guild.channels.iter().all(|one| ids.insert(one.id.get())));
        }
        assert!(config.users.iter().all(|one| ids.insert(one.id.get())));
        assert!(config.applications.iter().all(|one| ids.insert(one.user().get())));
    }

    #[test]
    fn zero_is_no_id() {
        assert_eq!(UserConfig::new(0, "nobody").id.get(), 1);
    }
}
