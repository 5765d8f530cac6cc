//! What fails, and what happens then, for each control on its own (SPEC W1); and what each refusal leaves behind
//! (SPEC T16, T24, T36, W35).

use serde_json::{Value, json};
use testkit::Fault;

use crate::testing::{MEMBER, PENDING, Said, UNKNOWN, World, member, operator, other, owner};

fn play(query: &str) -> Value {
    json!([{"name": "query", "type": 3, "value": query}])
}

fn sub(name: &str, options: impl Into<Value>) -> Value {
    json!([{"name": name, "type": 1, "options": options.into()}])
}

fn server(guild: shared::ids::GuildId, reason: &str) -> Value {
    json!([
        {"name": "server", "type": 3, "value": guild.to_string()},
        {"name": "reason", "type": 3, "value": reason},
    ])
}

async fn audit_rows(world: &World, tenant: &str) -> Vec<String> {
    let rows = world.app.audit.latest(tenant, 20, None, crate::testing::now()).await.unwrap();
    rows.iter().map(|row| row.event.action().to_owned()).collect()
}

fn counted(world: &World, metric: &str) -> usize {
    world.log.lines().iter().filter(|line| line.get(metric).is_some_and(Value::is_number)).count()
}

fn events(world: &World, kind: &str) -> usize {
    world.log.lines().iter().filter(|line| line["event_type"] == kind).count()
}

/// Only the rate-limits table is written by `UpdateItem`: music goes on under the process's own small cap.
#[tokio::test]
async fn without_the_limiter_music_has_a_small_cap_and_administration_stops() {
    let mut world = World::empty().await;
    world.aws.fault_next("UpdateItem", Fault::Status500, 1_000);
    let mut limited = 0;
    for _ in 0..8 {
        let said = world.command(member(), "queue", json!([])).await;
        limited += usize::from(said.text.contains("<t:"));
    }
    assert!((3..8).contains(&limited), "{limited} of 8 were limited");
    let said = world.command(operator(), "admin", sub("list", json!([]))).await;
    assert!(said.text.contains("try again") && said.ephemeral(), "{said:?}");
}

#[tokio::test]
async fn a_standing_that_cannot_be_read_denies_and_counts_nothing() {
    let mut world = World::empty().await;
    world.aws.fault_next("BatchGetItem", Fault::Status500, 12);
    for _ in 0..12 {
        let said = world.command(member().at(UNKNOWN), "queue", json!([])).await;
        assert!(said.text.contains("could not check"), "{said:?}");
    }
    let said = world.command(other().at(UNKNOWN), "queue", json!([])).await;
    assert!(said.text.contains("does not have access"), "{said:?}");
}

async fn break_key(world: &World, name: &str) {
    world.aws.secrets().put_secret_value().secret_id(name).secret_string("short").send().await.unwrap();
}

#[tokio::test]
async fn without_the_custom_id_key_a_song_is_queued_and_said_in_words() {
    let mut world = World::empty().await;
    break_key(&world, "/timmybot/custom-id-key").await;
    let said = world.command(member(), "play", play("some song")).await;
    assert!(said.status == 200 && said.text.contains("some song"), "{said:?}");
    let said = world.press(member(), "t1.k1.pause.AAAAAAAAAAAAAAAAAAAAAA").await;
    assert!(said.text.contains("too old"), "{said:?}");
}

#[tokio::test]
async fn without_the_log_key_nothing_is_administered_and_no_id_is_logged() {
    let mut world = World::empty().await;
    break_key(&world, "/timmybot/log-key").await;
    let said = world.command(operator(), "admin", sub("approve", server(PENDING, "fine"))).await;
    assert!(said.text.contains("try again"), "{said:?}");
    world.command(member().at(UNKNOWN), "queue", json!([])).await;
    let log = world.log.text();
    assert!(log.contains("unavailable") && !log.contains(&MEMBER.to_string()), "{log}");
}

#[tokio::test]
async fn every_refusal_is_counted_and_told() {
    let mut world = World::empty().await;
    for _ in 0..11 {
        world.command(member().at(UNKNOWN), "queue", json!([])).await;
        world.command(member(), "queue", json!([])).await;
    }
    let denied = sub("limits", json!([{"name": "tracks", "type": 4, "value": 5}]));
    world.command(member(), "settings", denied).await;
    let mut forged = crate::testing::event("{}", 1);
    forged["headers"]["x-signature-timestamp"] = "2".into();
    world.raw(&forged).await;
    for (metric, count) in [
        ("unauthorized_access", 11),
        ("guild_banned", 1),
        ("rate_limited", 1),
        ("authorization_denied", 1),
        ("auth_failures", 1),
    ] {
        assert_eq!(counted(&world, metric), count, "{metric}");
    }
    for (kind, count) in [
        ("UNAUTHORIZED_ACCESS", 11),
        ("GUILD_BANNED", 1),
        ("RATE_LIMITED", 1),
        ("AUTHORIZATION_DENIED", 1),
        ("AUTHENTICATION_ATTEMPT", 1),
    ] {
        assert_eq!(events(&world, kind), count, "{kind}");
    }
}

#[tokio::test]
async fn each_administrative_action_is_in_the_chain() {
    let mut world = World::empty().await;
    let did = |said: &Said, words: &str| assert!(said.text.contains(words), "{words}: {said:?}");
    did(&world.command(owner().at(UNKNOWN), "admin", sub("request", json!([]))).await, "was sent");
    did(
        &world.command(operator(), "admin", sub("approve", server(UNKNOWN, "known"))).await,
        "has access now",
    );
    did(&world.command(operator(), "admin", sub("revoke", server(UNKNOWN, "moved"))).await, "no longer");
    did(&world.command(operator(), "admin", sub("deny", server(PENDING, "unknown"))).await, "declined");
    let on = sub("on", json!([{"name": "reason", "type": 3, "value": "drill"}]));
    did(
        &world.command(operator(), "admin", json!([{"name": "lockdown", "type": 2, "options": on}])).await,
        "paused",
    );
    assert_eq!(
        audit_rows(&world, &UNKNOWN.to_string()).await,
        ["guild.revoke", "guild.approve", "guild.request"]
    );
    assert_eq!(audit_rows(&world, &PENDING.to_string()).await, ["guild.deny"]);
    did(&world.command(operator(), "admin", sub("audit", json!([]))).await, "containment.raise");
    assert_eq!(audit_rows(&world, "operators").await, ["audit.read", "containment.raise"]);
    assert_eq!(events(&world, "ADMINISTRATIVE_ACTION"), 6);
}

#[tokio::test]
async fn a_decision_that_fails_leaves_no_row() {
    let mut world = World::empty().await;
    let said = world.command(operator(), "admin", sub("revoke", server(PENDING, "why not"))).await;
    assert!(said.text.contains("does not fit"), "{said:?}");
    assert!(audit_rows(&world, &PENDING.to_string()).await.is_empty());
}

/// One person who is refused over and over must not use up the share of the others.
#[tokio::test]
async fn a_refused_person_does_not_starve_the_guild() {
    let mut world = World::empty().await;
    for _ in 0..70 {
        world.command(member(), "queue", json!([])).await;
    }
    assert!(!world.command(other(), "queue", json!([])).await.text.contains("<t:"));
}

/// The guild's own cap for one command: 60 in 60 s, whoever sends them.
#[tokio::test]
async fn a_guild_has_a_share_of_each_command() {
    let mut world = World::empty().await;
    let people: Vec<_> = (1..=7).map(shared::ids::UserId::new).collect();
    let mut answered = 0;
    for user in people {
        for _ in 0..10 {
            let from = crate::testing::From { user, ..member() };
            let said = world.command(from, "queue", json!([])).await;
            answered += usize::from(!said.text.contains("very busy"));
        }
    }
    assert_eq!(answered, 60);
}
