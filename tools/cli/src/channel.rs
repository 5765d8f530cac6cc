//! `timmy channel`: who is told of incidents (SPEC T27). A channel is a secret of its own; addresses and keys are taken in
//! and never shown, but for a new signing key, which the receiver needs and which is shown once.
//!
//! While a local stack runs here, it is the one that is meant; else the AWS account that the environment names.

mod book;
mod made;

use std::io::BufRead as _;

use anyhow::{Context as _, Result, ensure};
use aws_config::SdkConfig;
use jiff::Timestamp;
use shared::clock::Rng;
use shared::domain::incident::{Label, Severity};
use shared::ids::ChannelId;
use shared::messages::{Control, Order};
use shared::queues::{ControlQueue, Delay};
use shared::security::alert_channel::{Plain, channel_name};
use shared::security::secret::Secret;

use crate::local::session::Session;
use crate::say;
use crate::stack::Stack;
use book::Book;
use made::Wanted;

/// What is done with channels.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Channel {
    /// Makes one, or gives one another address.
    Add(Add),
    /// Lists them: their kinds, what they hear of, whether they work.
    List(Place),
    /// Has a message sent to one.
    Test(Named),
    /// Takes one away.
    Remove(Named),
}

/// A new channel.
#[derive(Debug, clap::Args)]
pub(crate) struct Add {
    /// Its name: a-z, 0-9 and -.
    #[arg(value_parser = name)]
    name: Label,
    #[command(flatten)]
    to: To,
    /// The least urgent that it is told of, P0 to P3.
    #[arg(long, default_value = "P3", value_parser = severity)]
    from: Severity,
    /// Its messages have buttons: for a webhook of Discord's that the bot's application made.
    #[arg(long, conflicts_with_all = ["slack", "webhook"])]
    buttons: bool,
    #[command(flatten)]
    place: Place,
}

/// Where it leads. `-` reads the address from the standard input, so that it does not stand in the shell's history.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct To {
    /// An incoming webhook of Discord's, or -.
    #[arg(long, value_name = "URL")]
    discord: Option<String>,
    /// A channel of Discord's: the bot makes a webhook of its own there, whose messages have buttons.
    #[arg(long, value_name = "CHANNEL_ID")]
    discord_channel: Option<ChannelId>,
    /// An incoming webhook of Slack's, or -.
    #[arg(long, value_name = "URL")]
    slack: Option<String>,
    /// Any address, or -; it gets what `events/schemas/notice.json` says, signed by Standard Webhooks.
    #[arg(long, value_name = "URL")]
    webhook: Option<String>,
}

/// One that there is.
#[derive(Debug, clap::Args)]
pub(crate) struct Named {
    /// Its name.
    #[arg(value_parser = name)]
    name: Label,
    #[command(flatten)]
    place: Place,
}

/// Of which deployment.
#[derive(Debug, clap::Args)]
pub(crate) struct Place {
    #[command(flatten)]
    stack: Stack,
    /// The prefix of the deployment's secrets.
    #[arg(long, env = "SECRET_PREFIX", default_value = "/timmybot")]
    secret_prefix: String,
    /// One line of JSON instead of words.
    #[arg(long)]
    json: bool,
}

impl Channel {
    /// Does it, and says what it did.
    pub(crate) async fn run(&self, now: Timestamp) -> Result<()> {
        let place = match self {
            Self::Add(add) => &add.place,
            Self::List(place) => place,
            Self::Test(named) | Self::Remove(named) => &named.place,
        };
        let sdk = place.stack.sdk();
        let book = place.book(&sdk);
        let said = match self {
            Self::Add(add) => add.made(&book, &sdk).await?,
            Self::List(_) if place.json => {
                say::line(&serde_json::to_string(&book.states(now).await?)?);
                return Ok(());
            }
            Self::List(_) => book.listed(now).await?,
            Self::Test(named) => named.tested(&book, &sdk, now).await?,
            Self::Remove(named) => book.removed(&named.name).await?,
        };
        say::sentence(place.json, &said);
        Ok(())
    }
}

/// A channel of a local stack's own Discord; each start makes its webhook anew.
pub(crate) async fn seed(sdk: &SdkConfig, name: &str, url: Secret) -> Result<()> {
    let book = Book::new(sdk, "timmybot", "/timmybot", Plain::OnLoopback);
    let to = Wanted::Discord { url, buttons: true };
    book.add(&channel_name(name)?, to, Severity::P3, Rng::system()).await.map(drop)
}

impl Add {
    async fn made(&self, book: &Book, sdk: &SdkConfig) -> Result<String> {
        let wanted = match &self.to {
            To { discord: Some(url), .. } => Wanted::Discord { url: address(url)?, buttons: self.buttons },
            To { slack: Some(url), .. } => Wanted::Slack(address(url)?),
            To { webhook: Some(url), .. } => Wanted::Webhook(address(url)?),
            To { discord_channel: Some(channel), .. } => {
                let base = self.place.discord().as_deref().map(str::parse).transpose()?;
                let url = made::by_the_bot(sdk, &self.place.secret_prefix, base, *channel).await?;
                Wanted::Discord { url, buttons: true }
            }
            To { .. } => {
                anyhow::bail!("say where it leads: --discord, --discord-channel, --slack or --webhook")
            }
        };
        book.add(&self.name, wanted, self.from, Rng::system()).await
    }
}

impl Named {
    async fn tested(&self, book: &Book, sdk: &SdkConfig, now: Timestamp) -> Result<String> {
        book.must_have(&self.name).await?;
        let queue = format!("{}-control", self.place.stack.table_prefix);
        let found = aws_sdk_sqs::Client::new(sdk).get_queue_url().queue_name(&queue).send().await;
        let url = found.with_context(|| format!("looking for the queue {queue}"))?.queue_url;
        let control = ControlQueue::new(sdk, &url.context("the queue has no address")?);
        let order = Control::new(Order::Test { channel: self.name.clone() }, now);
        control.order(&order, Delay::NONE).await?;
        Ok(format!(
            "Asked. {} has a message within seconds; if not, `timmy channel list` says why.",
            self.name
        ))
    }
}

impl Place {
    fn book(&self, sdk: &SdkConfig) -> Book {
        let here = Session::load(&self.stack.data).is_ok();
        let plain = if here { Plain::OnLoopback } else { Plain::Never };
        Book::new(sdk, &self.stack.table_prefix, &self.secret_prefix, plain)
    }

    /// The local stack's Discord; `None`: Discord's own.
    fn discord(&self) -> Option<String> {
        let session = Session::load(&self.stack.data).ok()?;
        Some(format!("{}/api/v10", session.simulator.trim_end_matches("/sim")))
    }
}

/// An address as it was given, or the first line of the standard input.
fn address(given: &str) -> Result<Secret> {
    if given != "-" {
        return Ok(Secret::new(given));
    }
    let line =
        std::io::stdin().lock().lines().next().context("nothing was entered, so nothing was changed")??;
    ensure!(!line.trim().is_empty(), "nothing was entered, so nothing was changed");
    Ok(Secret::new(line.trim()))
}

fn name(text: &str) -> Result<Label, String> {
    channel_name(text).map_err(|error| error.to_string())
}

fn severity(text: &str) -> Result<Severity, String> {
    let found = Severity::ALL.into_iter().find(|severity| severity.as_str().eq_ignore_ascii_case(text));
    found.ok_or_else(|| "P0, P1, P2 or P3".to_owned())
}

#[cfg(test)]
#[path = "channel_tests.rs"]
mod tests;
