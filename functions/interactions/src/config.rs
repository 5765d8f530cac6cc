//! What the function is told at its start. No secret is among it (SPEC W30): secrets are named, not given.

use shared::env::{BadEnv, Env};
use shared::ids::{ApplicationId, UserId};
use shared::security::signature::DiscordKeys;

use crate::accounts::AccountsConfig;
use crate::voice::VoiceConfig;

/// The configuration, typed. Names are listed in `docs/OPERATIONS.md`.
#[derive(Clone, Debug)]
pub struct Config {
    /// `DISCORD_APPLICATION_ID`.
    pub application_id: ApplicationId,
    /// `DISCORD_PUBLIC_KEYS`: hex, comma-separated; two during a change-over.
    pub public_keys: DiscordKeys,
    /// `OPERATOR_IDS`: Discord user ids of those who run this deployment.
    pub operators: Vec<UserId>,
    /// `TABLE_PREFIX`, default `timmybot`.
    pub table_prefix: String,
    /// `CUSTOM_ID_KEY_SECRET`: the name of the secret with the keys that sign custom ids.
    pub custom_id_secret: String,
    /// `LOG_KEY_SECRET`: the name of the secret with the keys of the pseudonyms.
    pub log_key_secret: String,
    /// `GUILD_CAP`: how many guilds may be approved at once, default 50.
    pub guild_cap: u32,
    /// `ALLOW_HTTP`: whether `http://` links may be queued, default no.
    pub allow_http: bool,
    /// `PRIVACY_QUEUE_URL`: where requests about people's own data go.
    pub privacy_queue_url: String,
    /// `CONTROL_QUEUE_URL`: where orders about incidents and containment go.
    pub control_queue_url: String,
    /// How a voice worker is reached; `None` where voice is not switched on.
    pub voice: Option<VoiceConfig>,
    /// How accounts are linked; `None` where that is not set up.
    pub accounts: Option<AccountsConfig>,
}

impl Config {
    /// Reads and parses it; the error names the variable.
    pub fn from_env(env: &Env) -> Result<Self, BadEnv> {
        Ok(Self {
            application_id: env.parse("DISCORD_APPLICATION_ID")?,
            public_keys: env.parse("DISCORD_PUBLIC_KEYS")?,
            operators: env.list("OPERATOR_IDS")?,
            table_prefix: env.text_or("TABLE_PREFIX", "timmybot"),
            custom_id_secret: env.required("CUSTOM_ID_KEY_SECRET")?.to_owned(),
            log_key_secret: env.required("LOG_KEY_SECRET")?.to_owned(),
            guild_cap: env.parse_or("GUILD_CAP", 50)?,
            allow_http: env.parse_or("ALLOW_HTTP", false)?,
            privacy_queue_url: env.required("PRIVACY_QUEUE_URL")?.to_owned(),
            control_queue_url: env.required("CONTROL_QUEUE_URL")?.to_owned(),
            voice: VoiceConfig::from_env(env)?,
            accounts: AccountsConfig::from_env(env)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

    fn least() -> Vec<(&'static str, &'static str)> {
        vec![
            ("DISCORD_APPLICATION_ID", "775799577604522054"),
            ("DISCORD_PUBLIC_KEYS", KEY),
            ("CUSTOM_ID_KEY_SECRET", "/timmybot/custom-id-key"),
            ("LOG_KEY_SECRET", "/timmybot/log-key"),
            ("PRIVACY_QUEUE_URL", "https://sqs.invalid/1/timmybot-privacy"),
            ("CONTROL_QUEUE_URL", "https://sqs.invalid/1/timmybot-control"),
        ]
    }

    #[test]
    fn the_least_that_is_needed_gives_the_defaults() {
        let config = Config::from_env(&Env::of(least())).unwrap();
        assert_eq!(
            (config.table_prefix.as_str(), config.guild_cap, config.allow_http),
            ("timmybot", 50, false)
        );
        assert!(config.operators.is_empty() && config.voice.is_none() && config.accounts.is_none());
    }

    #[test]
    fn each_required_variable_is_named_when_it_is_missing() {
        assert_eq!(Env::spared(&least(), Config::from_env), [""; 0]);
    }

    #[test]
    fn malformed_ids_and_keys_stop_the_start() {
        for (name, value) in
            [("DISCORD_APPLICATION_ID", "0"), ("OPERATOR_IDS", "1,x"), ("DISCORD_PUBLIC_KEYS", "ab")]
        {
            let env = Env::of(least().into_iter().chain([(name, value)]));
            assert!(matches!(Config::from_env(&env), Err(BadEnv::Malformed { name: n, .. }) if n == name));
        }
    }
}
