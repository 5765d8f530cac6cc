//! The API: what an authenticated GET takes besides its calls, and how many calls the limiter makes when many ask at once.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use api::{App, Config, Machine, handle};
use aws_config::SdkConfig;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::clock::{Clock, Rng};
use shared::env::Env;
use shared::ids::UserId;
use shared::security::api_key::{ApiKey, KeyRole, KeyScope};
use shared::security::rate_limit::{Limit, Subject};
use shared::store::Db;
use shared::store::api_keys::{ApiKeyStore, KeyTenant, StoredKey};
use shared::store::rate_limits::RateLimitStore;
use shared::telemetry::Sink;
use testkit::Aws;
use tokio::task::JoinSet;

use crate::figure::{Figure, Section, Unit, table};
use crate::recorder::{Call, Recorder};
use crate::sample::Sample;

/// Requests of one measurement.
const REQUESTS: u32 = 200;
/// Who asks the limiter at once, and how often each.
const CALLERS: usize = 8;
const DECISIONS: u32 = 25;
/// Test keys, named as such; 64 hex digits each.
const SECRETS: [(&str, &str); 2] = [
    ("/timmybot/log-key", "74657374206c6f67206b65792c206e6f74206120736563726574212121212121"),
    ("/timmybot/jwt-keys", "74657374206a7774206b65792c206e6f74206120736563726574212121212121"),
];

/// Measures in this process.
pub async fn run(runs: usize) -> Result<Section> {
    let aws = Aws::start().await;
    for (name, key) in SECRETS {
        let keys = json!({ "keys": [{ "kid": "k1", "key": key }] }).to_string();
        aws.secrets().put_secret_value().secret_id(name).secret_string(keys).send().await?;
    }
    let (mut besides, mut limiter) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        besides.push(get(&aws).await?);
        limiter.push(contended(&aws).await?);
    }
    let figure = |what, values: Vec<f64>, unit, target| -> Result<Figure> {
        Ok(Figure { what, sample: Sample::try_from(values)?, unit, target: Some(target) })
    };
    let ms = Unit::Milliseconds;
    Ok(table(&[
        figure("an authenticated GET, besides its DynamoDB calls", besides, ms, 2.0)?,
        figure("the limiter, 8 callers at once, for each decision", limiter, Unit::Calls, 1.25)?,
    ]))
}

/// Milliseconds of a request in which none of its calls was under way; the mean of many.
async fn get(aws: &Aws) -> Result<f64> {
    let recorder = Recorder::default();
    let sdk = recorder.listen(aws.sdk_config());
    let app = app(aws, &sdk)?;
    app.warm().await;
    let key = key(aws).await?;
    let event = request(&key);
    let mut spent = Duration::ZERO;
    // The first one opens what is not open yet.
    for number in 0..=REQUESTS {
        recorder.take();
        let begun = Instant::now();
        let answer = handle(&app, &event(number)).await;
        let whole = begun.elapsed();
        ensure!(answer.status() == 200, "{}", answer.body());
        if number > 0 {
            spent += whole.saturating_sub(under_way(&recorder.take()));
        }
    }
    Ok(spent.as_secs_f64() * 1e3 / f64::from(REQUESTS))
}

/// How long any of the calls was under way. They are in the order in which they began.
fn under_way(calls: &[Call]) -> Duration {
    let (mut sum, mut until): (Duration, Option<Instant>) = (Duration::ZERO, None);
    for call in calls {
        let Some(ended) = call.ended else { continue };
        let begun = until.map_or(call.begun, |until| until.max(call.begun));
        sum += ended.saturating_duration_since(begun);
        until = Some(until.map_or(ended, |until| until.max(ended)));
    }
    sum
}

/// Calls for each decision about one subject, when several instances ask at once.
async fn contended(aws: &Aws) -> Result<f64> {
    let recorder = Recorder::default();
    let sdk = recorder.listen(aws.sdk_config());
    let subject = Subject::api_key(&format!("{:x}", Rng::system().u64()?));
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        // An instance each: they share nothing but the table.
        let limits = RateLimitStore::new(Db::new(shared::store::client(&sdk), aws.prefix()));
        let subject = subject.clone();
        callers.spawn_local(async move {
            for _ in 0..DECISIONS {
                limits.check(&subject, Limit::ADMIN, Clock::system().now()).await?;
            }
            Ok::<_, shared::store::StoreError>(())
        });
    }
    while let Some(done) = callers.join_next().await {
        done??;
    }
    let calls = u32::try_from(recorder.take().len())?;
    let decisions = DECISIONS * u32::try_from(CALLERS)?;
    Ok(f64::from(calls) / f64::from(decisions))
}

async fn key(aws: &Aws) -> Result<String> {
    let (secret, now) = (ApiKey::new(Rng::system())?, Clock::system().now());
    let key = StoredKey {
        id: format!("{:016x}", Rng::system().u64()?),
        tenant: KeyTenant::Deployment,
        name: "to be measured".to_owned(),
        scope: KeyScope::stored(KeyRole::Admin, vec![], now + SignedDuration::from_hours(1)),
        made: (UserId::new(80_351_110_224_678_912), now),
        replaces: None,
        used_at: None,
        revoked_at: None,
    };
    let db = Db::new(aws.dynamodb(), aws.prefix());
    let change = ApiKeyStore::new(db.clone()).plan_new(&secret.hash(), &key)?;
    ensure!(change.apply(&db, "bench").await? == shared::store::Applied::Done, "the key is not there");
    Ok(secret.reveal())
}

/// From another address each time: the address's limit is not what is measured.
fn request(key: &str) -> impl Fn(u32) -> Value {
    let key = key.to_owned();
    move |number| {
        json!({
            "version": "2.0", "rawPath": "/api/v1/me", "rawQueryString": "", "headers": { "x-api-key": key },
            "requestContext": {
                "http": { "method": "GET", "path": "/api/v1/me", "sourceIp": format!("198.51.100.{}", number % 250) },
                "requestId": "r-1",
            },
        })
    }
}

fn app(aws: &Aws, sdk: &SdkConfig) -> Result<App> {
    let config = Config::from_env(&Env::of(environment(aws)))?;
    let machine =
        Machine { sink: Sink::memory().0, clock: Clock::system(), rng: Rng::system(), patience: () };
    Ok(App::new(config, sdk, &machine))
}

/// The environment of the API as a process.
pub(crate) fn environment(aws: &Aws) -> BTreeMap<String, String> {
    let ours = [
        ("LOG_KEY_SECRET", SECRETS[0].0.to_owned()),
        ("JWT_KEYS_SECRET", SECRETS[1].0.to_owned()),
        ("PUBLIC_BASE_URL", "https://bot.example.org".to_owned()),
        ("PRIVACY_QUEUE_URL", aws.queue_url("privacy")),
        ("STATUS_BUCKET", aws.bucket("status")),
        ("SECURITY_CONTACT", "mailto:security@example.org".to_owned()),
    ];
    aws.env().into_iter().chain(ours.map(|(name, value)| (name.to_owned(), value))).collect()
}

/// The environment of the webhooks function as a process.
pub(crate) fn hooks(aws: &Aws) -> BTreeMap<String, String> {
    let ours = [
        ("LOG_KEY_SECRET", SECRETS[0].0.to_owned()),
        ("WEBHOOK_SECRET_PREFIX", "/timmybot/webhooks/".to_owned()),
        ("DISCORD_PUBLIC_KEYS", testkit::signing::DiscordKey::committed().public_hex()),
        ("PUBLIC_BASE_URL", "https://bot.example.org".to_owned()),
        ("WEBHOOK_QUEUE_URL", aws.queue_url("webhooks")),
        ("PRIVACY_QUEUE_URL", aws.queue_url("privacy")),
        ("OAUTH_FUNCTION", "timmybot-oauth".to_owned()),
        ("VOICE_QUEUE_URL_TEMPLATE", aws.queue_url("voice-{shard}")),
        ("VOICE_SUPERVISOR_FUNCTION", "timmybot-voice-supervisor".to_owned()),
    ];
    aws.env().into_iter().chain(ours.map(|(name, value)| (name.to_owned(), value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_side_by_side_are_under_way_once() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let call =
            |begun, ended| Call { operation: "GetItem".to_owned(), begun: at(begun), ended: Some(at(ended)) };
        assert_eq!(under_way(&[call(0, 5), call(1, 3), call(4, 8), call(10, 11)]), Duration::from_millis(9));
        assert_eq!(under_way(&[]), Duration::ZERO);
    }

    #[tokio::test]
    async fn what_is_measured_is_a_good_answer() {
        let aws = Aws::start().await;
        for (name, key) in SECRETS {
            aws.secrets().put_secret_value().secret_id(name).secret_string(key).send().await.unwrap();
        }
        let app = app(&aws, aws.sdk_config()).unwrap();
        let key = key(&aws).await.unwrap();
        assert_eq!(handle(&app, &request(&key)(1)).await.status(), 200);
    }
}
