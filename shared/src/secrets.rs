//! Our own secrets: fetched from Secrets Manager, never from the environment, and kept for five minutes (SPEC W30).
//!
//! A key that was read once is better than none: when a refresh fails, the old keys go on. When nothing was ever read,
//! the caller is told so, and the service is left alone for a few seconds, so that a request does not hang on it.

use core::time::Duration;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;
use jiff::Timestamp;

use crate::aws_code::code;
pub use crate::security::key_set::{KeySet, KeySetError, Kid};
use crate::security::pseudonym::Pseudonyms;
use crate::security::secret::Secret;
use crate::telemetry::Telemetry;

/// How long keys are used before they are fetched again.
pub const FRESH_FOR: Duration = Duration::from_mins(5);
/// How long the service is left alone after a failure.
pub const RETRY_AFTER: Duration = Duration::from_secs(10);
/// How long one fetch may take.
pub const FETCH_LIMIT: Duration = Duration::from_millis(1500);

/// Always said: what a get without a stage returns is the service's choice.
const STAGE: &str = "AWSCURRENT";

/// What the service says of a secret that was never made, has no value yet, or is about to be deleted.
const ABSENT: [&str; 2] = ["ResourceNotFoundException", "InvalidRequestException"];

/// Reads and caches key sets.
#[derive(Debug)]
pub struct AppSecrets {
    client: Client,
    cache: Mutex<HashMap<String, Entry>>,
    texts: Mutex<HashMap<String, Kept>>,
    telemetry: Option<Telemetry>,
}

/// There are no keys. Neither the secret's name nor its value is in here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// The service failed, refused or took too long.
    #[error("the secret could not be fetched: {code}")]
    Unavailable {
        /// The service's error code, or `timeout`, `dispatch`, `response`.
        code: String,
    },
    /// What it holds is no key set.
    #[error(transparent)]
    Malformed(#[from] KeySetError),
}

impl SecretError {
    /// What may be logged.
    pub fn code(&self) -> &str {
        match self {
            Self::Unavailable { code } => code,
            Self::Malformed(_) => "malformed",
        }
    }

    /// Whether the service is well and says that there is nothing: never made, taken away, or empty.
    pub fn is_definite(&self) -> bool {
        match self {
            Self::Unavailable { code } => ABSENT.contains(&code.as_str()),
            Self::Malformed(_) => true,
        }
    }
}

/// A text, or why there is none.
#[derive(Clone, Debug)]
struct Kept {
    known: Result<Secret, SecretError>,
    until: Timestamp,
}

#[derive(Clone, Debug)]
struct Entry {
    known: Result<Arc<KeySet>, SecretError>,
    until: Timestamp,
}

impl AppSecrets {
    /// Reads with these AWS settings.
    pub fn new(sdk: &SdkConfig) -> Self {
        Self { client: Client::new(sdk), cache: Mutex::default(), texts: Mutex::default(), telemetry: None }
    }

    /// Tells failed fetches there.
    #[must_use]
    pub fn with_telemetry(self, telemetry: Telemetry) -> Self {
        Self { telemetry: Some(telemetry), ..self }
    }

    /// The keys in the secret of this name, at most [`FRESH_FOR`] old unless the service fails.
    pub async fn key_set(&self, id: &str, now: Timestamp) -> Result<Arc<KeySet>, SecretError> {
        let cached = self.cached(id);
        if let Some(entry) = cached.as_ref().filter(|entry| now < entry.until) {
            return entry.known.clone().map(|keys| whole(keys, now));
        }
        let (known, life) = match self.fetch(id).await {
            Ok(keys) => (Ok(Arc::new(keys)), FRESH_FOR),
            Err(error) => {
                self.tell(&error);
                let stale = cached.and_then(|entry| entry.known.ok());
                (stale.ok_or(error), RETRY_AFTER)
            }
        };
        let until = now.saturating_add(life).unwrap_or(now);
        self.remember(id, Entry { known: known.clone(), until });
        known.map(|keys| whole(keys, now))
    }

    /// The secret of this name as it stands, such as the bot's token. It is not kept: whoever needs it keeps it.
    pub async fn text(&self, id: &str) -> Result<Secret, SecretError> {
        let text = self.value(id).await?;
        if text.is_empty() { Err(SecretError::Malformed(KeySetError::Empty)) } else { Ok(text) }
    }

    /// The same, at most [`FRESH_FOR`] old unless the service fails; one that is not there is believed not to be there.
    pub async fn kept_text(&self, id: &str, now: Timestamp) -> Result<Secret, SecretError> {
        let texts = || self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = texts().get(id).cloned();
        if let Some(kept) = kept.as_ref().filter(|kept| now < kept.until) {
            return kept.known.clone();
        }
        let (known, life) = match self.text(id).await {
            Ok(text) => (Ok(text), FRESH_FOR),
            Err(error) => {
                self.tell(&error);
                let stale = kept.and_then(|kept| kept.known.ok()).filter(|_| !error.is_definite());
                (stale.ok_or(error), RETRY_AFTER)
            }
        };
        let until = now.saturating_add(life).unwrap_or(now);
        texts().insert(id.to_owned(), Kept { known: known.clone(), until });
        known
    }

    /// The pseudonyms under the log key in the secret of this name. Without it they all say `unavailable`.
    pub async fn pseudonyms(&self, log_key: &str, now: Timestamp) -> Pseudonyms {
        let keys = self.key_set(log_key, now).await.ok();
        keys.and_then(|keys| Pseudonyms::from_key_set(&keys).ok()).unwrap_or_else(Pseudonyms::unavailable)
    }

    async fn fetch(&self, id: &str) -> Result<KeySet, SecretError> {
        Ok(KeySet::parse(&self.value(id).await?)?)
    }

    async fn value(&self, id: &str) -> Result<Secret, SecretError> {
        let get = self.client.get_secret_value().secret_id(id).version_stage(STAGE).send();
        let output = match tokio::time::timeout(FETCH_LIMIT, get).await {
            Ok(Ok(output)) => output,
            Ok(Err(error)) => return Err(SecretError::Unavailable { code: code(&error) }),
            Err(_) => return Err(SecretError::Unavailable { code: "timeout".to_owned() }),
        };
        Ok(Secret::new(output.secret_string.unwrap_or_default()))
    }

    fn tell(&self, error: &SecretError) {
        if let Some(telemetry) = &self.telemetry {
            telemetry.fault("secrets.fetch", error.code());
        }
    }

    fn cached(&self, id: &str) -> Option<Entry> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    fn remember(&self, id: &str, entry: Entry) {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned(), entry);
    }
}

/// Without what is over by now.
fn whole(keys: Arc<KeySet>, now: Timestamp) -> Arc<KeySet> {
    if keys.is_whole(now) { keys } else { Arc::new(keys.at(now)) }
}

#[cfg(test)]
#[path = "secrets_tests.rs"]
mod tests;
