//! Everybody is told at once, each in its own way.

use std::sync::Arc;

use shared::domain::incident::{Kind, Severity};
use shared::http_event::HttpEvent;
use shared::security::custom_id::{Action, CustomIds, INCIDENTS_TENANT, IncidentDeed};
use shared::security::key_set::KeySet;
use shared::security::secret::Secret;
use shared::security::webhook::{Scheme, WebhookKeys, verify};
use tokio::sync::Notify;

use super::world::{Does, Ear, TEST_KEY, World, label, notice, now};
use crate::channels::{DeliverError, Told};

#[tokio::test]
async fn every_channel_and_the_topic_of_the_severity_are_told() {
    let [mut discord, mut slack, mut own] =
        [Ear::new(Does::well()).await, Ear::new(Does::well()).await, Ear::new(Does::well()).await];
    let world = World::with_discord(&discord.url).await;
    world.with_button_keys().await;
    world.discord("ops", true).await;
    world.slack("team", &slack.url).await;
    world.webhook("pager", &own.url, Severity::P3).await;
    let told = world.fan_out.tell(&notice(Kind::Opened), &world.log, now()).await;
    assert_eq!(told, Told { told: 4, failed: Vec::new() });
    let card = discord.next().await;
    assert!(card.line.starts_with("POST /api/v10/webhooks/1/"), "{}", card.line);
    assert!(card.line.ends_with("?wait=true&with_components=true"), "{}", card.line);
    assert!(slack.next().await.body["attachments"][0]["blocks"].is_array());
    let signed = own.next().await;
    assert_eq!(signed.body["type"], "incident.opened");
    let headers: Vec<(&str, &str)> =
        signed.headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    let event = HttpEvent::new("POST", &headers, &signed.raw);
    let keys = WebhookKeys::parse(&Secret::new(TEST_KEY), now()).unwrap();
    assert!(verify(Scheme::Generic, &event, &keys, now()).is_ok());
    let published = world.aws.published("alerts-p1");
    assert_eq!(published.len(), 1);
    assert_eq!(world.aws.published("alerts-p0").len(), 0);
    assert!(published[0].subject.as_deref().unwrap().starts_with("[P1] Somebody who is not allowed"));
    assert_eq!(world.orders().await, []);
}

#[tokio::test]
async fn a_channel_hears_what_is_urgent_enough_for_it() {
    let [mut all, mut urgent] = [Ear::new(Does::well()).await, Ear::new(Does::well()).await];
    let world = World::new().await;
    world.webhook("all", &all.url, Severity::P3).await;
    world.webhook("urgent", &urgent.url, Severity::P0).await;
    let told = world.fan_out.tell(&notice(Kind::Opened), &world.log, now()).await;
    assert_eq!((told.told, all.all().len(), urgent.all().len()), (2, 1, 0));
    // It has grown more urgent.
    let told = world.fan_out.tell(&notice(Kind::Overdue), &world.log, now()).await;
    assert_eq!((told.told, all.all().len(), urgent.all().len()), (3, 1, 1));
    // A test comes through whatever it usually hears of.
    world.fan_out.deliver(&label("urgent"), &notice(Kind::Test), &world.log, now()).await.unwrap();
    assert_eq!(urgent.next().await.body["type"], "test");
}

#[tokio::test]
async fn one_that_hangs_holds_nobody_back() {
    let [mut slow, mut quick] = [Ear::new(Does::Hang).await, Ear::new(Does::well()).await];
    let world = World::new().await;
    world.webhook("a-slow", &slow.url, Severity::P3).await;
    world.slack("b-quick", &quick.url).await;
    let released = Arc::new(Notify::new());
    slow.does(Does::Wait(Arc::clone(&released)));
    let notice = notice(Kind::Opened);
    let telling = world.fan_out.tell(&notice, &world.log, now());
    tokio::pin!(telling);
    // Both have it, and the slow one has not answered: it cannot before it is let go, below.
    tokio::select! {
        told = &mut telling => panic!("the slow one has answered: {told:?}"),
        () = async { slow.next().await; quick.next().await; } => {}
    }
    released.notify_one();
    assert_eq!(telling.await, Told { told: 3, failed: Vec::new() });
}

#[tokio::test]
async fn nobody_is_nobody() {
    let world = World::new().await;
    let mut notice = notice(Kind::Opened);
    notice.incident.severity = Severity::P3;
    assert_eq!(world.fan_out.tell(&notice, &world.log, now()).await, Told::default());
    for name in ["ops", "topic-p3"] {
        let outcome = world.fan_out.deliver(&label(name), &notice, &world.log, now()).await;
        assert!(matches!(outcome, Err(DeliverError::Never { .. })), "{name}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_channel_that_was_just_made_can_be_told_by_its_name() {
    let mut own = Ear::new(Does::well()).await;
    let world = World::new().await;
    world.fan_out.tell(&notice(Kind::Opened), &world.log, now()).await;
    world.webhook("new", &own.url, Severity::P3).await;
    world.fan_out.deliver(&label("new"), &notice(Kind::Opened), &world.log, now()).await.unwrap();
    assert_eq!(own.next().await.body["data"]["number"], 1);
}

#[tokio::test]
async fn the_list_of_channels_is_kept_for_a_minute() {
    let world = World::new().await;
    let lists = || {
        let calls = world.aws.take_calls();
        calls.iter().filter(|call| call.operation == "ListSecrets").count()
    };
    world.aws.record_calls();
    world.fan_out.tell(&notice(Kind::Opened), &world.log, now()).await;
    world.fan_out.tell(&notice(Kind::Grew), &world.log, now() + jiff::SignedDuration::from_secs(59)).await;
    assert_eq!(lists(), 1);
    world
        .fan_out
        .tell(&notice(Kind::Repeated), &world.log, now() + jiff::SignedDuration::from_secs(60))
        .await;
    assert_eq!(lists(), 1);
}

#[tokio::test]
async fn only_the_last_card_of_an_incident_has_buttons() {
    let mut discord = Ear::new(Does::well()).await;
    let world = World::with_discord(&discord.url).await;
    world.with_button_keys().await;
    world.discord("ops", true).await;
    world.fan_out.tell(&notice(Kind::Opened), &world.log, now()).await;
    let opened = discord.next().await;
    assert_eq!(
        deeds(&opened.body),
        IncidentDeed::ALL.map(|deed| Action::Incident(deed, notice(Kind::Opened).incident.id))
    );
    // The same again, as when somebody was killed after telling: Discord is not told twice.
    let again = world.fan_out.tell(&notice(Kind::Opened), &world.log, now()).await;
    assert_eq!((again.told, discord.all().len()), (2, 0));
    discord.does(Does::Answer(200, &[], serde_json::json!({ "id": "78" })));
    world.fan_out.tell(&notice(Kind::Resolved), &world.log, now()).await;
    let resolved = discord.next().await;
    assert!(resolved.line.starts_with("POST "), "{}", resolved.line);
    assert!(deeds(&resolved.body).is_empty(), "what is over needs nobody");
    let edited = discord.next().await;
    assert!(edited.line.starts_with("PATCH /api/v10/webhooks/1/"), "{}", edited.line);
    assert!(edited.line.ends_with("/messages/77?with_components=true"), "{}", edited.line);
    assert!(deeds(&edited.body).is_empty());
    assert!(edited.body.to_string().contains("there is a later message"));
    assert_eq!(world.state("ops", now()).await.cards.len(), 1);
}

#[tokio::test]
async fn a_card_comes_without_buttons_rather_than_not_at_all() {
    let mut discord = Ear::new(Does::well()).await;
    let world = World::with_discord(&discord.url).await;
    world.put("/timmybot/custom-id-key", "no keys").await;
    world.discord("ops", true).await;
    let told = world.fan_out.tell(&notice(Kind::Opened), &world.log, now()).await;
    let card = discord.next().await;
    assert_eq!((told.told, deeds(&card.body).len()), (2, 0));
    assert!(card.body.to_string().contains("Runbook"));
    assert!(world.text.text().contains("channels.keys"));
}

#[tokio::test]
async fn a_webhook_that_is_not_our_applications_gets_text() {
    let mut discord = Ear::new(Does::well()).await;
    let world = World::with_discord(&discord.url).await;
    world.discord("ops", false).await;
    world.fan_out.tell(&notice(Kind::Opened), &world.log, now()).await;
    let heard = discord.next().await;
    assert!(heard.line.ends_with("?wait=true"), "{}", heard.line);
    assert!(heard.body["content"].as_str().unwrap().chars().count() <= 2000);
    assert_eq!(heard.body["allowed_mentions"], serde_json::json!({ "parse": [] }));
    assert!(heard.body.get("components").is_none());
}

/// What the buttons of a body do, if they are ours.
pub(super) fn deeds(body: &serde_json::Value) -> Vec<Action> {
    let keys = format!(r#"{{"keys":[{{"kid":"k1","key":"{}"}}]}}"#, "07".repeat(32));
    let ids = CustomIds::from_key_set(&KeySet::parse(&Secret::new(keys)).unwrap()).unwrap();
    let mut found = Vec::new();
    let mut rest = vec![body];
    while let Some(value) = rest.pop() {
        if let Some(id) = value.get("custom_id").and_then(serde_json::Value::as_str) {
            found.push(ids.parse(id, INCIDENTS_TENANT).unwrap());
        }
        let inner = value.get("components").and_then(serde_json::Value::as_array);
        rest.extend(inner.into_iter().flatten().rev());
    }
    found
}
