//! Rows that nobody needs any more.

use jiff::Timestamp;
use serde_json::{Value, json};
use shared::clock::Rng;
use shared::domain::access::Step;
use shared::ids::{GuildId, UserId};
use shared::privacy::RetentionReason;
use shared::security::audit::AuditEvent;
use shared::security::pseudonym::Pseudonyms;
use shared::security::secret::Secret;
use shared::store::access::AccessStore;
use shared::store::audit::AuditStore;
use shared::store::rate_limits::RateLimitStore;
use shared::store::settings::SettingsStore;
use shared::store::{Item, Table};

use data_retention::night::Store;

use super::world::{ADA, BEN, DAY, GUILD, HOUR, World, counts, nightly, number, text};

const PAST: RetentionReason = RetentionReason::PastItsEnd;

#[tokio::test]
async fn what_has_ended_goes_and_what_has_not_stays() {
    let world = World::new().await;
    for table in [Table::RateLimits, Table::Replay, Table::WebhookDedup, Table::Tombstones, Table::Leases] {
        world.ended(table, "old", HOUR * 2).await;
        world.ended(table, "just now", HOUR / 2).await;
        world.ended(table, "later", -HOUR).await;
    }
    let tally = world.run().await;
    let went = [Table::RateLimits, Table::Replay, Table::WebhookDedup, Table::Tombstones, Table::Leases];
    assert_eq!(json!(tally.counts), counts(&went.map(|table| (PAST, Store::Table(table), 1))));
    assert_eq!((tally.left, tally.changed, tally.failed), (0, 0, 0));
    for table in went {
        let left = world.rows(table).await;
        assert_eq!(left.len(), 2, "{}", table.suffix());
        assert!(
            !left
                .iter()
                .any(|row| row.values().any(|value| value.as_s().is_ok_and(|value| value.ends_with("old"))))
        );
    }
    let summary = world.summary();
    assert_eq!((&summary["past_its_end"], &summary["dry_run"]), (&json!(5), &json!(false)), "{summary}");
    assert!(world.log.text().contains("\"retention\":5"), "and it is counted");
    assert_eq!(json!(world.run().await.counts), json!({}), "a second night finds nothing");
}

#[tokio::test]
async fn audit_rows_leave_by_ttl_alone_and_are_signed_first() {
    let world = World::new().await;
    act(&world).await;
    let before = (world.rows(Table::Audit).await, world.rows(Table::AuditHeads).await);
    assert!(before.0[0]["expires_at"].as_n().is_ok());
    // Two years later TTL has not come.
    let late = world.night + DAY * 730;
    let night = world.invoke(nightly(), late).await.unwrap();
    assert_eq!(night.checkpoint.map(|written| (written.chains, written.rows)), Some((1, 1)));
    assert_eq!(before, (world.rows(Table::Audit).await, world.rows(Table::AuditHeads).await));
    assert_eq!(world.checkpoints().await, 2, "a list and a note");
}

#[tokio::test]
async fn a_dry_run_changes_nothing_and_says_what_the_night_does() {
    let world = World::new().await;
    world.ended(Table::Replay, "old", HOUR * 2).await;
    sign_in(&world, "revoked", true).await;
    settings(&world, true).await;
    used_key(&world, world.night - DAY * 91).await;
    let before = world.all().await;
    let told = world.dry_run().await;
    assert_eq!(before, world.all().await);
    assert_eq!(world.checkpoints().await, 0, "it signs nothing either");
    assert!(!world.log.text().contains("\"retention\":"), "nothing is counted");
    assert_eq!(world.summary()["dry_run"], json!(true));
    let done = world.run().await;
    assert_eq!(told.counts, done.counts);
    let expected = [
        (PAST, Store::Table(Table::Replay), 1),
        (RetentionReason::Spent, Store::Table(Table::Sessions), 1),
        (RetentionReason::Idle, Store::Table(Table::GuildState), 1),
        (RetentionReason::OldUse, Store::Table(Table::ApiKeys), 1),
    ];
    assert_eq!(json!(done.counts), counts(&expected));
}

#[tokio::test]
async fn a_sign_in_that_is_over_goes_and_others_stay() {
    let world = World::new().await;
    sign_in(&world, "over", true).await;
    let good = sign_in(&world, "good", false).await;
    world.run().await;
    assert_eq!(world.rows(Table::Sessions).await, [good]);
}

#[tokio::test]
async fn a_key_stays_and_when_it_was_used_is_forgotten() {
    let world = World::new().await;
    let mut key = used_key(&world, world.night - DAY * 91).await;
    world.run().await;
    key.remove("used_at");
    assert_eq!(world.rows(Table::ApiKeys).await, [key]);
    let again = used_key(&world, world.night - DAY).await;
    assert_eq!(json!(world.run().await.counts), json!({}), "it was used since");
    assert_eq!(world.rows(Table::ApiKeys).await, [again]);
}

#[tokio::test]
async fn settings_go_ninety_days_after_the_bot_was_turned_away() {
    let world = World::new().await;
    settings(&world, true).await;
    let early = world.night - DAY * 30;
    let night = world.invoke(nightly(), early).await.unwrap();
    assert_eq!(json!(night.tally.counts), json!({}));
    let kept = settings_rows(&world).await;
    assert_eq!(kept, 1);
    assert_eq!(world.run().await.of(RetentionReason::Idle), 1);
    assert_eq!(settings_rows(&world).await, 0);
    assert_eq!(world.rows(Table::GuildAccess).await.len(), 2, "that it was turned away is not forgotten");
}

#[tokio::test]
async fn settings_of_a_community_that_uses_the_bot_stay() {
    let world = World::new().await;
    settings(&world, false).await;
    assert_eq!(json!(world.run().await.counts), json!({}));
    assert_eq!(settings_rows(&world).await, 1);
}

/// A clock that was set back finds less due; one that goes on from another's beginning does not trust the later one.
#[tokio::test]
async fn a_clock_that_was_set_back_deletes_nothing_that_is_not_over_by_then() {
    let world = World::new().await;
    world.ended(Table::Replay, "old", DAY).await;
    let before = world.all().await;
    let back = world.invoke(nightly(), world.night - DAY * 30).await.unwrap();
    assert_eq!((json!(back.tally.counts), world.all().await), (json!({}), before.clone()));
    let handed = begun_at(world.night);
    let on = world.invoke(handed, world.night - DAY * 30).await.unwrap();
    assert_eq!((json!(on.tally.counts), world.all().await), (json!({}), before));
    // Nor does a run that was begun early delete what has ended since.
    let on = world.invoke(begun_at(world.night - DAY * 30), world.night).await.unwrap();
    assert_eq!(json!(on.tally.counts), json!({}));
}

/// TTL takes none that ended more than five years ago, so somebody has to.
#[tokio::test]
async fn an_end_that_was_in_the_past_when_the_row_was_written_is_an_end() {
    let world = World::new().await;
    for (n, end) in [0, 1, -1].into_iter().enumerate() {
        let row = [("subject", text(format!("{n}"))), ("sk", text("denied")), ("expires_at", number(end))];
        world.put(Table::RateLimits, &row).await;
    }
    assert_eq!(world.run().await.of(PAST), 3);
    assert!(world.rows(Table::RateLimits).await.is_empty());
}

#[tokio::test]
async fn what_is_handed_on_and_is_none_of_ours_is_refused() {
    let world = World::new().await;
    world.ended(Table::Replay, "old", DAY).await;
    for (member, value) in [
        ("started_at", json!("yesterday")),
        ("place", json!({ "kind": "rows", "table": "audit" })),
        ("place", json!({ "kind": "rows", "table": "users" })),
        ("place", json!({ "kind": "attic" })),
        ("tally", json!({})),
    ] {
        let mut event = begun_at(world.night);
        event["checkpoint"][member] = value;
        let refused = world.invoke(event.clone(), world.night).await;
        assert!(refused.is_err(), "{event}");
    }
    assert_eq!(world.rows(Table::Replay).await.len(), 1);
}

/// A run that began then, at its first table, in its second round.
fn begun_at(started_at: Timestamp) -> Value {
    let tally = json!({ "counts": {}, "seen": 0, "left": 0, "changed": 0, "failed": 0, "told": 0 });
    let place = json!({ "kind": "rows", "table": "guild-queues" });
    let checkpoint = json!({ "started_at": started_at, "round": 1, "place": place, "tally": tally });
    json!({ "type": "retention_run", "version": 1, "dry_run": false, "checkpoint": checkpoint })
}

async fn act(world: &World) {
    let names = Pseudonyms::new("k1".parse().unwrap(), &Secret::new([7; 32])).unwrap();
    let random = Rng::system().bytes().unwrap();
    let event = AuditEvent::new(names.admin(ADA), "set", "settings", "api", world.night, random);
    let audit = AuditStore::new(world.db());
    audit.append(&GUILD.to_string(), event, Rng::system()).await.unwrap();
}

/// As `shared/src/store/sessions` writes it.
async fn sign_in(world: &World, name: &str, revoked: bool) -> Item {
    let end = world.night + DAY;
    let mut row = vec![
        ("owner", text(format!("family#{name}"))),
        ("sk", text("family")),
        ("user", text(ADA.to_string())),
        ("username", text("ada")),
        ("epoch", number(0)),
        ("current", text("c")),
        ("ends_at", text(end.to_string())),
        ("expires_at", number(end.as_second())),
    ];
    if revoked {
        row.push(("revoked", aws_sdk_dynamodb::types::AttributeValue::Bool(true)));
    }
    world.put(Table::Sessions, &row).await
}

/// As `shared/src/store/api_keys.rs` writes it.
async fn used_key(world: &World, used_at: Timestamp) -> Item {
    let row = [
        ("hash", text("h")),
        ("tenant", text(GUILD.to_string())),
        ("id", text("k1")),
        ("name", text("my script")),
        ("role", text("action")),
        ("made_by", text(BEN.to_string())),
        ("made_at", text((world.night - DAY * 100).to_string())),
        ("ends_at", text((world.night + DAY).to_string())),
        ("used_at", text(used_at.to_string())),
        ("expires_at", number((world.night + DAY * 31).as_second())),
    ];
    world.put(Table::ApiKeys, &row).await
}

/// A community with settings, approved a hundred days before the night, and perhaps turned away a day later.
async fn settings(world: &World, turned_away: bool) {
    let guild = GuildId::new(GUILD);
    let access = AccessStore::new(world.db(), RateLimitStore::new(world.db()), 50);
    let (by, at) = (UserId::new(22), world.night - DAY * 100);
    let reason = || "because".parse().unwrap();
    access.take(guild, &Step::Request { by }, at).await.unwrap();
    access.take(guild, &Step::Approve { by, reason: reason() }, at).await.unwrap();
    let store = SettingsStore::new(world.db());
    let settings = store.load(guild).await.unwrap();
    store.save(guild, settings).await.unwrap();
    if turned_away {
        access.take(guild, &Step::Revoke { by, reason: reason() }, at + DAY).await.unwrap();
    }
}

async fn settings_rows(world: &World) -> usize {
    let rows = world.rows(Table::GuildState).await;
    rows.iter().filter(|row| row["sk"] == text("settings")).count()
}
