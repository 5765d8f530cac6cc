//! What this Discord holds: guilds, people, who is in which voice channel, messages, replies. Pure: a change goes in,
//! what has to be told to the clients comes out.

mod commands;
mod files;
mod guild;
mod incoming;
mod interactions;
mod messages;
mod view;
mod voice;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

pub(crate) use files::File;
pub use guild::{Channel, Guild, Person};
pub(crate) use interactions::{Asked, Callback};
pub use interactions::{Interaction, Origin, Reply};
pub(crate) use messages::Body;
pub use messages::Message;
pub(crate) use view::{channel as channel_view, merge, role, user};
pub use voice::{VoiceFlags, VoiceState};

use crate::config::Config;
use crate::ids::{ApplicationId, ChannelId, GuildId, MessageId, UserId};
use crate::rules::Violation;

/// The state, and the rules by which it changes.
#[derive(Debug)]
pub struct World {
    guilds: BTreeMap<GuildId, Guild>,
    people: BTreeMap<UserId, Person>,
    voice: BTreeMap<(GuildId, UserId), VoiceState>,
    messages: BTreeMap<ChannelId, Vec<Message>>,
    interactions: BTreeMap<String, Interaction>,
    /// Incoming webhooks, by their tokens.
    incoming: BTreeMap<String, incoming::Incoming>,
    statuses: BTreeMap<ChannelId, String>,
    /// Forms that people have before them, by their custom ids.
    modals: BTreeMap<(UserId, String), Value>,
    /// What each application has registered, as it is shown.
    commands: BTreeMap<ApplicationId, Vec<Value>>,
    files: BTreeMap<u64, File>,
    snowflakes: u64,
    news: Vec<News>,
}

/// Something that people see at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// A message is new, or another than it was.
    Message { channel: ChannelId, id: MessageId, is_new: bool },
    /// A message is gone.
    Gone { channel: ChannelId, id: MessageId },
    /// The text under a voice channel's name is another.
    Status { channel: ChannelId },
    /// An application has other commands.
    Commands,
}

/// Something that gateway clients are told (Discord: "Dispatch", op 0).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Dispatch {
    pub(crate) guild: GuildId,
    pub(crate) to: Audience,
    pub(crate) event: &'static str,
    pub(crate) data: Value,
}

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Every bot of the guild.
    Guild,
    /// One bot.
    Bot(UserId),
}

/// What Discord refuses, with the code of its error body (Discord: "JSON error codes").
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such channel.
    #[error("Unknown Channel")]
    Channel,
    /// No such guild.
    #[error("Unknown Guild")]
    Guild,
    /// No such message.
    #[error("Unknown Message")]
    Message,
    /// No such user.
    #[error("Unknown User")]
    User,
    /// A webhook token that was never given out.
    #[error("Unknown Webhook")]
    Webhook,
    /// The interaction was answered before.
    #[error("Interaction has already been acknowledged.")]
    Acknowledged,
    /// The interaction's 15 minutes are over.
    #[error("Invalid Webhook Token")]
    Expired,
    /// The user is in no voice channel.
    #[error("Unknown Voice State")]
    VoiceState,
    /// The message belongs to somebody else.
    #[error("Cannot edit a message authored by another user")]
    Author,
    /// Text where there should be voice, or the other way round.
    #[error("Cannot execute action on this channel type")]
    ChannelType,
    /// Nothing to say.
    #[error("Cannot send an empty message")]
    Empty,
    /// The body breaks a rule.
    #[error("Invalid Form Body")]
    Form(#[from] Violation),
}

impl Refusal {
    /// Discord's code for it.
    pub fn code(&self) -> u32 {
        match self {
            Self::Channel => 10_003,
            Self::Guild => 10_004,
            Self::Message => 10_008,
            Self::User => 10_013,
            Self::Webhook => 10_015,
            Self::VoiceState => 10_065,
            Self::Acknowledged => 40_060,
            Self::Author => 50_005,
            Self::Empty => 50_006,
            Self::ChannelType => 50_024,
            Self::Expired => 50_027,
            Self::Form(_) => 50_035,
        }
    }

    /// A body that breaks a rule at some place.
    pub(crate) fn form(at: &str, rule: &str) -> Self {
        Self::Form(Violation::new(at, rule))
    }
}

/// Milliseconds of the first day that Discord's snowflakes count from.
const DISCORD_EPOCH_MS: i64 = 1_420_070_400_000;

impl World {
    /// The world of a configuration: nobody is in voice, nothing has been said.
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            guilds: config.guilds.iter().map(|one| (one.id, Guild::new(one, config))).collect(),
            people: Person::all(config),
            voice: BTreeMap::new(),
            messages: BTreeMap::new(),
            interactions: BTreeMap::new(),
            incoming: BTreeMap::new(),
            statuses: BTreeMap::new(),
            modals: BTreeMap::new(),
            commands: BTreeMap::new(),
            files: BTreeMap::new(),
            snowflakes: 0,
            news: Vec::new(),
        }
    }

    /// A guild.
    pub fn guild(&self, guild: GuildId) -> Option<&Guild> {
        self.guilds.get(&guild)
    }

    /// All guilds.
    pub fn guilds(&self) -> impl Iterator<Item = &Guild> {
        self.guilds.values()
    }

    /// A person or a bot.
    pub fn person(&self, user: UserId) -> Option<&Person> {
        self.people.get(&user)
    }

    /// The channel and the guild that it is in.
    pub fn channel(&self, channel: ChannelId) -> Option<(GuildId, &Channel)> {
        self.guilds.values().find_map(|guild| Some((guild.id, guild.channel(channel)?)))
    }

    /// A channel of a guild, or a person's own with the bot.
    pub(crate) fn is_channel(&self, channel: ChannelId) -> Result<(), Refusal> {
        let is_own = || self.people.values().any(|person| person.dm == Some(channel));
        if self.channel(channel).is_some() || is_own() { Ok(()) } else { Err(Refusal::Channel) }
    }

    /// Everybody.
    pub fn people(&self) -> impl Iterator<Item = &Person> {
        self.people.values()
    }

    /// What has changed on people's screens since it was asked last.
    pub(crate) fn take_news(&mut self) -> Vec<News> {
        std::mem::take(&mut self.news)
    }

    /// The text that stands under a voice channel's name.
    pub fn voice_status(&self, channel: ChannelId) -> Option<&str> {
        self.statuses.get(&channel).map(String::as_str)
    }

    /// Sets that text; an empty one takes it away.
    pub(crate) fn set_voice_status(&mut self, channel: ChannelId, status: &str) -> Result<(), Refusal> {
        let (_, found) = self.channel(channel).ok_or(Refusal::Channel)?;
        if !found.is_voice() {
            return Err(Refusal::ChannelType);
        }
        // Discord: at most 500 characters.
        if status.chars().count() > 500 {
            return Err(Refusal::form("status", "it has more than 500 characters"));
        }
        self.news.push(News::Status { channel });
        if status.is_empty() {
            self.statuses.remove(&channel);
        } else {
            self.statuses.insert(channel, status.to_owned());
        }
        Ok(())
    }

    /// The user of a bot.
    pub(crate) fn bot_user(&self, application: ApplicationId) -> Option<&Person> {
        self.people.get(&application.cast()).filter(|person| person.bot)
    }

    /// An id that is larger than every one before it (Discord: "Snowflakes").
    pub(crate) fn snowflake(&mut self, now: Timestamp) -> MessageId {
        let ms = u64::try_from(now.as_millisecond() - DISCORD_EPOCH_MS).unwrap_or_default();
        self.snowflakes = self.snowflakes.max(ms << 22) + 1;
        MessageId::new_checked(self.snowflakes).unwrap_or(MessageId::new(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snowflakes_grow_even_when_the_clock_stands_still() {
        let mut world = World::new(&Config::default());
        let noon = "2026-01-02T12:00:00Z".parse().unwrap();
        let (one, two) = (world.snowflake(noon), world.snowflake(noon));
        assert!(two > one);
        let before = "2026-01-02T11:00:00Z".parse().unwrap();
        assert!(world.snowflake(before) > two);
    }

    #[test]
    fn a_status_belongs_to_a_voice_channel_and_has_its_limit() {
        let mut world = World::new(&Config::default());
        let (text, voice) = (ChannelId::new(1001), ChannelId::new(1002));
        assert_eq!(world.set_voice_status(text, "x"), Err(Refusal::ChannelType));
        assert_eq!(world.set_voice_status(ChannelId::new(5), "x"), Err(Refusal::Channel));
        assert_eq!(world.set_voice_status(voice, &"x".repeat(501)).unwrap_err().code(), 50_035);
        world.set_voice_status(voice, "Playing: Drop It Like It's Hot").unwrap();
        assert_eq!(world.voice_status(voice), Some("Playing: Drop It Like It's Hot"));
        world.set_voice_status(voice, "").unwrap();
        assert_eq!(world.voice_status(voice), None);
    }

    #[test]
    fn a_bot_is_known_by_its_application_and_a_person_is_none() {
        let world = World::new(&Config::default());
        assert_eq!(world.bot_user(ApplicationId::new(9001)).unwrap().name, "timmy");
        assert!(world.bot_user(ApplicationId::new(5001)).is_none());
    }
}
