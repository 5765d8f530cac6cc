//! A guild's queue in `guild-queues`: `q#head`, `q#order#…` (packed segments), `e#…` (entries, which never change),
//! `op#…` (what was done, so that it is done once). [`crate::domain::queue`] decides, this writes: every command is
//! one transaction under the head's `rev`.

mod bulk;
mod commit;
mod keep;
mod read;
mod rows;
mod turned_away;

#[cfg(test)]
mod tests;

use jiff::Timestamp;

use super::item::pause;
use super::leases::Held;
use super::{Db, StoreError};
use crate::clock::Rng;
use crate::domain::queue::{Caps, Outcome, QueueRefusal, QueueView, Request, plan};
use crate::ids::GuildId;
use commit::Commit;

pub use turned_away::count_turned_away;

/// How often a command is planned anew when others change the same queue: 16 tries, up to 2 s of waiting.
const TRIES: u32 = 16;

/// Why a command changed nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueueError {
    /// The queue as it is does not allow it.
    #[error(transparent)]
    Refused(#[from] QueueRefusal),
    /// The store failed. After `Unavailable` it may have changed; the same `op` again finds out.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A command that took place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// What it changed.
    pub outcome: Outcome,
    /// The queue right after it, or, when it was `repeated`, as it is now.
    pub queue: QueueView,
    /// Whether it is known to have taken place before, under the same `op`. Of two tries at the same moment, which
    /// the service itself takes for one, both may say no.
    pub repeated: bool,
}

/// The queues of all guilds. Cheap to clone.
#[derive(Clone, Debug)]
pub struct QueueStore {
    db: Db,
    rng: Rng,
    caps: Caps,
}

impl QueueStore {
    /// Queues in `db`; `rng` spreads the retries of concurrent commands.
    pub fn new(db: Db, rng: Rng) -> Self {
        Self { db, rng, caps: Caps::PRODUCTION }
    }

    /// With other sizes; for tests that want many segments from few tracks.
    #[must_use]
    pub fn with_caps(self, caps: Caps) -> Self {
        Self { caps, ..self }
    }

    /// Does what `request` says, once: doing it again under the same `op` gives the first answer again (for an hour).
    ///
    /// Calls: one query, one transaction (more when others change the same queue meanwhile, or above 25 tracks).
    pub async fn apply(&self, guild: GuildId, request: &Request<'_>) -> Result<Applied, QueueError> {
        self.apply_seen(guild, request, None).await
    }

    /// The same on behalf of a shard, as long as it is held: a worker that slept through its lease changes nothing when
    /// it wakes up, however late it looks (SPEC P6). `None`: somebody else holds it, and nothing changed.
    pub async fn apply_held(
        &self,
        guild: GuildId,
        request: &Request<'_>,
        held: &Held,
    ) -> Result<Option<Applied>, QueueError> {
        self.run(guild, request, None, Some(held)).await
    }

    /// The same from a view that was read already: one transaction, if the view is still what the queue is.
    pub async fn apply_seen(
        &self,
        guild: GuildId,
        request: &Request<'_>,
        seen: Option<QueueView>,
    ) -> Result<Applied, QueueError> {
        // Only who holds something can lose it.
        self.run(guild, request, seen, None).await?.ok_or_else(|| contended().into())
    }

    async fn run(
        &self,
        guild: GuildId,
        request: &Request<'_>,
        mut seen: Option<QueueView>,
        held: Option<&Held>,
    ) -> Result<Option<Applied>, QueueError> {
        let mut prepared = bulk::Prepared::default();
        let mut doubtful: Option<StoreError> = None;
        for attempt in 0..TRIES {
            let fresh = seen.is_none();
            let queue = match seen.take() {
                Some(queue) => queue,
                None => self.view(guild, request.now).await?,
            };
            let plan = match plan(&queue, request) {
                Ok(plan) => plan,
                // What was seen may be old by now: a refusal is given on a fresh reading only.
                Err(_) if !fresh => continue,
                // A lost answer may have made its own repetition impossible ("nothing to clear").
                Err(refusal) => {
                    return match self.repeated(guild, request, queue).await? {
                        None => Err(refusal.into()),
                        again => Ok(again),
                    };
                }
            };
            self.prepare(guild, &plan, &mut prepared, request.now).await?;
            match self.commit(guild, request, &plan, held).await? {
                Commit::Done => {
                    let (queue, outcome) = plan.into_result();
                    return Ok(Some(Applied { outcome, queue, repeated: false }));
                }
                Commit::AlreadyDone => {
                    let again = self.repeated(guild, request, queue).await?;
                    return if again.is_some() { Ok(again) } else { Err(contended().into()) };
                }
                Commit::Followed => return Ok(None),
                Commit::Conflict => pause(self.rng, attempt).await,
                // It may have happened. Once more tells: if it did, the operation's row is found.
                Commit::Doubtful(error) if doubtful.is_none() => doubtful = Some(error),
                Commit::Doubtful(error) => return Err(error.into()),
            }
        }
        Err(contended().into())
    }

    /// The answer of an earlier time, if there was one.
    async fn repeated(
        &self,
        guild: GuildId,
        request: &Request<'_>,
        queue: QueueView,
    ) -> Result<Option<Applied>, StoreError> {
        let Some(outcome) = self.outcome(guild, request.op).await? else { return Ok(None) };
        // What was read before the answer may be from before the change.
        let queue = self.view(guild, request.now).await.unwrap_or(queue);
        Ok(Some(Applied { outcome, queue, repeated: true }))
    }
}

fn contended() -> StoreError {
    StoreError::Contended { operation: "queue.apply" }
}

/// Epoch seconds, `seconds` from `now`.
fn after(now: Timestamp, seconds: i64) -> i64 {
    now.as_second().saturating_add(seconds)
}
