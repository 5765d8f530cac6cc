//! On the emulator.

use std::collections::BTreeSet;

use proptest::prelude::*;
use testkit::{Aws, Fault};

use super::*;
use crate::store::item::text;

const ROWS: i64 = 1_203;

fn row(n: i64) -> Item {
    let key = [("owner", text(format!("user#{}", n / 3))), ("sk", text(format!("row#{n}")))];
    let rest = [("expires_at", number(1_000 + n)), ("rev", number(n))];
    key.into_iter().chain(rest).map(|(name, value)| (name.to_owned(), value)).collect()
}

async fn put(walk: &Walk, item: Item) {
    let call = walk.db.client().put_item().table_name(walk.db.table(Table::AccountLinks));
    call.set_item(Some(item)).send().await.unwrap();
}

async fn filled(aws: &Aws, rows: i64) -> Walk {
    aws.rows_are_made_up();
    let walk = Walk::new(Db::new(aws.dynamodb(), aws.prefix()));
    for n in 0..rows {
        put(&walk, row(n)).await;
    }
    walk
}

fn name(item: &Item) -> String {
    item["sk"].as_s().unwrap().clone()
}

async fn all(walk: &Walk) -> Vec<Item> {
    let (mut items, mut mark) = (Vec::new(), None);
    loop {
        let page = walk.page(Table::AccountLinks, mark.as_ref()).await.unwrap();
        assert!(page.items.len() <= PAGE as usize);
        items.extend(page.items);
        let Some(next) = page.next else { return items };
        // It survives being written down.
        mark = Some(Mark::from_text(&next.to_text().unwrap()).unwrap());
    }
}

#[tokio::test]
async fn every_row_is_seen_once_over_several_pages() {
    let aws = Aws::start().await;
    let walk = filled(&aws, ROWS).await;
    let seen = all(&walk).await;
    let names: BTreeSet<String> = seen.iter().map(name).collect();
    let rows = usize::try_from(ROWS).unwrap();
    assert_eq!((seen.len(), names.len()), (rows, rows));
    let part = walk.partition(Table::AccountLinks, "user#7", None).await.unwrap();
    assert_eq!(part.items.iter().map(name).collect::<Vec<_>>(), ["row#21", "row#22", "row#23"]);
    assert_eq!(walk.partition(Table::AccountLinks, "user#x", None).await, Ok(Page::default()));
}

#[tokio::test]
async fn a_row_ends_only_with_the_end_that_was_seen() {
    let aws = Aws::start().await;
    let walk = filled(&aws, 2).await;
    let mut renewed = row(0);
    renewed.insert("expires_at".to_owned(), number(9_999));
    put(&walk, renewed.clone()).await;
    assert_eq!(walk.expire(Table::AccountLinks, &row(0), 1_000).await, Ok(false));
    assert_eq!(walk.expire(Table::AccountLinks, &row(1), 1_001).await, Ok(true));
    assert_eq!(walk.expire(Table::AccountLinks, &row(1), 1_001).await, Ok(false), "it is gone");
    assert_eq!(all(&walk).await, [renewed]);
}

#[tokio::test]
async fn a_row_is_deleted_once_and_changed_only_as_it_was_seen() {
    let aws = Aws::start().await;
    let walk = filled(&aws, 2).await;
    assert_eq!(walk.delete(Table::AccountLinks, &row(0)).await, Ok(true));
    assert_eq!(walk.delete(Table::AccountLinks, &row(0)).await, Ok(false));
    let change = async |seen: &Item| {
        let values = [(":next", number(7))];
        let revision = Revision::new("rev", "SET #guard = :next, seen = :next").with(&values);
        walk.change(Table::AccountLinks, seen, revision).await
    };
    assert_eq!(change(&row(1)).await, Ok(Changed::Now));
    assert!(matches!(change(&row(1)).await, Ok(Changed::Other(_))), "it has another rev by now");
    assert_eq!(change(&row(0)).await, Ok(Changed::Gone), "a row that is gone does not come back");
    let rows = all(&walk).await;
    assert_eq!((rows.len(), &rows[0]["seen"]), (1, &number(7)));
}

#[tokio::test]
async fn who_lost_a_race_is_told_what_the_row_is_now() {
    let aws = Aws::start().await;
    let walk = filled(&aws, 2).await;
    let mut other = row(0);
    other.insert("rev".to_owned(), number(9));
    put(&walk, other.clone()).await;
    let revise = async |seen: &Item| {
        walk.change(Table::AccountLinks, seen, Revision::new("rev", "REMOVE expires_at")).await
    };
    assert_eq!(revise(&row(0)).await, Ok(Changed::Other(other.clone())));
    assert_eq!(walk.delete_seen(Table::AccountLinks, &row(0), "rev").await, Ok(Changed::Other(other)));
    assert_eq!(walk.delete_seen(Table::AccountLinks, &row(1), "rev").await, Ok(Changed::Now));
    assert_eq!(walk.delete_seen(Table::AccountLinks, &row(1), "rev").await, Ok(Changed::Gone));
    assert_eq!(revise(&row(1)).await, Ok(Changed::Gone));
    assert!(walk.delete_seen(Table::AccountLinks, &row(1), "none").await.is_err(), "nothing to go by");
}

#[tokio::test]
async fn lists_sets_and_maps_are_compared_as_a_whole() {
    let aws = Aws::start().await;
    let walk = filled(&aws, 0).await;
    let sets = |names: &[&str]| AttributeValue::Ss(names.iter().map(ToString::to_string).collect());
    let map = |n: i64| AttributeValue::M([("list".to_owned(), AttributeValue::L(vec![number(n)]))].into());
    let row = |set: &[&str], n| {
        row(0).into_iter().chain([("set".to_owned(), sets(set)), ("map".to_owned(), map(n))])
    };
    put(&walk, row(&["a", "b"], 1).collect()).await;
    for (guard, other) in [("set", row(&["a"], 1)), ("map", row(&["a", "b"], 2))] {
        let other: Item = other.collect();
        assert!(matches!(walk.delete_seen(Table::AccountLinks, &other, guard).await, Ok(Changed::Other(_))));
        let same: Item = row(&["b", "a"], 1).collect();
        let kept =
            walk.change(Table::AccountLinks, &same, Revision::new(guard, "SET touched = :guard")).await;
        assert_eq!(kept, Ok(Changed::Now), "{guard}");
    }
}

#[tokio::test]
async fn a_row_goes_only_while_another_one_is_what_it_was() {
    let aws = Aws::start().await;
    aws.rows_are_made_up();
    let walk = Walk::new(Db::new(aws.dynamodb(), aws.prefix()));
    let versioned = |sk: &str, version: i64| {
        let row = [("owner", text("user#1")), ("sk", text(sk)), ("version", number(version))];
        row.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Item>()
    };
    for name in ["one", "other"] {
        put(&walk, versioned(name, 1)).await;
    }
    let delete = async |one: i64, other: i64| {
        let (one, other) = (versioned("one", one), versioned("other", other));
        walk.delete_with((Table::AccountLinks, &one), (Table::AccountLinks, &other)).await
    };
    assert_eq!(delete(2, 1).await, Ok(false), "it has changed");
    assert_eq!(delete(1, 2).await, Ok(false), "what it depends on has changed");
    assert_eq!(all(&walk).await.len(), 2);
    assert_eq!(delete(1, 1).await, Ok(true));
    assert_eq!(delete(1, 1).await, Ok(false), "it is gone");
    assert_eq!(all(&walk).await, [versioned("other", 1)]);
    let without = walk.delete_with((Table::AccountLinks, &row(1)), (Table::AccountLinks, &row(2))).await;
    assert!(matches!(without, Err(StoreError::Corrupt { .. })), "rows without a version: {without:?}");
}

#[tokio::test]
async fn a_page_that_fails_is_not_the_last_one() {
    let aws = Aws::start().await;
    let walk = filled(&aws, 3).await;
    aws.fault(Fault::Status500);
    assert!(matches!(walk.page(Table::AccountLinks, None).await, Err(StoreError::Unavailable { .. })));
    assert!(walk.partition(Table::AccountLinks, "user#0", None).await.is_err());
    assert!(walk.delete(Table::AccountLinks, &row(0)).await.is_err());
    assert!(
        matches!(walk.expire(Table::Flags, &row(0), 1).await, Err(StoreError::Corrupt { .. })),
        "another table's"
    );
}

#[test]
fn every_kind_of_key_comes_back() {
    let bytes = AttributeValue::B(vec![0, 255].into());
    let key = Item::from([("a".to_owned(), text("x")), ("b".to_owned(), number(1)), ("c".to_owned(), bytes)]);
    let mark = Mark::of(key.clone()).unwrap();
    assert_eq!(Mark::from_text(&mark.to_text().unwrap()).unwrap().key(), key);
    assert!(Mark::of(Item::from([("a".to_owned(), AttributeValue::Bool(true))])).is_err());
}

proptest! {
    #[test]
    fn any_text_is_a_mark_or_refused(text in "[\\[\\]{}\":,SNB a-z0-9=]{0,60}") {
        if let Ok(mark) = Mark::from_text(&text) {
            prop_assert_eq!(Mark::from_text(&mark.to_text().unwrap()), Ok(mark));
        }
    }
}
