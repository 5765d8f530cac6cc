//! The channels of a deployment: their secrets, and how it stands with each.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client as Secrets;
use aws_sdk_secretsmanager::operation::create_secret::CreateSecretError;
use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretError;
use aws_sdk_secretsmanager::types::{Filter, FilterNameStringType};
use jiff::Timestamp;
use shared::clock::Rng;
use shared::domain::breaker::Gate;
use shared::domain::incident::{Label, Severity};
use shared::security::alert_channel::{AlertChannel, ChannelKind, Destination, Plain};
use shared::security::secret::Secret;
use shared::security::webhook::SigningKey;
use shared::store::Db;
use shared::store::alert_channels::{AlertChannelStore, ChannelState, SeenChannel};

use super::made::Wanted;

/// All of a deployment.
#[derive(Debug)]
pub(super) struct Book {
    secrets: Secrets,
    states: AlertChannelStore,
    /// What the names of their secrets begin with.
    prefix: String,
    plain: Plain,
}

impl Book {
    pub(super) fn new(sdk: &SdkConfig, table_prefix: &str, secret_prefix: &str, plain: Plain) -> Self {
        let db = Db::new(shared::store::client(sdk), table_prefix);
        let prefix = format!("{secret_prefix}/channels/");
        Self { secrets: Secrets::new(sdk), states: AlertChannelStore::new(db), prefix, plain }
    }

    /// Makes one, or gives it another address; what was done, without the address.
    pub(super) async fn add(&self, name: &Label, to: Wanted, from: Severity, rng: Rng) -> Result<String> {
        let key = match to.kind() {
            ChannelKind::Webhook => Some(SigningKey::new(rng)?),
            ChannelKind::Discord | ChannelKind::Slack => None,
        };
        let document = AlertChannel::document(to.kind(), to.url(), from, to.buttons(), key.as_ref())?;
        AlertChannel::parse(&document, self.plain)?;
        let is_new = self.put(name, &document).await?;
        let did = if is_new { "Made" } else { "Changed" };
        let mut said = format!("{did} {name}: {}.", described(to.kind(), to.buttons(), from));
        if let Some(key) = key {
            let text = key.to_text();
            let text = core::str::from_utf8(text.expose()).context("a key is text")?;
            said.push_str(
                "\nIts signing key, which the receiver checks with and which is not shown again:\n",
            );
            said.push_str(text);
        }
        Ok(said)
    }

    /// Takes one away, with what was known of it.
    pub(super) async fn removed(&self, name: &Label) -> Result<String> {
        self.must_have(name).await?;
        let secret = self.secret(name);
        // At once: whoever has the address may write there, so it should not lie about for a week.
        let gone = self.secrets.delete_secret().secret_id(&secret).force_delete_without_recovery(true).send();
        gone.await.with_context(|| format!("deleting {secret}"))?;
        self.states.forget(name).await?;
        Ok(format!("Removed {name}. It is told nothing within a minute."))
    }

    /// An error if there is none of that name.
    pub(super) async fn must_have(&self, name: &Label) -> Result<()> {
        match self.secrets.describe_secret().secret_id(self.secret(name)).send().await {
            Ok(found) if found.deleted_date().is_none() => Ok(()),
            Ok(_) => bail!("there is no channel {name}"),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(DescribeSecretError::is_resource_not_found_exception) =>
            {
                bail!("there is no channel {name}")
            }
            Err(error) => Err(error).context("looking for the channel"),
        }
    }

    /// All of them, a line each.
    pub(super) async fn listed(&self, now: Timestamp) -> Result<String> {
        let states = self.states(now).await?;
        if states.is_empty() {
            return Ok(
                "There is no channel: incidents reach whoever has subscribed to the topics, if anybody. \
                       `timmy channel add` makes one."
                    .to_owned(),
            );
        }
        let mut lines = vec!["channel          state".to_owned()];
        lines.extend(states.iter().map(|(name, state)| format!("{name:<16} {state}")));
        Ok(lines.join("\n"))
    }

    /// How it stands with each, in words, by name.
    pub(super) async fn states(&self, now: Timestamp) -> Result<BTreeMap<String, String>> {
        let (names, seen) = (self.names().await?, self.states.all(now).await?);
        let mut states = BTreeMap::new();
        for name in names {
            let state = self.line(&name, &seen, now).await?;
            states.insert(name.as_str().to_owned(), state);
        }
        Ok(states)
    }

    async fn line(
        &self,
        name: &Label,
        states: &BTreeMap<Label, SeenChannel>,
        now: Timestamp,
    ) -> Result<String> {
        let got = self.secrets.get_secret_value().secret_id(self.secret(name)).send().await;
        let got = got.with_context(|| format!("reading {name}"))?;
        let version = got.version_id.unwrap_or_default();
        let value = Secret::new(got.secret_string.unwrap_or_default());
        let Ok(channel) = AlertChannel::parse(&value, self.plain) else {
            return Ok("its secret is no channel: add it again".to_owned());
        };
        let buttons = matches!(channel.to, Destination::Discord { buttons: true, .. });
        let state = states.get(name).map(|seen| stands(&seen.state, &version, now));
        let state = state.unwrap_or_else(|| "works, as far as is known".to_owned());
        Ok(format!("{}: {state}", described(channel.kind(), buttons, channel.from)))
    }

    async fn names(&self) -> Result<Vec<Label>> {
        let filter = Filter::builder().key(FilterNameStringType::Name).values(&self.prefix).build();
        let mut pages = self.secrets.list_secrets().filters(filter).into_paginator().send();
        let mut names = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.context("listing the channels")?;
            let found =
                page.secret_list().iter().filter_map(|secret| secret.name()?.strip_prefix(&self.prefix));
            names.extend(found.filter_map(|name| name.parse().ok()));
        }
        names.sort();
        Ok(names)
    }

    /// Whether it is new.
    async fn put(&self, name: &Label, document: &Secret) -> Result<bool> {
        let secret = self.secret(name);
        let text = core::str::from_utf8(document.expose()).context("a channel is text")?;
        match self.secrets.create_secret().name(&secret).secret_string(text).send().await {
            Ok(_) => Ok(true),
            Err(error)
                if error.as_service_error().is_some_and(CreateSecretError::is_resource_exists_exception) =>
            {
                let put = self.secrets.put_secret_value().secret_id(&secret).secret_string(text).send().await;
                put.with_context(|| format!("storing {secret}"))?;
                Ok(false)
            }
            Err(error) => Err(error).with_context(|| format!("creating {secret}")),
        }
    }

    fn secret(&self, name: &Label) -> String {
        format!("{}{name}", self.prefix)
    }
}

fn described(kind: ChannelKind, buttons: bool, from: Severity) -> String {
    let buttons = if buttons { " with buttons" } else { "" };
    let heard = match from {
        Severity::P0 => "hears of P0".to_owned(),
        other => format!("hears of P0 to {other}"),
    };
    format!("{kind}{buttons}, {heard}")
}

/// How it stands, in words.
fn stands(state: &ChannelState, version: &str, now: Timestamp) -> String {
    if let Some(broken) = state.broken.as_ref().filter(|broken| broken.version == version) {
        let at = broken.at.strftime("%Y-%m-%d %H:%M UTC");
        return format!("good for nothing since {at} ({}): add it again with another address", broken.code);
    }
    match (state.breaker.gate(now), state.breaker.failures) {
        (Gate::Open(until), failures) => {
            let until = until.strftime("%H:%M:%S UTC");
            format!("left alone until {until} after {}", tries(failures))
        }
        (Gate::HalfOpen, failures) => {
            format!("tried once more with the next notice, after {}", tries(failures))
        }
        (Gate::Closed, 0) => "works".to_owned(),
        (Gate::Closed, failures) => format!("failed lately ({})", tries(failures)),
    }
}

fn tries(failures: u32) -> String {
    if failures == 1 { "1 try in vain".to_owned() } else { format!("{failures} tries in vain") }
}
