//! "A webhook has come, and this is what it wants."

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{BadMessage, Version};
use crate::domain::accounts::{Provider, Subject};
use crate::ids::UserId;
use crate::security::input::{Headline, MessageText, ServiceId};
use crate::security::track_url::TrackUrl;
use crate::security::webhook::{Delivery, WebhookSource};

/// In the queue `-webhooks`, from the webhooks function to itself (SPEC W21): it answers the sender first and does the
/// work then. Like a privacy request it is the truth, since no row says what a sender wanted; only who verified a signature
/// may send to that queue. It holds what its handler needs and nothing else of the body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookJob {
    #[serde(rename = "type")]
    kind: Kind,
    version: Version,
    source: WebhookSource,
    delivery: Delivery,
    at: Timestamp,
    task: WebhookTask,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Kind {
    #[serde(rename = "webhook_job")]
    WebhookJob,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "task", rename_all = "snake_case", deny_unknown_fields)]
pub enum WebhookTask {
    /// Somebody asks for a song on Twitch (SPEC P11).
    SongRequest {
        /// What Twitch said.
        notification: TwitchNotification,
    },
    /// Twitch ended a subscription, and not because its owner wanted: the channel's are to be made again.
    Reconcile {
        /// Whose channel.
        broadcaster: Subject,
    },
    /// A service does not honour our access to these accounts any more (SPEC W13).
    Unlink {
        /// Where.
        provider: Provider,
        /// Which accounts, at most [`UNLINK_MAX`].
        subjects: Vec<Subject>,
    },
    /// A channel of ours is to read this.
    Announce {
        /// What.
        announcement: Announcement,
    },
    /// Somebody took our application away at Discord: their data goes (SPEC W21, T31).
    Erase {
        /// Whose.
        user: UserId,
    },
}

/// The most accounts in one message; a sender that names more sends so many tasks.
pub const UNLINK_MAX: usize = 50;

/// Something that happened in a channel on Twitch, as `EventSub` says it
/// (<https://dev.twitch.tv/docs/eventsub/eventsub-subscription-types/>). All of it is untrusted but that Twitch said it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TwitchNotification {
    /// The subscription that it came by.
    pub subscription: ServiceId,
    /// Whose channel: the `user_id` that a linked account's subject is.
    pub broadcaster: Subject,
    /// Who did it.
    pub viewer: Subject,
    /// Their login, in small letters.
    pub viewer_login: ServiceId,
    /// What.
    pub event: TwitchEvent,
}

/// What a viewer did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum TwitchEvent {
    /// `channel.channel_points_custom_reward_redemption.add`, with something typed in.
    Redemption {
        /// Which redemption.
        id: ServiceId,
        /// Which reward.
        reward: ServiceId,
        /// What the streamer calls it.
        title: Headline,
        /// What the viewer typed.
        input: MessageText,
    },
    /// `channel.chat.message` that begins with an exclamation mark. No other one gets here: what people say to each other
    /// is none of ours (SPEC T28).
    Chat {
        /// Which message.
        id: ServiceId,
        /// Its text.
        text: MessageText,
    },
}

/// A few lines for a channel. All of it is untrusted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Announcement {
    /// What happened.
    pub title: Headline,
    /// Where to read on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<TrackUrl>,
    /// More of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<MessageText>,
}

impl WebhookJob {
    /// For this task of a delivery that came then.
    pub const fn new(source: WebhookSource, delivery: Delivery, at: Timestamp, task: WebhookTask) -> Self {
        Self { kind: Kind::WebhookJob, version: Version, source, delivery, at, task }
    }

    /// Who sent it.
    pub const fn source(&self) -> WebhookSource {
        self.source
    }

    /// What tells it from others of its sender. A job may come twice; both have the same.
    pub const fn delivery(&self) -> &Delivery {
        &self.delivery
    }

    /// When it came; what waits for long may be of no use any more.
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// What is to be done.
    pub const fn task(&self) -> &WebhookTask {
        &self.task
    }

    /// Reads a message's body.
    pub fn parse(body: &str) -> Result<Self, BadMessage> {
        let job: Self = serde_json::from_str(body).map_err(|_| BadMessage)?;
        match &job.task {
            WebhookTask::Unlink { subjects, .. } if !(1..=UNLINK_MAX).contains(&subjects.len()) => {
                Err(BadMessage)
            }
            _ => Ok(job),
        }
    }

    /// The message's body.
    pub fn to_body(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::super::schema::agrees;
    use super::*;

    const SCHEMA: &str = include_str!("../../../events/schemas/webhook-job.json");

    fn notification(event: TwitchEvent) -> WebhookTask {
        WebhookTask::SongRequest {
            notification: TwitchNotification {
                subscription: "f1c2a387-161a-49f9-a165-0f21d7a4e1c4".parse().unwrap(),
                broadcaster: "12826".parse().unwrap(),
                viewer: "141981764".parse().unwrap(),
                viewer_login: "awesome_viewer".parse().unwrap(),
                event,
            },
        }
    }

    fn tasks() -> Vec<WebhookTask> {
        let id = || "17fa2df1-ad76-4804-bfa5-a40ef63efe63".parse().unwrap();
        let input = || "never gonna give you up".parse().unwrap();
        let title = || "Request a song".parse::<Headline>().unwrap();
        vec![
            notification(TwitchEvent::Redemption { id: id(), reward: id(), title: title(), input: input() }),
            notification(TwitchEvent::Chat { id: id(), text: "!sr vogue".parse().unwrap() }),
            WebhookTask::Reconcile { broadcaster: "12826".parse().unwrap() },
            WebhookTask::Unlink { provider: Provider::Slack, subjects: vec!["U0R7JM".parse().unwrap()] },
            WebhookTask::Announce {
                announcement: Announcement { title: title(), url: None, text: Some(input()) },
            },
            WebhookTask::Announce {
                announcement: Announcement {
                    title: title(),
                    url: "https://example.org/a".to_owned().try_into().ok(),
                    text: None,
                },
            },
            WebhookTask::Erase { user: UserId::new(5001) },
        ]
    }

    fn job(task: WebhookTask) -> WebhookJob {
        WebhookJob::new(WebhookSource::Twitch, Delivery::of(&[b"1"]), Timestamp::UNIX_EPOCH, task)
    }

    #[test]
    fn it_reads_back_and_agrees_with_its_schema() {
        for task in tasks() {
            let job = job(task);
            assert_eq!(WebhookJob::parse(&job.to_body().unwrap()), Ok(job.clone()));
            agrees(SCHEMA, &job);
        }
    }

    #[test]
    fn the_schema_refuses_what_the_type_refuses() {
        for (task, from, to) in [(3, "slack", "myspace"), (6, "5001", "0"), (1, "\"chat\"", "\"whisper\"")] {
            let text = job(tasks()[task].clone()).to_body().unwrap();
            assert!(text.contains(from), "{text}");
            let other = text.replacen(from, to, 1);
            assert_eq!(WebhookJob::parse(&other), Err(BadMessage), "{other}");
            let value: Value = serde_json::from_str(&other).unwrap();
            assert!(std::panic::catch_unwind(|| agrees(SCHEMA, &value)).is_err(), "{other}");
        }
    }

    #[test]
    fn a_notification_reads_as_its_helpers_expect() {
        let task = serde_json::to_value(&tasks()[1]).unwrap();
        let expected = json!({
            "task": "song_request",
            "notification": {
                "subscription": "f1c2a387-161a-49f9-a165-0f21d7a4e1c4", "broadcaster": "12826",
                "viewer": "141981764", "viewer_login": "awesome_viewer",
                "event": {
                    "kind": "chat", "id": "17fa2df1-ad76-4804-bfa5-a40ef63efe63", "text": "!sr vogue",
                },
            },
        });
        assert_eq!(task, expected);
    }

    #[test]
    fn other_bodies_are_refused() {
        let good = job(tasks()[4].clone()).to_body().unwrap();
        let digest = Delivery::of(&[b"1"]);
        for (from, to) in [
            ("\"version\":1", "\"version\":2"),
            ("webhook_job", "doorbell"),
            ("\"twitch\"", "\"reddit\""),
            (digest.as_str(), "1"),
            ("\"announce\"", "\"run\""),
            ("\"title\":", "\"title\":\"a\",\"also\":"),
            ("Request a song", ""),
            ("{", "{\"also\":1,"),
        ] {
            assert!(good.contains(from), "{from}");
            assert_eq!(WebhookJob::parse(&good.replacen(from, to, 1)), Err(BadMessage), "{to}");
        }
    }

    #[test]
    fn nobody_unlinks_no_account_or_a_thousand() {
        let subject = |n: usize| n.to_string().parse::<Subject>().unwrap();
        for (count, reads) in [(0, false), (1, true), (UNLINK_MAX, true), (UNLINK_MAX + 1, false)] {
            let subjects = (0..count).map(subject).collect();
            let body = job(WebhookTask::Unlink { provider: Provider::Twitch, subjects }).to_body().unwrap();
            assert_eq!(WebhookJob::parse(&body).is_ok(), reads, "{count}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(body in any::<String>()) {
            let _ = WebhookJob::parse(&body);
        }
    }
}
