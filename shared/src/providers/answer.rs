//! What a token endpoint's answer means. Each service says "no" in its own way; here there are three outcomes.

use core::time::Duration;

use serde::Deserialize;

use crate::domain::accounts::Provider;
use crate::security::secret::Secret;

/// A larger answer is none of a token endpoint's.
pub const ANSWER_MAX: usize = 65_536;
/// The longest that a service may have us wait.
pub const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// Tokens that were given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// What calls are made with.
    pub access: Secret,
    /// What the next one is asked for with; none: the one before goes on, if there was one.
    pub refresh: Option<Secret>,
    /// How long the access token lives; some live for ever.
    pub expires_in: Option<Duration>,
    /// What the user has allowed, where the service says it.
    pub scopes: Vec<String>,
    /// Who it is (`OpenID` Connect), not looked at yet.
    pub id_token: Option<Secret>,
}

/// Why none were given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotGranted {
    /// The code or the refresh token is worth nothing (any more).
    #[error("the service does not honour what it was shown")]
    InvalidGrant,
    /// Our own fault, or the operator's: client, secret or address are wrong. Trying again does not help.
    #[error("the service refuses the request: {0}")]
    Refused(&'static str),
    /// It may work later.
    #[error("the service failed: {code}")]
    Later {
        /// For the log.
        code: &'static str,
        /// What it asked for.
        after: Option<Duration>,
    },
}

#[derive(Deserialize)]
struct Good {
    access_token: Secret,
    #[serde(default)]
    refresh_token: Option<Secret>,
    #[serde(default)]
    expires_in: Option<u64>,
    #[serde(default)]
    scope: Option<Scope>,
    #[serde(default)]
    id_token: Option<Secret>,
}

/// One text with spaces (RFC 6749), or a list (Twitch).
#[derive(Deserialize)]
#[serde(untagged)]
enum Scope {
    Text(String),
    List(Vec<String>),
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Bad {
    ok: Option<bool>,
    error: Option<String>,
    message: Option<String>,
}

/// Reads an answer. `retry_after` is that header's seconds, if there were any.
pub fn read(
    provider: Provider,
    status: u16,
    retry_after: Option<u64>,
    body: &[u8],
) -> Result<Granted, NotGranted> {
    check(provider, status, retry_after, body)?;
    good(body).ok_or(NotGranted::Later { code: "malformed", after: None })
}

/// Whether an answer without tokens, such as an account, may be read on.
pub fn check(
    provider: Provider,
    status: u16,
    retry_after: Option<u64>,
    body: &[u8],
) -> Result<(), NotGranted> {
    let after = retry_after.map(|seconds| Duration::from_secs(seconds).min(LONGEST_WAIT));
    match status {
        _ if body.len() > ANSWER_MAX => return Err(NotGranted::Later { code: "too_large", after }),
        429 => return Err(NotGranted::Later { code: "rate_limited", after }),
        500.. => return Err(NotGranted::Later { code: "status_5xx", after }),
        _ => {}
    }
    let bad: Bad = serde_json::from_slice(body).unwrap_or_default();
    // Slack says no with a 200.
    if status == 200 && bad.ok != Some(false) { Ok(()) } else { Err(refusal(provider, &bad, after)) }
}

/// Reads the answer to a revocation (RFC 7009, section 2.2): a token that is unknown is revoked.
pub fn read_revoked(
    provider: Provider,
    status: u16,
    retry_after: Option<u64>,
    body: &[u8],
) -> Result<(), NotGranted> {
    let bad: Bad = serde_json::from_slice(body).unwrap_or_default();
    let said = |text: &Option<String>| text.as_deref().unwrap_or_default().to_ascii_lowercase();
    let is_unknown = match provider {
        Provider::Twitch => said(&bad.message).contains("invalid token"),
        Provider::Slack => matches!(
            &*said(&bad.error),
            "token_revoked" | "token_expired" | "invalid_auth" | "not_authed" | "account_inactive"
        ),
        _ => said(&bad.error) == "invalid_token",
    };
    if is_unknown && status < 429 { Ok(()) } else { check(provider, status, retry_after, body) }
}

fn good(body: &[u8]) -> Option<Granted> {
    let good: Good = serde_json::from_slice(body).ok()?;
    let scopes = match good.scope {
        Some(Scope::Text(text)) => text.split_whitespace().map(str::to_owned).collect(),
        Some(Scope::List(list)) => list,
        None => vec![],
    };
    let refresh = good.refresh_token.filter(|token| !token.is_empty());
    let expires_in = good.expires_in.map(Duration::from_secs);
    let granted = Granted { access: good.access_token, refresh, expires_in, scopes, id_token: good.id_token };
    (!granted.access.is_empty()).then_some(granted)
}

fn refusal(provider: Provider, bad: &Bad, after: Option<Duration>) -> NotGranted {
    let said = |text: &Option<String>| text.as_deref().unwrap_or_default().to_ascii_lowercase();
    let (error, message) = (said(&bad.error), said(&bad.message));
    // Twitch has no code for it: "Bad Request", and words.
    let twitch_says = |words: &str| provider == Provider::Twitch && message.contains(words);
    if twitch_says("invalid refresh token") || twitch_says("invalid authorization code") {
        return NotGranted::InvalidGrant;
    }
    match (provider, error.as_str()) {
        (_, "invalid_grant")
        | (
            Provider::Slack,
            "invalid_code"
            | "code_already_used"
            | "invalid_refresh_token"
            | "token_revoked"
            | "token_expired",
        ) => NotGranted::InvalidGrant,
        (Provider::Slack, "ratelimited") => NotGranted::Later { code: "rate_limited", after },
        (_, "temporarily_unavailable" | "server_error")
        | (Provider::Slack, "internal_error" | "fatal_error" | "service_unavailable" | "request_timeout") => {
            NotGranted::Later { code: "status_5xx", after }
        }
        (_, "invalid_client" | "unauthorized_client" | "bad_client_secret" | "invalid_client_id") => {
            NotGranted::Refused("client")
        }
        (_, "redirect_uri_mismatch" | "bad_redirect_uri") => NotGranted::Refused("redirect_uri"),
        _ if twitch_says("invalid client") => NotGranted::Refused("client"),
        _ => NotGranted::Refused("request"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ok(provider: Provider, body: &str) -> Granted {
        read(provider, 200, None, body.as_bytes()).unwrap()
    }

    fn no(provider: Provider, status: u16, body: &str) -> NotGranted {
        read(provider, status, None, body.as_bytes()).unwrap_err()
    }

    /// As the services' own pages show them.
    #[test]
    fn what_is_given_is_read() {
        let twitch = ok(
            Provider::Twitch,
            r#"{"access_token":"a","expires_in":14124,"refresh_token":"r","scope":["channel:moderate","chat:edit"],"token_type":"bearer"}"#,
        );
        assert_eq!(
            (twitch.refresh, twitch.expires_in),
            (Some(Secret::new("r")), Some(Duration::from_secs(14_124)))
        );
        assert_eq!(twitch.scopes, ["channel:moderate", "chat:edit"]);
        let google = ok(
            Provider::YouTube,
            r#"{"access_token":"a","expires_in":3920,"scope":"openid https://www.googleapis.com/auth/youtube.readonly","token_type":"Bearer","id_token":"i"}"#,
        );
        assert_eq!((google.refresh, google.scopes.len(), google.id_token), (None, 2, Some(Secret::new("i"))));
        let slack = ok(
            Provider::Slack,
            r#"{"ok":true,"access_token":"xoxp-1234","token_type":"Bearer","id_token":"i"}"#,
        );
        assert_eq!((slack.access, slack.expires_in), (Secret::new("xoxp-1234"), None));
        let spotify = ok(
            Provider::Spotify,
            r#"{"access_token":"a","token_type":"Bearer","scope":"playlist-read-private","expires_in":3600,"refresh_token":""}"#,
        );
        assert_eq!(spotify.refresh, None, "an empty one is none");
    }

    #[test]
    fn each_says_in_its_own_way_that_a_link_is_over() {
        for (provider, status, body) in [
            (Provider::Discord, 400, r#"{"error":"invalid_grant"}"#),
            (
                Provider::YouTube,
                400,
                r#"{"error":"invalid_grant","error_description":"Token has been expired or revoked."}"#,
            ),
            (
                Provider::Spotify,
                400,
                r#"{"error":"invalid_grant","error_description":"Refresh token revoked"}"#,
            ),
            (
                Provider::Twitch,
                400,
                r#"{"error":"Bad Request","status":400,"message":"Invalid refresh token"}"#,
            ),
            (Provider::Twitch, 400, r#"{"status":400,"message":"Invalid authorization code"}"#),
            (Provider::Slack, 200, r#"{"ok":false,"error":"invalid_refresh_token"}"#),
            (Provider::Slack, 200, r#"{"ok":false,"error":"invalid_code"}"#),
        ] {
            assert_eq!(no(provider, status, body), NotGranted::InvalidGrant, "{provider}: {body}");
        }
    }

    /// Otherwise every user's tokens would be deleted because an operator mistyped a secret.
    #[test]
    fn a_fault_of_ours_is_nobodys_link() {
        for (provider, status, body) in [
            (Provider::Discord, 401, r#"{"error":"invalid_client"}"#),
            (Provider::YouTube, 401, r#"{"error":"invalid_client","error_description":"Unauthorized"}"#),
            (Provider::Twitch, 403, r#"{"status":403,"message":"invalid client secret"}"#),
            (Provider::Twitch, 400, r#"{"status":400,"message":"missing client id"}"#),
            (Provider::Slack, 200, r#"{"ok":false,"error":"bad_client_secret"}"#),
            (Provider::Spotify, 400, "not json"),
            (Provider::Spotify, 302, ""),
        ] {
            assert!(matches!(no(provider, status, body), NotGranted::Refused(_)), "{provider}: {body}");
        }
    }

    #[test]
    fn what_may_pass_is_tried_again_and_not_before_it_was_asked_for() {
        for provider in Provider::ALL {
            let limited = read(provider, 429, Some(30), b"").unwrap_err();
            assert_eq!(
                limited,
                NotGranted::Later { code: "rate_limited", after: Some(Duration::from_secs(30)) }
            );
            let for_ever = read(provider, 503, Some(u64::MAX), b"{\"error\":\"invalid_grant\"}").unwrap_err();
            assert_eq!(for_ever, NotGranted::Later { code: "status_5xx", after: Some(LONGEST_WAIT) });
            for body in [
                "",
                "{}",
                "[]",
                r#"{"access_token":""}"#,
                r#"{"access_token":7}"#,
                &format!("\"{}\"", "x".repeat(ANSWER_MAX)),
            ] {
                assert!(
                    matches!(no(provider, 200, body), NotGranted::Later { .. }),
                    "{provider}: {body:.40}"
                );
            }
        }
        let slack = no(Provider::Slack, 200, r#"{"ok":false,"error":"ratelimited"}"#);
        assert_eq!(slack, NotGranted::Later { code: "rate_limited", after: None });
    }

    #[test]
    fn debug_shows_no_token() {
        let shown = format!(
            "{:?}",
            ok(Provider::Slack, r#"{"access_token":"xoxp","refresh_token":"xoxe","id_token":"eyJ"}"#)
        );
        assert!(!shown.contains("xox") && !shown.contains("eyJ"), "{shown}");
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic(
            provider in proptest::sample::select(Provider::ALL.to_vec()), status in 100_u16..600,
            after in proptest::option::of(any::<u64>()), body in proptest::collection::vec(any::<u8>(), 0..300),
        ) {
            let _ = read(provider, status, after, &body);
        }

        /// Nothing but a 200 gives tokens.
        #[test]
        fn only_a_success_gives_tokens(provider in proptest::sample::select(Provider::ALL.to_vec()), status in 100_u16..600) {
            let read = read(provider, status, None, br#"{"access_token":"a"}"#);
            prop_assert_eq!(read.is_ok(), status == 200);
        }
    }
}
