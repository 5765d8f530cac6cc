//! What the function is told at its start. No secret is among it (SPEC W30): secrets are named, not given.

use core::str::FromStr;

use jiff::SignedDuration;
use shared::env::{BadEnv, Env};
use shared::ids::UserId;
use shared::public_base::PublicBase;
use shared::security::access_token;
use shared::voice_call::VoiceCallConfig;

/// The configuration, typed. Names are listed in `docs/OPERATIONS.md`.
#[derive(Clone, Debug)]
pub struct Config {
    /// `TABLE_PREFIX`, default `timmybot`.
    pub table_prefix: String,
    /// `LOG_KEY_SECRET`: the name of the secret with the keys of the pseudonyms.
    pub log_key_secret: String,
    /// `JWT_KEYS_SECRET`: the name of the secret with the keys that sign access tokens.
    pub jwt_keys_secret: String,
    /// `PUBLIC_BASE_URL`: where clients reach us; it is the tokens' issuer and audience, too.
    pub public: PublicBase,
    /// `OPERATOR_IDS`: Discord user ids of those who run this deployment.
    pub operators: Vec<UserId>,
    /// `GUILD_CAP`: how many guilds may be approved at once, default 50.
    pub guild_cap: u32,
    /// `ALLOW_HTTP`: whether `http://` links may be queued, default no.
    pub allow_http: bool,
    /// `ACCESS_TOKEN_LIFE_S`: how long an access token is good, 60 to 3600 s, default 1800 (SPEC W7).
    pub access_token_life: SignedDuration,
    /// `PRIVACY_QUEUE_URL`: where requests about people's own data go.
    pub privacy_queue_url: String,
    /// `STATUS_BUCKET`: where the status page's document lies.
    pub status_bucket: String,
    /// `SECURITY_CONTACT`: where weaknesses are reported to (RFC 9116).
    pub security_contact: SecurityContact,
    /// `CHECKPOINT_KEY_ID`: the keys that sign checkpoints, or did so before, with commas; default none.
    pub signing_keys: Vec<String>,
    /// How a voice worker is reached; `None` where voice is not switched on.
    pub voice: Option<VoiceCallConfig>,
}

/// A `mailto:` or https address, as RFC 9116, section 2.5.3, asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityContact(String);

/// A contact that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected mailto:somebody@example.org or an https address")]
pub struct BadContact;

impl SecurityContact {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SecurityContact {
    type Err = BadContact;

    fn from_str(text: &str) -> Result<Self, BadContact> {
        let printable =
            !text.is_empty() && text.len() <= 256 && text.bytes().all(|byte| byte.is_ascii_graphic());
        let mail = text.strip_prefix("mailto:").is_some_and(|to| {
            to.split_once('@')
                .is_some_and(|(who, at)| !who.is_empty() && at.contains('.') && !at.contains('@'))
        });
        let page =
            text.strip_prefix("https://").is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
        if printable && (mail || page) { Ok(Self(text.to_owned())) } else { Err(BadContact) }
    }
}

impl Config {
    /// Reads and checks everything at once; a function that is told nonsense does not start.
    pub fn from_env(env: &Env) -> Result<Self, BadEnv> {
        const LIFE: &str = "ACCESS_TOKEN_LIFE_S";
        let life = SignedDuration::from_secs(env.parse_or(LIFE, access_token::LIFE.as_secs())?);
        if life < SignedDuration::from_mins(1) || life > access_token::LIFE_MAX {
            let why = "expected 60 to 3600".to_owned();
            return Err(BadEnv::Malformed { name: LIFE, why });
        }
        Ok(Self {
            table_prefix: env.text_or("TABLE_PREFIX", "timmybot"),
            log_key_secret: env.required("LOG_KEY_SECRET")?.to_owned(),
            jwt_keys_secret: env.required("JWT_KEYS_SECRET")?.to_owned(),
            public: env.parse("PUBLIC_BASE_URL")?,
            operators: env.list("OPERATOR_IDS")?,
            guild_cap: env.parse_or("GUILD_CAP", 50)?,
            allow_http: env.parse_or("ALLOW_HTTP", false)?,
            access_token_life: life,
            privacy_queue_url: env.required("PRIVACY_QUEUE_URL")?.to_owned(),
            status_bucket: env.required("STATUS_BUCKET")?.to_owned(),
            security_contact: env.parse("SECURITY_CONTACT")?,
            signing_keys: env.list("CHECKPOINT_KEY_ID")?,
            voice: VoiceCallConfig::from_env(env)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUIRED: [(&str, &str); 6] = [
        ("LOG_KEY_SECRET", "/timmybot/log-key"),
        ("JWT_KEYS_SECRET", "/timmybot/jwt-keys"),
        ("PUBLIC_BASE_URL", "https://bot.example.org"),
        ("PRIVACY_QUEUE_URL", "https://sqs.invalid/1/timmybot-privacy"),
        ("STATUS_BUCKET", "timmybot-status-123456789012"),
        ("SECURITY_CONTACT", "mailto:security@example.org"),
    ];

    fn with(more: &[(&'static str, &'static str)]) -> Result<Config, BadEnv> {
        Config::from_env(&Env::of(REQUIRED.into_iter().chain(more.iter().copied())))
    }

    #[test]
    fn what_is_not_said_has_a_default_where_one_is_safe() {
        let config = with(&[]).unwrap();
        assert_eq!((config.guild_cap, config.allow_http, config.operators.len()), (50, false, 0));
        assert_eq!(config.access_token_life, SignedDuration::from_mins(30));
        assert!(config.voice.is_none());
        assert_eq!(Env::spared(&REQUIRED, Config::from_env), [""; 0]);
    }

    #[test]
    fn nonsense_stops_the_function() {
        for (name, value) in [
            ("PUBLIC_BASE_URL", "http://bot.example.org"),
            ("OPERATOR_IDS", "ada"),
            ("ACCESS_TOKEN_LIFE_S", "59"),
            ("ACCESS_TOKEN_LIFE_S", "3601"),
            ("ACCESS_TOKEN_LIFE_S", "half an hour"),
            ("SECURITY_CONTACT", "security@example.org"),
            ("GUILD_CAP", "-1"),
        ] {
            let refused = with(&[(name, value)]).err();
            assert_eq!(refused.and_then(|error| error.malformed()), Some(name), "{value}");
        }
    }

    #[test]
    fn a_contact_is_a_mailbox_or_a_page() {
        for good in ["mailto:a@example.org", "https://example.org/report?x=1"] {
            assert_eq!(good.parse::<SecurityContact>().unwrap().as_str(), good);
        }
        for bad in
            ["", "mailto:", "mailto:a", "https://", "https:///x", "http://example.org", "mailto:a@b.c\nX: y"]
        {
            assert_eq!(bad.parse::<SecurityContact>(), Err(BadContact), "{bad:?}");
        }
    }
}
