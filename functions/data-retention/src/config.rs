//! What the function is told at its start.

use jiff::SignedDuration;
use shared::discord::rest::ApiBase;
use shared::env::{BadEnv, Env};
use shared::providers::client::Bases;
use shared::public_base::PublicBase;
use shared::security::ca_pins::{CaPins, PinMode};
use shared::security::checkpoint::Checkpoint;
use shared::security::signed_note::KeyName;

/// How long an erasure waits before it looks once more: longer than any function may run that was begun before.
const SETTLE_S: u32 = 120;

/// The function's configuration. It holds no secret (SPEC W30). Names are listed in `docs/OPERATIONS.md`.
#[derive(Clone, Debug)]
pub struct Config {
    /// `TABLE_PREFIX`, default `timmybot`.
    pub table_prefix: String,
    /// `SECRET_PREFIX`, default `/timmybot`: users' tokens and our clients' secrets are below it.
    pub secret_prefix: String,
    /// `LOG_KEY_SECRET`: the name of the secret with the keys of the pseudonyms.
    pub log_key_secret: String,
    /// `EVIDENCE_BUCKET`: where checkpoints are kept.
    pub evidence_bucket: String,
    /// `EXPORTS_BUCKET`: where people find what they asked for, for a few days.
    pub exports_bucket: String,
    /// `PRIVACY_QUEUE_URL`: where requests come from, and where we put one that is not done.
    pub privacy_queue: String,
    /// `CHECKPOINT_KEY_ID`: the key that signs. Of several with commas between it is the first; the others were.
    pub checkpoint_key: String,
    /// Made of `PUBLIC_BASE_URL`: whose log it is.
    pub origin: KeyName,
    /// `PUBLIC_BASE_URL`: where browsers reach us.
    pub public: PublicBase,
    /// `CA_PINS`, `CA_PIN_MODE`: the authorities of some hosts, and whether they are watched or enforced.
    pub pins: (CaPins, PinMode),
    /// `PROVIDER_BASE_URLS`: other addresses than the services' own, for simulators.
    pub bases: Bases,
    /// `DISCORD_API_BASE_URL`.
    pub api_base: ApiBase,
    /// `ERASE_SETTLE_S`, default 120: how long an erasure waits before it looks once more.
    pub settle: SignedDuration,
    /// `LOG_GROUP_PREFIX`, default `/aws/lambda/{TABLE_PREFIX}-`: what the names of our log groups begin with.
    pub log_group_prefix: String,
    /// `RETENTION_FUNCTION`, default `{TABLE_PREFIX}-data-retention`: our own name, to go on by.
    pub own_name: String,
}

impl Config {
    /// Reads and checks everything at once; a function that is told nonsense does not start.
    pub fn from_env(env: &Env) -> Result<Self, BadEnv> {
        let keys: Vec<String> = env.list("CHECKPOINT_KEY_ID")?;
        let public: PublicBase = env.parse("PUBLIC_BASE_URL")?;
        let malformed = |why: String| BadEnv::Malformed { name: "PUBLIC_BASE_URL", why };
        let table_prefix = env.text_or("TABLE_PREFIX", "timmybot");
        let settle_s = env.parse_or("ERASE_SETTLE_S", SETTLE_S)?;
        Ok(Self {
            secret_prefix: env.text_or("SECRET_PREFIX", "/timmybot"),
            log_key_secret: env.required("LOG_KEY_SECRET")?.to_owned(),
            evidence_bucket: env.required("EVIDENCE_BUCKET")?.to_owned(),
            exports_bucket: env.required("EXPORTS_BUCKET")?.to_owned(),
            privacy_queue: env.required("PRIVACY_QUEUE_URL")?.to_owned(),
            checkpoint_key: keys.into_iter().next().ok_or(BadEnv::Missing("CHECKPOINT_KEY_ID"))?,
            origin: Checkpoint::origin(env.required("PUBLIC_BASE_URL")?)
                .map_err(|error| malformed(error.to_string()))?,
            public,
            pins: (
                env.parse_or("CA_PINS", CaPins::default())?,
                env.parse_or("CA_PIN_MODE", PinMode::default())?,
            ),
            bases: env.parse_or("PROVIDER_BASE_URLS", Bases::default())?,
            api_base: env.parse_or("DISCORD_API_BASE_URL", ApiBase::discord())?,
            settle: SignedDuration::from_secs(settle_s.into()),
            log_group_prefix: env.text_or("LOG_GROUP_PREFIX", &format!("/aws/lambda/{table_prefix}-")),
            own_name: env.text_or("RETENTION_FUNCTION", &format!("{table_prefix}-data-retention")),
            table_prefix,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUIRED: [(&str, &str); 6] = [
        ("LOG_KEY_SECRET", "/timmybot/log-key"),
        ("EVIDENCE_BUCKET", "timmybot-evidence-123456789012"),
        ("EXPORTS_BUCKET", "timmybot-exports-123456789012"),
        ("PRIVACY_QUEUE_URL", "https://sqs.invalid/1/timmybot-privacy"),
        ("CHECKPOINT_KEY_ID", "alias/new,alias/old"),
        ("PUBLIC_BASE_URL", "https://bot.example.org/"),
    ];

    fn with(more: &[(&'static str, &'static str)]) -> Result<Config, BadEnv> {
        Config::from_env(&Env::of(REQUIRED.into_iter().chain(more.iter().copied())))
    }

    #[test]
    fn what_is_not_said_has_a_default_where_one_is_safe() {
        let config = with(&[]).unwrap();
        assert_eq!((config.table_prefix.as_str(), config.checkpoint_key.as_str()), ("timmybot", "alias/new"));
        assert_eq!(
            (config.origin.as_str(), config.secret_prefix.as_str()),
            ("bot.example.org/audit", "/timmybot")
        );
        assert_eq!(config.log_group_prefix, "/aws/lambda/timmybot-");
        assert_eq!((config.own_name.as_str(), config.settle.as_secs()), ("timmybot-data-retention", 120));
        assert_eq!(Env::spared(&REQUIRED, Config::from_env), [""; 0]);
    }

    #[test]
    fn names_follow_the_prefix_of_the_tables() {
        let config = with(&[("TABLE_PREFIX", "second"), ("ERASE_SETTLE_S", "0")]).unwrap();
        assert_eq!(config.log_group_prefix, "/aws/lambda/second-");
        assert_eq!(
            (config.own_name.as_str(), config.settle),
            ("second-data-retention", SignedDuration::ZERO)
        );
    }

    #[test]
    fn nonsense_stops_the_function() {
        for (name, value) in [
            ("PUBLIC_BASE_URL", "https://two words"),
            ("ERASE_SETTLE_S", "-1"),
            ("PROVIDER_BASE_URLS", "myspace=https://example.org"),
            ("DISCORD_API_BASE_URL", "http://discord.com/api/v10"),
        ] {
            let refused = with(&[(name, value)]).err();
            assert_eq!(refused.and_then(|error| error.malformed()), Some(name), "{value}");
        }
    }
}
