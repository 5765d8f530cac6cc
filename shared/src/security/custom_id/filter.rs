//! What a page of a list was narrowed to; its buttons carry it, or the second page would show something else.

use core::{fmt, str::FromStr};

use super::BadCustomId;
use crate::domain::access::Status;
use crate::ids::GuildId;

const NONE: &str = "-";

/// A page of the guilds, from 0. As text `<page>[.<status>]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GuildsPage {
    /// Its number.
    pub page: u32,
    /// Only guilds in this state.
    pub status: Option<Status>,
}

/// What of the audit trail is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// The guild whose chain it is; `None` is the operators' own.
    pub guild: Option<GuildId>,
    /// How many hours back.
    pub hours: Option<u32>,
}

/// A page of the audit trail, from 0. As text `<page>[.<guild>.<hours>]`, `-` for what is not narrowed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuditPage {
    /// Its number.
    pub page: u32,
    /// What it is a page of.
    pub filter: AuditFilter,
}

impl fmt::Display for GuildsPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.page)?;
        self.status.map_or(Ok(()), |status| write!(f, ".{status}"))
    }
}

impl FromStr for GuildsPage {
    type Err = BadCustomId;

    fn from_str(text: &str) -> Result<Self, BadCustomId> {
        let (page, status) = match text.split_once('.') {
            None => (text, None),
            Some((page, status)) => (page, Some(read(status)?)),
        };
        Ok(Self { page: read(page)?, status })
    }
}

impl fmt::Display for AuditPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.page)?;
        if self.filter == AuditFilter::default() {
            return Ok(());
        }
        f.write_str(".")?;
        optional(f, self.filter.guild)?;
        f.write_str(".")?;
        optional(f, self.filter.hours)
    }
}

impl FromStr for AuditPage {
    type Err = BadCustomId;

    fn from_str(text: &str) -> Result<Self, BadCustomId> {
        let mut parts = text.split('.');
        let (page, guild, hours, rest) = (parts.next(), parts.next(), parts.next(), parts.next());
        let page = read(page.ok_or(BadCustomId)?)?;
        let filter = match (guild, hours, rest) {
            (None, ..) => AuditFilter::default(),
            // Nothing narrowed has a shorter text, and each value has exactly one.
            (Some(NONE), Some(NONE), None) => return Err(BadCustomId),
            (Some(guild), Some(hours), None) => {
                AuditFilter { guild: read_optional(guild)?, hours: read_optional(hours)? }
            }
            _ => return Err(BadCustomId),
        };
        Ok(Self { page, filter })
    }
}

fn optional(f: &mut fmt::Formatter<'_>, value: Option<impl fmt::Display>) -> fmt::Result {
    match value {
        Some(value) => write!(f, "{value}"),
        None => f.write_str(NONE),
    }
}

fn read_optional<T: FromStr>(text: &str) -> Result<Option<T>, BadCustomId> {
    if text == NONE { Ok(None) } else { read(text).map(Some) }
}

fn read<T: FromStr>(text: &str) -> Result<T, BadCustomId> {
    text.parse().map_err(|_| BadCustomId)
}
