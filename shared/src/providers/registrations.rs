//! Our clients at the services: one secret each, `{"client_id": …, "client_secret": …}`, that the operator fills in
//! (SPEC W30). A service without one cannot be linked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde::Deserialize;

use super::request::Registration;
use crate::domain::accounts::Provider;
use crate::secrets::{AppSecrets, FRESH_FOR, SecretError};
use crate::security::secret::Secret;

/// Why there is no registration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRegistered {
    /// The operator has filled in none: the service is not offered.
    #[error("no client is registered for this service")]
    None,
    /// Whether there is one is not known.
    #[error("the client's secret could not be read: {code}")]
    Unavailable {
        /// What may be logged.
        code: String,
    },
}

#[derive(Deserialize)]
struct Stored {
    client_id: String,
    client_secret: Secret,
}

/// The registrations, kept for five minutes.
#[derive(Debug)]
pub struct Registrations {
    secrets: AppSecrets,
    prefix: String,
    kept: Mutex<HashMap<Provider, (Arc<Registration>, Timestamp)>>,
}

impl Registrations {
    /// In secrets named `{prefix}/oauth-clients/{service}`.
    pub fn new(secrets: AppSecrets, prefix: &str) -> Self {
        Self { secrets, prefix: prefix.to_owned(), kept: Mutex::default() }
    }

    /// Our client at a service.
    pub async fn get(&self, provider: Provider, now: Timestamp) -> Result<Arc<Registration>, NotRegistered> {
        if let Some(kept) = self.kept(provider, now) {
            return Ok(kept);
        }
        let read = self.secrets.text(&format!("{}/oauth-clients/{provider}", self.prefix)).await;
        let text = read.map_err(|error| match &error {
            SecretError::Unavailable { code } if code == "ResourceNotFoundException" => NotRegistered::None,
            error => NotRegistered::Unavailable { code: error.code().to_owned() },
        })?;
        let malformed = || NotRegistered::Unavailable { code: "malformed".to_owned() };
        let stored: Stored = serde_json::from_slice(text.expose()).map_err(|_| malformed())?;
        if stored.client_id.is_empty() {
            return Err(NotRegistered::None);
        }
        let registration = Arc::new(Registration { client: stored.client_id, secret: stored.client_secret });
        let until = now.saturating_add(FRESH_FOR).unwrap_or(now);
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(provider, (Arc::clone(&registration), until));
        Ok(registration)
    }

    fn kept(&self, provider: Provider, now: Timestamp) -> Option<Arc<Registration>> {
        let all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (registration, until) = all.get(&provider)?;
        (now < *until).then(|| Arc::clone(registration))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use jiff::ToSpan as _;
    use serde_json::{Value, json};

    use super::*;
    use crate::fake_http::{Answer, FakeHttp};

    fn noon() -> Timestamp {
        "2026-01-02T12:00:00Z".parse().unwrap()
    }

    fn secret(value: &Value) -> Answer {
        let value = json!({ "Name": "x", "SecretString": value.to_string() });
        Answer::json(StatusCode::OK, &value)
    }

    fn registrations(server: &FakeHttp) -> Registrations {
        Registrations::new(AppSecrets::new(&testkit::sdk_config(&server.url())), "/timmybot")
    }

    #[tokio::test]
    async fn a_registration_is_read_once_in_five_minutes() {
        let stored = |id: &str| secret(&json!({ "client_id": id, "client_secret": "s" }));
        let server = FakeHttp::start([stored("one"), stored("two")]).await;
        let registrations = registrations(&server);
        for minutes in [0, 4] {
            let read = registrations.get(Provider::Twitch, noon() + minutes.minutes()).await.unwrap();
            assert_eq!((read.client.as_str(), &read.secret), ("one", &Secret::new("s")));
        }
        let read = registrations.get(Provider::Twitch, noon() + 5.minutes()).await.unwrap();
        assert_eq!(read.client, "two");
        let asked: Value = serde_json::from_str(&server.requests()[0].body).unwrap();
        assert_eq!(asked["SecretId"], "/timmybot/oauth-clients/twitch");
        assert_eq!(server.requests().len(), 2);
    }

    #[tokio::test]
    async fn a_service_without_a_client_is_not_the_same_as_a_store_that_fails() {
        let none = json!({ "__type": "ResourceNotFoundException", "Message": "no" });
        let broken = json!({ "__type": "InternalServiceError", "Message": "no" });
        let server = FakeHttp::start([
            Answer::json(StatusCode::BAD_REQUEST, &none),
            secret(&json!({ "client_id": "", "client_secret": "" })),
            Answer::json(StatusCode::INTERNAL_SERVER_ERROR, &broken),
            secret(&json!("odd")),
        ])
        .await;
        let registrations = registrations(&server);
        let mut said = Vec::new();
        for _ in 0..4 {
            said.push(registrations.get(Provider::Slack, noon()).await.unwrap_err());
        }
        let unavailable = |code: &str| NotRegistered::Unavailable { code: code.to_owned() };
        let expected = [
            NotRegistered::None,
            NotRegistered::None,
            unavailable("InternalServiceError"),
            unavailable("malformed"),
        ];
        assert_eq!(said, expected);
    }
}
