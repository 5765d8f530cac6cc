use axum::http::StatusCode;
use serde_json::json;
use testkit::client_hello::{ClientHello, TLS_1_2, TLS_1_3};

use super::*;
use crate::fake_http::{Answer, FakeHttp};

const APP: ApplicationId = ApplicationId::new(7);
const TOKEN: &str = "aW50ZXJhY3Rpb24.s3cr3t";

fn quick() -> Patience {
    Patience {
        attempt: Duration::from_secs(1),
        total: Duration::from_millis(2500),
        first_wait: Duration::from_millis(2),
    }
}

fn client(server: &FakeHttp) -> DiscordRest {
    let base = format!("{}/api/v10", server.url()).parse().unwrap();
    DiscordRest::new(base, "https://timmybot.example", quick(), Rng::fixed(1)).unwrap()
}

fn ok() -> Answer {
    Answer::json(StatusCode::OK, &json!({ "id": "1" }))
}

fn error(status: u16, code: u32) -> Answer {
    let body = json!({ "message": "Unknown Webhook", "code": code });
    Answer::json(StatusCode::from_u16(status).unwrap(), &body)
}

async fn edit(server: &FakeHttp) -> Result<(), RestError> {
    client(server).edit_original(APP, &Secret::new(TOKEN), &json!({ "content": "x" })).await
}

async fn followup(server: &FakeHttp) -> Result<(), RestError> {
    client(server).followup(APP, &Secret::new(TOKEN), &json!({ "content": "x" })).await
}

#[tokio::test]
async fn an_edit_is_the_documented_request() {
    let server = FakeHttp::start([ok()]).await;
    assert_eq!(edit(&server).await, Ok(()));
    let asked = server.requests().remove(0);
    assert_eq!(asked.line, format!("PATCH /api/v10/webhooks/7/{TOKEN}/messages/@original"));
    assert_eq!(asked.headers["user-agent"], "DiscordBot (https://timmybot.example, 0.1.0)");
    assert_eq!(asked.headers["content-type"], "application/json");
    assert_eq!(asked.body, r#"{"content":"x"}"#);
    assert!(!asked.headers.contains_key("authorization"));
}

#[tokio::test]
async fn a_file_goes_along_with_an_edit_and_is_sent_again_whole() {
    let server = FakeHttp::start([error(502, 0), ok()]).await;
    let file = AttachedFile { name: "erasure-receipt.txt", media_type: "text/plain", bytes: b"signed\n" };
    let body = json!({ "components": [] });
    let sent = client(&server).edit_original_with(APP, &Secret::new(TOKEN), &body, file).await;
    assert_eq!(sent, Ok(()));
    let asked = server.requests();
    assert_eq!(asked[0].body, asked[1].body);
    assert_eq!(asked[1].line, format!("PATCH /api/v10/webhooks/7/{TOKEN}/messages/@original"));
    let kind = asked[1].headers["content-type"].to_str().unwrap();
    assert!(kind.starts_with("multipart/form-data; boundary="), "{kind}");
    let listed = r#"{"attachments":[{"filename":"erasure-receipt.txt","id":0}],"components":[]}"#;
    let named = r#"name="files[0]"; filename="erasure-receipt.txt""#;
    for part in [listed, named, "text/plain", "signed\n"] {
        assert!(asked[1].body.contains(part), "{part}");
    }
}

#[tokio::test]
async fn deleting_and_following_up_are_the_documented_requests() {
    let server = FakeHttp::start([error(204, 0), ok()]).await;
    assert_eq!(client(&server).delete_original(APP, &Secret::new(TOKEN)).await, Ok(()));
    assert_eq!(followup(&server).await, Ok(()));
    let lines: Vec<_> = server.requests().into_iter().map(|asked| asked.line).collect();
    let (original, webhook) = ("messages/@original", format!("/api/v10/webhooks/7/{TOKEN}"));
    assert_eq!(lines, [format!("DELETE {webhook}/{original}"), format!("POST {webhook}")]);
}

#[tokio::test]
async fn what_discord_no_longer_knows_is_gone_at_once() {
    for answer in [error(404, 10_015), error(404, 10_008), error(401, 50_027)] {
        let server = FakeHttp::start([answer]).await;
        assert_eq!(edit(&server).await, Err(RestError::Gone));
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn what_discord_refuses_is_not_tried_again() {
    for (status, code) in [(400, 50_035), (401, 0), (403, 50_013)] {
        let server = FakeHttp::start([error(status, code)]).await;
        let refused = edit(&server).await;
        assert_eq!(refused, Err(RestError::Refused { status, code: code.into() }));
        assert_eq!(refused.unwrap_err().code(), format!("refused_{status}_{code}"));
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn failures_are_tried_again() {
    let server = FakeHttp::start([error(500, 0), error(503, 0), ok()]).await;
    assert_eq!(edit(&server).await, Ok(()));
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_rate_limit_is_waited_for_as_long_as_it_says() {
    let limited = error(429, 0).header("retry-after", "0.2");
    let server = FakeHttp::start([limited, ok()]).await;
    let begin = Instant::now();
    assert_eq!(edit(&server).await, Ok(()));
    assert!(begin.elapsed() >= Duration::from_millis(200));
    let in_body =
        Answer::json(StatusCode::TOO_MANY_REQUESTS, &json!({ "retry_after": 0.1, "global": false }));
    let server = FakeHttp::start([in_body, ok()]).await;
    let begin = Instant::now();
    assert_eq!(edit(&server).await, Ok(()));
    assert!(begin.elapsed() >= Duration::from_millis(100));
}

#[tokio::test]
async fn a_rate_limit_beyond_our_patience_is_given_up_at_once() {
    let server = FakeHttp::start([error(429, 0).header("retry-after", "60")]).await;
    let begin = Instant::now();
    assert_eq!(edit(&server).await, Err(RestError::GaveUp { cause: "rate_limited" }));
    assert!(begin.elapsed() < Duration::from_secs(30));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_discord_that_keeps_failing_is_given_up_in_time() {
    let server = FakeHttp::start([error(502, 0)]).await;
    let begin = Instant::now();
    assert_eq!(edit(&server).await, Err(RestError::GaveUp { cause: "server_error" }));
    assert!(begin.elapsed() < Duration::from_secs(30));
    assert!(server.requests().len() > 2);
}

#[tokio::test]
async fn a_discord_that_hangs_is_tried_again_and_given_up_in_time() {
    let server = FakeHttp::start([Answer::hang()]).await;
    let begin = Instant::now();
    assert_eq!(edit(&server).await, Err(RestError::GaveUp { cause: "timeout" }));
    assert!(begin.elapsed() < Duration::from_secs(30));
    assert!(server.requests().len() > 1);
}

#[tokio::test]
async fn nobody_there_is_given_up() {
    let url = FakeHttp::start([ok()]).await.url();
    let base = url.parse().unwrap();
    let client = DiscordRest::new(base, "x", quick(), Rng::fixed(1)).unwrap();
    let given_up = client.edit_original(APP, &Secret::new(TOKEN), &json!({})).await;
    assert!(matches!(given_up, Err(RestError::GaveUp { .. })), "{given_up:?}");
}

#[tokio::test]
async fn a_follow_up_whose_outcome_is_unknown_is_not_said_twice() {
    for answer in [error(500, 0), Answer::hang()] {
        let server = FakeHttp::start([answer, ok()]).await;
        assert!(matches!(followup(&server).await, Err(RestError::GaveUp { .. })));
        assert_eq!(server.requests().len(), 1);
    }
    let server = FakeHttp::start([error(429, 0).header("retry-after", "0"), ok()]).await;
    assert_eq!(followup(&server).await, Ok(()));
}

#[tokio::test]
async fn a_redirect_does_not_carry_the_token_away() {
    let elsewhere = FakeHttp::start([ok()]).await;
    let redirect = error(307, 0).header("location", &elsewhere.url());
    let server = FakeHttp::start([redirect]).await;
    assert_eq!(edit(&server).await, Err(RestError::Refused { status: 307, code: 0 }));
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn no_error_and_no_debug_shows_the_token() {
    for answer in [error(500, 0), error(404, 10_015), error(400, 1), Answer::hang()] {
        let server = FakeHttp::start([answer]).await;
        let failed = edit(&server).await.unwrap_err();
        let shown = format!("{failed:?} {failed} {} {:?}", failed.code(), client(&server));
        assert!(!shown.contains("s3cr3t"), "{shown}");
    }
}

#[tokio::test]
async fn a_token_that_is_none_is_gone_and_nothing_is_sent() {
    let server = FakeHttp::start([ok()]).await;
    let edit = client(&server).edit_original(APP, &Secret::new("../../users/@me"), &json!({})).await;
    assert_eq!(edit, Err(RestError::Gone));
    assert!(server.requests().is_empty());
}

/// SPEC T6.
#[tokio::test]
async fn discord_is_offered_tls_1_3_then_1_2_and_nothing_older() {
    let hello = ClientHello::listen().await.unwrap();
    let base = format!("https://{}/api/v10", hello.address()).parse().unwrap();
    let client = DiscordRest::new(base, "https://timmybot.example", quick(), Rng::fixed(1)).unwrap();
    let sent = client.edit_original(APP, &Secret::new(TOKEN), &json!({})).await;
    assert!(sent.is_err(), "nobody has shown a certificate");
    assert_eq!(hello.versions().await.unwrap(), [TLS_1_3, TLS_1_2]);
}
