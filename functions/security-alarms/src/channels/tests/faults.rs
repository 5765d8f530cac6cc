//! Channels that are slow, refuse, ask for time, answer garbage or are gone; and AWS, when it fails.

use core::time::Duration;

use jiff::SignedDuration;
use serde_json::json;
use shared::domain::incident::{Alert, Kind, Severity};
use shared::messages::Order;
use testkit::Fault;

use super::world::{Does, Ear, World, closed, garbage, label, notice, now};
use crate::channels::{DeliverError, Told};

async fn delivered(world: &World, name: &str) -> Result<(), DeliverError> {
    world.fan_out.deliver(&label(name), &notice(Kind::Opened), &world.log, now()).await
}

fn later(code: &str) -> Result<(), DeliverError> {
    Err(DeliverError::Later { code: code.to_owned(), not_before: None })
}

#[tokio::test]
async fn whoever_cannot_be_told_now_is_told_later_and_the_others_are_told_now() {
    let [hanging, failing, mut well] =
        [Ear::new(Does::Hang).await, Ear::new(Does::status(503)).await, Ear::new(Does::well()).await];
    let world = World::patient("http://127.0.0.1:1", Duration::from_millis(300)).await;
    world.webhook("hanging", &hanging.url, Severity::P3).await;
    world.webhook("failing", &failing.url, Severity::P3).await;
    world.webhook("garbage", &garbage().await, Severity::P3).await;
    world.slack("closed", &closed().await).await;
    world.slack("well", &well.url).await;
    let mut told = world.fan_out.tell(&notice(Kind::Opened), &world.log, now()).await;
    told.failed.sort();
    let failed = ["closed", "failing", "garbage", "hanging"].map(label).to_vec();
    assert_eq!(told, Told { told: 2, failed });
    assert_eq!(well.all().len(), 1);
    for (name, code) in
        [("hanging", "timeout"), ("failing", "status_503"), ("garbage", "transport"), ("closed", "connect")]
    {
        assert_eq!(delivered(&world, name).await, later(code), "{name}");
        assert_eq!(world.state(name, now()).await.breaker.failures, 2, "{name}");
    }
    assert_eq!(world.orders().await, [], "no channel is given up for that");
}

#[tokio::test]
async fn who_asks_for_time_gets_it() {
    let mut ear = Ear::new(Does::Answer(429, &[("retry-after", "40")], json!({}))).await;
    let world = World::new().await;
    world.slack("team", &ear.url).await;
    let until = now() + SignedDuration::from_secs(40);
    let asked = Err(DeliverError::Later { code: "rate_limited".to_owned(), not_before: Some(until) });
    assert_eq!(delivered(&world, "team").await, asked);
    ear.does(Does::well());
    let open = Err(DeliverError::Later { code: "open".to_owned(), not_before: Some(until) });
    assert_eq!(delivered(&world, "team").await, open);
    assert_eq!(ear.all().len(), 1, "it was left alone");
    world.fan_out.deliver(&label("team"), &notice(Kind::Opened), &world.log, until).await.unwrap();
    assert_eq!(ear.all().len(), 1);
}

#[tokio::test]
async fn discord_says_in_its_body_how_long_to_wait() {
    let ear = Ear::new(Does::Answer(429, &[], json!({ "retry_after": 1.5, "global": false }))).await;
    let world = World::with_discord(&ear.url).await;
    world.discord("ops", false).await;
    let until = now() + SignedDuration::from_millis(1500);
    let asked = Err(DeliverError::Later { code: "rate_limited".to_owned(), not_before: Some(until) });
    assert_eq!(delivered(&world, "ops").await, asked);
}

#[tokio::test]
async fn a_channel_that_is_gone_is_left_alone_and_the_others_hear_of_it_once() {
    for status in [401, 403, 404, 410] {
        let mut ear = Ear::new(Does::status(status)).await;
        let world = World::new().await;
        world.slack("team", &ear.url).await;
        let never = |code: &str| Err(DeliverError::Never { code: code.to_owned() });
        assert_eq!(delivered(&world, "team").await, never(&format!("status_{status}")));
        let raised = Order::Raise { alert: Alert::FanOut, label: Some(label("team")) };
        assert_eq!(world.orders().await, [raised]);
        assert_eq!(delivered(&world, "team").await, never("broken"));
        let told = world.another().tell(&notice(Kind::Opened), &world.log, now()).await;
        assert_eq!(told, Told { told: 1, failed: Vec::new() }, "the topic alone");
        assert_eq!((ear.all().len(), world.orders().await.len()), (1, 0));
        // Somebody puts another address into its secret.
        ear.does(Does::well());
        world.slack("team", &ear.url).await;
        world.another().deliver(&label("team"), &notice(Kind::Opened), &world.log, now()).await.unwrap();
        assert_eq!(ear.all().len(), 1);
    }
}

#[tokio::test]
async fn a_channel_that_does_not_take_what_we_say_hears_the_next_all_the_same() {
    for status in [400, 413, 302] {
        let mut ear = Ear::new(Does::status(status)).await;
        let world = World::new().await;
        world.slack("team", &ear.url).await;
        let code = format!("status_{status}");
        assert_eq!(delivered(&world, "team").await, Err(DeliverError::Never { code }));
        assert_eq!(world.orders().await.len(), 1);
        let mut about_alarms = notice(Kind::Opened);
        about_alarms.incident.alert = Alert::FanOut;
        let outcome = world.fan_out.deliver(&label("team"), &about_alarms, &world.log, now()).await;
        assert!(outcome.is_err() && world.orders().await.is_empty(), "or it would go on for ever");
        assert_eq!(ear.all().len(), 2);
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let [mut elsewhere, ear] = [Ear::new(Does::well()).await, Ear::new(Does::status(307)).await];
    let url: &'static str = Box::leak(elsewhere.url.clone().into_boxed_str());
    let headers: &'static [(&'static str, &'static str)] = Box::leak(Box::new([("location", url)]));
    ear.does(Does::Answer(307, headers, json!({})));
    let world = World::new().await;
    world.webhook("own", &ear.url, Severity::P3).await;
    assert_eq!(delivered(&world, "own").await, Err(DeliverError::Never { code: "status_307".to_owned() }));
    assert_eq!(elsewhere.all().len(), 0);
}

#[tokio::test]
async fn a_secret_that_is_no_channel_is_told_of_to_the_others() {
    let mut ear = Ear::new(Does::well()).await;
    let world = World::new().await;
    world.malformed("odd").await;
    world.slack("team", &ear.url).await;
    let told = world.fan_out.tell(&notice(Kind::Opened), &world.log, now()).await;
    assert_eq!((told.told, told.failed.len(), ear.all().len()), (2, 0, 1));
    assert_eq!(world.orders().await, [Order::Raise { alert: Alert::FanOut, label: Some(label("odd")) }]);
    world.fan_out.tell(&notice(Kind::Grew), &world.log, now()).await;
    assert_eq!(world.orders().await, [], "once");
}

#[tokio::test]
async fn an_answer_that_is_no_message_is_one_all_the_same() {
    let ear = Ear::new(Does::Answer(200, &[], json!("<html>"))).await;
    let world = World::with_discord(&ear.url).await;
    world.with_button_keys().await;
    world.discord("ops", true).await;
    assert_eq!(delivered(&world, "ops").await, Ok(()));
    assert_eq!(world.state("ops", now()).await.cards, []);
}

#[tokio::test]
async fn without_the_table_everybody_is_told_all_the_same() {
    let mut ear = Ear::new(Does::well()).await;
    let world = World::new().await;
    world.slack("team", &ear.url).await;
    world.aws.fault(Fault::Status500);
    let told = world.fan_out.tell(&notice(Kind::Opened), &world.log, now()).await;
    assert_eq!((told, ear.all().len()), (Told { told: 2, failed: Vec::new() }, 1));
    assert!(world.text.text().contains("channels.all"));
}

#[tokio::test]
async fn when_nobody_knows_who_the_channels_are_all_are_told_later() {
    let [mut well, failing] = [Ear::new(Does::well()).await, Ear::new(Does::status(500)).await];
    let world = World::new().await;
    world.slack("well", &well.url).await;
    world.slack("failing", &failing.url).await;
    world.aws.fault_next("ListSecrets", Fault::Status500, 2);
    let told = world.fan_out.tell(&notice(Kind::Opened), &world.log, now()).await;
    assert_eq!(told, Told { told: 1, failed: vec![label("everybody")] });
    assert!(matches!(delivered(&world, "everybody").await, Err(DeliverError::Later { .. })));
    assert_eq!(delivered(&world, "everybody").await, Ok(()));
    assert_eq!(well.all().len(), 1);
    // The one that fails has got an order of its own, which comes after 10 s.
    assert_eq!(world.orders().await, []);
    let text = world.text.text();
    assert!(text.contains("status_500") && text.contains("channels.list"), "{text}");
}

#[tokio::test]
async fn what_was_known_of_the_channels_goes_on_when_the_service_fails() {
    let mut ear = Ear::new(Does::well()).await;
    let world = World::new().await;
    world.slack("team", &ear.url).await;
    world.fan_out.tell(&notice(Kind::Opened), &world.log, now()).await;
    for (operation, minutes) in [("ListSecrets", 2), ("GetSecretValue", 4)] {
        world.aws.fault_next(operation, Fault::Status500, 1);
        let at = now() + SignedDuration::from_mins(minutes);
        let told = world.fan_out.tell(&notice(Kind::Opened), &world.log, at).await;
        assert_eq!((told.told, told.failed.len()), (2, 0), "{operation}");
    }
    assert_eq!(ear.all().len(), 3);
}

#[tokio::test]
async fn a_channel_whose_secret_cannot_be_read_is_told_later() {
    let world = World::new().await;
    world.slack("team", "http://127.0.0.1:1").await;
    world.aws.fault_next("GetSecretValue", Fault::Throttle, 1);
    let told = world.fan_out.tell(&notice(Kind::Opened), &world.log, now()).await;
    assert_eq!(told, Told { told: 1, failed: vec![label("team")] });
    assert_eq!(world.orders().await, []);
}

#[tokio::test]
async fn a_topic_that_fails_is_told_later_by_its_name() {
    let world = World::new().await;
    world.aws.fault_next("Publish", Fault::Status500, 1);
    let told = world.fan_out.tell(&notice(Kind::Opened), &world.log, now()).await;
    assert_eq!(told, Told { told: 0, failed: vec![label("topic-p1")] });
    assert_eq!(delivered(&world, "topic-p1").await, Ok(()));
    assert_eq!(world.aws.published("alerts-p1").len(), 1);
}
