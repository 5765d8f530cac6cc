//! Tries to start a worker: what is known about a shard, read at once, and the row of its last try.

use aws_sdk_dynamodb::types::{KeysAndAttributes, ReturnValuesOnConditionCheckFailure};
use jiff::{SignedDuration, Timestamp};

use super::row::{corrupt, get_number, get_text, get_time, key, millis, optional, read_lease};
use super::{Changed, budget, changed, session};
use crate::domain::workers::{
    Attempt, AttemptEnd, Capacity, Epoch, IdentifyBudget, Lease, ShardId, StartOp, StartedBy,
};
use crate::ids::ApplicationId;
use crate::store::change::Applied;
use crate::store::condition::held;
use crate::store::item::{Item, number, text};
use crate::store::{Db, StoreError, Table};

/// Longer than ECS remembers a `clientToken` (24 h), so that no try gets the token of one that is forgotten here only.
const LIFE: SignedDuration = SignedDuration::from_hours(48);

const FIRST: &str = "attribute_not_exists(lease)";
const UNCHANGED: &str = "epoch = :epoch AND attempt = :attempt";
const NAME: &str = "SET task_arn = :task";
const END: &str = "SET ended = :ended, task_arn = if_not_exists(task_arn, :task)";
const END_UNNAMED: &str = "SET ended = :ended";

/// The tries of all shards. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Attempts {
    db: Db,
}

/// What is known about a shard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// Its lease.
    pub lease: Option<Lease>,
    /// Its last try.
    pub attempt: Option<Attempt>,
    /// The bot's identifies.
    pub budget: Option<IdentifyBudget>,
    /// Whether there is a gateway session to go on with.
    pub resumable: bool,
}

/// Whether the try was still the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noted {
    /// It was, and the row says so now.
    Now,
    /// There is a later one.
    Superseded,
}

impl Attempts {
    /// Over the tables of `db`.
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// Everything that a plan looks at, in one call.
    pub async fn rows(&self, shard: ShardId, bot: ApplicationId, now: Timestamp) -> Result<Rows, StoreError> {
        let keys = [key("shard", shard), key("attempt", shard), key("session", shard), key("identify", bot)];
        let wanted = KeysAndAttributes::builder().set_keys(Some(keys.to_vec())).consistent_read(true).build();
        let wanted = wanted.map_err(|_| corrupt("keys"))?;
        let table = self.db.table(Table::Leases);
        let sent = self.db.client().batch_get_item().request_items(&table, wanted).send().await;
        let mut output = sent.map_err(|error| StoreError::unavailable("leases.rows", &error))?;
        if output.unprocessed_keys.as_ref().is_some_and(|keys| !keys.is_empty()) {
            let code = "unprocessed".to_owned();
            return Err(StoreError::Unavailable { operation: "leases.rows", code });
        }
        let found = output.responses.as_mut().and_then(|tables| tables.remove(&table)).unwrap_or_default();
        read_rows(shard, &keys, &found, now)
    }

    /// Writes a planned try, if the row is still the one that the plan saw. On a conflict read and plan again.
    pub async fn begin(&self, op: &StartOp) -> Result<Applied, StoreError> {
        let put = self.db.client().put_item().table_name(self.db.table(Table::Leases));
        let put = put.set_item(Some(write(&op.attempt)));
        let put = match op.replaces {
            None => put.condition_expression(FIRST),
            Some((epoch, attempt)) => put
                .condition_expression(UNCHANGED)
                .expression_attribute_values(":epoch", number(epoch.get()))
                .expression_attribute_values(":attempt", number(attempt)),
        };
        Ok(if held(put.send().await, "leases.begin")?.is_some() { Applied::Done } else { Applied::Conflict })
    }

    /// Notes the task that ECS named.
    pub async fn name(&self, of: StartedBy, task_arn: &str) -> Result<Noted, StoreError> {
        self.note(of, NAME, Some(task_arn), None).await
    }

    /// Notes that a try has ended; its task too, if it was not noted yet.
    pub async fn end(
        &self,
        of: StartedBy,
        end: AttemptEnd,
        task_arn: Option<&str>,
    ) -> Result<Noted, StoreError> {
        let expression = if task_arn.is_some() { END } else { END_UNNAMED };
        self.note(of, expression, task_arn, Some(end)).await
    }

    async fn note(
        &self,
        of: StartedBy,
        expression: &'static str,
        task_arn: Option<&str>,
        end: Option<AttemptEnd>,
    ) -> Result<Noted, StoreError> {
        let update = self.db.client().update_item().table_name(self.db.table(Table::Leases));
        let update = update
            .set_key(Some(key("attempt", of.shard)))
            .update_expression(expression)
            .condition_expression(UNCHANGED)
            .expression_attribute_values(":epoch", number(of.epoch.get()))
            .expression_attribute_values(":attempt", number(of.number))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::None);
        let update =
            task_arn.map_or(update.clone(), |task| update.expression_attribute_values(":task", text(task)));
        let update = end
            .map_or(update.clone(), |end| update.expression_attribute_values(":ended", text(end_word(end))));
        match changed("leases.note", update.send().await)? {
            Changed::Now(_) => Ok(Noted::Now),
            Changed::Refused(_) => Ok(Noted::Superseded),
        }
    }
}

fn read_rows(shard: ShardId, keys: &[Item; 4], found: &[Item], now: Timestamp) -> Result<Rows, StoreError> {
    let row = |key: &Item| found.iter().find(|item| item.get("lease") == key.get("lease"));
    let [lease, attempt, session, identify] = keys.each_ref().map(row);
    Ok(Rows {
        lease: lease.map(|item| read_lease(shard, item)).transpose()?,
        attempt: attempt.map(|item| read(shard, item).ok_or(corrupt("attempt"))).transpose()?,
        budget: identify.map(budget::read).transpose()?,
        resumable: session.map_or(Ok(None), |item| session::read(item, now))?.is_some(),
    })
}

fn write(attempt: &Attempt) -> Item {
    let mut item = key("attempt", attempt.shard);
    let mut set = |name: &str, value| drop(item.insert(name.to_owned(), value));
    set("epoch", number(attempt.epoch.get()));
    set("attempt", number(attempt.number));
    set("streak", number(attempt.streak));
    set("started_at", millis(attempt.started_at));
    set("capacity", text(attempt.capacity.provider()));
    let expires_at = attempt.started_at.saturating_add(LIFE).unwrap_or(Timestamp::MAX);
    set("expires_at", number(expires_at.as_second()));
    if let Some(task) = &attempt.task_arn {
        set("task_arn", text(task));
    }
    if let Some(end) = attempt.end {
        set("ended", text(end_word(end)));
    }
    item
}

fn read(shard: ShardId, item: &Item) -> Option<Attempt> {
    Some(Attempt {
        shard,
        epoch: Epoch::new(get_number(item, "epoch")?),
        number: get_number(item, "attempt")?,
        streak: get_number(item, "streak")?,
        started_at: get_time(item, "started_at")?,
        capacity: one_of(&[Capacity::FargateSpot, Capacity::Fargate], Capacity::provider, item, "capacity")?,
        task_arn: optional(item, "task_arn", |item, name| get_text(item, name).map(str::to_owned)).ok()?,
        end: optional(item, "ended", |item, name| {
            one_of(&[AttemptEnd::NoCapacity, AttemptEnd::Stopped], end_word, item, name)
        })
        .ok()?,
    })
}

const fn end_word(end: AttemptEnd) -> &'static str {
    match end {
        AttemptEnd::NoCapacity => "no_capacity",
        AttemptEnd::Stopped => "stopped",
    }
}

fn one_of<T: Copy>(all: &[T], word: impl Fn(T) -> &'static str, item: &Item, name: &str) -> Option<T> {
    let found = get_text(item, name)?;
    all.iter().copied().find(|one| word(*one) == found)
}
