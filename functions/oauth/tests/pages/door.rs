//! Who may knock, and what every answer carries.

use shared::domain::accounts::Provider;
use testkit::Fault;

use super::world::{ADA, World};

#[tokio::test]
async fn other_paths_and_methods_are_refused() {
    let world = World::new().await;
    for path in [
        "/",
        "/oauth",
        "/oauth/link",
        "/oauth/link/x/y",
        "/oauth/callback",
        "/admin",
        "/oauth/callback/myspace",
    ] {
        let page = world.get(path, &[]).await;
        assert_eq!((page.status(), page.title()), (404, "Nothing was linked"), "{path}");
    }
    let link = world.offer(ADA, Provider::Spotify).await;
    for (method, path) in
        [("PUT", &*link), ("DELETE", &link), ("HEAD", &link), ("POST", "/oauth/callback/spotify")]
    {
        let answer = world.ask(method, path, "", &[]).await;
        assert_eq!(answer.status(), 405, "{method} {path}");
        assert!(answer.header("allow").is_some());
    }
}

#[tokio::test]
async fn no_answer_can_be_framed_kept_or_referred_to() {
    let world = World::new().await;
    let link = world.offer(ADA, Provider::Spotify).await;
    let cookies = vec![world.get(&link, &[]).await.cookie().unwrap()];
    for (method, path) in
        [("GET", &*link), ("POST", &link), ("GET", "/oauth/link/x"), ("GET", "/oauth/callback/slack")]
    {
        let answer = world.ask(method, path, "", &cookies).await;
        for (name, value) in [
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{method} {path}");
        }
    }
}

/// SPEC W25: a thousand in a minute, for one address.
#[tokio::test]
async fn an_address_that_sends_too_much_is_told_to_wait() {
    let world = World::new().await;
    let mut refused = None;
    for sent in 0..1_001 {
        let page = world.get("/oauth/link/x", &[]).await;
        if page.status() == 429 {
            refused = Some((sent, page));
            break;
        }
    }
    let (sent, page) = refused.expect("more than a thousand");
    assert!((980..=1_000).contains(&sent), "{sent}: above a hundred it may be a little too strict");
    assert_eq!(page.header("retry-after"), Some("60"));
}

/// SPEC W1: without the limiter nobody gets in.
#[tokio::test]
async fn a_limiter_that_fails_closes_the_door() {
    let world = World::new().await;
    let link = world.offer(ADA, Provider::Spotify).await;
    world.aws.fault_next("UpdateItem", Fault::Throttle, 1);
    let page = world.get(&link, &[]).await;
    assert_eq!((page.status(), page.cookie()), (503, None));
    assert_eq!(world.get(&link, &[]).await.status(), 200);
}

#[tokio::test]
async fn a_table_that_fails_is_not_a_link_that_was_used() {
    let world = World::new().await;
    let link = world.offer(ADA, Provider::Spotify).await;
    world.aws.fault_next("GetItem", Fault::AnswerLost, 1);
    assert_eq!(world.get(&link, &[]).await.status(), 503);
    let (_, cookies) = world.begin(&link).await;
    assert_eq!(cookies.len(), 1);
}
