//! Whose a token is, as each service says it, and whether its ID token says the same (`OpenID` Connect Core 1.0, section
//! 3.1.3.7). An account is its subject, never an e-mail address (SPEC W12).

use data_encoding::BASE64URL_NOPAD;
use jiff::Timestamp;
use serde::Deserialize;

use super::spec::spec;
use crate::domain::accounts::{Provider, Subject};
use crate::ids::UserId;
use crate::security::secret::Secret;

/// Seconds by which a service's clock and ours may differ.
const SKEW_S: i64 = 60;

/// Why an account is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotIdentified {
    /// The answer does not say whose the token is.
    #[error("the service does not say whose the token is")]
    Malformed,
    /// The token is not for us: it was made for another client, or comes from another service.
    #[error("the token was made for somebody else")]
    Foreign,
    /// The ID token is too old, or from the future.
    #[error("the identity is not of now")]
    Stale,
    /// Two of its answers name two accounts.
    #[error("the service names two accounts")]
    Differs,
}

#[derive(Deserialize)]
struct Said {
    ok: Option<bool>,
    id: Option<Subject>,
    sub: Option<Subject>,
    user_id: Option<Subject>,
    client_id: Option<String>,
}

/// The account in an identity endpoint's answer; `client` is ours.
pub fn subject(provider: Provider, client: &str, body: &[u8]) -> Result<Subject, NotIdentified> {
    let said: Said = serde_json::from_slice(body).map_err(|_| NotIdentified::Malformed)?;
    if said.ok == Some(false) {
        return Err(NotIdentified::Malformed);
    }
    let subject = match provider {
        Provider::Discord | Provider::Spotify => said.id,
        Provider::Slack | Provider::YouTube => said.sub,
        // Twitch says for whom it made the token: one that another client was given is not ours to use.
        Provider::Twitch if said.client_id.as_deref() != Some(client) => return Err(NotIdentified::Foreign),
        Provider::Twitch => said.user_id,
    };
    subject.ok_or(NotIdentified::Malformed)
}

/// Who signs in, as Discord says it
/// (<https://discord.com/developers/docs/resources/user#user-object>, scope `identify`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct DiscordProfile {
    /// The user.
    pub id: UserId,
    /// Their name, to show. Untrusted.
    pub username: String,
    /// Whether Discord asks them for a second factor. What does not say so does not.
    #[serde(default)]
    pub mfa_enabled: bool,
}

/// The user in Discord's answer.
pub fn discord_profile(body: &[u8]) -> Result<DiscordProfile, NotIdentified> {
    serde_json::from_slice(body).map_err(|_| NotIdentified::Malformed)
}

/// One audience, or a list of them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: Subject,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: Option<i64>,
}

/// Whether an ID token is from this service, for us, of now, and of this account. It came from the token endpoint over
/// TLS, which stands for its signature (section 3.1.3.7, number 6).
pub fn confirm(
    provider: Provider,
    client: &str,
    id_token: &Secret,
    subject: &Subject,
    now: Timestamp,
) -> Result<(), NotIdentified> {
    let claims = claims(id_token).ok_or(NotIdentified::Malformed)?;
    let issuer = spec(provider).issuer.ok_or(NotIdentified::Foreign)?;
    // Google's may lack the scheme, as it documents.
    let is_theirs = claims.iss == issuer || Some(claims.iss.as_str()) == issuer.strip_prefix("https://");
    let (is_ours, is_shared) = match &claims.aud {
        Audience::One(one) => (one == client, false),
        Audience::Many(many) => (many.iter().any(|one| one == client), many.len() > 1),
    };
    let is_for_us = claims.azp.as_deref().map_or(!is_shared, |party| party == client);
    if !is_theirs || !is_ours || !is_for_us {
        return Err(NotIdentified::Foreign);
    }
    let now = now.as_second();
    if claims.exp.saturating_add(SKEW_S) <= now
        || claims.iat.is_some_and(|at| at > now.saturating_add(SKEW_S))
    {
        return Err(NotIdentified::Stale);
    }
    if claims.sub == *subject { Ok(()) } else { Err(NotIdentified::Differs) }
}

/// The middle one of three parts (RFC 7515, section 7.1).
fn claims(id_token: &Secret) -> Option<Claims> {
    let mut parts = id_token.expose().split(|byte| *byte == b'.');
    let (_header, payload, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    serde_json::from_slice(&BASE64URL_NOPAD.decode(payload).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    const CLIENT: &str = "client-1";

    fn noon() -> Timestamp {
        "2026-01-02T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_profile_that_does_not_say_has_no_second_factor() {
        let read = |body: &Value| discord_profile(body.to_string().as_bytes());
        let said = json!({ "id": "80351110224678912", "username": "ada", "mfa_enabled": true, "flags": 0 });
        let expected = DiscordProfile {
            id: UserId::new(80_351_110_224_678_912),
            username: "ada".into(),
            mfa_enabled: true,
        };
        assert_eq!(read(&said), Ok(expected));
        assert_eq!(read(&json!({ "id": "1", "username": "a" })).map(|who| who.mfa_enabled), Ok(false));
        for bad in [json!({}), json!({ "id": "0", "username": "a" }), json!({ "id": 7 })] {
            assert_eq!(read(&bad), Err(NotIdentified::Malformed), "{bad}");
        }
    }

    fn token(claims: &Value) -> Secret {
        let part = |text: String| BASE64URL_NOPAD.encode(text.as_bytes());
        Secret::new(format!(
            "{}.{}.c2ln",
            part(json!({ "alg": "RS256" }).to_string()),
            part(claims.to_string())
        ))
    }

    fn good() -> Value {
        let at = noon().as_second();
        json!({ "iss": "https://accounts.google.com", "sub": "108", "aud": CLIENT, "exp": at + 3600, "iat": at })
    }

    fn judged(claims: &Value) -> Result<(), NotIdentified> {
        confirm(Provider::YouTube, CLIENT, &token(claims), &"108".parse().unwrap(), noon())
    }

    #[test]
    fn each_service_names_the_account_in_its_own_words() {
        let cases = [
            (Provider::Discord, json!({ "id": "80351110224678912", "username": "Nelly" })),
            (Provider::Spotify, json!({ "id": "wizzler", "display_name": "Wizzler" })),
            (Provider::Slack, json!({ "ok": true, "sub": "U0R7JM", "https://slack.com/team_id": "T0R7GR" })),
            (Provider::YouTube, json!({ "sub": "110169484474386276334" })),
            (
                Provider::Twitch,
                json!({ "client_id": CLIENT, "login": "twitchdev", "user_id": "141981764", "expires_in": 5 }),
            ),
        ];
        for (provider, answer) in cases {
            assert!(subject(provider, CLIENT, answer.to_string().as_bytes()).is_ok(), "{provider}");
            assert!(subject(provider, CLIENT, b"{}").is_err(), "{provider}");
        }
        let refused = json!({ "ok": false, "sub": "U0R7JM" }).to_string();
        assert_eq!(subject(Provider::Slack, CLIENT, refused.as_bytes()), Err(NotIdentified::Malformed));
        let odd = json!({ "id": "two words" }).to_string();
        assert_eq!(subject(Provider::Discord, CLIENT, odd.as_bytes()), Err(NotIdentified::Malformed));
    }

    #[test]
    fn a_token_of_another_client_is_not_taken() {
        let answer = json!({ "client_id": "theirs", "user_id": "1" }).to_string();
        assert_eq!(subject(Provider::Twitch, CLIENT, answer.as_bytes()), Err(NotIdentified::Foreign));
    }

    #[test]
    fn an_id_token_has_to_be_theirs_ours_of_now_and_of_the_same_account() {
        assert_eq!(judged(&good()), Ok(()));
        let at = noon().as_second();
        let cases = [
            ("iss", json!("https://evil.example"), NotIdentified::Foreign),
            ("aud", json!("another"), NotIdentified::Foreign),
            ("aud", json!([CLIENT, "another"]), NotIdentified::Foreign),
            ("azp", json!("another"), NotIdentified::Foreign),
            ("exp", json!(at - SKEW_S), NotIdentified::Stale),
            ("iat", json!(at + SKEW_S + 1), NotIdentified::Stale),
            ("sub", json!("109"), NotIdentified::Differs),
            ("exp", json!("soon"), NotIdentified::Malformed),
        ];
        for (field, value, refusal) in cases {
            let mut claims = good();
            claims[field] = value;
            assert_eq!(judged(&claims), Err(refusal), "{field}");
        }
        for (field, value) in [
            ("iss", json!("accounts.google.com")),
            ("aud", json!([CLIENT])),
            ("azp", json!(CLIENT)),
            ("exp", json!(at - SKEW_S + 1)),
        ] {
            let mut claims = good();
            claims[field] = value;
            assert_eq!(judged(&claims), Ok(()), "{field}");
        }
    }

    #[test]
    fn who_has_no_issuer_gives_no_identities() {
        let judged = confirm(Provider::Twitch, CLIENT, &token(&good()), &"108".parse().unwrap(), noon());
        assert_eq!(judged, Err(NotIdentified::Foreign));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(body: Vec<u8>, token in "\\PC{0,200}") {
            let _ = subject(Provider::Slack, CLIENT, &body);
            let _ = confirm(Provider::YouTube, CLIENT, &Secret::new(body), &"1".parse().unwrap(), noon());
            let _ = confirm(Provider::YouTube, CLIENT, &Secret::new(token), &"1".parse().unwrap(), noon());
        }
    }
}
