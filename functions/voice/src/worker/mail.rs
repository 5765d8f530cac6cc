//! What a guild's actor is told.

use shared::domain::observed::CardAt;
use shared::domain::queue::EntryId;
use shared::ids::{ChannelId, InteractionId, UserId};
use tokio::sync::oneshot;
use twilight_model::gateway::payload::incoming::VoiceServerUpdate;
use twilight_model::voice::VoiceState;

use super::room::Room;
use crate::failure::PlayError;
use crate::library::Prepared;
use crate::player::PlayerError;

/// A letter to a guild's actor.
#[derive(Debug)]
pub(crate) enum Mail {
    /// The desired state may have changed, or somebody waits for an answer.
    Bell,
    /// Who is in voice, all of them.
    Room(Room),
    /// Somebody came, went or moved.
    Moved(Box<VoiceState>),
    /// Discord has a voice server for us.
    Server(Box<VoiceServerUpdate>),
    /// A track that was asked for is ready, or never will be.
    Prepared(EntryId, Result<Prepared, PlayError>),
    /// The voice connection was tried.
    Connected(Result<(), PlayerError>),
    /// Where REST has found somebody.
    Found(UserId, Option<ChannelId>),
    /// An interaction was answered; a card that stands there from now on.
    Posted(InteractionId, Option<CardAt>),
    /// The card was drawn, or not; the cover that was sent along.
    Drawn(Drawn, Option<Hung>),
    /// Write down where things stand, say so, and end.
    HandOver(HandOver),
}

/// How an actor ends because its worker does.
#[derive(Debug)]
pub(crate) struct HandOver {
    /// Somebody follows: play on until they are in the channel (SPEC P6).
    pub(crate) plays_on: bool,
    /// Told when everything is written down.
    pub(crate) written: oneshot::Sender<()>,
}

/// A cover that was sent along with a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hung {
    /// The card.
    pub(crate) card: CardAt,
    /// Whose cover it is.
    pub(crate) entry: EntryId,
    /// Where Discord keeps it; none if Discord did not want it.
    pub(crate) url: Option<String>,
}

/// What became of drawing the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Drawn {
    /// It shows what it should.
    Yes,
    /// The message is gone; nobody wants it back.
    Gone,
    /// Discord did not take it; later again.
    Later,
}
