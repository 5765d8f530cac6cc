//! What Discord knows of the bot. Everything here only reads.

use std::time::Duration;

use jiff::SignedDuration;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use shared::discord::rest::ApiBase;
use shared::domain::workers::SessionStartLimit;
use shared::security::secret::Secret;

use super::finding::Finding;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Discord's API, asked as the bot.
pub(super) struct Discord {
    http: Client,
    base: String,
    authorization: HeaderValue,
}

/// The application, as Discord has it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Application {
    /// Its id.
    pub(super) id: String,
    /// What Discord signs with, in hex.
    pub(super) verify_key: String,
    /// Where interactions are sent.
    #[serde(default)]
    pub(super) interactions_endpoint_url: Option<String>,
}

#[derive(Deserialize)]
struct GatewayBot {
    session_start_limit: Limit,
}

#[derive(Deserialize)]
struct Limit {
    total: u32,
    remaining: u32,
    reset_after: i64,
}

impl Discord {
    /// At `base`, with the bot's token. A token that no header can hold is no token.
    pub(super) fn new(base: &str, token: &Secret) -> Result<Self, Finding> {
        if base.parse::<ApiBase>().is_err() {
            return Err(Finding::broken(
                "Discord's address is not https",
                "the bot's token is sent nowhere else",
            ));
        }
        let Ok(mut authorization) = HeaderValue::from_bytes(&[b"Bot ", token.expose()].concat()) else {
            return Err(bad_token());
        };
        authorization.set_sensitive(true);
        let http = client(base).ok_or_else(|| Finding::untold("Discord", "tls"))?;
        Ok(Self { http, base: base.trim_end_matches('/').to_owned(), authorization })
    }

    /// The application that the token is of.
    pub(super) async fn application(&self) -> Result<Application, Finding> {
        self.get("applications/@me", "the application at Discord").await
    }

    /// The commands that are registered for all servers.
    pub(super) async fn commands(&self) -> Result<Vec<Value>, Finding> {
        let id = self.application().await?.id;
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Finding::untold("the application at Discord", "response"));
        }
        self.get(&format!("applications/{id}/commands?with_localizations=true"), "the registered commands")
            .await
    }

    /// How often the bot may still log in today.
    pub(super) async fn session_starts(&self) -> Result<SessionStartLimit, Finding> {
        let GatewayBot { session_start_limit: limit } =
            self.get("gateway/bot", "what Discord says of log-ins").await?;
        let reset_after = SignedDuration::from_millis(limit.reset_after);
        Ok(SessionStartLimit { total: limit.total, remaining: limit.remaining, reset_after })
    }

    async fn get<T: DeserializeOwned>(&self, path: &str, what: &str) -> Result<T, Finding> {
        let request = self.http.get(format!("{}/{path}", self.base));
        let answer = request.header(AUTHORIZATION, self.authorization.clone()).send().await;
        let answer = answer.map_err(|error| Finding::untold(what, cause(&error)))?;
        match answer.status() {
            StatusCode::UNAUTHORIZED => Err(bad_token()),
            status if status.is_success() => {
                answer.json().await.map_err(|_| Finding::untold(what, "response"))
            }
            status => Err(Finding::untold(what, status.as_str())),
        }
    }
}

/// A client with time limits that follows nobody elsewhere; on this machine no proxy is asked.
pub(super) fn client(base: &str) -> Option<Client> {
    let builder = Client::builder().timeout(PATIENCE).redirect(Policy::none()).referer(false);
    let builder = if base.starts_with("http://") { builder.no_proxy() } else { builder.https_only(true) };
    builder.build().ok()
}

/// Why there was no answer; nothing of `reqwest`'s own words, which quote addresses.
pub(super) fn cause(error: &reqwest::Error) -> &'static str {
    match error {
        error if error.is_timeout() => "timeout",
        error if error.is_connect() => "connect",
        _ => "transport",
    }
}

fn bad_token() -> Finding {
    Finding::broken(
        "Discord does not take the bot's token",
        "timmy rotate bot-token says how to get a new one, and stores it",
    )
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use axum::{Json, Router};
    use serde_json::json;

    use super::*;

    /// Something that answers so to everything, on loopback, until the test ends.
    async fn answering(status: StatusCode, body: Value) -> Discord {
        let router = Router::new().fallback(move || async move { (status, Json(body)) });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/api/v10/", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, router).into_future());
        Discord::new(&base, &Secret::new("test_token")).unwrap()
    }

    #[tokio::test]
    async fn what_discord_says_is_read() {
        let limit = json!({ "total": 1000, "remaining": 990, "reset_after": 5000, "max_concurrency": 1 });
        let discord = answering(StatusCode::OK, json!({ "url": "x", "session_start_limit": limit })).await;
        let limit = discord.session_starts().await.unwrap();
        assert_eq!((limit.used(), limit.reset_after), (10, SignedDuration::from_secs(5)));
        let about = json!({ "id": "7", "verify_key": "ab", "interactions_endpoint_url": null });
        let application = answering(StatusCode::OK, about).await.application().await.unwrap();
        assert_eq!((application.id.as_str(), application.interactions_endpoint_url), ("7", None));
    }

    #[tokio::test]
    async fn a_refusal_says_what_to_do() {
        let refused = answering(StatusCode::UNAUTHORIZED, json!({})).await.application().await.unwrap_err();
        assert!(refused.mend.contains("timmy rotate bot-token"), "{refused:?}");
        let failed = answering(StatusCode::BAD_GATEWAY, json!({})).await.session_starts().await.unwrap_err();
        assert!(failed.what.contains("(502)"), "{failed:?}");
        let odd = answering(StatusCode::OK, json!([])).await.application().await.unwrap_err();
        assert!(odd.what.contains("(response)"), "{odd:?}");
    }

    #[tokio::test]
    async fn an_id_that_leads_elsewhere_is_not_put_into_an_address() {
        let about = json!({ "id": "../users", "verify_key": "ab" });
        assert!(answering(StatusCode::OK, about).await.commands().await.is_err());
    }

    #[tokio::test]
    async fn nobody_who_answers_is_told_within_the_time() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let discord = Discord::new(&base, &Secret::new("test_token")).unwrap();
        assert!(discord.application().await.unwrap_err().what.contains("(connect)"));
    }

    #[test]
    fn the_token_is_not_sent_in_the_clear() {
        for base in ["http://discord.com/api/v10", "ftp://127.0.0.1", ""] {
            assert!(Discord::new(base, &Secret::new("test_token")).is_err(), "{base}");
        }
        let broken = Discord::new(ApiBase::DISCORD, &Secret::new("two\nlines")).err().unwrap();
        assert_eq!(broken, bad_token());
    }
}
