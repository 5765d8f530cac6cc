//! New tokens from a service's token endpoint, as the vault asks for them (SPEC T11, T12).

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::answer::{Granted, NotGranted};
use super::client::Providers;
use super::registrations::{NotRegistered, Registrations};
use crate::clock::Clock;
use crate::domain::accounts::{Provider, Subject};
use crate::vault::{Refresher, Tokens};

/// The services, with our clients there.
#[derive(Clone, Debug)]
pub struct ServiceRefresher {
    providers: Providers,
    registrations: Arc<Registrations>,
    clock: Clock,
}

impl ServiceRefresher {
    /// Asks these services.
    pub const fn new(providers: Providers, registrations: Arc<Registrations>, clock: Clock) -> Self {
        Self { providers, registrations, clock }
    }
}

impl Refresher for ServiceRefresher {
    async fn refresh(&self, provider: Provider, tokens: &Tokens) -> Result<Tokens, NotGranted> {
        let token = tokens.refresh.as_ref().ok_or(NotGranted::InvalidGrant)?;
        let registration = self.registrations.get(provider, self.clock.now()).await;
        let registration = registration.map_err(|error| match error {
            NotRegistered::None => NotGranted::Refused("client"),
            NotRegistered::Unavailable { .. } => NotGranted::Later { code: "client_secret", after: None },
        })?;
        let granted = self.providers.refresh(provider, &registration, token).await?;
        Ok(renewed(tokens, granted, self.clock.now()))
    }
}

/// A new link's tokens.
pub fn linked(subject: Subject, granted: Granted, now: Timestamp) -> Tokens {
    Tokens {
        subject,
        access: granted.access,
        refresh: granted.refresh,
        expires_at: end(granted.expires_in, now),
        scopes: granted.scopes,
        linked_at: now,
    }
}

/// What an answer leaves out stays as it was: the same refresh token, the same scopes (RFC 6749, sections 5.1 and 6).
fn renewed(old: &Tokens, granted: Granted, now: Timestamp) -> Tokens {
    let scopes = if granted.scopes.is_empty() { old.scopes.clone() } else { granted.scopes };
    Tokens {
        subject: old.subject.clone(),
        access: granted.access,
        refresh: granted.refresh.or_else(|| old.refresh.clone()),
        expires_at: end(granted.expires_in, now),
        scopes,
        linked_at: old.linked_at,
    }
}

fn end(life: Option<core::time::Duration>, now: Timestamp) -> Option<Timestamp> {
    let life = life.and_then(|life| SignedDuration::try_from(life).ok())?;
    Some(now.saturating_add(life).unwrap_or(Timestamp::MAX))
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use axum::http::StatusCode;
    use serde_json::json;

    use super::*;
    use crate::fake_http::{Answer, FakeHttp};
    use crate::providers::client::{Bases, Patience};
    use crate::secrets::AppSecrets;
    use crate::security::secret::Secret;

    fn noon() -> Timestamp {
        "2026-01-02T12:00:00Z".parse().unwrap()
    }

    fn old() -> Tokens {
        Tokens {
            subject: "wizzler".parse().unwrap(),
            access: Secret::new("a0"),
            refresh: Some(Secret::new("r0")),
            expires_at: Some(noon()),
            scopes: vec!["playlist-read-private".into()],
            linked_at: "2026-01-01T00:00:00Z".parse().unwrap(),
        }
    }

    /// One server is the store of our client's secret first, and the service then.
    async fn refresher(answers: impl IntoIterator<Item = Answer>) -> (ServiceRefresher, FakeHttp) {
        let server = FakeHttp::start(answers).await;
        let providers =
            Providers::new(Bases::below(&server.url().parse().unwrap()).unwrap(), Patience::STANDARD);
        let secrets = AppSecrets::new(&testkit::sdk_config(&server.url()));
        let registrations = Arc::new(Registrations::new(secrets, "/timmybot"));
        (ServiceRefresher::new(providers.unwrap(), registrations, Clock::fixed(noon())), server)
    }

    fn client() -> Answer {
        let value = json!({ "client_id": "c", "client_secret": "s" }).to_string();
        Answer::json(StatusCode::OK, &json!({ "Name": "x", "SecretString": value }))
    }

    #[tokio::test]
    async fn what_the_answer_leaves_out_stays() {
        let answer = json!({ "access_token": "a1", "expires_in": 3600 });
        let (refresher, server) = refresher([client(), Answer::json(StatusCode::OK, &answer)]).await;
        let new = refresher.refresh(Provider::Spotify, &old()).await.unwrap();
        let end = noon() + Duration::from_hours(1);
        assert_eq!(new, Tokens { access: Secret::new("a1"), expires_at: Some(end), ..old() });
        assert_eq!(server.requests()[1].line, "POST /spotify/api/token");
    }

    #[tokio::test]
    async fn a_new_refresh_token_takes_the_place_of_the_old_one() {
        let answer = json!({ "access_token": "a1", "refresh_token": "r1", "scope": "b a" });
        let (refresher, _server) = refresher([client(), Answer::json(StatusCode::OK, &answer)]).await;
        let new = refresher.refresh(Provider::Spotify, &old()).await.unwrap();
        assert_eq!((new.refresh, new.expires_at), (Some(Secret::new("r1")), None));
        assert_eq!(new.scopes, ["b", "a"]);
    }

    #[tokio::test]
    async fn without_a_refresh_token_or_a_client_nobody_is_asked() {
        let (refresher, server) = refresher([Answer::json(
            StatusCode::BAD_REQUEST,
            &json!({ "__type": "ResourceNotFoundException", "Message": "no" }),
        )])
        .await;
        let bare = Tokens { refresh: None, ..old() };
        assert_eq!(refresher.refresh(Provider::Spotify, &bare).await, Err(NotGranted::InvalidGrant));
        assert_eq!(server.requests().len(), 0);
        let refused = refresher.refresh(Provider::Spotify, &old()).await;
        assert_eq!(refused, Err(NotGranted::Refused("client")));
    }
}
