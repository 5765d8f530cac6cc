//! How it stands with each channel of the alarms, in `incidents` (SPEC T27). Keys `scope` = `channel`, `sk` = its name.
//!
//! A row says whom to leave alone for a while, and which messages still have buttons. It is a help and no truth: without it
//! everybody is told all the same.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::incident_rows::{self, corrupt, key};
use super::item::{Item, from_item, is_live, to_item};
use super::{Db, StoreError, Table};
use crate::domain::breaker::Breaker;
use crate::domain::incident::{IncidentId, Kind, Label};
use crate::ids::MessageId;

/// A row lives so long after its last change.
const LIFE: SignedDuration = SignedDuration::from_hours(90 * 24);
/// How often a change is made again from a new reading.
const TRIES: u32 = 6;
const SCOPE: &str = "channel";

/// The most messages that are remembered; of more, the oldest keep their buttons.
pub const CARDS: usize = 20;

/// How it stands with a channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelState {
    /// Whether it is left alone for a while.
    pub breaker: Breaker,
    /// Whether it is good for nothing.
    pub broken: Option<Broken>,
    /// The last message about each incident, oldest first.
    pub cards: Vec<PostedCard>,
}

/// Why a channel is good for nothing until somebody puts another address into its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Broken {
    /// What it answered, as a code of ours.
    pub code: String,
    /// Which version of its secret that was.
    pub version: String,
    /// When.
    pub at: Timestamp,
}

/// A message that was posted about an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostedCard {
    /// About which.
    pub incident: IncidentId,
    /// Which of its notices.
    pub number: u64,
    /// Why.
    pub kind: Kind,
    /// The message.
    pub message: MessageId,
}

/// A state, and what its row was when it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeenChannel {
    /// How it stands.
    pub state: ChannelState,
    /// 0: there is no row.
    rev: u64,
}

#[derive(Serialize, Deserialize)]
struct Row {
    scope: String,
    sk: String,
    rev: u64,
    failures: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<i64>,
    trying: bool,
    /// JSON: it is read by nobody but us, and whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    broken: Option<String>,
    /// JSON, likewise.
    cards: String,
    expires_at: i64,
}

impl ChannelState {
    /// Whether it is good for nothing with this version of its secret.
    pub fn is_broken(&self, version: &str) -> bool {
        self.broken.as_ref().is_some_and(|broken| broken.version == version)
    }

    /// The last message about an incident.
    pub fn card(&self, incident: IncidentId) -> Option<PostedCard> {
        self.cards.iter().find(|card| card.incident == incident).copied()
    }

    /// With this as the last message about its incident. What is older than what is known changes nothing.
    #[must_use]
    pub fn with(mut self, card: PostedCard) -> Self {
        if self.card(card.incident).is_some_and(|known| known.number >= card.number) {
            return self;
        }
        self.cards.retain(|known| known.incident != card.incident);
        self.cards.push(card);
        let over = self.cards.len().saturating_sub(CARDS);
        self.cards.drain(..over);
        self
    }
}

/// The states of all channels. Cheap to clone.
#[derive(Clone, Debug)]
pub struct AlertChannelStore {
    db: Db,
}

impl AlertChannelStore {
    /// Over the tables of `db`.
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// All that have a row. One query; nobody has more than a page of channels.
    pub async fn all(&self, now: Timestamp) -> Result<BTreeMap<Label, SeenChannel>, StoreError> {
        let sent = incident_rows::of_scope(&self.db, SCOPE).send().await;
        let output = sent.map_err(|error| StoreError::unavailable("channels.all", &error))?;
        let rows = output.items.unwrap_or_default().into_iter();
        rows.map(|item| read(item, now)).collect()
    }

    /// Changes how it stands with one, again from a new reading when somebody else was first. `next` says what becomes of
    /// it, or `None` where it stays as it is; so does the answer.
    pub async fn change(
        &self,
        name: &Label,
        seen: SeenChannel,
        now: Timestamp,
        next: impl Fn(ChannelState) -> Option<ChannelState>,
    ) -> Result<Option<SeenChannel>, StoreError> {
        let mut seen = seen;
        for _ in 0..TRIES {
            let Some(state) = next(seen.state) else { return Ok(None) };
            if let Some(saved) = self.save(name, seen.rev, state, now).await? {
                return Ok(Some(saved));
            }
            seen = self.one(name, now).await?;
        }
        Err(StoreError::Contended { operation: "channels.change" })
    }

    /// How it stands with one.
    pub async fn one(&self, name: &Label, now: Timestamp) -> Result<SeenChannel, StoreError> {
        let item = self.db.get(Table::Incidents, key(SCOPE, name.as_str()), "channels.one").await?;
        item.map_or_else(|| Ok(SeenChannel::default()), |item| Ok(read(item, now)?.1))
    }

    /// Forgets one that is no more.
    pub async fn forget(&self, name: &Label) -> Result<(), StoreError> {
        let call = self.db.client().delete_item().table_name(self.db.table(Table::Incidents));
        let sent = call.set_key(Some(key(SCOPE, name.as_str()))).send().await;
        sent.map(drop).map_err(|error| StoreError::unavailable("channels.forget", &error))
    }

    async fn save(
        &self,
        name: &Label,
        seen: u64,
        state: ChannelState,
        now: Timestamp,
    ) -> Result<Option<SeenChannel>, StoreError> {
        let rev = seen.saturating_add(1);
        let item = to_item(Table::Incidents, &row(name, rev, &state, now)?)?;
        let written = incident_rows::put(&self.db, item, seen, "channels.save").await?;
        Ok(written.then_some(SeenChannel { state, rev }))
    }
}

fn row(name: &Label, rev: u64, state: &ChannelState, now: Timestamp) -> Result<Row, StoreError> {
    let json = |_| corrupt("a row does not serialise");
    Ok(Row {
        scope: SCOPE.to_owned(),
        sk: name.as_str().to_owned(),
        rev,
        failures: state.breaker.failures,
        until: state.breaker.until.map(Timestamp::as_millisecond),
        trying: state.breaker.trying,
        broken: state.broken.as_ref().map(serde_json::to_string).transpose().map_err(json)?,
        cards: serde_json::to_string(&state.cards).map_err(json)?,
        expires_at: now.saturating_add(LIFE).unwrap_or(Timestamp::MAX).as_second(),
    })
}

/// What a row says; nothing if its time is over, though it is still there to be written over.
fn read(item: Item, now: Timestamp) -> Result<(Label, SeenChannel), StoreError> {
    let row: Row = from_item(Table::Incidents, "channel", item)?;
    let name = row.sk.parse().map_err(|_| corrupt("channel name"))?;
    if !is_live(row.expires_at, now) {
        return Ok((name, SeenChannel { state: ChannelState::default(), rev: row.rev }));
    }
    let until = row.until.map(Timestamp::from_millisecond).transpose().map_err(|_| corrupt("until"))?;
    let broken = row.broken.as_deref().map(serde_json::from_str).transpose();
    let state = ChannelState {
        breaker: Breaker { failures: row.failures, until, trying: row.trying },
        broken: broken.map_err(|_| corrupt("broken"))?,
        cards: serde_json::from_str(&row.cards).map_err(|_| corrupt("cards"))?,
    };
    Ok((name, SeenChannel { state, rev: row.rev }))
}

#[cfg(test)]
#[path = "alert_channels_tests.rs"]
mod tests;
