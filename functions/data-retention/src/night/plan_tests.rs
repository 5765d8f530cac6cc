//! Whatever is found, in whatever order, at whatever time.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, ToSpan as _};
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::night::checkpoint::tables;

const HOUR_S: i64 = 3_600;
const DAY_S: i64 = 24 * HOUR_S;
const POLICY: Policy = Policy::STANDARD;

fn at() -> Timestamp {
    "2026-01-02T03:00:00Z".parse().unwrap()
}

fn text(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

fn number(number: i64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

fn item<const N: usize>(attributes: [(&str, AttributeValue); N]) -> Item {
    attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// So many seconds before the run.
fn ago(seconds: i64) -> AttributeValue {
    number(at().as_second() - seconds)
}

fn time_ago(days: i64) -> AttributeValue {
    text((at() - (days * 24).hours()).to_string())
}

fn one(found: Found) -> Option<(RetentionReason, Store)> {
    let plan = plan(at(), [found], &POLICY, POLICY.room);
    plan.ops.first().map(|op| (op.reason(), op.store()))
}

fn row_of<const N: usize>(table: Table, attributes: [(&str, AttributeValue); N]) -> Option<RetentionReason> {
    let (reason, store) = one(Found::Row(table, item(attributes)))?;
    assert_eq!(store, Store::Table(table));
    Some(reason)
}

#[test]
fn a_row_goes_an_hour_after_its_end() {
    for (ago_s, goes) in [(-1, false), (0, false), (HOUR_S - 1, false), (HOUR_S, true), (DAY_S, true)] {
        let expected = goes.then_some(RetentionReason::PastItsEnd);
        assert_eq!(row_of(Table::Replay, [("expires_at", ago(ago_s))]), expected, "{ago_s}");
    }
}

/// TTL takes none that ended more than five years ago.
#[test]
fn an_end_that_was_in_the_past_when_the_row_was_written_is_an_end() {
    for end in [number(0), number(1), number(-5), ago(6 * 365 * DAY_S)] {
        assert_eq!(row_of(Table::RateLimits, [("expires_at", end)]), Some(RetentionReason::PastItsEnd));
    }
}

#[test]
fn what_has_no_end_or_none_that_can_be_read_stays() {
    let not_ours = [text("0"), AttributeValue::N("1e3".to_owned()), AttributeValue::Null(true)];
    for end in not_ours.into_iter().chain([number(at().as_millisecond())]) {
        assert_eq!(row_of(Table::GuildState, [("expires_at", end.clone())]), None, "{end:?}");
    }
    assert_eq!(row_of(Table::Roles, [("guild", text("42"))]), None);
}

#[test]
fn audit_rows_leave_by_ttl_alone() {
    for table in [Table::Audit, Table::AuditHeads] {
        assert_eq!(row_of(table, [("expires_at", number(0))]), None);
        assert!(!tables().any(|one| one == table));
    }
}

#[test]
fn a_sign_in_that_is_over_goes_before_its_end() {
    let revoked = |flag| ("revoked", AttributeValue::Bool(flag));
    let later = || ("expires_at", ago(-DAY_S));
    assert_eq!(row_of(Table::Sessions, [later(), revoked(true)]), Some(RetentionReason::Spent));
    assert_eq!(row_of(Table::Sessions, [later(), revoked(false)]), None);
    assert_eq!(row_of(Table::Sessions, [later()]), None);
    assert_eq!(row_of(Table::Deferred, [later(), revoked(true)]), None, "another table's");
}

#[test]
fn when_a_key_was_used_is_forgotten_after_ninety_days() {
    for (days, goes) in [(-1, false), (1, false), (89, false), (90, true), (400, true)] {
        let expected = goes.then_some(RetentionReason::OldUse);
        let key = [("expires_at", ago(-DAY_S)), ("used_at", time_ago(days))];
        assert_eq!(row_of(Table::ApiKeys, key), expected, "{days}");
    }
    assert_eq!(row_of(Table::ApiKeys, [("used_at", text("lately"))]), None);
    assert_eq!(row_of(Table::Sessions, [("used_at", time_ago(400))]), None, "another table's");
}

#[test]
fn settings_go_where_the_bot_has_not_been_allowed_for_ninety_days() {
    let settings = || item([("guild", text("42")), ("sk", text("settings")), ("version", number(1))]);
    let access = |status: &str, days| item([("status", text(status)), ("updated_at", time_ago(days))]);
    let idle = Some((RetentionReason::Idle, Store::Table(Table::GuildState)));
    for (status, days, expected) in [
        ("revoked", 90, idle),
        ("denied", 400, idle),
        ("revoked", 89, None),
        ("approved", 400, None),
        ("pending", 400, None),
        ("", 400, None),
    ] {
        let found = Found::Settings(settings(), Some(access(status, days)));
        assert_eq!(one(found), expected, "{status} {days}");
    }
    assert_eq!(one(Found::Settings(settings(), None)), None, "nobody knows");
    assert_eq!(one(Found::Settings(settings(), Some(item([("status", text("revoked"))])))), None);
}

#[test]
fn a_secret_without_a_link_is_told_of_a_night_before_it_goes() {
    let tokens = |hours: i64, is_linked| Tokens {
        user: UserId::new(5001),
        changed_at: at() - hours.hours(),
        is_linked,
    };
    let judged = |tokens| plan(at(), [Found::Tokens(tokens)], &POLICY, POLICY.room).ops;
    for (hours, expected) in [
        (-1, vec![]),
        (0, vec![]),
        (7 * 24 - 1, vec![]),
        (7 * 24, vec![Op::TellOrphan]),
        (8 * 24 - 1, vec![Op::TellOrphan]),
        (8 * 24, vec![Op::DeleteOrphan(UserId::new(5001))]),
    ] {
        assert_eq!(judged(tokens(hours, false)), expected, "{hours}");
        assert!(judged(tokens(hours, true)).is_empty(), "{hours}");
    }
}

#[test]
fn a_log_group_gets_an_end_if_it_has_none() {
    assert_eq!(one(Found::Logs("g".to_owned(), Some(1))), None);
    let reason = one(Found::Logs("g".to_owned(), None));
    assert_eq!(reason, Some((RetentionReason::NoRetention, Store::Logs)));
}

#[test]
fn each_kind_has_room_of_its_own() {
    let room = Room { rows: 1, secrets: 1, logs: 1 };
    let of_each = |_| {
        let tokens = Tokens { user: UserId::new(1), changed_at: Timestamp::UNIX_EPOCH, is_linked: false };
        let row = Found::Row(Table::Flags, item([("expires_at", number(0))]));
        [row, Found::Tokens(tokens), Found::Logs("g".to_owned(), None)]
    };
    let plan = plan(at(), (0..3).flat_map(of_each), &POLICY, room);
    assert_eq!((plan.ops.len(), plan.left), (3, 6));
}

/// When it was written, and whether it is due, told without the planner.
fn some_row() -> impl Strategy<Value = (Found, bool)> {
    let table = select(Table::ALL.to_vec());
    (table, 0..3_u8, -200_i64..200, any::<bool>(), any::<u32>()).prop_map(|(table, kind, hours, flag, n)| {
        let end = at().as_second() - hours * HOUR_S;
        let mut row = item([("key", text(n.to_string()))]);
        if kind > 0 {
            row.insert("expires_at".to_owned(), number(end));
        }
        if flag {
            row.insert("revoked".to_owned(), AttributeValue::Bool(true));
        }
        let is_audit = matches!(table, Table::Audit | Table::AuditHeads);
        let is_over = kind > 0 && (hours >= 1 || (flag && table == Table::Sessions));
        (Found::Row(table, row), is_over && !is_audit)
    })
}

fn some_secret() -> impl Strategy<Value = (Found, bool)> {
    (1..u64::MAX, 0_i64..400, any::<bool>()).prop_map(|(user, hours, is_linked)| {
        let changed_at = at() - hours.hours();
        let found = Found::Tokens(Tokens { user: UserId::new(user), changed_at, is_linked });
        (found, !is_linked && hours >= 8 * 24)
    })
}

fn anything() -> impl Strategy<Value = Vec<(Found, bool)>> {
    let logs = (any::<u16>(), any::<bool>())
        .prop_map(|(n, ends)| (Found::Logs(format!("g{n}"), ends.then_some(30)), !ends));
    proptest::collection::vec(prop_oneof![4 => some_row(), 2 => some_secret(), 1 => logs], 0..60)
}

/// What is planned, as a set: without what is only told of.
fn names(plan: &Plan) -> BTreeSet<String> {
    plan.ops.iter().filter(|op| **op != Op::TellOrphan).map(name).collect()
}

fn name(op: &Op) -> String {
    match op {
        Op::Expire { table, item, ends_at, .. } => format!("{table:?} {:?} {ends_at}", item["key"]),
        other => format!("{other:?}"),
    }
}

const WIDE: Room = Room { rows: u32::MAX, secrets: u32::MAX, logs: u32::MAX };

proptest! {
    #[test]
    fn what_is_due_goes_and_nothing_else(all in anything()) {
        for (found, is_due) in all {
            let plan = plan(at(), [found.clone()], &POLICY, WIDE);
            let goes = plan.ops.iter().any(|op| *op != Op::TellOrphan);
            prop_assert_eq!(goes, is_due, "{:?}", found);
            if let (Found::Row(_, row), Some(Op::Expire { item, ends_at, .. })) = (&found, plan.ops.first()) {
                prop_assert_eq!(row, item, "it is deleted as it was seen");
                prop_assert_eq!(&row["expires_at"], &number(*ends_at));
            }
        }
    }

    #[test]
    fn the_order_does_not_matter((all, other) in anything().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle()))) {
        let of = |all: Vec<(Found, bool)>| plan(at(), all.into_iter().map(|(found, _)| found), &POLICY, WIDE);
        let (one, other) = (of(all), of(other));
        prop_assert_eq!(names(&one), names(&other));
        prop_assert_eq!((one.ops.len(), one.left, other.left), (other.ops.len(), 0, 0));
    }

    #[test]
    fn room_is_kept_and_used(all in anything(), rows in 0..9_u32, secrets in 0..9_u32, logs in 0..9_u32) {
        let room = Room { rows, secrets, logs };
        let due = all.iter().filter(|(_, is_due)| *is_due).count();
        let of = |room| plan(at(), all.iter().map(|(found, _)| found.clone()), &POLICY, room);
        let (wide, tight) = (of(WIDE), of(room));
        let count = |plan: &Plan, store: fn(&Store) -> bool| {
            plan.ops.iter().filter(|op| **op != Op::TellOrphan && store(&op.store())).count()
        };
        for (store, most) in [
            ((|store| matches!(store, Store::Table(_))) as fn(&Store) -> bool, rows),
            (|store| *store == Store::Users, secrets),
            (|store| *store == Store::Logs, logs),
        ] {
            prop_assert_eq!(count(&tight, store), count(&wide, store).min(most as usize));
        }
        let done = count(&tight, |_| true);
        prop_assert_eq!(done + tight.left as usize, due, "what waits is counted");
    }

    #[test]
    fn a_clock_that_was_set_back_finds_less_due(all in anything(), back_s in 0_i64..1_000_000) {
        let of = |at| plan(at, all.iter().map(|(found, _)| found.clone()), &POLICY, WIDE);
        let early = at() - SignedDuration::from_secs(back_s);
        prop_assert!(names(&of(early)).is_subset(&names(&of(at()))));
        let whenever = [RetentionReason::Spent, RetentionReason::NoRetention];
        prop_assert!(of(Timestamp::MIN).ops.iter().all(|op| whenever.contains(&op.reason())));
    }
}
