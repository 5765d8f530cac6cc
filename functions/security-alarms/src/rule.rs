//! The rule of `EventBridge` that wakes us every minute while anything is open, and never otherwise.

use core::time::Duration;
use std::sync::{Mutex, PoisonError};

use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::config::Builder;
use jiff::{SignedDuration, Timestamp};
use shared::aws_code::code;

use crate::not_done::NotDone;

/// How long one attempt may take, and all of them.
const ATTEMPT: Duration = Duration::from_secs(3);
const OPERATION: Duration = Duration::from_secs(8);
/// How long we rely on having turned it on ourselves, so that a storm is few calls.
const RELIED_ON: SignedDuration = SignedDuration::from_mins(1);

/// The rule (`INCIDENT_RULE`). Turning it on or off any number of times is the same as once.
#[derive(Debug)]
pub(crate) struct TickRule {
    client: Client,
    name: String,
    turned_on: Mutex<Option<Timestamp>>,
}

impl TickRule {
    /// The rule of this name.
    pub(crate) fn new(sdk: &SdkConfig, name: &str) -> Self {
        let timeouts =
            TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT).operation_timeout(OPERATION).build();
        let config = Builder::from(sdk).timeout_config(timeouts).build();
        Self { client: Client::from_conf(config), name: name.to_owned(), turned_on: Mutex::new(None) }
    }

    /// From now on we are woken.
    pub(crate) async fn turn_on(&self, now: Timestamp) -> Result<(), NotDone> {
        self.remember(Some(now));
        self.call(now).await
    }

    /// The same, unless we have just done it.
    pub(crate) async fn keep_on(&self, now: Timestamp) -> Result<(), NotDone> {
        if self.is_relied_on(now) { Ok(()) } else { self.call(now).await }
    }

    /// From now on we are not. Look again afterwards whether that is still right.
    pub(crate) async fn turn_off(&self) -> Result<(), NotDone> {
        self.remember(None);
        let sent = self.client.disable_rule().name(&self.name).send().await;
        sent.map(drop).map_err(|error| NotDone::new("rule.disable", &code(&error)))
    }

    async fn call(&self, now: Timestamp) -> Result<(), NotDone> {
        let sent = self.client.enable_rule().name(&self.name).send().await;
        self.remember(sent.is_ok().then_some(now));
        sent.map(drop).map_err(|error| NotDone::new("rule.enable", &code(&error)))
    }

    /// Whether we have done it lately, or somebody of us is just doing it; if not, whoever asks does it.
    fn is_relied_on(&self, now: Timestamp) -> bool {
        let mut turned_on = self.turned_on.lock().unwrap_or_else(PoisonError::into_inner);
        let lately = |at: Timestamp| now.duration_since(at).abs() < RELIED_ON;
        let relied_on = turned_on.is_some_and(lately);
        if !relied_on {
            *turned_on = Some(now);
        }
        relied_on
    }

    fn remember(&self, at: Option<Timestamp>) {
        *self.turned_on.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }
}
