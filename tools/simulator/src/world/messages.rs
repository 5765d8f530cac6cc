//! What was written in text channels.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{Refusal, World};
use crate::ids::{ChannelId, MessageId, UserId};

/// How many messages a channel remembers; the oldest go first.
const REMEMBERED: usize = 1000;

/// `IS_COMPONENTS_V2`: a message of components alone.
const COMPONENTS_V2: u64 = 1 << 15;

/// A message, with its body as the bot sent it.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Where it stands.
    pub channel: ChannelId,
    /// Whose it is.
    pub author: UserId,
    /// Whether one person alone sees it.
    pub ephemeral: bool,
    /// `content`, `embeds`, `components`, `flags` and whatever else was sent, edits merged in.
    pub body: Map<String, Value>,
    /// When it was sent.
    pub sent: Timestamp,
    /// When it was last changed.
    pub edited: Option<Timestamp>,
    /// How often it was changed.
    pub edits: u32,
}

/// The body of a message as it came in, checked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Body(Map<String, Value>);

impl Body {
    /// What may not stand together or is too long is refused (Discord: "Create Message").
    pub(crate) fn parse(body: Value) -> Result<Self, Refusal> {
        let Value::Object(body) = body else { return Err(Refusal::Form) };
        if body.get("content").and_then(Value::as_str).is_some_and(|text| text.chars().count() > 2000) {
            return Err(Refusal::Form);
        }
        Ok(Self(body))
    }

    /// The same for a new message, which has to hold something.
    pub(crate) fn parse_new(body: Value) -> Result<Self, Refusal> {
        let body = Self::parse(body)?;
        let filled = |key: &str| match body.0.get(key) {
            Some(Value::String(text)) => !text.is_empty(),
            Some(Value::Array(list)) => !list.is_empty(),
            Some(Value::Object(_)) => true,
            _ => false,
        };
        if !["content", "embeds", "components", "attachments", "poll", "sticker_ids"].into_iter().any(filled)
        {
            return Err(Refusal::Empty);
        }
        fits_together(&body.0)?;
        Ok(body)
    }

    pub(super) fn flags(&self) -> u64 {
        self.0.get("flags").and_then(Value::as_u64).unwrap_or_default()
    }
}

/// Components V2 exclude content and embeds.
fn fits_together(body: &Map<String, Value>) -> Result<(), Refusal> {
    let set = |key: &str| {
        body.get(key).is_some_and(|value| !value.is_null() && *value != json!("") && *value != json!([]))
    };
    let flags = body.get("flags").and_then(Value::as_u64).unwrap_or_default();
    if flags & COMPONENTS_V2 != 0 && (set("content") || set("embeds")) {
        return Err(Refusal::Form);
    }
    Ok(())
}

impl Message {
    /// A new message.
    pub(super) fn new(id: MessageId, channel: ChannelId, author: UserId, body: Body, now: Timestamp) -> Self {
        Self { id, channel, author, ephemeral: false, body: body.0, sent: now, edited: None, edits: 0 }
    }

    /// What is sent replaces what stood there, field by field. `IS_COMPONENTS_V2` cannot be unset.
    pub(super) fn edit(&mut self, body: Body, now: Timestamp) -> Result<(), Refusal> {
        let sticky = self.flags() & COMPONENTS_V2;
        let mut merged = self.body.clone();
        merged.extend(body.0);
        let flags = merged.get("flags").and_then(Value::as_u64).unwrap_or_default() | sticky;
        merged.insert("flags".to_owned(), json!(flags));
        fits_together(&merged)?;
        self.body = merged;
        self.edited = Some(now);
        self.edits += 1;
        Ok(())
    }

    /// Its flags (Discord: "Message Flags").
    pub fn flags(&self) -> u64 {
        self.body.get("flags").and_then(Value::as_u64).unwrap_or_default()
    }

    /// Its text; empty when it has none.
    pub fn content(&self) -> &str {
        self.body.get("content").and_then(Value::as_str).unwrap_or_default()
    }
}

impl World {
    /// What stands in a channel, oldest first.
    pub fn messages(&self, channel: ChannelId) -> &[Message] {
        self.messages.get(&channel).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn post(
        &mut self,
        channel: ChannelId,
        author: UserId,
        body: Body,
        now: Timestamp,
    ) -> Result<Message, Refusal> {
        self.channel(channel).ok_or(Refusal::Channel)?;
        let id = self.snowflake(now);
        let message = Message::new(id, channel, author, body, now);
        self.keep(message.clone());
        Ok(message)
    }

    pub(super) fn keep(&mut self, message: Message) {
        let list = self.messages.entry(message.channel).or_default();
        if list.len() == REMEMBERED {
            list.remove(0);
        }
        list.push(message);
    }

    pub(crate) fn find(&self, channel: ChannelId, message: MessageId) -> Result<&Message, Refusal> {
        let found = self.messages(channel).iter().find(|one| one.id == message);
        found.or_else(|| self.public_reply(channel, message)).ok_or(Refusal::Message)
    }

    pub(crate) fn edit(
        &mut self,
        channel: ChannelId,
        message: MessageId,
        editor: UserId,
        body: Body,
        now: Timestamp,
    ) -> Result<Message, Refusal> {
        self.channel(channel).ok_or(Refusal::Channel)?;
        let list = self.messages.entry(channel).or_default();
        let found = match list.iter_mut().find(|one| one.id == message) {
            Some(found) => found,
            None => self.public_reply_mut(channel, message).ok_or(Refusal::Message)?,
        };
        if found.author != editor {
            return Err(Refusal::Author);
        }
        found.edit(body, now)?;
        Ok(found.clone())
    }

    pub(crate) fn delete(&mut self, channel: ChannelId, message: MessageId) -> Result<(), Refusal> {
        self.channel(channel).ok_or(Refusal::Channel)?;
        let list = self.messages.entry(channel).or_default();
        if let Some(at) = list.iter().position(|one| one.id == message) {
            list.remove(at);
            return Ok(());
        }
        self.delete_public_reply(channel, message)
    }

    /// A message as REST shows it (Discord: "Message").
    pub(crate) fn message_view(&self, message: &Message) -> Value {
        let mut view = json!({
            "type": 0, "content": "", "embeds": [], "attachments": [], "components": [], "mentions": [],
            "mention_roles": [], "mention_everyone": false, "pinned": false, "tts": false,
        });
        let fixed = json!({
            "id": message.id,
            "channel_id": message.channel,
            "author": self.people.get(&message.author).map(super::view::user),
            "timestamp": message.sent.to_string(),
            "edited_timestamp": message.edited.map(|at| at.to_string()),
            "flags": message.flags(),
        });
        if let (Some(view), Value::Object(fixed)) = (view.as_object_mut(), fixed) {
            view.extend(message.body.clone());
            view.extend(fixed);
        }
        view
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    const GENERAL: ChannelId = ChannelId::new(1001);
    const BOT: UserId = UserId::new(9001);

    fn noon() -> Timestamp {
        "2026-01-02T12:00:00Z".parse().unwrap()
    }

    fn text(content: &str) -> Body {
        Body::parse_new(json!({ "content": content })).unwrap()
    }

    #[test]
    fn a_message_is_posted_edited_and_deleted() {
        let mut world = World::new(&Config::default());
        let posted = world.post(GENERAL, BOT, text("one"), noon()).unwrap();
        let edit = Body::parse(json!({ "embeds": [{}] })).unwrap();
        let edited = world.edit(GENERAL, posted.id, BOT, edit, noon()).unwrap();
        assert_eq!((edited.content(), edited.edits), ("one", 1));
        assert_eq!(world.message_view(&edited)["embeds"], json!([{}]));
        world.delete(GENERAL, posted.id).unwrap();
        assert_eq!(world.delete(GENERAL, posted.id), Err(Refusal::Message));
        assert!(world.messages(GENERAL).is_empty());
    }

    #[test]
    fn somebody_elses_message_stays_as_it_is() {
        let mut world = World::new(&Config::default());
        let posted = world.post(GENERAL, UserId::new(5001), text("mine"), noon()).unwrap();
        assert_eq!(world.edit(GENERAL, posted.id, BOT, text("yours"), noon()), Err(Refusal::Author));
    }

    #[test]
    fn components_v2_stay_and_exclude_content() {
        let mut world = World::new(&Config::default());
        let card = Body::parse_new(json!({ "flags": COMPONENTS_V2, "components": [{}] })).unwrap();
        let posted = world.post(GENERAL, BOT, card, noon()).unwrap();
        assert_eq!(world.edit(GENERAL, posted.id, BOT, text("x"), noon()), Err(Refusal::Form));
        let unset = Body::parse(json!({ "flags": 0 })).unwrap();
        assert_eq!(world.edit(GENERAL, posted.id, BOT, unset, noon()).unwrap().flags(), COMPONENTS_V2);
        let both = json!({ "flags": COMPONENTS_V2, "components": [{}], "content": "x" });
        assert_eq!(Body::parse_new(both), Err(Refusal::Form));
    }

    #[test]
    fn empty_and_endless_messages_are_refused() {
        assert_eq!(Body::parse_new(json!({ "content": "" })), Err(Refusal::Empty));
        assert_eq!(Body::parse_new(json!({ "content": "x".repeat(2001) })), Err(Refusal::Form));
        assert_eq!(Body::parse(json!([])), Err(Refusal::Form));
    }

    #[test]
    fn a_channel_forgets_its_oldest() {
        let mut world = World::new(&Config::default());
        for n in 0..=REMEMBERED {
            world.post(GENERAL, BOT, text(&n.to_string()), noon()).unwrap();
        }
        assert_eq!(world.messages(GENERAL).len(), REMEMBERED);
        assert_eq!(world.messages(GENERAL)[0].content(), "1");
    }
}
