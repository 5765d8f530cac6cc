//! Somebody's rights over what we hold about them (SPEC T28–T31), as pure values: who, what was asked, how far it is.

mod case;
pub mod map;
mod place;
mod retention;
mod subject;

pub use case::{Case, CaseState, Erasing, ErasureStep, Exporting, Revocation, WalkMark};
pub use place::{Place, UnknownPlace};
pub use retention::RetentionReason;
pub use subject::{DataSubject, SubjectKind, UnknownSubject};

use core::time::Duration;

/// How long a tombstone stands (SPEC T30): longer than backups reach back, so that a restore is followed by it.
pub const TOMBSTONE_LIFE: Duration = Duration::from_hours(40 * 24);
/// How far backups reach back, in days. Receipts say so.
pub const BACKUP_DAYS: u32 = 35;
