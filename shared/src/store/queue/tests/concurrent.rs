//! Many writers at once, against the emulator, through sockets.

use std::collections::BTreeSet;

use tokio::task::JoinSet;

use super::*;
use crate::domain::queue::Caps;

const WRITERS: u64 = 8;
const COMMANDS: u64 = 25;

/// What one writer did, by outcome.
#[derive(Default)]
struct Ledger {
    added: BTreeSet<EntryId>,
    removed: usize,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_track_is_there_exactly_once_whatever_is_done_at_the_same_time() {
    let aws = Aws::start().await;
    let mut desk = Desk::new(&aws);
    desk.store = desk.store.clone().with_caps(Caps { segment: 8, directory: 6 });
    desk.settings.max_tracks = MaxTracks::try_from(10_000).unwrap();
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        writers.spawn(write(desk.clone(), writer));
    }
    let mut total = Ledger::default();
    while let Some(ledger) = writers.join_next().await {
        let ledger = ledger.unwrap();
        total.removed += ledger.removed;
        total.added.extend(ledger.added);
    }
    let queue = desk.queue().await;
    let seen: Vec<EntryId> = queue.references().collect();
    let unique: BTreeSet<EntryId> = seen.iter().copied().collect();
    assert_eq!(seen.len(), unique.len(), "no track twice");
    assert!(unique.is_subset(&total.added), "no track from nowhere");
    assert_eq!(queue.total() + queue.history().count() + total.removed, total.added.len(), "no track lost");
    let entries = desk.store.entries(GUILD, &seen, at(1)).await.unwrap();
    assert_eq!(entries.len(), seen.len(), "each has its entry");
    for slot in queue.order().iter() {
        assert_eq!(entries[&slot.entry].requester, slot.requester);
    }
}

/// Adds, moves, shuffles, skips, goes back, removes; counts what came and what went for good.
async fn write(desk: Desk, writer: u64) -> Ledger {
    let mut ledger = Ledger::default();
    let user = UserId::new(100 + writer);
    for round in 0..COMMANDS {
        let op = 1 + writer * COMMANDS + round;
        let command = match round % 8 {
            0 | 3 | 5 => add(user, 1 + usize::try_from(round % 3).unwrap()),
            1 => Command::Move { from: 3, to: 1 },
            2 => Command::Remove(Selection::Position(2)),
            4 => Command::Shuffle { seed: op },
            6 if writer == 0 => Command::Previous,
            6 if writer == 1 => Command::Skip { expect: None },
            6 => Command::Jump { position: 1 },
            _ => Command::Remove(Selection::Of(user)),
        };
        match patiently(&desk, op, &command).await {
            Ok(Outcome::Added { count, .. }) => {
                ledger.added.extend((0..count).map(|n| EntryId::new(op, u16::try_from(n).unwrap())));
            }
            Ok(Outcome::Removed { count, .. }) => ledger.removed += count,
            Ok(_) | Err(_) => {}
        }
    }
    ledger
}

/// A race that was lost for good is run again, as its user would; not for ever.
async fn patiently(desk: &Desk, op: u64, command: &Command) -> Result<Outcome, QueueRefusal> {
    for _ in 0..20 {
        match desk.run(op, command).await {
            Ok(applied) => return Ok(applied.outcome),
            Err(QueueError::Refused(refusal)) => return Err(refusal),
            Err(QueueError::Store(StoreError::Contended { .. })) => {}
            Err(QueueError::Store(error)) => panic!("{error}"),
        }
    }
    panic!("{op} loses every race")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn limits_are_exact_when_everybody_adds_at_once() {
    let aws = Aws::start().await;
    let mut desk = Desk::new(&aws);
    desk.exempt = false;
    desk.settings.max_tracks = MaxTracks::try_from(7).unwrap();
    desk.settings.per_user = PerUser::try_from(3).unwrap();
    let mut writers = JoinSet::new();
    for op in 1..=24 {
        let desk = desk.clone();
        writers.spawn(async move { patiently(&desk, op, &add(UserId::new(1 + op % 3), 1)).await });
    }
    let outcomes = writers.join_all().await;
    let queue = desk.queue().await;
    assert_eq!((queue.total(), outcomes.iter().filter(|outcome| outcome.is_ok()).count()), (7, 7));
    for user in 1..=3 {
        assert!(queue.count_of(UserId::new(user)) <= 3);
    }
    let limits = [QueueRefusal::TooManyForUser { limit: 3 }, QueueRefusal::QueueFull { limit: 7 }];
    assert!(
        outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).all(|refusal| limits.contains(refusal))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_interaction_that_arrives_many_times_at_once_counts_once() {
    let aws = Aws::start().await;
    let desk = Desk::new(&aws);
    let mut writers = JoinSet::new();
    for _ in 0..6 {
        let desk = desk.clone();
        writers.spawn(async move { desk.run(1, &add(ANN, 2)).await.unwrap() });
    }
    let applied = writers.join_all().await;
    // Those that planned the same at the same `rev` share a token: the service itself answers them alike.
    assert!(applied.iter().any(|applied| !applied.repeated));
    assert!(applied.iter().all(|one| one.outcome == applied[0].outcome));
    assert_eq!(desk.queue().await.total(), 2);
}
