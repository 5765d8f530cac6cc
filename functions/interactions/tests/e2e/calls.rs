//! Each right of the function is needed by something that it does, and it does nothing beyond them (SPEC T13).

use interactions::config::Config;
use interactions::{App, Machine, handle};
use jiff::{Timestamp, ToSpan as _};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use shared::clock::{Clock, Rng};
use shared::domain::accounts::Provider;
use shared::domain::incident::{Incident, IncidentId, Notice, Status};
use shared::env::Env;
use shared::ids::GuildId;
use shared::security::custom_id::{Action, CustomIds, INCIDENTS_TENANT, IncidentDeed};
use shared::security::key_set::KeySet;
use shared::security::secret::Secret;
use shared::store::Db;
use shared::store::incidents::IncidentStore;
use shared::store::links::{Link, LinkStore};
use shared::telemetry::Sink;
use testkit::Fault;
use testkit::iam::needed;
use testkit::signing::{COMMITTED_AT, DiscordKey};

use crate::grants::{beyond, of_the_code};
use crate::world::{GUILD, OPERATOR_2, SECRETS, Sender, World, text};

/// A deferral's type in its answer's JSON.
const THINKING: &str = r#""type":5"#;
const NEWCOMER: GuildId = GuildId::new(290_926_798_626_358_009);

/// A day in which everything happens once. Each interaction comes two minutes after the one before and meets a
/// function that has just started, so that neither a limit nor a cache stands between it and the tables.
struct Day {
    world: World,
    now: Timestamp,
    id: u64,
}

impl Day {
    async fn begin() -> Self {
        let now = Timestamp::from_second(COMMITTED_AT).unwrap();
        Self { world: World::at(now).await, now, id: 1_456_000_000_000_000_000 }
    }

    async fn send(&mut self, body: impl Fn(u64) -> Value) -> Value {
        self.now += 2.minutes();
        self.id += 1;
        let config = Config::from_env(&Env::of(self.world.environment())).unwrap();
        let machine = Machine { sink: Sink::memory().0, clock: Clock::fixed(self.now), rng: Rng::system() };
        let app = App::new(config, self.world.aws.sdk_config(), &machine);
        let mut event = json!({
            "headers": {}, "body": body(self.id).to_string(), "isBase64Encoded": false,
            "requestContext": { "http": { "method": "POST", "path": "/", "sourceIp": "192.0.2.33" } },
        });
        DiscordKey::committed().sign_event(&mut event, self.now.as_second());
        let event = RawValue::from_string(event.to_string()).unwrap();
        let answer = Box::pin(handle(&app, &event)).await;
        assert_eq!(answer.status(), 200, "{}", answer.body());
        serde_json::from_str(answer.body()).unwrap()
    }

    /// A slash command whose answer holds these words.
    async fn command(&mut self, who: Sender, name: &str, options: Value, says: &str) -> Value {
        let answer = self.send(|id| who.commands(name, &options, id)).await;
        assert!(answer.to_string().contains(says), "/{name} {options}: no {says:?} in {answer}");
        answer
    }

    async fn sub(&mut self, who: Sender, name: &str, sub: &str, options: Value, says: &str) -> Value {
        self.command(who, name, json!([{ "name": sub, "type": 1, "options": options }]), says).await
    }

    /// Presses the red button of a question.
    async fn confirm(&mut self, who: Sender, question: &Value, says: &str) {
        let id = red_button(question).unwrap();
        let answer = self.send(|at| who.sends(3, &json!({ "component_type": 2, "custom_id": id }), at)).await;
        assert!(answer.to_string().contains(says), "no {says:?} in {answer}");
    }
}

fn red_button(answer: &Value) -> Option<String> {
    if answer["type"] == 2 && answer["style"] == 4 {
        return answer["custom_id"].as_str().map(str::to_owned);
    }
    match answer {
        Value::Array(items) => items.iter().find_map(red_button),
        Value::Object(fields) => fields.values().find_map(red_button),
        _ => None,
    }
}

async fn music(day: &mut Day) {
    let who = Sender::OWNER;
    day.command(who, "play", json!([text("query", "Dancing Queen")]), "Dancing Queen").await;
    day.command(who, "queue", json!([]), "Dancing Queen").await;
    day.command(who, "skip", json!([]), "").await;
    day.command(who, "remove", json!([{ "name": "position", "type": 4, "value": 99 }]), "").await;
    day.sub(who, "playlist", "save", json!([text("name", "Friday Night")]), "Friday Night").await;
    day.sub(who, "playlist", "list", json!([]), "Friday Night").await;
    let question =
        day.sub(who, "playlist", "delete", json!([text("name", "Friday Night")]), "Friday Night").await;
    day.confirm(who, &question, "Friday Night").await;
    day.sub(who, "playlist", "load", json!([text("name", "All Night")]), "60").await;
    let question = day.command(who, "clear", json!([]), "").await;
    day.confirm(who, &question, "6").await;
}

/// What the worker is told and owes.
async fn voice(day: &mut Day) {
    let who = Sender::OWNER;
    day.command(who, "voteskip", json!([]), THINKING).await;
    day.command(who, "leave", json!([]), "voice channel").await;
    day.command(who, "stop", json!([]), "").await;
    day.command(who, "join", json!([]), THINKING).await;
    // What is owed is taken back when the change fails.
    day.world.aws.fault_next("TransactWriteItems", Fault::Status500, 2);
    day.command(who, "play", json!([text("query", "Waterloo")]), "try again").await;
    day.command(who, "play", json!([text("query", "Waterloo")]), THINKING).await;
    day.command(who, "stop", json!([]), "").await;
}

/// What oauth is asked for.
async fn accounts(day: &mut Day) {
    let (who, service) = (Sender::OWNER, json!([text("service", "spotify")]));
    day.command(who, "link", service.clone(), "https://bot.example.org/oauth/link/").await;
    let links = LinkStore::new(Db::new(day.world.aws.dynamodb(), day.world.aws.prefix()));
    let link = Link::new(Provider::Spotify, "somebody".parse().unwrap(), None, day.now);
    links.put(who.user, None, link).await.unwrap();
    day.command(who, "accounts", json!([]), "Spotify").await;
    day.command(who, "unlink", service, THINKING).await;
}

/// What data-retention is asked for.
async fn privacy(day: &mut Day) {
    let who = Sender::OWNER;
    day.sub(who, "privacy", "export", json!([]), "/privacy status").await;
    day.sub(who, "privacy", "status", json!([]), THINKING).await;
    let question = day.sub(who, "privacy", "delete", json!([]), "cannot be undone").await;
    day.confirm(who, &question, "is being deleted").await;
}

/// As security-alarms would have begun it.
async fn open_incident(day: &Day) -> IncidentId {
    let id = IncidentId::new(day.now, Rng::system()).unwrap();
    let incident = Incident { status: Status::Open, resolved_at: None, ..Notice::test(id, day.now).incident };
    let store = IncidentStore::new(day.world.db());
    let cause = store.of_cause(incident.fingerprint(), day.now).await.unwrap();
    store.begin(&incident, &cause).await.unwrap().unwrap();
    id
}

async fn administration(day: &mut Day, incident: IncidentId) {
    let (owner, operator) = (Sender::OWNER, Sender::OPERATOR);
    let volume = json!([{ "name": "percent", "type": 4, "value": 70 }]);
    day.sub(owner, "settings", "volume", volume, "70").await;
    day.sub(Sender { guild: Some(NEWCOMER), ..owner }, "admin", "request", json!([]), "").await;
    day.sub(operator, "admin", "list", json!([]), &NEWCOMER.to_string()).await;
    let server = json!([text("server", &NEWCOMER.to_string())]);
    day.sub(operator, "admin", "approve", server.clone(), &NEWCOMER.to_string()).await;
    day.sub(operator, "admin", "audit", server, "guild.approve").await;
    let lockdown = |sub: &str, options: Value| json!([{ "name": "lockdown", "type": 2, "options": [{ "name": sub, "type": 1, "options": options }] }]);
    day.command(operator, "admin", lockdown("on", json!([text("reason", "a drill")])), "").await;
    day.sub(operator, "admin", "incidents", json!([]), "Alarms do not reach everybody").await;
    let action = Action::Incident(IncidentDeed::Acknowledge, incident);
    let keys = KeySet::parse(&Secret::new(SECRETS[0].1)).unwrap();
    let id = CustomIds::from_key_set(&keys).unwrap().sign(&action, INCIDENTS_TENANT);
    let press = json!({ "component_type": 2, "custom_id": id });
    day.send(|at| operator.sends(3, &press, at)).await;
    for user in [operator.user, OPERATOR_2] {
        day.command(Sender { user, ..operator }, "admin", lockdown("resume", json!([])), "").await;
    }
    day.command(Sender { guild: None, ..Sender::MEMBER }, "help", json!([]), "").await;
}

#[tokio::test]
async fn each_grant_is_used_and_nothing_is_called_without_one() {
    let mut day = Day::begin().await;
    let incident = open_incident(&day).await;
    day.world.aws.record_calls();
    music(&mut day).await;
    voice(&mut day).await;
    administration(&mut day, incident).await;
    accounts(&mut day).await;
    privacy(&mut day).await;
    assert_eq!(day.world.asked.next().await["type"], "account_job");
    assert_eq!(day.world.woken.next().await["type"], "wake");
    let called = needed(day.world.aws.take_calls());
    let granted = of_the_code();
    assert_eq!(beyond(called.clone(), &granted), [""; 0], "called and not granted");
    assert_eq!(beyond(granted, &called), [""; 0], "granted and never called");
    assert_eq!(
        day.world.queues().view(GUILD, day.now).await.unwrap().len(),
        0,
        "the day ends with an empty queue"
    );
}
