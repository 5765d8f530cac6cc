//! Alarms: how soon everybody has heard of one, and what a storm of one cause does to the function.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use aws_config::SdkConfig;
use axum::{Json, Router};
use jiff::{SignedDuration, Timestamp};
use security_alarms::{App, Config, Invocation, Machine, handle};
use serde_json::{Value, json};
use shared::clock::{Clock, Rng};
use shared::discord::rest::Patience;
use shared::env::Env;
use shared::telemetry::Sink;
use testkit::Aws;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::{JoinHandle, JoinSet};

use crate::figure::{Figure, Section, Unit, table};
use crate::recorder::Recorder;
use crate::sample::Sample;

/// Notifications of one storm, and how many instances Lambda would have for them.
const STORM: Storm = Storm { notifications: 5_000, instances: 50 };
/// As long as Lambda gives the function.
const LIFE: SignedDuration = SignedDuration::from_secs(60);
/// Test keys, named as such; 64 hex digits each.
const SECRETS: [(&str, &str); 2] = [
    ("/timmybot/custom-id-key", "7465737420637573746f6d206964206b65792c206e6f7420612073656372657421"),
    ("/timmybot/log-key", "74657374206c6f67206b65792c206e6f74206120736563726574212121212121"),
];
/// "test key of a webhook, no secret", as Standard Webhooks writes it.
const TEST_KEY: &str = "whsec_dGVzdCBrZXkgb2YgYSB3ZWJob29rLCBubyBzZWNyZXQ=";

#[derive(Clone, Copy, Debug)]
struct Storm {
    notifications: u32,
    instances: u32,
}

/// Measures in this process.
pub async fn run(runs: usize) -> Result<Section> {
    let (mut told, mut storms) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        told.push(until_told().await?);
        storms.push(storm(STORM).await?);
    }
    let figure = |what, values: Vec<f64>, unit, target| -> Result<Figure> {
        Ok(Figure { what, sample: Sample::try_from(values)?, unit, target })
    };
    let ms = Unit::Milliseconds;
    Ok(table(&[
        figure("notification of a P0 to the last of all channels, in a new process", told, ms, Some(500.0))?,
        figure(
            "notifications of one cause that 50 instances settle in a second",
            storms,
            Unit::PerSecond,
            None,
        )?,
    ]))
}

/// Milliseconds from the notification until a webhook of Discord's, one of Slack's, one of somebody's own and the
/// severity's topic have heard of it. The bot is contained meanwhile.
async fn until_told() -> Result<f64> {
    let aws = aws().await?;
    let mut ears = [Ear::new().await?, Ear::new().await?, Ear::new().await?];
    let [discord, slack, own] = &ears;
    for (name, channel) in [
        (
            "discord",
            json!({ "kind": "discord", "url": "https://discord.com/api/webhooks/1/test_token", "buttons": true }),
        ),
        ("slack", json!({ "kind": "slack", "url": format!("{}/services/test", slack.url) })),
        ("own", json!({ "kind": "webhook", "url": format!("{}/in", own.url), "signing": TEST_KEY })),
    ] {
        let create = aws.secrets().create_secret().name(format!("/timmybot/channels/{name}"));
        create.secret_string(channel.to_string()).send().await?;
    }
    let recorder = Recorder::default();
    let sdk = recorder.listen(aws.sdk_config());
    let app = app(&aws, &sdk, Some(&discord.url))?;
    let event = alarm(Clock::system().now());
    let begun = Instant::now();
    Box::pin(handle(&app, event, &invocation())).await?;
    let published = recorder.take().into_iter().filter(|call| call.operation == "Publish");
    let mut last = published.filter_map(|call| call.ended).max().context("no topic was told")?;
    for ear in &mut ears {
        last = last.max(ear.heard.try_recv().context("a channel has not heard of it")?);
    }
    Ok((last - begun).as_secs_f64() * 1e3)
}

/// Notifications of one cause in a second, with all there is to do for them. Each instance takes one at a time, as in
/// Lambda, and they share nothing but the tables.
async fn storm(Storm { notifications, instances }: Storm) -> Result<f64> {
    let aws = aws().await?;
    let apps: Vec<_> =
        (0..instances).map(|_| app(&aws, aws.sdk_config(), None).map(Arc::new)).collect::<Result<_>>()?;
    let mut working = JoinSet::new();
    let begun = Instant::now();
    for app in apps {
        working.spawn(async move {
            for _ in 0..notifications / instances {
                Box::pin(handle(&app, alarm(Clock::system().now()), &invocation())).await?;
            }
            Ok::<_, security_alarms::Failure>(())
        });
    }
    while let Some(done) = working.join_next().await {
        done??;
    }
    let took = begun.elapsed().as_secs_f64();
    let told = aws.published("alerts-p0").len();
    ensure!(told == 1, "a storm was told of {told} times");
    Ok(f64::from(notifications) / took)
}

/// A channel's end on this machine: when it heard something.
#[derive(Debug)]
struct Ear {
    url: String,
    heard: UnboundedReceiver<Instant>,
    task: JoinHandle<()>,
}

impl Ear {
    async fn new() -> Result<Self> {
        let (sender, heard) = unbounded_channel();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let router = Router::new().fallback(move || {
            // Whoever measures has what they want when they stop listening.
            let _ = sender.send(Instant::now());
            async { Json(json!({ "id": "77" })) }
        });
        let task = tokio::spawn(async move {
            // It ends with the measurement.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { url, heard, task })
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The emulators, with keys.
async fn aws() -> Result<Aws> {
    let aws = Aws::start().await;
    for (name, key) in SECRETS {
        let keys = json!({ "keys": [{ "kid": "k1", "key": key }] }).to_string();
        aws.secrets().put_secret_value().secret_id(name).secret_string(keys).send().await?;
    }
    Ok(aws)
}

/// A process of the function; `discord` is where Discord is.
fn app(aws: &Aws, sdk: &SdkConfig, discord: Option<&str>) -> Result<App> {
    let config = Config::from_env(&Env::of(environment(aws, discord)))?;
    let machine = Machine {
        sink: Sink::memory().0,
        clock: Clock::system(),
        rng: Rng::system(),
        patience: Patience::STANDARD,
    };
    Ok(App::new(config, sdk, &machine)?)
}

/// The environment of the function as a process; `discord` is where Discord is.
pub(crate) fn environment(aws: &Aws, discord: Option<&str>) -> BTreeMap<String, String> {
    let ours = [
        ("LOG_KEY_SECRET", SECRETS[1].0.to_owned()),
        ("CUSTOM_ID_KEY_SECRET", SECRETS[0].0.to_owned()),
        ("CONTROL_QUEUE_URL", aws.queue_url("control")),
        ("EVIDENCE_BUCKET", aws.bucket("evidence")),
        ("STATUS_BUCKET", aws.bucket("status")),
        ("ALERT_TOPIC_ARN", topic("alerts")),
        ("SEVERITY_TOPIC_ARNS", format!("P0={}", topic("alerts-p0"))),
        ("PUBLIC_BASE_URL", "https://bot.example.org".to_owned()),
        ("ALLOW_HTTP", "true".to_owned()),
    ];
    let discord = discord.map(|url| ("DISCORD_API_BASE_URL", format!("{url}/api/v10")));
    let ours = ours.into_iter().chain(discord).map(|(name, value)| (name.to_owned(), value));
    aws.env().into_iter().chain(ours).collect()
}

fn topic(suffix: &str) -> String {
    format!("arn:aws:sns:{}:{}:timmybot-{suffix}", aws_local::REGION, aws_local::ACCOUNT)
}

/// As Lambda would say it.
fn invocation() -> Invocation {
    let now = Clock::system().now();
    Invocation { id: "r-1".to_owned(), deadline: now.saturating_add(LIFE).unwrap_or(now) }
}

/// What `CloudWatch` publishes when the alarm that contains the bot goes off.
pub(crate) fn alarm(at: Timestamp) -> Value {
    let text = json!({
        "AlarmName": "TimmyBot-UnderAttack", "AlarmDescription": null, "AWSAccountId": aws_local::ACCOUNT,
        "NewStateValue": "ALARM", "NewStateReason": "Threshold Crossed.", "OldStateValue": "OK",
        "StateChangeTime": at.strftime("%Y-%m-%dT%H:%M:%S.123+0000").to_string(), "Trigger": {},
    });
    json!({ "Records": [{
        "EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": topic("alerts"),
        "Sns": {
            "Type": "Notification", "MessageId": "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
            "TopicArn": topic("alerts"), "Subject": "ALARM", "Message": text.to_string(),
            "Timestamp": at.to_string(),
        },
    }] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn all_channels_hear_of_what_is_measured() {
        assert!(until_told().await.unwrap() > 0.0);
    }

    #[tokio::test]
    async fn a_storm_is_told_of_once() {
        assert!(storm(Storm { notifications: 12, instances: 3 }).await.unwrap() > 0.0);
    }

    #[tokio::test]
    async fn the_function_starts_with_what_it_is_told() {
        let aws = Aws::start().await;
        let config = Config::from_env(&Env::of(environment(&aws, None))).unwrap();
        assert_eq!((config.alert_topic, config.severity_topics.len()), (topic("alerts"), 1));
    }
}
