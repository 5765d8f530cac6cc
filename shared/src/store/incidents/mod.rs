//! Incidents, in `incidents` (SPEC T32, T33). Keys `scope`, `sk`: `incident` and its id for the incident itself, `unsettled`
//! and its id for as long as something about it has still to be done, `cause` and a fingerprint for what is known of a
//! cause. So what is open is one query, which is empty while nothing is.
//!
//! Every write is conditional on what was read: of two who hear of the same cause at once, one begins the incident and
//! the other reads again.

mod read;
mod row;
mod write;

use jiff::{SignedDuration, Timestamp};

use super::Db;
use crate::domain::incident::{Fingerprint, Incident};

/// How long an incident is kept after the last that happened to it; what goes on is repeated every few hours.
pub const KEPT: SignedDuration = SignedDuration::from_hours(400 * 24);
/// How long the last incident of a cause is remembered from its beginning.
pub const CAUSE_KEPT: SignedDuration = SignedDuration::from_hours(800 * 24);
/// How long it is remembered that a cause cleared of which nothing was known: its firing may come after it.
pub const CLEARED_KEPT: SignedDuration = SignedDuration::from_hours(24);

/// An incident, and what its row was when it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// As it was.
    pub incident: Incident,
    rev: u64,
}

/// What is known of a cause, and what its row was when it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// Its last incident, open or resolved.
    pub latest: Option<Seen>,
    /// When it cleared while it had no incident.
    pub cleared_at: Option<Timestamp>,
    fingerprint: Fingerprint,
    /// 0 without a row.
    rev: u64,
}

/// All incidents. Cheap to clone.
#[derive(Clone, Debug)]
pub struct IncidentStore {
    db: Db,
}

impl IncidentStore {
    /// Over the tables of `db`.
    pub const fn new(db: Db) -> Self {
        Self { db }
    }
}

#[cfg(test)]
mod tests;
