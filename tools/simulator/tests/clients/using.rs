//! People use a bot: a small one of this file, behind a real address, that checks signatures and answers as it is told.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use ed25519_dalek::{Signature, VerifyingKey};
use serde_json::{Value, json};
use simulator::{ApplicationId, ChannelId, Config, Simulator};
use tokio::net::TcpListener;

const APP: ApplicationId = ApplicationId::new(9001);
const GENERAL: ChannelId = ChannelId::new(1001);

/// What the bot does.
struct Bot {
    key: VerifyingKey,
    checks: bool,
    /// What it says to a command, a component, a form.
    answer: Mutex<Value>,
    slow: Mutex<Duration>,
    asked: Mutex<Vec<Value>>,
}

struct Stage {
    simulator: Simulator,
    bot: Arc<Bot>,
    address: SocketAddr,
    client: reqwest::Client,
}

impl Stage {
    async fn start(checks: bool) -> Self {
        let simulator = Simulator::start(Config::default()).unwrap();
        let key: [u8; 32] = hex::decode(simulator.public_key(APP).unwrap()).unwrap().try_into().unwrap();
        let bot = Arc::new(Bot {
            key: VerifyingKey::from_bytes(&key).unwrap(),
            checks,
            answer: Mutex::new(json!({ "type": 4, "data": { "content": "hello" } })),
            slow: Mutex::default(),
            asked: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", post(interact)).with_state(bot.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { simulator, bot, address, client: reqwest::Client::builder().no_proxy().build().unwrap() }
    }

    /// With a bot that is known to Discord, and its commands.
    async fn ready() -> Self {
        let stage = Self::start(true).await;
        let commands = json!([
            { "name": "play", "description": "Plays", "options": [
                { "name": "query", "description": "What", "type": 3, "required": true, "autocomplete": true } ] },
            { "name": "ban", "description": "Bans", "default_member_permissions": "4", "contexts": [1] },
            { "name": "Play this", "type": 3 },
        ]);
        let path = "applications/9001/commands";
        assert_eq!(stage.rest(reqwest::Method::PUT, path, &commands).await.0, 200);
        assert_eq!(stage.configure().await.0, 200);
        stage.bot.asked.lock().unwrap().clear();
        stage
    }

    async fn rest(&self, method: reqwest::Method, path: &str, body: &Value) -> (u16, Value) {
        let url = format!("{}/{path}", self.simulator.rest_url());
        let request = self.client.request(method, url).header("authorization", "Bot simulated.bot.token");
        let answer = request.json(body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    async fn configure(&self) -> (u16, Value) {
        let url = json!({ "interactions_endpoint_url": format!("http://{}/", self.address) });
        self.rest(reqwest::Method::PATCH, "applications/@me", &url).await
    }

    fn says(&self, answer: Value) {
        *self.bot.answer.lock().unwrap() = answer;
    }

    fn asked(&self) -> Value {
        self.bot.asked.lock().unwrap().last().cloned().unwrap()
    }

    async fn page(&self, path: &str, body: &Value) -> (u16, Value) {
        let url = format!("{}{path}", self.simulator.page_url());
        let answer = self.client.post(url).json(body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    /// Somebody does something in the text channel.
    async fn does(&self, user: u64, what: Value) -> (u16, Value) {
        let mut act = json!({ "as": user.to_string(), "guild": "1000", "channel": "1001", "locale": "de" });
        act.as_object_mut().unwrap().extend(what.as_object().unwrap().clone());
        self.page("sim/use", &act).await
    }

    async fn plays(&self, user: u64) -> Value {
        let options = json!([{ "name": "query", "value": "Help!" }]);
        let (status, outcome) =
            self.does(user, json!({ "kind": "command", "name": "play", "options": options })).await;
        assert_eq!(status, 200, "{outcome}");
        outcome
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.client.get(format!("{}{path}", self.simulator.page_url())).send().await.unwrap();
        answer.json().await.unwrap()
    }

    async fn kinds(&self) -> Vec<String> {
        let entries = self.get("sim/timeline").await;
        entries.as_array().unwrap().iter().map(|entry| entry["kind"].as_str().unwrap().to_owned()).collect()
    }
}

async fn interact(State(bot): State<Arc<Bot>>, headers: HeaderMap, body: Bytes) -> Response {
    if bot.checks && !is_signed(&bot.key, &headers, &body) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let asked: Value = serde_json::from_slice(&body).unwrap();
    if asked["type"] == 1 {
        return axum::Json(json!({ "type": 1 })).into_response();
    }
    bot.asked.lock().unwrap().push(asked);
    let (slow, answer) = (*bot.slow.lock().unwrap(), bot.answer.lock().unwrap().clone());
    tokio::time::sleep(slow).await;
    axum::Json(answer).into_response()
}

fn is_signed(key: &VerifyingKey, headers: &HeaderMap, body: &[u8]) -> bool {
    let text =
        |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let signature = hex::decode(text("x-signature-ed25519")).ok().and_then(|bytes| bytes.try_into().ok());
    let message = [text("x-signature-timestamp").as_bytes(), body].concat();
    signature
        .is_some_and(|bytes: [u8; 64]| key.verify_strict(&message, &Signature::from_bytes(&bytes)).is_ok())
}

#[tokio::test]
async fn an_endpoint_that_checks_no_signatures_is_not_taken() {
    let careless = Stage::start(false).await;
    let (status, body) = careless.configure().await;
    assert_eq!((status, &body["code"]), (400, &json!(50_035)));
    let why = body["errors"]["interactions_endpoint_url"]["_errors"][0]["message"].as_str().unwrap();
    assert!(why.contains("could not be verified"), "{why}");
    let careful = Stage::start(true).await;
    let (status, body) = careful.configure().await;
    assert_eq!((status, &body["verify_key"]), (200, &json!(careful.simulator.public_key(APP).unwrap())));
    let probes = careful.kinds().await.iter().filter(|kind| *kind == "probe").count();
    assert_eq!(probes, 3);
}

#[tokio::test]
async fn a_command_is_sent_as_discord_sends_it_and_its_answer_is_seen() {
    let stage = Stage::ready().await;
    let outcome = stage.plays(5001).await;
    assert_eq!(outcome["outcome"], "message");
    let asked = stage.asked();
    assert_eq!(
        (&asked["type"], &asked["locale"], &asked["guild_id"]),
        (&json!(2), &json!("de"), &json!("1000"))
    );
    assert_eq!(asked["data"]["options"][0], json!({ "name": "query", "type": 3, "value": "Help!" }));
    let seen = stage.get("sim/channels/1001/messages?as=5002").await;
    assert_eq!((&seen[0]["content"], &seen[0]["author"]["username"]), (&json!("hello"), &json!("timmy")));
    assert_eq!(seen[0]["interaction_metadata"]["user"]["username"], "ada");
    assert!(stage.kinds().await.contains(&"interaction".to_owned()));
}

#[tokio::test]
async fn an_answer_for_one_is_seen_by_one_and_thinking_ends() {
    let stage = Stage::ready().await;
    stage.says(json!({ "type": 5, "data": { "flags": 64 } }));
    let outcome = stage.plays(5001).await;
    assert_eq!(outcome["outcome"], "deferred");
    let seen = async |user| stage.get(&format!("sim/channels/1001/messages?as={user}")).await;
    assert_eq!(seen(5001).await[0]["flags"], 64 + 128);
    assert_eq!(seen(5002).await, json!([]));
    let path = format!("webhooks/9001/{}/messages/@original", outcome["token"].as_str().unwrap());
    let edited = stage.rest(reqwest::Method::PATCH, &path, &json!({ "content": "done" })).await;
    assert_eq!(edited.0, 200);
    let message = &seen(5001).await[0];
    assert_eq!(
        (&message["content"], &message["flags"], &message["deadline"]),
        (&json!("done"), &json!(64), &Value::Null)
    );
}

#[tokio::test]
async fn a_bot_that_is_late_or_breaks_a_rule_has_failed() {
    let stage = Stage::ready().await;
    stage.says(json!({ "type": 4, "data": { "content": "x".repeat(2001) } }));
    let outcome = stage.plays(5001).await;
    assert_eq!(outcome["outcome"], "failed");
    assert!(outcome["error"].as_str().unwrap().contains("2000"), "{outcome}");
    assert!(stage.kinds().await.contains(&"violation".to_owned()));
    stage.says(json!({ "type": 4, "data": { "content": "too late" } }));
    *stage.bot.slow.lock().unwrap() = Duration::from_secs(10);
    let outcome = stage.plays(5001).await;
    assert_eq!((&outcome["outcome"], &outcome["error"]), (&json!("failed"), &json!("no answer within 3 s")));
    assert!(stage.simulator.messages(GENERAL).is_empty());
}

#[tokio::test]
async fn choices_forms_and_buttons_go_there_and_back() {
    let stage = Stage::ready().await;
    stage.says(
        json!({ "type": 8, "data": { "choices": [{ "name": "Help!", "value": "https://example.org" }] } }),
    );
    let typing = json!([{ "name": "query", "value": "he", "focused": true }]);
    let (_, outcome) =
        stage.does(5001, json!({ "kind": "autocomplete", "name": "play", "options": typing })).await;
    assert_eq!((&outcome["outcome"], &outcome["choices"][0]["name"]), (&json!("choices"), &json!("Help!")));
    assert_eq!(stage.asked()["data"]["options"][0]["focused"], true);

    let button = json!({ "type": 2, "style": 1, "label": "Deny", "custom_id": "deny" });
    let off = json!({ "type": 2, "style": 1, "label": "Off", "custom_id": "off", "disabled": true });
    let card = json!({ "content": "a card", "components": [{ "type": 1, "components": [button, off] }] });
    stage.says(json!({ "type": 4, "data": card }));
    stage.plays(5001).await;
    let message = stage.simulator.messages(GENERAL)[0].id.to_string();

    let input = json!({ "type": 4, "custom_id": "why", "style": 2, "min_length": 2 });
    let fields = json!([{ "type": 18, "label": "Why", "component": input }]);
    stage.says(json!({ "type": 9, "data": { "custom_id": "form", "title": "Deny", "components": fields } }));
    let press = |custom_id: &str| json!({ "kind": "component", "message": message, "custom_id": custom_id });
    let (_, outcome) = stage.does(5002, press("deny")).await;
    assert_eq!((&outcome["outcome"], &outcome["modal"]["title"]), (&json!("modal"), &json!("Deny")));
    let asked = stage.asked();
    assert_eq!((&asked["data"]["component_type"], &asked["message"]["id"]), (&json!(2), &json!(message)));
    for nothing in ["off", "none"] {
        assert_eq!(stage.does(5002, press(nothing)).await.0, 400, "{nothing}");
    }

    stage.says(json!({ "type": 7, "data": { "content": "denied", "components": [] } }));
    let fill = |why: &str| json!({ "kind": "modal", "custom_id": "form", "message": message, "fields": { "why": why } });
    assert_eq!(stage.does(5001, fill("because")).await.0, 400, "it was another who has the form before them");
    assert_eq!(stage.does(5002, fill("x")).await.0, 400, "it is too short");
    let (_, outcome) = stage.does(5002, fill("because")).await;
    assert_eq!(outcome["outcome"], "update");
    assert_eq!(stage.asked()["data"]["components"][0]["component"]["value"], "because");
    assert_eq!(stage.simulator.messages(GENERAL)[0].content(), "denied");
}

/// What a webhook posts that the application owns has buttons that come back to the application.
#[tokio::test]
async fn a_button_of_the_applications_webhook_comes_back() {
    let stage = Stage::ready().await;
    let address = stage.simulator.make_webhook_of(APP, GENERAL, "t0k3n").unwrap();
    let button = json!({ "type": 2, "style": 1, "label": "Take it", "custom_id": "take" });
    let parts = [json!({ "type": 10, "content": "Trouble" }), json!({ "type": 1, "components": [button] })];
    let card = json!({ "flags": 1 << 15, "components": [{ "type": 17, "components": parts }] });
    let posted = stage.client.post(format!("{address}?wait=true&with_components=true")).json(&card);
    let posted: Value = posted.send().await.unwrap().json().await.unwrap();
    assert_eq!((&posted["application_id"], &posted["channel_id"]), (&json!("9001"), &json!("1001")));
    stage.says(json!({ "type": 4, "data": { "content": "you have it", "flags": 64 } }));
    let press = json!({ "kind": "component", "message": posted["id"], "custom_id": "take" });
    let (status, outcome) = stage.does(5002, press).await;
    assert_eq!((status, &outcome["outcome"]), (200, &json!("message")), "{outcome}");
    let asked = stage.asked();
    let of = (&asked["message"]["id"], &asked["message"]["webhook_id"], &asked["data"]["custom_id"]);
    assert_eq!(of, (&posted["id"], &posted["webhook_id"], &json!("take")));
    let seen = stage.get("sim/channels/1001/messages?as=5001").await;
    assert_eq!(seen.as_array().unwrap().len(), 1, "the answer is for who pressed");
}

#[tokio::test]
async fn a_message_is_acted_on_and_what_is_not_offered_cannot_be_used() {
    let stage = Stage::ready().await;
    let said = json!({ "as": "5001", "channel": "1001", "content": "listen to this" });
    let (status, message) = stage.page("sim/say", &said).await;
    assert_eq!(status, 200);
    let play_this = json!({ "kind": "message_command", "name": "Play this", "message": message["id"] });
    let (status, outcome) = stage.does(5002, play_this).await;
    assert_eq!((status, &outcome["outcome"]), (200, &json!("message")));
    let target = stage.asked()["data"]["target_id"].as_str().unwrap().to_owned();
    assert_eq!(stage.asked()["data"]["resolved"]["messages"][&target]["content"], "listen to this");

    let (status, refused) = stage.does(5002, json!({ "kind": "command", "name": "ban" })).await;
    assert_eq!((status, refused["message"].as_str().unwrap().contains("here")), (400, true));
    for what in [
        json!({ "kind": "command", "name": "dance" }),
        json!({ "kind": "dance" }),
        json!({ "kind": "command", "name": "play" }),
    ] {
        assert_eq!(stage.does(5001, what.clone()).await.0, 400, "{what}");
    }
    assert_eq!(
        stage.does(4000, json!({ "kind": "command", "name": "play" })).await.0,
        400,
        "nobody knows them"
    );
}

#[tokio::test]
async fn the_page_is_there_for_this_machine_alone_and_hears_what_happens() {
    let stage = Stage::ready().await;
    let index = stage.client.get(stage.simulator.page_url()).send().await.unwrap();
    assert!(index.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'self'"));
    assert!(index.text().await.unwrap().contains("<title>"));
    let other =
        stage.client.get(stage.simulator.page_url()).header("host", "evil.example").send().await.unwrap();
    assert_eq!(other.status(), 403);

    let shown = stage.get("sim/state").await;
    assert_eq!((&shown["people"][0]["name"], &shown["me"]["bot"]), (&json!("ada"), &json!("9001")));
    assert_eq!(shown["guilds"][0]["channels"][1]["kind"], "voice");
    assert_eq!(shown["commands"].as_array().unwrap().len(), 3);

    let mut events =
        stage.client.get(format!("{}sim/events", stage.simulator.page_url())).send().await.unwrap();
    stage.plays(5001).await;
    let mut heard = String::new();
    while !heard.contains("\"content\":\"hello\"") {
        let chunk = tokio::time::timeout(Duration::from_secs(10), events.chunk()).await.unwrap();
        heard.push_str(&String::from_utf8_lossy(&chunk.unwrap().unwrap()));
    }
    assert_eq!(
        stage.page("stack/fault", &json!({ "fault": "kill_worker" })).await.0,
        404,
        "no stack is below"
    );
}
