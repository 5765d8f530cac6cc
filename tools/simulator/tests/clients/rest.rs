//! REST as Discord documents it, over the wire.

use std::time::Duration;

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use simulator::{
    ApplicationId, ChannelId, Config, Fault, GuildId, Reply, RestFault, RestFaultKind, Simulator, UserId,
};

const GENERAL: ChannelId = ChannelId::new(1001);
const LOUNGE: ChannelId = ChannelId::new(1002);
const APP: ApplicationId = ApplicationId::new(9001);

struct Api {
    simulator: Simulator,
    client: Client,
}

struct Answer {
    status: u16,
    body: Value,
    headers: reqwest::header::HeaderMap,
}

impl Api {
    fn new() -> Self {
        let client = Client::builder().timeout(Duration::from_secs(10)).build().unwrap();
        Self { simulator: Simulator::start(Config::default()).unwrap(), client }
    }

    async fn call(&self, method: Method, path: &str, body: Value) -> Answer {
        self.call_with(method, path, body, Some("Bot simulated.bot.token")).await
    }

    async fn call_with(&self, method: Method, path: &str, body: Value, token: Option<&str>) -> Answer {
        let mut request = self.client.request(method, format!("{}{path}", self.simulator.rest_url()));
        if let Some(token) = token {
            request = request.header("authorization", token);
        }
        if !body.is_null() {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default();
        Answer { status, body, headers }
    }
}

#[tokio::test]
async fn the_gateway_is_told_to_bots_alone() {
    let api = Api::new();
    let answer = api.call(Method::GET, "/gateway/bot", Value::Null).await;
    assert_eq!(answer.body["url"], api.simulator.gateway_url());
    assert_eq!(answer.body["session_start_limit"]["remaining"], 1000);
    assert!(answer.headers.contains_key("x-ratelimit-remaining"));
    for token in [None, Some("Bot wrong"), Some("simulated.bot.token")] {
        let answer = api.call_with(Method::GET, "/gateway/bot", Value::Null, token).await;
        assert_eq!((answer.status, answer.body["code"].as_u64()), (401, Some(0)), "{token:?}");
    }
}

#[tokio::test]
async fn messages_are_posted_edited_and_deleted() {
    let api = Api::new();
    let posted = api.call(Method::POST, "/channels/1001/messages", json!({ "content": "R&B" })).await;
    let path = format!("/channels/1001/messages/{}", posted.body["id"].as_str().unwrap());
    let edited = api.call(Method::PATCH, &path, json!({ "content": "Guns N' Roses" })).await;
    assert_eq!(edited.body["content"], "Guns N' Roses");
    assert_eq!(api.simulator.messages(GENERAL)[0].edits, 1);
    assert_eq!(api.call(Method::DELETE, &path, Value::Null).await.status, 204);
    let gone = api.call(Method::PATCH, &path, json!({ "content": "x" })).await;
    assert_eq!((gone.status, gone.body["code"].as_u64()), (404, Some(10_008)));
    let empty = api.call(Method::POST, "/channels/1001/messages", json!({})).await;
    assert_eq!((empty.status, empty.body["code"].as_u64()), (400, Some(50_006)));
}

#[tokio::test]
async fn a_bot_makes_a_webhook_whose_messages_have_buttons_and_edits_them() {
    let api = Api::new();
    let made = api.call(Method::POST, "/channels/1001/webhooks", json!({ "name": "Alarms" })).await;
    assert_eq!((made.status, &made.body["application_id"]), (200, &json!("9001")));
    let path =
        format!("/webhooks/{}/{}", made.body["id"].as_str().unwrap(), made.body["token"].as_str().unwrap());
    let card = |label: &str| {
        let button = json!({ "type": 2, "style": 2, "custom_id": "a", "label": label });
        json!({ "flags": 1 << 15, "components": [{ "type": 1, "components": [button] }] })
    };
    let posted = format!("{path}?wait=true&with_components=true");
    let posted = api.call_with(Method::POST, &posted, card("Take"), None).await;
    assert_eq!((posted.status, &posted.body["application_id"]), (200, &json!("9001")));
    let message = format!("{path}/messages/{}", posted.body["id"].as_str().unwrap());
    let edited = api.call_with(Method::PATCH, &message, card("Taken"), None).await;
    assert_eq!(edited.body["components"][0]["components"][0]["label"], "Taken");
    for name in ["", "Clyde", "my discord bot", &"x".repeat(81)] {
        let refused = api.call(Method::POST, "/channels/1001/webhooks", json!({ "name": name })).await;
        assert_eq!((refused.status, refused.body["code"].as_u64()), (400, Some(50_035)), "{name}");
    }
    let nobody = api.call_with(Method::POST, "/channels/1001/webhooks", json!({ "name": "a" }), None).await;
    assert_eq!(nobody.status, 401);
}

#[tokio::test]
async fn a_webhook_that_a_member_made_has_no_buttons() {
    let api = Api::new();
    let address = api.simulator.make_webhook(GENERAL, "t0k3n").unwrap();
    let path = address.strip_prefix(&api.simulator.rest_url()).unwrap().to_owned();
    let button = json!({ "type": 2, "style": 2, "custom_id": "a", "label": "Take" });
    let body = json!({ "content": "x", "components": [{ "type": 1, "components": [button] }] });
    let posted = api.call_with(Method::POST, &path, body.clone(), None).await;
    assert_eq!((posted.status, &posted.body["components"]), (200, &json!([])));
    let refused = api.call_with(Method::POST, &format!("{path}?with_components=true"), body, None).await;
    assert_eq!((refused.status, refused.body["code"].as_u64()), (400, Some(50_035)));
}

#[tokio::test]
async fn a_deferred_reply_is_answered_with_its_token_alone() {
    let api = Api::new();
    api.simulator.interact(APP, GENERAL, "tok").unwrap();
    api.simulator.call_back("tok", &json!({ "type": 5 })).unwrap();
    assert_eq!(api.simulator.original("tok"), Some(Reply::Deferred { ephemeral: false }));
    let card = json!({ "flags": 1 << 15, "components": [{ "type": 10, "content": "Now playing" }] });
    let path = "/webhooks/9001/tok/messages/@original";
    assert_eq!(api.call_with(Method::PATCH, path, card, None).await.status, 200);
    let Some(Reply::Answered(message)) = api.simulator.original("tok") else { panic!("no answer") };
    assert_eq!(message.flags(), 1 << 15);
    let sorry = json!({ "content": "sorry", "flags": 64 });
    assert_eq!(api.call_with(Method::DELETE, path, Value::Null, None).await.status, 204);
    assert_eq!(api.call_with(Method::POST, "/webhooks/9001/tok", sorry, None).await.status, 200);
    assert!(api.simulator.follow_ups("tok")[0].ephemeral);
    let unknown =
        api.call_with(Method::GET, "/webhooks/9001/none/messages/@original", Value::Null, None).await;
    assert_eq!((unknown.status, unknown.body["code"].as_u64()), (404, Some(10_015)));
}

#[tokio::test]
async fn voice_states_and_the_status_of_a_channel() {
    let api = Api::new();
    let nowhere = api.call(Method::GET, "/guilds/1000/voice-states/@me", Value::Null).await;
    assert_eq!((nowhere.status, nowhere.body["code"].as_u64()), (404, Some(10_065)));
    api.simulator.join(UserId::new(5001), LOUNGE).unwrap();
    let ada = api.call(Method::GET, "/guilds/1000/voice-states/5001", Value::Null).await;
    assert_eq!(ada.body["channel_id"], "1002");
    let status = json!({ "status": "Don't Stop" });
    assert_eq!(api.call(Method::PUT, "/channels/1002/voice-status", status).await.status, 204);
    assert_eq!(api.simulator.voice_status(LOUNGE).as_deref(), Some("Don't Stop"));
    assert!(api.simulator.leave(UserId::new(5001), GuildId::new(1000)));
}

#[tokio::test]
async fn rest_fails_as_it_is_told_to() {
    let api = Api::new();
    let fault = |only: &str, times, kind| Fault::Rest(RestFault { only: only.into(), times, kind });
    let limited = RestFaultKind::RateLimited { retry_after: 0.3, global: false };
    api.simulator.fault(fault("GET /gateway", Some(1), limited)).unwrap();
    let answer = api.call(Method::GET, "/gateway/bot", Value::Null).await;
    assert_eq!((answer.status, answer.headers["retry-after"].to_str().unwrap()), (429, "1"));
    assert_eq!(answer.body["retry_after"], 0.3);
    assert_eq!(api.call(Method::GET, "/gateway/bot", Value::Null).await.status, 200);

    api.simulator.fault(fault("", None, RestFaultKind::Status(500))).unwrap();
    assert_eq!(api.call(Method::GET, "/gateway/bot", Value::Null).await.status, 500);
    api.simulator.fault(Fault::Mend).unwrap();
    assert_eq!(api.call(Method::GET, "/gateway/bot", Value::Null).await.status, 200);

    api.simulator.fault(fault("", None, RestFaultKind::Hang(60))).unwrap();
    let impatient = Client::builder().timeout(Duration::from_millis(100)).build().unwrap();
    let url = format!("{}/gateway", api.simulator.rest_url());
    assert!(impatient.get(url).send().await.unwrap_err().is_timeout());
}

#[tokio::test]
async fn the_control_api_moves_people_and_makes_things_fail() {
    let api = Api::new();
    let control = |path: &str| format!("{}{path}", api.simulator.control_url());
    let info: simulator::Info = api.client.get(control("")).send().await.unwrap().json().await.unwrap();
    assert_eq!(info, api.simulator.info());
    let post = |path: &str, body: Value| api.client.post(control(path)).json(&body).send();
    let joined = post("/join", json!({ "user": "5001", "channel": "1002" })).await.unwrap();
    assert_eq!(joined.status(), StatusCode::NO_CONTENT);
    let heard = api.client.get(control("/heard?listener=5001&channel=1002&bot=9001")).send().await.unwrap();
    assert_eq!(heard.json::<Value>().await.unwrap()["frames"], 0);
    let nothing = json!({ "fault": "close_voice", "guild": "1000", "bot": "9001", "code": 4006 });
    assert_eq!(post("/fault", nothing).await.unwrap().status(), StatusCode::NOT_FOUND);
    let left = post("/leave", json!({ "user": "5001", "guild": "1000" })).await.unwrap();
    assert_eq!(left.status(), StatusCode::NO_CONTENT);
    let wrong = post("/join", json!({ "user": "5001", "channel": "1001" })).await.unwrap();
    assert_eq!(wrong.status(), StatusCode::BAD_REQUEST);
}
