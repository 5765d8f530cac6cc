//! Replies to interactions: what stands at `@original`, and follow-ups.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{Body, Message, Refusal, World};
use crate::ids::{ApplicationId, ChannelId, MessageId};

/// `EPHEMERAL`.
const EPHEMERAL: u64 = 1 << 6;

/// How long a token may be used (Discord: "Interaction tokens are valid for 15 minutes").
const TOKEN_LIFE: SignedDuration = SignedDuration::from_mins(15);

/// How many interactions are kept when they can be used no more, for tests to look at.
const REMEMBERED: usize = 10_000;

/// An interaction that a bot may still answer.
#[derive(Clone, Debug)]
pub struct Interaction {
    /// Whose.
    pub application: ApplicationId,
    /// Where it was made.
    pub channel: ChannelId,
    /// When.
    pub made: Timestamp,
    /// What stands at `@original`.
    pub reply: Reply,
    /// What was posted after it and not deleted.
    pub follow_ups: Vec<Message>,
    /// The id, which never changes, of `@original`.
    pub(super) original: MessageId,
}

/// What stands at `@original`.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// Nothing has been said.
    Open,
    /// "Thinking…"
    Deferred {
        /// Whether the answer will be for one person alone; fixed from here on.
        ephemeral: bool,
    },
    /// An answer.
    Answered(Message),
    /// It was there and was deleted.
    Deleted,
}

impl Reply {
    fn public(&self, channel: ChannelId, message: MessageId) -> Option<&Message> {
        match self {
            Self::Answered(one) if (one.channel, one.id) == (channel, message) && !one.ephemeral => Some(one),
            _ => None,
        }
    }
}

impl World {
    /// The interaction of a token.
    pub fn interaction(&self, token: &str) -> Option<&Interaction> {
        self.interactions.get(token)
    }

    /// Somebody used a command in `channel`, and its answer may use `token`.
    pub(crate) fn interact(
        &mut self,
        application: ApplicationId,
        channel: ChannelId,
        token: &str,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.channel(channel).ok_or(Refusal::Channel)?;
        let original = self.snowflake(now);
        if self.interactions.len() >= REMEMBERED {
            self.interactions.retain(|_, one| now.duration_since(one.made) <= TOKEN_LIFE);
        }
        let interaction = Interaction {
            application,
            channel,
            made: now,
            reply: Reply::Open,
            follow_ups: Vec::new(),
            original,
        };
        self.interactions.insert(token.to_owned(), interaction);
        Ok(())
    }

    /// The first answer (Discord: "Interaction Callback Type"): 4 and 7 answer, 5 and 6 defer, the rest leave nothing
    /// behind.
    pub(crate) fn call_back(&mut self, token: &str, answer: &Value, now: Timestamp) -> Result<(), Refusal> {
        let interaction = self.usable(token, now)?;
        if interaction.reply != Reply::Open {
            return Err(Refusal::Acknowledged);
        }
        let data = answer.get("data").cloned().unwrap_or_else(|| serde_json::json!({}));
        let ephemeral = data.get("flags").and_then(Value::as_u64).unwrap_or_default() & EPHEMERAL != 0;
        match answer.get("type").and_then(Value::as_u64) {
            Some(4 | 7) => self.answer(token, Body::parse_new(data)?, ephemeral, now),
            Some(5 | 6) => {
                self.usable(token, now)?.reply = Reply::Deferred { ephemeral };
                Ok(())
            }
            Some(1 | 8 | 9 | 12) => Ok(()),
            _ => Err(Refusal::Form),
        }
    }

    /// Puts an answer in the place of "thinking…", or edits the one that stands there.
    pub(crate) fn edit_original(
        &mut self,
        application: ApplicationId,
        token: &str,
        body: Body,
        now: Timestamp,
    ) -> Result<Message, Refusal> {
        let interaction = self.owned(application, token, now)?;
        match &mut interaction.reply {
            Reply::Open | Reply::Deleted => return Err(Refusal::Message),
            Reply::Answered(message) => message.edit(body, now)?,
            Reply::Deferred { ephemeral } => {
                let ephemeral = *ephemeral;
                self.answer(token, body, ephemeral, now)?;
            }
        }
        self.original(application, token, now)
    }

    /// What stands at `@original`.
    pub(crate) fn original(
        &mut self,
        application: ApplicationId,
        token: &str,
        now: Timestamp,
    ) -> Result<Message, Refusal> {
        match &self.owned(application, token, now)?.reply {
            Reply::Answered(message) => Ok(message.clone()),
            _ => Err(Refusal::Message),
        }
    }

    /// Takes `@original` away; "thinking…" too.
    pub(crate) fn delete_original(
        &mut self,
        application: ApplicationId,
        token: &str,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let interaction = self.owned(application, token, now)?;
        if matches!(interaction.reply, Reply::Open | Reply::Deleted) {
            return Err(Refusal::Message);
        }
        interaction.reply = Reply::Deleted;
        Ok(())
    }

    /// Posts another message under the same interaction.
    pub(crate) fn follow_up(
        &mut self,
        application: ApplicationId,
        token: &str,
        body: Body,
        now: Timestamp,
    ) -> Result<Message, Refusal> {
        let id = self.snowflake(now);
        let interaction = self.owned(application, token, now)?;
        let ephemeral = body.flags() & EPHEMERAL != 0;
        let mut message = Message::new(id, interaction.channel, application.cast(), body, now);
        message.ephemeral = ephemeral;
        interaction.follow_ups.push(message.clone());
        Ok(message)
    }

    /// A public answer is a message of its channel, for as long as it stands; a private one is none.
    pub(super) fn public_reply(&self, channel: ChannelId, message: MessageId) -> Option<&Message> {
        self.interactions.values().find_map(|one| one.reply.public(channel, message))
    }

    pub(super) fn public_reply_mut(
        &mut self,
        channel: ChannelId,
        message: MessageId,
    ) -> Option<&mut Message> {
        let found = self.interactions.values_mut().find(|one| one.reply.public(channel, message).is_some());
        match &mut found?.reply {
            Reply::Answered(message) => Some(message),
            _ => None,
        }
    }

    pub(super) fn delete_public_reply(
        &mut self,
        channel: ChannelId,
        message: MessageId,
    ) -> Result<(), Refusal> {
        let found = self.interactions.values_mut().find(|one| one.reply.public(channel, message).is_some());
        found.ok_or(Refusal::Message)?.reply = Reply::Deleted;
        Ok(())
    }

    fn answer(&mut self, token: &str, body: Body, ephemeral: bool, now: Timestamp) -> Result<(), Refusal> {
        let interaction = self.usable(token, now)?;
        let author = interaction.application.cast();
        let mut message = Message::new(interaction.original, interaction.channel, author, body, now);
        message.ephemeral = ephemeral;
        interaction.reply = Reply::Answered(message);
        Ok(())
    }

    fn owned(
        &mut self,
        application: ApplicationId,
        token: &str,
        now: Timestamp,
    ) -> Result<&mut Interaction, Refusal> {
        let interaction = self.usable(token, now)?;
        if interaction.application == application { Ok(interaction) } else { Err(Refusal::Webhook) }
    }

    fn usable(&mut self, token: &str, now: Timestamp) -> Result<&mut Interaction, Refusal> {
        let interaction = self.interactions.get_mut(token).ok_or(Refusal::Webhook)?;
        if now.duration_since(interaction.made) > TOKEN_LIFE {
            return Err(Refusal::Expired);
        }
        Ok(interaction)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::Config;

    const APP: ApplicationId = ApplicationId::new(9001);
    const GENERAL: ChannelId = ChannelId::new(1001);

    fn noon() -> Timestamp {
        "2026-01-02T12:00:00Z".parse().unwrap()
    }

    fn asked() -> World {
        let mut world = World::new(&Config::default());
        world.interact(APP, GENERAL, "t", noon()).unwrap();
        world
    }

    fn text(content: &str) -> Body {
        Body::parse_new(json!({ "content": content })).unwrap()
    }

    #[test]
    fn a_private_deferral_becomes_a_private_answer() {
        let mut world = asked();
        world.call_back("t", &json!({ "type": 5, "data": { "flags": 64 } }), noon()).unwrap();
        assert_eq!(world.original(APP, "t", noon()), Err(Refusal::Message));
        let answer = world.edit_original(APP, "t", text("done"), noon()).unwrap();
        assert!(answer.ephemeral);
        let again = world.edit_original(APP, "t", text("really"), noon()).unwrap();
        assert_eq!((again.id, again.content(), again.edits), (answer.id, "really", 1));
    }

    #[test]
    fn a_public_answer_is_a_message_of_its_channel_and_a_private_one_is_none() {
        for (flags, is_public) in [(0, true), (64, false)] {
            let mut world = asked();
            world.call_back("t", &json!({ "type": 5, "data": { "flags": flags } }), noon()).unwrap();
            let answer = world.edit_original(APP, "t", text("a card"), noon()).unwrap();
            assert_eq!(world.find(GENERAL, answer.id).is_ok(), is_public);
            let edited = world.edit(GENERAL, answer.id, APP.cast(), text("a newer card"), noon());
            assert_eq!(edited.is_ok(), is_public);
            let stands = world.original(APP, "t", noon()).unwrap();
            assert_eq!(stands.content() == "a newer card", is_public);
            assert_eq!(world.delete(GENERAL, answer.id).is_ok(), is_public);
            assert_eq!(world.original(APP, "t", noon()).is_err(), is_public);
        }
    }

    #[test]
    fn one_answers_once() {
        let mut world = asked();
        let answer = json!({ "type": 4, "data": { "content": "hello" } });
        world.call_back("t", &answer, noon()).unwrap();
        assert_eq!(world.call_back("t", &answer, noon()), Err(Refusal::Acknowledged));
        assert_eq!(world.original(APP, "t", noon()).unwrap().content(), "hello");
    }

    #[test]
    fn what_was_deleted_is_gone_and_follow_ups_go_on() {
        let mut world = asked();
        assert_eq!(world.delete_original(APP, "t", noon()), Err(Refusal::Message));
        world.call_back("t", &json!({ "type": 5 }), noon()).unwrap();
        world.delete_original(APP, "t", noon()).unwrap();
        assert_eq!(world.edit_original(APP, "t", text("x"), noon()), Err(Refusal::Message));
        let private = Body::parse_new(json!({ "content": "sorry", "flags": 64 })).unwrap();
        assert!(world.follow_up(APP, "t", private, noon()).unwrap().ephemeral);
        assert_eq!(world.interaction("t").unwrap().follow_ups.len(), 1);
    }

    #[test]
    fn dead_tokens_are_forgotten_when_there_are_many() {
        let mut world = asked();
        for n in 1..REMEMBERED {
            world.interact(APP, GENERAL, &n.to_string(), noon()).unwrap();
        }
        let later = noon() + SignedDuration::from_hours(1);
        world.interact(APP, GENERAL, "new", later).unwrap();
        assert!(world.interaction("t").is_none());
        assert!(world.interaction("new").is_some());
    }

    #[test]
    fn tokens_die_and_belong_to_one_application() {
        let mut world = asked();
        world.call_back("t", &json!({ "type": 5 }), noon()).unwrap();
        let late = noon() + SignedDuration::from_secs(901);
        assert_eq!(world.edit_original(APP, "t", text("x"), late), Err(Refusal::Expired));
        let other = ApplicationId::new(9002);
        assert_eq!(world.edit_original(other, "t", text("x"), noon()), Err(Refusal::Webhook));
        assert_eq!(world.original(APP, "unknown", noon()), Err(Refusal::Webhook));
    }
}
