//! What Discord demands of a bot's answers and messages. Whoever breaks a rule learns which, and where.
//!
//! Lengths and counts of single components and embeds are checked by twilight-validate, which is not ours; what concerns
//! a whole message, an answer or a form is checked here.

mod callback;
mod components;
mod message;

pub(crate) use callback::callback;
pub(crate) use components::all as all_components;
pub(crate) use message::message;

/// A rule that was broken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{rule} (at {at:?})")]
pub struct Violation {
    /// Where, as in `data.components.0`; empty: the whole.
    pub at: String,
    /// Which rule.
    pub rule: String,
}

impl Violation {
    /// A rule that was broken at this place.
    pub(crate) fn new(at: &str, rule: &str) -> Self {
        Self { at: at.to_owned(), rule: rule.to_owned() }
    }

    /// The same below another place.
    fn below(mut self, place: &str) -> Self {
        self.at = if self.at.is_empty() { place.to_owned() } else { format!("{place}.{}", self.at) };
        self
    }
}

fn demand(holds: bool, at: &str, rule: &str) -> Result<(), Violation> {
    if holds { Ok(()) } else { Err(Violation::new(at, rule)) }
}

fn length(text: &str) -> usize {
    text.chars().count()
}
