//! What people wait for in Discord, and what other functions ask for.

use oauth::handle;
use serde_json::{Value, json};
use shared::clock::{Clock, Rng};
use shared::domain::accounts::Provider;
use shared::store::Db;
use shared::store::deferred::Purpose;
use shared::store::playlists::PlaylistStore;
use shared::vault::{TokenVault, Tokens};
use simulator::{AccountsFault, AccountsFaultKind, Endpoint, Fault as Wrong, FaultAt};
use testkit::Fault;

use super::world::{ADA, GRACE, GUILD, World, service};

async fn run(world: &World, job: &Value) -> Result<Value, oauth::Failure> {
    handle(&world.app, job.clone(), "8476a536-e9f4-11e8-9739-2dfe598c3fcd").await
}

fn playlists(world: &World) -> PlaylistStore {
    PlaylistStore::new(Db::new(world.aws.dynamodb(), world.aws.prefix()))
}

/// The addresses of a person's playlists, the shortest first.
fn address(provider: Provider, n: usize) -> String {
    let config = simulator::AccountsConfig::default();
    let account = config.accounts.iter().find(|account| account.service == service(provider)).unwrap();
    let mut lists: Vec<_> = account.playlists.iter().collect();
    lists.sort_by_key(|list| list.entries.len());
    format!("{provider}:{}", lists[n].id)
}

fn import(address: &str, name: Option<&str>) -> Purpose {
    let name = name.map(|name| name.parse().unwrap());
    Purpose::Import { guild: GUILD, address: address.parse().unwrap(), name }
}

#[tokio::test]
async fn unlinking_tells_the_service_and_then_the_person() {
    let world = World::new().await;
    for (id, provider) in (1..).zip(Provider::ALL) {
        world.link(ADA, provider).await;
        let job = world.defer(id, Purpose::Unlink { provider }).await;
        assert_eq!(run(&world, &job).await, Ok(Value::Null));
        let said = world.said(id).unwrap();
        assert!(said.starts_with(&format!("Your {} account is unlinked", provider.name())), "{said}");
        assert_eq!(world.links(ADA).await, []);
        assert_eq!(world.tokens(ADA, provider).await, None);
        // Spotify has no place for it, and the person is told so.
        let left = world.simulator.accounts().grants(service(provider)).len();
        assert_eq!(
            (left, said.contains("lets no app say so")),
            if provider == Provider::Spotify { (1, true) } else { (0, false) }
        );
    }
}

/// Twitch takes an access token back, and one that is over ends nothing: it is made new first.
#[tokio::test]
async fn a_token_that_is_over_still_ends_its_link() {
    let world = World::new().await;
    world.link(ADA, Provider::Twitch).await;
    let now = Clock::system().now();
    let vault = TokenVault::new(world.aws.sdk_config(), Rng::system(), "/timmybot", None);
    let seen = vault.read(ADA).await.unwrap().unwrap();
    let over = Tokens { expires_at: Some(now), ..seen.document.tokens(Provider::Twitch).cloned().unwrap() };
    vault.replace(ADA, Some(&seen), seen.document.with(Provider::Twitch, over)).await.unwrap();
    world.simulator.accounts().age(core::time::Duration::from_hours(24));
    let job = world.defer(1, Purpose::Unlink { provider: Provider::Twitch }).await;
    run(&world, &job).await.unwrap();
    assert!(world.said(1).unwrap().contains("is unlinked"));
    assert_eq!(world.simulator.accounts().grants(service(Provider::Twitch)).len(), 0);
}

#[tokio::test]
async fn a_service_that_cannot_be_told_keeps_its_link() {
    let world = World::new().await;
    world.link(ADA, Provider::Twitch).await;
    let kind = AccountsFaultKind::Status(503);
    let fault = AccountsFault {
        service: service(Provider::Twitch),
        at: FaultAt::Only(Endpoint::Revoke),
        kind,
        times: Some(1),
    };
    world.simulator.fault(Wrong::Accounts(fault)).unwrap();
    let job = world.defer(1, Purpose::Unlink { provider: Provider::Twitch }).await;
    run(&world, &job).await.unwrap();
    assert!(world.said(1).unwrap().contains("nothing was changed"));
    assert_eq!(world.links(ADA).await.len(), 1);
    assert!(world.tokens(ADA, Provider::Twitch).await.is_some());
}

#[tokio::test]
async fn a_job_that_was_killed_is_done_again_and_answered_once() {
    for operation in ["PutSecretValue", "TransactWriteItems", "UpdateItem"] {
        let world = World::new().await;
        world.link(ADA, Provider::Discord).await;
        let job = world.defer(1, Purpose::Unlink { provider: Provider::Discord }).await;
        world.aws.fault_next(operation, Fault::AnswerLost, 1);
        let first = run(&world, &job).await;
        // A claim whose answer was lost holds for a while; whoever comes in that time comes again.
        let later = world.app_after(31);
        let second = handle(&later, job.clone(), "r").await;
        assert!(first.is_ok() || second.is_ok(), "{operation}: {first:?} {second:?}");
        assert!(world.said(1).unwrap().contains("is unlinked"), "{operation}");
        assert_eq!((world.links(ADA).await, world.tokens(ADA, Provider::Discord).await), (vec![], None));
    }
}

#[tokio::test]
async fn a_playlist_of_each_service_becomes_one_of_the_guilds() {
    for (provider, source) in [(Provider::Spotify, "search"), (Provider::YouTube, "url")] {
        let world = World::new().await;
        world.link(ADA, provider).await;
        let job = world.defer(1, import(&address(provider, 0), Some("Road Trip"))).await;
        run(&world, &job).await.unwrap();
        let said = world.said(1).unwrap();
        assert!(
            said.contains(&format!("from {} as **Road Trip**", provider.name())),
            "{said} {}",
            world.log.text()
        );
        let list = playlists(&world).load(GUILD, &"road trip".parse().unwrap()).await.unwrap().unwrap();
        assert!(!list.tracks().is_empty());
        let first = serde_json::to_value(list.tracks()[0].source()).unwrap();
        assert!(first.get(source).is_some(), "{first}");
        assert_eq!(list.owner(), ADA);
        // Once more it says the same; another's playlist is not written over.
        let again = world.defer(2, import(&address(provider, 0), Some("Road Trip"))).await;
        run(&world, &again).await.unwrap();
        assert!(world.said(2).unwrap().contains("as **Road Trip**"));
        let other = world.defer(3, import(&address(provider, 1), Some("Road Trip"))).await;
        run(&world, &other).await.unwrap();
        assert!(world.said(3).unwrap().contains("There is already a playlist called"), "{:?}", world.said(3));
    }
}

#[tokio::test]
async fn a_long_playlist_is_read_page_by_page_and_keeps_its_own_name() {
    let world = World::new().await;
    world.link(ADA, Provider::Spotify).await;
    let config = simulator::AccountsConfig::default();
    let account =
        config.accounts.iter().find(|account| account.service == service(Provider::Spotify)).unwrap();
    let longest = account.playlists.iter().max_by_key(|list| list.entries.len()).unwrap();
    assert!(longest.entries.len() > 100);
    let job = world.defer(1, import(&format!("spotify:{}", longest.id), None)).await;
    run(&world, &job).await.unwrap();
    let list = playlists(&world).load(GUILD, &longest.name.parse().unwrap()).await.unwrap().unwrap();
    let gone = longest.entries.len() - list.tracks().len();
    assert!(list.tracks().len() > 100 && gone < 10, "{} {gone}", list.tracks().len());
}

#[tokio::test]
async fn who_has_not_linked_and_what_is_not_theirs_is_said() {
    let world = World::new().await;
    let job = world.defer(1, import("spotify:3cEYpjA9oz9GiPac4AsH4n", None)).await;
    run(&world, &job).await.unwrap();
    assert!(world.said(1).unwrap().contains("Link it with `/link`"));
    world.link(ADA, Provider::Spotify).await;
    let job = world.defer(2, import("spotify:3cEYpjA9oz9GiPac4AsH4n", None)).await;
    run(&world, &job).await.unwrap();
    assert!(world.said(2).unwrap().contains("shows your account no such playlist"));
    for grant in world.simulator.accounts().grants(service(Provider::Spotify)) {
        world.simulator.accounts().end_grant(grant.id);
    }
    let job = world.defer(3, import(&address(Provider::Spotify, 0), None)).await;
    run(&world, &job).await.unwrap();
    assert!(world.said(3).unwrap().contains("Link it with `/link`"), "it was taken back over there");
}

#[tokio::test]
async fn others_get_what_they_asked_for_and_never_a_token() {
    let world = World::new().await;
    world.link(ADA, Provider::Spotify).await;
    let call = json!({ "call": "playlist", "address": address(Provider::Spotify, 0) });
    let ask = |user: shared::ids::UserId| json!({ "type": "use_token", "version": 1, "user": user.to_string(), "call": call });
    let used = run(&world, &ask(ADA)).await.unwrap();
    assert_eq!(used["outcome"], "playlist");
    let tokens = world.tokens(ADA, Provider::Spotify).await.unwrap();
    for token in [&tokens.access, tokens.refresh.as_ref().unwrap()] {
        let text = core::str::from_utf8(token.expose()).unwrap();
        assert!(!used.to_string().contains(text));
    }
    assert_eq!(run(&world, &ask(GRACE)).await.unwrap(), json!({ "outcome": "not_linked" }));
}

#[tokio::test]
async fn a_row_that_is_gone_or_answered_needs_nothing() {
    let world = World::new().await;
    let none = json!({ "type": "account_job", "version": 1, "user": "5", "interaction_id": "6" });
    assert_eq!(run(&world, &none).await, Ok(Value::Null));
    world.link(ADA, Provider::Discord).await;
    let job = world.defer(1, Purpose::Unlink { provider: Provider::Discord }).await;
    run(&world, &job).await.unwrap();
    world.link(ADA, Provider::Discord).await;
    run(&world, &job).await.unwrap();
    assert_eq!(world.links(ADA).await.len(), 1, "a job that comes late undoes nothing");
}
