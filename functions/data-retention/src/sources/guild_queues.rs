//! `guild-queues`: what plays and waits goes on, and was asked for by nobody. The order belongs to the queue's own
//! transactions, so it is changed by a command like any other; what no queue refers to any more is changed as it lies there.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use shared::domain::queue::{Command, NOBODY, OpId, QueueRefusal, Request, SLOT_BYTES, Slot};
use shared::domain::settings::GuildSettings;
use shared::ids::{GuildId, UserId};
use shared::privacy::DataSubject;
use shared::store::queue::QueueError;
use shared::store::walk::Revision;
use shared::store::{Item, StoreError, Table};

use super::row::{bytes, id, number, text};
use super::{Forgotten, Mention, delete, is_of_guild, own_if};
use crate::app::App;

/// Where slots lie packed: what plays and what was played in the head, what waits in a segment.
const PACKED: [&str; 3] = ["now", "history", "slots"];
const SLOTS: &str = "slots";
const ENTRY: &str = "entry";

pub(super) fn mention(item: &Item, subject: DataSubject) -> Mention {
    let DataSubject::User(user) = subject else { return own_if(is_of_guild(item, "guild", subject)) };
    let waits = PACKED.iter().filter_map(|name| bytes(item, name)).any(|slots| names(slots, user));
    if waits || requester(item) == Some(&id(user)) { Mention::Named } else { Mention::None }
}

pub(super) async fn forget(
    app: &App,
    item: &Item,
    subject: DataSubject,
    now: Timestamp,
) -> Result<Forgotten, StoreError> {
    let DataSubject::User(user) = subject else { return delete(app, Table::GuildQueues, item).await };
    if requester(item).is_some() {
        let nobody = [(":nobody", id(NOBODY))];
        let expression = "SET #guard.requester = :nobody";
        return Ok(app
            .walk
            .change(Table::GuildQueues, item, Revision::new(ENTRY, expression).with(&nobody))
            .await?
            .into());
    }
    if disown(app, item, user, now).await? {
        Ok(Forgotten::Now)
    } else {
        forget_leftover(app, item, user, now).await
    }
}

/// By the queue's own means. `false`: the queue, as its readers see it, has nothing of theirs.
async fn disown(app: &App, item: &Item, user: UserId, now: Timestamp) -> Result<bool, StoreError> {
    let corrupt = || StoreError::Corrupt { table: Table::GuildQueues.suffix(), what: "a queue of no guild" };
    let guild: GuildId = text(item, "guild").and_then(|guild| guild.parse().ok()).ok_or_else(corrupt)?;
    let request = Request {
        op: operation(item, user),
        command: &Command::Disown(user),
        now,
        settings: &GuildSettings::default(),
        exempt: true,
        only_of: None,
    };
    match app.queues.apply(guild, &request).await {
        Ok(_) => Ok(true),
        Err(QueueError::Refused(QueueRefusal::NothingOfTheirs)) => Ok(false),
        // No other refusal of that command is known.
        Err(QueueError::Refused(_)) => Err(StoreError::Contended { operation: "queue.disown" }),
        Err(QueueError::Store(error)) => Err(error),
    }
}

/// The same for the same row at the same revision: done twice it is done once, and what came later is another.
fn operation(item: &Item, user: UserId) -> OpId {
    let (guild, sk) = (text(item, "guild").unwrap_or_default(), text(item, "sk").unwrap_or_default());
    let rev = number(item, "rev").unwrap_or_default();
    let digest = Sha256::digest(format!("disown/{user}/{guild}/{sk}/{rev}"));
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    OpId::Outside(u64::from_be_bytes(first))
}

/// A row that is over, or a segment that no head knows.
async fn forget_leftover(
    app: &App,
    item: &Item,
    user: UserId,
    now: Timestamp,
) -> Result<Forgotten, StoreError> {
    if let Some(end) = number(item, "expires_at").filter(|end| *end <= now.as_second()) {
        let gone = app.walk.expire(Table::GuildQueues, item, end).await?;
        return Ok(if gone { Forgotten::Now } else { Forgotten::Before });
    }
    let Some(slots) = bytes(item, SLOTS) else { return Ok(Forgotten::Before) };
    let slots = [(":slots", AttributeValue::B(without(slots, user).into()))];
    Ok(app
        .walk
        .change(Table::GuildQueues, item, Revision::new(SLOTS, "SET #guard = :slots").with(&slots))
        .await?
        .into())
}

fn requester(item: &Item) -> Option<&AttributeValue> {
    item.get(ENTRY)?.as_m().ok()?.get("requester")
}

fn names(packed: &[u8], user: UserId) -> bool {
    let is_theirs = |slot: &[u8]| Slot::from_bytes(slot).is_some_and(|slot| slot.requester == user);
    packed.chunks_exact(SLOT_BYTES).any(is_theirs)
}

/// What is no slot stays as it is.
fn without(packed: &[u8], user: UserId) -> Vec<u8> {
    let disowned = |bytes: &[u8]| match Slot::from_bytes(bytes) {
        Some(slot) if slot.requester == user => Slot { requester: NOBODY, ..slot }.to_bytes().to_vec(),
        _ => bytes.to_vec(),
    };
    packed.chunks(SLOT_BYTES).flat_map(disowned).collect()
}
