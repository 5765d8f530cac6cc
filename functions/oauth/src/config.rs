//! What the function is told at its start.

use shared::discord::rest::ApiBase;
use shared::env::{BadEnv, Env};
use shared::providers::client::Bases;
use shared::public_base::PublicBase;
use shared::security::ca_pins::{CaPins, PinMode};
use shared::vault::{BadReplicas, Replicas};

/// The function's configuration. It holds no secret (SPEC W30). Names are listed in `docs/OPERATIONS.md`.
#[derive(Clone, Debug)]
pub struct Config {
    /// `TABLE_PREFIX`, default `timmybot`.
    pub table_prefix: String,
    /// `SECRET_PREFIX`, default `/timmybot`: users' tokens and our clients' secrets are below it.
    pub secret_prefix: String,
    /// `LOG_KEY_SECRET`: the name of the secret with the keys of the pseudonyms.
    pub log_key_secret: String,
    /// `WEBHOOK_SECRET_PREFIX`, default `{SECRET_PREFIX}/webhooks/`: below it is what Twitch signs with.
    pub webhook_secret_prefix: String,
    /// `TOKEN_KEY_ID`: the key that encrypts users' tokens; without one, the account's own.
    pub token_key: Option<String>,
    /// `REPLICA_REGIONS`, `REPLICA_KEY_ID`: where else members' secrets are kept, and the key there (SPEC T8).
    pub replicas: Replicas,
    /// `PUBLIC_BASE_URL`: where browsers reach us.
    pub public: PublicBase,
    /// `CA_PINS`, `CA_PIN_MODE`: the authorities of some hosts, and whether they are watched or enforced.
    pub pins: (CaPins, PinMode),
    /// `PROVIDER_BASE_URLS`: other addresses than the services' own, for simulators.
    pub bases: Bases,
    /// `DISCORD_API_BASE_URL`.
    pub api_base: ApiBase,
}

impl Config {
    /// Reads and checks everything at once; a function that is told nonsense does not start.
    pub fn from_env(env: &Env) -> Result<Self, BadEnv> {
        let home = env.get("AWS_REGION");
        let replicas = Replicas::new(env.list("REPLICA_REGIONS")?, env.get("REPLICA_KEY_ID"), home);
        let bad = |why: BadReplicas| BadEnv::Malformed { name: "REPLICA_REGIONS", why: why.to_string() };
        let secret_prefix = env.text_or("SECRET_PREFIX", "/timmybot");
        let webhooks = format!("{secret_prefix}/webhooks/");
        Ok(Self {
            table_prefix: env.text_or("TABLE_PREFIX", "timmybot"),
            webhook_secret_prefix: env.text_or("WEBHOOK_SECRET_PREFIX", &webhooks),
            secret_prefix,
            log_key_secret: env.required("LOG_KEY_SECRET")?.to_owned(),
            token_key: env.get("TOKEN_KEY_ID").map(str::to_owned),
            replicas: replicas.map_err(bad)?,
            public: env.parse("PUBLIC_BASE_URL")?,
            pins: (
                env.parse_or("CA_PINS", CaPins::default())?,
                env.parse_or("CA_PIN_MODE", PinMode::default())?,
            ),
            bases: env.parse_or("PROVIDER_BASE_URLS", Bases::default())?,
            api_base: env.parse_or("DISCORD_API_BASE_URL", ApiBase::discord())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUIRED: [(&str, &str); 2] =
        [("LOG_KEY_SECRET", "/timmybot/log-key"), ("PUBLIC_BASE_URL", "https://bot.example.org")];

    fn with(more: &[(&'static str, &'static str)]) -> Result<Config, BadEnv> {
        Config::from_env(&Env::of(REQUIRED.into_iter().chain(more.iter().copied())))
    }

    #[test]
    fn what_is_not_said_has_a_default_where_one_is_safe() {
        let config = with(&[]).unwrap();
        assert_eq!((config.table_prefix.as_str(), config.secret_prefix.as_str()), ("timmybot", "/timmybot"));
        assert_eq!(config.webhook_secret_prefix, "/timmybot/webhooks/");
        assert_eq!((config.bases, config.token_key), (Bases::default(), None));
        assert_eq!(config.replicas, Replicas::default());
        assert_eq!(Env::spared(&REQUIRED, Config::from_env), [""; 0]);
    }

    #[test]
    fn nonsense_stops_the_function() {
        for (name, value) in [
            ("PUBLIC_BASE_URL", "http://bot.example.org"),
            ("REPLICA_REGIONS", "Frankfurt"),
            ("PROVIDER_BASE_URLS", "myspace=https://example.org"),
            ("DISCORD_API_BASE_URL", "http://discord.com/api/v10"),
        ] {
            let refused = with(&[(name, value)]).err();
            assert_eq!(refused.and_then(|error| error.malformed()), Some(name), "{value}");
        }
    }

    #[test]
    fn copies_are_in_other_regions_than_the_stack() {
        let at_home = |regions| with(&[("AWS_REGION", "eu-west-1"), ("REPLICA_REGIONS", regions)]);
        assert_ne!(at_home("eu-north-1").unwrap().replicas, Replicas::default());
        assert!(matches!(at_home("eu-west-1"), Err(BadEnv::Malformed { name: "REPLICA_REGIONS", .. })));
    }
}
