//! Twitch's `EventSub`: subscriptions over HTTP, the question to the address, and what is sent there.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap as Headers, StatusCode};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::Sha256;

use super::*;
use crate::accounts::{ChatLine, Redemption, SubscriptionStatus};

const SECRET: &str = "a-secret-of-a-webhook";
const PATH: &str = "/helix/eventsub/subscriptions";

/// An address that is subscribed: what it heard, and what it answers notifications with.
#[derive(Clone, Default)]
struct Ear {
    heard: Arc<Mutex<Vec<(Headers, Value)>>>,
    /// How many notifications it fails to take.
    fails: Arc<Mutex<u32>>,
    deaf: bool,
}

async fn hear(State(ear): State<Ear>, headers: Headers, body: Bytes) -> (StatusCode, String) {
    let value: Value = serde_json::from_slice(&body).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    for name in ["twitch-eventsub-message-id", "twitch-eventsub-message-timestamp"] {
        mac.update(headers[name].as_bytes());
    }
    mac.update(&body);
    let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
    assert_eq!(headers["twitch-eventsub-message-signature"], signature.as_str());
    let challenge = value["challenge"].as_str().map(str::to_owned);
    ear.heard.lock().unwrap().push((headers, value));
    if let Some(challenge) = challenge {
        return (StatusCode::OK, if ear.deaf { "no".to_owned() } else { challenge });
    }
    let mut fails = ear.fails.lock().unwrap();
    if *fails > 0 {
        *fails -= 1;
        return (StatusCode::SERVICE_UNAVAILABLE, String::new());
    }
    (StatusCode::NO_CONTENT, String::new())
}

impl Ear {
    async fn listen(&self) -> String {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/webhooks/twitch", listener.local_addr().unwrap());
        let router = Router::new().fallback(hear).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        url
    }

    fn kinds(&self) -> Vec<String> {
        let heard = self.heard.lock().unwrap();
        heard
            .iter()
            .map(|(headers, _)| headers["twitch-eventsub-message-type"].to_str().unwrap().to_owned())
            .collect()
    }
}

fn wanted(kind: &str, condition: &Value, callback: &str) -> Value {
    let transport = json!({ "method": "webhook", "callback": callback, "secret": SECRET });
    json!({ "type": kind, "version": "1", "condition": condition, "transport": transport })
}

fn chat(user: &str, callback: &str) -> Value {
    wanted("channel.chat.message", &json!({ "broadcaster_user_id": user, "user_id": user }), callback)
}

impl Wire {
    async fn own_token(&self) -> String {
        self.token(Service::Twitch, &[("grant_type", "client_credentials")]).await.text("access_token")
    }

    async fn subscribe(&self, token: &str, wanted: &Value) -> Said {
        let request = self.http.post(self.url(Service::Twitch, PATH)).bearer_auth(token);
        let request = request.header("client-id", "timmy-at-twitch").header(CONTENT_TYPE, "application/json");
        Said::of(request.body(wanted.to_string()).send().await.unwrap()).await
    }

    async fn helix(&self, method: reqwest::Method, query: &str, token: &str) -> Said {
        let request = self.http.request(method, self.url(Service::Twitch, &format!("{PATH}{query}")));
        let request = request.bearer_auth(token).header("client-id", "timmy-at-twitch");
        Said::of(request.send().await.unwrap()).await
    }

    async fn until(&self, status: SubscriptionStatus) {
        for _ in 0..500 {
            if self.simulator.accounts().subscriptions().iter().any(|one| one.status == status) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("no subscription became {status:?}");
    }
}

#[tokio::test]
async fn a_subscription_is_verified_and_then_told_what_viewers_do() {
    let (wire, ear) = (Wire::start(), Ear::default());
    let callback = ear.listen().await;
    wire.linked(Service::Twitch).await;
    let (token, ada) = (wire.own_token().await, wire.person(Service::Twitch, 0));
    let redemption = wanted(
        "channel.channel_points_custom_reward_redemption.add",
        &json!({ "broadcaster_user_id": ada }),
        &callback,
    );
    let made = wire.subscribe(&token, &redemption).await;
    assert_eq!(
        (made.status, &made.body["data"][0]["status"]),
        (202, &json!("webhook_callback_verification_pending"))
    );
    wire.until(SubscriptionStatus::Enabled).await;
    assert_eq!(wire.subscribe(&token, &redemption).await.status, 409);
    *ear.fails.lock().unwrap() = 2;
    let accounts = wire.simulator.accounts();
    let told = accounts
        .redeem(Redemption {
            broadcaster: ada.clone(),
            viewer: "77".into(),
            reward: "Song request".into(),
            input: "Blue Monday".into(),
        })
        .await;
    assert_eq!((told.len(), told[0].tries, told[0].status), (1, 3, Some(204)));
    let heard = ear.heard.lock().unwrap().clone();
    let ids: Vec<_> =
        heard[1..].iter().map(|(headers, _)| headers["twitch-eventsub-message-id"].clone()).collect();
    assert!(ids.iter().all(|id| *id == told[0].message.as_str()), "a retry has the id of the first try");
    let event = &heard[1].1["event"];
    assert_eq!(
        (&event["user_input"], &event["reward"]["title"]),
        (&json!("Blue Monday"), &json!("Song request"))
    );
    let line = ChatLine { broadcaster: ada, viewer: "77".into(), text: "!sr x".into() };
    assert_eq!(accounts.chat(line).await, [], "nobody has subscribed the chat");
}

#[tokio::test]
async fn an_address_that_does_not_say_the_challenge_is_told_nothing() {
    let (wire, ear) = (Wire::start(), Ear { deaf: true, ..Ear::default() });
    let callback = ear.listen().await;
    wire.linked(Service::Twitch).await;
    let (token, ada) = (wire.own_token().await, wire.person(Service::Twitch, 0));
    assert_eq!(wire.subscribe(&token, &chat(&ada, &callback)).await.status, 202);
    wire.until(SubscriptionStatus::WebhookCallbackVerificationFailed).await;
    let line = ChatLine { broadcaster: ada, viewer: "77".into(), text: "!sr x".into() };
    assert_eq!(wire.simulator.accounts().chat(line).await, []);
}

#[tokio::test]
async fn what_twitch_documents_is_refused_with_its_status() {
    let (wire, ear) = (Wire::start(), Ear::default());
    let callback = ear.listen().await;
    let (token, ada) = (wire.own_token().await, wire.person(Service::Twitch, 0));
    let said = wire.subscribe(&token, &chat(&ada, &callback)).await;
    assert_eq!(
        (said.status, said.text("message").as_str()),
        (403, "subscription missing proper authorization")
    );
    assert_eq!(wire.subscribe("nonsense", &chat(&ada, &callback)).await.status, 401);
    let user = wire.linked(Service::Twitch).await.text("access_token");
    assert_eq!(wire.subscribe(&user, &chat(&ada, &callback)).await.status, 400);
    assert_eq!(wire.subscribe(&token, &wanted("channel.follow", &json!({}), &callback)).await.status, 400);
    let made = wire.subscribe(&token, &chat(&ada, &callback)).await;
    let id = made.body["data"][0]["id"].as_str().unwrap().to_owned();
    let listed = wire.helix(reqwest::Method::GET, &format!("?user_id={ada}"), &token).await;
    assert_eq!((listed.status, listed.body["total"].as_u64()), (200, Some(1)));
    assert_eq!(wire.helix(reqwest::Method::GET, "?user_id=1&status=enabled", &token).await.status, 400);
    assert_eq!(wire.helix(reqwest::Method::DELETE, &format!("?id={id}"), &token).await.status, 204);
    assert_eq!(wire.helix(reqwest::Method::DELETE, &format!("?id={id}"), &token).await.status, 404);
}

#[tokio::test]
async fn an_authorization_that_is_taken_back_ends_what_stood_on_it() {
    let (wire, ear) = (Wire::start(), Ear::default());
    let callback = ear.listen().await;
    wire.linked(Service::Twitch).await;
    let (token, ada) = (wire.own_token().await, wire.person(Service::Twitch, 0));
    wire.subscribe(&token, &chat(&ada, &callback)).await;
    wire.until(SubscriptionStatus::Enabled).await;
    wire.simulator.accounts().disconnect_at_twitch("timmy-at-twitch", &ada).await;
    assert_eq!(ear.kinds(), ["webhook_callback_verification", "revocation"]);
    let last = ear.heard.lock().unwrap()[1].1.clone();
    assert_eq!(last["subscription"]["status"], "authorization_revoked");
    assert_eq!(wire.subscribe(&token, &chat(&ada, &callback)).await.status, 403);
}
