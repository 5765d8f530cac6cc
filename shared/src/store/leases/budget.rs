//! The bot's identifies of the running day (SPEC P12).
//!
//! Every worker counts here *before* it identifies. What Discord says can only raise the count: an answer that is older
//! than somebody's identify must not make room that is not there.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use jiff::Timestamp;

use super::row::{corrupt, get_number, get_time, key, millis};
use super::{Changed, changed};
use crate::domain::workers::{DEFAULT_SESSION_STARTS, IdentifyBudget, SessionStartLimit};
use crate::ids::ApplicationId;
use crate::store::change::TRIES;
use crate::store::item::{Item, number};
use crate::store::{Db, StoreError, Table};

const SPEND: &str = "SET used = used + :one";
const LEFT: &str = "resets_at > :now AND used < most";
const OPEN: &str =
    "SET used = :used, start_limit = :total, most = :most, resets_at = :resets, expires_at = :expires";
const OVER: &str = "attribute_not_exists(resets_at) OR resets_at <= :now";
const LIMIT: &str = "SET start_limit = :total, most = :most, resets_at = :resets";
const RUNS: &str = "resets_at > :now";
const RAISE: &str = "SET used = :used";
const LOWER: &str = "resets_at > :now AND used < :used";

/// The budgets of all bots; a deployment has one. Cheap to clone.
#[derive(Clone, Debug)]
pub struct IdentifyBudgets {
    db: Db,
}

/// Whether the bot may identify.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spend {
    /// It may, once. It has been counted.
    Allowed,
    /// 80 % are used up.
    Refused {
        /// When the next window begins.
        resets_at: Timestamp,
    },
}

impl IdentifyBudgets {
    /// Over the tables of `db`.
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// Counts one identify, if there is one left. If the answer is lost it may have been counted for nothing.
    pub async fn spend(&self, bot: ApplicationId, now: Timestamp) -> Result<Spend, StoreError> {
        for _ in 0..TRIES {
            let update = self.update(bot, SPEND, LEFT, now);
            let sent = update.expression_attribute_values(":one", number(1)).send().await;
            let row = match changed("leases.identify", sent)? {
                Changed::Now(_) => return Ok(Spend::Allowed),
                Changed::Refused(row) => row.as_ref().map(read).transpose()?,
            };
            match row.filter(|row| row.is_live(now)) {
                Some(row) if row.is_spent(now) => return Ok(Spend::Refused { resets_at: row.resets_at }),
                None if self.open(bot, 1, unknown(), now).await? => return Ok(Spend::Allowed),
                // Somebody else wrote in between: read again what is left.
                Some(_) | None => {}
            }
        }
        Err(StoreError::Contended { operation: "leases.identify" })
    }

    /// Takes what `GET /gateway/bot` said at `now`.
    pub async fn learn(
        &self,
        bot: ApplicationId,
        said: SessionStartLimit,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if self.open(bot, said.used(), said, now).await? {
            return Ok(());
        }
        let limit = with_limit(self.update(bot, LIMIT, RUNS, now), said, now);
        changed("leases.identify", limit.send().await)?;
        let raise = self.update(bot, RAISE, LOWER, now);
        let sent = raise.expression_attribute_values(":used", number(said.used())).send().await;
        changed("leases.identify", sent).map(drop)
    }

    /// Begins a window, if none runs.
    async fn open(
        &self,
        bot: ApplicationId,
        used: u32,
        limit: SessionStartLimit,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let expires = limit.resets_at(now).as_second().saturating_add(86_400);
        let open = with_limit(self.update(bot, OPEN, OVER, now), limit, now);
        let open = open.expression_attribute_values(":used", number(used));
        let sent = open.expression_attribute_values(":expires", number(expires)).send().await;
        Ok(matches!(changed("leases.identify", sent)?, Changed::Now(_)))
    }

    fn update(
        &self,
        bot: ApplicationId,
        expression: &'static str,
        condition: &'static str,
        now: Timestamp,
    ) -> UpdateItemFluentBuilder {
        let update = self.db.client().update_item().table_name(self.db.table(Table::Leases));
        update
            .set_key(Some(key("identify", bot)))
            .update_expression(expression)
            .condition_expression(condition)
            .expression_attribute_values(":now", millis(now))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }
}

fn with_limit(
    update: UpdateItemFluentBuilder,
    limit: SessionStartLimit,
    now: Timestamp,
) -> UpdateItemFluentBuilder {
    update
        .expression_attribute_values(":total", number(limit.total))
        .expression_attribute_values(":most", number(IdentifyBudget::most(limit.total)))
        .expression_attribute_values(":resets", millis(limit.resets_at(now)))
}

/// Until Discord says otherwise.
const fn unknown() -> SessionStartLimit {
    let reset_after = crate::domain::workers::WINDOW;
    SessionStartLimit { total: DEFAULT_SESSION_STARTS, remaining: DEFAULT_SESSION_STARTS, reset_after }
}

pub(super) fn read(item: &Item) -> Result<IdentifyBudget, StoreError> {
    let budget = || {
        let (used, total) = (get_number(item, "used")?, get_number(item, "start_limit")?);
        Some(IdentifyBudget { used, total, resets_at: get_time(item, "resets_at")? })
    };
    budget().ok_or(corrupt("identify"))
}
