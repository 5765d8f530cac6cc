//! Wrong anything is one and the same 401 (SPEC W5, W8).

use std::collections::BTreeSet;

use data_encoding::BASE64URL_NOPAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use shared::clock::{Clock, Rng};
use shared::security::access_token::{Access, Realm, sign};
use shared::security::api_key::{ApiKey, KeyRole};
use shared::security::key_set::KeySet;
use shared::security::secret::Secret;
use shared::store::api_keys::{ApiKeyStore, KeyTenant};

use super::world::{ADA, As, BASE, GUILD, World};

/// What an answer shows, without what is of this request only.
fn face(said: &super::world::Said) -> (u16, Value, Option<String>) {
    let mut body = said.json();
    body["error"]["request_id"] = Value::Null;
    (said.status(), body, said.header("www-authenticate").map(str::to_owned))
}

async fn keys(world: &World) -> KeySet {
    let get =
        world.aws.secrets().get_secret_value().secret_id("/timmybot/jwt-keys").version_stage("AWSCURRENT");
    KeySet::parse(&Secret::new(get.send().await.unwrap().secret_string.unwrap())).unwrap()
}

fn access(now: Timestamp) -> Access {
    Access {
        user: ADA,
        username: "ada".to_owned(),
        roles: vec!["admin".to_owned()],
        id: "t".to_owned(),
        family: "f".repeat(64),
        epoch: 0,
        expires_at: now + SignedDuration::from_mins(30),
    }
}

#[tokio::test]
async fn no_key_tells_what_is_wrong_with_it() {
    let world = World::new().await.approved(GUILD).await;
    let now = Clock::system().now();
    let unknown = ApiKey::new(Rng::system()).unwrap().reveal();
    let (expired, _) = world.key_until(KeyTenant::Guild(GUILD), KeyRole::Admin, now).await;
    let (revoked, key) =
        world.key_until(KeyTenant::Guild(GUILD), KeyRole::Admin, now + SignedDuration::from_hours(1)).await;
    let plan = ApiKeyStore::new(world.db()).plan_revocation(key.tenant, &key.id, ADA, now).await;
    let _ = plan.unwrap().unwrap().apply(&world.db(), "test").await.unwrap();
    let mut faces = Vec::new();
    for key in
        [unknown.as_str(), &expired, &revoked, "wa-", "", "Bearer x", &unknown[..66], &unknown.to_uppercase()]
    {
        faces.push(face(&world.get("/api/v1/me", &As::Key(key), None).await));
    }
    faces.push(face(&world.get("/api/v1/me", &As::Nobody, None).await));
    let both = json!({ "x-api-key": unknown, "authorization": "Bearer x" });
    faces.push(face(&world.raw("GET", "/api/v1/me", &both, "").await));
    let twice = json!({ "x-api-key": format!("{unknown},{unknown}") });
    faces.push(face(&world.raw("GET", "/api/v1/me", &twice, "").await));
    assert!(faces.iter().all(|one| *one == faces[0]), "{faces:#?}");
    assert_eq!((faces[0].0, &faces[0].1["error"]["code"]), (401, &"unauthorized".into()));
}

/// RFC 8725: the algorithm is ours to choose, and every claim is looked at.
#[tokio::test]
async fn no_token_tells_what_is_wrong_with_it() {
    let world = World::new().await;
    let (keys, now) = (keys(&world).await, Clock::system().now());
    let realm = Realm::new(BASE);
    let good = sign(&access(now), &keys, &realm, now).unwrap();
    let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let (head, rest) = good.split_once('.').unwrap();
    let (claims, tag) = rest.split_once('.').unwrap();
    let header: Value = serde_json::from_slice(&BASE64URL_NOPAD.decode(head.as_bytes()).unwrap()).unwrap();
    let with = |name: &str, value: Value| {
        let mut changed = header.clone();
        changed[name] = value;
        format!("{}.{claims}.{tag}", part(&changed))
    };
    let late = now - SignedDuration::from_hours(2);
    let other = KeySet::parse(&Secret::new("o".repeat(64))).unwrap();
    let bad = [
        good.clone(), // its sign-in does not exist
        with("alg", json!("none")),
        with("alg", json!("HS512")),
        with("alg", json!("RS256")),
        with("kid", json!("nobody")),
        with("typ", json!("refresh")),
        with("jwk", json!({ "kty": "oct", "k": "AA" })),
        format!("{}.{claims}.", part(&json!({ "alg": "none", "typ": "JWT", "kid": header["kid"] }))),
        format!("{head}.{}.{tag}", part(&json!({ "sub": "1" }))),
        sign(&access(late), &keys, &realm, late).unwrap(),
        sign(&access(now), &keys, &realm, now + SignedDuration::from_hours(1)).unwrap(),
        sign(&access(now), &keys, &Realm::new("https://other.example.org"), now).unwrap(),
        sign(&access(now), &other, &realm, now).unwrap(),
        "x.y.z".to_owned(),
        String::new(),
        "a".repeat(5_000),
    ];
    let mut faces = BTreeSet::new();
    for token in &bad {
        faces.insert(format!("{:?}", face(&world.get("/api/v1/me", &As::Token(token), None).await)));
    }
    for scheme in ["Basic eDp5", "bearer", "Token x"] {
        let said = world.raw("GET", "/api/v1/me", &json!({ "authorization": scheme }), "").await;
        faces.insert(format!("{:?}", face(&said)));
    }
    assert_eq!(faces.len(), 1, "{faces:#?}");
    let said = world.get("/api/v1/me", &As::Token(&bad[0]), None).await.is(401);
    assert_eq!(said.code(), "invalid_token");
    assert_eq!(said.header("www-authenticate"), Some("Bearer realm=\"TimmyBot\", error=\"invalid_token\""));
}

#[tokio::test]
async fn what_was_wrong_is_in_the_log_and_counted() {
    let world = World::new().await;
    world.get("/api/v1/me", &As::Key("wa-1"), None).await.is(401);
    world.get("/api/v1/me", &As::Token("x.y.z"), None).await.is(401);
    let log = world.log.text();
    assert!(log.contains("malformed_key") && log.contains("\"detail\":\"malformed\""), "{log}");
    assert!(log.contains("auth_failures") && log.contains("AUTHENTICATION_ATTEMPT"));
    assert!(log.contains("test/1.0"), "the user agent (SPEC W35)");
}

/// SPEC W1: without keys nobody can be believed, and it is told as ours.
#[tokio::test]
async fn without_signing_keys_no_token_is_believed() {
    let world = World::new().await;
    let delete = world.aws.secrets().delete_secret().secret_id("/timmybot/jwt-keys");
    delete.force_delete_without_recovery(true).send().await.unwrap();
    assert_eq!(world.get("/api/v1/me", &As::Token("x.y.z"), None).await.is(503).code(), "unavailable");
    world.get("/api/v1/health", &As::Nobody, None).await.is(200);
}
