//! What a verified body says, source by source: parsed into small messages of ours, and nothing else of it is kept.
//! Services add members to their documents whenever they like, so those that nobody here reads are passed over; what is
//! documented for our own scheme is refused with one member too many (SPEC W33).

mod discord;
mod generic;
mod github;
mod slack;
mod twitch;
pub(crate) mod youtube;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use shared::http_event::HttpEvent;
use shared::messages::WebhookTask;
use shared::security::webhook::{Delivery, WebhookSource};

use crate::config::YouTubeChannel;

/// The longest challenge that is echoed, in bytes. Twitch's and Slack's have fewer than 100.
const CHALLENGE_MAX: usize = 512;

/// What a body says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Read {
    /// Say this back.
    Challenge(String),
    /// Do these; none for what nobody here wants to know.
    Jobs(Vec<Job>),
}

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Job {
    /// What tells it from others of the same source.
    pub(crate) delivery: Delivery,
    /// What.
    pub(crate) task: WebhookTask,
}

/// A body that is not what its sender documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// Not the documented shape.
    Malformed,
    /// A member of our own scheme's is not as it has to be.
    Field {
        /// Which.
        name: String,
        /// What it would have to be.
        expected: &'static str,
    },
}

impl Read {
    const NOTHING: Self = Self::Jobs(Vec::new());

    /// One thing to do, by the delivery's own name.
    fn job(delivery: &Delivery, task: WebhookTask) -> Self {
        Self::Jobs(vec![Job { delivery: delivery.clone(), task }])
    }

    /// One, or nothing.
    fn maybe(delivery: &Delivery, task: Option<WebhookTask>) -> Self {
        task.map_or(Self::NOTHING, |task| Self::job(delivery, task))
    }

    /// Several, each by a name of its own.
    fn parts(delivery: &Delivery, tasks: impl IntoIterator<Item = WebhookTask>) -> Self {
        let named = |(at, task)| Job { delivery: delivery.part(at), task };
        Self::Jobs(tasks.into_iter().enumerate().map(named).collect())
    }

    /// What is to be said back, if it is something that may be.
    fn challenge(text: Option<String>) -> Result<Self, Unreadable> {
        let text = text.ok_or(Unreadable::Malformed)?;
        if is_challenge(&text) { Ok(Self::Challenge(text)) } else { Err(Unreadable::Malformed) }
    }

    /// What there is to do.
    pub(crate) fn jobs(&self) -> &[Job] {
        match self {
            Self::Challenge(_) => &[],
            Self::Jobs(jobs) => jobs,
        }
    }
}

/// Reads a body. `request` is asked for headers that say how to read it; nobody signs those, so they say nothing else.
pub(crate) fn read(
    source: WebhookSource,
    request: &HttpEvent,
    body: &[u8],
    delivery: &Delivery,
    channels: &[YouTubeChannel],
    now: Timestamp,
) -> Result<Read, Unreadable> {
    match source {
        WebhookSource::Discord => discord::read(body, delivery),
        WebhookSource::Generic => generic::read(body, delivery),
        WebhookSource::GitHub => github::read(request, body, delivery),
        WebhookSource::Slack => slack::read(body, delivery),
        WebhookSource::Twitch => twitch::read(request, body, delivery),
        WebhookSource::YouTube => youtube::read(body, channels, now),
    }
}

/// Plain characters: whoever echoes more than that echoes a page.
fn is_challenge(text: &str) -> bool {
    (1..=CHALLENGE_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~+/=".contains(&byte))
}

fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Unreadable> {
    serde_json::from_slice(body).map_err(|_| Unreadable::Malformed)
}

/// What is untrusted and only nice to have: shortened, and left out if it is no text of ours.
fn excerpt<T: core::str::FromStr>(text: &str, max: usize) -> Option<T> {
    let visible = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    let mut short: String = text.chars().filter(visible).take(max).collect();
    if text.chars().count() > max {
        short.pop();
        short.push('…');
    }
    short.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use shared::security::input::{Headline, MESSAGE_MAX, MessageText};

    use super::*;

    #[test]
    fn a_challenge_is_plain_and_short() {
        for good in
            ["pogchamp-kappa-360noscope-vohiyo", "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"]
        {
            assert_eq!(Read::challenge(Some(good.to_owned())), Ok(Read::Challenge(good.to_owned())));
        }
        for bad in ["", "<script>", "a b", "é", "a\r\nb", &"a".repeat(CHALLENGE_MAX + 1)] {
            assert_eq!(Read::challenge(Some(bad.to_owned())), Err(Unreadable::Malformed), "{bad}");
        }
        assert_eq!(Read::challenge(None), Err(Unreadable::Malformed));
    }

    #[test]
    fn an_excerpt_is_cut_and_what_is_no_text_is_left_out() {
        assert_eq!(excerpt::<Headline>("abc\u{7}def", 4).unwrap().as_str(), "abc…");
        assert_eq!(excerpt::<Headline>("abcd", 4).unwrap().as_str(), "abcd");
        assert_eq!(excerpt::<Headline>(" \u{200b} ", 9), None);
        assert_eq!(excerpt::<MessageText>("\u{202e}evil", 99), None);
    }

    proptest! {
        #[test]
        fn an_excerpt_is_never_too_long(text in any::<String>()) {
            let short = excerpt::<MessageText>(&text, MESSAGE_MAX);
            prop_assert!(short.is_none_or(|short| short.as_str().chars().count() <= MESSAGE_MAX));
        }

        #[test]
        fn any_body_of_any_source_is_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let request = HttpEvent::new("POST", &[("x-github-event", "release")], &body);
            let delivery = Delivery::of(&[&body]);
            for source in WebhookSource::ALL {
                let _ = read(source, &request, &body, &delivery, &[], Timestamp::UNIX_EPOCH);
            }
        }
    }
}
