//! What the function is told at its start.

use shared::env::{BadEnv, Env};
use shared::security::checkpoint::Checkpoint;
use shared::security::signed_note::KeyName;

/// The function's configuration. It holds no secret (SPEC W30). Names are listed in `docs/OPERATIONS.md`.
#[derive(Clone, Debug)]
pub struct Config {
    /// `TABLE_PREFIX`, default `timmybot`.
    pub table_prefix: String,
    /// `LOG_KEY_SECRET`: the name of the secret with the keys of the pseudonyms.
    pub log_key_secret: String,
    /// `EVIDENCE_BUCKET`: where checkpoints are kept.
    pub evidence_bucket: String,
    /// `CHECKPOINT_KEY_ID`: the key that signs them. Of several with commas between it is the first; the others were.
    pub checkpoint_key: String,
    /// Made of `PUBLIC_BASE_URL`: whose log it is.
    pub origin: KeyName,
}

impl Config {
    /// Reads and checks everything at once; a function that is told nonsense does not start.
    pub fn from_env(env: &Env) -> Result<Self, BadEnv> {
        let keys: Vec<String> = env.list("CHECKPOINT_KEY_ID")?;
        let base = env.required("PUBLIC_BASE_URL")?;
        let malformed = |why: String| BadEnv::Malformed { name: "PUBLIC_BASE_URL", why };
        Ok(Self {
            table_prefix: env.get("TABLE_PREFIX").unwrap_or("timmybot").to_owned(),
            log_key_secret: env.required("LOG_KEY_SECRET")?.to_owned(),
            evidence_bucket: env.required("EVIDENCE_BUCKET")?.to_owned(),
            checkpoint_key: keys.into_iter().next().ok_or(BadEnv::Missing("CHECKPOINT_KEY_ID"))?,
            origin: Checkpoint::origin(base).map_err(|error| malformed(error.to_string()))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUIRED: [(&str, &str); 4] = [
        ("LOG_KEY_SECRET", "/timmybot/log-key"),
        ("EVIDENCE_BUCKET", "timmybot-evidence-123456789012"),
        ("CHECKPOINT_KEY_ID", "alias/new,alias/old"),
        ("PUBLIC_BASE_URL", "https://bot.example.org/"),
    ];

    #[test]
    fn what_is_not_said_has_a_default_where_one_is_safe() {
        let config = Config::from_env(&Env::of(REQUIRED)).unwrap();
        assert_eq!((config.table_prefix.as_str(), config.checkpoint_key.as_str()), ("timmybot", "alias/new"));
        assert_eq!(config.origin.as_str(), "bot.example.org/audit");
        for (name, _) in REQUIRED {
            let others = REQUIRED.into_iter().filter(|(other, _)| *other != name);
            assert_eq!(Config::from_env(&Env::of(others)).err(), Some(BadEnv::Missing(name)));
        }
    }

    #[test]
    fn nonsense_stops_the_function() {
        let with = REQUIRED.into_iter().chain([("PUBLIC_BASE_URL", "https://two words")]);
        let refused = Config::from_env(&Env::of(with)).err();
        assert!(matches!(refused, Some(BadEnv::Malformed { name: "PUBLIC_BASE_URL", .. })), "{refused:?}");
    }
}
