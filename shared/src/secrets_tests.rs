use axum::http::StatusCode;
use jiff::ToSpan;

use super::*;
use crate::clock::Clock;
use crate::fake_http::{Answer, FakeHttp};
use crate::ids::UserId;
use crate::telemetry::Sink;

const ID: &str = "/timmybot/log-key";
const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

fn document(kid: &str) -> Answer {
    let value = format!(r#"{{"keys":[{{"kid":"{kid}","key":"{KEY}"}}]}}"#);
    Answer::json(StatusCode::OK, &serde_json::json!({ "Name": ID, "SecretString": value }))
}

fn failure() -> Answer {
    let body =
        serde_json::json!({ "__type": "InternalServiceError", "Message": "secret /timmybot/log-key broke" });
    Answer::json(StatusCode::INTERNAL_SERVER_ERROR, &body)
}

fn kid(keys: Result<Arc<KeySet>, SecretError>) -> String {
    keys.unwrap().current().0.to_string()
}

#[tokio::test]
async fn the_stage_is_always_said_and_the_environment_is_not_asked() {
    let service = FakeHttp::start([document("k1")]).await;
    let secrets = AppSecrets::new(&testkit::sdk_config(&service.url()));
    assert_eq!(kid(secrets.key_set(ID, now()).await), "k1");
    let asked: serde_json::Value = serde_json::from_str(&service.requests()[0].body).unwrap();
    assert_eq!(asked, serde_json::json!({ "SecretId": ID, "VersionStage": "AWSCURRENT" }));
}

#[tokio::test]
async fn keys_are_fetched_again_after_five_minutes_and_not_before() {
    let service = FakeHttp::start([document("k1"), document("k2")]).await;
    let secrets = AppSecrets::new(&testkit::sdk_config(&service.url()));
    assert_eq!(kid(secrets.key_set(ID, now()).await), "k1");
    assert_eq!(kid(secrets.key_set(ID, now() + 299.seconds()).await), "k1");
    assert_eq!(service.requests().len(), 1);
    assert_eq!(kid(secrets.key_set(ID, now() + 300.seconds()).await), "k2");
}

#[tokio::test]
async fn old_keys_go_on_when_a_refresh_fails_and_the_failure_is_told() {
    let malformed = Answer::json(StatusCode::OK, &serde_json::json!({ "SecretString": "{}" }));
    let service = FakeHttp::start([document("k1"), failure(), malformed, document("k2")]).await;
    let (sink, log) = Sink::memory();
    let telemetry = Telemetry::new(sink, "interactions", Clock::fixed(now()));
    let secrets = AppSecrets::new(&testkit::sdk_config(&service.url())).with_telemetry(telemetry);
    for (after, expected) in [(0, "k1"), (300, "k1"), (309, "k1"), (310, "k1"), (320, "k2")] {
        assert_eq!(kid(secrets.key_set(ID, now() + after.seconds()).await), expected, "{after}");
    }
    assert_eq!(service.requests().len(), 4);
    let codes: Vec<_> = log.lines().iter().map(|line| line["code"].clone()).collect();
    assert_eq!(codes, ["InternalServiceError", "malformed"]);
    assert!(!log.text().contains("log-key"));
}

#[tokio::test]
async fn without_any_keys_the_caller_is_told_and_the_service_left_alone_for_a_while() {
    let service = FakeHttp::start([failure(), document("k1")]).await;
    let secrets = AppSecrets::new(&testkit::sdk_config(&service.url()));
    let unavailable = SecretError::Unavailable { code: "InternalServiceError".to_owned() };
    assert_eq!(secrets.key_set(ID, now()).await.err(), Some(unavailable.clone()));
    assert_eq!(secrets.key_set(ID, now() + 9.seconds()).await.err(), Some(unavailable));
    assert_eq!(service.requests().len(), 1);
    assert_eq!(kid(secrets.key_set(ID, now() + 10.seconds()).await), "k1");
}

#[tokio::test]
async fn a_service_that_hangs_is_given_up() {
    let service = FakeHttp::start([Answer::hang()]).await;
    let secrets = AppSecrets::new(&testkit::sdk_config(&service.url()));
    let begin = std::time::Instant::now();
    let keys = secrets.key_set(ID, now()).await;
    assert_eq!(keys.err(), Some(SecretError::Unavailable { code: "timeout".to_owned() }));
    assert!(begin.elapsed() < FETCH_LIMIT * 3);
}

#[tokio::test]
async fn an_empty_secret_is_no_key() {
    let service =
        FakeHttp::start([Answer::json(StatusCode::OK, &serde_json::json!({ "SecretString": "" }))]).await;
    let secrets = AppSecrets::new(&testkit::sdk_config(&service.url()));
    assert_eq!(secrets.key_set(ID, now()).await.err(), Some(SecretError::Malformed(KeySetError::Empty)));
}

/// What the template generates is a bare string of 64 characters.
#[tokio::test]
async fn the_secret_that_the_template_generates_is_a_key() {
    let aws = testkit::Aws::start().await;
    let secrets = AppSecrets::new(aws.sdk_config());
    assert_eq!(kid(secrets.key_set(ID, now()).await), "k0");
}

fn text(value: &str) -> Answer {
    Answer::json(StatusCode::OK, &serde_json::json!({ "SecretString": value }))
}

fn gone() -> Answer {
    let body = serde_json::json!({ "__type": "ResourceNotFoundException", "Message": "no such secret" });
    Answer::json(StatusCode::BAD_REQUEST, &body)
}

#[tokio::test]
async fn a_text_is_kept_for_five_minutes_and_longer_while_the_service_fails() {
    let service = FakeHttp::start([text("one"), failure(), text("two")]).await;
    let secrets = AppSecrets::new(&testkit::sdk_config(&service.url()));
    for (after, expected) in [(0, "one"), (299, "one"), (300, "one"), (309, "one"), (310, "two")] {
        let kept = secrets.kept_text(ID, now() + after.seconds()).await.unwrap();
        assert_eq!(kept.expose(), expected.as_bytes(), "{after}");
    }
    assert_eq!(service.requests().len(), 3);
}

#[tokio::test]
async fn a_text_that_was_taken_away_is_not_used_any_more() {
    let service = FakeHttp::start([text("one"), gone(), text(""), text("two")]).await;
    let secrets = AppSecrets::new(&testkit::sdk_config(&service.url()));
    assert!(secrets.kept_text(ID, now()).await.is_ok());
    for after in [300, 310] {
        let error = secrets.kept_text(ID, now() + after.seconds()).await.unwrap_err();
        assert!(error.is_definite(), "{after}: {error:?}");
        assert_eq!(secrets.kept_text(ID, now() + (after + 9).seconds()).await.err(), Some(error));
    }
    assert_eq!(secrets.kept_text(ID, now() + 320.seconds()).await.unwrap().expose(), b"two");
    assert!(!SecretError::Unavailable { code: "timeout".to_owned() }.is_definite());
}

fn short_key() -> Answer {
    text(r#"{"keys":[{"kid":"k1","key":"0011"}]}"#)
}

#[tokio::test]
async fn ids_become_pseudonyms_under_the_key_of_the_log() {
    let service = FakeHttp::start([document("k1"), document("k2")]).await;
    let secrets = AppSecrets::new(&testkit::sdk_config(&service.url()));
    for (after, prefix) in [(0, "user_k1_"), (299, "user_k1_"), (300, "user_k2_")] {
        let pseudonyms = secrets.pseudonyms(ID, now() + after.seconds()).await;
        assert!(pseudonyms.user(UserId::new(7)).as_str().starts_with(prefix), "{after}");
    }
    assert_eq!(service.requests().len(), 2);
}

#[tokio::test]
async fn without_a_key_of_the_log_ids_are_unavailable() {
    let empty = text("");
    for answer in [failure(), gone(), empty, short_key()] {
        let service = FakeHttp::start([answer]).await;
        let secrets = AppSecrets::new(&testkit::sdk_config(&service.url()));
        let pseudonyms = secrets.pseudonyms(ID, now()).await;
        assert_eq!(pseudonyms.user(UserId::new(7)).as_str(), "unavailable");
    }
}
