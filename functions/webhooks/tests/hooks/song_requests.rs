//! Song requests from Twitch, from the signed notification to the entry in the queue (SPEC P11).

use serde_json::{Value, json};
use shared::clock::Rng;
use shared::domain::access::Step;
use shared::domain::containment::{Act, Level};
use shared::domain::queue::QueueView;
use shared::domain::settings::GuildSettings;
use shared::domain::track::TrackSource;
use shared::ids::{GuildId, UserId};
use shared::messages::Doorbell;
use shared::store::access::AccessStore;
use shared::store::channels::{Channel, ChannelStore};
use shared::store::flags::{FlagStore, Move};
use shared::store::queue::QueueStore;
use shared::store::rate_limits::RateLimitStore;
use shared::store::settings::SettingsStore;
use testkit::Fault;
use testkit::signing::COMMITTED_AT;
use testkit::webhooks::{COMMITTED_SECRET, Sender};
use webhooks::handle;

use super::world::{ADA, Post, World, now};

const GUILD: GuildId = GuildId::new(290_926_798_626_357_999);
const OPERATOR: UserId = UserId::new(155_149_108_183_695_360);
const CHANNEL: &str = "12826";
const REWARD: &str = "Song request";

fn access(world: &World) -> AccessStore {
    AccessStore::new(world.db(), RateLimitStore::new(world.db()), 50)
}

fn queues(world: &World) -> QueueStore {
    QueueStore::new(world.db(), Rng::fixed(7))
}

fn channel() -> Channel {
    Channel { broadcaster: CHANNEL.parse().unwrap(), guild: GUILD, streamer: ADA, since: now() }
}

async fn set(world: &World, change: impl Fn(&mut GuildSettings)) {
    let store = SettingsStore::new(world.db());
    let mut stored = store.load(GUILD).await.unwrap();
    change(&mut stored.settings);
    store.save(GUILD, stored).await.unwrap();
}

async fn approve(world: &World) {
    let reason = "for a test".parse().unwrap();
    for step in [Step::Request { by: ADA }, Step::Approve { by: OPERATOR, reason }] {
        access(world).take(GUILD, &step, now()).await.unwrap();
    }
}

/// An approved guild that hears the channel and takes requests.
async fn world() -> World {
    let world = World::new().await;
    approve(&world).await;
    ChannelStore::new(world.db()).connect(&channel()).await.unwrap();
    set(&world, |settings| {
        settings.twitch.enabled = true;
        settings.twitch.reward = REWARD.parse().ok();
    })
    .await;
    world
}

fn notification(kind: &str, id: &str, event: &Value) -> Post {
    let body = json!({ "subscription": { "id": "s-1", "status": "enabled", "type": kind, "version": "1" }, "event": event });
    let post =
        Post::unsigned("twitch", &body.to_string()).with("twitch-eventsub-message-type", "notification");
    post.signed(Sender::Twitch, COMMITTED_SECRET, id, COMMITTED_AT)
}

fn redemption(id: &str, viewer: &str, reward: &str, input: &str) -> Post {
    let event = json!({
        "id": format!("r-{id}"), "broadcaster_user_id": CHANNEL, "user_id": viewer, "user_login": "viewer",
        "user_input": input, "reward": { "id": "92af127c-7326-4483-a52b-b0da0be61c01", "title": reward },
    });
    notification("channel.channel_points_custom_reward_redemption.add", id, &event)
}

fn chat(id: &str, viewer: &str, text: &str) -> Post {
    let event = json!({
        "broadcaster_user_id": CHANNEL, "chatter_user_id": viewer, "chatter_user_login": "viewer",
        "message_id": format!("m-{id}"), "message": { "text": text, "fragments": [] }, "message_type": "text",
    });
    notification("channel.chat.message", id, &event)
}

/// Through the door and the queue; what has to come again.
async fn sent(world: &World, post: &Post) -> Vec<String> {
    assert_eq!(world.ask(post).await.status(), 204);
    world.work().await
}

async fn view(world: &World) -> QueueView {
    queues(world).view(GUILD, now()).await.unwrap()
}

/// What is in the queue: who asked, and what for.
async fn queued(world: &World) -> Vec<(UserId, String)> {
    let view = view(world).await;
    let current = view.now().map(|now| now.slot);
    let slots: Vec<_> = current.into_iter().chain(view.order().iter()).collect();
    let ids: Vec<_> = slots.iter().map(|slot| slot.entry).collect();
    let entries = queues(world).entries(GUILD, &ids, now()).await.unwrap();
    let shown = |source: &TrackSource| match source {
        TrackSource::Url(url) => url.as_str().to_owned(),
        TrackSource::Search(words) => words.as_str().to_owned(),
    };
    slots.iter().map(|slot| (slot.requester, shown(entries[&slot.entry].track.source()))).collect()
}

async fn bells(world: &World) -> usize {
    let rung = world.take("voice-0").await;
    rung.iter().filter(|(_, body)| Doorbell::parse(body).is_ok()).count()
}

fn outcomes(world: &World, outcome: &str) -> usize {
    let is = |line: &&Value| line["note"] == "song_request" && line["facts"]["outcome"] == outcome;
    world.log.lines().iter().filter(is).count()
}

#[tokio::test]
async fn a_redemption_and_a_command_become_entries_in_the_streamers_name() {
    let world = world().await;
    let woken = world.aws.listen_as("timmybot-voice-supervisor");
    assert!(sent(&world, &redemption("1", "9001", REWARD, "Blue Monday")).await.is_empty());
    assert_eq!(woken.next().await["type"], "wake");
    assert!(sent(&world, &chat("2", "9002", "!sr https://media.example.com/a.opus")).await.is_empty());
    let expected = [(ADA, "Blue Monday".to_owned()), (ADA, "https://media.example.com/a.opus".to_owned())];
    assert_eq!(queued(&world).await, expected);
    assert_eq!((bells(&world).await, outcomes(&world, "added")), (2, 2));
    let log = world.log.text();
    for secret in ["9001", "9002", CHANNEL, "Blue Monday", "media.example.com"] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}

#[tokio::test]
async fn a_request_is_one_entry_however_often_it_comes() {
    let world = world().await;
    let post = redemption("1", "9001", REWARD, "Blue Monday");
    world.ask(&post).await;
    let jobs = world.take("webhooks").await;
    let bodies: Vec<&str> = jobs.iter().map(|(_, body)| body.as_str()).collect();
    for _ in 0..3 {
        assert!(World::work_on(&world.app, &bodies).await.is_empty());
    }
    let (one, two) = tokio::join!(World::work_on(&world.app, &bodies), async {
        World::work_on(&world.app_after(1), &bodies).await
    });
    assert!(one.is_empty() && two.is_empty());
    assert_eq!(queued(&world).await.len(), 1);
    // Another process does not count it again either.
    assert!(World::work_on(&world.app_after(2), &bodies).await.is_empty());
    assert_eq!(queued(&world).await.len(), 1);
}

#[tokio::test]
async fn whoever_dies_on_the_way_leaves_one_entry() {
    for operation in ["TransactWriteItems", "UpdateItem", "GetItem", "Query", "BatchGetItem"] {
        for fault in [Fault::AnswerLost, Fault::Throttle] {
            let world = world().await;
            world.ask(&redemption("1", "9001", REWARD, "Blue Monday")).await;
            let jobs = world.take("webhooks").await;
            let body = jobs[0].1.clone();
            // The SDK tries twice by itself.
            world.aws.fault_next(operation, fault, 2);
            let mut left = World::work_on(&world.app, &[&body]).await;
            for _ in 0..2 {
                let bodies: Vec<&str> = left.iter().map(String::as_str).collect();
                left = World::work_on(&world.app_after(1), &bodies).await;
            }
            assert!(left.is_empty(), "{operation} {fault:?}");
            assert_eq!(queued(&world).await.len(), 1, "{operation} {fault:?}");
        }
    }
}

#[tokio::test]
async fn a_viewer_over_the_limit_is_not_added_and_others_are() {
    let world = world().await;
    for n in 0..5 {
        sent(&world, &chat(&n.to_string(), "9001", &format!("!sr song {n}"))).await;
    }
    assert_eq!(queued(&world).await.len(), 3, "three per person and ten minutes");
    sent(&world, &redemption("5", "9002", REWARD, "another")).await;
    assert_eq!(queued(&world).await.len(), 4);
    assert_eq!((outcomes(&world, "limited"), world.counted("rate_limited", &[])), (2, 2));
    let told = world.log.lines().into_iter().filter(|line| line.to_string().contains("song-request"));
    assert_eq!(told.count(), 2);
}

#[tokio::test]
async fn the_guilds_own_limits_hold_for_viewers() {
    let world = world().await;
    set(&world, |settings| settings.max_tracks = 2.try_into().unwrap()).await;
    for n in 0..4 {
        assert!(sent(&world, &chat(&n.to_string(), &format!("900{n}"), "!sr song")).await.is_empty());
    }
    assert_eq!((queued(&world).await.len(), outcomes(&world, "queue_refused")), (2, 2));
    assert_eq!(world.counted("queue_full", &[("scope", "queue")]), 2);
}

#[tokio::test]
async fn what_is_no_request_changes_nothing() {
    let world = world().await;
    for (n, (post, outcome)) in [
        (redemption("1", "9001", "Hydrate!", "water"), "other_reward"),
        (chat("2", "9001", "!lurk"), "other_command"),
        (chat("3", "9001", "!sr https://127.0.0.1/a"), "bad_query"),
        (chat("4", "9001", "!sr http://media.example.com/a.opus"), "bad_query"),
    ]
    .into_iter()
    .enumerate()
    {
        assert!(sent(&world, &post).await.is_empty(), "{n}");
        assert!(outcomes(&world, outcome) > 0, "{outcome}");
    }
    set(&world, |settings| settings.twitch.enabled = false).await;
    sent(&world, &chat("5", "9001", "!sr song")).await;
    assert_eq!(outcomes(&world, "requests_off"), 1);
    assert_eq!((queued(&world).await, bells(&world).await), (vec![], 0));
}

#[tokio::test]
async fn an_unapproved_a_banned_and_a_locked_guild_get_nothing() {
    let post = chat("1", "9001", "!sr song");
    let unapproved = World::new().await;
    ChannelStore::new(unapproved.db()).connect(&channel()).await.unwrap();
    set(&unapproved, |settings| settings.twitch.enabled = true).await;
    assert!(sent(&unapproved, &post).await.is_empty());
    let banned = world().await;
    for _ in 0..11 {
        access(&banned).count_denial(GUILD, now()).await.unwrap();
    }
    assert!(sent(&banned, &post).await.is_empty());
    for world in [&unapproved, &banned] {
        assert_eq!((outcomes(world, "access_denied"), queued(world).await), (1, vec![]));
    }
    let locked = world().await;
    let act = Act { by: OPERATOR.into(), at: now() };
    FlagStore::new(locked.db()).make(&Move::Raise(Level::L1, act, "leak".parse().unwrap())).await.unwrap();
    assert!(sent(&locked, &post).await.is_empty());
    assert_eq!((outcomes(&locked, "paused"), queued(&locked).await), (1, vec![]));
}

#[tokio::test]
async fn a_channel_that_nobody_hears_is_nobodys_queue() {
    let world = world().await;
    ChannelStore::new(world.db()).disconnect(&channel()).await.unwrap();
    assert!(sent(&world, &chat("1", "9001", "!sr song")).await.is_empty());
    assert_eq!((outcomes(&world, "nobody_hears"), queued(&world).await), (1, vec![]));
}

fn night() -> Value {
    json!({ "source": "aws.events", "detail-type": "Scheduled Event", "detail": {} })
}

/// Stands for oauth: answers each call with what `answer` makes of it.
fn oauth(world: &World, answer: impl Fn(&Value) -> Value + Send + Sync + 'static) {
    world.aws.functions().serve("timmybot-oauth", move |event| core::future::ready(Ok(answer(&event))));
}

fn state(broadcaster: &str, state: &str) -> Value {
    json!({ "outcome": "channel", "broadcaster": broadcaster, "state": state })
}

#[tokio::test]
async fn by_night_each_channel_is_made_so_in_its_streamers_name() {
    let world = world().await;
    let asked = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let heard = std::sync::Arc::clone(&asked);
    oauth(&world, move |event| {
        heard.lock().unwrap().push(event.clone());
        state(CHANNEL, "on")
    });
    handle(&world.app, night(), "r").await.unwrap();
    let expected = json!({ "type": "use_token", "version": 1, "user": ADA.to_string(), "call": { "call": "hear_channel" } });
    assert_eq!(*asked.lock().unwrap(), [expected]);
    assert!(ChannelStore::new(world.db()).of(&channel().broadcaster).await.unwrap().is_some());
}

#[tokio::test]
async fn by_night_what_is_over_is_let_go_and_what_failed_is_tried_again() {
    for (hear, stays, done) in [
        (json!({ "outcome": "not_linked" }), false, true),
        (state(CHANNEL, "missing_scopes"), false, true),
        (state("73904428", "on"), false, true),
        (state(CHANNEL, "pending"), true, true),
        (json!({ "outcome": "later" }), true, false),
        (json!("odd"), true, false),
    ] {
        let world = world().await;
        let said = hear.clone();
        oauth(&world, move |event| match event["call"]["call"].as_str() {
            Some("leave_channel") => state(CHANNEL, "off"),
            _ => said.clone(),
        });
        assert_eq!(handle(&world.app, night(), "r").await.is_ok(), done, "{hear}");
        let left = ChannelStore::new(world.db()).of(&channel().broadcaster).await.unwrap();
        assert_eq!(left.is_some(), stays, "{hear}");
    }
}

#[tokio::test]
async fn by_night_a_guild_that_takes_no_requests_hears_no_channel() {
    let world = world().await;
    set(&world, |settings| settings.twitch.enabled = false).await;
    oauth(&world, |event| {
        assert_eq!(event["call"], json!({ "call": "leave_channel", "broadcaster": CHANNEL }));
        state(CHANNEL, "off")
    });
    handle(&world.app, night(), "r").await.unwrap();
    assert_eq!(ChannelStore::new(world.db()).of(&channel().broadcaster).await.unwrap(), None);
}
