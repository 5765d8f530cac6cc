//! On the emulator.

use jiff::ToSpan as _;
use testkit::{Aws, Fault};
use tokio::task::JoinSet;

use super::*;
use crate::ids::{GuildId, UserId};
use crate::messages::{PrivacyAction, PrivacyRequest, PrivacySource};
use crate::privacy::CaseState;

const ADA: DataSubject = DataSubject::User(UserId::new(5001));
const GRACE: DataSubject = DataSubject::User(UserId::new(5002));
const SAME_NUMBER: DataSubject = DataSubject::Guild(GuildId::new(5001));

fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

fn store(aws: &Aws) -> TombstoneStore {
    TombstoneStore::new(Db::new(aws.dynamodb(), aws.prefix()))
}

fn id(byte: u8) -> PrivacyRequestId {
    PrivacyRequestId::of_digest(&[byte; 32])
}

fn case(subject: DataSubject, byte: u8, at: Timestamp) -> Case {
    Case::of(&PrivacyRequest::new(id(byte), subject, PrivacyAction::Erase, PrivacySource::Command), at)
}

fn erased(case: &Case) -> Case {
    Case { state: CaseState::Erased { at: now(), receipt: "signed".to_owned() }, ..case.clone() }
}

async fn allows(store: &TombstoneStore, subject: DataSubject, began: Timestamp) -> bool {
    let check = began_after(&store.db, subject, began).unwrap();
    let sent = store.db.client().transact_write_items().transact_items(check).send().await;
    sent.is_ok()
}

#[tokio::test]
async fn a_tombstone_stands_for_forty_days_and_only_moves_forwards() {
    let aws = Aws::start().await;
    let store = store(&aws);
    assert_eq!(store.tombstone(ADA, now()).await, Ok(None));
    store.bury(ADA, now()).await.unwrap();
    store.bury(ADA, now() - 1.hour()).await.unwrap();
    assert_eq!(store.tombstone(ADA, now()).await, Ok(Some(now())));
    assert_eq!(store.tombstone(GRACE, now()).await, Ok(None));
    assert_eq!(store.tombstone(SAME_NUMBER, now()).await, Ok(None));
    assert_eq!(store.tombstone(ADA, now() + (40 * 24).hours() - 1.second()).await, Ok(Some(now())));
    assert_eq!(store.tombstone(ADA, now() + (40 * 24).hours()).await, Ok(None));
    let later = now() + 5.milliseconds();
    store.bury(ADA, later).await.unwrap();
    assert_eq!(store.tombstone(ADA, now()).await, Ok(Some(later)));
}

#[tokio::test]
async fn what_began_before_it_is_refused_and_what_began_after_it_passes() {
    let aws = Aws::start().await;
    let store = store(&aws);
    assert!(allows(&store, ADA, now()).await);
    store.bury(ADA, now()).await.unwrap();
    assert!(!allows(&store, ADA, now() - 1.millisecond()).await);
    assert!(!allows(&store, ADA, now()).await);
    assert!(allows(&store, ADA, now() + 1.millisecond()).await);
    assert!(allows(&store, GRACE, now() - 1.hour()).await && allows(&store, SAME_NUMBER, now()).await);
}

#[tokio::test]
async fn a_request_is_one_case_however_often_it_comes() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let first = store.open(case(ADA, 1, now())).await.unwrap();
    let moved = store.save(&first, erased(&first.case)).await.unwrap().unwrap();
    let again = store.open(case(ADA, 1, now() + 1.minute())).await.unwrap();
    assert_eq!((&again, again.case.asked_at), (&moved, now()));
    assert_eq!(store.case(ADA, id(1), now()).await, Ok(Some(moved.case)));
    assert_eq!(store.case(GRACE, id(1), now()).await, Ok(None), "not somebody else's");
    assert_eq!(store.case(ADA, id(1), now() + (40 * 24).hours()).await, Ok(None));
}

#[tokio::test]
async fn of_two_who_go_on_with_a_case_one_does() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let seen = store.open(case(ADA, 1, now())).await.unwrap();
    let won = store.save(&seen, erased(&seen.case)).await.unwrap();
    assert!(won.is_some());
    assert_eq!(store.save(&seen, seen.case.clone()).await, Ok(None));
    assert_eq!(store.case(ADA, id(1), now()).await, Ok(won.map(|open| open.case)));
}

#[tokio::test]
async fn cases_of_somebody_come_the_latest_first() {
    let aws = Aws::start().await;
    let store = store(&aws);
    for (subject, byte, at) in
        [(ADA, 1, now()), (ADA, 2, now() + 1.hour()), (GRACE, 3, now()), (ADA, 4, now() - 41.hours())]
    {
        store.open(case(subject, byte, at)).await.unwrap();
    }
    store.bury(ADA, now()).await.unwrap();
    let cases = store.cases(ADA, now() + 2.hours()).await.unwrap();
    assert_eq!(cases.iter().map(|case| case.id).collect::<Vec<_>>(), [id(2), id(1), id(4)]);
    let later = store.cases(ADA, now() + (40 * 24).hours()).await.unwrap();
    assert_eq!(later.iter().map(|case| case.id).collect::<Vec<_>>(), [id(2)]);
}

#[tokio::test]
async fn one_export_a_day_and_it_may_be_tried_again() {
    let aws = Aws::start().await;
    let store = store(&aws);
    assert_eq!(store.take_turn(ADA, id(1), now()).await, Ok(ExportTurn::Mine));
    assert_eq!(store.take_turn(ADA, id(1), now() + 1.minute()).await, Ok(ExportTurn::Mine));
    assert_eq!(store.take_turn(ADA, id(2), now() + 23.hours()).await, Ok(ExportTurn::Taken(id(1))));
    assert_eq!(store.take_turn(GRACE, id(3), now()).await, Ok(ExportTurn::Mine));
    assert_eq!(store.take_turn(ADA, id(2), now() + 24.hours() + 1.minute()).await, Ok(ExportTurn::Mine));
}

#[tokio::test]
async fn an_export_that_came_to_nothing_gives_its_turn_back_and_no_other_does() {
    let aws = Aws::start().await;
    let store = store(&aws);
    assert_eq!(store.take_turn(ADA, id(1), now()).await, Ok(ExportTurn::Mine));
    store.return_turn(ADA, id(2)).await.unwrap();
    assert_eq!(store.take_turn(ADA, id(2), now()).await, Ok(ExportTurn::Taken(id(1))));
    store.return_turn(ADA, id(1)).await.unwrap();
    store.return_turn(ADA, id(1)).await.unwrap();
    assert_eq!(store.take_turn(ADA, id(2), now()).await, Ok(ExportTurn::Mine));
}

#[tokio::test]
async fn whoever_was_erased_later_is_found_and_no_other_row_is_taken_for_a_tombstone() {
    let aws = Aws::start().await;
    let store = store(&aws);
    assert_eq!(store.erased_since(now(), None).await, Ok((Vec::new(), None)));
    store.bury(ADA, now() + 1.millisecond()).await.unwrap();
    store.bury(GRACE, now()).await.unwrap();
    store.bury(SAME_NUMBER, now() + (400 * 24).hours()).await.unwrap();
    let linus = DataSubject::User(UserId::new(5003));
    store.open(case(linus, 1, now() + 1.hour())).await.unwrap();
    store.take_turn(linus, id(2), now() + 1.hour()).await.unwrap();
    let (mut erased, next) = store.erased_since(now(), None).await.unwrap();
    erased.sort_by_key(ToString::to_string);
    assert_eq!((erased, next), (vec![SAME_NUMBER, ADA], None));
}

#[tokio::test]
async fn each_page_of_the_erased_says_where_the_next_begins() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let users: Vec<_> = (1..=600).map(|id| DataSubject::User(UserId::new(id))).collect();
    let mut buried = JoinSet::new();
    for user in users.clone() {
        let store = store.clone();
        buried.spawn(async move { store.bury(user, now()).await });
    }
    buried.join_all().await.into_iter().for_each(Result::unwrap);
    let since = now() - 1.second();
    let (mut erased, next) = store.erased_since(since, None).await.unwrap();
    let (rest, end) = store.erased_since(since, next.as_ref()).await.unwrap();
    assert!(!rest.is_empty() && next.is_some() && end.is_none());
    erased.extend(rest);
    assert!(erased.len() == users.len() && users.iter().all(|user| erased.contains(user)));
}

#[tokio::test]
async fn a_table_that_fails_is_not_somebody_who_was_never_erased() {
    let aws = Aws::start().await;
    let store = store(&aws);
    aws.fault_next("UpdateItem", Fault::AnswerLost, 1);
    assert!(store.bury(ADA, now()).await.is_err());
    store.bury(ADA, now()).await.unwrap();
    aws.fault_next("PutItem", Fault::AnswerLost, 1);
    assert!(store.open(case(ADA, 1, now())).await.is_err());
    assert!(store.open(case(ADA, 1, now())).await.is_ok());
    aws.fault(Fault::Status500);
    assert!(matches!(store.tombstone(ADA, now()).await, Err(StoreError::Unavailable { .. })));
    assert!(matches!(store.cases(ADA, now()).await, Err(StoreError::Unavailable { .. })));
    assert!(matches!(store.erased_since(now(), None).await, Err(StoreError::Unavailable { .. })));
    assert!(matches!(store.take_turn(ADA, id(1), now()).await, Err(StoreError::Unavailable { .. })));
}
