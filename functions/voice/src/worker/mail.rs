//! What a guild's actor is told.

use shared::domain::observed::CardAt;
use shared::domain::queue::EntryId;
use shared::ids::{ChannelId, InteractionId, UserId};
use twilight_model::gateway::payload::incoming::VoiceServerUpdate;

use super::room::Room;
use crate::failure::PlayError;
use crate::library::Prepared;
use crate::player::PlayerError;

/// A letter to a guild's actor.
#[derive(Debug)]
pub(crate) enum Mail {
    /// The desired state may have changed, or somebody waits for an answer.
    Bell,
    /// Somebody came, went or moved.
    Room(Room),
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
    /// The card was drawn, or not.
    Drawn(Drawn),
    /// Write down where things stand and end. The voice connection stays until the process ends.
    HandOver,
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
