use std::sync::Arc;

use axum::http::StatusCode;
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use testkit::client_hello::{ClientHello, TLS_1_2, TLS_1_3};

use super::*;
use crate::fake_http::{Answer, FakeHttp};
use crate::security::ca_pins::{Pin, PinMode};
use crate::security::oauth::one_time::OneTime;

fn noon() -> Timestamp {
    "2026-01-02T12:00:00Z".parse().unwrap()
}

fn providers(server: &FakeHttp) -> Providers {
    let bases = Bases::below(&server.url().parse().unwrap()).unwrap();
    let patience = Patience { connect: Duration::from_secs(1), total: Duration::from_millis(400) };
    Providers::new(bases, patience).unwrap()
}

fn registration() -> Registration {
    Registration { client: "client-1".into(), secret: Secret::new("s3cret") }
}

fn tokens() -> Value {
    json!({ "access_token": "a1", "refresh_token": "r1", "expires_in": 3600, "token_type": "Bearer" })
}

fn ok(body: &Value) -> Answer {
    Answer::json(StatusCode::OK, body)
}

fn granted(id_token: Option<&str>) -> Granted {
    Granted {
        access: Secret::new("a1"),
        refresh: None,
        expires_in: None,
        scopes: vec![],
        id_token: id_token.map(Secret::new),
    }
}

#[tokio::test]
async fn each_request_goes_where_the_service_documents_it() {
    let revoked = json!({ "ok": true, "revoked": true });
    let who = json!({ "id": "80351110224678912" });
    let server = FakeHttp::start([ok(&tokens()), ok(&tokens()), ok(&revoked), ok(&who)]).await;
    let (providers, registration) = (providers(&server), registration());
    let redirect = "https://bot.example/oauth/callback/discord".parse().unwrap();
    let one: OneTime = "A".repeat(43).parse().unwrap();
    let verifier = Verifier::of(&one, &one);
    let discord = Provider::Discord;
    let given = providers.exchange(discord, &registration, "c0de", &redirect, &verifier).await.unwrap();
    assert_eq!((given.access, given.expires_in), (Secret::new("a1"), Some(Duration::from_hours(1))));
    let given = providers.refresh(discord, &registration, &Secret::new("r0")).await.unwrap();
    assert_eq!(given.refresh, Some(Secret::new("r1")));
    assert_eq!(providers.revoke(Provider::Slack, &registration, &Secret::new("r1")).await, Ok(Revoked::Done));
    let subject = providers.identify(discord, &registration, &granted(None), noon()).await.unwrap();
    assert_eq!(subject.as_str(), "80351110224678912");
    let asked = server.requests();
    let lines: Vec<&str> = asked.iter().map(|asked| asked.line.as_str()).collect();
    assert_eq!(
        lines,
        [
            "POST /discord/api/oauth2/token",
            "POST /discord/api/oauth2/token",
            "POST /slack/api/auth.revoke",
            "GET /discord/api/v10/users/@me"
        ]
    );
    assert!(
        asked[0].body.contains("code_verifier=")
            && asked[1].body == "grant_type=refresh_token&refresh_token=r0"
    );
    assert_eq!(asked[2].headers["authorization"], "Bearer r1");
    assert_eq!(asked[3].headers["authorization"], "Bearer a1");
}

#[tokio::test]
async fn nothing_is_tried_twice_and_nobody_is_sent_elsewhere() {
    let elsewhere = Answer::json(StatusCode::FOUND, &json!({})).header("location", "https://evil.example/");
    let busy = Answer::json(StatusCode::TOO_MANY_REQUESTS, &json!({})).header("retry-after", "7");
    let server = FakeHttp::start([elsewhere, busy, Answer::hang()]).await;
    let (providers, registration) = (providers(&server), registration());
    let mut said = Vec::new();
    for _ in 0..3 {
        said.push(providers.refresh(Provider::Spotify, &registration, &Secret::new("r0")).await.unwrap_err());
    }
    let seven = Some(Duration::from_secs(7));
    assert_eq!(
        said,
        [
            NotGranted::Refused("request"),
            NotGranted::Later { code: "rate_limited", after: seven },
            NotGranted::Later { code: "timeout", after: None }
        ]
    );
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_service_that_is_away_or_endless_fails_for_now() {
    let gone = Bases::below(&"http://127.0.0.1:1".parse().unwrap()).unwrap();
    let gone = Providers::new(gone, Patience::STANDARD).unwrap();
    let failed = gone.refresh(Provider::Twitch, &registration(), &Secret::new("r0")).await;
    assert_eq!(failed, Err(NotGranted::Later { code: "connect", after: None }));
    let server = FakeHttp::start([ok(&json!({ "access_token": "x".repeat(ANSWER_MAX) }))]).await;
    let failed = providers(&server).refresh(Provider::Twitch, &registration(), &Secret::new("r0")).await;
    assert_eq!(failed, Err(NotGranted::Later { code: "too_large", after: None }));
}

#[tokio::test]
async fn a_token_that_is_worth_nothing_is_revoked_already() {
    let cases = [
        (Provider::Twitch, StatusCode::BAD_REQUEST, json!({ "status": 400, "message": "Invalid token" })),
        (Provider::YouTube, StatusCode::BAD_REQUEST, json!({ "error": "invalid_token" })),
        (Provider::Slack, StatusCode::OK, json!({ "ok": false, "error": "token_revoked" })),
        (Provider::Discord, StatusCode::OK, json!({})),
    ];
    for (provider, status, body) in cases {
        let server = FakeHttp::start([Answer::json(status, &body)]).await;
        let done = providers(&server).revoke(provider, &registration(), &Secret::new("r0")).await;
        assert_eq!(done, Ok(Revoked::Done), "{provider}");
    }
    let server = FakeHttp::start([Answer::json(StatusCode::BAD_GATEWAY, &json!({}))]).await;
    let failed = providers(&server).revoke(Provider::Discord, &registration(), &Secret::new("r0")).await;
    assert_eq!(failed, Err(NotGranted::Later { code: "status_5xx", after: None }));
    let none = providers(&server).revoke(Provider::Spotify, &registration(), &Secret::new("r0")).await;
    assert_eq!(none, Ok(Revoked::NoPlace));
}

#[tokio::test]
async fn an_id_token_has_to_name_the_same_account() {
    let claims = |sub: &str| {
        let at = noon().as_second();
        let claims =
            json!({ "iss": "https://slack.com", "aud": "client-1", "sub": sub, "exp": at + 60, "iat": at });
        format!("e30.{}.c2ln", BASE64URL_NOPAD.encode(claims.to_string().as_bytes()))
    };
    let who = ok(&json!({ "ok": true, "sub": "U1" }));
    let server = FakeHttp::start([who.clone(), who]).await;
    let (providers, registration) = (providers(&server), registration());
    let asked = |sub| {
        let granted = granted(Some(&claims(sub)));
        let (providers, registration) = (&providers, &registration);
        async move { providers.identify(Provider::Slack, registration, &granted, noon()).await }
    };
    assert_eq!(asked("U1").await.unwrap().as_str(), "U1");
    assert_eq!(asked("U2").await, Err(NotKnown::Refused(NotIdentified::Differs)));
}

#[test]
fn bases_are_pairs() {
    let bases: Bases = "spotify=http://127.0.0.1:8000/s, twitch=https://t.example".parse().unwrap();
    assert_eq!(bases.of(Provider::Spotify).unwrap().as_str(), "http://127.0.0.1:8000/s");
    assert_eq!(bases.of(Provider::Slack), None);
    assert_eq!("".parse::<Bases>(), Ok(Bases::default()));
    for bad in ["spotify", "spotify=", "myspace=https://x.example", "spotify=ftp://x.example"] {
        assert_eq!(bad.parse::<Bases>(), Err(BadBases), "{bad}");
    }
}

/// SPEC T6: by the platform's roots alone, and with pins.
#[tokio::test]
async fn services_are_offered_tls_1_3_then_1_2_and_nothing_older() {
    let pins = format!("id.example={}|{}", Pin::of_key(b"one"), Pin::of_key(b"two"));
    let pinning = Pinning { pins: pins.parse().unwrap(), mode: PinMode::Enforce, reporter: Arc::new(|_| ()) };
    for pinning in [None, Some(pinning)] {
        let hello = ClientHello::listen().await.unwrap();
        let bases = Bases::below(&format!("https://{}", hello.address()).parse().unwrap()).unwrap();
        let patience = Patience { connect: Duration::from_secs(20), total: Duration::from_secs(20) };
        let providers = Providers::pinned(bases, patience, pinning).unwrap();
        let asked = providers.refresh(Provider::Discord, &registration(), &Secret::new("r0")).await;
        assert!(asked.is_err(), "nobody has shown a certificate");
        assert_eq!(hello.versions().await.unwrap(), [TLS_1_3, TLS_1_2]);
    }
}
