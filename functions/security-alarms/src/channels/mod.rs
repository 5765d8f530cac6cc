//! Who is told, one file a kind of channel (SPEC T27). All are told at once; one that is down holds nobody back.
//!
//! A channel is a secret of its own. What it cannot take now is told later, by an order each; what it will never take is
//! told to the others as an incident about the alarms themselves. After a try whose outcome nobody knows a channel may hear
//! the same twice: of an alarm, twice is better than never.

mod book;
mod checked_dns;
mod discord;
mod facts;
mod http;
mod reach;
mod slack;
#[cfg(test)]
mod tests;
mod topic;
mod webhook;

use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::Arc;

use aws_config::SdkConfig;
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use shared::discord::rest::ApiBase;
use shared::domain::incident::{Label, Notice, Severity};
use shared::messages::{Control, Order};
use shared::queues::{ControlQueue, Delay};
use shared::secrets::AppSecrets;
use shared::security::alert_channel::{EVERYBODY, Plain, TOPIC_PREFIX};
use shared::store::Db;
use shared::store::alert_channels::{AlertChannelStore, SeenChannel};
use shared::telemetry::Telemetry;

use self::book::{Age, Book, Known};
use self::facts::Facts;
pub(crate) use self::http::NoClient;
use self::http::Sender;
use self::reach::Reach;
use crate::app::Machine;
use crate::config::Config;

/// How long a channel may take.
const LIMIT: Duration = Duration::from_secs(5);
/// How long until who was not reached through a list that we could not read is told again.
const AGAIN: SignedDuration = SignedDuration::from_secs(10);

/// Everybody who is told.
#[derive(Debug)]
pub(crate) struct FanOut {
    book: Book,
    states: AlertChannelStore,
    topics: BTreeMap<Severity, String>,
    sns: aws_sdk_sns::Client,
    sender: Sender,
    base: ApiBase,
    control: ControlQueue,
    secrets: AppSecrets,
    custom_id_secret: String,
    runbooks: String,
    limit: Duration,
}

/// What came of telling everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// How many were told.
    pub(crate) told: u32,
    /// Who is to be told later, each by [`FanOut::deliver`]. Who will never be told is not among them.
    pub(crate) failed: Vec<Label>,
}

/// Why a channel was not told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DeliverError {
    /// It may be told later.
    #[error("not now: {code}")]
    Later {
        /// Why, as a code.
        code: String,
        /// Not before, if somebody said so.
        not_before: Option<Timestamp>,
    },
    /// No other try will do: it refuses this, it is good for nothing, or it is no more.
    #[error("never: {code}")]
    Never {
        /// Why, as a code.
        code: String,
    },
}

impl DeliverError {
    fn later(code: &str, not_before: Option<Timestamp>) -> Self {
        Self::Later { code: code.to_owned(), not_before }
    }

    fn never(code: &str) -> Self {
        Self::Never { code: code.to_owned() }
    }
}

impl FanOut {
    /// With this configuration, these AWS settings and this machine, whose patience makes the limit shorter.
    pub(crate) fn new(config: &Config, sdk: &SdkConfig, machine: &Machine) -> Result<Self, NoClient> {
        let plain = if config.allow_http { Plain::OnLoopback } else { Plain::Never };
        let limit = LIMIT.min(machine.patience.total);
        let topics = config.severity_topics.iter().map(|topic| (topic.severity, topic.arn.clone()));
        Ok(Self {
            book: Book::new(sdk, &config.secret_prefix, plain),
            states: AlertChannelStore::new(Db::new(shared::store::client(sdk), &config.table_prefix)),
            topics: topics.collect(),
            sns: aws_sdk_sns::Client::new(sdk),
            sender: Sender::new(config.public.as_str(), plain, limit)?,
            base: config.api_base.clone(),
            control: ControlQueue::new(sdk, &config.control_queue),
            secrets: AppSecrets::new(sdk),
            custom_id_secret: config.custom_id_secret.clone(),
            runbooks: config.runbooks.clone(),
            limit,
        })
    }

    /// Tells everybody who hears of what is so urgent, all at once.
    pub(crate) async fn tell(&self, notice: &Notice, log: &Telemetry, now: Timestamp) -> Told {
        let facts = Facts::new(notice, &self.runbooks);
        let channels = Box::pin(self.tell_channels(&facts, log, now));
        let (channels, topic) = tokio::join!(channels, self.tell_topic(notice.severity(), &facts, log));
        let mut told = Told::default();
        // Nobody knows who they are: all of them later.
        let channels =
            channels.unwrap_or_else(|_| everybody().map(|all| (all, unlisted())).into_iter().collect());
        for (name, outcome) in channels.into_iter().chain(topic) {
            match outcome {
                Ok(()) => told.told = told.told.saturating_add(1),
                Err(DeliverError::Later { .. }) => told.failed.push(name),
                Err(DeliverError::Never { .. }) => {}
            }
        }
        told
    }

    /// Tells one of those who were not told, whatever it usually hears of.
    pub(crate) async fn deliver(
        &self,
        channel: &Label,
        notice: &Notice,
        log: &Telemetry,
        now: Timestamp,
    ) -> Result<(), DeliverError> {
        let facts = Facts::new(notice, &self.runbooks);
        if channel.as_str() == EVERYBODY {
            return self.deliver_to_all(&facts, log, now).await;
        }
        if let Some(severity) = topic_severity(channel) {
            let outcome = self.tell_topic(severity, &facts, log).await;
            return outcome.map_or_else(|| Err(DeliverError::never("no_such_topic")), |(_, outcome)| outcome);
        }
        let known = self.known(channel, &facts, log, now).await?;
        let known = known.ok_or_else(|| DeliverError::never("no_such_channel"))?;
        let seen = self.states.one(channel, now).await;
        let seen = seen.inspect_err(|error| log.fault(error.operation(), error.code())).unwrap_or_default();
        Box::pin(Reach { fan_out: self, known: &known, facts: &facts, log, now }.tell(seen)).await
    }

    /// A channel by its name; one that was just made, or is being tested, is looked up anew.
    async fn known(
        &self,
        channel: &Label,
        facts: &Facts<'_>,
        log: &Telemetry,
        now: Timestamp,
    ) -> Result<Option<Known>, DeliverError> {
        let find = |all: &[Known]| all.iter().find(|known| known.name == *channel).cloned();
        let age = if facts.is_real() { Age::Kept } else { Age::New };
        let all = self.book.channels(age, log, now).await.map_err(|code| DeliverError::later(&code, None))?;
        if let Some(known) = find(&all) {
            return Ok(Some(known));
        }
        let all = self.book.channels(Age::New, log, now).await;
        Ok(find(&all.map_err(|code| DeliverError::later(&code, None))?))
    }

    async fn deliver_to_all(
        &self,
        facts: &Facts<'_>,
        log: &Telemetry,
        now: Timestamp,
    ) -> Result<(), DeliverError> {
        let outcomes = Box::pin(self.tell_channels(facts, log, now)).await?;
        let again = now.checked_add(AGAIN).unwrap_or(now);
        for (channel, outcome) in outcomes {
            if !matches!(outcome, Err(DeliverError::Later { .. })) {
                continue;
            }
            let notice = Box::new(facts.notice().clone());
            let order = Control::new(Order::Deliver { channel, notice, attempt: 1 }, now);
            let sent = self.control.order(&order, Delay::until(again, now)).await;
            // Then all are told again, and some hear it twice.
            sent.map_err(|error| DeliverError::later(error.code(), None))?;
        }
        Ok(())
    }

    async fn tell_channels(
        &self,
        facts: &Facts<'_>,
        log: &Telemetry,
        now: Timestamp,
    ) -> Result<Vec<(Label, Result<(), DeliverError>)>, DeliverError> {
        let (all, states) = tokio::join!(self.book.channels(Age::Kept, log, now), self.states.all(now));
        let all: Arc<Vec<Known>> = all.map_err(|code| DeliverError::later(&code, None))?;
        let states = states.inspect_err(|error| log.fault(error.operation(), error.code()));
        let mut states: BTreeMap<Label, SeenChannel> = states.unwrap_or_default();
        let severity = facts.notice().severity();
        // A secret that does not read is told of; who knows from when on it would have heard.
        let hears = |known: &&Known| known.channel.as_ref().map_or(true, |channel| channel.hears(severity));
        let each = all.iter().filter(hears).map(|known| {
            let seen = states.remove(&known.name).unwrap_or_default();
            let reach = Reach { fan_out: self, known, facts, log, now };
            async move { (known.name.clone(), reach.tell(seen).await) }
        });
        Ok(join_all(each.collect::<Vec<_>>()).await)
    }

    /// The topic of a severity, if there is one.
    async fn tell_topic(
        &self,
        severity: Severity,
        facts: &Facts<'_>,
        log: &Telemetry,
    ) -> Option<(Label, Result<(), DeliverError>)> {
        let arn = self.topics.get(&severity)?;
        let name = topic_name(severity)?;
        let sent = topic::publish(&self.sns, arn, facts, self.limit).await;
        let outcome = sent.map_err(|error| {
            log.fault("channel.topic", error.code());
            DeliverError::later(error.code(), None)
        });
        Some((name, outcome))
    }
}

/// Always one: the constant is a label.
fn everybody() -> Option<Label> {
    EVERYBODY.parse().ok()
}

fn unlisted() -> Result<(), DeliverError> {
    Err(DeliverError::later("unlisted", None))
}

/// What a topic is called where channels are named.
fn topic_name(severity: Severity) -> Option<Label> {
    format!("{TOPIC_PREFIX}{}", severity.as_str().to_ascii_lowercase()).parse().ok()
}

fn topic_severity(name: &Label) -> Option<Severity> {
    Severity::ALL.into_iter().find(|severity| topic_name(*severity).as_ref() == Some(name))
}
