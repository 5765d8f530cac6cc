//! Signing in at the API: the page, Discord, and the code at the end (SPEC W9, W12).

use jiff::ToSpan as _;
use shared::clock::{Clock, Rng};
use shared::domain::accounts::Provider;
use shared::ids::UserId;
use shared::security::oauth::one_time::{Digest, OneTime};
use shared::store::Db;
use shared::store::sign_ins::{SignInStore, SignedIn};
use testkit::Fault;

use super::world::{Page, World};

const PATH: &str = "/oauth/sign-in";

/// The first account of the simulator's Discord.
fn person() -> (UserId, String) {
    let config = simulator::AccountsConfig::default();
    let discord = super::world::service(Provider::Discord);
    let account = config.accounts.iter().find(|account| account.service == discord).unwrap();
    (account.id.parse().unwrap(), account.login.clone())
}

fn code(page: &Page) -> Digest {
    let (_, rest) = page.body().split_once("<code>").unwrap();
    let text = rest.split_once("</code>").unwrap().0;
    text.parse::<OneTime>().unwrap().digest()
}

/// From the page to Discord and back; `query` is the challenge of a terminal.
pub(crate) async fn come_back(world: &World, query: &str) -> (Page, Vec<String>) {
    let shown = world.ask("GET", PATH, query, &[]).await;
    assert_eq!(shown.status(), 200);
    let cookies = vec![shown.cookie().unwrap()];
    let sent = world.ask("POST", PATH, query, &cookies).await;
    assert_eq!(sent.status(), 303, "{sent:?}");
    let back = world.consent(&sent.location(), &World::person(Provider::Discord, 0)).await;
    (world.come_back(&back, &cookies).await, cookies)
}

fn store(world: &World) -> SignInStore {
    SignInStore::new(Db::new(world.aws.dynamodb(), world.aws.prefix()))
}

#[tokio::test]
async fn a_terminal_gets_a_code_that_only_it_can_redeem() {
    let world = World::new().await;
    let verifier = OneTime::new(Rng::system()).unwrap();
    let (page, _) = come_back(&world, &format!("challenge={}", verifier.digest().as_str())).await;
    assert_eq!((page.status(), page.title()), (200, "Your code"));
    let now = Clock::system().now();
    let stranger = OneTime::new(Rng::system()).unwrap().digest();
    assert_eq!(store(&world).redeem(&code(&page), &stranger, now).await, Ok(None));
    let (user, username) = person();
    let who = store(&world).redeem(&code(&page), &verifier.digest(), now).await;
    assert_eq!(who, Ok(Some(SignedIn { user, username, mfa: true })));
    let again = store(&world).redeem(&code(&page), &verifier.digest(), now).await;
    assert_eq!(again, Ok(None));
}

#[tokio::test]
async fn without_a_challenge_the_code_is_the_browsers() {
    let world = World::new().await;
    let (page, cookies) = come_back(&world, "").await;
    let (_, cookie) = cookies[0].split_once('=').unwrap();
    let browser = cookie.parse::<OneTime>().unwrap().digest();
    let late = Clock::system().now() + 61.seconds();
    assert_eq!(store(&world).redeem(&code(&page), &browser, late).await, Ok(None), "a minute is over");
    let who = store(&world).redeem(&code(&page), &browser, Clock::system().now()).await;
    assert!(who.unwrap().is_some());
}

/// Nothing of what Discord gave is kept, and nothing is linked.
#[tokio::test]
async fn a_sign_in_links_nothing() {
    let world = World::new().await;
    come_back(&world, "").await;
    let (user, _) = person();
    assert!(world.links(user).await.is_empty());
    assert!(world.tokens(user, Provider::Discord).await.is_none());
    let text = world.log.text();
    assert!(text.contains("AUTHENTICATION_ATTEMPT"), "{text}");
}

#[tokio::test]
async fn another_browser_ends_nothing_and_gets_nothing() {
    let world = World::new().await;
    let shown = world.ask("GET", PATH, "", &[]).await;
    let cookies = vec![shown.cookie().unwrap()];
    let sent = world.ask("POST", PATH, "", &cookies).await;
    let back = world.consent(&sent.location(), &World::person(Provider::Discord, 0)).await;
    let other = world.ask("GET", PATH, "", &[]).await.cookie().unwrap();
    for thief in [vec![], vec![other]] {
        let page = world.come_back(&back, &thief).await;
        assert_eq!((page.status(), page.title()), (400, "You are not signed in"));
    }
    assert_eq!(world.come_back(&back, &cookies).await.title(), "Your code");
    assert_eq!(world.come_back(&back, &cookies).await.status(), 404, "once");
}

#[tokio::test]
async fn a_no_is_a_no() {
    let world = World::new().await;
    let shown = world.ask("GET", PATH, "", &[]).await;
    let cookies = vec![shown.cookie().unwrap()];
    let sent = world.ask("POST", PATH, "", &cookies).await;
    let back = world.consent(&sent.location(), "deny=1").await;
    let page = world.come_back(&back, &cookies).await;
    assert_eq!((page.status(), page.title()), (403, "You are not signed in"));
}

#[tokio::test]
async fn an_odd_challenge_begins_nothing() {
    let world = World::new().await;
    for query in
        ["challenge=x", "challenge=", &format!("challenge={}", "g".repeat(64)), "challenge=a&challenge=b"]
    {
        for method in ["GET", "POST"] {
            assert_eq!(world.ask(method, PATH, query, &[]).await.status(), 400, "{query}");
        }
    }
    assert_eq!(world.ask("POST", PATH, "", &[]).await.status(), 400, "a button of nobody's page");
    assert_eq!(world.ask("PUT", PATH, "", &[]).await.status(), 405);
}

#[tokio::test]
async fn a_table_that_fails_is_not_a_sign_in_that_was_used() {
    let world = World::new().await;
    let shown = world.ask("GET", PATH, "", &[]).await;
    let cookies = vec![shown.cookie().unwrap()];
    let sent = world.ask("POST", PATH, "", &cookies).await;
    let back = world.consent(&sent.location(), &World::person(Provider::Discord, 0)).await;
    world.aws.fault_next("GetItem", Fault::Throttle, 1);
    assert_eq!(world.come_back(&back, &cookies).await.status(), 503);
    assert_eq!(world.come_back(&back, &cookies).await.title(), "Your code");
}
