//! `timmy guild`: which servers may use the bot (SPEC P10, T15). The steps, the cap and the audit rows are those of
//! `/admin`; what differs is that whoever may write the tables from here says in whose name.
//!
//! While a local stack runs here, it is the one that is meant; else the AWS account that the environment names.

use anyhow::{Context as _, Result, anyhow};
use aws_config::SdkConfig;
use jiff::Timestamp;
use serde_json::{Value, json};
use shared::domain::access::{GuildAccess, InvalidTransition, Reason, Status, Step};
use shared::domain::queue::NOBODY;
use shared::ids::{GuildId, UserId};
use shared::security::audit::AuditEvent;
use shared::store::Db;
use shared::store::access::{AccessError, AccessStore, DEFAULT_CAP, Listed};
use shared::store::audit::CarryOutError;
use shared::store::rate_limits::RateLimitStore;

use crate::lockdown::Place;
use crate::say;

/// Those who wait come first.
const EVERYBODY: [Status; 4] = [Status::Pending, Status::Approved, Status::Denied, Status::Revoked];

/// What is done about servers.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Guild {
    /// Lets one in that has asked.
    Approve(Verdict),
    /// Refuses its request.
    Deny(Verdict),
    /// Takes its approval back.
    Revoke(Verdict),
    /// Lists them: those who wait first.
    List(List),
}

/// A decision about one.
#[derive(Debug, clap::Args)]
pub(crate) struct Verdict {
    /// Its Discord server id.
    guild: GuildId,
    /// Why; whoever reviews it later reads that.
    #[arg(long)]
    reason: Reason,
    /// How many may be approved at once: the deployment's `GuildCap`.
    #[arg(long, env = "GUILD_CAP", default_value_t = DEFAULT_CAP)]
    cap: u32,
    /// One line of JSON instead of words.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

/// Which are listed.
#[derive(Debug, clap::Args)]
pub(crate) struct List {
    /// Only those that stand so: pending, approved, denied or revoked.
    #[arg(long, value_parser = status)]
    status: Option<Status>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

/// Which decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Approve,
    Deny,
    Revoke,
}

impl Guild {
    /// Does it, and says what became of it.
    pub(crate) async fn run(&self, now: Timestamp) -> Result<()> {
        let (kind, verdict) = match self {
            Self::Approve(verdict) => (Kind::Approve, verdict),
            Self::Deny(verdict) => (Kind::Deny, verdict),
            Self::Revoke(verdict) => (Kind::Revoke, verdict),
            Self::List(list) => return list.run().await,
        };
        let sdk = verdict.place.stack.sdk();
        let after = verdict.on(&sdk, kind, now).await?;
        say::line(&if verdict.json {
            shown(verdict.guild, &after).to_string()
        } else {
            kind.said(verdict.guild)
        });
        Ok(())
    }
}

impl Verdict {
    /// Moves the guild together with its audit row. Where it stands then.
    async fn on(&self, sdk: &SdkConfig, kind: Kind, now: Timestamp) -> Result<GuildAccess> {
        let door = self.place.door(sdk, now).await?;
        let store = store(sdk, &self.place.stack.table_prefix, self.cap);
        let step = kind.step(door.user, self.reason.clone());
        let (admin, id) = (door.names.admin(door.user), door.names.guild(self.guild));
        let event = AuditEvent::new(admin, kind.action(), "guild", "console", now, door.rng.bytes()?);
        let event = event.resource_id(id);
        let plan = || async {
            let planned = store.plan(self.guild, &step, now).await?;
            Ok::<_, AccessError>((planned.change, planned.after))
        };
        door.audit.carry_out(self.guild, &event, door.rng, plan).await.map_err(|error| self.why(error))
    }

    fn why(&self, error: CarryOutError<AccessError>) -> anyhow::Error {
        match error {
            CarryOutError::Plan(AccessError::Transition(InvalidTransition::NeverRequested)) => {
                let guild = self.guild;
                anyhow!("{guild} has never asked: somebody who manages it has to use /admin request there")
            }
            CarryOutError::Plan(AccessError::Transition(InvalidTransition::NotPending)) => {
                anyhow!(
                    "there is no open request of {}: `timmy guild list` shows where it stands",
                    self.guild
                )
            }
            CarryOutError::Plan(AccessError::CapReached { cap }) => {
                anyhow!(
                    "{cap} servers are approved, which is the cap: revoke one, or deploy with a higher GuildCap"
                )
            }
            CarryOutError::Plan(other) => other.into(),
            CarryOutError::Contended => anyhow!("others keep deciding about it; look at it and try again"),
            CarryOutError::Store(error) => anyhow::Error::new(error).context("writing the decision"),
        }
    }
}

impl Kind {
    /// The same word in the trail as that of `/admin`.
    const fn action(self) -> &'static str {
        match self {
            Self::Approve => "guild.approve",
            Self::Deny => "guild.deny",
            Self::Revoke => "guild.revoke",
        }
    }

    fn step(self, by: UserId, reason: Reason) -> Step {
        match self {
            Self::Approve => Step::Approve { by, reason },
            Self::Deny => Step::Deny { by, reason },
            Self::Revoke => Step::Revoke { by, reason },
        }
    }

    fn said(self, guild: GuildId) -> String {
        match self {
            Self::Approve => format!("{guild} may use the bot, within a minute."),
            Self::Deny => format!("{guild} is refused; it may ask again in a day."),
            Self::Revoke => format!("{guild} may not use the bot any more, within a minute."),
        }
    }
}

impl List {
    async fn run(&self) -> Result<()> {
        let sdk = self.place.stack.sdk();
        say::line(&self.said(&self.on(&sdk).await?)?);
        Ok(())
    }

    async fn on(&self, sdk: &SdkConfig) -> Result<Vec<Listed>> {
        let store = store(sdk, &self.place.stack.table_prefix, DEFAULT_CAP);
        let mut all = Vec::new();
        for status in self.status.as_ref().map_or(&EVERYBODY[..], core::slice::from_ref) {
            let mut from = None;
            loop {
                let page = store.list(*status, from).await.context("listing the servers")?;
                all.extend(page.guilds);
                from = page.next;
                if from.is_none() {
                    break;
                }
            }
        }
        Ok(all)
    }

    fn said(&self, all: &[Listed]) -> Result<String> {
        if self.json {
            let all: Vec<_> = all.iter().map(|listed| shown(listed.guild, &listed.access)).collect();
            return Ok(serde_json::to_string_pretty(&all)?);
        }
        Ok(match (all, self.status) {
            ([], Some(status)) => format!("No server is {status}."),
            ([], None) => {
                "No server has asked yet: whoever manages one uses /admin request there.".to_owned()
            }
            _ => all.iter().map(line).collect::<Vec<_>>().join("\n"),
        })
    }
}

fn store(sdk: &SdkConfig, prefix: &str, cap: u32) -> AccessStore {
    let db = Db::new(shared::store::client(sdk), prefix);
    AccessStore::new(db.clone(), RateLimitStore::new(db), cap)
}

fn status(text: &str) -> Result<Status, String> {
    text.parse().map_err(|_| "pending, approved, denied or revoked".to_owned())
}

/// A line about one. A reason holds nothing that a terminal would obey: its type has seen to that.
fn line(listed: &Listed) -> String {
    let access = &listed.access;
    let since = access.changed_at().strftime("%Y-%m-%d");
    let status = format!("{}{}", access.status(), if access.premium() { " (premium)" } else { "" });
    let why = access.decided().filter(|_| access.status() != Status::Pending);
    let why = why.map(|decision| format!(": {}", decision.reason.as_str()));
    format!("{:<20} {status:<18} since {since}{}", listed.guild.to_string(), why.unwrap_or_default())
}

/// The same names as the API's.
fn shown(guild: GuildId, access: &GuildAccess) -> Value {
    let somebody = |user: UserId| (user != NOBODY).then(|| user.to_string());
    let (requested, decided) = (access.requested(), access.decided());
    json!({
        "guild": guild.to_string(),
        "status": access.status().as_str(),
        "premium": access.premium(),
        "requested_by": somebody(requested.by),
        "requested_at": requested.at,
        "decided_by": decided.and_then(|decision| somebody(decision.by)),
        "decided_at": decided.map(|decision| decision.at),
        "reason": decided.map(|decision| decision.reason.as_str()),
    })
}

#[cfg(test)]
#[path = "guild_tests.rs"]
mod tests;
