//! What goes back to Discord. Every answer keeps to Discord's limits and pings nobody (SPEC T19).

mod choice;
mod modal;
#[cfg(test)]
mod tests;

use serde::Serialize;
use twilight_model::{
    channel::message::{AllowedMentions, Component, MessageFlags},
    http::interaction::{InteractionResponse, InteractionResponseData, InteractionResponseType},
};

pub use choice::Choice;
pub use modal::{Modal, REASON_INPUT};

use super::components::fit;

/// Components of one message, within Discord's limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card(Vec<Component>);

/// Who sees a message. It is fixed by the first answer: a deferral cannot change it later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Everybody in the channel.
    Public,
    /// Only the person who asked.
    Private,
}

/// One answer to one interaction.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// To a ping.
    Pong,
    /// A message.
    Message(Card, Visibility),
    /// "Thinking…": a message follows within 15 minutes.
    Deferred(Visibility),
    /// The message that carries the pressed button becomes this.
    Update(Card),
    /// The message that carries the pressed button will change, or stays.
    DeferredUpdate,
    /// Suggestions while typing, at most 25.
    Choices(Vec<Choice>),
    /// A question in a window of its own.
    Modal(Modal),
}

impl Card {
    /// Makes the components fit; see [`fit`].
    pub fn new(components: Vec<Component>) -> Self {
        Self(fit(components))
    }

    /// One card below the other, as far as they fit.
    #[must_use]
    pub fn above(self, other: Self) -> Self {
        Self::new(self.0.into_iter().chain(other.0).collect())
    }

    /// The components.
    pub fn components(&self) -> &[Component] {
        &self.0
    }

    /// The body that creates or edits a message by REST; the flag must be there, since a deferral cannot set it.
    pub fn message_body(&self) -> Vec<u8> {
        bytes(&MessageBody {
            components: &self.0,
            flags: MessageFlags::IS_COMPONENTS_V2,
            allowed_mentions: nobody(),
        })
    }
}

impl Answer {
    /// A message that only the person who asked sees.
    pub const fn private(card: Card) -> Self {
        Self::Message(card, Visibility::Private)
    }

    /// A message for the channel.
    pub const fn public(card: Card) -> Self {
        Self::Message(card, Visibility::Public)
    }

    /// The body of the HTTP answer: JSON in UTF-8.
    pub fn to_json(&self) -> Vec<u8> {
        bytes(&InteractionResponse { kind: self.kind(), data: self.data() })
    }

    const fn kind(&self) -> InteractionResponseType {
        match self {
            Self::Pong => InteractionResponseType::Pong,
            Self::Message(..) => InteractionResponseType::ChannelMessageWithSource,
            Self::Deferred(_) => InteractionResponseType::DeferredChannelMessageWithSource,
            Self::Update(_) => InteractionResponseType::UpdateMessage,
            Self::DeferredUpdate => InteractionResponseType::DeferredUpdateMessage,
            Self::Choices(_) => InteractionResponseType::ApplicationCommandAutocompleteResult,
            Self::Modal(_) => InteractionResponseType::Modal,
        }
    }

    fn data(&self) -> Option<InteractionResponseData> {
        match self {
            Self::Pong | Self::DeferredUpdate => None,
            Self::Message(card, visibility) => Some(message(card, visibility.flags())),
            // A deferral may carry only EPHEMERAL; IS_COMPONENTS_V2 comes with the edit.
            Self::Deferred(visibility) => {
                Some(InteractionResponseData { flags: Some(visibility.flags()), ..Default::default() })
            }
            Self::Update(card) => Some(message(card, MessageFlags::empty())),
            Self::Choices(choices) => Some(choice::data(choices)),
            Self::Modal(modal) => Some(modal.data()),
        }
    }
}

impl Visibility {
    const fn flags(self) -> MessageFlags {
        match self {
            Self::Public => MessageFlags::empty(),
            Self::Private => MessageFlags::EPHEMERAL,
        }
    }
}

#[derive(Serialize)]
struct MessageBody<'a> {
    components: &'a [Component],
    flags: MessageFlags,
    allowed_mentions: AllowedMentions,
}

fn message(card: &Card, flags: MessageFlags) -> InteractionResponseData {
    InteractionResponseData {
        allowed_mentions: Some(nobody()),
        components: Some(card.0.clone()),
        flags: Some(flags | MessageFlags::IS_COMPONENTS_V2),
        ..Default::default()
    }
}

/// `{"parse": []}`: no mention in the text pings, whatever got into it.
const fn nobody() -> AllowedMentions {
    AllowedMentions { parse: Vec::new(), replied_user: false, roles: Vec::new(), users: Vec::new() }
}

/// Writing these types into memory cannot fail: their keys are strings and their numbers whole.
fn bytes(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}
