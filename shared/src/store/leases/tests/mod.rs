mod active;
mod attempts;
mod budget;
mod holders;
mod session;

use jiff::{Timestamp, ToSpan as _};
use testkit::{Aws, Fault};

use super::*;
use crate::domain::workers::Epoch;
use crate::ids::ApplicationId;

const SHARD: ShardId = ShardId::new(0);
const BOT: ApplicationId = ApplicationId::new(7);

fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

fn worker(name: &str) -> WorkerId {
    name.parse().unwrap()
}

fn db(aws: &Aws) -> Db {
    Db::new(aws.dynamodb(), aws.prefix())
}

fn leases(aws: &Aws) -> Leases {
    Leases::new(db(aws), LeaseTimes::DEFAULT)
}

async fn taken(leases: &Leases, name: &str, now: Timestamp) -> Held {
    match leases.take(SHARD, &worker(name), now).await.unwrap() {
        Take::Mine(held) => held,
        other @ Take::Theirs(_) => panic!("{other:?}"),
    }
}

async fn renewed(leases: &Leases, held: &Held, now: Timestamp) -> (Held, Option<WorkerId>) {
    match leases.renew(held, 1, now).await.unwrap() {
        Renewal::Renewed { held, waiting } => (held, waiting),
        Renewal::Lost => panic!("lost"),
    }
}

#[tokio::test]
async fn the_first_worker_takes_epoch_one_and_its_row_says_so() {
    let aws = Aws::start().await;
    let leases = leases(&aws);
    assert_eq!(leases.read(SHARD).await.unwrap(), None);
    let held = taken(&leases, "a", now()).await;
    assert_eq!((held.epoch(), held.shard()), (Epoch::new(1), SHARD));
    let lease = leases.read(SHARD).await.unwrap().unwrap();
    assert_eq!((lease.owner, lease.until), (Some(worker("a")), now() + 15.seconds()));
    assert_eq!((lease.epoch, lease.sessions, lease.successor), (Epoch::new(1), 0, None));
    assert_eq!(leases.read(ShardId::new(1)).await.unwrap(), None);
}

#[tokio::test]
async fn a_lease_is_taken_over_when_its_time_has_passed_and_not_before() {
    let aws = Aws::start().await;
    let leases = leases(&aws);
    taken(&leases, "a", now()).await;
    let early = leases.take(SHARD, &worker("b"), now() + 14.seconds()).await.unwrap();
    assert!(matches!(early, Take::Theirs(lease) if lease.owner == Some(worker("a"))));
    assert_eq!(taken(&leases, "b", now() + 15.seconds()).await.epoch(), Epoch::new(2));
}

#[tokio::test]
async fn renewing_holds_it_and_counts_its_sessions() {
    let aws = Aws::start().await;
    let leases = leases(&aws);
    let held = taken(&leases, "a", now()).await;
    let (held, waiting) = renewed(&leases, &held, now() + 5.seconds()).await;
    assert_eq!((held.epoch(), waiting), (Epoch::new(1), None));
    assert!(held.may_send(now() + 14.seconds()) && !held.may_send(now() + 15.seconds()));
    assert_eq!(held.renew_at(), now() + 10.seconds());
    let lease = leases.read(SHARD).await.unwrap().unwrap();
    assert_eq!((lease.sessions, lease.until), (1, now() + 20.seconds()));
}

#[tokio::test]
async fn who_was_followed_has_lost_it() {
    let aws = Aws::start().await;
    let leases = leases(&aws);
    let frozen = taken(&leases, "a", now()).await;
    taken(&leases, "b", now() + 15.seconds()).await;
    assert_eq!(leases.renew(&frozen, 1, now() + 16.seconds()).await.unwrap(), Renewal::Lost);
    assert_eq!(leases.let_go(frozen.clone()).await.unwrap(), GivenUp::Already);
    assert_eq!(leases.release(frozen).await.unwrap(), GivenUp::Already);
    let lease = leases.read(SHARD).await.unwrap().unwrap();
    assert_eq!((lease.owner, lease.until), (Some(worker("b")), now() + 30.seconds()));
}

/// A renewal that lay in a buffer for five seconds arrives after the next one.
#[tokio::test]
async fn a_late_renewal_does_not_shorten_the_lease() {
    let aws = Aws::start().await;
    let leases = leases(&aws);
    let first = taken(&leases, "a", now()).await;
    let (second, _) = renewed(&leases, &first, now() + 10.seconds()).await;
    let (after, _) = renewed(&leases, &second, now() + 5.seconds()).await;
    assert_eq!(after, second, "nothing was confirmed that the later one had not");
    assert_eq!(leases.read(SHARD).await.unwrap().unwrap().until, now() + 25.seconds());
}

#[tokio::test]
async fn a_take_whose_answer_was_lost_is_found_again() {
    let aws = Aws::start().await;
    let leases = leases(&aws);
    aws.fault_next("UpdateItem", Fault::AnswerLost, 1);
    assert!(leases.take(SHARD, &worker("a"), now()).await.is_err());
    let held = taken(&leases, "a", now() + 2.seconds()).await;
    assert_eq!(held.epoch(), Epoch::new(1));
    assert_eq!(held.silent_at(), now() + 10.seconds(), "its time runs from when it was taken");
}

#[tokio::test]
async fn a_released_lease_is_free_at_once_and_its_epoch_goes_on() {
    let aws = Aws::start().await;
    let leases = leases(&aws);
    let held = taken(&leases, "a", now()).await;
    let (held, _) = renewed(&leases, &held, now()).await;
    assert_eq!(leases.release(held).await.unwrap(), GivenUp::Now);
    let lease = leases.read(SHARD).await.unwrap().unwrap();
    assert_eq!((lease.owner, lease.sessions, lease.epoch), (None, 0, Epoch::new(1)));
    assert_eq!(taken(&leases, "b", now()).await.epoch(), Epoch::new(2));
}

/// The old one plays until the new one is ready; between letting go and taking lie two writes and no waiting.
#[tokio::test]
async fn handing_over_goes_by_announcing_letting_go_and_taking() {
    let aws = Aws::start().await;
    let leases = leases(&aws);
    let held = taken(&leases, "old", now()).await;
    let new = worker("new");
    assert_eq!(leases.announce(SHARD, &new, now() + 1.second()).await.unwrap(), Announced::Waiting);
    assert_eq!(leases.announce(SHARD, &new, now() + 2.seconds()).await.unwrap(), Announced::Waiting);
    let third = leases.announce(SHARD, &worker("third"), now() + 2.seconds()).await.unwrap();
    assert_eq!(third, Announced::NotNeeded);
    let (held, waiting) = renewed(&leases, &held, now() + 5.seconds()).await;
    assert_eq!(waiting, Some(new));
    assert_eq!(leases.let_go(held).await.unwrap(), GivenUp::Now);
    assert_eq!(leases.read(SHARD).await.unwrap().unwrap().sessions, 1, "still wanted");
    let behind = now() + 3.seconds();
    assert_eq!(taken(&leases, "new", behind).await.epoch(), Epoch::new(2), "its clock is 2 s behind");
    assert_eq!(leases.read(SHARD).await.unwrap().unwrap().successor, None);
}

#[tokio::test]
async fn a_successor_that_fell_silent_makes_room_for_another() {
    let aws = Aws::start().await;
    let leases = leases(&aws);
    assert_eq!(leases.announce(SHARD, &worker("new"), now()).await.unwrap(), Announced::Free);
    let held = taken(&leases, "old", now()).await;
    assert_eq!(leases.announce(SHARD, &worker("old"), now()).await.unwrap(), Announced::NotNeeded);
    leases.announce(SHARD, &worker("dead"), now()).await.unwrap();
    let (held, _) = renewed(&leases, &held, now() + 10.seconds()).await;
    let later = now() + 15.seconds();
    assert_eq!(renewed(&leases, &held, later).await.1, None);
    assert_eq!(leases.announce(SHARD, &worker("next"), later).await.unwrap(), Announced::Waiting);
}

#[tokio::test]
async fn a_table_that_fails_is_an_error_and_not_a_lost_lease() {
    let aws = Aws::start().await;
    let leases = leases(&aws);
    let held = taken(&leases, "a", now()).await;
    aws.fault(Fault::Throttle);
    assert!(leases.renew(&held, 0, now()).await.is_err());
    assert!(leases.take(SHARD, &worker("b"), now()).await.is_err());
    assert!(leases.read(SHARD).await.is_err());
}
