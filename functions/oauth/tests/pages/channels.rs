//! Channels at Twitch: what a streamer reads, what Twitch is asked for, and which guild hears whom.

use axum::Router;
use axum::body::Bytes;
use oauth::{App, handle};
use serde_json::{Value, json};
use shared::clock::Clock;
use shared::domain::accounts::Provider;
use shared::ids::{GuildId, UserId};
use shared::store::Db;
use shared::store::channels::{Channel, ChannelStore};
use shared::store::deferred::Purpose;
use simulator::{AccountsFault, AccountsFaultKind, Endpoint, Fault as Wrong, FaultAt, SubscriptionStatus};

use super::world::{ADA, GRACE, GUILD, World, service};

const ELSEWHERE: GuildId = GuildId::new(290_926_798_626_358_000);
/// The id of the account that a link is made with, which is the channel's.
const CHANNEL: &str = "141981764";

fn store(world: &World) -> ChannelStore {
    ChannelStore::new(Db::new(world.aws.dynamodb(), world.aws.prefix()))
}

async fn heard_by(world: &World) -> Option<(GuildId, UserId)> {
    let found = store(world).of(&CHANNEL.parse().unwrap()).await.unwrap();
    found.map(|channel: Channel| (channel.guild, channel.streamer))
}

/// With the secret that Twitch is to sign with, and Ada's account there.
async fn world() -> World {
    let world = World::new().await;
    let create = world.aws.secrets().create_secret().name("/timmybot/webhooks/twitch");
    create.secret_string("a-secret-that-twitch-signs-with").send().await.unwrap();
    world.link(ADA, Provider::Twitch).await;
    world
}

/// Says the challenge back, as the webhooks function does.
async fn ear() -> String {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(|body: Bytes| async move {
        let body: Value = serde_json::from_slice(&body).unwrap();
        body["challenge"].as_str().unwrap_or_default().to_owned()
    });
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    base
}

async fn said(world: &World, app: &App, id: u64, on: bool, guild: GuildId) -> String {
    let job = world.defer(id, Purpose::Channel { guild, on }).await;
    handle(app, job, "r").await.unwrap();
    world.said(id).unwrap()
}

async fn used(app: &App, user: UserId, call: Value) -> Value {
    let event = json!({ "type": "use_token", "version": 1, "user": user.to_string(), "call": call });
    handle(app, event, "r").await.unwrap()
}

fn statuses(world: &World) -> Vec<SubscriptionStatus> {
    world.simulator.accounts().subscriptions().iter().map(|one| one.status).collect()
}

async fn until_enabled(world: &World, count: usize) {
    for _ in 0..1_000 {
        if statuses(world) == vec![SubscriptionStatus::Enabled; count] {
            return;
        }
        tokio::time::sleep(core::time::Duration::from_millis(10)).await;
    }
    assert_eq!(statuses(world), vec![SubscriptionStatus::Enabled; count]);
}

#[tokio::test]
async fn a_streamer_connects_their_channel_and_doing_it_again_is_the_same() {
    let world = world().await;
    let app = world.app_at(&ear().await);
    let first = said(&world, &app, 1, true, GUILD).await;
    assert!(first.contains("Your Twitch channel is connected"), "{first}");
    assert_eq!(heard_by(&world).await, Some((GUILD, ADA)));
    until_enabled(&world, 2).await;
    let ids = |world: &World| -> Vec<String> {
        world.simulator.accounts().subscriptions().iter().map(|one| one.id.clone()).collect()
    };
    let before = ids(&world);
    let again = said(&world, &app, 2, true, GUILD).await;
    assert!(again.contains("Viewers of your Twitch channel can now ask"), "{again}");
    assert_eq!(ids(&world), before, "nothing is made twice");
    // Twitch took the app's own token once; it is kept.
    assert_eq!(world.simulator.accounts().token_calls(service(Provider::Twitch)), 2);
    assert!(!world.log.text().contains(CHANNEL));
}

#[tokio::test]
async fn a_channel_that_is_left_is_told_to_twitch_and_heard_by_nobody() {
    let world = world().await;
    let app = world.app_at(&ear().await);
    said(&world, &app, 1, true, GUILD).await;
    until_enabled(&world, 2).await;
    let elsewhere = said(&world, &app, 2, false, ELSEWHERE).await;
    assert!(elsewhere.contains("Nobody on Twitch"), "{elsewhere}");
    assert_eq!(
        (heard_by(&world).await, statuses(&world).len()),
        (Some((GUILD, ADA)), 2),
        "it is another guild's"
    );
    for id in 3..5 {
        let off = said(&world, &app, id, false, GUILD).await;
        assert!(off.contains("Nobody on Twitch"), "{off}");
        assert_eq!((heard_by(&world).await, statuses(&world)), (None, vec![]));
    }
}

#[tokio::test]
async fn a_channel_goes_to_the_guild_that_its_streamer_said_last() {
    let world = world().await;
    let app = world.app_at(&ear().await);
    said(&world, &app, 1, true, GUILD).await;
    said(&world, &app, 2, true, ELSEWHERE).await;
    assert_eq!(heard_by(&world).await, Some((ELSEWHERE, ADA)));
    // Somebody else's row is theirs, until it is given up.
    let theirs = Channel {
        broadcaster: CHANNEL.parse().unwrap(),
        guild: GUILD,
        streamer: GRACE,
        since: Clock::system().now(),
    };
    let mine = Channel { guild: ELSEWHERE, streamer: ADA, ..theirs.clone() };
    assert!(store(&world).disconnect(&mine).await.unwrap());
    store(&world).connect(&theirs).await.unwrap();
    let taken = said(&world, &app, 3, true, GUILD).await;
    assert!(taken.contains("Another member has connected"), "{taken}");
    assert_eq!(heard_by(&world).await, Some((GUILD, GRACE)));
}

#[tokio::test]
async fn who_has_not_linked_or_allowed_too_little_is_told_so() {
    let world = world().await;
    for grant in world.simulator.accounts().grants(service(Provider::Twitch)) {
        world.simulator.accounts().end_grant(grant.id);
    }
    let less = said(&world, &world.app, 1, true, GUILD).await;
    assert!(less.contains("Link it again with `/link`"), "{less}");
    assert_eq!(heard_by(&world).await, None);
    let job = world.defer(2, Purpose::Unlink { provider: Provider::Twitch }).await;
    handle(&world.app, job, "r").await.unwrap();
    let none = said(&world, &world.app, 3, true, GUILD).await;
    assert!(none.contains("For that I need your Twitch account"), "{none}");
    assert_eq!(
        used(&world.app, ADA, json!({ "call": "hear_channel" })).await,
        json!({ "outcome": "not_linked" })
    );
}

#[tokio::test]
async fn if_twitch_cannot_be_reached_the_night_makes_it_so() {
    let world = world().await;
    let app = world.app_at(&ear().await);
    let kind = AccountsFaultKind::Status(503);
    let fault = AccountsFault {
        service: service(Provider::Twitch),
        at: FaultAt::Only(Endpoint::Data),
        kind,
        times: Some(1),
    };
    world.simulator.fault(Wrong::Accounts(fault)).unwrap();
    let later = said(&world, &app, 1, true, GUILD).await;
    assert!(later.contains("Twitch cannot be reached"), "{later}");
    assert_eq!((heard_by(&world).await, statuses(&world)), (Some((GUILD, ADA)), vec![]));
    let pending = json!({ "outcome": "channel", "broadcaster": CHANNEL, "state": "pending" });
    assert_eq!(used(&app, ADA, json!({ "call": "hear_channel" })).await, pending);
    until_enabled(&world, 2).await;
    let on = json!({ "outcome": "channel", "broadcaster": CHANNEL, "state": "on" });
    assert_eq!(used(&app, ADA, json!({ "call": "hear_channel" })).await, on);
    let leave = json!({ "call": "leave_channel", "broadcaster": CHANNEL });
    let off = json!({ "outcome": "channel", "broadcaster": CHANNEL, "state": "off" });
    assert_eq!(used(&app, GRACE, leave).await, off, "the account need not be linked for that");
    assert_eq!(statuses(&world), []);
}

#[tokio::test]
async fn without_a_secret_nothing_is_subscribed() {
    let world = World::new().await;
    world.link(ADA, Provider::Twitch).await;
    assert_eq!(used(&world.app, ADA, json!({ "call": "hear_channel" })).await, json!({ "outcome": "later" }));
    assert_eq!(statuses(&world), []);
    assert!(world.log.text().contains("ResourceNotFoundException"));
}

#[tokio::test]
async fn an_account_that_is_unlinked_has_no_channel_any_more() {
    let world = world().await;
    let app = world.app_at(&ear().await);
    said(&world, &app, 1, true, GUILD).await;
    let job = world.defer(2, Purpose::Unlink { provider: Provider::Twitch }).await;
    handle(&app, job, "r").await.unwrap();
    assert!(world.said(2).unwrap().contains("is unlinked"));
    assert_eq!((heard_by(&world).await, statuses(&world)), (None, vec![]));
}
