use axum::http::StatusCode;
use serde_json::json;

use super::*;
use crate::fake_http::{Answer, FakeHttp};
use crate::ids::{ChannelId, GuildId, MessageId, UserId};

const AT: Posted = Posted { message: MessageId::new(5), channel: ChannelId::new(3) };

fn rest(server: &FakeHttp) -> DiscordRest {
    let base = format!("{}/api/v10", server.url()).parse().unwrap();
    let patience = Patience {
        attempt: Duration::from_secs(1),
        total: Duration::from_millis(2500),
        first_wait: Duration::from_millis(2),
    };
    DiscordRest::new(base, "https://timmybot.example", patience, Rng::fixed(1)).unwrap()
}

fn bot(server: &FakeHttp) -> BotRest {
    BotRest::new(rest(server), &Secret::new("t0k3n")).unwrap()
}

fn message() -> Answer {
    Answer::json(StatusCode::OK, &json!({ "id": "5", "channel_id": "3", "content": "" }))
}

#[tokio::test]
async fn each_call_is_the_documented_request() {
    let state = Answer::json(StatusCode::OK, &json!({ "channel_id": "8", "user_id": "7" }));
    let server = FakeHttp::start([message(), message(), message(), state, message()]).await;
    let bot = bot(&server);
    let body = json!({ "content": "x" });
    assert_eq!(bot.create_message(AT.channel, &body).await, Ok(AT));
    assert_eq!(bot.edit_message(AT, &body).await, Ok(()));
    assert_eq!(bot.delete_message(AT).await, Ok(()));
    let channel = bot.voice_channel(GuildId::new(2), UserId::new(7)).await;
    assert_eq!(channel, Ok(Some(ChannelId::new(8))));
    assert_eq!(bot.set_voice_status(ChannelId::new(8), Some("a song")).await, Ok(()));
    let asked = server.requests();
    let lines: Vec<&str> = asked.iter().map(|asked| asked.line.as_str()).collect();
    let expected = [
        "POST /api/v10/channels/3/messages",
        "PATCH /api/v10/channels/3/messages/5",
        "DELETE /api/v10/channels/3/messages/5",
        "GET /api/v10/guilds/2/voice-states/7",
        "PUT /api/v10/channels/8/voice-status",
    ];
    assert_eq!(lines, expected);
    assert!(asked.iter().all(|asked| asked.headers["authorization"] == "Bot t0k3n"));
    assert_eq!(asked[4].body, r#"{"status":"a song"}"#);
    assert!(!format!("{bot:?}").contains("t0k3n"));
}

#[tokio::test]
async fn somebody_without_a_voice_channel_is_nowhere() {
    let unknown = Answer::json(StatusCode::NOT_FOUND, &json!({ "code": 10_065 }));
    let server = FakeHttp::start([unknown]).await;
    assert_eq!(bot(&server).voice_channel(GuildId::new(2), UserId::new(7)).await, Ok(None));
}

#[tokio::test]
async fn a_spent_bucket_is_not_asked_again_before_its_time() {
    let spent = message().header("x-ratelimit-remaining", "0").header("x-ratelimit-reset-after", "0.3");
    let server = FakeHttp::start([spent, message()]).await;
    let (bot, body) = (bot(&server), json!({ "content": "x" }));
    let begin = Instant::now();
    assert_eq!(bot.edit_message(AT, &body).await, Ok(()));
    assert_eq!(bot.edit_message(Posted { message: MessageId::new(6), ..AT }, &body).await, Ok(()));
    assert!(begin.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn a_reply_says_which_message_it_is() {
    let server = FakeHttp::start([message()]).await;
    let posted = rest(&server).post_original(ApplicationId::new(7), &Secret::new("a.b"), &json!({})).await;
    assert_eq!(posted, Ok(AT));
    let odd = FakeHttp::start([Answer::json(StatusCode::OK, &json!({ "id": "x" }))]).await;
    let body = json!({ "content": "x" });
    assert_eq!(bot(&odd).create_message(AT.channel, &body).await, Err(RestError::GaveUp { cause: "answer" }));
}

#[test]
fn a_token_with_a_line_break_is_refused() {
    let base: ApiBase = ApiBase::DISCORD.parse().unwrap();
    let rest = DiscordRest::new(base, "x", Patience::STANDARD, Rng::fixed(1)).unwrap();
    assert!(BotRest::new(rest, &Secret::new("a\nb")).is_err());
}
