//! Ten thousand tracks.

use super::*;
use aws_sdk_dynamodb::types::AttributeValue;

const FULL: usize = 10_000;
/// A row may have 400 KB; ours stay far below, so that no row is hot or dear.
const ROW_MAX: usize = 8 * 1024;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_tracks_are_added_shuffled_moved_removed_and_cleared_each_at_once() {
    let aws = Aws::start().await;
    let mut desk = Desk::new(&aws);
    desk.settings.max_tracks = MaxTracks::try_from(10_000).unwrap();
    let mut before = desk.run(1, &add(ANN, FULL + 5)).await.unwrap().queue;
    assert_eq!((before.total(), desk.queue().await), (FULL, before.clone()));
    for row in rows(&aws, "").await {
        let size: usize = row.iter().map(|(name, value)| name.len() + size_of_value(value)).sum();
        assert!(size < ROW_MAX, "{:?} has {size} bytes", row["sk"]);
    }
    for (op, command) in [
        (2, Command::Shuffle { seed: 7 }),
        (3, Command::Move { from: FULL - 1, to: 1 }),
        (4, Command::Move { from: 1, to: FULL - 1 }),
        (5, Command::Remove(Selection::Position(5_000))),
        (6, Command::Remove(Selection::Range(100, 1_099))),
        (7, Command::Jump { position: 2_000 }),
    ] {
        fits_one_transaction(&desk, &before, &command);
        let applied = desk.run(op, &command).await.unwrap();
        assert_eq!(applied.queue.rev(), before.rev() + 1);
        before = desk.queue().await;
        assert_eq!(before, applied.queue, "{command:?}");
    }
    assert_eq!(before.total(), FULL - 1_001 - 2_000);
    let ids = upcoming(&before);
    assert_eq!(desk.store.entries(GUILD, &ids[ids.len() - 250..], at(1)).await.unwrap().len(), 250);
    fits_one_transaction(&desk, &before, &Command::Clear);
    let cleared = desk.run(8, &Command::Clear).await.unwrap();
    assert_eq!(cleared.outcome, Outcome::Cleared { count: FULL - 3_002 });
    assert_eq!((desk.queue().await.total(), rows(&aws, "q#order").await.len()), (1, 0));
}

/// The worst place for insertions: each one splits or fills a segment, until all is packed anew.
#[tokio::test]
async fn insertions_everywhere_never_need_a_second_transaction() {
    let aws = Aws::start().await;
    let mut desk = Desk::new(&aws);
    desk.settings.max_tracks = MaxTracks::try_from(10_000).unwrap();
    let mut queue = desk.queue().await;
    let place = |queue: &QueueView, op, command: &Command| {
        fits_one_transaction(&desk, queue, command);
        let plan = plan(queue, &request(&desk, op, command)).unwrap();
        plan.into_result().0
    };
    queue = place(&queue, 1, &add(ANN, 9_000));
    for op in 2..900 {
        let tracks = vec![track("song")];
        queue = place(&queue, op, &Command::Add { tracks, requester: ANN, place: Place::Next });
        let to = usize::try_from(op).unwrap() * 7_919 % 9_000 + 1;
        queue = place(&queue, op, &Command::Move { from: 1, to });
    }
    assert!(queue.order().directory().count() <= 64);
}

fn request<'a>(desk: &'a Desk, op: u64, command: &'a Command) -> Request<'a> {
    Request {
        op: OpId::Interaction(InteractionId::new(op)),
        command,
        now: desk.now,
        settings: &desk.settings,
        exempt: true,
        only_of: None,
    }
}

fn fits_one_transaction(desk: &Desk, queue: &QueueView, command: &Command) {
    let request = request(desk, 1 << 40, command);
    let items = desk.store.transaction(GUILD, &request, &plan(queue, &request).unwrap(), None).unwrap();
    assert!(items.len() <= 100, "{} items", items.len());
}

fn size_of_value(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.len(),
        AttributeValue::B(blob) => blob.as_ref().len(),
        AttributeValue::M(map) => map.iter().map(|(name, value)| name.len() + size_of_value(value) + 3).sum(),
        AttributeValue::L(list) => list.iter().map(|value| size_of_value(value) + 3).sum(),
        _ => 1,
    }
}
