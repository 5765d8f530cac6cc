//! What has to go, and why. Pure: it is told what was found and what time it is, and says what is to be done.
//!
//! A clock that was set back finds less due, never more. Audit rows leave by TTL alone: whoever reads them may trust
//! that nobody else takes any away.

use jiff::Timestamp;
use shared::ids::UserId;
use shared::privacy::RetentionReason;
use shared::store::{Item, Table};

use super::policy::{Policy, Room, before};
use super::store::Store;

/// Something that is kept.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// A row, with all its attributes.
    Row(Table, Item),
    /// A community's settings, and the row that says whether it may use the bot.
    Settings(Item, Option<Item>),
    /// A user's tokens.
    Tokens(Tokens),
    /// A log group of ours, and for how many days it keeps what it is told; `None`: for ever.
    Logs(String, Option<i32>),
}

/// A user's secret, without what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tokens {
    /// Whose.
    pub user: UserId,
    /// When it was made or changed last.
    pub changed_at: Timestamp,
    /// Whether a link leads to it.
    pub is_linked: bool,
}

/// What is to be done. Each is conditional on what was seen.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// Delete this row, if it still ends then.
    Expire {
        /// Where it is.
        table: Table,
        /// The row.
        item: Item,
        /// Its end, in seconds.
        ends_at: i64,
        /// Why.
        reason: RetentionReason,
    },
    /// Forget when this API key was used last, if nobody has used it since.
    ForgetUse(Item),
    /// Delete these settings, if neither they nor that row has changed.
    ForgetSettings(Item, Item),
    /// Say that no link leads to a secret.
    TellOrphan,
    /// Delete this user's secret, if still no link leads to it.
    DeleteOrphan(UserId),
    /// Let this log group forget.
    EndLogs(String),
}

/// What is to be done now, and what would not fit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// In the order in which it was found.
    pub ops: Vec<Op>,
    /// What is due and has to wait for another night.
    pub left: u32,
}

/// Says what has to go of what was `found`, at this time. `room` is what may still be done.
pub fn plan(at: Timestamp, found: impl IntoIterator<Item = Found>, policy: &Policy, room: Room) -> Plan {
    let (mut plan, mut room) = (Plan::default(), room);
    for op in found.into_iter().filter_map(|found| judge(at, found, policy)) {
        if take(&mut room, &op) {
            plan.ops.push(op);
        } else {
            plan.left = plan.left.saturating_add(1);
        }
    }
    plan
}

impl Op {
    /// Why.
    pub const fn reason(&self) -> RetentionReason {
        match self {
            Self::Expire { reason, .. } => *reason,
            Self::ForgetUse(_) => RetentionReason::OldUse,
            Self::ForgetSettings(..) => RetentionReason::Idle,
            Self::TellOrphan | Self::DeleteOrphan(_) => RetentionReason::Orphaned,
            Self::EndLogs(_) => RetentionReason::NoRetention,
        }
    }

    /// Where.
    pub const fn store(&self) -> Store {
        match self {
            Self::Expire { table, .. } => Store::Table(*table),
            Self::ForgetUse(_) => Store::Table(Table::ApiKeys),
            Self::ForgetSettings(..) => Store::Table(Table::GuildState),
            Self::TellOrphan | Self::DeleteOrphan(_) => Store::Users,
            Self::EndLogs(_) => Store::Logs,
        }
    }
}

fn take(room: &mut Room, op: &Op) -> bool {
    let left = match op {
        Op::TellOrphan => return true,
        Op::Expire { .. } | Op::ForgetUse(_) | Op::ForgetSettings(..) => &mut room.rows,
        Op::DeleteOrphan(_) => &mut room.secrets,
        Op::EndLogs(_) => &mut room.logs,
    };
    let fits = *left > 0;
    *left = left.saturating_sub(1);
    fits
}

fn judge(at: Timestamp, found: Found, policy: &Policy) -> Option<Op> {
    match found {
        Found::Row(table, item) => row(at, table, item, policy),
        Found::Settings(item, access) => {
            let access = access.filter(|access| is_idle(access, before(at, policy.idle)))?;
            Some(Op::ForgetSettings(item, access))
        }
        Found::Tokens(tokens) => orphan(at, tokens, policy),
        Found::Logs(group, None) => Some(Op::EndLogs(group)),
        Found::Logs(_, Some(_)) => None,
    }
}

fn row(at: Timestamp, table: Table, item: Item, policy: &Policy) -> Option<Op> {
    if matches!(table, Table::Audit | Table::AuditHeads) {
        return None;
    }
    // An end that was in the past when the row was written is an end like any other; TTL takes none that is older than
    // five years.
    let ends_at: Option<i64> = item.get("expires_at").and_then(|end| end.as_n().ok()?.parse().ok());
    if let Some(ends_at) = ends_at.filter(|end| *end <= policy.ended_by(at).as_second()) {
        return Some(Op::Expire { table, item, ends_at, reason: RetentionReason::PastItsEnd });
    }
    match (table, ends_at) {
        // A sign-in that is over is refused as one that was never there is. It does not begin again.
        (Table::Sessions, Some(ends_at)) if is_true(&item, "revoked") => {
            Some(Op::Expire { table, item, ends_at, reason: RetentionReason::Spent })
        }
        (Table::ApiKeys, _) if time(&item, "used_at")? <= before(at, policy.old_use) => {
            Some(Op::ForgetUse(item))
        }
        _ => None,
    }
}

/// A community that has not been allowed to use the bot for long needs no settings there.
fn is_idle(access: &Item, since: Timestamp) -> bool {
    let status = access.get("status").and_then(|status| status.as_s().ok());
    let is_out = status.is_some_and(|status| matches!(status.as_str(), "denied" | "revoked"));
    is_out && time(access, "updated_at").is_some_and(|at| at <= since)
}

fn orphan(at: Timestamp, tokens: Tokens, policy: &Policy) -> Option<Op> {
    if tokens.is_linked || !policy.is_old_enough(tokens.changed_at, at) {
        return None;
    }
    let is_due = tokens.changed_at <= before(at, policy.orphan_deleted);
    Some(if is_due { Op::DeleteOrphan(tokens.user) } else { Op::TellOrphan })
}

fn time(item: &Item, attribute: &str) -> Option<Timestamp> {
    item.get(attribute)?.as_s().ok()?.parse().ok()
}

fn is_true(item: &Item, attribute: &str) -> bool {
    item.get(attribute).and_then(|value| value.as_bool().ok()).is_some_and(|flag| *flag)
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
