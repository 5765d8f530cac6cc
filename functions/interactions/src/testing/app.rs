//! The function as its tests have it.

use std::collections::BTreeMap;

use shared::clock::{Clock, Rng};
use shared::env::Env;
use shared::telemetry::{Captured, Sink};
use testkit::Aws;
use testkit::signing::DiscordKey;

use super::{OPERATOR, OPERATOR_2};
use crate::app::{App, Machine};
use crate::config::Config;

pub(crate) const SUPERVISOR: &str = "timmybot-voice-supervisor";
pub(crate) const OAUTH: &str = "timmybot-oauth";
pub(crate) const APPLICATION: &str = "775799577604522054";

/// What switches voice and linking on.
pub(crate) fn voice(aws: &Aws) -> BTreeMap<&'static str, String> {
    [
        ("VOICE_QUEUE_URL_TEMPLATE", aws.queue_url("voice-{shard}")),
        ("REPLY_DEADLINE_QUEUE_URL", aws.queue_url("reply-deadline")),
        ("VOICE_SUPERVISOR_FUNCTION", SUPERVISOR.to_owned()),
        ("OAUTH_FUNCTION", OAUTH.to_owned()),
        ("PUBLIC_BASE_URL", "https://bot.example.org".to_owned()),
        ("LINK_SERVICES", "spotify,twitch,youtube".to_owned()),
    ]
    .into()
}

/// An application over these emulators, with these variables besides the ones that have to be there.
pub(crate) fn app(aws: &Aws, clock: Clock, more: BTreeMap<&'static str, String>) -> (App, Captured) {
    let (sink, log) = Sink::memory();
    let operators = format!("{OPERATOR},{OPERATOR_2}");
    let public_key = DiscordKey::committed().public_hex();
    let mut env: BTreeMap<&str, String> = [
        ("DISCORD_APPLICATION_ID", APPLICATION.to_owned()),
        ("DISCORD_PUBLIC_KEYS", public_key),
        ("OPERATOR_IDS", operators),
        ("TABLE_PREFIX", aws.prefix().to_owned()),
        ("CUSTOM_ID_KEY_SECRET", "/timmybot/custom-id-key".to_owned()),
        ("LOG_KEY_SECRET", "/timmybot/log-key".to_owned()),
        ("PRIVACY_QUEUE_URL", aws.queue_url("privacy")),
        ("CONTROL_QUEUE_URL", aws.queue_url("control")),
    ]
    .into();
    env.extend(more);
    let config = Config::from_env(&Env::of(env)).unwrap();
    let machine = Machine { sink, clock, rng: Rng::fixed(7) };
    (App::new(config, aws.sdk_config(), &machine), log)
}
