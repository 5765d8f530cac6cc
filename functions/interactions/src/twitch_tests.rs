//! `/settings twitch`: what a guild decides, and what oauth is asked for (SPEC P11).

use serde_json::{Value, json};
use shared::domain::accounts::Provider;
use shared::domain::settings::TwitchSettings;
use shared::messages::AccountJob;
use shared::store::Db;
use shared::store::deferred::{DeferredReplies, Purpose};
use shared::store::links::{Link, LinkStatus, LinkStore};
use testkit::Fault;

use crate::testing::{From, GUILD, OWNER, Said, World, member, now, owner};

async fn ask(world: &mut World, from: From, name: &str, options: Value) -> Said {
    let sub = json!([{ "name": name, "type": 1, "options": options }]);
    world.command(from, "settings", json!([{ "name": "twitch", "type": 2, "options": sub }])).await
}

fn text(name: &str, value: &str) -> Value {
    json!([{ "name": name, "type": 3, "value": value }])
}

async fn settings(world: &World) -> TwitchSettings {
    world.app.settings.load(GUILD).await.unwrap().settings.twitch
}

async fn link(world: &World, status: LinkStatus) {
    let links = LinkStore::new(Db::new(world.aws.dynamodb(), world.aws.prefix()));
    let link = Link::new(Provider::Twitch, "141981764".parse().unwrap(), None, now()).stands(status, None);
    links.put(OWNER, None, link).await.unwrap();
}

/// What oauth was asked for.
async fn purpose(world: &World) -> Purpose {
    let job = AccountJob::parse(&world.asked.next().await).unwrap();
    let replies = DeferredReplies::new(Db::new(world.aws.dynamodb(), world.aws.prefix()));
    let tenant = AccountJob::tenant(OWNER);
    replies.read(tenant, job.interaction_id(), now()).await.unwrap().unwrap().purpose().clone()
}

#[tokio::test]
async fn a_streamers_channel_is_asked_for_once_they_have_linked_it() {
    let mut world = World::with_voice().await;
    for status in [None, Some(LinkStatus::NeedsReauth)] {
        if let Some(status) = status {
            link(&world, status).await;
        }
        let said = ask(&mut world, owner(), "connect", json!([])).await;
        assert!(said.ephemeral() && said.text.contains("Link it with `/link`"), "{said:?}");
        assert!(!settings(&world).await.enabled);
    }
    let mut world = World::with_voice().await;
    link(&world, LinkStatus::Linked).await;
    let said = ask(&mut world, owner(), "connect", json!([])).await;
    assert!(said.json["type"] == 5 && said.ephemeral(), "{said:?}");
    assert_eq!(purpose(&world).await, Purpose::Channel { guild: GUILD, on: true });
    assert!(settings(&world).await.enabled);
}

#[tokio::test]
async fn requests_end_at_once_and_the_callers_channel_is_let_go() {
    let mut world = World::with_voice().await;
    link(&world, LinkStatus::Linked).await;
    ask(&mut world, owner(), "connect", json!([])).await;
    purpose(&world).await;
    let said = ask(&mut world, owner(), "off", json!([])).await;
    assert!(said.json["type"] == 5 && said.ephemeral(), "{said:?}");
    assert_eq!(purpose(&world).await, Purpose::Channel { guild: GUILD, on: false });
    assert!(!settings(&world).await.enabled);
    // Somebody without a channel there may end it as well.
    let mut world = World::with_voice().await;
    let mut stored = world.app.settings.load(GUILD).await.unwrap();
    stored.settings.twitch.enabled = true;
    world.app.settings.save(GUILD, stored).await.unwrap();
    let said = ask(&mut world, owner(), "off", json!([])).await;
    assert!(said.ephemeral() && said.text.contains("Nobody on Twitch"), "{said:?}");
    assert!(!settings(&world).await.enabled);
}

#[tokio::test]
async fn a_reward_and_a_command_are_chosen_and_shown() {
    let mut world = World::with_voice().await;
    let set = ask(&mut world, owner(), "reward", text("title", " Song *request* ")).await;
    assert!(set.text.contains(r"**Song \*request\***"), "{set:?}");
    let chosen = ask(&mut world, owner(), "command", text("word", "!Song")).await;
    assert!(chosen.text.contains("**!song**"), "{chosen:?}");
    let now = settings(&world).await;
    assert_eq!((now.reward.unwrap().as_str(), now.command.as_str()), ("Song *request*", "song"));
    let view = json!([{ "name": "view", "type": 1 }]);
    let off = world.command(owner(), "settings", view.clone()).await;
    assert!(off.text.contains("**Requests from Twitch**: off"), "{off:?}");
    let mut stored = world.app.settings.load(GUILD).await.unwrap();
    stored.settings.twitch.enabled = true;
    world.app.settings.save(GUILD, stored).await.unwrap();
    let on = world.command(owner(), "settings", view).await;
    assert!(on.text.contains(r"**Requests from Twitch**: **!song** · Song \*request\*"), "{on:?}");
    let none = ask(&mut world, owner(), "reward", json!([])).await;
    assert!(none.text.contains("No reward asks for a song"), "{none:?}");
    assert_eq!(settings(&world).await.reward, None);
}

#[tokio::test]
async fn what_twitch_could_not_send_is_not_chosen() {
    let mut world = World::with_voice().await;
    for (name, option, value) in [
        ("command", "word", "song request"),
        ("command", "word", "wünsch"),
        ("command", "word", "!"),
        ("reward", "title", "\u{202e}tsop"),
        ("reward", "title", &"x".repeat(46)),
    ] {
        let said = ask(&mut world, owner(), name, text(option, value)).await;
        assert!(said.ephemeral(), "{value}: {said:?}");
        assert_eq!(settings(&world).await, TwitchSettings::default(), "{value}");
    }
}

#[tokio::test]
async fn only_who_may_change_settings_may_change_these() {
    let mut world = World::with_voice().await;
    link(&world, LinkStatus::Linked).await;
    for (name, options) in [
        ("connect", json!([])),
        ("off", json!([])),
        ("reward", text("title", "x")),
        ("command", text("word", "x")),
    ] {
        let said = ask(&mut world, member(), name, options).await;
        assert!(said.ephemeral() && said.text.contains("Manage Server"), "{name}: {said:?}");
    }
    assert_eq!(settings(&world).await, TwitchSettings::default());
}

#[tokio::test]
async fn a_table_that_fails_connects_nothing() {
    let mut world = World::with_voice().await;
    link(&world, LinkStatus::Linked).await;
    world.aws.fault_next("Query", Fault::Status500, 8);
    let said = ask(&mut world, owner(), "connect", json!([])).await;
    assert!(said.ephemeral() && !said.text.contains("/link"), "{said:?}");
    assert!(!settings(&world).await.enabled);
}
