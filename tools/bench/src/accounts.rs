//! Linked accounts: how many links a night renews in a second, what memory it needs however many are due, and how often a
//! function that runs already asks the vault.

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use aws_local::lambda::{Function, FunctionOptions};
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse as _;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use shared::clock::{Clock, Rng};
use shared::domain::accounts::Provider;
use shared::env::Env;
use shared::ids::UserId;
use shared::providers::client::Patience;
use shared::security::secret::Secret;
use shared::store::Db;
use shared::store::links::{DUE_PARTS, Link, LinkStatus, LinkStore};
use shared::telemetry::Sink;
use shared::vault::{Document, Replaced, TokenVault, Tokens};
use testkit::Aws;
use token_rotation::{App, Config, Invocation, Machine, handle};

use crate::figure::{Figure, Section, Unit, table};
use crate::machine::status_mb;
use crate::sample::Sample;

/// Links of one night, for the speed.
const LINKS: u32 = 1_000;
/// Due links, for the memory.
const FEW: u64 = 1_000;
const MANY: u64 = 100_000;
/// What the template gives the functions that work by night.
pub(crate) const LAMBDA_TIMEOUT: Duration = Duration::from_mins(15);
const SERVICE: Provider = Provider::Spotify;
/// A token's life at the service, in seconds.
const LIFE_S: i64 = 3_600;

/// Measures with the binary that `./timmy build` leaves.
pub async fn run(runs: usize, root: &Path) -> Result<Section> {
    let service = Service::start().await?;
    let nights = nights(runs, &service).await?;
    let reads = vault_reads(&service).await?;
    let binary = root.join("target/lambda/token-rotation/bootstrap");
    ensure!(binary.is_file(), "{} is missing: run ./timmy build", binary.display());
    let few = memory(&binary, &service, FEW).await?;
    let many = memory(&binary, &service, MANY).await?;
    let figure = |what, values: Vec<f64>, unit, target| -> Result<Figure> {
        Ok(Figure { what, sample: Sample::try_from(values)?, unit, target })
    };
    Ok(table(&[
        figure(
            "links that a night renews in a second, 32 at once, the service on loopback",
            nights,
            Unit::PerSecond,
            None,
        )?,
        figure(
            "reads of the vault at a member's first use of a token",
            vec![reads[0].into()],
            Unit::Calls,
            Some(1.0),
        )?,
        figure("and at the next, in the same process", vec![reads[1].into()], Unit::Calls, Some(0.0))?,
        figure(
            "highest resident memory of a night with 1,000 due links",
            vec![few],
            Unit::Megabytes,
            Some(64.0),
        )?,
        figure("with 100,000", vec![many], Unit::Megabytes, Some(few * 1.25))?,
    ]))
}

/// A service that answers at once, and never takes anything amiss.
struct Service {
    url: String,
}

impl Service {
    async fn start() -> Result<Self> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let answer = |request: Request| async move {
            let body = match request.uri().path() {
                "/spotify/api/token" => {
                    json!({ "access_token": "new", "refresh_token": "next", "expires_in": LIFE_S })
                }
                path if path.ends_with("/items") => json!({ "items": [], "offset": 0, "next": null }),
                _ => json!({ "name": "Mix" }),
            };
            ([("content-type", "application/json")], body.to_string()).into_response()
        };
        tokio::spawn(axum::serve(listener, Router::new().fallback(answer)).into_future());
        Ok(Self { url })
    }

    fn env(&self, aws: &Aws) -> Vec<(&'static str, String)> {
        environment(aws, &self.url)
    }
}

/// What the functions that hold tokens are told; `services` is where the service is.
pub(crate) fn environment(aws: &Aws, services: &str) -> Vec<(&'static str, String)> {
    vec![
        ("LOG_KEY_SECRET", "/timmybot/log-key".to_owned()),
        ("PUBLIC_BASE_URL", "https://bot.example.org".to_owned()),
        ("PROVIDER_BASE_URLS", format!("spotify={services}/spotify")),
        (
            "ALERT_TOPIC_ARN",
            format!("arn:aws:sns:{}:{}:timmybot-alerts", aws_local::REGION, aws_local::ACCOUNT),
        ),
        ("DEAD_LETTER_QUEUE_URL", aws.queue_url("rotation-dlq")),
        ("AWS_LAMBDA_FUNCTION_NAME", "timmybot-token-rotation".to_owned()),
    ]
}

async fn aws() -> Result<Aws> {
    let aws = Aws::start().await;
    let client = json!({ "client_id": "timmy", "client_secret": "s3cret" }).to_string();
    let create = aws.secrets().create_secret().name("/timmybot/oauth-clients/spotify").secret_string(client);
    create.send().await?;
    Ok(aws)
}

/// A user with a link whose tokens end at `end`.
async fn link(aws: &Aws, user: UserId, end: Timestamp) -> Result<()> {
    let vault = TokenVault::new(aws.sdk_config(), Rng::system(), "/timmybot", None);
    let tokens = Tokens {
        subject: format!("account-{user}").parse()?,
        access: Secret::new("old"),
        refresh: Some(Secret::new("first")),
        expires_at: Some(end),
        scopes: vec!["playlist-read-private".to_owned()],
        linked_at: end,
    };
    let due_at = end.checked_sub(SignedDuration::from_secs(300))?;
    let row = Link::new(SERVICE, tokens.subject.clone(), Some(due_at), end);
    let stored = vault.replace(user, None, Document::default().with(SERVICE, tokens)).await?;
    ensure!(matches!(stored, Replaced::Now(_)), "a secret is there already");
    let links = LinkStore::new(Db::new(aws.dynamodb(), aws.prefix()));
    links.put(user, None, row.stands(LinkStatus::Linked, Some(due_at))).await?;
    Ok(())
}

/// Links per second, each night in a process of its own that starts without a connection.
async fn nights(runs: usize, service: &Service) -> Result<Vec<f64>> {
    let (aws, begun) = (aws().await?, Clock::system().now());
    for user in 1..=LINKS {
        link(&aws, UserId::new(user.into()), begun).await?;
    }
    let mut speeds = Vec::new();
    for night in (0..).take(runs) {
        let now = begun.checked_add(SignedDuration::from_secs(night * 2 * LIFE_S))?;
        let machine = Machine {
            sink: Sink::memory().0,
            clock: Clock::fixed(now),
            rng: Rng::system(),
            patience: Patience::STANDARD,
        };
        let app = App::new(Config::from_env(&Env::of(service.env(&aws)))?, aws.sdk_config(), &machine)?;
        let invocation = Invocation { id: "r".to_owned(), deadline: Timestamp::MAX };
        let start = Instant::now();
        let counts = Box::pin(handle(&app, nightly(), &invocation)).await?;
        let seconds = start.elapsed().as_secs_f64();
        ensure!(counts["renewed"] == LINKS, "a night has not renewed everything: {counts}");
        speeds.push(f64::from(LINKS) / seconds);
    }
    Ok(speeds)
}

/// Reads of one member's secret at the first and the second use.
async fn vault_reads(service: &Service) -> Result<[u32; 2]> {
    let (aws, user) = (aws().await?, UserId::new(7));
    link(&aws, user, Clock::system().now().checked_add(SignedDuration::from_hours(1))?).await?;
    let machine = oauth::Machine {
        sink: Sink::memory().0,
        clock: Clock::system(),
        rng: Rng::system(),
        patience: Patience::STANDARD,
    };
    let app =
        oauth::App::new(oauth::Config::from_env(&Env::of(service.env(&aws)))?, aws.sdk_config(), &machine)?;
    let call = json!({ "call": "playlist", "address": "spotify:abc" });
    let event = json!({ "type": "use_token", "version": 1, "user": user.to_string(), "call": call });
    aws.record_calls();
    let mut reads = [0; 2];
    for read in &mut reads {
        let answer = Box::pin(oauth::handle(&app, event.clone(), "r")).await?;
        ensure!(answer["outcome"] == "playlist", "{answer}");
        let calls = aws.take_calls();
        let of_users =
            calls.iter().flat_map(|call| &call.needs).filter(|need| need.resource == "secret/users");
        *read = u32::try_from(of_users.count())?;
    }
    Ok(reads)
}

/// `VmHWM` of a function after a night in which so many rows were due. Their tokens are gone, as if unlinking had died in
/// each: what stays in memory is the same, and the emulator's share of the time is less.
async fn memory(binary: &Path, service: &Service, due: u64) -> Result<f64> {
    let aws = aws().await?;
    fill(&aws, due).await?;
    let mut options = FunctionOptions::new(binary.to_owned(), "token-rotation");
    options.timeout = LAMBDA_TIMEOUT;
    options.env = aws.env();
    options.env.extend(service.env(&aws).into_iter().map(|(name, value)| (name.to_owned(), value)));
    let function = Function::start(&options)?;
    let counts = function.invoke(&nightly()).await?;
    ensure!(counts["gone"] == due, "a night has not seen everything: {counts}");
    status_mb(function.pid(), "VmHWM").context("/proc tells no memory")
}

async fn fill(aws: &Aws, rows: u64) -> Result<()> {
    let table = format!("{}-account-links", aws.prefix());
    let text = |value: String| AttributeValue::S(value);
    let number = |value: u64| AttributeValue::N(value.to_string());
    let put =
        |item: [(&str, AttributeValue); 3], more: Vec<(&str, AttributeValue)>| -> Result<WriteRequest> {
            let item: HashMap<_, _> =
                item.into_iter().chain(more).map(|(name, value)| (name.to_owned(), value)).collect();
            let put = PutRequest::builder().set_item(Some(item)).build()?;
            Ok(WriteRequest::builder().put_request(put).build())
        };
    let mut batch = Vec::new();
    for n in 0..rows {
        let user = 1_000_000 + n;
        let key = |owner: String, sk: &str| [("owner", text(owner)), ("sk", text(sk.to_owned()))];
        let [owner, sk] = key(format!("user#{user}"), "link#spotify");
        let link = vec![
            ("subject", text(format!("s{n}"))),
            ("status", text("linked".to_owned())),
            ("linked_at", text("2025-01-01T00:00:00Z".to_owned())),
            ("due_part", text(format!("due#{}", user % DUE_PARTS))),
            ("due_at", number(1_700_000_000 + n)),
        ];
        batch.push(put([owner, sk, ("rev", number(1))], link)?);
        let [owner, sk] = key(format!("subject#spotify#s{n}"), "user");
        batch.push(put([owner, sk, ("user", text(user.to_string()))], Vec::new())?);
        if batch.len() >= 24 || n + 1 == rows {
            let write = aws.dynamodb().batch_write_item().request_items(&table, std::mem::take(&mut batch));
            ensure!(
                write.send().await?.unprocessed_items.is_none_or(|left| left.is_empty()),
                "rows were not taken"
            );
        }
    }
    Ok(())
}

/// What the rule says each night.
pub(crate) fn nightly() -> Value {
    json!({ "source": "aws.events", "detail-type": "Scheduled Event", "detail": {} })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_night_renews_and_a_second_use_asks_nobody() {
        let service = Service::start().await.unwrap();
        assert_eq!(vault_reads(&service).await.unwrap(), [1, 0]);
        let aws = aws().await.unwrap();
        fill(&aws, 30).await.unwrap();
        let links = LinkStore::new(Db::new(aws.dynamodb(), aws.prefix()));
        let mut due = 0;
        for part in 0..DUE_PARTS {
            due += links.due(part, Clock::system().now(), None).await.unwrap().rows.len();
        }
        assert_eq!(due, 30);
    }
}
