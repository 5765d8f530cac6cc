//! `/link`, `/unlink`, `/accounts` and `/playlist import`: what a person reads, and what oauth is asked for.

use serde_json::{Value, json};
use shared::clock::Clock;
use shared::domain::accounts::Provider;
use shared::ids::InteractionId;
use shared::messages::AccountJob;
use shared::security::oauth::one_time::OneTime;
use shared::store::Db;
use shared::store::deferred::{DeferredReplies, DeferredReply, Purpose, ReplyKind};
use shared::store::linkings::LinkingStore;
use shared::store::links::{Link, LinkStatus, LinkStore};
use testkit::Fault;

use crate::testing::{GUILD, MEMBER, Said, World, member, now, voice};

fn service(name: &str) -> Value {
    json!([{ "name": "service", "type": 3, "value": name }])
}

fn import(address: &str) -> Value {
    json!([{ "name": "import", "type": 1, "options": [{ "name": "address", "type": 3, "value": address }] }])
}

async fn linked(world: &World, provider: Provider, status: LinkStatus) {
    let links = LinkStore::new(Db::new(world.aws.dynamodb(), world.aws.prefix()));
    let link = Link::new(provider, "somebody".parse().unwrap(), None, now()).stands(status, None);
    links.put(MEMBER, None, link).await.unwrap();
}

/// The reply that oauth was asked for.
async fn owed(world: &World) -> DeferredReply {
    let job = AccountJob::parse(&world.asked.next().await).unwrap();
    reply(world, job.interaction_id()).await.unwrap()
}

async fn reply(world: &World, id: InteractionId) -> Option<DeferredReply> {
    let replies = DeferredReplies::new(Db::new(world.aws.dynamodb(), world.aws.prefix()));
    replies.read(AccountJob::tenant(MEMBER), id, now()).await.unwrap()
}

fn is_thinking_in_private(said: &Said) -> bool {
    said.json["type"] == 5 && said.ephemeral()
}

#[tokio::test]
async fn a_link_is_an_address_for_one_person_that_is_stored_as_its_hash() {
    let mut world = World::with_voice().await;
    let said = world.command(member().speaking("de"), "link", service("spotify")).await;
    assert!(said.ephemeral() && said.text.contains("Spotify"), "{said:?}");
    let button = &said.json["data"]["components"][0]["components"][1]["components"][0];
    assert_eq!((&button["style"], &button["label"]), (&json!(5), &json!("Spotify verknüpfen")));
    let address = button["url"].as_str().unwrap();
    let link: OneTime = address.strip_prefix("https://bot.example.org/oauth/link/").unwrap().parse().unwrap();
    let linkings = LinkingStore::new(Db::new(world.aws.dynamodb(), world.aws.prefix()));
    let wanted = linkings.offered(&link.digest(), now()).await.unwrap().unwrap();
    assert_eq!((wanted.user, wanted.name.as_str(), wanted.provider), (MEMBER, "someone", Provider::Spotify));
    assert_eq!(wanted.locale.unwrap().as_str(), "de");
    assert!(!world.log.text().contains(&link.to_text()), "whoever has it can use it");
}

#[tokio::test]
async fn what_is_not_set_up_is_said_and_nothing_is_offered() {
    let mut world = World::with_voice().await;
    let slack = world.command(member(), "link", service("slack")).await;
    assert!(slack.ephemeral() && slack.text.contains("Slack is not set up"), "{slack:?}");
    let odd = world.command(member(), "link", service("myspace")).await;
    assert!(odd.ephemeral() && odd.text.contains("service"), "{odd:?}");
    let mut without = World::empty().await;
    for (name, options) in
        [("link", service("spotify")), ("unlink", service("spotify")), ("accounts", json!([]))]
    {
        let said = without.command(member(), name, options).await;
        assert!(said.text.contains("Account linking is not set up"), "{name}: {said:?}");
    }
}

#[tokio::test]
async fn accounts_are_listed_with_how_they_stand() {
    let mut world = World::with_voice().await;
    let none = world.command(member(), "accounts", json!([])).await;
    assert!(none.ephemeral() && none.text.contains("You have no linked accounts"), "{none:?}");
    linked(&world, Provider::Spotify, LinkStatus::Linked).await;
    linked(&world, Provider::Twitch, LinkStatus::NeedsReauth).await;
    linked(&world, Provider::YouTube, LinkStatus::Pending).await;
    let said = world.command(member().in_dm(), "accounts", json!([])).await;
    let lines: Vec<_> = said.text.lines().collect();
    assert!(said.ephemeral() && lines.len() == 3, "{said:?}");
    assert!(lines[0].starts_with("**Spotify**: linked <t:"), "{lines:?}");
    assert!(lines[1].contains("`/link` links it again") && lines[2].contains("is being linked"), "{lines:?}");
}

#[tokio::test]
async fn unlinking_is_owed_by_oauth_and_seen_by_no_worker() {
    let mut world = World::with_voice().await;
    let none = world.command(member(), "unlink", service("twitch")).await;
    assert!(none.text.contains("You have no linked Twitch account"), "{none:?}");
    linked(&world, Provider::Twitch, LinkStatus::Linked).await;
    let said = world.command(member(), "unlink", service("twitch")).await;
    assert!(is_thinking_in_private(&said), "{said:?}");
    let owed = owed(&world).await;
    assert_eq!((owed.caller(), owed.kind()), (MEMBER, ReplyKind::Ephemeral));
    assert_eq!(*owed.purpose(), Purpose::Unlink { provider: Provider::Twitch });
    let replies = DeferredReplies::new(Db::new(world.aws.dynamodb(), world.aws.prefix()));
    assert_eq!(replies.open_of(GUILD, now()).await.unwrap().len(), 0);
}

#[tokio::test]
async fn an_import_is_owed_by_oauth_if_the_account_is_linked() {
    let mut world = World::with_voice().await;
    let address = "https://open.spotify.com/playlist/37i9dQZF1DX0XUsuxWHRQd?si=x";
    let odd = world.command(member(), "playlist", import("https://example.org/playlist/x")).await;
    assert!(odd.text.contains("not the address of a playlist"), "{odd:?}");
    let unlinked = world.command(member(), "playlist", import(address)).await;
    assert!(unlinked.text.contains("Link it with `/link`"), "{unlinked:?}");
    linked(&world, Provider::Spotify, LinkStatus::Linked).await;
    let said = world.command(member(), "playlist", import(address)).await;
    assert!(is_thinking_in_private(&said), "{said:?}");
    let expected = Purpose::Import {
        guild: GUILD,
        address: "spotify:37i9dQZF1DX0XUsuxWHRQd".parse().unwrap(),
        name: None,
    };
    assert_eq!(*owed(&world).await.purpose(), expected);
}

#[tokio::test]
async fn if_oauth_cannot_be_asked_nothing_is_owed() {
    let mut world = World::configured(Clock::fixed(now()), |aws| {
        let mut env = voice(aws);
        env.insert("OAUTH_FUNCTION", "timmybot-nobody".to_owned());
        env
    })
    .await;
    linked(&world, Provider::Twitch, LinkStatus::Linked).await;
    let said = world.command(member(), "unlink", service("twitch")).await;
    assert!(said.text.contains("try again"), "{said:?}");
    let id = InteractionId::new(1_456_000_000_000_000_001);
    assert!(reply(&world, id).await.is_none(), "a reply that nobody gives would be ended with an error");
}

#[tokio::test]
async fn a_table_that_fails_is_not_an_account_that_is_missing() {
    let mut world = World::with_voice().await;
    linked(&world, Provider::Twitch, LinkStatus::Linked).await;
    world.aws.fault_next("Query", Fault::Status500, 8);
    let said = world.command(member(), "accounts", json!([])).await;
    assert!(said.ephemeral() && !said.text.contains("no linked accounts"), "{said:?}");
}

/// SPEC T12: by the next answer that only they see, and once.
#[tokio::test]
async fn a_link_that_is_over_is_told_at_the_next_private_answer_and_once() {
    let mut world = World::with_voice().await;
    linked(&world, Provider::Twitch, LinkStatus::NeedsReauth).await;
    let is_said = |said: &Said| said.text.contains("**Twitch**: no longer accepts the link");
    let song = json!([{ "name": "query", "type": 3, "value": "some song" }]);
    let public = world.command(member(), "play", song).await;
    assert!(!public.ephemeral() && !is_said(&public), "others read it: {public:?}");
    let mut times = 0;
    for _ in 0..3 {
        let private = world.command(member(), "help", json!([])).await;
        assert!(private.ephemeral());
        times += u32::from(is_said(&private));
    }
    assert_eq!(times, 1);
    let accounts = world.command(member(), "accounts", json!([])).await;
    assert!(is_said(&accounts), "whoever asks is told again");
    let mut world = World::with_voice().await;
    linked(&world, Provider::Twitch, LinkStatus::NeedsReauth).await;
    let accounts = world.command(member(), "accounts", json!([])).await;
    assert_eq!(accounts.text.matches("no longer accepts").count(), 1, "{accounts:?}");
    assert!(!is_said(&world.command(member(), "help", json!([])).await));
}
