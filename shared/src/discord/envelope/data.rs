//! The part of an interaction that depends on its kind.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    Kind,
    options::{Options, RawOption, Shape},
    resolved::{Resolved, ResolvedMessage},
};

/// What was done.
#[derive(Debug)]
pub enum Data {
    /// A command, or a keystroke in one.
    Command(CommandData),
    /// A button or a select.
    Component(ComponentData),
    /// A modal's values.
    Modal(ModalData),
}

impl Data {
    /// `None` for kinds without data that we understand.
    pub(super) fn parse(kind: Kind, raw: &RawValue) -> serde_json::Result<Option<Self>> {
        let raw = raw.get();
        Ok(match kind {
            Kind::Command | Kind::Autocomplete => Some(Self::Command(serde_json::from_str(raw)?)),
            Kind::Component => Some(Self::Component(serde_json::from_str(raw)?)),
            Kind::Modal => Some(Self::Modal(serde_json::from_str(raw)?)),
            Kind::Ping | Kind::Other(_) => None,
        })
    }
}

/// A command with its options.
#[derive(Debug, Deserialize)]
pub struct CommandData {
    /// The registered name, e.g. `playlist`.
    pub name: String,
    /// How it was called.
    #[serde(rename = "type", default)]
    pub kind: CommandKind,
    #[serde(default)]
    options: Vec<RawOption>,
    /// What the ids in options and in `target_id` stand for.
    #[serde(default)]
    pub resolved: Resolved,
    /// The message or user that a context-menu command was called on.
    pub target_id: Option<String>,
}

/// How a command is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "u8")]
pub enum CommandKind {
    /// `/name`.
    #[default]
    Chat,
    /// From a user's menu.
    User,
    /// From a message's menu.
    Message,
    /// From the app launcher.
    EntryPoint,
    /// Something that Discord added later.
    Other(u8),
}

impl From<u8> for CommandKind {
    fn from(kind: u8) -> Self {
        match kind {
            1 => Self::Chat,
            2 => Self::User,
            3 => Self::Message,
            4 => Self::EntryPoint,
            other => Self::Other(other),
        }
    }
}

/// The option that an autocomplete keystroke went into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Focused<'a> {
    /// The option's name.
    pub name: &'a str,
    /// What has been typed so far; unchecked.
    pub value: &'a str,
}

impl CommandData {
    /// The command with its group and subcommand, separated by spaces: `admin lockdown on`.
    pub fn path(&self) -> String {
        let mut path = self.name.clone();
        self.descend(|name| {
            path.push(' ');
            path.push_str(name);
        });
        path
    }

    /// The innermost subcommand.
    pub fn subcommand(&self) -> Option<&str> {
        let mut last = None;
        self.descend(|name| last = Some(name));
        last
    }

    /// The options of the innermost subcommand, or of the command itself.
    pub fn options(&self) -> Options<'_> {
        Options::new(self.descend(|_| ()), &self.resolved)
    }

    /// The option that has the cursor, in an autocomplete interaction.
    pub fn focused(&self) -> Option<Focused<'_>> {
        self.descend(|_| ()).iter().find(|option| option.focused).map(RawOption::as_focused)
    }

    /// The message that a message command was called on.
    pub fn target_message(&self) -> Option<&ResolvedMessage> {
        self.resolved.message(self.target_id.as_deref()?)
    }

    /// Walks into subcommands (at most a group and a subcommand) and returns the leaf's options.
    /// The names below the command's own: a group and a subcommand, or only one of them, or none.
    pub fn subcommands(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.descend(|name| names.push(name));
        names
    }

    fn descend<'a>(&'a self, mut enter: impl FnMut(&'a str)) -> &'a [RawOption] {
        let mut options = &self.options[..];
        for _ in 0..2 {
            match options {
                [only] if only.shape() == Shape::Nested => {
                    enter(&only.name);
                    options = &only.options;
                }
                _ => break,
            }
        }
        options
    }
}

/// A button that was pressed or a select that was changed.
#[derive(Debug, Deserialize)]
pub struct ComponentData {
    /// Our own signed id; unchecked (SPEC P2).
    pub custom_id: String,
    /// Discord's number for the kind of component.
    #[serde(default)]
    pub component_type: u8,
    /// What was selected; empty for buttons.
    #[serde(default)]
    pub values: Vec<String>,
}

/// A modal's values.
#[derive(Debug, Deserialize)]
pub struct ModalData {
    /// Our own signed id; unchecked (SPEC P2).
    pub custom_id: String,
    #[serde(default)]
    components: Vec<ModalComponent>,
}

impl ModalData {
    /// What was typed into the text input with this id; unchecked.
    pub fn text(&self, custom_id: &str) -> Option<&str> {
        self.components.iter().find_map(|component| component.text(custom_id))
    }
}

/// A label holds one `component`, an action row holds `components`, an input holds the value.
#[derive(Debug, Deserialize)]
struct ModalComponent {
    custom_id: Option<String>,
    value: Option<serde_json::Value>,
    component: Option<Box<ModalComponent>>,
    #[serde(default)]
    components: Vec<ModalComponent>,
}

impl ModalComponent {
    /// Depth is bounded by the parser's recursion limit.
    fn text(&self, custom_id: &str) -> Option<&str> {
        if self.custom_id.as_deref() == Some(custom_id) {
            return self.value.as_ref()?.as_str();
        }
        self.component.iter().map(Box::as_ref).chain(&self.components).find_map(|inner| inner.text(custom_id))
    }
}
