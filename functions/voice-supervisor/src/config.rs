//! What the function is told at its start.

use shared::discord::rest::ApiBase;
use shared::env::{BadEnv, Env};

/// Where Discord's rule for the user agent points when no address of ours is configured.
const NO_HOME: &str = "https://timmybot.invalid";

/// The function's configuration. It holds no secret (SPEC W30).
#[derive(Clone, Debug)]
pub struct Config {
    /// `TABLE_PREFIX`.
    pub table_prefix: String,
    /// `LOG_KEY_SECRET`: the name of the secret.
    pub log_key_secret: String,
    /// `DISCORD_API_BASE_URL`.
    pub api_base: ApiBase,
    /// `PUBLIC_BASE_URL`: where people find us.
    pub home: String,
}

impl Config {
    /// Reads and checks everything at once; a function that is told nonsense does not start.
    pub fn from_env(env: &Env) -> Result<Self, BadEnv> {
        let api_base = env.get("DISCORD_API_BASE_URL").unwrap_or(ApiBase::DISCORD);
        let malformed = |why: String| BadEnv::Malformed { name: "DISCORD_API_BASE_URL", why };
        Ok(Self {
            table_prefix: env.get("TABLE_PREFIX").unwrap_or("timmybot").to_owned(),
            log_key_secret: env.required("LOG_KEY_SECRET")?.to_owned(),
            api_base: api_base.parse().map_err(|error| malformed(ToString::to_string(&error)))?,
            home: env.get("PUBLIC_BASE_URL").unwrap_or(NO_HOME).to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_has_a_default_but_the_secrets_name() {
        let config = Config::from_env(&Env::of([("LOG_KEY_SECRET", "/timmybot/log-key")])).unwrap();
        assert_eq!(config.table_prefix, "timmybot");
        assert_eq!(config.api_base, ApiBase::DISCORD.parse().unwrap());
        let nothing = Env::of::<String, String>([]);
        assert_eq!(Config::from_env(&nothing).err(), Some(BadEnv::Missing("LOG_KEY_SECRET")));
    }

    #[test]
    fn an_address_in_the_clear_stops_the_function() {
        let env = Env::of([("LOG_KEY_SECRET", "x"), ("DISCORD_API_BASE_URL", "http://discord.com/api/v10")]);
        assert!(matches!(
            Config::from_env(&env),
            Err(BadEnv::Malformed { name: "DISCORD_API_BASE_URL", .. })
        ));
    }
}
