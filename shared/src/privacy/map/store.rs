//! What the map says of a store, its rows and their fields.

use serde::ser::{SerializeMap as _, Serializer};

use super::{Class, End, Purpose, placeholder};
use crate::privacy::Place;

/// Something that keeps data.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Store {
    /// What follows the prefix in its name; `{…}` stands for any text.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// What lies there, in a sentence or two.
    pub about: &'static str,
    /// The code that writes it.
    pub owners: &'static [&'static str],
    /// Where an export and an erasure look for it; `None`: they do not, and `about` says why.
    pub place: Option<Place>,
    /// The attributes of a table's key.
    pub keys: &'static [&'static str],
    /// Its kinds of rows, objects, messages or lines.
    pub rows: &'static [Row],
}

/// What a store is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A table.
    Table,
    /// A bucket.
    Bucket,
    /// A secret, or several of one kind.
    Secret,
    /// A queue.
    Queue,
    /// The stream of a table.
    Stream,
    /// A log group.
    LogGroup,
    /// Metrics.
    Metrics,
    /// A topic.
    Topic,
    /// Files of a developer.
    Files,
}

/// One kind of row.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Row {
    /// The values of the store's keys, in their order; `{…}` stands for any text. Of a bucket: the object's key.
    pub key: &'static [&'static str],
    /// What it is, or who it is about.
    pub about: &'static str,
    /// What it is for; by what right follows from that.
    pub purpose: Purpose,
    /// When it is gone.
    pub end: End,
    /// More about its end; may be empty.
    pub sooner: &'static str,
    /// All that is in it but the keys, with the names that are stored. `a.b` is `b` within `a`.
    #[serde(serialize_with = "by_name")]
    pub fields: &'static [Field],
}

/// One field.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// How much of somebody is in it.
    pub class: Class,
}

impl Kind {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Bucket => "bucket",
            Self::Secret => "secret",
            Self::Queue => "queue",
            Self::Stream => "stream",
            Self::LogGroup => "log group",
            Self::Metrics => "metrics",
            Self::Topic => "topic",
            Self::Files => "files",
        }
    }
}

impl Row {
    /// The most that is in its keys: a word in them that nobody decided about says as much as a person's id.
    pub fn class_of_keys(&self) -> Class {
        let classes = self.key.iter().map(|key| placeholder::class(key).unwrap_or(Class::Personal));
        classes.max().unwrap_or(Class::Public)
    }

    /// Whether it says something about a person.
    pub fn is_about_people(&self) -> bool {
        let fields = self.fields.iter().map(|field| field.class);
        fields.chain([self.class_of_keys()]).any(Class::is_about_people)
    }
}

impl Field {
    /// Whether it is this attribute, or in it.
    pub fn is_in(&self, attribute: &str) -> bool {
        let rest = self.name.strip_prefix(attribute);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

fn by_name<S: Serializer>(fields: &[Field], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(fields.len()))?;
    for field in fields {
        map.serialize_entry(field.name, &field.class)?;
    }
    map.end()
}

/// A field that could stand on a notice board.
pub(super) const fn public(name: &'static str) -> Field {
    Field { name, class: Class::Public }
}

/// A field about somebody whom only the holder of a key can name.
pub(super) const fn pseudonymous(name: &'static str) -> Field {
    Field { name, class: Class::Pseudonymous }
}

/// A field about somebody.
pub(super) const fn personal(name: &'static str) -> Field {
    Field { name, class: Class::Personal }
}

/// A field that nobody may read.
pub(super) const fn secret(name: &'static str) -> Field {
    Field { name, class: Class::Secret }
}
