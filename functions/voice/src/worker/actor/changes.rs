//! What an actor changes in the queue by itself. Each is a command like anybody's, conditional on what is current.

use shared::domain::queue::{Command, EntryId, OpId, Request};
use shared::store::queue::QueueError;
use shared::telemetry::StoreOperation;

use super::Actor;
use crate::worker::wanted::Wanted;

impl Actor {
    /// The track has ended; what follows is the queue's to say (SPEC P3).
    pub(super) async fn advance(&mut self, finished: EntryId, run: u64) {
        self.change(OpId::RunEnded(run), &Command::Advance { finished, run }).await;
    }

    /// The track cannot be played: on with the next one, whatever the loop says about this one.
    pub(super) async fn pass_over(&mut self, entry: EntryId) {
        self.by_itself(&Command::Skip { expect: Some(entry) }).await;
    }

    /// Enough votes.
    pub(super) async fn voted_off(&mut self, entry: EntryId) {
        self.by_itself(&Command::Skip { expect: Some(entry) }).await;
    }

    /// One track after the other fails: better silence than a storm.
    pub(super) async fn stop_for_now(&mut self) {
        self.by_itself(&Command::Leave).await;
    }

    /// The room is empty, or somebody has thrown the bot out.
    pub(super) async fn go_away(&mut self) {
        if !self.wanted.playback.away() {
            self.by_itself(&Command::Leave).await;
        }
    }

    async fn by_itself(&mut self, command: &Command) {
        // Without randomness the number is 0: done once, and then again by somebody who is asked.
        let number = self.deps.rng.u64().unwrap_or_default();
        self.change(OpId::Worker(number), command).await;
    }

    async fn change(&mut self, op: OpId, command: &Command) {
        let Some(held) = self.lease.borrow().clone() else { return };
        let now = self.deps.clock.now();
        let settings = self.wanted.settings.clone();
        let request = Request { op, command, now, settings: &settings, exempt: true, only_of: None };
        let applied = match self.deps.queue.apply_held(self.guild, &request, &held).await {
            Ok(Some(applied)) => applied,
            Ok(None) => return self.followed = true,
            // Somebody was faster: their doorbell rings, and this is read again anyway.
            Err(QueueError::Refused(_)) => return self.stale = true,
            Err(QueueError::Store(error)) => {
                self.deps.telemetry.store_failed(StoreOperation::Write, &error);
                return self.stale = true;
            }
        };
        match Wanted::of(&self.deps, self.guild, &applied.queue, settings, now).await {
            Ok(wanted) => self.want(wanted),
            Err(error) => {
                self.deps.telemetry.store_failed(StoreOperation::Read, &error);
                self.stale = true;
            }
        }
    }
}
