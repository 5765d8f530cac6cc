//! Deferred replies (SPEC P8): one row from the deferral until somebody has answered.
//!
//! Two may answer: the one who has the real answer, and, at the deadline, the supervisor with an error. Both first
//! *claim* the row, then talk to Discord, then *finish* it:
//!
//! ```text
//! open ──claim──▶ claimed (20 s) ──finish──▶ ended
//!                    └─ not finished in time: anybody may claim again
//! ```
//!
//! So an error never overwrites an answer, an answer never an error, and a claimer that dies in between leaves a row
//! that the next delivery takes up. Each claim has a number; only its holder can finish. Ending removes the token.
//!
//! A row says whom the reply is owed to and what they wait for, so that a worker which starts later knows.

mod reply;
mod row;
#[cfg(test)]
mod tests;

use core::fmt;
use core::time::Duration;
use std::collections::HashMap;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemOutput};
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use jiff::Timestamp;

pub use self::reply::{
    DeadlineTooLate, Deferral, DeferredReply, LATEST_DEADLINE, Purpose, ReplyKind, TOKEN_LIFE,
};
use self::row::{CORRUPT, Row, State};
use super::condition::{held, held_or_row};
use super::{Db, StoreError, Table};
use crate::ids::InteractionId;

/// How long a claim holds. Longer than a claimer talks to Discord, shorter than a message stays invisible.
pub const CLAIM_LIFE: Duration = Duration::from_secs(20);

const OF_TENANT: &str = "tenant = :tenant AND begins_with(sk, :prefix)";
const OPEN_AND_ALIVE: &str = "expires_at > :now AND reply_state <> :ended";
const NEW_ROW: &str = "attribute_not_exists(sk)";
const CLAIM: &str = "SET reply_state = :claimed, claim_until = :until ADD claim_number :one";
const CLAIMABLE: &str =
    "expires_at > :now AND (reply_state = :open OR (reply_state = :claimed AND claim_until <= :now))";
const END: &str = "SET reply_state = :ended REMOVE reply_token, claim_until";
const MINE: &str = "reply_state = :claimed AND claim_number = :number";

/// The rows of replies that have to end. Cheap to clone.
#[derive(Clone, Debug)]
pub struct DeferredReplies {
    db: Db,
}

/// Whether a row was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// It was.
    Now,
    /// The interaction has one already.
    Already,
}

/// The right to answer, for [`CLAIM_LIFE`].
#[derive(Debug, PartialEq, Eq)]
pub struct Claimed {
    reply: DeferredReply,
    number: u64,
}

impl Claimed {
    /// What to answer with.
    pub const fn reply(&self) -> &DeferredReply {
        &self.reply
    }
}

/// What became of a claim.
#[derive(Debug, PartialEq, Eq)]
pub enum Claim {
    /// The caller may answer, and then has to [`DeferredReplies::finish`].
    Mine(Box<Claimed>),
    /// Somebody else is about to answer.
    Busy,
    /// Somebody has answered.
    Ended,
    /// There is no such row, or its token is dead.
    Missing,
}

/// Whether the caller's was the write that ended it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It was.
    Now,
    /// The row had ended, or the claim was lost to somebody else.
    Already,
}

impl DeferredReplies {
    /// Over the tables of `db`.
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// Remembers a reply that is owed. Do this before deferring: a deferral without a row could hang for ever.
    pub async fn open(&self, reply: &DeferredReply) -> Result<Opened, StoreError> {
        let put = self.db.client().put_item().table_name(self.db.table(Table::Deferred));
        let sent =
            put.set_item(Some(Row::open(reply)?.into_item()?)).condition_expression(NEW_ROW).send().await;
        Ok(if held(sent, "deferred.open")?.is_some() { Opened::Now } else { Opened::Already })
    }

    /// The reply, as long as nobody has ended it and its token lives.
    pub async fn read(
        &self,
        tenant: impl fmt::Display,
        interaction: InteractionId,
        now: Timestamp,
    ) -> Result<Option<DeferredReply>, StoreError> {
        let item = self.db.get(Table::Deferred, key(tenant, interaction), "deferred.read").await?;
        let row = item.map(Row::from_item).transpose()?;
        row.filter(|row| row.is_alive(now) && row.state() != State::Ended).map(Row::into_reply).transpose()
    }

    /// Every reply that the tenant's people wait for: not ended, its token alive; oldest interaction first.
    pub async fn open_of(
        &self,
        tenant: impl fmt::Display,
        now: Timestamp,
    ) -> Result<Vec<(InteractionId, DeferredReply)>, StoreError> {
        let query = self.db.client().query().table_name(self.db.table(Table::Deferred)).consistent_read(true);
        let pages = query
            .key_condition_expression(OF_TENANT)
            .filter_expression(OPEN_AND_ALIVE)
            .expression_attribute_values(":tenant", AttributeValue::S(tenant.to_string()))
            .expression_attribute_values(":prefix", AttributeValue::S(row::PREFIX.to_owned()))
            .expression_attribute_values(":now", seconds(now))
            .expression_attribute_values(":ended", State::Ended.value())
            .into_paginator();
        let items = pages.items().send().collect::<Result<Vec<_>, _>>().await;
        let items = items.map_err(|error| StoreError::unavailable("deferred.open_of", &error))?;
        let mut open: Vec<_> = items.into_iter().map(named).collect::<Result<_, _>>()?;
        // As text, an id with a digit more sorts before one with a digit less.
        open.sort_by_key(|(interaction, _)| *interaction);
        Ok(open)
    }

    /// Asks for the right to answer. Of any number of askers one gets it.
    pub async fn claim(
        &self,
        tenant: impl fmt::Display,
        interaction: InteractionId,
        now: Timestamp,
    ) -> Result<Claim, StoreError> {
        let until = now.saturating_add(CLAIM_LIFE).map_err(|_| CORRUPT)?;
        let update = self.db.client().update_item().table_name(self.db.table(Table::Deferred));
        let sent = update
            .set_key(Some(key(tenant, interaction)))
            .update_expression(CLAIM)
            .condition_expression(CLAIMABLE)
            .expression_attribute_values(":open", State::Open.value())
            .expression_attribute_values(":claimed", State::Claimed.value())
            .expression_attribute_values(":now", seconds(now))
            .expression_attribute_values(":until", seconds(until))
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        claim_of(sent, now)
    }

    /// Says that the claimed reply was answered.
    pub async fn finish(&self, claimed: &Claimed) -> Result<Ended, StoreError> {
        let update = self.db.client().update_item().table_name(self.db.table(Table::Deferred));
        let sent = update
            .set_key(Some(key(&claimed.reply.tenant, claimed.reply.interaction)))
            .update_expression(END)
            .condition_expression(MINE)
            .expression_attribute_values(":ended", State::Ended.value())
            .expression_attribute_values(":claimed", State::Claimed.value())
            .expression_attribute_values(":number", AttributeValue::N(claimed.number.to_string()))
            .send()
            .await;
        Ok(if held(sent, "deferred.finish")?.is_some() { Ended::Now } else { Ended::Already })
    }

    /// Ends a reply whose answer needs no further call to Discord: claim and finish in one.
    pub async fn end(
        &self,
        tenant: impl fmt::Display,
        interaction: InteractionId,
        now: Timestamp,
    ) -> Result<Ended, StoreError> {
        match self.claim(tenant, interaction, now).await? {
            Claim::Mine(claimed) => self.finish(&claimed).await,
            Claim::Busy | Claim::Ended | Claim::Missing => Ok(Ended::Already),
        }
    }
}

fn named(item: HashMap<String, AttributeValue>) -> Result<(InteractionId, DeferredReply), StoreError> {
    let reply = Row::from_item(item)?.into_reply()?;
    Ok((reply.interaction, reply))
}

fn claim_of<R>(
    sent: Result<UpdateItemOutput, SdkError<UpdateItemError, R>>,
    now: Timestamp,
) -> Result<Claim, StoreError> {
    match held_or_row(sent, "deferred.claim")? {
        Ok(output) => {
            let row = Row::from_item(output.attributes.ok_or(CORRUPT)?)?;
            let number = row.claim_number();
            Ok(Claim::Mine(Box::new(Claimed { reply: row.into_reply()?, number })))
        }
        Err(row) => {
            let row = row.map(Row::from_item).transpose()?;
            Ok(why_not(row.filter(|row| row.is_alive(now))))
        }
    }
}

fn why_not(row: Option<Row>) -> Claim {
    match row.map(|row| row.state()) {
        None => Claim::Missing,
        Some(State::Ended) => Claim::Ended,
        Some(State::Open | State::Claimed) => Claim::Busy,
    }
}

fn key(tenant: impl fmt::Display, interaction: InteractionId) -> HashMap<String, AttributeValue> {
    HashMap::from([
        ("tenant".to_owned(), AttributeValue::S(tenant.to_string())),
        ("sk".to_owned(), AttributeValue::S(row::sort_key(interaction))),
    ])
}

fn seconds(at: Timestamp) -> AttributeValue {
    AttributeValue::N(at.as_second().to_string())
}
