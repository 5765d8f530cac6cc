//! A window that asks for one text.

use twilight_model::{
    channel::message::component::{Component, Label, TextInput, TextInputStyle},
    http::interaction::InteractionResponseData,
};

use crate::discord::escape::plain;

/// The custom id of the modal's text input; read it with `ModalData::text`.
pub const REASON_INPUT: &str = "reason";
const TITLE_MAX: usize = 45;

/// A window with a title, a question and room for a paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Modal {
    title: String,
    question: String,
    custom_id: String,
    max_length: u16,
}

impl Modal {
    /// Asks `question` and sends at most `max_length` characters (1 to 4000) back under `custom_id`.
    pub fn new(title: &str, question: &str, custom_id: String, max_length: u16) -> Self {
        let (title, question) = (plain(title, TITLE_MAX), plain(question, TITLE_MAX));
        Self { title, question, custom_id, max_length: max_length.clamp(1, 4000) }
    }

    pub(super) fn data(&self) -> InteractionResponseData {
        #[expect(deprecated, reason = "the struct has no other constructor; the label stands on the Label")]
        let input = TextInput {
            custom_id: REASON_INPUT.to_owned(),
            id: None,
            label: None,
            max_length: Some(self.max_length),
            min_length: Some(1),
            placeholder: None,
            required: Some(true),
            style: TextInputStyle::Paragraph,
            value: None,
        };
        let component = Box::new(Component::TextInput(input));
        let label = Label { component, description: None, id: None, label: self.question.clone() };
        InteractionResponseData {
            custom_id: Some(self.custom_id.clone()),
            title: Some(self.title.clone()),
            components: Some(vec![Component::Label(label)]),
            ..Default::default()
        }
    }
}
