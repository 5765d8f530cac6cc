//! Ids that follow from the interaction, so that doing it twice makes the same ids and not two tracks.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::InteractionId;

/// A track in a queue: the interaction that asked for it, and which of that interaction's tracks it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EntryId {
    origin: u64,
    index: u16,
}

/// Not twenty hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an entry id")]
pub struct ParseEntryIdError;

impl EntryId {
    /// The id of the `index`th track that `origin` asked for.
    pub const fn new(origin: u64, index: u16) -> Self {
        Self { origin, index }
    }

    /// Ten bytes, big-endian.
    pub fn to_bytes(self) -> [u8; 10] {
        let mut bytes = [0; 10];
        bytes[..8].copy_from_slice(&self.origin.to_be_bytes());
        bytes[8..].copy_from_slice(&self.index.to_be_bytes());
        bytes
    }

    /// What [`Self::to_bytes`] wrote.
    pub fn from_bytes(bytes: [u8; 10]) -> Self {
        let mut origin = [0; 8];
        origin.copy_from_slice(&bytes[..8]);
        Self { origin: u64::from_be_bytes(origin), index: u16::from_be_bytes([bytes[8], bytes[9]]) }
    }
}

/// Twenty lower-case hex digits.
impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}{:04x}", self.origin, self.index)
    }
}

impl FromStr for EntryId {
    type Err = ParseEntryIdError;

    fn from_str(text: &str) -> Result<Self, ParseEntryIdError> {
        let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).map_err(|_| ParseEntryIdError)?;
        bytes.try_into().map(Self::from_bytes).map_err(|_| ParseEntryIdError)
    }
}

impl TryFrom<String> for EntryId {
    type Error = ParseEntryIdError;

    fn try_from(text: String) -> Result<Self, ParseEntryIdError> {
        text.parse()
    }
}

impl From<EntryId> for String {
    fn from(id: EntryId) -> Self {
        id.to_string()
    }
}

/// What makes a change the same change when it is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OpId {
    /// A user's interaction.
    Interaction(InteractionId),
    /// The end of the run of a track that began at this `rev`; a worker reports it.
    RunEnded(u64),
    /// Something that a worker does by itself, such as leaving an empty room; the number is random.
    Worker(u64),
    /// What comes from outside of Discord, such as a request at the API or a webhook's delivery: the first eight bytes of
    /// a hash of whatever makes it the same one.
    Outside(u64),
}

impl OpId {
    /// What entries made by this change are numbered under.
    pub fn origin(self) -> u64 {
        match self {
            Self::Interaction(id) => id.get(),
            Self::RunEnded(number) | Self::Worker(number) | Self::Outside(number) => number,
        }
    }
}

impl fmt::Display for OpId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Interaction(id) => write!(f, "i{:x}", id.get()),
            Self::RunEnded(run) => write!(f, "r{run:x}"),
            Self::Worker(number) => write!(f, "w{number:x}"),
            Self::Outside(number) => write!(f, "o{number:x}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ids_have_one_text_form() {
        let id = EntryId::new(0x0102, 3);
        assert_eq!(id.to_string(), "00000000000001020003");
        assert_eq!("00000000000001020003".parse(), Ok(id));
        for bad in ["", "0102", "0000000000000102000G", "00000000000001020003 ", "000000000000010200A3"] {
            assert_eq!(bad.parse::<EntryId>(), Err(ParseEntryIdError), "{bad}");
        }
    }

    #[test]
    fn operations_of_two_kinds_never_share_a_name() {
        let interaction = OpId::Interaction(InteractionId::new(7));
        assert_eq!(
            [interaction, OpId::RunEnded(7), OpId::Worker(7), OpId::Outside(7)].map(|op| op.to_string()),
            ["i7".to_owned(), "r7".to_owned(), "w7".to_owned(), "o7".to_owned()]
        );
        assert_eq!(interaction.origin(), 7);
    }

    proptest! {
        #[test]
        fn bytes_and_text_give_it_back(origin: u64, index: u16) {
            let id = EntryId::new(origin, index);
            prop_assert_eq!(EntryId::from_bytes(id.to_bytes()), id);
            prop_assert_eq!(id.to_string().parse(), Ok(id));
        }
    }
}
