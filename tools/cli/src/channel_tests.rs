//! On the emulator, with Discord's simulator.

use clap::{Args as _, Command, FromArgMatches as _};
use jiff::SignedDuration;
use security_alarms::{App, Invocation, Machine};
use serde_json::{Value, json};
use shared::clock::Clock;
use shared::discord::rest::{IncomingWebhook, Patience};
use shared::domain::incident::Alert;
use shared::env::Env;
use shared::security::alert_channel::AlertChannel;
use shared::store::Db;
use shared::store::alert_channels::{AlertChannelStore, Broken, ChannelState, SeenChannel};
use shared::telemetry::Sink;
use simulator::{ApplicationId, Config, Simulator};
use testkit::Aws;

use super::*;

const DISCORD: &str = "https://discord.com/api/webhooks/1/t0k3n-a";
const SLACK: &str = "https://hooks.slack.com/services/t0k3n-b";

fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

fn label(text: &str) -> Label {
    text.parse().unwrap()
}

fn book(aws: &Aws) -> Book {
    Book::new(aws.sdk_config(), aws.prefix(), "/timmybot", Plain::Never)
}

async fn add(aws: &Aws, name: &str, to: Wanted) -> Result<String> {
    book(aws).add(&label(name), to, Severity::P2, Rng::fixed(7)).await
}

async fn stored(aws: &Aws, name: &str) -> Secret {
    let got = aws.secrets().get_secret_value().secret_id(format!("/timmybot/channels/{name}")).send().await;
    Secret::new(got.unwrap().secret_string.unwrap())
}

fn parsed(args: &[&str]) -> Result<Add, clap::Error> {
    let matches = Add::augment_args(Command::new("add")).try_get_matches_from([&["add"], args].concat())?;
    Add::from_arg_matches(&matches)
}

#[test]
fn a_channel_leads_to_one_place() {
    let add = parsed(&["ops", "--slack", SLACK, "--from", "p1"]).unwrap();
    assert_eq!((add.name.as_str(), add.from), ("ops", Severity::P1));
    assert!(parsed(&["ops", "--discord-channel", "645027906669510667"]).is_ok());
    for args in [
        &["ops"][..],
        &["ops", "--slack", SLACK, "--discord", DISCORD],
        &["ops", "--slack", SLACK, "--buttons"],
        &["ops", "--slack", SLACK, "--from", "P4"],
        &["Ops", "--slack", SLACK],
        &["everybody", "--slack", SLACK],
        &["topic-p0", "--slack", SLACK],
        &["--slack", SLACK],
    ] {
        assert!(parsed(args).is_err(), "{args:?}");
    }
}

#[tokio::test]
async fn what_is_made_is_a_channel_and_its_address_is_not_said() {
    let aws = Aws::start().await;
    let discord = Wanted::Discord { url: Secret::new(DISCORD), buttons: true };
    let said = add(&aws, "ops", discord).await.unwrap();
    assert_eq!(said, "Made ops: discord with buttons, hears of P0 to P2.");
    let said = add(&aws, "ops", Wanted::Slack(Secret::new(SLACK))).await.unwrap();
    assert_eq!(said, "Changed ops: slack, hears of P0 to P2.");
    let channel = AlertChannel::parse(&stored(&aws, "ops").await, Plain::Never).unwrap();
    assert_eq!((channel.kind().as_str(), channel.from), ("slack", Severity::P2));
    let said = add(&aws, "own", Wanted::Webhook(Secret::new("https://a.example.org/t0k3n-c"))).await.unwrap();
    let key = said.lines().last().unwrap();
    assert!(key.starts_with("whsec_") && !said.contains("t0k3n"), "{said}");
    let document: Value = serde_json::from_slice(stored(&aws, "own").await.expose()).unwrap();
    assert_eq!(document["signing"], key);
    assert_eq!(
        book(&aws).listed(now()).await.unwrap(),
        "channel          state\n\
         ops              slack, hears of P0 to P2: works, as far as is known\n\
         own              webhook, hears of P0 to P2: works, as far as is known"
    );
}

#[tokio::test]
async fn what_cannot_be_a_channel_is_not_stored() {
    let aws = Aws::start().await;
    for to in [
        Wanted::Slack(Secret::new("https://example.org/services/a")),
        Wanted::Webhook(Secret::new("https://127.0.0.1/t0k3n")),
        Wanted::Discord { url: Secret::new(SLACK), buttons: false },
    ] {
        let refused = add(&aws, "odd", to).await.unwrap_err().to_string();
        assert_eq!(refused, "the address cannot be a channel of that kind");
    }
    assert!(book(&aws).listed(now()).await.unwrap().starts_with("There is no channel"));
    assert!(book(&aws).must_have(&label("odd")).await.is_err());
}

#[tokio::test]
async fn the_list_says_how_it_stands() {
    let aws = Aws::start().await;
    for name in ["alone", "broken", "changed", "failing", "well"] {
        add(&aws, name, Wanted::Slack(Secret::new(SLACK))).await.unwrap();
    }
    aws.secrets().create_secret().name("/timmybot/channels/odd").secret_string("{}").send().await.unwrap();
    let version = |name: &str| {
        let name = format!("/timmybot/channels/{name}");
        let get = aws.secrets().get_secret_value().secret_id(name).send();
        async move { get.await.unwrap().version_id.unwrap() }
    };
    let states = AlertChannelStore::new(Db::new(aws.dynamodb(), aws.prefix()));
    let set = async |name: &str, state: ChannelState| {
        let changed =
            states.change(&label(name), SeenChannel::default(), now(), |_| Some(state.clone())).await;
        changed.unwrap().unwrap();
    };
    let failed = |times: usize| {
        let breaker = (0..times).fold(ChannelState::default().breaker, |one, _| one.failed(now(), None));
        ChannelState { breaker, ..ChannelState::default() }
    };
    let broken = |version: String| {
        let broken = Some(Broken { code: "status_404".to_owned(), version, at: now() });
        ChannelState { broken, ..ChannelState::default() }
    };
    set("alone", failed(5)).await;
    set("broken", broken(version("broken").await)).await;
    set("changed", broken("an earlier one".to_owned())).await;
    set("failing", failed(1)).await;
    set("well", ChannelState::default()).await;
    let states = book(&aws).states(now() + SignedDuration::from_secs(1)).await.unwrap();
    assert_eq!(states["changed"], "slack, hears of P0 to P2: works");
    insta::assert_snapshot!("listed", book(&aws).listed(now() + SignedDuration::from_secs(1)).await.unwrap());
}

#[tokio::test]
async fn what_is_removed_is_gone_at_once_and_its_name_is_free() {
    let aws = Aws::start().await;
    add(&aws, "ops", Wanted::Slack(Secret::new(SLACK))).await.unwrap();
    assert!(book(&aws).removed(&label("ops")).await.unwrap().starts_with("Removed ops."));
    assert_eq!(book(&aws).removed(&label("ops")).await.unwrap_err().to_string(), "there is no channel ops");
    let said = add(&aws, "ops", Wanted::Slack(Secret::new(SLACK))).await.unwrap();
    assert!(said.starts_with("Made ops"), "{said}");
}

#[tokio::test]
async fn a_test_is_an_order() {
    let aws = Aws::start().await;
    let data = tempfile::tempdir().unwrap();
    let place = Place {
        stack: Stack { table_prefix: aws.prefix().to_owned(), data: data.path().to_owned() },
        secret_prefix: "/timmybot".to_owned(),
        json: false,
    };
    let named = Named { name: label("ops"), place };
    let asked = named.tested(&book(&aws), aws.sdk_config(), now()).await;
    assert_eq!(asked.unwrap_err().to_string(), "there is no channel ops");
    add(&aws, "ops", Wanted::Slack(Secret::new(SLACK))).await.unwrap();
    named.tested(&book(&aws), aws.sdk_config(), now()).await.unwrap();
    let received = aws.sqs().receive_message().queue_url(aws.queue_url("control")).send().await.unwrap();
    let body = received.messages.unwrap().remove(0).body.unwrap();
    assert_eq!(Control::parse(&body).unwrap().order(), &Order::Test { channel: label("ops") });
}

#[tokio::test]
async fn the_bot_makes_a_webhook_of_its_own() {
    let aws = Aws::start().await;
    let discord = Simulator::start(Config::default()).unwrap();
    let base = || Some(discord.rest_url().parse().unwrap());
    let make = async || made::by_the_bot(aws.sdk_config(), "/timmybot", base(), ChannelId::new(1001)).await;
    assert!(make().await.is_err(), "without a token there is no bot");
    put(&aws, "/timmybot/bot-token", "simulated.bot.token").await;
    let address = make().await.unwrap();
    assert!(IncomingWebhook::parse(&address).is_ok());
}

/// From what is made here to the card in Discord, and back to its end.
#[tokio::test]
async fn what_was_made_is_told_of_an_incident_and_of_its_end() {
    let aws = Aws::start().await;
    let discord = Simulator::start(Config::default()).unwrap();
    let url = discord.make_webhook_of(ApplicationId::new(9001), ROOM, "t0k3n-d").unwrap();
    seed(aws.sdk_config(), "operators", Secret::new(url)).await.unwrap();
    let keys = format!(r#"{{"keys":[{{"kid":"k1","key":"{}"}}]}}"#, "07".repeat(32));
    put(&aws, "/timmybot/custom-id-key", &keys).await;
    let order = |order: Order| orders(&[Control::new(order, now())]);
    // The first notice of what is not P0 waits for half a minute.
    let raised = Order::Raise { alert: Alert::GuildBanned, label: None };
    let at = |seconds: i64| now() + SignedDuration::from_secs(seconds);
    told(&aws, &discord, at(0), order(raised)).await;
    told(&aws, &discord, at(31), tick()).await;
    let [card] = cards(&discord).try_into().unwrap();
    assert!(card.contains("A server was banned for an hour") && card.contains("Acknowledge"), "{card}");
    let store = shared::store::incidents::IncidentStore::new(Db::new(aws.dynamodb(), aws.prefix()));
    let incident = store.open().await.unwrap().remove(0).id;
    let resolve = Order::Resolve { incident, by: "admin_2f9c".to_owned() };
    told(&aws, &discord, at(60), order(resolve)).await;
    let [first, last] = cards(&discord).try_into().unwrap();
    assert!(!first.contains("Acknowledge") && first.contains("there is a later message"), "{first}");
    assert!(last.contains("has closed it") && !last.contains("Resolve"), "{last}");
}

const ROOM: ChannelId = ChannelId::new(1001);

async fn put(aws: &Aws, name: &str, value: &str) {
    let secrets = aws.secrets();
    if secrets.create_secret().name(name).secret_string(value).send().await.is_err() {
        secrets.put_secret_value().secret_id(name).secret_string(value).send().await.unwrap();
    }
}

/// What people see in the room, a text each.
fn cards(discord: &Simulator) -> Vec<String> {
    discord.messages(ROOM).iter().map(|message| Value::from(message.body.clone()).to_string()).collect()
}

/// One invocation of the function at this time.
async fn told(aws: &Aws, discord: &Simulator, at: Timestamp, event: Value) {
    let (sink, _) = Sink::memory();
    let machine = Machine { sink, clock: Clock::fixed(at), rng: Rng::system(), patience: Patience::STANDARD };
    let here = [("DISCORD_API_BASE_URL", discord.rest_url()), ("ALLOW_HTTP", "true".to_owned())];
    let config = security_alarms::Config::from_env(&Env::of(aws.alarms_env().into_iter().chain(here)));
    let app = App::new(config.unwrap(), aws.sdk_config(), &machine).unwrap();
    let invocation = Invocation { id: "one".to_owned(), deadline: Timestamp::MAX };
    Box::pin(security_alarms::handle(&app, event, &invocation)).await.unwrap();
}

/// As SQS hands them over.
fn orders(orders: &[Control]) -> Value {
    let record = |order: &Control| {
        json!({ "messageId": "1", "receiptHandle": "1", "body": order.to_body().unwrap(), "attributes": {},
                "messageAttributes": {}, "md5OfBody": "", "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:eu-central-1:000000000000:timmybot-control",
                "awsRegion": "eu-central-1" })
    };
    json!({ "Records": orders.iter().map(record).collect::<Vec<_>>() })
}

fn tick() -> Value {
    json!({ "source": "aws.events", "detail-type": "Scheduled Event", "detail": {} })
}
