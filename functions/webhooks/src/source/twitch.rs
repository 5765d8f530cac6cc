//! Twitch's `EventSub` (<https://dev.twitch.tv/docs/eventsub/handling-webhook-events>): challenges, song requests, and
//! people who take their account back.

use serde::Deserialize;
use serde_json::Value;
use shared::domain::accounts::{Provider, Subject};
use shared::http_event::HttpEvent;
use shared::messages::{TwitchEvent, TwitchNotification, WebhookTask};
use shared::security::input::ServiceId;
use shared::security::webhook::{Delivery, MessageType, message_type};

use super::{Read, Unreadable, json};

const REDEMPTION: &str = "channel.channel_points_custom_reward_redemption.add";
const CHAT: &str = "channel.chat.message";
const REVOKED: &str = "user.authorization.revoke";
/// What every command of every bot begins with on Twitch.
const COMMAND: char = '!';

#[derive(Deserialize)]
struct Payload {
    challenge: Option<String>,
    subscription: Subscription,
    event: Option<Value>,
}

#[derive(Deserialize)]
struct Subscription {
    id: ServiceId,
    #[serde(rename = "type")]
    kind: String,
    status: String,
    #[serde(default)]
    condition: Condition,
}

#[derive(Default, Deserialize)]
struct Condition {
    broadcaster_user_id: Option<Subject>,
}

#[derive(Deserialize)]
struct Redemption {
    id: ServiceId,
    broadcaster_user_id: Subject,
    user_id: Subject,
    user_login: ServiceId,
    user_input: String,
    reward: Reward,
}

#[derive(Deserialize)]
struct Reward {
    id: ServiceId,
    title: String,
}

#[derive(Deserialize)]
struct Chat {
    broadcaster_user_id: Subject,
    /// Chats can be shared: whose it was written in.
    source_broadcaster_user_id: Option<Subject>,
    chatter_user_id: Subject,
    chatter_user_login: ServiceId,
    message_id: ServiceId,
    message: Text,
    /// It came with a reward, which has a notification of its own.
    channel_points_custom_reward_id: Option<String>,
}

#[derive(Deserialize)]
struct Text {
    text: String,
}

#[derive(Deserialize)]
struct Revoked {
    user_id: Subject,
}

pub(super) fn read(request: &HttpEvent, body: &[u8], delivery: &Delivery) -> Result<Read, Unreadable> {
    let Ok(Some(kind)) = message_type(request) else { return Err(Unreadable::Malformed) };
    let payload: Payload = json(body)?;
    match kind {
        MessageType::Verification => Read::challenge(payload.challenge),
        MessageType::Revocation => Ok(Read::maybe(delivery, over(payload.subscription))),
        MessageType::Notification => {
            let event = payload.event.ok_or(Unreadable::Malformed)?;
            Ok(Read::maybe(delivery, told(payload.subscription, event)?))
        }
    }
}

/// A subscription has ended: with its owner's consent the link ends as well; otherwise it is made again.
fn over(subscription: Subscription) -> Option<WebhookTask> {
    let broadcaster = subscription.condition.broadcaster_user_id?;
    Some(match subscription.status.as_str() {
        "authorization_revoked" | "user_removed" => unlink(broadcaster),
        _ => WebhookTask::Reconcile { broadcaster },
    })
}

fn told(subscription: Subscription, event: Value) -> Result<Option<WebhookTask>, Unreadable> {
    let notification = match subscription.kind.as_str() {
        REDEMPTION => redemption(subscription.id, parse(event)?),
        CHAT => chat(subscription.id, parse(event)?),
        REVOKED => return Ok(Some(unlink(parse::<Revoked>(event)?.user_id))),
        _ => None,
    };
    Ok(notification.map(|notification| WebhookTask::SongRequest { notification }))
}

fn parse<T: serde::de::DeserializeOwned>(event: Value) -> Result<T, Unreadable> {
    serde_json::from_value(event).map_err(|_| Unreadable::Malformed)
}

fn unlink(subject: Subject) -> WebhookTask {
    WebhookTask::Unlink { provider: Provider::Twitch, subjects: vec![subject] }
}

/// A reward that takes no text asks for nothing.
fn redemption(subscription: ServiceId, redemption: Redemption) -> Option<TwitchNotification> {
    let Redemption { id, broadcaster_user_id, user_id, user_login, user_input, reward } = redemption;
    Some(TwitchNotification {
        subscription,
        broadcaster: broadcaster_user_id,
        viewer: user_id,
        viewer_login: user_login,
        event: TwitchEvent::Redemption {
            id,
            reward: reward.id,
            title: reward.title.parse().ok()?,
            input: user_input.parse().ok()?,
        },
    })
}

/// Only what may be a command, said in this channel: what else people say to each other is none of ours (SPEC T28).
fn chat(subscription: ServiceId, chat: Chat) -> Option<TwitchNotification> {
    let elsewhere = chat.source_broadcaster_user_id.is_some_and(|source| source != chat.broadcaster_user_id);
    if elsewhere || chat.channel_points_custom_reward_id.is_some() || !chat.message.text.starts_with(COMMAND)
    {
        return None;
    }
    Some(TwitchNotification {
        subscription,
        broadcaster: chat.broadcaster_user_id,
        viewer: chat.chatter_user_id,
        viewer_login: chat.chatter_user_login,
        event: TwitchEvent::Chat { id: chat.message_id, text: chat.message.text.parse().ok()? },
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(kind: &str, body: &Value) -> Result<Read, Unreadable> {
        let request = HttpEvent::new("POST", &[("Twitch-Eventsub-Message-Type", kind)], b"");
        read(&request, body.to_string().as_bytes(), &Delivery::of(&[b"1"]))
    }

    fn subscription(kind: &str, status: &str) -> Value {
        json!({
            "id": "f1c2a387-161a-49f9-a165-0f21d7a4e1c4", "status": status, "type": kind, "version": "1",
            "cost": 0, "condition": { "broadcaster_user_id": "12826" },
            "transport": { "method": "webhook", "callback": "https://example.com/webhooks/callback" },
            "created_at": "2019-11-16T10:11:12.634234626Z",
        })
    }

    fn redeemed(input: &str) -> Value {
        json!({ "subscription": subscription(REDEMPTION, "enabled"), "event": {
            "id": "17fa2df1-ad76-4804-bfa5-a40ef63efe63", "broadcaster_user_id": "12826",
            "broadcaster_user_login": "twitch", "broadcaster_user_name": "Twitch", "user_id": "9001",
            "user_login": "cooler_user", "user_name": "Cooler_User", "user_input": input, "status": "unfulfilled",
            "reward": { "id": "92af127c-7326-4483-a52b-b0da0be61c01", "title": "Song", "cost": 100, "prompt": "?" },
            "redeemed_at": "2020-07-15T17:16:03.17106713Z",
        } })
    }

    fn said(text: &str, more: &Value) -> Value {
        let mut body = json!({ "subscription": subscription(CHAT, "enabled"), "event": {
            "broadcaster_user_id": "12826", "broadcaster_user_login": "twitch", "broadcaster_user_name": "Twitch",
            "chatter_user_id": "9001", "chatter_user_login": "viewer32", "chatter_user_name": "viewer32",
            "message_id": "cc106a89-1814-919d-454c-f4f2f970aae7", "message": { "text": text, "fragments": [] },
            "color": "#00FF7F", "badges": [], "message_type": "text", "cheer": null, "reply": null,
            "channel_points_custom_reward_id": null, "source_broadcaster_user_id": null,
        } });
        body["event"].as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    }

    fn task(read: Result<Read, Unreadable>) -> Option<WebhookTask> {
        read.unwrap().jobs().first().map(|job| job.task.clone())
    }

    #[test]
    fn a_challenge_is_said_back() {
        let body = json!({ "challenge": "pogchamp-kappa", "subscription": subscription(CHAT, "webhook_callback_verification_pending") });
        let read = of("webhook_callback_verification", &body);
        assert_eq!(read, Ok(Read::Challenge("pogchamp-kappa".to_owned())));
    }

    #[test]
    fn a_redemption_with_a_text_and_a_command_in_chat_are_requests() {
        let Some(WebhookTask::SongRequest { notification }) = task(of("notification", &redeemed("vogue")))
        else {
            panic!("nothing was requested")
        };
        assert_eq!((notification.broadcaster.as_str(), notification.viewer.as_str()), ("12826", "9001"));
        assert!(
            matches!(&notification.event, TwitchEvent::Redemption { input, .. } if input.as_str() == "vogue")
        );
        let command = task(of("notification", &said("!sr vogue", &json!({}))));
        assert!(matches!(
            command,
            Some(WebhookTask::SongRequest { notification })
                if matches!(&notification.event, TwitchEvent::Chat { text, .. } if text.as_str() == "!sr vogue")
        ));
        let own = said("!sr vogue", &json!({ "source_broadcaster_user_id": "12826" }));
        assert!(task(of("notification", &own)).is_some());
    }

    #[test]
    fn what_people_say_to_each_other_is_forgotten() {
        for body in [
            redeemed(""),
            redeemed("\u{200b}"),
            said("hello", &json!({})),
            said(" !sr vogue", &json!({})),
            said("!sr vogue", &json!({ "source_broadcaster_user_id": "555" })),
            said("!sr vogue", &json!({ "channel_points_custom_reward_id": "x" })),
            json!({ "subscription": subscription("channel.follow", "enabled"), "event": { "user_id": "1" } }),
        ] {
            assert_eq!(of("notification", &body), Ok(Read::NOTHING), "{body}");
        }
    }

    #[test]
    fn a_subscription_that_ended_ends_the_link_or_is_made_again() {
        let body = |status: &str| json!({ "subscription": subscription(REDEMPTION, status) });
        for status in ["authorization_revoked", "user_removed"] {
            let ended = task(of("revocation", &body(status)));
            assert!(
                matches!(ended, Some(WebhookTask::Unlink { provider: Provider::Twitch, .. })),
                "{status}"
            );
        }
        for status in ["notification_failures_exceeded", "version_removed", "new_reason"] {
            assert!(matches!(task(of("revocation", &body(status))), Some(WebhookTask::Reconcile { .. })));
        }
        let taken = json!({ "subscription": subscription(REVOKED, "enabled"), "event": {
            "client_id": "crq72vsaoijkc83xx42hz6i37", "user_id": "1337", "user_login": null, "user_name": null } });
        assert_eq!(task(of("notification", &taken)), Some(unlink("1337".parse().unwrap())));
    }

    #[test]
    fn what_is_not_documented_is_refused() {
        for (kind, body) in [
            ("notification", json!({})),
            ("notification", json!({ "subscription": subscription(REDEMPTION, "enabled") })),
            (
                "notification",
                json!({ "subscription": subscription(REDEMPTION, "enabled"), "event": { "id": "1" } }),
            ),
            ("webhook_callback_verification", json!({ "subscription": subscription(CHAT, "x") })),
            (
                "webhook_callback_verification",
                json!({ "subscription": subscription(CHAT, "x"), "challenge": "<b>" }),
            ),
            ("something_new", redeemed("vogue")),
            ("", redeemed("vogue")),
        ] {
            assert_eq!(of(kind, &body), Err(Unreadable::Malformed), "{kind} {body}");
        }
    }
}
