//! Our own document, for senders that have none: `{"type":"announcement","title":…,"url":…,"text":…}`. A member that is not
//! as it has to be is named (SPEC W33).

use serde_json::{Map, Value};
use shared::messages::{Announcement, WebhookTask};
use shared::security::track_url::{TrackUrl, UrlPolicy};
use shared::security::webhook::Delivery;

use super::{Read, Unreadable, json};

/// A name that nobody documents is said back up to this length.
const NAME_MAX: usize = 64;

const TYPE: &str = "\"announcement\"";
const TITLE: &str = "one line of 1 to 200 characters";
const URL: &str = "a public https address";
const TEXT: &str = "1 to 2000 characters";
const UNKNOWN: &str = "not a field of an announcement";

pub(super) fn read(body: &[u8], delivery: &Delivery) -> Result<Read, Unreadable> {
    let mut fields: Map<String, Value> = json(body)?;
    if fields.remove("type") != Some(Value::from("announcement")) {
        return Err(bad("type", TYPE));
    }
    let title = text(&mut fields, "title", TITLE)?.ok_or_else(|| bad("title", TITLE))?;
    let url = text(&mut fields, "url", URL)?;
    let more = text(&mut fields, "text", TEXT)?;
    if let Some(name) = fields.keys().next() {
        return Err(bad(name.chars().take(NAME_MAX).collect::<String>(), UNKNOWN));
    }
    let announcement = Announcement {
        title: title.parse().map_err(|_| bad("title", TITLE))?,
        url: url
            .map(|url| TrackUrl::parse(&url, UrlPolicy::HTTPS_ONLY))
            .transpose()
            .map_err(|_| bad("url", URL))?,
        text: more.map(|text| text.parse()).transpose().map_err(|_| bad("text", TEXT))?,
    };
    Ok(Read::job(delivery, WebhookTask::Announce { announcement }))
}

fn text(
    fields: &mut Map<String, Value>,
    name: &str,
    expected: &'static str,
) -> Result<Option<String>, Unreadable> {
    match fields.remove(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(bad(name, expected)),
    }
}

fn bad(name: impl Into<String>, expected: &'static str) -> Unreadable {
    Unreadable::Field { name: name.into(), expected }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(body: &Value) -> Result<Read, Unreadable> {
        read(body.to_string().as_bytes(), &Delivery::of(&[b"1"]))
    }

    #[test]
    fn an_announcement_needs_a_title_and_takes_two_more() {
        for more in [json!({}), json!({ "url": "https://example.org/x", "text": "It is\nout." })] {
            let mut body = json!({ "type": "announcement", "title": "Season two" });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let Ok(Read::Jobs(jobs)) = of(&body) else { panic!("{body}") };
            let WebhookTask::Announce { announcement } = &jobs[0].task else { panic!("{jobs:?}") };
            assert_eq!(announcement.title.as_str(), "Season two");
            assert_eq!(announcement.url.is_some(), more.get("url").is_some());
        }
    }

    #[test]
    fn each_field_that_is_wrong_is_named() {
        let long = "x".repeat(201);
        for (field, value) in [
            ("type", json!("order")),
            ("type", json!(null)),
            ("title", json!("")),
            ("title", json!(7)),
            ("title", json!(long)),
            ("title", json!("a\nb")),
            ("url", json!("http://example.org")),
            ("url", json!("https://127.0.0.1/")),
            ("url", json!("javascript:alert(1)")),
            ("text", json!("x".repeat(2001))),
            ("text", json!([])),
            ("admin", json!(true)),
        ] {
            let mut body = json!({ "type": "announcement", "title": "a" });
            body[field] = value;
            let refused = of(&body).unwrap_err();
            assert!(
                matches!(&refused, Unreadable::Field { name, .. } if name == field),
                "{body}: {refused:?}"
            );
        }
        assert!(matches!(of(&json!({ "type": "announcement" })), Err(Unreadable::Field { .. })));
        assert_eq!(of(&json!([])), Err(Unreadable::Malformed));
    }
}
