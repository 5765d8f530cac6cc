use serde_json::json;

use super::*;

#[tokio::test]
async fn discord_ends_all_that_the_user_has_given() {
    let wire = Wire::start();
    let service = Service::Discord;
    let (one, two) = (wire.linked(service).await, wire.linked(service).await);
    let other = wire.code_for(service, "identify", &wire.person(service, 1)).await;
    let other = wire.exchange(service, &other).await;
    let said = wire.ask(service, "/api/oauth2/token/revoke", &[("token", &one.text("refresh_token"))]).await;
    assert_eq!((said.status, said.body), (200, json!({})));
    assert!(!wire.lives(service, &one.text("access_token")).await);
    assert!(!wire.lives(service, &two.text("access_token")).await);
    assert!(wire.lives(service, &other.text("access_token")).await);
    let unknown = wire.ask(service, "/api/oauth2/token/revoke", &[("token", "none of ours")]).await;
    assert_eq!(unknown.status, 200, "what is unknown is revoked already");
    let bare = wire.http.post(wire.url(service, "/api/oauth2/token/revoke"));
    let bare = bare.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body("token=x");
    assert_eq!(bare.send().await.unwrap().status(), 401);
    assert_eq!(wire.ask(service, "/api/oauth2/token/revoke", &[]).await.status, 400);
}

#[tokio::test]
async fn twitch_takes_access_tokens_alone() {
    let wire = Wire::start();
    let service = Service::Twitch;
    let given = wire.linked(service).await;
    let revoke = async |fields: &[(&str, &str)]| {
        let request = wire.http.post(wire.url(service, "/oauth2/revoke"));
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form(fields));
        Said::of(request.send().await.unwrap()).await
    };
    let client = ("client_id", "timmy-at-twitch");
    let refresh = revoke(&[client, ("token", &given.text("refresh_token"))]).await;
    assert_eq!((refresh.status, refresh.text("message")), (400, "Invalid token".into()));
    assert!(wire.lives(service, &given.text("access_token")).await);
    let done = revoke(&[client, ("token", &given.text("access_token"))]).await;
    assert_eq!((done.status, done.body), (200, Value::Null));
    assert!(!wire.lives(service, &given.text("access_token")).await);
    let again = revoke(&[client, ("token", &given.text("access_token"))]).await;
    assert_eq!((again.status, again.text("message")), (400, "Invalid token".into()));
    let stranger = revoke(&[("client_id", "other"), ("token", "x")]).await;
    assert_eq!((stranger.status, stranger.text("message")), (404, "client does not exist".into()));
    assert_eq!(revoke(&[("token", "x")]).await.status, 400);
    assert_eq!(revoke(&[client]).await.status, 400);
}

#[tokio::test]
async fn google_ends_both_tokens_with_either() {
    let wire = Wire::start();
    let service = Service::YouTube;
    for name in ["access_token", "refresh_token"] {
        let given = wire.linked(service).await;
        let token = given.text(name);
        let said = wire.ask(service, "/revoke", &[("token", &token)]).await;
        assert_eq!((said.status, said.body), (200, json!({})), "{name}");
        assert!(!wire.lives(service, &given.text("access_token")).await);
        assert_eq!(wire.refresh(service, &given.text("refresh_token")).await.status, 400);
        let again = wire.ask(service, "/revoke", &[("token", &token)]).await;
        assert_eq!((again.status, again.text("error")), (400, "invalid_token".into()));
    }
    assert_eq!(wire.ask(service, "/revoke", &[]).await.status, 400);
}

#[tokio::test]
async fn slack_is_asked_with_the_token_itself() {
    let wire = Wire::start();
    let service = Service::Slack;
    let given = wire.linked(service).await;
    let access = given.text("access_token");
    let revoke = async |token: &str, body: &'static str| {
        let request = wire.http.post(wire.url(service, "/api/auth.revoke")).bearer_auth(token);
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
        Said::of(request.send().await.unwrap()).await.body
    };
    assert_eq!(revoke(&access, "test=1").await, json!({ "ok": true, "revoked": false }));
    assert!(wire.lives(service, &access).await);
    assert_eq!(revoke(&access, "").await, json!({ "ok": true, "revoked": true }));
    assert!(!wire.lives(service, &access).await);
    assert_eq!(revoke(&access, "").await, json!({ "ok": false, "error": "token_revoked" }));
    assert_eq!(revoke("none", "").await, json!({ "ok": false, "error": "invalid_auth" }));
    let bare = wire.http.post(wire.url(service, "/api/auth.revoke")).send().await.unwrap();
    assert_eq!(Said::of(bare).await.body, json!({ "ok": false, "error": "not_authed" }));
}

#[tokio::test]
async fn spotify_has_no_such_place() {
    let wire = Wire::start();
    for path in ["/api/token/revoke", "/revoke", "/oauth2/revoke"] {
        assert_eq!(wire.ask(Service::Spotify, path, &[("token", "x")]).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn what_is_alive_can_be_seen_and_ended_from_outside() {
    let wire = Wire::start();
    let access = wire.linked(Service::Spotify).await.text("access_token");
    let sim = |path: &str| format!("{}/accounts{path}", wire.simulator.control_url());
    let seen = Said::of(wire.http.get(sim("")).send().await.unwrap()).await;
    assert_eq!(seen.body["spotify"]["calls"]["token"], 1);
    assert_eq!(seen.body["twitch"]["grants"], json!([]));
    let grant = &seen.body["spotify"]["grants"][0];
    assert_eq!(grant["account"], wire.person(Service::Spotify, 0));
    assert!(!seen.body.to_string().contains(&access));
    for status in [204, 404] {
        let end = wire.http.post(sim("/end")).json(&json!({ "grant": grant["id"] }));
        assert_eq!(end.send().await.unwrap().status(), status);
    }
    assert!(!wire.lives(Service::Spotify, &access).await);
}
