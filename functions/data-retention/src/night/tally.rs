//! What a run has done so far, in numbers: it names nobody.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::privacy::RetentionReason;

use super::policy::Room;
use super::store::Store;

/// The counts of a run. What a killed invocation did and did not hand on is not in them, so they are least numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// What went, by why and where. In a dry run: what would go.
    pub counts: BTreeMap<RetentionReason, BTreeMap<Store, u32>>,
    /// Rows, secrets and log groups that were looked at.
    pub seen: u64,
    /// What is due and did not fit into this run.
    pub left: u32,
    /// What had become something else by the time, or had gone.
    pub changed: u32,
    /// What could not be done; the log says why. It is due the next night.
    pub failed: u32,
    /// Secrets without a link that go the next night.
    pub told: u32,
}

impl Tally {
    /// One more of this.
    pub fn count(&mut self, reason: RetentionReason, store: Store) {
        let count = self.counts.entry(reason).or_default().entry(store).or_default();
        *count = count.saturating_add(1);
    }

    /// These as well.
    pub fn add(&mut self, other: Self) {
        for (reason, stores) in other.counts {
            for (store, more) in stores {
                let count = self.counts.entry(reason).or_default().entry(store).or_default();
                *count = count.saturating_add(more);
            }
        }
        self.seen = self.seen.saturating_add(other.seen);
        self.left = self.left.saturating_add(other.left);
        self.changed = self.changed.saturating_add(other.changed);
        self.failed = self.failed.saturating_add(other.failed);
        self.told = self.told.saturating_add(other.told);
    }

    /// How many went for this reason.
    pub fn of(&self, reason: RetentionReason) -> u32 {
        self.counts.get(&reason).map_or(0, |stores| stores.values().sum())
    }

    /// What the run may still do.
    pub fn left_of(&self, room: Room) -> Room {
        let (mut rows, mut secrets, mut logs) = (0_u32, 0_u32, 0_u32);
        for (store, count) in self.counts.values().flatten() {
            let done = match store {
                Store::Table(_) => &mut rows,
                Store::Users => &mut secrets,
                Store::Logs => &mut logs,
            };
            *done = done.saturating_add(*count);
        }
        Room {
            rows: room.rows.saturating_sub(rows),
            secrets: room.secrets.saturating_sub(secrets),
            logs: room.logs.saturating_sub(logs),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::store::Table;

    use super::*;

    #[test]
    fn it_counts_by_reason_and_store_and_reads_as_it_was_written() {
        let mut tally = Tally { seen: 9, told: 1, ..Tally::default() };
        for store in [Store::Table(Table::Replay), Store::Table(Table::Sessions), Store::Table(Table::Replay)]
        {
            tally.count(RetentionReason::PastItsEnd, store);
        }
        tally.count(RetentionReason::Orphaned, Store::Users);
        let written = serde_json::to_value(&tally).unwrap();
        let counts = json!({ "past_its_end": { "replay": 2, "sessions": 1 }, "orphaned": { "users": 1 } });
        assert_eq!(written["counts"], counts);
        assert_eq!(serde_json::from_value::<Tally>(written).unwrap(), tally);
        assert_eq!((tally.of(RetentionReason::PastItsEnd), tally.of(RetentionReason::Idle)), (3, 0));
    }

    #[test]
    fn what_was_done_takes_room() {
        let mut tally = Tally::default();
        let room = Room { rows: 2, secrets: 1, logs: 0 };
        assert_eq!(tally.left_of(room), room);
        for _ in 0..3 {
            tally.count(RetentionReason::Spent, Store::Table(Table::Sessions));
        }
        tally.count(RetentionReason::NoRetention, Store::Logs);
        assert_eq!(tally.left_of(room), Room { rows: 0, secrets: 1, logs: 0 });
    }
}
