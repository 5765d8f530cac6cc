//! The rows of a queue and how they read.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::playback::Playback;
use crate::domain::queue::{
    Caps, Current, ENTRY_TTL_S, Entry, EntryId, Head, OpId, Order, Outcome, QUEUE_TTL_S, QueueView, Segment,
    SegmentRef, Slot,
};
use crate::ids::GuildId;
use crate::store::item::{Item, Packed, from_item, is_live, to_item};
use crate::store::{StoreError, Table};

use super::after;

/// What a query for the head and the order asks for. The head sorts first.
pub(super) const QUEUE_PREFIX: &str = "q#";
/// The head's sort key.
pub(super) const HEAD: &str = "q#head";
/// How long a retry finds what was done.
const OP_TTL_S: i64 = 60 * 60;
/// How long an entry stays after nothing refers to it: the answer to `/remove` still names it.
pub(super) const RETIRED_TTL_S: i64 = 60 * 60;

/// The sort key of a segment.
pub(super) fn segment_sk(id: u32) -> String {
    format!("q#order#{id:08x}")
}

/// The sort key of an entry.
pub(super) fn entry_sk(id: EntryId) -> String {
    format!("e#{id}")
}

/// The sort key of what was done.
pub(super) fn op_sk(op: OpId) -> String {
    format!("op#{op}")
}

#[derive(Serialize, Deserialize)]
struct HeadRow {
    guild: String,
    sk: String,
    rev: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    now: Option<Packed>,
    run: u64,
    playback: Playback,
    directory: Packed,
    next_segment: u32,
    history: Packed,
    fresh_until: i64,
    expires_at: i64,
}

#[derive(Serialize, Deserialize)]
struct SegmentRow {
    guild: String,
    sk: String,
    id: u32,
    rev: u64,
    slots: Packed,
    expires_at: i64,
}

#[derive(Serialize, Deserialize)]
struct EntryRow {
    guild: String,
    sk: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    entry: Option<Entry>,
    expires_at: i64,
}

/// The outcome is JSON text: it is read by nobody but a retry.
#[derive(Serialize, Deserialize)]
struct OpRow {
    guild: String,
    sk: String,
    outcome: String,
    expires_at: i64,
}

/// The head's item for a queue.
pub(super) fn head_item(guild: GuildId, queue: &QueueView, now: Timestamp) -> Result<Item, StoreError> {
    let head = queue.head();
    let row = HeadRow {
        guild: guild.to_string(),
        sk: HEAD.to_owned(),
        rev: head.rev,
        now: head.now.map(|now| Packed(now.slot.to_bytes().to_vec())),
        run: head.now.map_or(0, |now| now.run),
        playback: head.playback,
        directory: Packed(queue.order().directory().flat_map(directory_bytes).collect()),
        next_segment: queue.order().next_id(),
        history: Packed(Slot::pack(&head.history)),
        fresh_until: head.fresh_until,
        expires_at: after(now, QUEUE_TTL_S),
    };
    to_item(Table::GuildQueues, &row)
}

/// A segment's item.
pub(super) fn segment_item(guild: GuildId, segment: &Segment, now: Timestamp) -> Result<Item, StoreError> {
    let row = SegmentRow {
        guild: guild.to_string(),
        sk: segment_sk(segment.id),
        id: segment.id,
        rev: segment.rev,
        slots: Packed(Slot::pack(&segment.slots)),
        expires_at: after(now, ENTRY_TTL_S),
    };
    to_item(Table::GuildQueues, &row)
}

/// An entry's item.
pub(super) fn entry_item(guild: GuildId, entry: &Entry, now: Timestamp) -> Result<Item, StoreError> {
    let row = EntryRow {
        guild: guild.to_string(),
        sk: entry_sk(entry.id),
        entry: Some(entry.clone()),
        expires_at: after(now, ENTRY_TTL_S),
    };
    to_item(Table::GuildQueues, &row)
}

/// The item that says what was done.
pub(super) fn op_item(
    guild: GuildId,
    op: OpId,
    outcome: &Outcome,
    now: Timestamp,
) -> Result<Item, StoreError> {
    let outcome = serde_json::to_string(outcome).map_err(|_| corrupt("an outcome does not serialise"))?;
    let row = OpRow { guild: guild.to_string(), sk: op_sk(op), outcome, expires_at: after(now, OP_TTL_S) };
    to_item(Table::GuildQueues, &row)
}

/// What was done.
pub(super) fn outcome_of(item: Item) -> Result<Outcome, StoreError> {
    let row: OpRow = from_item(Table::GuildQueues, "operation", item)?;
    serde_json::from_str(&row.outcome).map_err(|_| corrupt("outcome"))
}

/// The entry of an item; none when it has expired.
pub(super) fn entry_of(item: Item, now: Timestamp) -> Result<Option<Entry>, StoreError> {
    let row: EntryRow = from_item(Table::GuildQueues, "entry", item)?;
    Ok(row.entry.filter(|_| is_live(row.expires_at, now)))
}

/// The queue that `items` make up; `None` when they are of different moments and have to be read again.
pub(super) fn assemble(
    items: Vec<Item>,
    now: Timestamp,
    caps: Caps,
) -> Result<Option<QueueView>, StoreError> {
    let (mut head, mut segments) = (None, BTreeMap::new());
    for item in items {
        if item.get("sk").and_then(|sk| sk.as_s().ok()).is_some_and(|sk| sk == HEAD) {
            head = Some(from_item::<HeadRow>(Table::GuildQueues, "head", item)?);
        } else {
            let segment = segment_of(item)?;
            segments.insert(segment.id, segment);
        }
    }
    let Some(head) = head else { return Ok(Some(QueueView::new(caps))) };
    let directory = directory_of(&head.directory)?;
    if !is_live(head.expires_at, now) {
        let leftovers = directory.iter().map(|listed| listed.id).collect();
        return Ok(Some(QueueView::forgotten(head.rev, head.next_segment, leftovers, caps)));
    }
    let mut listed = Vec::with_capacity(directory.len());
    for entry in directory {
        match segments.remove(&entry.id) {
            Some(segment) if segment.rev == entry.rev && segment.slots.len() == entry.len as usize => {
                listed.push(segment);
            }
            // Nobody renewed it and the table's TTL took it: what is left is better than a queue that never reads.
            None if !is_live(head.fresh_until, now) => {}
            _ => return Ok(None),
        }
    }
    let order = Order::from_segments(listed, head.next_segment, caps);
    Ok(Some(QueueView::from_rows(head_of(&head)?, order)))
}

fn head_of(row: &HeadRow) -> Result<Head, StoreError> {
    let now = match &row.now {
        None => None,
        Some(packed) => {
            let slot = Slot::from_bytes(&packed.0).ok_or(corrupt("current entry"))?;
            Some(Current { slot, run: row.run })
        }
    };
    let history = Slot::unpack(&row.history.0).ok_or(corrupt("history"))?;
    Ok(Head { rev: row.rev, now, playback: row.playback, history, fresh_until: row.fresh_until })
}

fn segment_of(item: Item) -> Result<Segment, StoreError> {
    let row: SegmentRow = from_item(Table::GuildQueues, "segment", item)?;
    let slots = Slot::unpack(&row.slots.0).ok_or(corrupt("segment's slots"))?;
    Ok(Segment { id: row.id, rev: row.rev, slots })
}

fn directory_bytes(listed: SegmentRef) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&listed.id.to_be_bytes());
    bytes[4..8].copy_from_slice(&listed.len.to_be_bytes());
    bytes[8..].copy_from_slice(&listed.rev.to_be_bytes());
    bytes
}

fn directory_of(packed: &Packed) -> Result<Vec<SegmentRef>, StoreError> {
    let (listed, rest) = packed.0.as_chunks::<16>();
    if !rest.is_empty() {
        return Err(corrupt("directory"));
    }
    let segment = |bytes: &[u8; 16]| {
        let (mut id, mut len, mut rev) = ([0; 4], [0; 4], [0; 8]);
        id.copy_from_slice(&bytes[..4]);
        len.copy_from_slice(&bytes[4..8]);
        rev.copy_from_slice(&bytes[8..]);
        SegmentRef { id: u32::from_be_bytes(id), len: u32::from_be_bytes(len), rev: u64::from_be_bytes(rev) }
    };
    Ok(listed.iter().map(segment).collect())
}

fn corrupt(what: &'static str) -> StoreError {
    StoreError::Corrupt { table: Table::GuildQueues.suffix(), what }
}
