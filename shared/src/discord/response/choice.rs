//! Suggestions of an autocomplete: at most 25, name and value of 1 to 100 characters each.

use twilight_model::{
    application::command::{CommandOptionChoice, CommandOptionChoiceValue},
    http::interaction::InteractionResponseData,
};

use crate::discord::escape::{plain, units};

const CHOICES_MAX: usize = 25;
const LENGTH_MAX: usize = 100;

/// One suggestion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    name: String,
    value: String,
}

impl Choice {
    /// `name` is shown and may be untrusted; `value` is sent back. A name is cut; a value that does not fit cannot
    /// be cut without becoming another one, so there is no such choice.
    pub fn new(name: &str, value: &str) -> Option<Self> {
        let name = plain(name, LENGTH_MAX);
        let fits = (1..=LENGTH_MAX).contains(&units(value)) && !name.is_empty();
        fits.then(|| Self { name, value: value.to_owned() })
    }
}

pub(super) fn data(choices: &[Choice]) -> InteractionResponseData {
    let choices = choices.iter().take(CHOICES_MAX).map(|choice| CommandOptionChoice {
        name: choice.name.clone(),
        name_localizations: None,
        value: CommandOptionChoiceValue::String(choice.value.clone()),
    });
    InteractionResponseData { choices: Some(choices.collect()), ..Default::default() }
}
