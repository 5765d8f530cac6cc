//! Votes to skip what plays: one row of `guild-state` for each guild, about one run. Who votes is kept, not how often,
//! so that voting again changes nothing; how many are enough is the worker's to know, since it sees who listens.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use jiff::Timestamp;

use super::condition::held;
use super::item::{Item, is_live, key, number};
use super::{Db, StoreError, Table};
use crate::domain::queue::QUEUE_TTL_S;
use crate::ids::{GuildId, UserId};

const SK: &str = "votes";
/// A vote or a fresh row each; more only when others begin the same run's row at the same moment.
const TRIES: u32 = 4;

const JOIN: &str = "ADD voters :me SET expires_at = :expires";
const SAME_RUN: &str = "run = :run AND expires_at > :now";
const BEGIN: &str = "SET run = :run, voters = :me, expires_at = :expires";
/// A vote that was long on its way must not wipe out those about what plays by now.
const EARLIER_RUN: &str = "attribute_not_exists(sk) OR run < :run OR expires_at <= :now";

/// Who wants to skip which run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Votes {
    /// The run that they are about. After a cast it is a later one than the caller's if the queue went on meanwhile;
    /// the caller's vote is then not among them.
    pub run: u64,
    /// Everybody who voted, each once, in the order of their ids.
    pub voters: Vec<UserId>,
}

/// One user's.
struct Vote {
    guild: GuildId,
    run: u64,
    user: UserId,
    now: Timestamp,
}

/// The votes of all guilds. Cheap to clone.
#[derive(Clone, Debug)]
pub struct VoteStore {
    db: Db,
}

impl VoteStore {
    /// Votes in `db`.
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// Counts `user` among those who want to skip `run`, once. The first vote about a later run than the row's begins
    /// anew. Exact under any concurrency.
    pub async fn cast(
        &self,
        guild: GuildId,
        run: u64,
        user: UserId,
        now: Timestamp,
    ) -> Result<Votes, StoreError> {
        let vote = Vote { guild, run, user, now };
        for _ in 0..TRIES {
            if let Some(votes) = self.update(&vote, JOIN, SAME_RUN).await? {
                return Ok(votes);
            }
            if let Some(votes) = self.update(&vote, BEGIN, EARLIER_RUN).await? {
                return Ok(votes);
            }
            if let Some(later) = self.read(guild, now).await?.filter(|votes| votes.run > run) {
                return Ok(later);
            }
        }
        Err(StoreError::Contended { operation: "votes.cast" })
    }

    /// The votes about the latest run that anybody voted about; `None` when there are none.
    pub async fn read(&self, guild: GuildId, now: Timestamp) -> Result<Option<Votes>, StoreError> {
        let item = self.db.get(Table::GuildState, key(guild, SK), "votes.read").await?;
        let Some(item) = item else { return Ok(None) };
        let expires_at: i64 = number_of(&item, "expires_at").ok_or(CORRUPT)?;
        if is_live(expires_at, now) { votes_of(&item).map(Some) } else { Ok(None) }
    }

    /// The votes after the update, or `None` where its condition does not hold.
    async fn update(
        &self,
        vote: &Vote,
        expression: &'static str,
        condition: &'static str,
    ) -> Result<Option<Votes>, StoreError> {
        let expires_at = vote.now.as_second().saturating_add(QUEUE_TTL_S);
        let call = self.row(vote.guild).update_expression(expression).condition_expression(condition);
        let sent = call
            .expression_attribute_values(":me", AttributeValue::Ss(vec![vote.user.to_string()]))
            .expression_attribute_values(":run", number(vote.run))
            .expression_attribute_values(":now", number(vote.now.as_second()))
            .expression_attribute_values(":expires", number(expires_at))
            .return_values(ReturnValue::AllNew)
            .send()
            .await;
        match held(sent, "votes.cast")? {
            Some(output) => votes_of(&output.attributes.ok_or(CORRUPT)?).map(Some),
            None => Ok(None),
        }
    }

    fn row(&self, guild: GuildId) -> UpdateItemFluentBuilder {
        let update = self.db.client().update_item().table_name(self.db.table(Table::GuildState));
        update.set_key(Some(key(guild, SK)))
    }
}

const CORRUPT: StoreError = StoreError::Corrupt { table: Table::GuildState.suffix(), what: "votes" };

fn votes_of(item: &Item) -> Result<Votes, StoreError> {
    let voters = item.get("voters").and_then(|voters| voters.as_ss().ok()).ok_or(CORRUPT)?;
    let voters: BTreeSet<UserId> =
        voters.iter().map(|voter| voter.parse().map_err(|_| CORRUPT)).collect::<Result<_, _>>()?;
    Ok(Votes { run: number_of(item, "run").ok_or(CORRUPT)?, voters: voters.into_iter().collect() })
}

fn number_of<N: core::str::FromStr>(item: &Item, name: &str) -> Option<N> {
    item.get(name)?.as_n().ok()?.parse().ok()
}

#[cfg(test)]
#[path = "votes_tests.rs"]
mod tests;
