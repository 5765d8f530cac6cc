//! Which channels there are: a secret each, below `{prefix}/channels/`. Kept for a minute; when the service fails, what was
//! known goes on.

use core::time::Duration;
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::types::{Filter, FilterNameStringType};
use futures_util::future::join_all;
use jiff::Timestamp;
use shared::aws_code::code;
use shared::domain::incident::Label;
use shared::secrets::{FETCH_LIMIT, RETRY_AFTER};
use shared::security::alert_channel::{AlertChannel, Plain, channel_name};
use shared::security::secret::Secret;
use shared::telemetry::Telemetry;

/// How long the list is used.
const FRESH_FOR: Duration = Duration::from_mins(1);
/// Whoever has more channels than pages of a hundred has made them by accident.
const PAGES_MAX: usize = 3;

/// A channel, or a secret that should be one.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// Its name.
    pub(super) name: Label,
    /// Which version of its secret it is.
    pub(super) version: String,
    /// Where it leads.
    pub(super) channel: Result<AlertChannel, Unusable>,
}

/// Why a secret is no channel now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unusable {
    /// The service would not give it to us this time.
    Unread,
    /// It says something else.
    Malformed,
}

/// How old a list may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Age {
    /// A minute.
    Kept,
    /// It is asked for anew.
    New,
}

#[derive(Clone, Debug)]
struct Page {
    known: Arc<Vec<Known>>,
    until: Timestamp,
}

/// The channels of a deployment.
#[derive(Debug)]
pub(super) struct Book {
    client: Client,
    prefix: String,
    plain: Plain,
    kept: Mutex<Option<Page>>,
}

impl Book {
    /// Those whose secrets are below `{prefix}/channels/`.
    pub(super) fn new(sdk: &SdkConfig, prefix: &str, plain: Plain) -> Self {
        let prefix = format!("{prefix}/channels/");
        Self { client: Client::new(sdk), prefix, plain, kept: Mutex::default() }
    }

    /// All of them. The error is a code; there is one only if nothing was ever known.
    pub(super) async fn channels(
        &self,
        age: Age,
        log: &Telemetry,
        now: Timestamp,
    ) -> Result<Arc<Vec<Known>>, String> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(page) = kept.as_ref().filter(|page| age == Age::Kept && now < page.until) {
            return Ok(Arc::clone(&page.known));
        }
        let before = kept.map(|page| page.known);
        match self.read(before.as_deref(), log).await {
            Ok(known) => {
                let whole = known.iter().all(|one| !matches!(one.channel, Err(Unusable::Unread)));
                let known = Arc::new(known);
                self.keep(&known, if whole { FRESH_FOR } else { RETRY_AFTER }, now);
                Ok(known)
            }
            Err(code) => {
                log.fault("channels.list", &code);
                let before = before.ok_or(code)?;
                self.keep(&before, RETRY_AFTER, now);
                Ok(before)
            }
        }
    }

    fn keep(&self, known: &Arc<Vec<Known>>, life: Duration, now: Timestamp) {
        let page = Page { known: Arc::clone(known), until: now.saturating_add(life).unwrap_or(now) };
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(page);
    }

    async fn read(&self, before: Option<&Vec<Known>>, log: &Telemetry) -> Result<Vec<Known>, String> {
        let names = self.names(log).await?;
        let read = names.into_iter().map(|name| async {
            let read = self.one(name, log).await;
            // What could be read a minute ago is better than nothing.
            let earlier = || before?.iter().find(|one| one.name == read.name).cloned();
            match read.channel {
                Err(Unusable::Unread) => earlier().unwrap_or(read),
                _ => read,
            }
        });
        Ok(join_all(read).await)
    }

    async fn names(&self, log: &Telemetry) -> Result<Vec<Label>, String> {
        let filter = Filter::builder().key(FilterNameStringType::Name).values(&self.prefix).build();
        let (mut names, mut token) = (Vec::new(), None);
        for _ in 0..PAGES_MAX {
            let list = self.client.list_secrets().filters(filter.clone()).max_results(100);
            let page = tokio::time::timeout(FETCH_LIMIT, list.set_next_token(token).send()).await;
            let page = page.map_err(|_| "timeout".to_owned())?.map_err(|error| code(&error))?;
            for secret in page.secret_list() {
                let name = secret.name().and_then(|name| name.strip_prefix(&self.prefix));
                match name.map(channel_name) {
                    Some(Ok(name)) => names.push(name),
                    Some(Err(_)) => log.fault("channels.name", "malformed"),
                    // The filter is by the beginning of any word of a name.
                    None => {}
                }
            }
            token = page.next_token;
            if token.is_none() {
                return Ok(names);
            }
        }
        Err("too_many".to_owned())
    }

    async fn one(&self, name: Label, log: &Telemetry) -> Known {
        let get = self.client.get_secret_value().secret_id(format!("{}{name}", self.prefix));
        let unread = |code: &str| {
            log.fault("channels.secret", code);
            Err(Unusable::Unread)
        };
        let got = match tokio::time::timeout(FETCH_LIMIT, get.version_stage("AWSCURRENT").send()).await {
            Ok(Ok(got)) => got,
            Ok(Err(error)) => return Known { name, version: String::new(), channel: unread(&code(&error)) },
            Err(_) => return Known { name, version: String::new(), channel: unread("timeout") },
        };
        let value = Secret::new(got.secret_string.unwrap_or_default());
        let channel = AlertChannel::parse(&value, self.plain).map_err(|_| Unusable::Malformed);
        Known { name, version: got.version_id.unwrap_or_default(), channel }
    }
}
