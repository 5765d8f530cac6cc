//! What a file or its source says of a track. The words are cut and cleaned as any others (SPEC T20).

use shared::domain::track::Title;
use symphonia::core::meta::{MetadataRevision, StandardTagKey};

use super::Art;

/// Title, artist and picture, where there are any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags {
    /// The track's title.
    pub title: Option<Title>,
    /// Who made it.
    pub artist: Option<Title>,
    /// Its picture.
    pub art: Option<Art>,
}

impl Tags {
    /// What `self` lacks is taken from `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            title: self.title.or(other.title),
            artist: self.artist.or(other.artist),
            art: self.art.or(other.art),
        }
    }

    pub(crate) fn read(revision: &MetadataRevision) -> Self {
        let find = |wanted: StandardTagKey| {
            let tag = revision.tags().iter().find(|tag| tag.std_key == Some(wanted))?;
            Title::parse(&tag.value.to_string())
        };
        Self {
            title: find(StandardTagKey::TrackTitle),
            artist: find(StandardTagKey::Artist),
            art: Art::read(revision),
        }
    }
}
