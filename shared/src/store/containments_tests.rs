use testkit::{Aws, Fault};

use super::*;

fn store(aws: &Aws) -> ContainmentStore {
    ContainmentStore::new(Db::new(aws.dynamodb(), aws.prefix()))
}

fn reached(level: u8) -> Contained {
    Contained { reached: level, ..Contained::default() }
}

#[tokio::test]
async fn without_a_row_nothing_has_been_done() {
    let aws = Aws::start().await;
    let seen = store(&aws).read().await.unwrap();
    assert_eq!(seen, SeenContained::default());
    assert!(seen.contained.is_calm());
}

#[tokio::test]
async fn what_is_written_is_read() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let mut seen = SeenContained::default();
    for level in [1, 3, 0] {
        seen = store.save(&seen, reached(level)).await.unwrap().unwrap();
        assert_eq!(store.read().await.unwrap(), seen);
        assert_eq!(seen.contained.reached, level);
    }
}

/// Two have read the same; the second to write has to read again, also where there was no row.
#[tokio::test]
async fn of_two_writers_one_wins() {
    let aws = Aws::start().await;
    let store = store(&aws);
    for level in [1, 2] {
        let seen = store.read().await.unwrap();
        assert!(store.save(&seen, reached(level)).await.unwrap().is_some());
        assert_eq!(store.save(&seen, reached(5)).await, Ok(None));
        assert_eq!(store.read().await.unwrap().contained.reached, level);
    }
}

#[tokio::test]
async fn a_row_that_does_not_read_is_an_error_and_never_nothing() {
    let aws = Aws::start().await;
    let (store, db) = (store(&aws), Db::new(aws.dynamodb(), aws.prefix()));
    for state in ["", "{", r#"{"reached":"x"}"#, r#"{"other":1}"#] {
        let row = Row { scope: SCOPE.to_owned(), sk: SK.to_owned(), rev: 1, state: state.to_owned() };
        let item = to_item(Table::Incidents, &row).unwrap();
        let put = db.client().put_item().table_name(db.table(Table::Incidents)).set_item(Some(item));
        put.send().await.unwrap();
        assert!(matches!(store.read().await, Err(StoreError::Corrupt { .. })), "{state:?}");
    }
}

#[tokio::test]
async fn a_table_that_fails_is_an_error() {
    let aws = Aws::start().await;
    aws.fault(Fault::Status500);
    let read = store(&aws).read().await;
    assert!(matches!(read, Err(StoreError::Unavailable { operation: "containments.read", .. })), "{read:?}");
    let saved = store(&aws).save(&SeenContained::default(), reached(1)).await;
    assert!(matches!(saved, Err(StoreError::Unavailable { .. })), "{saved:?}");
}
