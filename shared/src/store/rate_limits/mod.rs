//! Sliding windows shared by all instances (SPEC W22). The rule and its proof are in `security::rate_limit::ring`;
//! here each of its attempts is one conditional write of one row, and a failed condition brings the row back, which
//! says what to try next or when to retry. A row that is too old decides nothing: its stamps have left the window.
//!
//! All windows of a command are asked in one wave. Whoever is known to be refused asks nothing: else one person,
//! refused again and again, would count in the guild's window each time and use up the share of everybody else.

mod expressions;
mod memory;
mod row;

use std::sync::Arc;

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};
use jiff::{SignedDuration, Timestamp};

use self::memory::Memory;
use self::row::{list, number, stamp, text};
use super::{Db, StoreError, Table};
use crate::security::rate_limit::{Attempt, Check, Decision, Limit, LimitScope, Ring, Subject};

/// How long a row outlives its window, so that a lagging clock's reading still finds it.
const SLACK: SignedDuration = SignedDuration::from_mins(10);
/// Attempts before the row counts as contended. One or two is usual; each further one means that another caller
/// changed the row in between.
const TRIES: u32 = 12;

/// The limiter. Clones share what they remember.
#[derive(Clone, Debug)]
pub struct RateLimitStore {
    db: Db,
    memory: Arc<Memory>,
}

/// What one write did.
enum Written {
    Admitted(Ring),
    Stopped(Ring),
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
        let mut attempt = self.memory.first_attempt(subject, limit, now);
        for _ in 0..TRIES {
            if let Attempt::Refuse { retry_at } = attempt {
                return Ok(Decision::Refused { retry_at });
            }
            match self.write(subject, limit, attempt, now).await? {
                Written::Admitted(ring) => {
                    self.memory.learn(subject, limit, &ring, now);
                    self.trim(subject, limit, &ring).await;
                    return Ok(ring.allowed(limit, now));
                }
                Written::Stopped(ring) => {
                    self.memory.learn(subject, limit, &ring, now);
                    attempt = ring.next(limit, now);
                }
            }
        }
        Err(StoreError::Contended { operation: "rate_limits.check" })
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

    async fn write(
        &self,
        subject: &Subject,
        limit: Limit,
        attempt: Attempt,
        now: Timestamp,
    ) -> Result<Written, StoreError> {
        let call = attempted(self.update(subject), limit, attempt, now)
            .expression_attribute_values(":share", number(limit.per_slot()))
            .expression_attribute_values(":one", number(1))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match call.send().await {
            Ok(output) => row::ring(output.attributes()).map(Written::Admitted),
            Err(error) => match row::stopped_by(&error) {
                Some(old) => old.map(Written::Stopped),
                None => Err(StoreError::unavailable("rate_limits.check", &error)),
            },
        }
    }

    /// Keeps the row short, once in `slots` admissions. Losing the race or failing does no harm: only the newest
    /// slots decide, and a later caller tries again.
    async fn trim(&self, subject: &Subject, limit: Limit, ring: &Ring) {
        let [newest, ..] = ring.stamps() else { return };
        if ring.stamps().len() <= 2 * limit.slots() {
            return;
        }
        let call = self
            .update(subject)
            .update_expression(expressions::TRIM)
            .condition_expression(expressions::CAN_TRIM)
            .expression_attribute_values(":kept", list(&ring.stamps()[..=limit.slots()]))
            .expression_attribute_values(":size", number(ring.stamps().len()))
            .expression_attribute_values(":newest", stamp(*newest));
        drop(call.send().await);
    }

    fn update(&self, subject: &Subject) -> UpdateItemFluentBuilder {
        let update = self.db.client().update_item().table_name(self.db.table(Table::RateLimits));
        update.key("subject", text(subject.tenant())).key("sk", text(subject.key()))
    }
}

/// The attempt's expression, its condition, and the values that only it uses.
fn attempted(
    call: UpdateItemFluentBuilder,
    limit: Limit,
    attempt: Attempt,
    now: Timestamp,
) -> UpdateItemFluentBuilder {
    let cutoff = stamp(limit.cutoff(now));
    let expires = number(limit.leaves(now).saturating_add(SLACK).unwrap_or(Timestamp::MAX).as_second());
    match attempt {
        Attempt::Join => call
            .update_expression(expressions::JOIN)
            .condition_expression(expressions::CAN_JOIN)
            .expression_attribute_values(":now", stamp(now))
            .expression_attribute_values(":expires", expires),
        Attempt::JoinBehind => call
            .update_expression(expressions::JOIN_BEHIND)
            .condition_expression(expressions::CAN_JOIN_BEHIND[limit.slots()])
            .expression_attribute_values(":now", stamp(now))
            .expression_attribute_values(":cutoff", cutoff),
        Attempt::Open | Attempt::Refuse { .. } => call
            .update_expression(expressions::OPEN)
            .condition_expression(expressions::CAN_OPEN[limit.slots() - 1])
            .expression_attribute_values(":stamp", list(&[now]))
            .expression_attribute_values(":none", list(&[]))
            .expression_attribute_values(":cutoff", cutoff)
            .expression_attribute_values(":expires", expires),
    }
}

#[cfg(test)]
mod tests;
