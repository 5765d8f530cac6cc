//! A reply row as attributes.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::{StoreError, Table};
use super::reply::{DeferredReply, Purpose, ReplyKind};
use crate::ids::{ApplicationId, InteractionId, UserId};
use crate::security::secret::Secret;

pub(super) const CORRUPT: StoreError =
    StoreError::Corrupt { table: Table::Deferred.suffix(), what: "it does not read as a reply" };

/// Where a reply stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    /// Nobody answers yet.
    Open,
    /// Somebody is about to.
    Claimed,
    /// Somebody has.
    Ended,
}

impl State {
    pub(super) fn value(self) -> AttributeValue {
        let word = match self {
            Self::Open => "open",
            Self::Claimed => "claimed",
            Self::Ended => "ended",
        };
        AttributeValue::S(word.to_owned())
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct Row {
    tenant: String,
    sk: String,
    interaction_id: InteractionId,
    caller: UserId,
    purpose: Purpose,
    application_id: ApplicationId,
    /// A secret that the table has to hold; it goes when the reply ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_token: Option<String>,
    locale: String,
    reply_kind: String,
    support_id: String,
    reply_state: State,
    #[serde(default)]
    claim_number: u64,
    deadline_at: i64,
    expires_at: i64,
}

/// What each sort key begins with.
pub(super) const PREFIX: &str = "reply#";

pub(super) fn sort_key(interaction: InteractionId) -> String {
    format!("{PREFIX}{interaction}")
}

impl Row {
    pub(super) fn open(reply: &DeferredReply) -> Result<Self, StoreError> {
        let token = core::str::from_utf8(reply.token.expose()).map_err(|_| CORRUPT)?;
        Ok(Self {
            tenant: reply.tenant.clone(),
            sk: sort_key(reply.interaction),
            interaction_id: reply.interaction,
            caller: reply.caller,
            purpose: reply.purpose.clone(),
            application_id: reply.application,
            reply_token: Some(token.to_owned()),
            locale: reply.locale.clone(),
            reply_kind: reply.kind.as_str().to_owned(),
            support_id: reply.support_id.to_string(),
            reply_state: State::Open,
            claim_number: 0,
            deadline_at: reply.deadline_at.as_second(),
            expires_at: reply.expires_at.as_second(),
        })
    }

    pub(super) fn from_item(item: HashMap<String, AttributeValue>) -> Result<Self, StoreError> {
        serde_dynamo::from_item(item).map_err(|_| CORRUPT)
    }

    pub(super) fn into_item(self) -> Result<HashMap<String, AttributeValue>, StoreError> {
        serde_dynamo::to_item(self).map_err(|_| CORRUPT)
    }

    pub(super) fn into_reply(self) -> Result<DeferredReply, StoreError> {
        let at = |seconds| Timestamp::from_second(seconds).map_err(|_| CORRUPT);
        Ok(DeferredReply {
            tenant: self.tenant,
            interaction: self.interaction_id,
            caller: self.caller,
            purpose: self.purpose,
            application: self.application_id,
            token: Secret::new(self.reply_token.ok_or(CORRUPT)?),
            locale: self.locale,
            kind: kind(&self.reply_kind)?,
            support_id: self.support_id.parse().map_err(|_| CORRUPT)?,
            deadline_at: at(self.deadline_at)?,
            expires_at: at(self.expires_at)?,
        })
    }

    pub(super) const fn state(&self) -> State {
        self.reply_state
    }

    pub(super) const fn claim_number(&self) -> u64 {
        self.claim_number
    }

    /// TTL removes rows days late; a row past it is as good as gone.
    pub(super) fn is_alive(&self, now: Timestamp) -> bool {
        self.expires_at > now.as_second()
    }
}

fn kind(word: &str) -> Result<ReplyKind, StoreError> {
    [ReplyKind::Ephemeral, ReplyKind::Public].into_iter().find(|kind| kind.as_str() == word).ok_or(CORRUPT)
}
