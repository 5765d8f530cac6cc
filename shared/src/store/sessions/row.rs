//! The rows of `sessions`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{SignIn, corrupt};
use crate::ids::UserId;
use crate::security::refresh_token::{Family, LIFE};
use crate::store::StoreError;
use crate::store::item::{Item, text};

const FAMILY: &str = "family";
const EPOCH: &str = "epoch";
const DENIED: &str = "denied";

/// One sign-in.
#[derive(Serialize, Deserialize)]
pub(super) struct FamilyRow {
    owner: String,
    sk: String,
    pub(super) user: UserId,
    username: String,
    #[serde(default)]
    mfa: bool,
    epoch: u64,
    current: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    used_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub(super) revoked: bool,
    ends_at: Timestamp,
    pub(super) expires_at: i64,
}

/// How often a user has signed out everywhere.
#[derive(Deserialize)]
pub(super) struct EpochRow {
    pub(super) epoch: u64,
}

impl FamilyRow {
    pub(super) fn new(name: &str, sign_in: &SignIn, family: &Family) -> Self {
        Self {
            owner: owner_of(FAMILY, name),
            sk: FAMILY.to_owned(),
            user: sign_in.user,
            username: sign_in.username.clone(),
            mfa: sign_in.mfa,
            epoch: sign_in.epoch,
            current: family.current.as_str().to_owned(),
            last: None,
            used_at: None,
            revoked: false,
            ends_at: family.ends_at,
            expires_at: family.ends_at.as_second(),
        }
    }

    pub(super) fn sign_in(&self) -> SignIn {
        SignIn { user: self.user, username: self.username.clone(), mfa: self.mfa, epoch: self.epoch }
    }

    /// When it began: every family lives equally long.
    pub(super) fn began(&self) -> Timestamp {
        self.ends_at.saturating_sub(LIFE).unwrap_or(Timestamp::MIN)
    }

    pub(super) fn family(&self) -> Result<Family, StoreError> {
        let digest = |text: &str| text.parse().map_err(|_| corrupt("a family's token is no digest"));
        let last = match (&self.last, self.used_at) {
            (Some(last), Some(used_at)) => Some((digest(last)?, used_at)),
            (None, None) => None,
            _ => return Err(corrupt("half of a family's last token")),
        };
        Ok(Family { current: digest(&self.current)?, last, ends_at: self.ends_at })
    }
}

pub(super) fn family_key(name: &str) -> Item {
    key(FAMILY, name)
}

pub(super) fn epoch_key(user: UserId) -> Item {
    key(EPOCH, &user.to_string())
}

pub(super) fn denied_key(id: &str) -> Item {
    key(DENIED, id)
}

fn key(kind: &str, id: &str) -> Item {
    Item::from([("owner".to_owned(), text(owner_of(kind, id))), ("sk".to_owned(), text(kind))])
}

fn owner_of(kind: &str, id: &str) -> String {
    format!("{kind}#{id}")
}
