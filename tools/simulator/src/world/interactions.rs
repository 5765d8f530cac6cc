//! Interactions: who used the bot, what stands at `@original`, and what followed.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::messages::EPHEMERAL;
use super::{Body, File, Message, Refusal, World};
use crate::ids::{ApplicationId, ChannelId, InteractionId, MessageId, UserId};
use crate::rules;

/// How long a token may be used (Discord: "Interaction tokens are valid for 15 minutes").
const TOKEN_LIFE: SignedDuration = SignedDuration::from_mins(15);

/// How many interactions are kept when they can be used no more, for tests to look at.
const REMEMBERED: usize = 10_000;

/// Somebody used a bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The interaction.
    pub interaction: InteractionId,
    /// Discord's type: 2 a command, 3 a component, 4 autocomplete, 5 a modal.
    pub kind: u8,
    /// Who.
    pub user: UserId,
    /// The command with its subcommands.
    pub command: Option<String>,
}

/// An interaction that a bot may answer from now on.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) application: ApplicationId,
    pub(crate) channel: ChannelId,
    pub(crate) token: String,
    /// None: somebody whom nobody knows.
    pub(crate) origin: Option<Origin>,
    /// The message that was pressed.
    pub(crate) pressed: Option<MessageId>,
}

impl Asked {
    /// An interaction of which only its answer matters.
    pub(crate) fn by_nobody(application: ApplicationId, channel: ChannelId, token: &str) -> Self {
        Self { application, channel, token: token.to_owned(), origin: None, pressed: None }
    }
}

/// An interaction that a bot may still answer.
#[derive(Clone, Debug)]
pub struct Interaction {
    /// Whose.
    pub application: ApplicationId,
    /// Where it was made.
    pub channel: ChannelId,
    /// When.
    pub made: Timestamp,
    origin: Option<Origin>,
    pressed: Option<MessageId>,
    /// The id of `@original`: that of the answer, or of the message that was pressed and edited.
    original: MessageId,
    stands: Stands,
    follow_ups: Vec<MessageId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stands {
    /// Nothing has been said.
    Open,
    /// There is, or was, a message.
    Said,
    /// The answer left no message: choices, a modal.
    Elsewhere,
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

/// What a bot's first answer makes of an interaction (Discord: "Interaction Callback Type").
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Callback {
    /// A message (4).
    Message,
    /// "Thinking…" (5).
    Deferred,
    /// The message that was pressed is another now, or will be (6, 7).
    Update,
    /// What to choose from (8).
    Choices(Value),
    /// A form to fill in (9).
    Modal(Value),
    /// Something that leaves nothing behind.
    Nothing,
}

impl World {
    /// The interaction of a token.
    pub fn interaction(&self, token: &str) -> Option<&Interaction> {
        self.interactions.get(token)
    }

    /// What stands at its `@original`.
    pub fn reply(&self, token: &str) -> Option<Reply> {
        let interaction = self.interaction(token)?;
        if interaction.stands != Stands::Said {
            return Some(Reply::Open);
        }
        let message = self.any_message(interaction.channel, interaction.original);
        Some(match message {
            None => Reply::Deleted,
            Some(message) if message.thinking_until.is_some() => {
                Reply::Deferred { ephemeral: message.ephemeral }
            }
            Some(message) => Reply::Answered(message.clone()),
        })
    }

    /// What was posted after it and not deleted.
    pub fn follow_ups(&self, token: &str) -> Vec<Message> {
        let Some(interaction) = self.interaction(token) else { return Vec::new() };
        let found = interaction.follow_ups.iter().filter_map(|id| self.any_message(interaction.channel, *id));
        found.cloned().collect()
    }

    /// Somebody used a bot: its answers may use the token.
    pub(crate) fn ask(&mut self, asked: Asked, now: Timestamp) -> Result<(), Refusal> {
        self.is_channel(asked.channel)?;
        let original = self.snowflake(now);
        if self.interactions.len() >= REMEMBERED {
            self.interactions.retain(|_, one| now.duration_since(one.made) <= TOKEN_LIFE);
        }
        let Asked { application, channel, token, origin, pressed } = asked;
        let interaction = Interaction {
            application,
            channel,
            made: now,
            origin,
            pressed,
            original,
            stands: Stands::Open,
            follow_ups: Vec::new(),
        };
        self.interactions.insert(token, interaction);
        Ok(())
    }

    /// The first answer. One that breaks a rule of Discord's leaves the interaction unanswered.
    pub(crate) fn call_back(
        &mut self,
        token: &str,
        answer: &Value,
        now: Timestamp,
    ) -> Result<Callback, Refusal> {
        let interaction = self.usable(token, now)?.clone();
        if interaction.stands != Stands::Open {
            return Err(Refusal::Acknowledged);
        }
        rules::callback(interaction.origin.as_ref().map(|origin| origin.kind), answer)?;
        let data = answer.get("data").cloned().unwrap_or_else(|| json!({}));
        let ephemeral = data.get("flags").and_then(Value::as_u64).unwrap_or_default() & EPHEMERAL != 0;
        let callback = match (answer.get("type").and_then(Value::as_u64), interaction.pressed) {
            (Some(4), _) => {
                self.answer(&interaction, Body::parse_new(data)?, ephemeral, None, now);
                Callback::Message
            }
            (Some(5), _) => {
                let until = now + TOKEN_LIFE;
                self.answer(&interaction, Body::empty(), ephemeral, Some(until), now);
                Callback::Deferred
            }
            (Some(6), Some(_)) => Callback::Update,
            (Some(7), Some(pressed)) => {
                let body = Body::parse(data)?;
                self.rewrite(interaction.channel, pressed, |message| message.edit(body, now))?;
                Callback::Update
            }
            (Some(6 | 7), None) => {
                return Err(Refusal::form("type", "there is no message that it could update"));
            }
            (Some(8), _) => Callback::Choices(data.get("choices").cloned().unwrap_or_default()),
            (Some(9), _) => {
                self.hand_out(&interaction, &data);
                Callback::Modal(data)
            }
            _ => Callback::Nothing,
        };
        let asked = self.usable(token, now)?;
        asked.stands = match callback {
            Callback::Message | Callback::Deferred | Callback::Update => Stands::Said,
            Callback::Choices(_) | Callback::Modal(_) | Callback::Nothing => Stands::Elsewhere,
        };
        if let (Callback::Update, Some(pressed)) = (&callback, asked.pressed) {
            asked.original = pressed;
        }
        Ok(callback)
    }

    /// A form that somebody has before them.
    pub(crate) fn modal(&self, user: UserId, custom_id: &str) -> Option<&Value> {
        self.modals.get(&(user, custom_id.to_owned()))
    }

    fn hand_out(&mut self, interaction: &Interaction, modal: &Value) {
        if let (Some(origin), Some(custom_id)) = (&interaction.origin, modal["custom_id"].as_str()) {
            self.modals.insert((origin.user, custom_id.to_owned()), modal.clone());
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
        let (channel, original) = self.place(application, token, now)?;
        self.rewrite(channel, original, |message| message.say(body, now))
    }

    /// The body with the files that came along, which are kept for the channel of the answer.
    pub(crate) fn with_files(
        &mut self,
        application: ApplicationId,
        token: &str,
        body: Body,
        files: Vec<File>,
        now: Timestamp,
    ) -> Result<Body, Refusal> {
        let (channel, _) = self.place(application, token, now)?;
        Ok(body.with(self.keep_files(channel, files, now)))
    }

    /// What stands at `@original`.
    pub(crate) fn original(
        &mut self,
        application: ApplicationId,
        token: &str,
        now: Timestamp,
    ) -> Result<Message, Refusal> {
        let (channel, original) = self.place(application, token, now)?;
        let message = self.any_message(channel, original).filter(|one| one.thinking_until.is_none());
        message.cloned().ok_or(Refusal::Message)
    }

    /// Takes `@original` away; "thinking…" too.
    pub(crate) fn delete_original(
        &mut self,
        application: ApplicationId,
        token: &str,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let (channel, original) = self.place(application, token, now)?;
        self.any_message(channel, original).ok_or(Refusal::Message)?;
        self.take_away(channel, original);
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
        let (id, ephemeral) = (self.snowflake(now), body.flags() & EPHEMERAL != 0);
        let interaction = self.owned(application, token, now)?;
        if interaction.stands == Stands::Open {
            return Err(Refusal::Webhook);
        }
        let mut message = Message::new(id, interaction.channel, application.cast(), body, now);
        message.ephemeral = ephemeral;
        message.origin.clone_from(&interaction.origin);
        interaction.follow_ups.push(id);
        self.keep(message.clone());
        Ok(message)
    }

    /// A follow-up of this interaction, to edit or delete it by its id.
    pub(crate) fn follow_up_at(
        &mut self,
        application: ApplicationId,
        token: &str,
        id: MessageId,
        now: Timestamp,
    ) -> Result<ChannelId, Refusal> {
        let interaction = self.owned(application, token, now)?;
        let is_one = interaction.follow_ups.contains(&id);
        if is_one { Ok(interaction.channel) } else { Err(Refusal::Message) }
    }

    /// Edits a follow-up.
    pub(crate) fn edit_follow_up(
        &mut self,
        application: ApplicationId,
        (token, id): (&str, MessageId),
        body: Body,
        now: Timestamp,
    ) -> Result<Message, Refusal> {
        let channel = self.follow_up_at(application, token, id, now)?;
        self.rewrite(channel, id, |message| message.edit(body, now))
    }

    /// Takes a follow-up away.
    pub(crate) fn delete_follow_up(
        &mut self,
        application: ApplicationId,
        (token, id): (&str, MessageId),
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let channel = self.follow_up_at(application, token, id, now)?;
        self.any_message(channel, id).ok_or(Refusal::Message)?;
        self.take_away(channel, id);
        Ok(())
    }

    /// What a message answers (Discord: "Message Interaction Metadata").
    pub(super) fn origin_view(&self, origin: &Origin) -> Value {
        json!({
            "id": origin.interaction,
            "type": origin.kind,
            "user": self.people.get(&origin.user).map(super::view::user),
            "name": origin.command,
            "authorizing_integration_owners": {},
        })
    }

    fn answer(
        &mut self,
        interaction: &Interaction,
        body: Body,
        ephemeral: bool,
        thinking_until: Option<Timestamp>,
        now: Timestamp,
    ) {
        let author = interaction.application.cast();
        let mut message = Message::new(interaction.original, interaction.channel, author, body, now);
        message.ephemeral = ephemeral;
        message.origin.clone_from(&interaction.origin);
        message.thinking_until = thinking_until;
        self.keep(message);
    }

    fn place(
        &mut self,
        application: ApplicationId,
        token: &str,
        now: Timestamp,
    ) -> Result<(ChannelId, MessageId), Refusal> {
        let interaction = self.owned(application, token, now)?;
        let is_there = interaction.stands == Stands::Said;
        if is_there { Ok((interaction.channel, interaction.original)) } else { Err(Refusal::Message) }
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
#[path = "interactions_tests.rs"]
mod tests;
