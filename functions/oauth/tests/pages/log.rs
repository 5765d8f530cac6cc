//! What the log says, and what it never does (SPEC T21, T22).

use shared::domain::accounts::Provider;
use shared::store::deferred::Purpose;

use super::world::{ADA, TOKEN, World};

#[tokio::test]
async fn it_tells_what_happened_and_names_nobody() {
    let world = World::new().await;
    let (at, cookies) = world.begin(&world.offer(ADA, Provider::Spotify).await).await;
    let back = world.consent(&at, &World::person(Provider::Spotify, 0)).await;
    world.come_back(&back, &[]).await;
    world.come_back(&back, &cookies).await;
    let tokens = world.tokens(ADA, Provider::Spotify).await.unwrap();
    let job = world.defer(1, Purpose::Unlink { provider: Provider::Spotify }).await;
    oauth::handle(&world.app, job, "8476a536-e9f4-11e8-9739-2dfe598c3fcd").await.unwrap();
    let lines = world.log.lines();
    let events: Vec<_> = lines.iter().filter(|line| line["log"] == "security").collect();
    let told =
        |action: &str| events.iter().any(|event| event["action"] == action && event["user"].is_string());
    assert!(told("link") && told("unlink"), "{events:#?}");
    let refused = events.iter().find(|event| event["event_type"] == "AUTHENTICATION_ATTEMPT").unwrap();
    assert_eq!(
        (&refused["extras"]["reason"], &refused["extras"]["platform"]),
        (&"other_browser".into(), &"spotify".into())
    );
    assert!(lines.iter().any(|line| line.to_string().contains("auth_failures")));
    let text = lines.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    let pair = |name: &str| back.query_pairs().find(|(one, _)| one == name).unwrap().1.into_owned();
    let expose =
        |secret: &shared::security::secret::Secret| String::from_utf8(secret.expose().to_vec()).unwrap();
    for secret in [
        ADA.to_string(),
        "203.0.113.7".to_owned(),
        tokens.subject.as_str().to_owned(),
        expose(&tokens.access),
        expose(tokens.refresh.as_ref().unwrap()),
        pair("state"),
        pair("code"),
        cookies[0].split_once('=').unwrap().1.to_owned(),
        TOKEN.to_owned(),
    ] {
        assert!(!text.contains(&secret), "{secret} is in the log");
    }
}
