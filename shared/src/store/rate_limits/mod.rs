//! Sliding windows shared by all instances (SPEC W22). The rules and their proofs are in `security::rate_limit`, `ring` and
//! `tally`; here each of their moves is one conditional write of one row, and a failed condition brings the row back, which
//! says what to try next or when to retry. A row that is too old decides nothing: its stamps have left the window.
//!
//! All windows of a command are asked in one wave. Whoever is known to be refused asks nothing: else one person,
//! refused again and again, would count in the guild's window each time and use up the share of everybody else.

mod expressions;
mod memory;
mod row;

use std::sync::Arc;

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use jiff::{SignedDuration, Timestamp};

use self::memory::Memory;
use self::row::{Item, list, number, stamp, text};
use super::condition::held_or_row;
use super::{Db, StoreError, Table};
use crate::security::rate_limit::{
    Attempt, Check, Decision, Fold, Limit, LimitScope, Move, Ring, Subject, Tally,
};

/// How long a row outlives its window, so that a lagging clock's reading still finds it.
const SLACK: SignedDuration = SignedDuration::from_mins(10);
/// Writes before the row counts as contended. One is usual; a window that is almost full may have to be folded first, and
/// each further one means that another caller changed the row in between.
const TRIES: u32 = 12;
const CONTENDED: StoreError = StoreError::Contended { operation: "rate_limits.check" };

/// The limiter. Clones share what they remember.
#[derive(Clone, Debug)]
pub struct RateLimitStore {
    db: Db,
    memory: Arc<Memory>,
}

/// What one write did: the row as it is now, or as it was when it stopped the write.
enum Written {
    Done(Item),
    Stopped(Item),
}

impl RateLimitStore {
    /// Over the tables of `db`.
    pub fn new(db: Db) -> Self {
        Self { db, memory: Arc::default() }
    }

    /// Decides, and counts what it admits. On failure the caller decides by the route's `OnFailure`; the attempt may
    /// have been counted.
    pub async fn check(
        &self,
        subject: &Subject,
        limit: Limit,
        now: Timestamp,
    ) -> Result<Decision, StoreError> {
        if let Some(retry_at) = self.memory.full(subject, limit, now) {
            return Ok(Decision::Refused { retry_at });
        }
        let decision = if limit.is_exact() {
            self.exactly(subject, limit, now).await?
        } else {
            self.by_tally(subject, limit, now).await?
        };
        match decision {
            Decision::Refused { retry_at: until } | Decision::Allowed { remaining: 0, reset_at: until } => {
                self.memory.learn(subject, limit, until);
            }
            Decision::Allowed { .. } => {}
        }
        Ok(decision)
    }

    async fn exactly(&self, subject: &Subject, limit: Limit, now: Timestamp) -> Result<Decision, StoreError> {
        for _ in 0..TRIES {
            match self.write(self.open(subject, limit, now)).await? {
                Written::Done(row) => {
                    let ring = row::ring(&row)?;
                    self.trim(subject, limit, &ring).await;
                    return Ok(ring.allowed(limit, now));
                }
                Written::Stopped(row) => {
                    if let Attempt::Refuse { retry_at } = row::ring(&row)?.next(limit, now) {
                        return Ok(Decision::Refused { retry_at });
                    }
                }
            }
        }
        Err(CONTENDED)
    }

    async fn by_tally(
        &self,
        subject: &Subject,
        limit: Limit,
        now: Timestamp,
    ) -> Result<Decision, StoreError> {
        // What is in the row is not known yet; there is room, as a rule.
        let mut next = Move::Append;
        let mut seen = Tally::default();
        for _ in 0..TRIES {
            let call = match &next {
                Move::Refuse { retry_at } => return Ok(Decision::Refused { retry_at: *retry_at }),
                Move::Append => self.append(subject, limit, now),
                Move::Fold(fold) => self.fold(subject, limit, &seen, fold),
            };
            seen = match self.write(call).await? {
                Written::Done(row) if next == Move::Append => {
                    let tally = row::tally(&row)?;
                    if let Some(fold) = tally.tidy(limit, now) {
                        // Losing the race or failing does no harm: a later caller does it.
                        drop(self.write(self.fold(subject, limit, &tally, &fold)).await);
                    }
                    return Ok(tally.allowed(limit, now));
                }
                Written::Done(row) | Written::Stopped(row) => row::tally(&row)?,
            };
            next = seen.next(limit, now);
        }
        Err(CONTENDED)
    }

    /// Decides all at once, and names the first window that refuses, else the last one. What the others counted
    /// stays counted, which is the strict side; but if one is known to refuse, none is asked.
    pub async fn check_all(
        &self,
        checks: &[Check; 3],
        now: Timestamp,
    ) -> Result<(LimitScope, Decision), StoreError> {
        for check in checks {
            if let Some(refused) = self.memory.refuses(check, now) {
                return Ok((check.scope, refused));
            }
        }
        let [a, b, c] = checks.each_ref().map(|check| Box::pin(self.check(&check.subject, check.limit, now)));
        let (a, b, c) = tokio::join!(a, b, c);
        let [first, second, last] = checks.each_ref().map(|check| check.scope);
        for (scope, decision) in [(first, a?), (second, b?)] {
            if !decision.is_allowed() {
                return Ok((scope, decision));
            }
        }
        Ok((last, c?))
    }

    async fn write(&self, call: UpdateItemFluentBuilder) -> Result<Written, StoreError> {
        let call = call
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        Ok(match held_or_row(call.send().await, "rate_limits.check")? {
            Ok(output) => Written::Done(output.attributes.unwrap_or_default()),
            Err(old) => Written::Stopped(old.unwrap_or_default()),
        })
    }

    /// Keeps the row short, once in `max` admissions. Losing the race or failing does no harm: only the newest stamps
    /// decide, and a later caller tries again.
    async fn trim(&self, subject: &Subject, limit: Limit, ring: &Ring) {
        let [newest, ..] = ring.stamps() else { return };
        let max = stamps(limit);
        if ring.stamps().len() <= 2 * max {
            return;
        }
        let call = self
            .update(subject)
            .update_expression(expressions::TRIM)
            .condition_expression(expressions::CAN_TRIM)
            .expression_attribute_values(":kept", list(&ring.stamps()[..=max]))
            .expression_attribute_values(":size", number(ring.stamps().len()))
            .expression_attribute_values(":newest", stamp(*newest));
        drop(call.send().await);
    }

    fn open(&self, subject: &Subject, limit: Limit, now: Timestamp) -> UpdateItemFluentBuilder {
        self.update(subject)
            .update_expression(expressions::OPEN)
            .condition_expression(expressions::CAN_OPEN[stamps(limit) - 1])
            .expression_attribute_values(":stamp", list(&[now]))
            .expression_attribute_values(":none", list(&[]))
            .expression_attribute_values(":cutoff", stamp(limit.cutoff(now)))
            .expression_attribute_values(":expires", expires(limit, now))
    }

    fn append(&self, subject: &Subject, limit: Limit, now: Timestamp) -> UpdateItemFluentBuilder {
        self.update(subject)
            .update_expression(expressions::APPEND)
            .condition_expression(expressions::CAN_APPEND)
            .expression_attribute_names("#max", "max")
            .expression_attribute_values(":stamp", list(&[now]))
            .expression_attribute_values(":none", list(&[]))
            .expression_attribute_values(":max", number(limit.max()))
            .expression_attribute_values(":never", number(0))
            .expression_attribute_values(":zero", number(0))
            .expression_attribute_values(":cutoff", stamp(limit.cutoff(now)))
            .expression_attribute_values(":expires", expires(limit, now))
    }

    fn fold(&self, subject: &Subject, limit: Limit, seen: &Tally, fold: &Fold) -> UpdateItemFluentBuilder {
        let forgotten = fold.forgotten.map_or_else(|| number(0), stamp);
        self.update(subject)
            .update_expression(if fold.takes { expressions::FOLD } else { expressions::FOLD_BLOCKS })
            .condition_expression(expressions::CAN_FOLD)
            .expression_attribute_names("#max", "max")
            .expression_attribute_values(":blocks", list(&fold.blocks))
            .expression_attribute_values(":room", number(fold.room))
            .expression_attribute_values(":max", number(limit.max()))
            .expression_attribute_values(":forgotten", forgotten)
            .expression_attribute_values(":seen", number(seen.folds))
            .expression_attribute_values(":folds", number(seen.folds.saturating_add(1)))
    }

    fn update(&self, subject: &Subject) -> UpdateItemFluentBuilder {
        let update = self.db.client().update_item().table_name(self.db.table(Table::RateLimits));
        update.key("subject", text(subject.tenant())).key("sk", text(subject.key()))
    }
}

/// Stamps that decide an exact limit: 1 to [`Limit::EXACT_MAX`].
fn stamps(limit: Limit) -> usize {
    usize::try_from(limit.max().min(Limit::EXACT_MAX)).unwrap_or(1)
}

/// Epoch seconds until which a row says something about `now`.
fn expires(limit: Limit, now: Timestamp) -> AttributeValue {
    number(limit.leaves(now).saturating_add(SLACK).unwrap_or(Timestamp::MAX).as_second())
}

#[cfg(test)]
mod tests;
