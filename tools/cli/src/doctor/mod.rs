//! `timmy doctor` looks at everything that could be wrong with this machine and with a deployment, and says each thing that
//! it finds together with its mend (SPEC P15). It only reads. Each check is a file: a gatherer, and a pure judge of what was
//! seen.
//!
//! While a local stack runs here, it is the one that is meant; else the AWS account that the environment names.

mod ages;
mod commands;
mod config;
mod containment;
mod credentials;
mod dead_letters;
mod deployment;
mod discord;
mod endpoint;
mod finding;
mod identify;
mod leases;
mod report;
mod toolchain;

use std::time::Duration;

use anyhow::{Result, bail};
use futures_util::future::join_all;
use jiff::Timestamp;
use shared::env::Env;

use self::deployment::{Deployment, Place};
use self::finding::Finding;
use self::report::{Checked, Report, State};
use crate::say;
use crate::stack::Stack;

/// How long a check may take: each call has its own limit, and this one holds if a call has none.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is looked at, and where.
#[derive(Debug, clap::Args)]
pub(crate) struct Doctor {
    /// Look at this alone (can be repeated).
    #[arg(long, value_name = "CHECK")]
    only: Vec<Check>,
    /// Leave this out (can be repeated).
    #[arg(long, value_name = "CHECK")]
    skip: Vec<Check>,
    /// One line of JSON instead of words.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    stack: Stack,
    /// The prefix of the deployment's secrets.
    #[arg(long, env = "SECRET_PREFIX", default_value = "/timmybot")]
    secret_prefix: String,
}

/// One thing that is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Check {
    /// What builds, tests and deploys the bot.
    Toolchain,
    /// Whether AWS lets us in, and with what.
    Credentials,
    /// What the functions are told.
    Config,
    /// The address that Discord speaks to.
    Endpoint,
    /// The commands at Discord.
    Commands,
    /// How old credentials are.
    Ages,
    /// How often the bot may still log in.
    Identify,
    /// Who holds the shards.
    Leases,
    /// What could not be done.
    DeadLetters,
    /// Whether the bot is paused.
    Containment,
}

impl Doctor {
    /// Looks, and says what it saw. An error if something is broken, for the exit code.
    pub(crate) async fn run(&self, now: Timestamp) -> Result<()> {
        let place = Place::find(&self.stack.data, &Env::of_process());
        let name = place.name(&self.stack.data, &self.stack.table_prefix);
        let prefixes = [self.stack.table_prefix.as_str(), self.secret_prefix.as_str()];
        let deployment = Deployment::at(place, &self.stack.data, prefixes, now);
        let checks = join_all(self.chosen().map(|check| check.checked(&deployment))).await;
        let report = Report { place: name, checks };
        say::answer(self.json, &report.words(), &serde_json::to_value(&report)?);
        match report.count(State::Broken) {
            0 => Ok(()),
            1 => bail!("1 check found something broken"),
            many => bail!("{many} checks found something broken"),
        }
    }

    fn chosen(&self) -> impl Iterator<Item = Check> {
        let wanted =
            |check: &Check| (self.only.is_empty() || self.only.contains(check)) && !self.skip.contains(check);
        Check::ALL.into_iter().filter(wanted)
    }
}

impl Check {
    /// All of them, in the order in which they are told.
    const ALL: [Self; 10] = [
        Self::Toolchain,
        Self::Credentials,
        Self::Config,
        Self::Endpoint,
        Self::Commands,
        Self::Ages,
        Self::Identify,
        Self::Leases,
        Self::DeadLetters,
        Self::Containment,
    ];

    /// Its name on the command line.
    const fn name(self) -> &'static str {
        match self {
            Self::Toolchain => "toolchain",
            Self::Credentials => "credentials",
            Self::Config => "config",
            Self::Endpoint => "endpoint",
            Self::Commands => "commands",
            Self::Ages => "ages",
            Self::Identify => "identify",
            Self::Leases => "leases",
            Self::DeadLetters => "dead-letters",
            Self::Containment => "containment",
        }
    }

    /// What it looks at.
    const fn what(self) -> &'static str {
        match self {
            Self::Toolchain => "what builds, tests and deploys the bot",
            Self::Credentials => "whether AWS lets you in, and with what",
            Self::Config => "what the functions are told, and the application at Discord",
            Self::Endpoint => "the address that Discord speaks to refuses what Discord did not sign",
            Self::Commands => "the commands at Discord are the bot's",
            Self::Ages => "how old keys and tokens are",
            Self::Identify => "how often the bot may still log in to Discord today",
            Self::Leases => "who holds the shards, and who waits",
            Self::DeadLetters => "what could not be done and lies in a queue",
            Self::Containment => "whether the bot is paused",
        }
    }

    /// Whether there has to be a deployment. The one that says how to come to one needs none.
    const fn needs_deployment(self) -> bool {
        !matches!(self, Self::Toolchain | Self::Credentials)
    }

    async fn checked(self, deployment: &Deployment) -> Checked {
        let is_nowhere = matches!(deployment.place, Place::Nowhere(_));
        let found = if is_nowhere && self.needs_deployment() {
            None
        } else {
            Some(self.in_time(self.look(deployment)).await)
        };
        Checked::new(self.name(), self.what(), found)
    }

    /// What was found, or that it took too long.
    async fn in_time(self, looking: impl Future<Output = Vec<Finding>>) -> Vec<Finding> {
        tokio::time::timeout(PATIENCE, looking).await.unwrap_or_else(|_| {
            vec![Finding::broken(
                format!("it did not end within {} seconds", PATIENCE.as_secs()),
                format!("what it asks does not answer; once more: timmy doctor --only {}", self.name()),
            )]
        })
    }

    async fn look(self, deployment: &Deployment) -> Vec<Finding> {
        match self {
            Self::Toolchain => toolchain::look().await,
            Self::Credentials => Box::pin(credentials::look(deployment)).await,
            Self::Config => Box::pin(config::look(deployment)).await,
            Self::Endpoint => Box::pin(endpoint::look(deployment)).await,
            Self::Commands => Box::pin(commands::look(deployment)).await,
            Self::Ages => Box::pin(ages::look(deployment)).await,
            Self::Identify => Box::pin(identify::look(deployment)).await,
            Self::Leases => Box::pin(leases::look(deployment)).await,
            Self::DeadLetters => Box::pin(dead_letters::look(deployment)).await,
            Self::Containment => Box::pin(containment::look(deployment)).await,
        }
    }
}

#[cfg(test)]
mod tests;
