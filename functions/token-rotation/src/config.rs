//! What the function is told at its start.

use shared::domain::accounts::Provider;
use shared::env::{BadEnv, Env};
use shared::providers::client::Bases;
use shared::security::ca_pins::{CaPins, PinMode};

/// The function's configuration. It holds no secret (SPEC W30). Names are listed in `docs/OPERATIONS.md`.
#[derive(Clone, Debug)]
pub struct Config {
    /// `TABLE_PREFIX`, default `timmybot`.
    pub table_prefix: String,
    /// `SECRET_PREFIX`, default `/timmybot`.
    pub secret_prefix: String,
    /// `LOG_KEY_SECRET`: the name of the secret with the keys of the pseudonyms.
    pub log_key_secret: String,
    /// `TOKEN_KEY_ID`: the key that encrypts users' tokens; without one, the account's own.
    pub token_key: Option<String>,
    /// `CA_PINS`, `CA_PIN_MODE`: the authorities of some hosts, and whether they are watched or enforced.
    pub pins: (CaPins, PinMode),
    /// `PROVIDER_BASE_URLS`: other addresses than the services' own, for simulators.
    pub bases: Bases,
    /// `ALERT_TOPIC_ARN`: where an operator hears of what a run could not do.
    pub alert_topic: String,
    /// `DEAD_LETTER_QUEUE_URL`: where links go that fail night after night.
    pub dead_letters: String,
    /// `ROTATED_SECRETS`: names of the secrets whose keys are ours to rotate. No other is touched.
    pub rotated: Vec<String>,
    /// `BOT_TOKEN_SECRET` and, for each of `LINK_SERVICES`, our client's secret: what only people can rotate.
    pub watched: Vec<String>,
    /// `CHECKPOINT_KEY_ID`: the key in KMS that signs what nobody may change later; of several with commas between it is the
    /// first, since the others sign no more. Without one there is none.
    pub signing_key: Option<String>,
    /// `AWS_LAMBDA_FUNCTION_NAME`, which Lambda sets: whom a run that is not over invokes.
    pub own_name: String,
}

impl Config {
    /// Reads and checks everything at once; a function that is told nonsense does not start.
    pub fn from_env(env: &Env) -> Result<Self, BadEnv> {
        let secret_prefix = env.text_or("SECRET_PREFIX", "/timmybot");
        let services: Vec<Provider> = env.list("LINK_SERVICES")?;
        let clients = services.iter().map(|service| format!("{secret_prefix}/oauth-clients/{service}"));
        let watched = env.get("BOT_TOKEN_SECRET").map(str::to_owned).into_iter().chain(clients).collect();
        Ok(Self {
            table_prefix: env.text_or("TABLE_PREFIX", "timmybot"),
            log_key_secret: env.required("LOG_KEY_SECRET")?.to_owned(),
            token_key: env.get("TOKEN_KEY_ID").map(str::to_owned),
            pins: (
                env.parse_or("CA_PINS", CaPins::default())?,
                env.parse_or("CA_PIN_MODE", PinMode::default())?,
            ),
            bases: env.parse_or("PROVIDER_BASE_URLS", Bases::default())?,
            alert_topic: env.required("ALERT_TOPIC_ARN")?.to_owned(),
            dead_letters: env.required("DEAD_LETTER_QUEUE_URL")?.to_owned(),
            rotated: env.list("ROTATED_SECRETS")?,
            signing_key: env.list("CHECKPOINT_KEY_ID")?.into_iter().next(),
            own_name: env.required("AWS_LAMBDA_FUNCTION_NAME")?.to_owned(),
            watched,
            secret_prefix,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUIRED: [(&str, &str); 4] = [
        ("LOG_KEY_SECRET", "/timmybot/log-key"),
        ("ALERT_TOPIC_ARN", "arn:aws:sns:eu-central-1:123456789012:timmybot-alerts"),
        ("DEAD_LETTER_QUEUE_URL", "https://sqs.invalid/1/timmybot-rotation-dlq"),
        ("AWS_LAMBDA_FUNCTION_NAME", "timmybot-token-rotation"),
    ];

    fn with(more: &[(&'static str, &'static str)]) -> Result<Config, BadEnv> {
        Config::from_env(&Env::of(REQUIRED.into_iter().chain(more.iter().copied())))
    }

    #[test]
    fn what_is_not_said_has_a_default_where_one_is_safe() {
        let config = with(&[]).unwrap();
        assert_eq!((config.table_prefix.as_str(), config.secret_prefix.as_str()), ("timmybot", "/timmybot"));
        assert!(
            config.rotated.is_empty() && config.watched.is_empty() && config.signing_key.is_none(),
            "nothing that is not named is touched"
        );
        assert_eq!(Env::spared(&REQUIRED, Config::from_env), [""; 0]);
    }

    #[test]
    fn of_several_keys_that_signed_the_first_still_does() {
        let config = with(&[("CHECKPOINT_KEY_ID", "alias/new,alias/old")]).unwrap();
        assert_eq!(config.signing_key.as_deref(), Some("alias/new"));
    }

    #[test]
    fn what_people_rotate_is_the_bots_token_and_our_clients() {
        let config = with(&[
            ("BOT_TOKEN_SECRET", "/x/bot-token"),
            ("LINK_SERVICES", "spotify"),
            ("SECRET_PREFIX", "/x"),
        ]);
        assert_eq!(config.unwrap().watched, ["/x/bot-token", "/x/oauth-clients/spotify"]);
        assert!(matches!(
            with(&[("LINK_SERVICES", "myspace")]),
            Err(BadEnv::Malformed { name: "LINK_SERVICES", .. })
        ));
    }
}
