//! Sign-ins of people at the API, in `sessions` (SPEC W9, W10): a family of refresh tokens each, how often somebody has
//! signed out everywhere, and the access tokens that were given back before their time. Only hashes are stored.
//!
//! A family's row is changed on the condition that its current token still is the one that was judged: of two that
//! refresh at once one rotates, and the other reads again and repeats the first one's answer.

mod row;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use jiff::Timestamp;

use self::row::{EpochRow, FamilyRow, denied_key, epoch_key, family_key};
use super::change::TRIES;
use super::condition::held;
use super::item::{Item, from_item, is_live, number, text, to_item};
use super::{Db, StoreError, Table, cutoff};
use crate::ids::UserId;
use crate::security::access_token::{Access, LEEWAY};
use crate::security::key_set::KeySet;
use crate::security::refresh_token::{Family, RefreshToken, Verdict, judge};
use crate::store::sign_ins::SignedIn;

const NEW: &str = "attribute_not_exists(sk)";
const ROTATE: &str = "SET #current = :next, #last = :current, used_at = :used";
const STILL_CURRENT: &str = "#current = :current AND attribute_not_exists(revoked)";
const REVOKE: &str = "SET revoked = :true";
const THERE: &str = "attribute_exists(sk)";
const COUNT: &str = "ADD epoch :one";

/// Whose sign-in it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// The Discord user.
    pub user: UserId,
    /// Their name, to show.
    pub username: String,
    /// Whether Discord asked them for a second factor (SPEC W3).
    pub mfa: bool,
    /// How often they had signed out everywhere when it began.
    pub epoch: u64,
}

/// What became of a refresh token that was presented.
#[derive(Clone, Debug)]
pub enum Refreshed {
    /// Give these two.
    Granted {
        /// Whose sign-in it is.
        sign_in: SignIn,
        /// The token that is good from now on.
        next: RefreshToken,
    },
    /// It was spent: its sign-in is over now, and its owner should know.
    Reused {
        /// Whose sign-in it was.
        user: UserId,
    },
    /// There is no such sign-in, or it is over.
    Over,
}

/// The sign-ins of all users. Cheap to clone.
#[derive(Clone, Debug)]
pub struct SessionStore {
    db: Db,
}

impl SessionStore {
    /// Over the tables of `db`.
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// Begins a sign-in with its first refresh token.
    pub async fn begin(
        &self,
        token: &RefreshToken,
        who: SignedIn,
        now: Timestamp,
    ) -> Result<SignIn, StoreError> {
        let epoch = self.epoch(who.user).await?;
        let sign_in = SignIn { user: who.user, username: who.username, mfa: who.mfa, epoch };
        let row = FamilyRow::new(&token.family(), &sign_in, &token.begin(now));
        let call = self.db.client().put_item().table_name(self.db.table(Table::Sessions));
        let sent =
            call.set_item(Some(to_item(Table::Sessions, &row)?)).condition_expression(NEW).send().await;
        // The same call once more: 128 bits do not meet twice.
        held(sent, "sessions.begin").map(|_| sign_in)
    }

    /// Takes a refresh token, and gives the next one. `keys` are those that sign access tokens.
    pub async fn refresh(
        &self,
        presented: &RefreshToken,
        keys: &KeySet,
        now: Timestamp,
    ) -> Result<Refreshed, StoreError> {
        let name = presented.family();
        for _ in 0..TRIES {
            let Some(row) = self.family(&name, now).await? else { return Ok(Refreshed::Over) };
            let sign_in = row.sign_in();
            let (epoch, cutoff) = tokio::join!(self.epoch(sign_in.user), self.cutoff());
            let is_before = cutoff?.is_some_and(|cutoff| row.began() <= cutoff);
            if row.revoked || is_before || epoch? != sign_in.epoch {
                return Ok(Refreshed::Over);
            }
            match judge(presented, &row.family()?, keys, now) {
                Verdict::Over => return Ok(Refreshed::Over),
                Verdict::Repeat { next } => return Ok(Refreshed::Granted { sign_in, next }),
                Verdict::Reused => {
                    self.end(&name).await?;
                    return Ok(Refreshed::Reused { user: sign_in.user });
                }
                Verdict::Rotate { next, family } => {
                    if self.rotate(&name, &family, now).await? {
                        return Ok(Refreshed::Granted { sign_in, next });
                    }
                }
            }
        }
        Err(StoreError::Contended { operation: "sessions.refresh" })
    }

    /// Ends a sign-in: its refresh tokens and its access tokens are over. One that is not there is over already.
    pub async fn end(&self, family: &str) -> Result<(), StoreError> {
        let call = self.db.client().update_item().table_name(self.db.table(Table::Sessions));
        let sent = call
            .set_key(Some(family_key(family)))
            .update_expression(REVOKE)
            .condition_expression(THERE)
            .expression_attribute_values(":true", AttributeValue::Bool(true))
            .send()
            .await;
        held(sent, "sessions.end").map(drop)
    }

    /// Ends every sign-in of a user: what was given before counts no more.
    pub async fn end_all(&self, user: UserId) -> Result<(), StoreError> {
        let call = self.db.client().update_item().table_name(self.db.table(Table::Sessions));
        let sent = call
            .set_key(Some(epoch_key(user)))
            .update_expression(COUNT)
            .expression_attribute_values(":one", number(1))
            .send()
            .await;
        sent.map(drop).map_err(|error| StoreError::unavailable("sessions.end_all", &error))
    }

    /// Gives one access token back before its time. It is remembered until nobody takes it for fresh.
    pub async fn deny(&self, access: &Access) -> Result<(), StoreError> {
        let until = access.expires_at.saturating_add(LEEWAY).unwrap_or(Timestamp::MAX);
        let call = self.db.client().put_item().table_name(self.db.table(Table::Sessions));
        let mut item = denied_key(&access.id);
        item.insert("expires_at".to_owned(), number(until.as_second().saturating_add(1)));
        let sent = call.set_item(Some(item)).send().await;
        sent.map(drop).map_err(|error| StoreError::unavailable("sessions.deny", &error))
    }

    /// The sign-in behind an access token that its signature vouches for; `None`: the token counts no more. One strongly
    /// consistent call; when it fails nobody knows, and the caller refuses (SPEC W1).
    pub async fn standing(&self, access: &Access, now: Timestamp) -> Result<Option<SignIn>, StoreError> {
        let keys = [
            family_key(&access.family),
            epoch_key(access.user),
            denied_key(&access.id),
            cutoff::key(Table::Sessions),
        ];
        let wanted = KeysAndAttributes::builder().set_keys(Some(keys.to_vec())).consistent_read(true).build();
        let wanted = wanted.map_err(|_| corrupt("a read is incomplete"))?;
        let table = self.db.table(Table::Sessions);
        let sent = self
            .db
            .client()
            .batch_get_item()
            .set_request_items(Some(HashMap::from([(table.clone(), wanted)])))
            .send()
            .await;
        let output = sent.map_err(|error| StoreError::unavailable("sessions.counts", &error))?;
        if output.unprocessed_keys.is_some_and(|left| !left.is_empty()) {
            return Err(StoreError::Unavailable {
                operation: "sessions.counts",
                code: "unprocessed".to_owned(),
            });
        }
        let rows = output.responses.and_then(|mut all| all.remove(&table)).unwrap_or_default();
        let mut found: [Option<Item>; 4] = [None, None, None, None];
        for row in rows {
            let at = keys.iter().position(|key| key.iter().all(|(name, value)| row.get(name) == Some(value)));
            if let Some(slot) = at.and_then(|at| found.get_mut(at)) {
                *slot = Some(row);
            }
        }
        let [family, epoch, denied, cutoff] = found;
        let cutoff = cutoff::of(Table::Sessions, cutoff.as_ref())?;
        let Some(family) =
            family.map(|row| from_item::<FamilyRow>(Table::Sessions, "family", row)).transpose()?
        else {
            return Ok(None);
        };
        let epoch = epoch.map(|row| from_item::<EpochRow>(Table::Sessions, "epoch", row)).transpose()?;
        let epoch = epoch.map_or(0, |row| row.epoch);
        let is_before = cutoff.is_some_and(|cutoff| family.began() <= cutoff);
        let standing =
            !family.revoked && !is_before && is_live(family.expires_at, now) && family.user == access.user;
        Ok((standing && denied.is_none() && epoch == access.epoch).then(|| family.sign_in()))
    }

    /// Since when sign-ins count.
    async fn cutoff(&self) -> Result<Option<Timestamp>, StoreError> {
        let row = self.db.get(Table::Sessions, cutoff::key(Table::Sessions), "sessions.cutoff").await?;
        cutoff::of(Table::Sessions, row.as_ref())
    }

    async fn epoch(&self, user: UserId) -> Result<u64, StoreError> {
        let row = self.db.get(Table::Sessions, epoch_key(user), "sessions.epoch").await?;
        let row = row.map(|row| from_item::<EpochRow>(Table::Sessions, "epoch", row)).transpose()?;
        Ok(row.map_or(0, |row| row.epoch))
    }

    async fn family(&self, name: &str, now: Timestamp) -> Result<Option<FamilyRow>, StoreError> {
        let row = self.db.get(Table::Sessions, family_key(name), "sessions.family").await?;
        let row = row.map(|row| from_item::<FamilyRow>(Table::Sessions, "family", row)).transpose()?;
        Ok(row.filter(|row| is_live(row.expires_at, now)))
    }

    /// `false`: somebody else was first.
    async fn rotate(&self, name: &str, next: &Family, now: Timestamp) -> Result<bool, StoreError> {
        let Some((used, _)) = &next.last else { return Err(corrupt("a rotation without a token")) };
        let call = self.db.client().update_item().table_name(self.db.table(Table::Sessions));
        let sent = call
            .set_key(Some(family_key(name)))
            .update_expression(ROTATE)
            .condition_expression(STILL_CURRENT)
            .expression_attribute_names("#current", "current")
            .expression_attribute_names("#last", "last")
            .expression_attribute_values(":next", text(next.current.as_str()))
            .expression_attribute_values(":current", text(used.as_str()))
            .expression_attribute_values(":used", text(now.to_string()))
            .send()
            .await;
        Ok(held(sent, "sessions.rotate")?.is_some())
    }
}

const fn corrupt(what: &'static str) -> StoreError {
    StoreError::Corrupt { table: Table::Sessions.suffix(), what }
}
