//! Files that came with messages (Discord: "Uploading Files"): which a message has, and where components find them.

use axum::body::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{Refusal, World};
use crate::ids::ChannelId;

/// How many files are remembered; the oldest go first.
const REMEMBERED: usize = 200;
/// Where Discord keeps them.
const HOST: &str = "https://cdn.discordapp.com/attachments";
/// How components refer to a file of their message.
const SCHEME: &str = "attachment://";

/// A file.
#[derive(Clone, Debug)]
pub(crate) struct File {
    /// What its sender calls it.
    pub(crate) name: String,
    /// Its media type, as its sender says.
    pub(crate) media_type: String,
    pub(crate) bytes: Bytes,
}

impl World {
    /// Keeps files for a message that comes to this channel. What it will show of them, in the order in which they came.
    pub(crate) fn keep_files(&mut self, channel: ChannelId, files: Vec<File>, now: Timestamp) -> Vec<Value> {
        let mut shown = Vec::with_capacity(files.len());
        for file in files {
            let id = self.snowflake(now).get();
            let url = format!("{HOST}/{channel}/{id}/{}", file.name);
            shown.push(json!({
                "id": id.to_string(), "filename": file.name, "content_type": file.media_type,
                "size": file.bytes.len(), "url": url, "proxy_url": url,
            }));
            self.files.insert(id, file);
            while self.files.len() > REMEMBERED {
                self.files.pop_first();
            }
        }
        shown
    }

    /// A file that was kept.
    pub(crate) fn file(&self, id: u64) -> Option<&File> {
        self.files.get(&id)
    }
}

/// Which files a message has from now on, and its components with their addresses in them. `before` are those that it
/// had, `sent` those that came with this change. Without a list all stay (Discord: "Editing Message Attachments").
pub(super) fn settle(
    message: &mut Map<String, Value>,
    listed: Option<&Value>,
    before: &[Value],
    sent: &[Value],
) -> Result<(), Refusal> {
    let attached: Vec<Value> = match listed {
        None => before.iter().chain(sent).cloned().collect(),
        Some(Value::Array(list)) => {
            list.iter().map(|one| of_list(one, before, sent)).collect::<Result<_, _>>()?
        }
        Some(_) => return Err(Refusal::form("attachments", "it has to be a list")),
    };
    if let Some(components) = message.get_mut("components") {
        name_addresses(components, &attached)?;
    }
    if attached.is_empty() {
        message.remove("attachments");
    } else {
        message.insert("attachments".to_owned(), Value::Array(attached));
    }
    Ok(())
}

/// A new file goes by the number of its part, one that stays by its id.
fn of_list(one: &Value, before: &[Value], sent: &[Value]) -> Result<Value, Refusal> {
    let id = match &one["id"] {
        Value::String(id) => id.clone(),
        other => other.to_string(),
    };
    let part = id.parse::<usize>().ok().and_then(|number| sent.get(number));
    let found = part.or_else(|| before.iter().find(|stays| stays["id"] == id.as_str()));
    found.cloned().ok_or_else(|| Refusal::form("attachments", "it names a file that is not there"))
}

fn name_addresses(within: &mut Value, attached: &[Value]) -> Result<(), Refusal> {
    match within {
        Value::Array(list) => list.iter_mut().try_for_each(|one| name_addresses(one, attached)),
        Value::Object(fields) => {
            let name = fields.get("url").and_then(Value::as_str).and_then(|url| url.strip_prefix(SCHEME));
            if let Some(name) = name {
                let found = attached.iter().find(|file| file["filename"] == name);
                let file =
                    found.ok_or_else(|| Refusal::form("components", "it shows a file that is not there"))?;
                let known = json!({
                    "url": file["url"], "proxy_url": file["url"], "attachment_id": file["id"],
                    "content_type": file["content_type"],
                });
                fields.extend(known.as_object().cloned().unwrap_or_default());
            }
            fields.values_mut().try_for_each(|one| name_addresses(one, attached))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::ids::UserId;
    use crate::world::Body;

    const GENERAL: ChannelId = ChannelId::new(1001);
    const BOT: UserId = UserId::new(9001);

    fn noon() -> Timestamp {
        "2026-01-02T12:00:00Z".parse().unwrap()
    }

    fn png(name: &str) -> File {
        File { name: name.to_owned(), media_type: "image/png".to_owned(), bytes: Bytes::from_static(b"png") }
    }

    fn card(picture: &str) -> Value {
        json!({ "flags": 1 << 15, "components": [{ "type": 9,
            "components": [{ "type": 10, "content": "one" }],
            "accessory": { "type": 11, "media": { "url": picture } } }] })
    }

    fn shown(message: &crate::world::Message) -> &Value {
        &message.body["components"][0]["accessory"]["media"]
    }

    #[test]
    fn a_card_shows_the_file_that_came_with_it_and_keeps_it() {
        let mut world = World::new(&Config::default());
        let posted =
            world.post(GENERAL, BOT, Body::parse_new(card("https://i.example.org/a.png")).unwrap(), noon());
        let id = posted.unwrap().id;
        let sent = world.keep_files(GENERAL, vec![png("cover.png")], noon());
        let mut body = card("attachment://cover.png");
        body["attachments"] = json!([{ "id": 0, "filename": "cover.png" }]);
        let edited = world.edit(GENERAL, id, BOT, Body::parse(body).unwrap().with(sent), noon()).unwrap();
        let url = shown(&edited)["url"].as_str().unwrap().to_owned();
        assert!(
            url.starts_with("https://cdn.discordapp.com/attachments/1001/") && url.ends_with("/cover.png")
        );
        let kept = shown(&edited)["attachment_id"].as_str().unwrap().parse().unwrap();
        assert_eq!(world.file(kept).unwrap().bytes, "png");
        let again = world.edit(GENERAL, id, BOT, Body::parse(card(&url)).unwrap(), noon()).unwrap();
        assert_eq!(
            (&shown(&again)["url"], again.body["attachments"].as_array().unwrap().len()),
            (&json!(url), 1)
        );
        let none = json!({ "attachments": [] });
        let bare = world.edit(GENERAL, id, BOT, Body::parse(none).unwrap(), noon()).unwrap();
        assert_eq!(bare.body.get("attachments"), None);
    }

    #[test]
    fn a_file_that_is_not_there_cannot_be_shown_or_kept() {
        let mut world = World::new(&Config::default());
        assert!(Body::parse_new(card("attachment://cover.png")).is_err());
        let posted = world.post(GENERAL, BOT, Body::parse_new(json!({ "content": "x" })).unwrap(), noon());
        for wrong in [json!([{ "id": "77" }]), json!([{ "id": 0 }]), json!("all")] {
            let body = Body::parse(json!({ "attachments": wrong })).unwrap();
            let refused = world.edit(GENERAL, posted.as_ref().unwrap().id, BOT, body, noon()).unwrap_err();
            assert_eq!(refused.code(), 50_035);
        }
    }

    #[test]
    fn the_oldest_files_are_forgotten() {
        let mut world = World::new(&Config::default());
        let first = world.keep_files(GENERAL, vec![png("a.png")], noon());
        let files = (0..REMEMBERED).map(|n| png(&format!("{n}.png"))).collect();
        world.keep_files(GENERAL, files, noon());
        assert!(world.file(first[0]["id"].as_str().unwrap().parse().unwrap()).is_none());
        assert_eq!(world.files.len(), REMEMBERED);
    }
}
