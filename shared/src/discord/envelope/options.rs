//! Typed access to a command's options; the error names the field (SPEC W33).

use core::str::FromStr;

use serde::Deserialize;
use serde_json::Value;

use super::{Focused, resolved::Attachment, resolved::Resolved};
use crate::ids::{RoleId, UserId};

/// An option is not what the command was registered with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OptionError {
    /// A required option is absent.
    #[error("option {field} is missing")]
    Missing {
        /// The option's name.
        field: &'static str,
    },
    /// The option holds another type.
    #[error("option {field} has the wrong type")]
    WrongType {
        /// The option's name.
        field: &'static str,
    },
    /// The option points at something that the payload does not carry.
    #[error("option {field} points at nothing")]
    Unresolved {
        /// The option's name.
        field: &'static str,
    },
    /// There is an option that this command does not have.
    #[error("an option is not known to this command")]
    Unknown,
}

impl OptionError {
    /// The option's name, unless the option is one that we do not know.
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            Self::Missing { field } | Self::WrongType { field } | Self::Unresolved { field } => Some(field),
            Self::Unknown => None,
        }
    }
}

/// The options of one command.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    options: &'a [RawOption],
    resolved: &'a Resolved,
}

impl<'a> Options<'a> {
    pub(super) const fn new(options: &'a [RawOption], resolved: &'a Resolved) -> Self {
        Self { options, resolved }
    }

    /// A text; unchecked.
    pub fn string(&self, field: &'static str) -> Result<&'a str, OptionError> {
        required(field, self.optional_string(field))
    }

    /// A text that may be absent; unchecked.
    pub fn optional_string(&self, field: &'static str) -> Result<Option<&'a str>, OptionError> {
        self.get(field, Shape::String, Value::as_str)
    }

    /// A whole number.
    pub fn integer(&self, field: &'static str) -> Result<i64, OptionError> {
        required(field, self.optional_integer(field))
    }

    /// A whole number that may be absent.
    pub fn optional_integer(&self, field: &'static str) -> Result<Option<i64>, OptionError> {
        self.get(field, Shape::Integer, Value::as_i64)
    }

    /// Yes or no.
    pub fn boolean(&self, field: &'static str) -> Result<bool, OptionError> {
        required(field, self.optional_boolean(field))
    }

    /// Yes or no, or absent.
    pub fn optional_boolean(&self, field: &'static str) -> Result<Option<bool>, OptionError> {
        self.get(field, Shape::Boolean, Value::as_bool)
    }

    /// A role.
    pub fn role(&self, field: &'static str) -> Result<RoleId, OptionError> {
        required(field, self.optional_role(field))
    }

    /// A role that may be absent.
    pub fn optional_role(&self, field: &'static str) -> Result<Option<RoleId>, OptionError> {
        self.get(field, Shape::Role, id)
    }

    /// A person.
    pub fn user(&self, field: &'static str) -> Result<UserId, OptionError> {
        required(field, self.get(field, Shape::User, id))
    }

    /// An uploaded file that may be absent.
    pub fn optional_attachment(&self, field: &'static str) -> Result<Option<&'a Attachment>, OptionError> {
        let Some(id) = self.get(field, Shape::Attachment, Value::as_str)? else { return Ok(None) };
        self.resolved.attachment(id).map(Some).ok_or(OptionError::Unresolved { field })
    }

    /// Refuses options other than these: the registration and the code must agree (SPEC W33).
    pub fn only(&self, fields: &[&str]) -> Result<(), OptionError> {
        let known = |option: &RawOption| fields.contains(&option.name.as_str());
        if self.options.iter().all(known) { Ok(()) } else { Err(OptionError::Unknown) }
    }

    fn get<T>(
        &self,
        field: &'static str,
        shape: Shape,
        read: impl Fn(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, OptionError> {
        let Some(option) = self.options.iter().find(|option| option.name == field) else { return Ok(None) };
        let value = option.value.as_ref().filter(|_| option.shape() == shape);
        value.and_then(read).map(Some).ok_or(OptionError::WrongType { field })
    }
}

fn required<T>(field: &'static str, value: Result<Option<T>, OptionError>) -> Result<T, OptionError> {
    value?.ok_or(OptionError::Missing { field })
}

fn id<T: FromStr>(value: &Value) -> Option<T> {
    value.as_str()?.parse().ok()
}

/// One option as it comes.
#[derive(Debug, Deserialize)]
pub(super) struct RawOption {
    pub(super) name: String,
    #[serde(rename = "type", default)]
    kind: u8,
    value: Option<Value>,
    #[serde(default)]
    pub(super) options: Vec<RawOption>,
    #[serde(default)]
    pub(super) focused: bool,
}

/// What an option holds; everything else that Discord has is [`Shape::Other`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Nested,
    String,
    Integer,
    Boolean,
    User,
    Role,
    Attachment,
    Other,
}

impl RawOption {
    pub(super) const fn shape(&self) -> Shape {
        match self.kind {
            1 | 2 => Shape::Nested,
            3 => Shape::String,
            4 => Shape::Integer,
            5 => Shape::Boolean,
            6 => Shape::User,
            8 => Shape::Role,
            11 => Shape::Attachment,
            _ => Shape::Other,
        }
    }

    /// A half-typed number comes as text too, so the value is read as text or as nothing.
    pub(super) fn as_focused(&self) -> Focused<'_> {
        let value = self.value.as_ref().and_then(Value::as_str).unwrap_or_default();
        Focused { name: &self.name, value }
    }
}
