//! What the function is told at its start.

use core::str::FromStr;

use shared::discord::rest::ApiBase;
use shared::env::{BadEnv, Env};
use shared::public_base::PublicBase;
use shared::security::input::ServiceId;
use shared::security::signature::DiscordKeys;
use shared::voice_call::VoiceCallConfig;
use url::Url;

/// The hub that `YouTube` tells of new videos.
const HUB: &str = "https://pubsubhubbub.appspot.com/subscribe";
/// What stands before a channel's id in its topic.
const TOPIC: &str = "https://www.youtube.com/feeds/videos.xml?channel_id=";
/// The same as `YouTube` itself writes it in its documentation of push notifications.
const TOPIC_XML: &str = "https://www.youtube.com/xml/feeds/videos.xml?channel_id=";

/// The function's configuration. It holds no secret (SPEC W30). Names are listed in `docs/OPERATIONS.md`.
#[derive(Clone, Debug)]
pub struct Config {
    /// `TABLE_PREFIX`, default `timmybot`.
    pub table_prefix: String,
    /// `LOG_KEY_SECRET`: the name of the secret with the keys of the pseudonyms.
    pub log_key_secret: String,
    /// `WEBHOOK_SECRET_PREFIX`: what stands before a source's name in the name of its secret; ends with a slash.
    pub secret_prefix: String,
    /// `DISCORD_PUBLIC_KEYS`: what Discord's Webhook Events are signed with.
    pub discord_keys: DiscordKeys,
    /// `DISCORD_API_BASE_URL`.
    pub api_base: ApiBase,
    /// `PUBLIC_BASE_URL`: where senders reach us.
    pub public: PublicBase,
    /// `YOUTUBE_CHANNELS`: the channels whose videos are announced; no other topic is confirmed or read.
    pub channels: Vec<YouTubeChannel>,
    /// `YOUTUBE_HUB_URL`: where those are subscribed at.
    pub hub: Hub,
    /// `WEBHOOK_QUEUE_URL`: the queue that invokes us.
    pub queue_url: String,
    /// `PRIVACY_QUEUE_URL`.
    pub privacy_queue_url: String,
    /// `OAUTH_FUNCTION`: who unlinks accounts, and talks to Twitch.
    pub oauth_function: String,
    /// `ALLOW_HTTP`: whether viewers may ask for `http://` addresses, default no.
    pub allow_http: bool,
    /// How a voice worker is reached; `None` where voice is not switched on.
    pub voice: Option<VoiceCallConfig>,
}

/// The id of a channel at `YouTube`: `UC` and 22 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YouTubeChannel(ServiceId);

/// A channel's id that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected ids of channels, UC and 22 characters, with commas between")]
pub struct BadChannel;

impl YouTubeChannel {
    /// As it is in addresses.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The feed that is subscribed.
    pub(crate) fn topic(&self) -> String {
        format!("{TOPIC}{}", self.as_str())
    }

    /// Whether a topic is this channel's, in one of the two ways in which they are written.
    pub(crate) fn is_topic(&self, topic: &str) -> bool {
        let id = topic.strip_prefix(TOPIC).or_else(|| topic.strip_prefix(TOPIC_XML));
        id == Some(self.as_str())
    }
}

impl FromStr for YouTubeChannel {
    type Err = BadChannel;

    fn from_str(text: &str) -> Result<Self, BadChannel> {
        let id: ServiceId = text.parse().map_err(|_| BadChannel)?;
        if text.len() == 24 && text.starts_with("UC") { Ok(Self(id)) } else { Err(BadChannel) }
    }
}

/// A hub's address: https, or http on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hub(Url);

/// A hub's address that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an https address")]
pub struct BadHub;

impl Hub {
    /// Google's.
    fn google() -> Self {
        // The constant is an address; a test reads it.
        HUB.parse().unwrap_or_else(|_| unreachable!())
    }

    pub(crate) const fn url(&self) -> &Url {
        &self.0
    }
}

impl FromStr for Hub {
    type Err = BadHub;

    /// By the rule of our own public address, but its path is its own.
    fn from_str(text: &str) -> Result<Self, BadHub> {
        text.parse::<PublicBase>().map_err(|_| BadHub)?;
        Url::parse(text).map(Self).map_err(|_| BadHub)
    }
}

impl Config {
    /// Reads and checks everything at once; a function that is told nonsense does not start.
    pub fn from_env(env: &Env) -> Result<Self, BadEnv> {
        let required = |name: &'static str| env.required(name).map(str::to_owned);
        let secret_prefix = required("WEBHOOK_SECRET_PREFIX")?;
        if !secret_prefix.ends_with('/') {
            let why = "expected a slash at its end, such as /timmybot/webhooks/".to_owned();
            return Err(BadEnv::Malformed { name: "WEBHOOK_SECRET_PREFIX", why });
        }
        Ok(Self {
            table_prefix: env.text_or("TABLE_PREFIX", "timmybot"),
            log_key_secret: required("LOG_KEY_SECRET")?,
            secret_prefix,
            discord_keys: env.parse("DISCORD_PUBLIC_KEYS")?,
            api_base: env.parse_or("DISCORD_API_BASE_URL", ApiBase::discord())?,
            public: env.parse("PUBLIC_BASE_URL")?,
            channels: env.list("YOUTUBE_CHANNELS")?,
            hub: env.parse_or("YOUTUBE_HUB_URL", Hub::google())?,
            queue_url: required("WEBHOOK_QUEUE_URL")?,
            privacy_queue_url: required("PRIVACY_QUEUE_URL")?,
            oauth_function: required("OAUTH_FUNCTION")?,
            allow_http: env.parse_or("ALLOW_HTTP", false)?,
            voice: VoiceCallConfig::from_env(env)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUIRED: [(&str, &str); 7] = [
        ("LOG_KEY_SECRET", "/timmybot/log-key"),
        ("WEBHOOK_SECRET_PREFIX", "/timmybot/webhooks/"),
        ("DISCORD_PUBLIC_KEYS", "197f6b23e16c8532c6abc838facd5ea789be0c76b2920334039bfa8b3d368d61"),
        ("PUBLIC_BASE_URL", "https://bot.example.org"),
        ("WEBHOOK_QUEUE_URL", "https://sqs.invalid/q"),
        ("PRIVACY_QUEUE_URL", "https://sqs.invalid/p"),
        ("OAUTH_FUNCTION", "timmybot-oauth"),
    ];
    const CHANNEL: &str = "UC_x5XG1OV2P6uZZ5FSM9Ttw";

    fn with(more: &[(&'static str, &'static str)]) -> Result<Config, BadEnv> {
        Config::from_env(&Env::of(REQUIRED.into_iter().chain(more.iter().copied())))
    }

    #[test]
    fn what_is_not_said_has_a_default_where_one_is_safe() {
        let config = with(&[]).unwrap();
        assert_eq!((config.table_prefix.as_str(), config.channels), ("timmybot", vec![]));
        assert_eq!(config.hub.url().as_str(), HUB);
        assert!(!config.allow_http && config.voice.is_none());
        assert_eq!(Env::spared(&REQUIRED, Config::from_env), [""; 0]);
    }

    #[test]
    fn nonsense_stops_the_function() {
        for (name, value) in [
            ("WEBHOOK_SECRET_PREFIX", "/timmybot/webhooks"),
            ("DISCORD_PUBLIC_KEYS", "00"),
            ("DISCORD_API_BASE_URL", "http://discord.com/api/v10"),
            ("PUBLIC_BASE_URL", "http://bot.example.org"),
            ("YOUTUBE_CHANNELS", "UC_x5XG1OV2P6uZZ5FSM9Ttw,somebody"),
            ("ALLOW_HTTP", "maybe"),
            ("YOUTUBE_HUB_URL", "http://hub.example.org"),
            ("YOUTUBE_HUB_URL", "https://user@hub.example.org"),
        ] {
            let refused = with(&[(name, value)]).err();
            assert_eq!(refused.and_then(|error| error.malformed()), Some(name), "{value}");
        }
    }

    #[test]
    fn a_topic_is_its_channels_in_two_spellings_and_no_other() {
        let channel: YouTubeChannel = CHANNEL.parse().unwrap();
        assert!(channel.is_topic(&channel.topic()));
        assert!(channel.is_topic(&format!("{TOPIC_XML}{CHANNEL}")));
        for other in [
            format!("{TOPIC}UC_x5XG1OV2P6uZZ5FSM9Ttx"),
            format!("{TOPIC}{CHANNEL}&x=1"),
            format!("https://www.youtube.com.example.org/feeds/videos.xml?channel_id={CHANNEL}"),
            String::new(),
        ] {
            assert!(!channel.is_topic(&other), "{other}");
        }
    }
}
