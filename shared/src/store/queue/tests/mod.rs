//! On the emulator: what the service does with our transactions.

mod bulk;
mod concurrent;
mod failure;
mod held;

use jiff::Timestamp;
use testkit::Aws;

use super::*;
use crate::domain::queue::{Command, EntryId, OpId, Place, QUEUE_TTL_S, Selection};
use crate::domain::settings::{GuildSettings, MaxTracks, PerUser};
use crate::domain::track::Track;
use crate::ids::{InteractionId, UserId};
use crate::security::track_url::{Query, UrlPolicy};

const GUILD: GuildId = GuildId::new(1);
const ANN: UserId = UserId::new(10);

/// A store, its guild's settings and the time.
#[derive(Clone)]
struct Desk {
    store: QueueStore,
    settings: GuildSettings,
    now: Timestamp,
    exempt: bool,
}

impl Desk {
    fn new(aws: &Aws) -> Self {
        Self {
            store: QueueStore::new(Db::new(aws.dynamodb(), aws.prefix()), Rng::system()),
            settings: GuildSettings::default(),
            now: at(0),
            exempt: true,
        }
    }

    async fn run(&self, op: u64, command: &Command) -> Result<Applied, QueueError> {
        self.run_in(GUILD, op, command).await
    }

    async fn run_in(&self, guild: GuildId, op: u64, command: &Command) -> Result<Applied, QueueError> {
        let request = Request {
            op: OpId::Interaction(InteractionId::new(op)),
            command,
            now: self.now,
            settings: &self.settings,
            exempt: self.exempt,
            only_of: None,
        };
        self.store.apply(guild, &request).await
    }

    async fn queue(&self) -> QueueView {
        self.store.view(GUILD, self.now).await.unwrap()
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn track(words: &str) -> Track {
    Track::from_query(Query::parse(words, UrlPolicy::HTTPS_ONLY).unwrap())
}

fn add(requester: UserId, count: usize) -> Command {
    let tracks = (0..count).map(|number| track(&format!("song {number}"))).collect();
    Command::Add { tracks, requester, place: Place::End }
}

fn upcoming(queue: &QueueView) -> Vec<EntryId> {
    queue.order().iter().map(|slot| slot.entry).collect()
}

#[tokio::test]
async fn what_is_added_is_read_back_and_played_through() {
    let aws = Aws::start().await;
    let desk = Desk::new(&aws);
    let added = desk.run(1, &add(ANN, 3)).await.unwrap();
    assert_eq!(desk.queue().await, added.queue);
    let ids: Vec<EntryId> = added.queue.references().collect();
    let entries = desk.store.entries(GUILD, &[ids.clone(), ids.clone()].concat(), at(1)).await.unwrap();
    let titles: Vec<&str> = ids.iter().map(|id| entries[id].track.title().as_str()).collect();
    assert_eq!(titles, ["song 0", "song 1", "song 2"]);
    assert_eq!((entries[&ids[0]].requester, entries[&ids[0]].added_at), (ANN, at(0)));
    for op in 2..5 {
        desk.run(op, &Command::Skip { expect: None }).await.unwrap();
    }
    assert_eq!(desk.queue().await.total(), 0);
    let queue = desk.queue().await;
    let last: Vec<EntryId> = queue.history().take(2).map(|slot| slot.entry).collect();
    let entries = desk.store.entries(GUILD, &last, at(1)).await.unwrap();
    let heard: Vec<&str> = last.iter().map(|id| entries[id].track.title().as_str()).collect();
    assert_eq!(heard, ["song 2", "song 1"]);
    desk.run(5, &Command::Previous).await.unwrap();
    assert_eq!(desk.queue().await.now().map(|now| now.slot.entry), Some(ids[2]));
}

#[tokio::test]
async fn a_queue_that_nobody_uses_for_a_day_is_empty_and_its_rev_goes_on() {
    let aws = Aws::start().await;
    let mut desk = Desk::new(&aws);
    let first = desk.run(1, &add(ANN, 90)).await.unwrap().queue;
    desk.now = at(QUEUE_TTL_S - 1);
    assert_eq!(desk.queue().await.total(), 90);
    desk.now = at(QUEUE_TTL_S);
    assert_eq!(desk.queue().await.total(), 0);
    let second = desk.run(2, &add(ANN, 3)).await.unwrap().queue;
    assert_eq!((second.total(), second.rev()), (3, first.rev() + 1));
    assert_eq!(desk.queue().await, second);
    assert_eq!(rows(&aws, "q#").await.len(), 2, "a head and one segment");
}

#[tokio::test]
async fn a_removed_entry_is_named_for_an_hour() {
    let aws = Aws::start().await;
    let desk = Desk::new(&aws);
    desk.run(1, &add(ANN, 3)).await.unwrap();
    desk.run(2, &Command::Remove(Selection::Position(1))).await.unwrap();
    let gone = EntryId::new(1, 1);
    let stays = EntryId::new(1, 2);
    assert!(desk.store.entries(GUILD, &[gone], at(3599)).await.unwrap().contains_key(&gone));
    let later = desk.store.entries(GUILD, &[gone, stays], at(3600)).await.unwrap();
    assert!(!later.contains_key(&gone) && later.contains_key(&stays));
}

/// Ids that begin alike, the smallest and the largest: none reads or changes what another has (SPEC W17).
#[tokio::test]
async fn guilds_do_not_see_each_other() {
    let aws = Aws::start().await;
    let desk = Desk::new(&aws);
    desk.run(1, &add(ANN, 3)).await.unwrap();
    let before = desk.queue().await;
    for other in [2, 10, 11, 111, u64::MAX].map(GuildId::new) {
        let queue = desk.store.view(other, at(0)).await.unwrap();
        assert_eq!((queue.total(), queue.history().count()), (0, 0));
        assert!(desk.store.entries(other, &[EntryId::new(1, 0)], at(0)).await.unwrap().is_empty());
        // The same op in another guild is another change.
        assert!(!desk.run_in(other, 1, &add(ANN, 1)).await.unwrap().repeated);
        assert_eq!(desk.run_in(other, 2, &Command::Clear).await, Err(QueueRefusal::Empty.into()));
        assert!(desk.run_in(other, 3, &Command::Stop).await.is_ok());
        desk.store.keep(other, at(60)).await.unwrap();
    }
    assert_eq!(desk.queue().await, before);
}

#[tokio::test]
async fn a_queue_in_use_is_kept() {
    let aws = Aws::start().await;
    let mut desk = Desk::new(&aws);
    desk.run(1, &add(ANN, 60)).await.unwrap();
    let day = QUEUE_TTL_S - 60;
    for days in 1..=10 {
        desk.store.keep(GUILD, at(day * days)).await.unwrap();
    }
    desk.now = at(day * 10);
    let queue = desk.queue().await;
    assert_eq!(queue.total(), 60);
    let ids: Vec<EntryId> = queue.references().collect();
    assert_eq!(desk.store.entries(GUILD, &ids, desk.now).await.unwrap().len(), 60);
    let expired =
        |row: &Item| row["expires_at"].as_n().unwrap().parse::<i64>().unwrap() <= desk.now.as_second();
    assert!(!rows(&aws, "q#").await.iter().any(expired));
    desk.store.keep(GUILD, at(day * 12)).await.unwrap();
    assert_eq!(desk.store.view(GUILD, at(day * 12)).await.unwrap().total(), 0, "too late to keep");
}

type Item = crate::store::item::Item;

/// The rows of the queue whose sort keys begin so.
async fn rows(aws: &Aws, prefix: &str) -> Vec<Item> {
    let table = format!("{}-guild-queues", aws.prefix());
    let pages = aws.dynamodb().scan().table_name(table).into_paginator().items().send();
    let rows: Vec<Item> = pages.collect::<Result<_, _>>().await.unwrap();
    rows.into_iter().filter(|row| row["sk"].as_s().unwrap().starts_with(prefix)).collect()
}
