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
async fn a_webhook_is_made_once_and_its_address_is_one() {
    let made = Answer::json(StatusCode::OK, &json!({ "id": "12", "token": "a-b", "name": "Alarms" }));
    let failed = Answer::json(StatusCode::INTERNAL_SERVER_ERROR, &json!({}));
    let odd = Answer::json(StatusCode::OK, &json!({ "id": "12" }));
    let server = FakeHttp::start([made, failed, odd]).await;
    let bot = bot(&server);
    let address = bot.create_webhook(ChannelId::new(3), "Alarms").await.unwrap();
    assert_eq!(address.expose(), b"https://discord.com/api/webhooks/12/a-b");
    assert!(IncomingWebhook::parse(&address).is_ok());
    for cause in ["server_error", "answer"] {
        let failed = bot.create_webhook(ChannelId::new(3), "Alarms").await;
        assert_eq!(failed, Err(RestError::GaveUp { cause }));
    }
    let asked = server.requests();
    assert_eq!(asked.len(), 3, "nobody knows whether it was made, so it is not made again");
    assert!(asked.iter().all(|asked| asked.line == "POST /api/v10/channels/3/webhooks"));
    assert_eq!(asked[0].body, r#"{"name":"Alarms"}"#);
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

#[tokio::test]
async fn a_picture_is_sent_along_again_and_again_until_it_is_taken() {
    let kept =
        json!({ "id": "5", "channel_id": "3", "attachments": [{ "url": "https://cdn.example/cover.png" }] });
    let busy = Answer::json(StatusCode::BAD_GATEWAY, &json!({}));
    let server = FakeHttp::start([busy, Answer::json(StatusCode::OK, &kept), message()]).await;
    let picture = AttachedFile { name: "cover.png", media_type: "image/png", bytes: b"pixels" };
    let bot = bot(&server);
    let body = json!({ "components": [] });
    let url = bot.edit_message_with(AT, &body, picture).await;
    assert_eq!(url, Ok(Some("https://cdn.example/cover.png".to_owned())));
    assert_eq!(bot.edit_message_with(AT, &body, picture).await, Ok(None));
    let asked = server.requests();
    assert_eq!(asked[0].body, asked[1].body);
    let sent = &asked[1];
    assert_eq!(sent.line, "PATCH /api/v10/channels/3/messages/5");
    let kind = sent.headers["content-type"].to_str().unwrap();
    let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
    let parts: Vec<&str> = sent.body.split(&format!("--{boundary}")).collect();
    assert!(parts[1].contains(r#"name="payload_json""#), "{}", parts[1]);
    assert!(parts[1].contains(r#"{"attachments":[{"filename":"cover.png","id":0}],"components":[]}"#));
    assert!(
        parts[2].contains(r#"name="files[0]"; filename="cover.png""#) && parts[2].ends_with("pixels\r\n")
    );
}

#[tokio::test]
async fn only_a_message_can_have_a_picture() {
    let server = FakeHttp::start([]).await;
    let picture = AttachedFile { name: "cover.png", media_type: "image/png", bytes: b"" };
    let refused = RestError::Refused { status: 0, code: 0 };
    assert_eq!(bot(&server).edit_message_with(AT, &"text", picture).await, Err(refused));
}
