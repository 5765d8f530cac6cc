//! What was written in text channels.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::interactions::Origin;
use super::{Audience, Dispatch, News, Refusal, World, files};
use crate::ids::{ChannelId, MessageId, UserId};
use crate::rules;

/// How many messages a channel remembers; the oldest go first.
const REMEMBERED: usize = 1000;

/// `IS_COMPONENTS_V2`: a message of components alone.
const COMPONENTS_V2: u64 = 1 << 15;
/// `EPHEMERAL`: for one person alone.
pub(super) const EPHEMERAL: u64 = 1 << 6;
/// `LOADING`: "thinking…".
const LOADING: u64 = 1 << 7;

/// A message, with its body as the bot sent it.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Where it stands.
    pub channel: ChannelId,
    /// Whose it is.
    pub author: UserId,
    /// Whether one person alone sees it: who used the bot.
    pub ephemeral: bool,
    /// What it answers.
    pub origin: Option<Origin>,
    /// Until when the bot may think about what it will say here.
    pub thinking_until: Option<Timestamp>,
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
pub(crate) struct Body {
    fields: Map<String, Value>,
    /// The files that came with it, as they are shown.
    files: Vec<Value>,
}

impl Body {
    /// Any object; whether it makes a message is decided where it becomes one.
    pub(crate) fn parse(body: Value) -> Result<Self, Refusal> {
        let Value::Object(body) = body else { return Err(Refusal::form("", "it has to be an object")) };
        Ok(Self { fields: body, files: Vec::new() })
    }

    pub(super) fn empty() -> Self {
        Self { fields: Map::new(), files: Vec::new() }
    }

    /// With files that came along.
    pub(crate) fn with(self, files: Vec<Value>) -> Self {
        Self { files, ..self }
    }

    /// The same for a new message, which has to hold something.
    pub(crate) fn parse_new(body: Value) -> Result<Self, Refusal> {
        Self::parse_new_with(body, &[])
    }

    /// The same with files.
    pub(crate) fn parse_new_with(body: Value, files: &[Value]) -> Result<Self, Refusal> {
        let mut body = Self::parse(body)?;
        let listed = body.fields.remove("attachments");
        files::settle(&mut body.fields, listed.as_ref(), &[], files)?;
        let filled = |key: &str| match body.fields.get(key) {
            Some(Value::String(text)) => !text.is_empty(),
            Some(Value::Array(list)) => !list.is_empty(),
            Some(Value::Object(_)) => true,
            _ => false,
        };
        if !["content", "embeds", "components", "attachments", "poll", "sticker_ids"].into_iter().any(filled)
        {
            return Err(Refusal::Empty);
        }
        rules::message(&body.fields)?;
        Ok(body)
    }

    /// What a message is after this, field by field.
    fn over(mut self, before: &Map<String, Value>) -> Result<Map<String, Value>, Refusal> {
        let listed = self.fields.remove("attachments");
        let had = before.get("attachments").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let mut merged = before.clone();
        merged.extend(self.fields);
        files::settle(&mut merged, listed.as_ref(), had, &self.files)?;
        Ok(merged)
    }

    pub(super) fn flags(&self) -> u64 {
        self.fields.get("flags").and_then(Value::as_u64).unwrap_or_default()
    }
}

impl Message {
    /// A new message.
    pub(super) fn new(id: MessageId, channel: ChannelId, author: UserId, body: Body, now: Timestamp) -> Self {
        Self {
            id,
            channel,
            author,
            ephemeral: false,
            origin: None,
            thinking_until: None,
            body: body.fields,
            sent: now,
            edited: None,
            edits: 0,
        }
    }

    /// Whether somebody has it on their screen.
    pub fn is_seen_by(&self, user: UserId) -> bool {
        !self.ephemeral || self.origin.as_ref().is_some_and(|origin| origin.user == user)
    }

    /// What the bot has thought of takes the place of "thinking…".
    pub(super) fn say(&mut self, body: Body, now: Timestamp) -> Result<(), Refusal> {
        if self.thinking_until.is_none() {
            return self.edit(body, now);
        }
        let whole = body.over(&Map::new())?;
        rules::message(&whole)?;
        self.body = whole;
        self.thinking_until = None;
        Ok(())
    }

    /// What is sent replaces what stood there, field by field. `IS_COMPONENTS_V2` cannot be unset.
    pub(super) fn edit(&mut self, body: Body, now: Timestamp) -> Result<(), Refusal> {
        let sticky = self.flags() & COMPONENTS_V2;
        let mut merged = body.over(&self.body)?;
        let flags = merged.get("flags").and_then(Value::as_u64).unwrap_or_default() | sticky;
        merged.insert("flags".to_owned(), json!(flags));
        rules::message(&merged)?;
        self.body = merged;
        self.edited = Some(now);
        self.edits += 1;
        Ok(())
    }

    /// Its flags (Discord: "Message Flags").
    pub fn flags(&self) -> u64 {
        self.body.get("flags").and_then(Value::as_u64).unwrap_or_default()
    }

    fn shown_flags(&self) -> u64 {
        let of = |set: bool, flag: u64| if set { flag } else { 0 };
        self.flags() | of(self.ephemeral, EPHEMERAL) | of(self.thinking_until.is_some(), LOADING)
    }

    /// Its text; empty when it has none.
    pub fn content(&self) -> &str {
        self.body.get("content").and_then(Value::as_str).unwrap_or_default()
    }
}

impl World {
    /// What stands in a channel, oldest first, private answers among it.
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
        self.is_channel(channel)?;
        let id = self.snowflake(now);
        let message = Message::new(id, channel, author, body, now);
        self.keep(message.clone());
        Ok(message)
    }

    pub(super) fn keep(&mut self, message: Message) {
        let (channel, id) = (message.channel, message.id);
        let list = self.messages.entry(channel).or_default();
        if list.len() == REMEMBERED {
            list.remove(0);
        }
        list.push(message);
        self.news.push(News::Message { channel, id, is_new: true });
    }

    /// A message that everybody in its channel sees.
    pub(crate) fn find(&self, channel: ChannelId, message: MessageId) -> Result<&Message, Refusal> {
        self.any_message(channel, message).filter(|one| !one.ephemeral).ok_or(Refusal::Message)
    }

    /// A message, private or not.
    pub(crate) fn any_message(&self, channel: ChannelId, message: MessageId) -> Option<&Message> {
        self.messages(channel).iter().rev().find(|one| one.id == message)
    }

    pub(crate) fn edit(
        &mut self,
        channel: ChannelId,
        message: MessageId,
        editor: UserId,
        body: Body,
        now: Timestamp,
    ) -> Result<Message, Refusal> {
        self.is_channel(channel)?;
        if self.find(channel, message)?.author != editor {
            return Err(Refusal::Author);
        }
        self.rewrite(channel, message, |found| found.edit(body, now))
    }

    pub(crate) fn delete(&mut self, channel: ChannelId, message: MessageId) -> Result<(), Refusal> {
        self.is_channel(channel)?;
        self.find(channel, message)?;
        self.take_away(channel, message);
        Ok(())
    }

    /// Changes a message, private or not.
    pub(super) fn rewrite(
        &mut self,
        channel: ChannelId,
        message: MessageId,
        change: impl FnOnce(&mut Message) -> Result<(), Refusal>,
    ) -> Result<Message, Refusal> {
        let list = self.messages.entry(channel).or_default();
        let found = list.iter_mut().rev().find(|one| one.id == message).ok_or(Refusal::Message)?;
        change(found)?;
        let message = found.clone();
        self.news.push(News::Message { channel, id: message.id, is_new: false });
        Ok(message)
    }

    pub(super) fn take_away(&mut self, channel: ChannelId, id: MessageId) {
        self.messages.entry(channel).or_default().retain(|one| one.id != id);
        self.news.push(News::Gone { channel, id });
    }

    /// What bots that listen to messages are told of these news (Discord: "Message Create" and its like). What one person
    /// alone sees is no message of the guild.
    pub(crate) fn message_dispatches(&self, news: &[News]) -> Vec<Dispatch> {
        let of = |one: &News| {
            let (channel, event, data) = match one {
                News::Message { channel, id, is_new } => {
                    let message = self.find(*channel, *id).ok()?;
                    let event = if *is_new { "MESSAGE_CREATE" } else { "MESSAGE_UPDATE" };
                    (*channel, event, self.message_view(message))
                }
                News::Gone { channel, id } => {
                    (*channel, "MESSAGE_DELETE", json!({ "id": id, "channel_id": channel }))
                }
                News::Status { .. } | News::Commands => return None,
            };
            let (guild, _) = self.channel(channel)?;
            let mut data = data;
            data["guild_id"] = json!(guild);
            Some(Dispatch { guild, to: Audience::Guild, event, data })
        };
        news.iter().filter_map(of).collect()
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
            "author": self.people.get(&message.author).map_or_else(
                || super::incoming::author(message.author),
                super::view::user,
            ),
            "timestamp": message.sent.to_string(),
            "edited_timestamp": message.edited.map(|at| at.to_string()),
            "flags": message.shown_flags(),
        });
        if let (Some(view), Value::Object(fixed)) = (view.as_object_mut(), fixed) {
            view.extend(message.body.clone());
            view.extend(fixed);
            if let Some(origin) = &message.origin {
                view.insert("interaction_metadata".to_owned(), self.origin_view(origin));
                view.insert("application_id".to_owned(), json!(message.author));
            }
            if let Some(Value::Object(webhook)) = self.webhook_view(message.author) {
                view.extend(webhook);
            }
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
        let edit = Body::parse(json!({ "embeds": [{ "title": "two" }] })).unwrap();
        let edited = world.edit(GENERAL, posted.id, BOT, edit, noon()).unwrap();
        assert_eq!((edited.content(), edited.edits), ("one", 1));
        assert_eq!(world.message_view(&edited)["embeds"], json!([{ "title": "two" }]));
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
        let says = json!([{ "type": 10, "content": "one" }]);
        let card = Body::parse_new(json!({ "flags": COMPONENTS_V2, "components": says })).unwrap();
        let posted = world.post(GENERAL, BOT, card, noon()).unwrap();
        let refused = world.edit(GENERAL, posted.id, BOT, text("x"), noon()).unwrap_err();
        assert_eq!(refused.code(), 50_035);
        let unset = Body::parse(json!({ "flags": 0 })).unwrap();
        assert_eq!(world.edit(GENERAL, posted.id, BOT, unset, noon()).unwrap().flags(), COMPONENTS_V2);
        let both = json!({ "flags": COMPONENTS_V2, "components": says, "content": "x" });
        assert_eq!(Body::parse_new(both).unwrap_err().code(), 50_035);
    }

    #[test]
    fn empty_and_endless_messages_are_refused() {
        assert_eq!(Body::parse_new(json!({ "content": "" })), Err(Refusal::Empty));
        assert_eq!(Body::parse_new(json!({ "content": "x".repeat(2001) })).unwrap_err().code(), 50_035);
        assert_eq!(Body::parse(json!([])).unwrap_err().code(), 50_035);
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
