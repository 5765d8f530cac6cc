//! What Twitch sends: the question whether an address wants a subscription, notifications, revocations
//! (<https://dev.twitch.tv/docs/eventsub/handling-webhook-events/>).

use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use serde_json::{Value, json};
use sha2::Sha256;

use super::book::{Subscription, SubscriptionStatus};
use super::uuid;
use crate::client::{Entry, Kind};
use crate::core::Core;
use crate::machine;

/// How long Twitch waits for an answer.
const DEADLINE: Duration = Duration::from_secs(10);
/// How often a notification is sent that nobody takes, and how long after the one before. Twitch waits longer.
const TRIES: u32 = 4;
const WAIT: Duration = Duration::from_millis(100);

/// What became of a notification.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Delivered {
    /// To which subscription it belonged.
    pub subscription: String,
    /// Its id, the same at each try.
    pub message: String,
    /// How often it was sent.
    pub tries: u32,
    /// What it was answered with last; `None`: nothing.
    pub status: Option<u16>,
}

/// Asks an address whether it wants a subscription: it has to send the challenge back.
pub(super) async fn verify(core: Arc<Core>, made: Subscription) {
    let Ok(challenge) = machine::nonce() else { return };
    let body = json!({ "challenge": challenge, "subscription": made.view() });
    let sent = send(&made, "webhook_callback_verification", &body, &uuid().unwrap_or_default()).await;
    let is_wanted = match sent {
        Some(answer) if answer.status().is_success() => {
            answer.text().await.is_ok_and(|text| text == challenge)
        }
        _ => false,
    };
    let status = if is_wanted {
        SubscriptionStatus::Enabled
    } else {
        SubscriptionStatus::WebhookCallbackVerificationFailed
    };
    let pending = SubscriptionStatus::WebhookCallbackVerificationPending;
    core.accounts().eventsub.stands(&made.id, pending, status);
    let title =
        format!("Twitch asked whether {} is wanted: {}", made.r#type, if is_wanted { "yes" } else { "no" });
    core.feed.note(&Entry::new(Kind::Account, title).ended(is_wanted));
    core.touch();
}

/// Tells a subscription of an event, again and again until somebody takes it.
pub(super) async fn notify(core: Arc<Core>, to: Subscription, event: Value) -> Delivered {
    let body = json!({ "subscription": to.view(), "event": event });
    let message = uuid().unwrap_or_default();
    let mut delivered =
        Delivered { subscription: to.id.clone(), message: message.clone(), tries: 0, status: None };
    while delivered.tries < TRIES {
        if delivered.tries > 0 {
            tokio::time::sleep(WAIT).await;
        }
        delivered.tries += 1;
        delivered.status =
            send(&to, "notification", &body, &message).await.map(|answer| answer.status().as_u16());
        if delivered.status.is_some_and(|status| (200..300).contains(&status)) {
            break;
        }
    }
    let is_taken = delivered.status.is_some_and(|status| (200..300).contains(&status));
    if !is_taken {
        let exceeded = SubscriptionStatus::NotificationFailuresExceeded;
        core.accounts().eventsub.stands(&to.id, SubscriptionStatus::Enabled, exceeded);
    }
    core.feed.note(&Entry::new(Kind::Account, format!("Twitch told of {}", to.r#type)).ended(is_taken));
    core.touch();
    delivered
}

/// Tells that a subscription has ended.
pub(super) async fn revoked(to: Subscription) {
    let body = json!({ "subscription": to.view() });
    // Nobody has to take it.
    drop(send(&to, "revocation", &body, &uuid().unwrap_or_default()).await);
}

async fn send(to: &Subscription, kind: &str, body: &Value, id: &str) -> Option<Response> {
    let client = Client::builder().no_proxy().redirect(Policy::none()).timeout(DEADLINE).build().ok()?;
    let (body, at) = (body.to_string(), machine::now());
    let request = client.post(&to.transport.callback).header("content-type", "application/json");
    let request = request
        .header("twitch-eventsub-message-id", id)
        .header("twitch-eventsub-message-retry", "0")
        .header("twitch-eventsub-message-type", kind)
        .header("twitch-eventsub-message-signature", signature(&to.secret, id, at, &body))
        .header("twitch-eventsub-message-timestamp", at.to_string())
        .header("twitch-eventsub-subscription-type", &to.r#type)
        .header("twitch-eventsub-subscription-version", &to.version);
    request.body(body).send().await.ok()
}

fn signature(secret: &str, id: &str, at: Timestamp, body: &str) -> String {
    // HMAC takes keys of every length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    for part in [id, &at.to_string(), body] {
        mac.update(part.as_bytes());
    }
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same by `openssl dgst -sha256 -hmac`.
    #[test]
    fn a_message_is_signed_over_id_time_and_body() {
        let at = "2026-01-02T12:00:00Z".parse().unwrap();
        let signed = signature("0123456789abcdef", "id", at, "{}");
        assert_eq!(signed.len(), "sha256=".len() + 64);
        assert_ne!(signed, signature("0123456789abcdef", "id", at, "{ }"));
        assert_ne!(signed, signature("0123456789abcdee", "id", at, "{}"));
        assert_ne!(signed, signature("0123456789abcdef", "ie", at, "{}"));
    }
}
