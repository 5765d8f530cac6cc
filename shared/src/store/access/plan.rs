//! From a step and what was read to the writes that make it so.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem, Update};
use jiff::Timestamp;

use super::row::{self, ACCESS, APPROVED, BAN, COUNT, Item, Versioned, key, number};
use super::{AccessError, AccessStore};
use crate::domain::access::{Ban, GuildAccess, Status, Step};
use crate::ids::GuildId;
use crate::store::change::Change;
use crate::store::in_transaction::InTransaction;
use crate::store::unchanged::{IfUnchanged, VERSION};
use crate::store::{StoreError, Table};

/// A step that may be taken: what to write, and what holds when it is written.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The writes. On a conflict, plan again.
    pub change: Change,
    /// Where the guild stands before; `None` if it had no row.
    pub before: Option<GuildAccess>,
    /// Where the guild stands then.
    pub after: GuildAccess,
}

/// All that a plan depends on.
pub(super) struct Known {
    pub(super) state: Option<Versioned>,
    ban: Option<Ban>,
    pub(super) approved: u32,
}

const COUNT_UP: &str = "SET approved = if_not_exists(approved, :zero) + :one";
const BELOW_CAP: &str = "attribute_not_exists(approved) OR approved < :cap";
const COUNT_DOWN: &str = "SET approved = approved - :one";
const ABOVE_ZERO: &str = "approved > :zero";
const END_BAN: &str = "SET banned_until = :now, expires_at = :expires";

impl AccessStore {
    /// What a step would write. The writes can be joined with an audit row in one transaction; on a conflict the
    /// caller plans again, which then says what changed: another state, or a cap that was reached meanwhile.
    pub async fn plan(&self, guild: GuildId, step: &Step, at: Timestamp) -> Result<Planned, AccessError> {
        let known = self.known(guild).await?;
        let before = known.state.as_ref().map(|state| state.access.clone());
        let after = step.clone().take(before.clone(), at)?;
        let mut items = vec![self.put_state(guild, known.state.as_ref(), &after)?];
        match (before.as_ref().map(GuildAccess::status), after.status()) {
            (Some(Status::Approved), Status::Approved) => {}
            (_, Status::Approved) => {
                if known.approved >= self.cap {
                    return Err(AccessError::CapReached { cap: self.cap });
                }
                items.push(self.count_up()?);
                items.extend(
                    known.ban.filter(|ban| ban.holds(at)).map(|_| self.end_ban(guild, at)).transpose()?,
                );
            }
            // A count that was lost must not keep anybody from revoking.
            (Some(Status::Approved), _) if known.approved > 0 => items.push(self.count_down()?),
            _ => {}
        }
        Ok(Planned { change: Change::new(items), before, after })
    }

    pub(super) async fn known(&self, guild: GuildId) -> Result<Known, StoreError> {
        let id = guild.to_string();
        let [state, ban, count] = self.rows([key(&id, ACCESS), key(&id, BAN), key(APPROVED, COUNT)]).await?;
        Ok(Known {
            state: state.as_ref().map(row::read).transpose()?,
            ban: ban.as_ref().map(row::read_ban).transpose()?,
            approved: row::read_count(count.as_ref())?,
        })
    }

    pub(super) fn put_state(
        &self,
        guild: GuildId,
        seen: Option<&Versioned>,
        after: &GuildAccess,
    ) -> Result<TransactWriteItem, StoreError> {
        let version = seen.map_or(1, |seen| seen.version + 1);
        let item = row::write(&Versioned { guild, access: after.clone(), version })?;
        let seen = seen.map_or(0, |seen| seen.version);
        let put = Put::builder().set_item(Some(item)).if_unchanged(VERSION, seen);
        put.in_transaction(&self.db, Table::GuildAccess)
    }

    fn count_up(&self) -> Result<TransactWriteItem, StoreError> {
        let values = [(":zero", 0), (":one", 1), (":cap", self.cap)].map(|(name, n)| (name, number(n)));
        self.update(key(APPROVED, COUNT), COUNT_UP, Some(BELOW_CAP), values)
    }

    pub(super) fn count_down(&self) -> Result<TransactWriteItem, StoreError> {
        let values = [(":zero", number(0)), (":one", number(1))];
        self.update(key(APPROVED, COUNT), COUNT_DOWN, Some(ABOVE_ZERO), values)
    }

    /// Who approves a guild means it: what it tried before no longer shuts it out. The row stays, over and expired,
    /// since no function may delete from this table.
    fn end_ban(&self, guild: GuildId, at: Timestamp) -> Result<TransactWriteItem, StoreError> {
        let values = [(":now", number(at.as_millisecond())), (":expires", number(at.as_second()))];
        self.update(key(&guild.to_string(), BAN), END_BAN, None, values)
    }

    fn update<const N: usize>(
        &self,
        key: Item,
        expression: &'static str,
        condition: Option<&'static str>,
        values: [(&str, aws_sdk_dynamodb::types::AttributeValue); N],
    ) -> Result<TransactWriteItem, StoreError> {
        let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let update = Update::builder()
            .set_key(Some(key))
            .update_expression(expression)
            .set_condition_expression(condition.map(str::to_owned))
            .set_expression_attribute_values(Some(values));
        update.in_transaction(&self.db, Table::GuildAccess)
    }
}
