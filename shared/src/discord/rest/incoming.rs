//! Incoming webhooks of Discord (<https://discord.com/developers/docs/resources/webhook#execute-webhook>): an address with
//! a token in it, by which anybody who has it may post into one channel.

use reqwest::Method;
use serde::Serialize;
use twilight_model::id::Id;
use twilight_model::id::marker::WebhookMarker;
use url::{Host, Url};

use super::{ApiBase, DiscordRest, Repeat, RestError};
use crate::security::secret::Secret;

/// Where Discord's clients say that an incoming webhook is.
const HOSTS: [&str; 4] = ["discord.com", "discordapp.com", "ptb.discord.com", "canary.discord.com"];

/// An incoming webhook. Only its id and its token are kept: requests go to the address of Discord's API that we are told,
/// wherever the text said that it is.
#[derive(Clone, Debug)]
pub struct IncomingWebhook {
    id: Id<WebhookMarker>,
    token: Secret,
}

/// A text is not the address of an incoming webhook. Says nothing of what was in it: it may have been a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an address such as https://discord.com/api/webhooks/ID/TOKEN")]
pub struct BadIncomingWebhook;

impl IncomingWebhook {
    /// Reads the address that "Copy Webhook URL" gives; on loopback a simulator's.
    pub fn parse(address: &Secret) -> Result<Self, BadIncomingWebhook> {
        let text = core::str::from_utf8(address.expose()).map_err(|_| BadIncomingWebhook)?;
        let url = Url::parse(text.trim()).map_err(|_| BadIncomingWebhook)?;
        let is_discords = match url.host().ok_or(BadIncomingWebhook)? {
            Host::Domain(name) => url.scheme() == "https" && HOSTS.contains(&name),
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        };
        let segments: Vec<&str> = url.path_segments().map(Iterator::collect).unwrap_or_default();
        match segments.as_slice() {
            ["api", .., "webhooks", id, token] if is_discords && !token.is_empty() => {
                let id = id.parse().map_err(|_| BadIncomingWebhook)?;
                Ok(Self { id, token: Secret::new(*token) })
            }
            _ => Err(BadIncomingWebhook),
        }
    }

    /// Its address below Discord's API, and what follows it, such as `messages` and an id. The token is in it, so it is
    /// shown to nobody; `None` if the token is not one.
    pub fn address(&self, base: &ApiBase, rest: &[&str]) -> Option<Url> {
        base.webhook(self.id.cast(), &self.token, rest)
    }
}

impl DiscordRest {
    /// Posts a message there. After an attempt whose outcome is unknown it is not posted again: Discord knows no
    /// idempotency key for webhooks (a message's `nonce` is for bots).
    pub async fn execute<B: Serialize + Sync>(
        &self,
        webhook: &IncomingWebhook,
        body: &B,
    ) -> Result<(), RestError> {
        let mut url = self.url(webhook.id.cast(), &webhook.token, &[])?;
        // Without it Discord answers before the message is there, and never says that it is not.
        url.set_query(Some("wait=true"));
        self.send(self.request(Method::POST, url, Some(body))?, Repeat::Doubles).await.map(drop)
    }
}

impl RestError {
    /// Whether it is certain that nothing was done and another try may do it.
    pub const fn is_certainly_not_done(&self) -> bool {
        matches!(self, Self::GaveUp { cause } if matches!(cause.as_bytes(), b"rate_limited" | b"connect"))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use serde_json::json;

    use super::*;
    use crate::clock::Rng;
    use crate::discord::rest::Patience;
    use crate::fake_http::{Answer, FakeHttp};

    fn parse(address: &str) -> Result<IncomingWebhook, BadIncomingWebhook> {
        IncomingWebhook::parse(&Secret::new(address))
    }

    #[test]
    fn discords_addresses_are_read() {
        for address in [
            "https://discord.com/api/webhooks/223704706495545344/3d89bb7572e0fb30d8128367b3b1b44fecd1726de135cbe28a41f8b2f777c372ba2939e72279b94526ff5d1bd4358d65cf11",
            " https://discord.com/api/v10/webhooks/1/a-b_c \n",
            "https://canary.discord.com/api/webhooks/1/a",
            "http://127.0.0.1:8788/api/v10/webhooks/1/a",
        ] {
            assert!(parse(address).is_ok(), "{address}");
        }
    }

    #[test]
    fn others_are_not_and_are_not_shown() {
        for address in [
            "",
            "https://hooks.slack.com/api/webhooks/1/a",
            "http://discord.com/api/webhooks/1/a",
            "https://discord.com.example.org/api/webhooks/1/a",
            "https://discord.com/api/webhooks/0/a",
            "https://discord.com/api/webhooks/1/",
            "https://discord.com/api/webhooks/1/a/messages",
            "https://discord.com/webhooks/1/a",
        ] {
            assert_eq!(parse(address).err(), Some(BadIncomingWebhook), "{address}");
        }
        let text = format!("{:?}", parse("https://discord.com/api/webhooks/1/s3cr3t").unwrap());
        assert!(!text.contains("s3cr3t"), "{text}");
    }

    #[tokio::test]
    async fn it_is_posted_to_our_address_of_discord_once() {
        let service = FakeHttp::start([
            Answer::json(StatusCode::OK, &json!({ "id": "1" })),
            Answer::json(StatusCode::INTERNAL_SERVER_ERROR, &json!({})),
        ])
        .await;
        let base = format!("{}/api/v10", service.url()).parse().unwrap();
        let rest = DiscordRest::new(base, "https://x.example", Patience::STANDARD, Rng::system()).unwrap();
        let webhook = parse("https://discord.com/api/webhooks/1/abc").unwrap();
        assert_eq!(rest.execute(&webhook, &json!({ "content": "a" })).await, Ok(()));
        let failed = rest.execute(&webhook, &json!({ "content": "a" })).await.unwrap_err();
        assert_eq!(
            (failed, failed.is_certainly_not_done()),
            (RestError::GaveUp { cause: "server_error" }, false)
        );
        let asked: Vec<String> = service.requests().iter().map(|request| request.line.clone()).collect();
        assert_eq!(asked, ["POST /api/v10/webhooks/1/abc?wait=true"; 2]);
    }

    #[test]
    fn its_messages_are_below_it_at_our_address_of_discord() {
        let base = "http://127.0.0.1:8788/api/v10".parse().unwrap();
        let of =
            |address: &str, rest: &[&str]| parse(address).unwrap().address(&base, rest).map(String::from);
        let own = "https://discord.com/api/webhooks/1/a-b";
        assert_eq!(of(own, &[]).unwrap(), "http://127.0.0.1:8788/api/v10/webhooks/1/a-b");
        assert_eq!(
            of(own, &["messages", "7"]).unwrap(),
            "http://127.0.0.1:8788/api/v10/webhooks/1/a-b/messages/7"
        );
        assert_eq!(of("https://discord.com/api/webhooks/1/a%2fb", &[]), None);
    }

    #[test]
    fn only_what_nobody_did_may_be_done_again() {
        for (error, again) in [
            (RestError::GaveUp { cause: "rate_limited" }, true),
            (RestError::GaveUp { cause: "connect" }, true),
            (RestError::GaveUp { cause: "timeout" }, false),
            (RestError::GaveUp { cause: "transport" }, false),
            (RestError::Gone, false),
            (RestError::Refused { status: 400, code: 50_035 }, false),
        ] {
            assert_eq!(error.is_certainly_not_done(), again, "{error}");
        }
    }
}
