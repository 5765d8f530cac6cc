//! A game day (SPEC T33, T34): the bot is attacked, pauses itself, and two people let it run again, each by what they see in
//! Discord. Times are told, and judged by nobody: they are this machine's.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use shared::domain::containment::Level;
use shared::store::flags::FlagStore;
use testkit::signing::DiscordKey;

use crate::PATIENCE;
use crate::stack::{Up, until};

/// Between two looks by commands: a person has so many a minute.
const BETWEEN: Duration = Duration::from_secs(1);

/// A key that the bot does not know.
const FOREIGN: [u8; 32] = [3; 32];

#[tokio::test(flavor = "multi_thread")]
async fn an_attack_pauses_the_bot_until_two_operators_let_it_run() {
    let up = Up::start().await;
    let day = Day { operators: operators_channel(&up).await, up: &up };
    day.until_status("operational").await;
    assert!(!day.says("member", &["queue"]).await.contains("paused"));

    let tripped = Instant::now();
    day.fault(true).await;
    day.until_level(Level::L1).await;
    println!("the flag was up after {:?}", tripped.elapsed());
    let card = day.until_card().await;
    println!("the card was there after {:?}", tripped.elapsed());
    day.until_said(&["send", "--locale", "de", "queue"], "wegen Wartung angehalten").await;
    println!("commands were paused after {:?}", tripped.elapsed());

    let song = format!("{}/Hello.flac", up.text("music"));
    let said = up.timmy(&["send", "--locale", "ja", "play", &song]).await;
    assert!(said.contains("停止"), "{said}");
    assert_eq!(day.ping(&up.key()).await, (200, json!({ "type": 1 })), "Discord's own question is answered");
    assert_eq!(day.ping(&DiscordKey::from_seed(FOREIGN)).await.0, 401);
    assert!(up.webhook(&["standard"]).await.contains("204"), "what others send is acknowledged");
    day.until_status("paused").await;

    assert_eq!(labels(&card), ["Acknowledge", "Resolve", "Silence 1 h", "Runbook"]);
    let refused = day.press("member", &card, "Acknowledge").await;
    assert!(refused.contains("operator"), "{refused}");
    let taken = day.press("operator", &card, "Acknowledge").await;
    assert!(taken.contains("you have it"), "{taken}");
    let listed = day.until_said(&INCIDENTS, "somebody is at it").await;
    assert!(listed.contains("Under attack") && !listed.contains("over"), "{listed}");
    day.until_retired(&card).await;

    day.fault(false).await;
    day.until_said(&INCIDENTS, "over").await;
    let resume = ["admin", "lockdown", "resume"];
    assert!(day.says("operator", &resume).await.contains("second operator"));
    day.says("operator", &resume).await;
    assert_eq!(day.level().await, Level::L1, "one person is not two");
    assert!(day.says("second-operator", &resume).await.contains("back everywhere"));
    assert_eq!(day.level().await, Level::L0);

    let said = up.timmy(&["send", "play", &song]).await;
    assert!(said.contains("thinking") && said.contains("Hello"), "{said}");
    day.until_status("operational").await;
    day.until_page(&["Everything works", "Commands may be slow or fail"]).await;
    let told = up.timmy(&["status"]).await;
    assert!(told.contains("Nothing is contained (L0)."), "{told}");
}

/// What an operator types to see them.
const INCIDENTS: [&str; 5] = ["send", "--as", "operator", "admin", "incidents"];

/// A stack on its game day.
struct Day<'a> {
    up: &'a Up,
    /// Where the cards are.
    operators: String,
}

impl Day<'_> {
    /// The switch of the page's fault panel.
    async fn fault(&self, on: bool) {
        let url = format!("{}stack/fault", self.up.text("page"));
        let wanted = json!({ "fault": "trip_alarm", "on": on });
        let done = self.up.client.post(url).json(&wanted).send().await.unwrap();
        assert_eq!(done.status(), 204);
    }

    async fn level(&self) -> Level {
        FlagStore::new(self.up.db()).level().await.unwrap()
    }

    async fn until_level(&self, level: Level) {
        let raised = until(PATIENCE, async || (self.level().await == level).then_some(())).await;
        assert!(raised.is_some(), "still at {:?}", self.level().await);
    }

    async fn says(&self, person: &str, words: &[&str]) -> String {
        self.up.timmy(&[&["send", "--as", person][..], words].concat()).await
    }

    /// Uses a command until its answer says this; the answer.
    async fn until_said(&self, words: &[&str], awaited: &str) -> String {
        let mut said = String::new();
        let looking = async {
            let mut often = tokio::time::interval(BETWEEN);
            while !said.contains(awaited) {
                often.tick().await;
                said = self.up.timmy(words).await;
            }
        };
        let ended = tokio::time::timeout(PATIENCE, looking).await;
        assert!(ended.is_ok(), "{awaited} is not in {said}");
        said
    }

    async fn get(&self, address: &str) -> Value {
        self.up.client.get(address).send().await.unwrap().json().await.unwrap()
    }

    /// Waits until the status page says all of this: what is over it reads every ten seconds, the flag more often.
    async fn until_page(&self, awaited: &[&str]) {
        let url = format!("{}/status", self.up.text("public"));
        let mut last = String::new();
        let told = until(PATIENCE, async || {
            last = self.up.client.get(&url).send().await.unwrap().text().await.unwrap();
            awaited.iter().all(|text| last.contains(text)).then_some(())
        });
        assert!(told.await.is_some(), "{awaited:?}: {last}");
    }

    /// Waits until members are told this of the whole.
    async fn until_status(&self, awaited: &str) {
        let url = format!("{}/status.json", self.up.text("public"));
        let mut last = Value::Null;
        let told = until(PATIENCE, async || {
            last = self.get(&url).await;
            (last["status"] == awaited).then_some(())
        });
        assert!(told.await.is_some(), "{awaited}: {last}");
    }

    /// What an operator sees in the operators' channel.
    async fn cards(&self) -> Vec<Value> {
        let (operator, page) = (self.person("operator"), self.up.text("page"));
        let url = format!("{page}sim/channels/{}/messages?as={operator}", self.operators);
        self.get(&url).await.as_array().unwrap().clone()
    }

    /// Waits for the card of the attack.
    async fn until_card(&self) -> Value {
        let is_it = |card: &Value| card.to_string().contains("Under attack") && !ids(card).is_empty();
        until(PATIENCE, async || self.cards().await.into_iter().find(is_it)).await.unwrap()
    }

    /// Waits until a card has no buttons that do anything any more.
    async fn until_retired(&self, card: &Value) {
        let retired = until(PATIENCE, async || {
            let now = self.cards().await.into_iter().find(|one| one["id"] == card["id"]).unwrap();
            ids(&now).is_empty().then_some(())
        });
        assert!(retired.await.is_some(), "the first card keeps its buttons");
    }

    /// Somebody presses a button of a card; what only they read then.
    async fn press(&self, person: &str, card: &Value, label: &str) -> String {
        let (_, custom_id) = ids(card).into_iter().find(|(name, _)| name == label).unwrap();
        let used = json!({
            "as": self.person(person), "guild": self.up.text("guild_id"), "channel": self.operators,
            "locale": "en-US", "kind": "component", "message": card["id"], "custom_id": custom_id,
        });
        let url = format!("{}sim/use", self.up.text("page"));
        let outcome: Value = self.up.client.post(url).json(&used).send().await.unwrap().json().await.unwrap();
        assert_eq!(outcome["outcome"], "message", "{outcome}");
        let url =
            format!("{}/interactions/{}", self.up.text("simulator"), outcome["token"].as_str().unwrap());
        let answer = self.get(&url).await["message"].clone();
        assert_eq!(answer["flags"].as_u64().unwrap() & 64, 64, "it is for them alone: {answer}");
        answer.to_string()
    }

    fn person(&self, name: &str) -> &str {
        self.up.session["users"][name].as_str().unwrap()
    }

    /// Discord asks whether anybody is there.
    async fn ping(&self, key: &DiscordKey) -> (u16, Value) {
        let ping = json!({
            "version": 1, "type": 1, "id": "1", "token": "test-ping", "entitlements": [],
            "application_id": self.up.text("application_id"), "authorizing_integration_owners": {},
        });
        self.up.send_signed(key, &ping).await
    }
}

async fn operators_channel(up: &Up) -> String {
    let url = format!("{}sim/state", up.text("page"));
    let state: Value = up.client.get(url).send().await.unwrap().json().await.unwrap();
    let guilds = state["guilds"].as_array().unwrap().iter();
    let channels = guilds.flat_map(|guild| guild["channels"].as_array().unwrap());
    let mut found = channels.filter(|channel| channel["name"] == "operators");
    found.next().unwrap()["id"].as_str().unwrap().to_owned()
}

/// Every button of a message, by its label.
fn buttons(message: &Value) -> Vec<&Value> {
    match message {
        Value::Object(fields) if fields.get("type") == Some(&json!(2)) && fields.contains_key("label") => {
            vec![message]
        }
        Value::Object(fields) => fields.values().flat_map(buttons).collect(),
        Value::Array(all) => all.iter().flat_map(buttons).collect(),
        _ => Vec::new(),
    }
}

fn labels(message: &Value) -> Vec<&str> {
    buttons(&message["components"]).into_iter().map(|button| button["label"].as_str().unwrap()).collect()
}

/// The labels and custom ids of those that come back to the bot.
fn ids(message: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let all = buttons(&message["components"]).into_iter();
    all.filter_map(|button| Some((text(&button["label"])?, text(&button["custom_id"])?))).collect()
}
