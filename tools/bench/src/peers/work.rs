//! What is asked of everybody: requests that people's functions meet, each with something to verify.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use aws_local::lambda::FunctionOptions;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::clock::{Clock, Rng};
use shared::ids::UserId;
use shared::security::access_token::{self, Access, Realm};
use shared::security::key_set::KeySet;
use shared::security::refresh_token::RefreshToken;
use shared::security::secret::Secret;
use shared::store::sessions::SessionStore;
use shared::store::sign_ins::SignedIn;
use testkit::webhooks::{COMMITTED_SECRET, Sender};

use super::install::Told;
use crate::functions;
use crate::world::{Ask, World};

/// Who asks the API in turns; one user alone would come to the limit.
const PEOPLE: u64 = 32;
/// Test key, named as such.
const JWT_KEYS: &str =
    r#"{"keys":[{"kid":"k1","key":"74657374206a7774206b65792c206e6f74206120736563726574212121212121"}]}"#;
const REALM: &str = "https://bot.example.org";

/// One kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Work {
    /// A PING of Discord's: Ed25519.
    Ping,
    /// A push of GitHub's, of which nobody wants to hear: HMAC-SHA256.
    Webhook,
    /// Who am I, with an access token: HS256 and the claims.
    Token,
}

impl Work {
    pub(super) const ALL: [Self; 3] = [Self::Ping, Self::Webhook, Self::Token];

    /// In the page.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Ping => "interactions: a signed PING",
            Self::Webhook => "webhooks: a signed push of GitHub's",
            Self::Token => "api: `GET /api/v1/me` with an access token",
        }
    }

    /// Whether the others do all that we do. Elsewhere ours counts the request against a limit and asks its tables, which
    /// takes calls that they leave away; then only the start and the memory can be held against each other.
    pub(super) const fn is_even(self) -> bool {
        matches!(self, Self::Ping)
    }

    /// The folder of our function.
    const fn function(self) -> &'static str {
        match self {
            Self::Ping => functions::DOOR,
            Self::Webhook => "webhooks",
            Self::Token => "api",
        }
    }

    /// Whether it is the answer of somebody who has verified.
    pub(super) fn check(self, answer: &Value) -> Result<()> {
        let (status, body) =
            (answer["statusCode"].as_u64().unwrap_or(0), answer["body"].as_str().unwrap_or_default());
        match self {
            Self::Ping => return Ask::Ping.check(status, body),
            Self::Webhook => ensure!(status == 204, "a webhook got {status}: {body}"),
            Self::Token => ensure!(status == 200 && body.contains("ada"), "a token got {status}: {body}"),
        }
        Ok(())
    }
}

/// Who sends all of it.
#[derive(Debug)]
pub(super) struct Desk {
    world: World,
    tokens: Vec<String>,
    next: Cell<u64>,
}

impl Desk {
    /// With the emulators, the secrets and people who are signed in.
    pub(super) async fn start() -> Result<Self> {
        let world = World::start().await?;
        let secrets = world.aws().secrets();
        secrets.put_secret_value().secret_id("/timmybot/jwt-keys").secret_string(JWT_KEYS).send().await?;
        let create = secrets.create_secret().name("/timmybot/webhooks/github");
        create.secret_string(COMMITTED_SECRET).send().await?;
        let mut tokens = Vec::new();
        for user in 1..=PEOPLE {
            tokens.push(sign_in(&world, UserId::new(user)).await?);
        }
        Ok(Self { world, tokens, next: Cell::new(0) })
    }

    /// Our own function; `door` is the binary that answers people.
    pub(super) fn ours(&self, work: Work, root: &Path, door: &Path) -> Result<FunctionOptions> {
        let name = work.function();
        let binary: PathBuf =
            if name == functions::DOOR { door.to_owned() } else { functions::binary(root, name) };
        functions::options(&self.world, name, &binary)
    }

    /// What the others are told: their keys stand in their environment.
    pub(super) fn told(&self) -> Told {
        let ours = [
            ("BENCH_WEBHOOK_SECRET", COMMITTED_SECRET),
            ("BENCH_JWT_KEYS", JWT_KEYS),
            ("PUBLIC_BASE_URL", REALM),
        ];
        let ours = ours.map(|(name, value)| (name.to_owned(), value.to_owned()));
        self.world.env().into_iter().chain(ours).collect()
    }

    /// A request that nobody has seen yet, signed now. It takes microseconds and is the same for all.
    pub(super) fn event(&self, work: Work) -> Value {
        let number = self.next.get();
        self.next.set(number + 1);
        match work {
            Work::Ping => self.world.event(Ask::Ping),
            Work::Webhook => push(number),
            Work::Token => {
                let at = usize::try_from(number % PEOPLE).unwrap_or_default();
                who_am_i(number, self.tokens.get(at).map_or("", String::as_str))
            }
        }
    }
}

async fn sign_in(world: &World, user: UserId) -> Result<String> {
    let now = Clock::system().now();
    let first = RefreshToken::first(Rng::system())?;
    let who = SignedIn { user, username: "ada".to_owned(), mfa: false };
    let sign_in = SessionStore::new(world.db()).begin(&first, who, now).await?;
    let access = Access {
        user,
        username: sign_in.username,
        roles: vec![],
        id: format!("bench-{user}"),
        family: first.family(),
        epoch: sign_in.epoch,
        expires_at: now.checked_add(SignedDuration::from_hours(1))?,
    };
    Ok(access_token::sign(&access, &KeySet::parse(&Secret::new(JWT_KEYS))?, &Realm::new(REALM), now)?)
}

fn push(number: u64) -> Value {
    let body = json!({
        "ref": "refs/heads/main", "before": "6113728f27ae82c7b1a177c8d03f9e96e0adf246",
        "after": format!("{number:040x}"), "commits": [],
        "repository": { "id": 35_129_377, "full_name": "Codertocat/Hello-World" },
    })
    .to_string();
    let at = Clock::system().now().as_second();
    let signed = Sender::GitHub.headers(COMMITTED_SECRET, &format!("push-{number}"), at, body.as_bytes());
    let mut event = request(number, "POST", "/webhooks/github");
    event["headers"] = json!({ "content-type": "application/json", "user-agent": "GitHub-Hookshot/1", "x-github-event": "push" });
    for (name, value) in signed {
        event["headers"][name] = value.into();
    }
    event["body"] = body.into();
    event
}

fn who_am_i(number: u64, token: &str) -> Value {
    let mut event = request(number, "GET", "/api/v1/me");
    event["headers"] = json!({ "authorization": format!("Bearer {token}") });
    event
}

/// From another address each time: the address's limit is not what is measured.
fn request(number: u64, method: &str, path: &str) -> Value {
    json!({
        "version": "2.0", "rawPath": path, "rawQueryString": "", "isBase64Encoded": false, "headers": {},
        "requestContext": {
            "http": { "method": method, "path": path, "sourceIp": format!("198.51.100.{}", number % 250) },
            "requestId": format!("bench-{number}"),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_request_is_sent_twice() {
        let desk = Desk::start().await.unwrap();
        for work in [Work::Webhook, Work::Token] {
            assert_ne!(desk.event(work), desk.event(work), "{work:?}");
        }
        let (one, other) = (desk.event(Work::Webhook), desk.event(Work::Webhook));
        assert_ne!(one["headers"]["x-hub-signature-256"], other["headers"]["x-hub-signature-256"]);
    }

    #[tokio::test]
    async fn the_api_believes_the_tokens() {
        let desk = Desk::start().await.unwrap();
        let env = shared::env::Env::of(crate::api::environment(desk.world.aws()));
        let machine = api::Machine {
            sink: shared::telemetry::Sink::memory().0,
            clock: Clock::system(),
            rng: Rng::system(),
            patience: (),
        };
        let app = api::App::new(api::Config::from_env(&env).unwrap(), desk.world.sdk_config(), &machine);
        let answer = api::handle(&app, &desk.event(Work::Token)).await;
        let answer = json!({ "statusCode": answer.status(), "body": answer.body() });
        Work::Token.check(&answer).unwrap();
    }

    #[test]
    fn a_refusal_is_no_work_done() {
        for work in Work::ALL {
            assert!(work.check(&json!({ "statusCode": 401, "body": "" })).is_err(), "{work:?}");
        }
        assert!(Work::Webhook.check(&json!({ "statusCode": 204, "body": "" })).is_ok());
        assert!(Work::Token.check(&json!({ "statusCode": 200, "body": "{\"username\":\"ada\"}" })).is_ok());
    }
}
