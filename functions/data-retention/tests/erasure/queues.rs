//! A queue goes on when somebody who asked for some of it goes: nobody asked for theirs.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::ToSpan as _;
use shared::clock::Rng;
use shared::domain::queue::{Command, NOBODY, OpId, QueueView, Request};
use shared::domain::settings::GuildSettings;
use shared::ids::UserId;
use shared::store::Table;
use shared::store::queue::QueueStore;

use super::world::{ADA, BEN, GUILD, World, erasure, now};

async fn queue(world: &World) -> QueueView {
    QueueStore::new(world.db(), Rng::system()).view(GUILD, now()).await.unwrap()
}

fn requesters(queue: &QueueView) -> Vec<UserId> {
    let current = queue.head().now.map(|now| now.slot.requester);
    current.into_iter().chain(queue.order().iter().map(|slot| slot.requester)).collect()
}

async fn skip(world: &World, op: u64) {
    let request = Request {
        op: OpId::Worker(op),
        command: &Command::Skip { expect: None },
        now: now(),
        settings: &GuildSettings::default(),
        exempt: true,
        only_of: None,
    };
    QueueStore::new(world.db(), Rng::system()).apply(GUILD, &request).await.unwrap();
}

#[tokio::test]
async fn what_plays_what_waits_and_what_was_played_is_nobodys() {
    let world = World::new().await;
    world.play(ADA, GUILD, 1, now()).await;
    world.play(BEN, GUILD, 2, now()).await;
    world.play(ADA, GUILD, 3, now()).await;
    skip(&world, 1).await;
    let before = queue(&world).await;
    world.erase(&erasure(ADA), now()).await;
    let after = queue(&world).await;
    let expected: Vec<UserId> =
        requesters(&before).into_iter().map(|one| if one == ADA { NOBODY } else { one }).collect();
    assert_eq!(requesters(&after), expected);
    assert_eq!(after.head().history[0].requester, NOBODY);
    let entries = |queue: &QueueView| queue.order().iter().map(|slot| slot.entry).collect::<Vec<_>>();
    assert_eq!(entries(&after), entries(&before), "the order is the same");
    assert_eq!(world.mentions(ADA.get()).await, Vec::<String>::new());
    skip(&world, 2).await;
}

#[tokio::test]
async fn whoever_asks_again_afterwards_is_somebody() {
    let world = World::new().await;
    world.play(ADA, GUILD, 1, now()).await;
    world.erase(&erasure(ADA), now()).await;
    world.play(ADA, GUILD, 2, now()).await;
    assert_eq!(requesters(&queue(&world).await).last(), Some(&ADA));
}

#[tokio::test]
async fn a_queue_that_is_over_and_segments_that_nobody_knows_say_nothing_of_them_either() {
    let world = World::new().await;
    world.play(ADA, GUILD, 1, now()).await;
    // The head is over, and the table has not noticed; its segment lives for a week.
    let late = now() + 25.hours();
    let orphan =
        world.rows(Table::GuildQueues).await.into_iter().find(|row| row.contains_key("slots")).unwrap();
    let mut other = orphan.clone();
    other.insert("sk".to_owned(), AttributeValue::S("q#order#000000ff".to_owned()));
    world.put(Table::GuildQueues, other).await;
    world.erase(&erasure(ADA), late).await;
    assert_eq!(world.mentions(ADA.get()).await, Vec::<String>::new());
    // The queue begins anew as it does after any day without anybody.
    world.play(BEN, GUILD, 2, late).await;
}
