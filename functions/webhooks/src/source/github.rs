//! GitHub's webhooks (<https://docs.github.com/en/webhooks/webhook-events-and-payloads>), and those of whoever writes like
//! it. A release that is published and a discussion in "Announcements" are news; everything else is taken and forgotten.

use serde::Deserialize;
use shared::http_event::HttpEvent;
use shared::messages::{Announcement, WebhookTask};
use shared::security::input::{HEADLINE_MAX, MESSAGE_MAX};
use shared::security::track_url::{TrackUrl, UrlPolicy};
use shared::security::webhook::Delivery;

use super::{Read, Unreadable, excerpt, json};

/// Which event it is. Nobody signs it; what is read by the wrong name has not the members that are wanted.
const EVENT: &str = "x-github-event";
/// The category in which only maintainers open discussions.
const ANNOUNCEMENTS: &str = "announcements";

#[derive(Deserialize)]
struct Payload {
    action: Option<String>,
    repository: Option<Repository>,
    release: Option<Release>,
    discussion: Option<Discussion>,
}

#[derive(Deserialize)]
struct Repository {
    full_name: String,
}

#[derive(Deserialize)]
struct Release {
    html_url: String,
    tag_name: String,
    name: Option<String>,
    body: Option<String>,
}

#[derive(Deserialize)]
struct Discussion {
    html_url: String,
    title: String,
    body: Option<String>,
    category: Category,
}

#[derive(Deserialize)]
struct Category {
    slug: String,
}

pub(super) fn read(request: &HttpEvent, body: &[u8], delivery: &Delivery) -> Result<Read, Unreadable> {
    let event = request.header_once(EVENT).map_err(|_| Unreadable::Malformed)?;
    // Others may be larger than anything that we would like to read.
    if !matches!(event, "release" | "discussion") {
        return Ok(Read::NOTHING);
    }
    let payload: Payload = json(body)?;
    let repository = payload.repository.ok_or(Unreadable::Malformed)?.full_name;
    let announcement = match (event, payload.action.as_deref(), payload.release, payload.discussion) {
        ("release", Some("published"), Some(release), _) => {
            let name = release.name.filter(|name| !name.trim().is_empty()).unwrap_or(release.tag_name);
            news(&repository, &name, &release.html_url, release.body.as_deref())
        }
        ("discussion", Some("created"), _, Some(talk)) if talk.category.slug == ANNOUNCEMENTS => {
            news(&repository, &talk.title, &talk.html_url, talk.body.as_deref())
        }
        (_, Some(_), release, talk) if release.is_some() || talk.is_some() => None,
        _ => return Err(Unreadable::Malformed),
    };
    Ok(Read::maybe(delivery, announcement.map(|announcement| WebhookTask::Announce { announcement })))
}

fn news(repository: &str, title: &str, url: &str, text: Option<&str>) -> Option<Announcement> {
    let line = format!("{repository}: {title}").replace(['\n', '\t'], " ");
    Some(Announcement {
        title: excerpt(&line, HEADLINE_MAX)?,
        url: TrackUrl::parse(url, UrlPolicy::HTTPS_ONLY).ok(),
        text: text.and_then(|text| excerpt(text, MESSAGE_MAX)),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn of(event: &str, body: &Value) -> Result<Read, Unreadable> {
        let request = HttpEvent::new("POST", &[("X-GitHub-Event", event)], b"");
        read(&request, body.to_string().as_bytes(), &Delivery::of(&[b"1"]))
    }

    fn announced(event: &str, body: &Value) -> Option<Announcement> {
        match of(event, body).unwrap().jobs().first()?.task.clone() {
            WebhookTask::Announce { announcement } => Some(announcement),
            other => panic!("{other:?}"),
        }
    }

    fn release(action: &str, name: &Value) -> Value {
        json!({
            "action": action, "repository": { "full_name": "Codertocat/Hello-World", "private": false },
            "release": {
                "html_url": "https://github.com/Codertocat/Hello-World/releases/tag/0.0.1", "tag_name": "0.0.1",
                "name": name, "body": "## What's new\r\n* all of it", "draft": false, "prerelease": false,
            },
        })
    }

    #[test]
    fn a_release_that_is_published_is_news() {
        for (name, title) in [
            (json!("First light"), "Codertocat/Hello-World: First light"),
            (json!(null), "Codertocat/Hello-World: 0.0.1"),
            (json!("  "), "Codertocat/Hello-World: 0.0.1"),
        ] {
            let announcement = announced("release", &release("published", &name)).unwrap();
            assert_eq!(announcement.title.as_str(), title);
            assert!(announcement.url.is_some());
            assert_eq!(announcement.text.unwrap().as_str(), "## What's new\n* all of it");
        }
        for action in ["created", "edited", "prereleased", "released", "deleted"] {
            assert_eq!(announced("release", &release(action, &json!("x"))), None, "{action}");
        }
    }

    #[test]
    fn an_announcement_among_the_discussions_is_news() {
        let talk = |slug: &str| {
            json!({
                "action": "created", "repository": { "full_name": "a/b" },
                "discussion": {
                    "html_url": "https://github.com/a/b/discussions/90", "title": "Hi", "body": "x",
                    "category": { "slug": slug, "name": "Announcements" },
                },
            })
        };
        assert_eq!(announced("discussion", &talk("announcements")).unwrap().title.as_str(), "a/b: Hi");
        assert_eq!(announced("discussion", &talk("q-a")), None);
    }

    #[test]
    fn other_events_are_not_even_parsed() {
        let request = HttpEvent::new("POST", &[("X-GitHub-Event", "push")], b"");
        assert_eq!(read(&request, b"not json", &Delivery::of(&[b"1"])), Ok(Read::NOTHING));
        assert_eq!(of("ping", &json!({ "zen": "Keep it logically awesome." })), Ok(Read::NOTHING));
    }

    #[test]
    fn what_is_not_documented_is_refused() {
        for body in
            [json!({}), json!({ "action": "published", "repository": { "full_name": "a/b" } }), json!([])]
        {
            assert_eq!(of("release", &body), Err(Unreadable::Malformed), "{body}");
        }
        let request = HttpEvent::new("POST", &[], b"");
        assert_eq!(read(&request, b"{}", &Delivery::of(&[b"1"])), Err(Unreadable::Malformed));
    }
}
