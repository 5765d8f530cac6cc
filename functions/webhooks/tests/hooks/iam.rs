//! The function's rights: those of its role, those that it lists and those that it needs are the same (SPEC T13).

use serde_json::json;
use shared::domain::access::Step;
use shared::grant::Grant;
use shared::ids::GuildId;
use shared::store::access::AccessStore;
use shared::store::channels::{Channel, ChannelStore};
use shared::store::rate_limits::RateLimitStore;
use shared::store::settings::SettingsStore;
use simulator::{Fault as Wrong, RestFault, RestFaultKind};
use testkit::iam::{allowed, listed, needed};
use testkit::webhooks::Sender;
use webhooks::grants::{GRANTS, GRANTS_OF_THE_EVENT_SOURCE};
use webhooks::handle;

use super::world::{ADA, Post, World, good, now};

#[test]
fn the_role_allows_what_the_code_lists_and_nothing_else() {
    let all = GRANTS.iter().chain(GRANTS_OF_THE_EVENT_SOURCE);
    assert_eq!(allowed("WebhooksRole").unwrap(), listed(all.map(Grant::parts)));
}

/// The channel of [`good`]'s redemption, heard by a guild for its reward.
async fn hear_channel(world: &World) {
    let guild = GuildId::new(290_926_798_626_357_999);
    let access = AccessStore::new(world.db(), RateLimitStore::new(world.db()), 50);
    let reason = "for a test".parse().unwrap();
    for step in [Step::Request { by: ADA }, Step::Approve { by: ADA, reason }] {
        access.take(guild, &step, now()).await.unwrap();
    }
    let settings = SettingsStore::new(world.db());
    let mut stored = settings.load(guild).await.unwrap();
    stored.settings.twitch.enabled = true;
    stored.settings.twitch.reward = "Song".parse().ok();
    settings.save(guild, stored).await.unwrap();
    let channel = Channel { broadcaster: "12826".parse().unwrap(), guild, streamer: ADA, since: now() };
    ChannelStore::new(world.db()).connect(&channel).await.unwrap();
}

#[tokio::test]
async fn each_grant_is_used_and_nothing_is_called_without_one() {
    let world = World::new().await;
    let _heard = world.aws.listen_as("timmybot-oauth");
    let _woken = world.aws.listen_as("timmybot-voice-supervisor");
    hear_channel(&world).await;
    let gone = json!({ "version": 1, "application_id": "1", "type": 1, "event": {
        "type": "APPLICATION_DEAUTHORIZED", "data": { "user": { "id": ADA.to_string() } },
    } });
    world.aws.record_calls();
    for sender in [Sender::Generic, Sender::Slack, Sender::Twitch] {
        assert_eq!(world.ask(&good(sender, "One")).await.status(), 204);
    }
    assert_eq!(world.ask(&Post::by_discord(&gone)).await.status(), 204);
    let mut calls = world.aws.take_calls();
    // The poller's calls are Lambda's, not ours.
    let taken = world.take("webhooks").await;
    let limit = RestFaultKind::RateLimited { retry_after: 5.0, global: false };
    world
        .simulator
        .fault(Wrong::Rest(RestFault { only: "POST".to_owned(), times: Some(1), kind: limit }))
        .unwrap();
    world.aws.record_calls();
    let bodies: Vec<&str> = taken.iter().map(|(_, body)| body.as_str()).collect();
    let failed = World::work_on(&world.app, &bodies).await;
    assert_eq!(failed.len(), 1, "the announcement comes again: {failed:?}");
    assert!(World::work_on(&world.app, &[&failed[0]]).await.is_empty());
    let night = json!({ "source": "aws.events", "detail-type": "Scheduled Event", "detail": {} });
    // Oauth says nothing here that could be read: the night comes again.
    let _ = handle(&world.app, night.clone(), "r").await;
    // A guild that takes no requests any more hears no channel.
    world.aws.functions().serve("timmybot-oauth", |_| {
        let off = json!({ "outcome": "channel", "broadcaster": "12826", "state": "off" });
        core::future::ready(Ok(off))
    });
    handle(&world.app, night, "r").await.unwrap();
    calls.extend(world.aws.take_calls());
    let mut needed = needed(calls);
    // Only a queue that nobody has used for a day has segments to delete.
    needed.entry("table/guild-queues".to_owned()).or_default().insert("dynamodb:DeleteItem".to_owned());
    assert_eq!(needed, listed(GRANTS.iter().map(Grant::parts)));
}
