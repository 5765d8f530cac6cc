//! `timmy register`: tells Discord which commands there are, in all languages, and says first what that changes (SPEC P15).
//!
//! While a local stack runs here, it is the one that is meant; else the AWS account that the environment names, whose
//! secret has the bot's token. The token is read from there or from a pipe, never from the command line.

pub(crate) mod diff;
pub(crate) mod rest;

use std::io::{BufRead as _, IsTerminal as _};
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail, ensure};
use aws_sdk_secretsmanager::Client as Secrets;
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;
use serde_json::{Value, json};
use shared::discord::rest::ApiBase;
use shared::ids::GuildId;
use shared::security::secret::Secret;

use crate::local::session::{self, Session};
use crate::say;
pub(crate) use diff::{Change, diff};
use diff::{kept, name};
use rest::{Place, Rest};

/// What is only said of commands that all servers have.
const GLOBAL_ONLY: [&str; 2] = ["contexts", "integration_types"];

/// Where to, and how carefully.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct Register {
    /// Only on this server, for trying them out; else everywhere.
    #[arg(long, value_name = "ID")]
    guild: Option<GuildId>,
    /// Only say what would change.
    #[arg(long = "dry-run")]
    dry: bool,
    /// Delete commands without asking.
    #[arg(long)]
    yes: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Read the bot's token from the input instead of the deployment's secret.
    #[arg(long)]
    token_stdin: bool,
    /// Where Discord's REST API is.
    #[arg(long, env = "DISCORD_API_BASE_URL", value_name = "URL")]
    api: Option<String>,
    /// The prefix of the deployment's secrets.
    #[arg(long, env = "SECRET_PREFIX", default_value = "/timmybot")]
    secret_prefix: String,
    /// The data folder of a local stack.
    #[arg(long, default_value = ".timmy")]
    data: PathBuf,
}

impl Register {
    /// Does it, and says what changed.
    pub(crate) async fn run(&self) -> Result<()> {
        let token = if self.token_stdin { piped()? } else { self.stored().await? };
        let rest = Rest::new(&self.base(), &token)?;
        let done = self.register(&rest, &wanted()?, ask).await?;
        say::line(&if self.json { serde_json::to_string_pretty(&done.json())? } else { done.words() });
        Ok(())
    }

    /// Looks, asks, registers. `may_delete` is asked on behalf of a person, where there may be one.
    async fn register(
        &self,
        rest: &Rest,
        wanted: &[Value],
        may_delete: impl FnOnce(&[Change]) -> Result<bool>,
    ) -> Result<Done> {
        let place = Place {
            application: rest.application().await.context("asking Discord who the bot is")?,
            guild: self.guild.map(|guild| guild.to_string()),
        };
        let wanted = if self.guild.is_some() { for_a_guild(wanted) } else { wanted.to_vec() };
        let registered = rest.commands(&place).await.context("reading which commands are registered")?;
        let changes = diff(&wanted, &registered);
        let kept = kept(&wanted, &registered);
        let deletes = changes.iter().any(|change| matches!(change, Change::Delete { .. }));
        let acts = !self.dry && !changes.is_empty();
        if acts {
            if deletes && !self.yes {
                ensure!(!self.json, "commands would be deleted: look with --dry-run, then say --yes");
                ensure!(may_delete(&changes)?, "nothing was changed");
            }
            let body: Value = wanted.iter().chain(&kept).cloned().collect();
            let now = rest.overwrite(&place, &body).await.context("registering the commands")?;
            let left = diff(&wanted, &now);
            ensure!(left.is_empty(), "Discord registered something else:\n{}", lines(&left));
        }
        let kept = kept.iter().map(name).collect();
        Ok(Done { place, changes, kept, count: wanted.len(), changed: acts })
    }

    /// The local stack's Discord, the one that was named, or the real one.
    fn base(&self) -> String {
        let local = || {
            let session = Session::load(&self.data).ok()?;
            Some(format!("{}/api/v10", session.simulator.strip_suffix("/sim")?))
        };
        self.api.clone().or_else(local).unwrap_or_else(|| ApiBase::DISCORD.to_owned())
    }

    async fn stored(&self) -> Result<Secret> {
        let secrets = Secrets::new(&session::sdk(&self.data));
        stored(&secrets, &format!("{}/bot-token", self.secret_prefix)).await
    }
}

/// What became of it.
#[derive(Debug)]
struct Done {
    place: Place,
    changes: Vec<Change>,
    /// What is not ours and stays.
    kept: Vec<String>,
    /// How many commands are ours.
    count: usize,
    changed: bool,
}

impl Done {
    fn words(&self) -> String {
        let (count, application) = (self.count, &self.place.application);
        let place =
            self.place.guild.as_ref().map_or_else(|| "everywhere".to_owned(), |id| format!("on server {id}"));
        let mut said = Vec::new();
        if !self.changes.is_empty() {
            said.push(lines(&self.changes));
        }
        said.extend(self.kept.iter().map(|name| format!("  {name} (starts the Activity) stays")));
        said.push(match (self.changed, self.changes.is_empty()) {
            (true, _) => format!("Registered: application {application} has {count} commands {place}."),
            (false, true) => {
                format!("Nothing to do: application {application} has its {count} commands {place}.")
            }
            (false, false) => {
                format!("Nothing was changed. Without --dry-run, this is what happens {place}.")
            }
        });
        said.join("\n")
    }

    fn json(&self) -> Value {
        json!({
            "application": self.place.application,
            "guild": self.place.guild,
            "commands": self.count,
            "changed": self.changed,
            "changes": self.changes.iter().map(Change::json).collect::<Vec<_>>(),
            "kept": self.kept,
        })
    }
}

fn lines(changes: &[Change]) -> String {
    changes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// All commands of the bot.
pub(crate) fn wanted() -> Result<Vec<Value>> {
    match shared::discord::commands::registration_json()? {
        Value::Array(commands) => Ok(commands),
        _ => bail!("the registration is no list"),
    }
}

fn for_a_guild(commands: &[Value]) -> Vec<Value> {
    let mut commands = commands.to_vec();
    for fields in commands.iter_mut().filter_map(Value::as_object_mut) {
        fields.retain(|name, _| !GLOBAL_ONLY.contains(&name.as_str()));
    }
    commands
}

/// Asks whoever sits there; where nobody does, nothing is deleted.
fn ask(changes: &[Change]) -> Result<bool> {
    let stdin = std::io::stdin();
    ensure!(stdin.is_terminal(), "commands would be deleted: look with --dry-run, then say --yes");
    say::line(&lines(changes));
    say::line("Commands are deleted from Discord. Go on? [y/N]");
    let mut answer = String::new();
    stdin.lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

fn piped() -> Result<Secret> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    ensure!(!line.trim().is_empty(), "no token came through the input");
    Ok(Secret::new(line.trim()))
}

async fn stored(secrets: &Secrets, name: &str) -> Result<Secret> {
    let found = match secrets.get_secret_value().secret_id(name).send().await {
        Err(error)
            if error.as_service_error().is_some_and(GetSecretValueError::is_resource_not_found_exception) =>
        {
            None
        }
        answer => answer.with_context(|| format!("reading {name}"))?.secret_string,
    };
    let token = found.unwrap_or_default();
    ensure!(
        !token.trim().is_empty(),
        "there is no token in {name} yet: store it with ./timmy rotate bot-token"
    );
    Ok(Secret::new(token.trim()))
}

#[cfg(test)]
mod tests;
