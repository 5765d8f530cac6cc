//! One sentence: an outcome, a refusal, an error.

use crate::discord::{
    components::{container, text},
    response::Card,
    words::{Message, Words},
};

use super::colour;

/// What kind of sentence it is; shown by the colour of the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// It was done.
    Good,
    /// For information.
    Calm,
    /// It was not done, and the person can do something about it.
    Refusal,
    /// It was not done, and it is our fault.
    Error,
}

/// A card with one sentence.
pub fn notice(words: Words, tone: Tone, message: &Message) -> Card {
    notice_text(tone, words.say(message))
}

/// A card with a text that was put together from words, such as `invite::explain`.
pub fn notice_text(tone: Tone, said: String) -> Card {
    let colour = match tone {
        Tone::Good => colour::GOOD,
        Tone::Calm => colour::CALM,
        Tone::Refusal => colour::REFUSAL,
        Tone::Error => colour::ERROR,
    };
    Card::new(vec![container(colour, vec![text(said)])])
}
