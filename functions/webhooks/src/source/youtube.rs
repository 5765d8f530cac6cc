//! `YouTube`'s push notifications (<https://developers.google.com/youtube/v3/guides/push_notifications>), which are `WebSub`
//! (<https://www.w3.org/TR/websub/>): a hub asks whether we meant to subscribe, then posts feeds.

use jiff::{SignedDuration, Timestamp};
use shared::http_event::HttpEvent;
use shared::messages::{Announcement, WebhookTask};
use shared::security::input::{HEADLINE_MAX, ServiceId};
use shared::security::track_url::{TrackUrl, UrlPolicy};
use shared::security::webhook::Delivery;

use super::{Job, Read, Unreadable, excerpt, is_challenge};
use crate::atom::{Entry, entries};
use crate::config::YouTubeChannel;

/// The hub also tells of each edit of a title. What is older than this is no news, and what is younger is remembered longer.
const NEWS_FOR: SignedDuration = SignedDuration::from_hours(48);
/// How far the hub's clock may be ahead.
const AHEAD: SignedDuration = SignedDuration::from_mins(10);
/// How long the name of a channel may be that is said along.
const AUTHOR_MAX: usize = 100;

/// What a hub's question is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// Whether something is meant that is meant: this is to be said back.
    Meant(String),
    /// None: it tells that it will not.
    Denied,
}

/// What the hub asks; `None` for a subscription that nobody here wants.
pub(crate) fn confirm(request: &HttpEvent, channels: &[YouTubeChannel]) -> Option<Question> {
    let of = |name: &str| request.query_once(name).ok();
    let topic = of("hub.topic")?;
    let is_wanted = channels.iter().any(|channel| channel.is_topic(&topic));
    let challenge = || of("hub.challenge").filter(|text| is_challenge(text)).map(Question::Meant);
    match of("hub.mode")?.as_str() {
        "subscribe" if is_wanted => challenge(),
        // Nobody here ends one that is wanted; one that is not wanted may end.
        "unsubscribe" if !is_wanted => challenge(),
        "denied" => Some(Question::Denied),
        _ => None,
    }
}

/// The videos of the channels that are wanted. The same video has the same name, whichever feed it comes in.
pub(super) fn read(body: &[u8], channels: &[YouTubeChannel], now: Timestamp) -> Result<Read, Unreadable> {
    let entries = entries(body).map_err(|_| Unreadable::Malformed)?;
    let wanted = |entry: &Entry| channels.iter().any(|channel| channel.as_str() == entry.channel.trim());
    let jobs = entries.iter().filter(|entry| wanted(entry) && is_news(entry, now)).filter_map(job);
    Ok(Read::Jobs(jobs.collect()))
}

fn is_news(entry: &Entry, now: Timestamp) -> bool {
    let Ok(published) = entry.published.trim().parse::<Timestamp>() else { return false };
    let age = now.duration_since(published);
    (-AHEAD..=NEWS_FOR).contains(&age)
}

fn job(entry: &Entry) -> Option<Job> {
    let video: ServiceId = entry.video.trim().parse().ok()?;
    // Never the feed's own link: an address is made of the id.
    let url = format!("https://www.youtube.com/watch?v={}", video.as_str());
    let announcement = Announcement {
        title: excerpt(&entry.title, HEADLINE_MAX)?,
        url: Some(TrackUrl::parse(&url, UrlPolicy::HTTPS_ONLY).ok()?),
        text: excerpt(&entry.author, AUTHOR_MAX),
    };
    let delivery = Delivery::of(&[b"video", video.as_str().as_bytes()]);
    Some(Job { delivery, task: WebhookTask::Announce { announcement } })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANNEL: &str = "UC_x5XG1OV2P6uZZ5FSM9Ttw";

    fn channels() -> Vec<YouTubeChannel> {
        vec![CHANNEL.parse().unwrap()]
    }

    fn now() -> Timestamp {
        "2026-01-02T12:00:00Z".parse().unwrap()
    }

    fn feed(channel: &str, published: &str, title: &str) -> String {
        format!(
            "<feed><entry><yt:videoId>dQw4w9WgXcQ</yt:videoId><yt:channelId>{channel}</yt:channelId>\
             <title>{title}</title><author><name>Google Developers</name></author>\
             <published>{published}</published></entry></feed>"
        )
    }

    fn announced(feed: &str) -> Option<Job> {
        read(feed.as_bytes(), &channels(), now()).unwrap().jobs().first().cloned()
    }

    #[test]
    fn a_new_video_of_a_wanted_channel_is_news() {
        let job = announced(&feed(CHANNEL, "2026-01-02T11:59:00+00:00", "Hello")).unwrap();
        let WebhookTask::Announce { announcement } = &job.task else { panic!("{job:?}") };
        assert_eq!(announcement.title.as_str(), "Hello");
        assert_eq!(
            announcement.url.as_ref().unwrap().as_str(),
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
        );
        assert_eq!(announcement.text.as_ref().unwrap().as_str(), "Google Developers");
        let edited = announced(&feed(CHANNEL, "2026-01-02T11:59:00+00:00", "Hello again")).unwrap();
        assert_eq!(edited.delivery, job.delivery, "an edit is the same video");
    }

    #[test]
    fn others_old_ones_and_those_of_the_future_are_not() {
        for feed in [
            feed("UC_x5XG1OV2P6uZZ5FSM9Ttx", "2026-01-02T11:59:00+00:00", "a"),
            feed(CHANNEL, "2025-12-31T11:59:00+00:00", "a"),
            feed(CHANNEL, "2026-01-02T12:11:00+00:00", "a"),
            feed(CHANNEL, "yesterday", "a"),
            feed(CHANNEL, "2026-01-02T11:59:00+00:00", " "),
        ] {
            assert_eq!(announced(&feed), None, "{feed}");
        }
        assert_eq!(read(b"<rss/>", &channels(), now()), Err(Unreadable::Malformed));
    }

    #[test]
    fn only_what_is_wanted_is_confirmed() {
        let ask = |mode: &str, topic: &str, challenge: &str| {
            let query = format!(
                "hub.mode={mode}&hub.topic={topic}&hub.challenge={challenge}&hub.lease_seconds=432000"
            );
            confirm(&HttpEvent::new("GET", &[], b"").at("/webhooks/youtube", &query), &channels())
        };
        let (own, other) = (channels()[0].topic(), "https://example.org/feed".to_owned());
        assert_eq!(ask("subscribe", &own, "12345"), Some(Question::Meant("12345".to_owned())));
        assert_eq!(ask("unsubscribe", &other, "12345"), Some(Question::Meant("12345".to_owned())));
        assert_eq!(ask("denied", &own, ""), Some(Question::Denied));
        for (mode, topic, challenge) in [
            ("subscribe", &other, "12345"),
            ("unsubscribe", &own, "12345"),
            ("subscribe", &own, "%3Cscript%3E"),
            ("subscribe", &own, ""),
            ("publish", &own, "1"),
        ] {
            assert_eq!(ask(mode, topic, challenge), None, "{mode} {topic}");
        }
        let twice = HttpEvent::new("GET", &[], b"").at("/x", "hub.mode=subscribe&hub.mode=subscribe");
        assert_eq!(confirm(&twice, &channels()), None);
    }
}
