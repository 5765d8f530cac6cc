//! What the ids in a command stand for; Discord sends it along.

use std::collections::HashMap;

use serde::Deserialize;

use crate::ids::MessageId;

/// The things behind a command's ids. Users, members, roles and channels are not read: their ids are enough.
#[derive(Debug, Default, Deserialize)]
pub struct Resolved {
    #[serde(default)]
    messages: HashMap<String, ResolvedMessage>,
    #[serde(default)]
    attachments: HashMap<String, Attachment>,
}

impl Resolved {
    /// The message with this id.
    pub fn message(&self, id: &str) -> Option<&ResolvedMessage> {
        self.messages.get(id)
    }

    /// The uploaded file with this id.
    pub fn attachment(&self, id: &str) -> Option<&Attachment> {
        self.attachments.get(id)
    }
}

/// A message that "Play this" was called on. Its text is read, never stored (SPEC T28).
#[derive(Clone, Debug, Deserialize)]
pub struct ResolvedMessage {
    /// Its id.
    pub id: MessageId,
    /// Its text; unchecked.
    #[serde(default)]
    pub content: String,
    /// Its files.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
}

/// An uploaded file.
#[derive(Clone, Debug, Deserialize)]
pub struct Attachment {
    /// Its name; unchecked.
    #[serde(default)]
    pub filename: String,
    /// Where Discord keeps it; unchecked.
    #[serde(default)]
    pub url: String,
    /// The media type that Discord says, e.g. `audio/mpeg`.
    pub content_type: Option<String>,
    /// Its size in bytes.
    #[serde(default)]
    pub size: u64,
    /// How long it plays, in seconds, where Discord knows.
    pub duration_secs: Option<f64>,
}

impl Attachment {
    /// Whether it is worth trying: sound, a video with sound, or a type that Discord does not know.
    pub fn may_hold_sound(&self) -> bool {
        let kind = self.content_type.as_deref().unwrap_or("application/octet-stream");
        ["audio/", "video/", "application/ogg", "application/octet-stream"]
            .iter()
            .any(|known| kind.starts_with(known))
    }
}
