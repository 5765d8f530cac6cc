//! What a button or select may ask for, and its text between the key id and the MAC.

use core::{fmt, str::FromStr};

use sha2::{Digest as _, Sha256};

use super::{AuditPage, BadCustomId, ErasureAsked, GuildsPage, IncidentDeed};
use crate::domain::incident::IncidentId;
use crate::domain::playback::LoopMode;
use crate::ids::GuildId;

/// Everything that a component of ours can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Hold the track where it is.
    Pause,
    /// Go on.
    Resume,
    /// To the next track.
    Skip,
    /// To the track before.
    Previous,
    /// A new order for what waits.
    Shuffle,
    /// Set the loop mode.
    Loop(Loop),
    /// One step louder.
    VolumeUp,
    /// One step quieter.
    VolumeDown,
    /// Show a page of the queue, from 0.
    QueuePage(u32),
    /// Show a page of the history, from 0.
    HistoryPage(u32),
    /// Show a page of the help, from 0.
    HelpPage(u32),
    /// Show a page of the list of guilds.
    AdminPage(GuildsPage),
    /// Show a page of the audit trail.
    AuditPage(AuditPage),
    /// Show a page of the incidents, from 0.
    IncidentsPage(u32),
    /// Show a page of the playlists, from 0.
    PlaylistPage(u32),
    /// Take an entry out of the queue.
    Remove(Handle),
    /// Put an entry at the front of the queue.
    PlayNext(Handle),
    /// Empty the queue, after a question.
    ClearConfirm,
    /// Put all settings back, after a question.
    SettingsReset,
    /// Delete a playlist, after a question.
    PlaylistDelete(Handle),
    /// Let a guild in.
    AdminApprove(GuildId),
    /// Ask why a guild is denied; also the id of the modal that asks.
    AdminDeny(GuildId),
    /// Erase whoever was asked, after the question.
    Erase(ErasureAsked),
    /// Erase nobody and close the question.
    EraseNot,
    /// Do something about an incident; signed for [`super::INCIDENTS_TENANT`].
    Incident(IncidentDeed, IncidentId),
    /// Do nothing and close the question.
    Cancel,
}

/// What repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loop {
    /// Nothing.
    Off,
    /// The track.
    Track,
    /// The queue.
    Queue,
}

impl From<LoopMode> for Loop {
    fn from(mode: LoopMode) -> Self {
        match mode {
            LoopMode::Off => Self::Off,
            LoopMode::Track => Self::Track,
            LoopMode::Queue => Self::Queue,
        }
    }
}

/// Ten bytes that name a row: a queue entry's id, or the digest of a name. 20 lower-case hex digits as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Handle([u8; 10]);

impl Handle {
    /// The handle of these bytes.
    pub const fn new(bytes: [u8; 10]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn to_bytes(self) -> [u8; 10] {
        self.0
    }

    /// The handle of a name that is too long for a custom id: the first bytes of its SHA-256.
    pub fn of_name(name: &str) -> Self {
        let digest = Sha256::digest(name.as_bytes());
        Self(core::array::from_fn(|at| digest[at]))
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Handle {
    type Err = BadCustomId;

    fn from_str(text: &str) -> Result<Self, BadCustomId> {
        let digits: &[u8; 20] = text.as_bytes().try_into().map_err(|_| BadCustomId)?;
        let mut bytes = [0; 10];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = (nibble(pair[0])? << 4) | nibble(pair[1])?;
        }
        Ok(Self(bytes))
    }
}

/// Lower case only, so that each handle has exactly one text.
const fn nibble(digit: u8) -> Result<u8, BadCustomId> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        _ => Err(BadCustomId),
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pause => f.write_str("pause"),
            Self::Resume => f.write_str("resume"),
            Self::Skip => f.write_str("skip"),
            Self::Previous => f.write_str("prev"),
            Self::Shuffle => f.write_str("shuffle"),
            Self::Loop(Loop::Off) => f.write_str("loop.off"),
            Self::Loop(Loop::Track) => f.write_str("loop.track"),
            Self::Loop(Loop::Queue) => f.write_str("loop.queue"),
            Self::VolumeUp => f.write_str("vol.up"),
            Self::VolumeDown => f.write_str("vol.down"),
            Self::QueuePage(page) => write!(f, "queue.{page}"),
            Self::HistoryPage(page) => write!(f, "hist.{page}"),
            Self::HelpPage(page) => write!(f, "help.{page}"),
            Self::AdminPage(page) => write!(f, "guilds.{page}"),
            Self::AuditPage(page) => write!(f, "audit.{page}"),
            Self::IncidentsPage(page) => write!(f, "incs.{page}"),
            Self::PlaylistPage(page) => write!(f, "lists.{page}"),
            Self::Remove(entry) => write!(f, "remove.{entry}"),
            Self::PlayNext(entry) => write!(f, "next.{entry}"),
            Self::ClearConfirm => f.write_str("clear"),
            Self::SettingsReset => f.write_str("reset"),
            Self::PlaylistDelete(playlist) => write!(f, "pldel.{playlist}"),
            Self::AdminApprove(guild) => write!(f, "approve.{guild}"),
            Self::AdminDeny(guild) => write!(f, "deny.{guild}"),
            Self::Erase(asked) => write!(f, "erase.{asked}"),
            Self::EraseNot => f.write_str("keep"),
            Self::Incident(deed, incident) => write!(f, "inc.{deed}.{incident}"),
            Self::Cancel => f.write_str("cancel"),
        }
    }
}

impl FromStr for Action {
    type Err = BadCustomId;

    fn from_str(text: &str) -> Result<Self, BadCustomId> {
        match text.split_once('.') {
            None => plain(text),
            Some(("loop", "off")) => Ok(Self::Loop(Loop::Off)),
            Some(("loop", "track")) => Ok(Self::Loop(Loop::Track)),
            Some(("loop", "queue")) => Ok(Self::Loop(Loop::Queue)),
            Some(("vol", "up")) => Ok(Self::VolumeUp),
            Some(("vol", "down")) => Ok(Self::VolumeDown),
            Some((name, argument)) => with_argument(name, argument),
        }
    }
}

fn plain(name: &str) -> Result<Action, BadCustomId> {
    Ok(match name {
        "pause" => Action::Pause,
        "resume" => Action::Resume,
        "skip" => Action::Skip,
        "prev" => Action::Previous,
        "shuffle" => Action::Shuffle,
        "clear" => Action::ClearConfirm,
        "reset" => Action::SettingsReset,
        "keep" => Action::EraseNot,
        "cancel" => Action::Cancel,
        _ => return Err(BadCustomId),
    })
}

fn with_argument(name: &str, argument: &str) -> Result<Action, BadCustomId> {
    Ok(match name {
        "queue" => Action::QueuePage(read(argument)?),
        "hist" => Action::HistoryPage(read(argument)?),
        "help" => Action::HelpPage(read(argument)?),
        "guilds" => Action::AdminPage(read(argument)?),
        "audit" => Action::AuditPage(read(argument)?),
        "incs" => Action::IncidentsPage(read(argument)?),
        "lists" => Action::PlaylistPage(read(argument)?),
        "remove" => Action::Remove(read(argument)?),
        "next" => Action::PlayNext(read(argument)?),
        "pldel" => Action::PlaylistDelete(read(argument)?),
        "approve" => Action::AdminApprove(read(argument)?),
        "erase" => Action::Erase(read(argument)?),
        "deny" => Action::AdminDeny(read(argument)?),
        "inc" => {
            let (deed, incident) = argument.split_once('.').ok_or(BadCustomId)?;
            Action::Incident(deed.parse()?, read(incident)?)
        }
        _ => return Err(BadCustomId),
    })
}

fn read<T: FromStr>(argument: &str) -> Result<T, BadCustomId> {
    argument.parse().map_err(|_| BadCustomId)
}
