//! What everybody may see.

use shared::clock::Clock;
use shared::domain::containment::{Act, Level};
use shared::signing::KeyDocument;
use shared::store::flags::{FlagStore, Move};
use testkit::Fault;

use super::world::{As, BASE, OLGA, World};

#[tokio::test]
async fn health_status_and_description_are_open() {
    let world = World::new().await;
    let health = world.get("/api/v1/health", &As::Nobody, None).await.is(200);
    assert_eq!(health.json()["status"], "ok");
    let status = world.get("/api/v1/status", &As::Nobody, None).await.is(200);
    assert_eq!((&status.json()["status"], &status.json()["music"]), (&"operational".into(), &true.into()));
    let page = world.get("/status", &As::Nobody, None).await.is(200);
    assert!(page.0.body().contains("Everything works"));
    assert!(page.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
    let document = world.get("/openapi.json", &As::Nobody, None).await.is(200).json();
    assert_eq!((&document["openapi"], &document["servers"][0]["url"]), (&"3.1.1".into(), &BASE.into()));
}

/// SPEC W39.
#[tokio::test]
async fn security_txt_is_plain_text_at_its_place() {
    let world = World::new().await;
    let said = world.get("/.well-known/security.txt", &As::Nobody, None).await.is(200);
    assert_eq!(said.header("content-type"), Some("text/plain; charset=utf-8"));
    assert!(said.0.body().contains("Contact: mailto:security@example.org\n"));
    assert!(said.0.body().contains(&format!("Canonical: {BASE}/.well-known/security.txt\n")));
}

/// SPEC T36: what anybody checks checkpoints with.
#[tokio::test]
async fn the_signing_keys_are_published() {
    let world = World::new().await;
    let said = world.get("/.well-known/timmybot-keys.json", &As::Nobody, None).await.is(200);
    let keys = KeyDocument::parse(said.0.body()).unwrap();
    assert_eq!((keys.len(), keys[0].name().as_str()), (1, "bot.example.org/audit"));
    world.aws.fault_next("GetPublicKey", Fault::Status500, 1);
    world.get("/.well-known/timmybot-keys.json", &As::Nobody, None).await.is(200);
}

#[tokio::test]
async fn a_lockdown_shows() {
    let world = World::new().await;
    let act = Act { by: OLGA.into(), at: Clock::system().now() };
    let raise = Move::Raise(Level::L4, act, "a drill".parse().unwrap());
    FlagStore::new(world.db()).make(&raise).await.unwrap();
    let status = world.get("/api/v1/status", &As::Nobody, None).await.is(200).json();
    assert_eq!((&status["status"], &status["api_keys"]), (&"locked_down".into(), &false.into()));
    assert!(world.get("/status", &As::Nobody, None).await.0.body().contains("Locked down"));
}
