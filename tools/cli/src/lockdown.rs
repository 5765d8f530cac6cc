//! `timmy lockdown` shuts the bot down to a level and `timmy resume` lets it run again (SPEC T33): the flag and its audit
//! row as `/admin lockdown` writes them, and then the order that makes the account follow. All levels are to be had here,
//! since whoever may write the tables from here may do all that they mean.
//!
//! While a local stack runs here, it is the one that is meant; else the AWS account that the environment names.

use anyhow::{Context as _, Result, anyhow, bail};
use aws_config::SdkConfig;
use jiff::Timestamp;
use security_alarms::{Account, rehearse};
use serde_json::{Value, json};
use shared::clock::{Clock, Rng};
use shared::domain::access::Reason;
use shared::domain::containment::{Act, Containment, InvalidMove, Level, RESUME_OPEN_FOR, Raised};
use shared::ids::UserId;
use shared::messages::{Control, Order};
use shared::queues::{ControlQueue, Delay};
use shared::secrets::AppSecrets;
use shared::security::audit::AuditEvent;
use shared::security::pseudonym::Pseudonyms;
use shared::store::Db;
use shared::store::audit::{AuditStore, CarryOutError};
use shared::store::flags::{FlagError, FlagStore, Move};
use shared::telemetry::{Sink, Telemetry};

use crate::local::session::Session;
use crate::say;
use crate::stack::Stack;

/// Shuts down.
#[derive(Debug, clap::Args)]
pub(crate) struct Lockdown {
    /// How far: 1 commands, 2 also schedules and queues, 3 also workers and jobs, 4 also every credential (no way back),
    /// 5 also the key of members' tokens.
    #[arg(value_parser = clap::value_parser!(u8).range(1..=5))]
    level: u8,
    /// Why; it stands in the flag.
    #[arg(long, required_unless_present = "dry")]
    reason: Option<String>,
    /// Only say what would be done.
    #[arg(long = "dry-run")]
    dry: bool,
    /// One line of JSON instead of words.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

/// Lets it run again.
#[derive(Debug, clap::Args)]
pub(crate) struct Resume {
    /// One line of JSON instead of words.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

/// Where, and in whose name.
#[derive(Debug, clap::Args)]
pub(crate) struct Place {
    /// The Discord user id of the operator who does it; on a local stack its operator's, unless it says another one.
    #[arg(long = "as")]
    who: Option<UserId>,
    #[command(flatten)]
    pub(crate) stack: Stack,
    /// The prefix of the deployment's secrets.
    #[arg(long, env = "SECRET_PREFIX", default_value = "/timmybot")]
    secret_prefix: String,
}

/// What became of it.
#[derive(Debug, PartialEq, Eq)]
enum Did {
    /// The flag was raised.
    Raised { before: Level, now: Level },
    /// Somebody asked to resume; another one has to confirm until then.
    Asked { level: Level, until: Timestamp },
    /// It was lifted.
    Resumed { before: Level },
    /// Nothing was done; these are the steps.
    Rehearsed { level: Level, steps: Vec<String> },
}

impl Lockdown {
    /// Does it, and says what became of it.
    pub(crate) async fn run(&self, now: Timestamp) -> Result<()> {
        let sdk = self.place.stack.sdk();
        tell(&self.on(&sdk, now).await?, self.json);
        Ok(())
    }

    async fn on(&self, sdk: &SdkConfig, now: Timestamp) -> Result<Did> {
        let level = Level::try_from(self.level)?;
        if self.dry {
            return self.place.rehearse(sdk, level, now).await;
        }
        let reason = self.reason.as_deref().context("a reason is needed")?;
        let reason: Reason = reason.parse().context("the reason")?;
        let door = self.place.door(sdk, now).await?;
        let moved = door.make("containment.raise", &Move::Raise(level, door.act, reason)).await?;
        Ok(Did::Raised { before: moved.level(), now: level })
    }
}

impl Resume {
    /// Asks, or confirms what somebody else has asked for, and says which.
    pub(crate) async fn run(&self, now: Timestamp) -> Result<()> {
        let sdk = self.place.stack.sdk();
        tell(&self.on(&sdk, now).await?, self.json);
        Ok(())
    }

    async fn on(&self, sdk: &SdkConfig, now: Timestamp) -> Result<Did> {
        let door = self.place.door(sdk, now).await?;
        let flag = door.flags.read().await?;
        if wants_confirmation(&flag, door.act) {
            let before = door.make("containment.resume", &Move::ConfirmResume(door.act)).await?;
            return Ok(Did::Resumed { before: before.level() });
        }
        let before = door.make("containment.request-resume", &Move::RequestResume(door.act)).await?;
        Ok(Did::Asked { level: before.level(), until: now.saturating_add(RESUME_OPEN_FOR)? })
    }
}

/// Whether somebody else has asked in time.
fn wants_confirmation(flag: &Containment, act: Act) -> bool {
    let asked = flag.raised().and_then(Raised::resume);
    asked.is_some_and(|asked| asked.by != act.by && act.at.duration_since(asked.at) < RESUME_OPEN_FOR)
}

/// What a move takes.
pub(crate) struct Door {
    flags: FlagStore,
    pub(crate) audit: AuditStore,
    pub(crate) names: Pseudonyms,
    pub(crate) control: ControlQueue,
    pub(crate) user: UserId,
    pub(crate) act: Act,
    pub(crate) rng: Rng,
}

impl Place {
    /// Opens it: the key of the pseudonyms, the trail and the queue of orders.
    pub(crate) async fn door(&self, sdk: &SdkConfig, now: Timestamp) -> Result<Door> {
        let user = self.user()?;
        let keys = AppSecrets::new(sdk).key_set(&format!("{}/log-key", self.secret_prefix), now).await;
        let keys =
            keys.context("the key of the pseudonyms: without it nobody could tell later who it was")?;
        let queue = aws_sdk_sqs::Client::new(sdk);
        let queue =
            queue.get_queue_url().queue_name(format!("{}-control", self.stack.table_prefix)).send().await;
        let url = queue.context("the queue of orders")?.queue_url.context("the queue of orders")?;
        let db = Db::new(shared::store::client(sdk), &self.stack.table_prefix);
        Ok(Door {
            flags: FlagStore::new(db.clone()),
            audit: AuditStore::new(db),
            names: Pseudonyms::from_key_set(&keys)?,
            control: ControlQueue::new(sdk, &url),
            user,
            act: Act { by: user.into(), at: now },
            rng: Rng::system(),
        })
    }

    fn user(&self) -> Result<UserId> {
        if let Some(user) = self.who {
            return Ok(user);
        }
        let Ok(session) = Session::load(&self.stack.data) else {
            bail!("say who does it: --as and the Discord user id of an operator");
        };
        Ok(session.users.operator.parse()?)
    }

    /// As if it had been typed, of no local stack.
    #[cfg(test)]
    pub(crate) fn of_tests(who: Option<UserId>) -> Self {
        let stack = Stack { table_prefix: "timmybot".to_owned(), data: "no such folder".into() };
        Self { who, stack, secret_prefix: "/timmybot".to_owned() }
    }

    async fn rehearse(&self, sdk: &SdkConfig, level: Level, now: Timestamp) -> Result<Did> {
        let prefix = &self.stack.table_prefix;
        let account = Account {
            table_prefix: prefix.clone(),
            secret_prefix: self.secret_prefix.clone(),
            cluster: Some(format!("{prefix}-voice")),
            token_key: Some(format!("alias/{prefix}-tokens")),
        };
        let log = Telemetry::new(Sink::memory().0, "timmy", Clock::system());
        let steps = rehearse(&account, sdk, level, &log, now).await;
        Ok(Did::Rehearsed { level, steps: steps.context("looking at what would be stopped")? })
    }
}

impl Door {
    /// Moves the flag together with its audit row, and gives the order to follow. The flag as it was.
    async fn make(&self, action: &'static str, wanted: &Move) -> Result<Containment> {
        let random = self.rng.bytes()?;
        let admin = self.names.admin(self.user);
        let event = AuditEvent::new(admin, action, "containment", "console", self.act.at, random);
        let plan = || async { self.flags.plan(wanted).await.map(|planned| (planned.change, planned.before)) };
        let before = self.audit.carry_out("operators", &event, self.rng, plan).await.map_err(why)?;
        self.ring().await?;
        Ok(before)
    }

    async fn ring(&self) -> Result<()> {
        let order = Control::new(Order::Contain { incident: None }, self.act.at);
        let sent = self.control.order(&order, Delay::NONE).await;
        sent.context(
            "the flag is moved and obeyed, but the order to follow it was not given: do it once more",
        )
    }
}

fn why(error: CarryOutError<FlagError>) -> anyhow::Error {
    match error {
        CarryOutError::Plan(FlagError::Move(InvalidMove::NotHigher)) => {
            anyhow!("it is at this level or above already; only `timmy resume` lowers it")
        }
        CarryOutError::Plan(other) => other.into(),
        CarryOutError::Contended => anyhow!("others keep moving the flag; look at it and try again"),
        CarryOutError::Store(error) => anyhow::Error::new(error).context("moving the flag"),
    }
}

fn tell(did: &Did, json: bool) {
    say::line(&if json { did.to_json().to_string() } else { did.words() });
}

impl Did {
    fn words(&self) -> String {
        let number = |level: &Level| level.number();
        match self {
            Self::Raised { before, now } => format!(
                "Locked down from level {} to {}. Two operators lift it: `timmy resume --as USER_ID`, each once.",
                number(before),
                number(now)
            ),
            Self::Asked { level, until } => format!(
                "Noted; it is still at level {}. Another operator has to do the same before {} UTC.",
                number(level),
                until.strftime("%H:%M:%S")
            ),
            Self::Resumed { before } => format!(
                "It runs again, from level {}. What was stopped goes on as it was before.{}",
                number(before),
                if *before >= Level::L4 {
                    " Sign-ins, API keys and secrets from before stay void."
                } else {
                    ""
                }
            ),
            Self::Rehearsed { level, steps } => {
                let head = format!("Level {} would raise the flag, which pauses commands", number(level));
                let also = if *level >= Level::L4 { ", end every sign-in and API key" } else { "" };
                let steps = steps.iter().map(|step| format!("\n- {step}")).collect::<Vec<_>>().concat();
                let then = if steps.is_empty() { " and nothing else." } else { ", and then:" };
                format!("{head}{also}{then}{steps}")
            }
        }
    }

    fn to_json(&self) -> Value {
        match self {
            Self::Raised { before, now } => json!({ "before": before.number(), "level": now.number() }),
            Self::Asked { level, until } => json!({ "level": level.number(), "confirm_until": until }),
            Self::Resumed { before } => json!({ "before": before.number(), "level": 0 }),
            Self::Rehearsed { level, steps } => {
                json!({ "dry_run": true, "level": level.number(), "steps": steps })
            }
        }
    }
}

#[cfg(test)]
#[path = "lockdown_tests.rs"]
mod tests;
