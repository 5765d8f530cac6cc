//! Small builders over twilight's Components V2, and the limits that Discord puts on a message of them.

mod limits;

use twilight_model::channel::message::component::{
    ActionRow, Button, ButtonStyle, Component, Container, FileDisplay, Section, Separator, TextDisplay,
    Thumbnail, UnfurledMediaItem,
};

#[cfg(test)]
pub(in crate::discord) use limits::tests::assert_valid;
pub use limits::{LABEL_MAX, TEXT_MAX, fit};

/// A paragraph of markdown.
pub fn text(content: impl Into<String>) -> Component {
    Component::TextDisplay(TextDisplay { content: content.into(), id: None })
}

/// A picture on a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture<'a> {
    /// Discord fetches it; shown only if it is https (SPEC T20).
    At(&'a str),
    /// A file that is sent along, by its name.
    Attached(&'static str),
}

impl Picture<'_> {
    /// Discord takes addresses up to 2048 characters.
    fn url(self) -> Option<String> {
        match self {
            Self::At(url) => {
                let url = url::Url::parse(url).ok().filter(|url| url.scheme() == "https")?;
                Some(String::from(url)).filter(|url| url.len() <= 2048)
            }
            Self::Attached(name) => Some(Self::address_of(name)),
        }
    }

    fn address_of(name: &str) -> String {
        format!("attachment://{name}")
    }
}

/// Paragraphs beside a picture; without a picture just the paragraphs, since a section must have one.
pub fn beside_picture(paragraphs: Vec<String>, picture: Option<Picture<'_>>) -> Vec<Component> {
    let paragraphs = paragraphs.into_iter().map(text).collect();
    let Some(url) = picture.and_then(Picture::url) else { return paragraphs };
    let thumbnail = Thumbnail { description: None, id: None, media: media(url), spoiler: None };
    let accessory = Box::new(Component::Thumbnail(thumbnail));
    vec![Component::Section(Section { accessory, components: paragraphs, id: None })]
}

/// A frame with a coloured edge, `0xRRGGBB`.
pub fn container(colour: u32, components: Vec<Component>) -> Component {
    Component::Container(Container { accent_color: Some(Some(colour)), components, id: None, spoiler: None })
}

/// A file that is sent along, by its name; without it Discord shows none of a message that is made of components.
pub fn file(name: &str) -> Component {
    let file = media(Picture::address_of(name));
    Component::File(FileDisplay { file, id: None, spoiler: None })
}

/// A line between parts.
pub const fn separator() -> Component {
    Component::Separator(Separator { divider: None, id: None, spacing: None })
}

/// Up to five buttons side by side.
pub fn row(buttons: Vec<Button>) -> Component {
    Component::ActionRow(ActionRow {
        components: buttons.into_iter().map(Component::Button).collect(),
        id: None,
    })
}

/// A button that sends `custom_id` back to us.
pub fn button(style: ButtonStyle, label: impl Into<String>, custom_id: String) -> Button {
    Button {
        custom_id: Some(custom_id),
        disabled: false,
        emoji: None,
        id: None,
        label: Some(label.into()),
        sku_id: None,
        style,
        url: None,
    }
}

/// The same button, greyed out where `disabled`.
#[must_use]
pub fn disabled_if(disabled: bool, button: Button) -> Button {
    Button { disabled, ..button }
}

/// A button that opens an address in the person's browser.
pub fn link_button(label: impl Into<String>, address: String) -> Button {
    Button {
        custom_id: None,
        disabled: false,
        emoji: None,
        id: None,
        label: Some(label.into()),
        sku_id: None,
        style: ButtonStyle::Link,
        url: Some(address),
    }
}

const fn media(url: String) -> UnfurledMediaItem {
    UnfurledMediaItem { content_type: None, height: None, proxy_url: None, url, width: None }
}
