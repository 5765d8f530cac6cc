use axum::http::StatusCode;
use jiff::ToSpan as _;
use serde_json::{Value, json};

use super::*;
use crate::fake_http::{Answer, Asked, FakeHttp};
use crate::providers::client::{Bases, Patience};
use crate::secrets::AppSecrets;

fn noon() -> Timestamp {
    "2026-01-02T12:00:00Z".parse().unwrap()
}

fn ada() -> Subject {
    "141981764".parse().unwrap()
}

fn secret() -> Secret {
    Secret::new("a-secret-of-the-webhook")
}

fn client() -> Answer {
    let value = json!({ "client_id": "our-client", "client_secret": "s" }).to_string();
    Answer::json(StatusCode::OK, &json!({ "Name": "x", "SecretString": value }))
}

fn token(text: &str) -> Answer {
    Answer::json(
        StatusCode::OK,
        &json!({ "access_token": text, "expires_in": 5_000, "token_type": "bearer" }),
    )
}

fn subscription(id: &str, topic: Topic, status: &str) -> Value {
    json!({
        "id": id, "status": status, "type": topic.kind(), "version": "1", "cost": 0,
        "condition": { "broadcaster_user_id": "141981764" }, "created_at": "2026-01-02T11:00:00Z",
        "transport": { "method": "webhook", "callback": "https://bot.example.org/webhooks/twitch" },
    })
}

fn listed(data: &[Value]) -> Answer {
    Answer::json(StatusCode::OK, &json!({ "total": data.len(), "data": data, "pagination": {} }))
}

fn made(topic: Topic) -> Answer {
    let data = [subscription("new", topic, "webhook_callback_verification_pending")];
    Answer::json(StatusCode::ACCEPTED, &json!({ "data": data, "total": 1 }))
}

fn status(status: StatusCode) -> Answer {
    Answer::json(status, &json!({ "error": "x", "status": status.as_u16(), "message": "y" }))
}

/// One server is the store of our client's secret first, and Twitch then.
async fn twitch(answers: impl IntoIterator<Item = Answer>) -> (EventSub, FakeHttp) {
    let server = FakeHttp::start(core::iter::once(client()).chain(answers)).await;
    let bases = Bases::below(&server.url().parse().unwrap()).unwrap();
    let providers = Providers::new(bases, Patience::STANDARD).unwrap();
    let secrets = AppSecrets::new(&testkit::sdk_config(&server.url()));
    let registrations = Arc::new(Registrations::new(secrets, "/timmybot"));
    let callback = "https://bot.example.org/webhooks/twitch".parse().unwrap();
    (EventSub::new(providers, registrations, Clock::fixed(noon()), callback), server)
}

/// What Twitch was asked, without the first call.
fn asked(server: &FakeHttp) -> Vec<Asked> {
    server.requests().split_off(1)
}

fn lines(server: &FakeHttp) -> Vec<String> {
    let short = |asked: Asked| asked.line.replace("/twitch/helix/eventsub/subscriptions", "");
    asked(server).into_iter().map(short).collect()
}

const LIST: &str = "GET ?user_id=141981764";
const TOKEN: &str = "POST /twitch/oauth2/token";

#[tokio::test]
async fn a_channel_is_heard_by_a_token_of_our_own() {
    let (twitch, server) =
        twitch([token("t1"), listed(&[]), made(Topic::Redemption), made(Topic::Chat)]).await;
    let secret = secret();
    assert_eq!(twitch.settle(&ada(), Wish::Heard(&secret)).await, Ok(Standing::Pending));
    assert_eq!(lines(&server), [TOKEN, LIST, "POST ", "POST "]);
    let asked = asked(&server);
    for call in &asked[1..] {
        assert_eq!(
            (&call.headers["authorization"], &call.headers["client-id"]),
            (&"Bearer t1".parse().unwrap(), &"our-client".parse().unwrap())
        );
    }
    let sent: Value = serde_json::from_str(&asked[3].body).unwrap();
    assert_eq!(sent["transport"]["secret"], "a-secret-of-the-webhook");
    assert_eq!(sent["condition"]["user_id"], "141981764");
}

#[tokio::test]
async fn what_stands_costs_one_call_and_the_token_is_kept() {
    let whole = [subscription("a", Topic::Redemption, "enabled"), subscription("b", Topic::Chat, "enabled")];
    let (twitch, server) = twitch([token("t1"), listed(&whole)]).await;
    for _ in 0..3 {
        let secret = secret();
        assert_eq!(twitch.settle(&ada(), Wish::Heard(&secret)).await, Ok(Standing::Enabled));
    }
    assert_eq!(lines(&server), [TOKEN, LIST, LIST, LIST]);
}

#[tokio::test]
async fn a_token_is_used_until_five_minutes_before_its_end() {
    for (seconds, tokens) in [(4_699_i64, 1), (4_700, 2)] {
        // Our client's secret is read again by then.
        let new = (tokens == 2).then(|| token("t2"));
        let later = core::iter::once(client()).chain(new).chain([listed(&[])]);
        let (twitch, server) = twitch([token("t1"), listed(&[])].into_iter().chain(later)).await;
        twitch.settle(&ada(), Wish::Left).await.unwrap();
        let twitch = EventSub { clock: Clock::fixed(noon() + seconds.seconds()), ..twitch };
        assert_eq!(twitch.settle(&ada(), Wish::Left).await, Ok(Standing::Enabled));
        let asked = lines(&server).iter().filter(|line| *line == TOKEN).count();
        assert_eq!(asked, tokens, "{seconds}");
    }
}

#[tokio::test]
async fn a_channel_that_is_left_has_no_subscription_and_needs_no_secret() {
    let whole = [subscription("a", Topic::Redemption, "enabled"), subscription("b", Topic::Chat, "enabled")];
    let gone = status(StatusCode::NOT_FOUND);
    let (twitch, server) = twitch([token("t1"), listed(&whole), status(StatusCode::NO_CONTENT), gone]).await;
    assert_eq!(twitch.settle(&ada(), Wish::Left).await, Ok(Standing::Enabled));
    assert_eq!(lines(&server), [TOKEN, LIST, "DELETE ?id=a", "DELETE ?id=b"]);
}

#[tokio::test]
async fn a_token_that_twitch_does_not_take_is_asked_for_once_more() {
    let dead = status(StatusCode::UNAUTHORIZED);
    let (twitch, server) = twitch([token("t1"), dead.clone(), token("t2"), listed(&[])]).await;
    assert_eq!(twitch.settle(&ada(), Wish::Left).await, Ok(Standing::Enabled));
    assert_eq!(lines(&server), [TOKEN, LIST, TOKEN, LIST]);
    assert_eq!(asked(&server)[3].headers["authorization"], "Bearer t2");
    let (twitch, _server) = self::twitch([token("t1"), dead.clone(), token("t2"), dead]).await;
    assert_eq!(twitch.settle(&ada(), Wish::Left).await, Err(NotSo::Unavailable { code: "unauthorized" }));
}

#[tokio::test]
async fn what_twitch_says_instead_is_told_apart() {
    let secret = secret();
    for (answer, expected) in [
        (status(StatusCode::FORBIDDEN), Err(NotSo::MissingScopes)),
        (status(StatusCode::TOO_MANY_REQUESTS), Err(NotSo::Unavailable { code: "rate_limited" })),
        (status(StatusCode::BAD_GATEWAY), Err(NotSo::Unavailable { code: "status_5xx" })),
        (status(StatusCode::BAD_REQUEST), Err(NotSo::Unavailable { code: "request" })),
        (Answer::json(StatusCode::ACCEPTED, &json!({})), Err(NotSo::Unavailable { code: "malformed" })),
        // Both are there: the list was a little old.
        (status(StatusCode::CONFLICT), Ok(Standing::Pending)),
    ] {
        let (twitch, _server) = twitch([token("t1"), listed(&[]), answer]).await;
        assert_eq!(twitch.settle(&ada(), Wish::Heard(&secret)).await, expected);
    }
    let (twitch, _server) = twitch([status(StatusCode::FORBIDDEN)]).await;
    assert!(
        matches!(twitch.settle(&ada(), Wish::Left).await, Err(NotSo::Unavailable { .. })),
        "our own token"
    );
    let (twitch, server) = self::twitch([token("t1"), listed(&[])]).await;
    let short = Secret::new("short");
    let refused = twitch.settle(&ada(), Wish::Heard(&short)).await;
    assert_eq!(refused, Err(NotSo::Unavailable { code: "webhook_secret" }));
    assert_eq!(lines(&server), [TOKEN, LIST], "nothing is made with it");
}

#[tokio::test]
async fn pages_are_read_to_their_end_and_an_endless_list_ends() {
    let page = |cursor: Option<&str>, data: &[Value]| {
        Answer::json(StatusCode::OK, &json!({ "data": data, "pagination": { "cursor": cursor } }))
    };
    let old = subscription("a", Topic::Chat, "authorization_revoked");
    let (twitch, server) =
        twitch([token("t1"), page(Some("x"), &[]), page(None, &[old]), status(StatusCode::NO_CONTENT)]).await;
    twitch.settle(&ada(), Wish::Left).await.unwrap();
    assert_eq!(lines(&server)[2..], ["GET ?user_id=141981764&after=x", "DELETE ?id=a"]);
    let (twitch, server) = self::twitch([token("t1"), page(Some("x"), &[])]).await;
    assert_eq!(twitch.settle(&ada(), Wish::Left).await, Err(NotSo::Unavailable { code: "too_many" }));
    assert_eq!(lines(&server).len(), 1 + PAGES_MAX);
}
