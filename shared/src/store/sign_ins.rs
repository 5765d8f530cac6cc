//! Signing in at the API, on its way (SPEC W9): a state that Discord brings back, in `account-links`; then a code that is
//! good for a minute, once, and only for whoever began, in `sessions`. Only digests are stored.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::condition::held;
use super::item::{Item, from_item, is_live, text, to_item};
use super::{Db, StoreError, Table};
use crate::ids::UserId;
use crate::security::oauth::callback::LIFE;
use crate::security::oauth::one_time::Digest;

/// How long a code is good.
pub const CODE_LIFE: SignedDuration = SignedDuration::from_secs(60);
const NEW: &str = "attribute_not_exists(sk)";
const THERE: &str = "attribute_exists(sk)";
/// Of whoever began, and in its minute; who has no proof must not use it up.
const OWN: &str = "bound = :bound AND expires_at > :now";
const SIGN_IN: &str = "sign_in";
const CODE: &str = "code";

/// A sign-in that Discord was asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningIn {
    /// The browser that began.
    pub browser: Digest,
    /// What redeems the code later: the digest of that browser's cookie, or of a secret that only a terminal knows.
    pub bound: Digest,
    /// When it began.
    pub at: Timestamp,
}

/// Who signs in, as Discord says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The Discord user.
    pub user: UserId,
    /// Their name, to show. Untrusted.
    pub username: String,
    /// Whether Discord asks them for a second factor (SPEC W3).
    pub mfa: bool,
}

#[derive(Serialize, Deserialize)]
struct StateRow {
    owner: String,
    sk: String,
    browser: String,
    bound: String,
    at: Timestamp,
    expires_at: i64,
}

#[derive(Serialize, Deserialize)]
struct CodeRow {
    owner: String,
    sk: String,
    user: UserId,
    username: String,
    mfa: bool,
    bound: String,
    expires_at: i64,
}

/// The sign-ins of everybody. Cheap to clone.
#[derive(Clone, Debug)]
pub struct SignInStore {
    db: Db,
}

impl SignInStore {
    /// Over the tables of `db`.
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// From now on `state` stands for this sign-in.
    pub async fn begin(&self, state: &Digest, begun: &SigningIn) -> Result<(), StoreError> {
        let end = begun.at.saturating_add(LIFE).unwrap_or(Timestamp::MAX);
        let row = StateRow {
            owner: owner(SIGN_IN, state),
            sk: SIGN_IN.to_owned(),
            browser: begun.browser.as_str().to_owned(),
            bound: begun.bound.as_str().to_owned(),
            at: begun.at,
            expires_at: end.as_second(),
        };
        let put = self.db.client().put_item().table_name(self.db.table(Table::AccountLinks));
        let sent =
            put.set_item(Some(to_item(Table::AccountLinks, &row)?)).condition_expression(NEW).send().await;
        // The same request once more: 256 bits do not meet twice.
        held(sent, "sign_ins.begin").map(drop)
    }

    /// The sign-in that a state stands for. Looking does not use it: a stranger's browser must not end it.
    pub async fn asked(&self, state: &Digest, now: Timestamp) -> Result<Option<SigningIn>, StoreError> {
        let item = self.db.get(Table::AccountLinks, key(SIGN_IN, state), "sign_ins.asked").await?;
        let Some(item) = item else { return Ok(None) };
        let row: StateRow = from_item(Table::AccountLinks, SIGN_IN, item)?;
        if !is_live(row.expires_at, now) {
            return Ok(None);
        }
        let corrupt =
            |_| StoreError::Corrupt { table: Table::AccountLinks.suffix(), what: "a sign-in has no digest" };
        let browser = row.browser.parse().map_err(corrupt)?;
        Ok(Some(SigningIn { browser, bound: row.bound.parse().map_err(corrupt)?, at: row.at }))
    }

    /// Uses a state. `false`: it was used before.
    pub async fn finish(&self, state: &Digest) -> Result<bool, StoreError> {
        let call = self.db.client().delete_item().table_name(self.db.table(Table::AccountLinks));
        let sent = call.set_key(Some(key(SIGN_IN, state))).condition_expression(THERE).send().await;
        Ok(held(sent, "sign_ins.finish")?.is_some())
    }

    /// From now on, for a minute, `code` stands for whoever has signed in.
    pub async fn give(
        &self,
        code: &Digest,
        who: &SignedIn,
        bound: &Digest,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let end = now.saturating_add(CODE_LIFE).unwrap_or(Timestamp::MAX);
        let row = CodeRow {
            owner: owner(CODE, code),
            sk: CODE.to_owned(),
            user: who.user,
            username: who.username.clone(),
            mfa: who.mfa,
            bound: bound.as_str().to_owned(),
            expires_at: end.as_second(),
        };
        let put = self.db.client().put_item().table_name(self.db.table(Table::Sessions));
        let sent = put.set_item(Some(to_item(Table::Sessions, &row)?)).condition_expression(NEW).send().await;
        held(sent, "sign_ins.give").map(drop)
    }

    /// Uses a code, for whoever holds what it is bound to; anybody else finds nothing and uses nothing up.
    pub async fn redeem(
        &self,
        code: &Digest,
        bound: &Digest,
        now: Timestamp,
    ) -> Result<Option<SignedIn>, StoreError> {
        let call = self.db.client().delete_item().table_name(self.db.table(Table::Sessions));
        let sent = call
            .set_key(Some(key(CODE, code)))
            .condition_expression(OWN)
            .expression_attribute_values(":bound", text(bound.as_str()))
            .expression_attribute_values(":now", super::item::number(now.as_second()))
            .return_values(aws_sdk_dynamodb::types::ReturnValue::AllOld)
            .send()
            .await;
        let Some(output) = held(sent, "sign_ins.redeem")? else { return Ok(None) };
        let Some(item) = output.attributes else { return Ok(None) };
        let row: CodeRow = from_item(Table::Sessions, CODE, item)?;
        Ok(Some(SignedIn { user: row.user, username: row.username, mfa: row.mfa }))
    }
}

fn owner(kind: &str, digest: &Digest) -> String {
    format!("{kind}#{}", digest.as_str())
}

fn key(kind: &str, digest: &Digest) -> Item {
    Item::from([("owner".to_owned(), text(owner(kind, digest))), ("sk".to_owned(), text(kind))])
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use testkit::{Aws, Fault};

    use super::*;
    use crate::clock::Rng;
    use crate::security::oauth::one_time::OneTime;

    fn now() -> Timestamp {
        "2026-01-02T03:04:05Z".parse().unwrap()
    }

    fn digest(seed: u64) -> Digest {
        OneTime::new(Rng::fixed(seed)).unwrap().digest()
    }

    fn store(aws: &Aws) -> SignInStore {
        SignInStore::new(Db::new(aws.dynamodb(), aws.prefix()))
    }

    fn begun() -> SigningIn {
        SigningIn { browser: digest(3), bound: digest(4), at: now() }
    }

    fn ada() -> SignedIn {
        SignedIn { user: UserId::new(5001), username: "ada".into(), mfa: true }
    }

    #[tokio::test]
    async fn a_state_is_used_once_and_for_ten_minutes() {
        let aws = Aws::start().await;
        let store = store(&aws);
        store.begin(&digest(1), &begun()).await.unwrap();
        assert_eq!(store.asked(&digest(1), now() + 9.minutes()).await, Ok(Some(begun())));
        assert_eq!(store.asked(&digest(1), now() + 10.minutes()).await, Ok(None));
        assert_eq!([store.finish(&digest(1)).await, store.finish(&digest(1)).await], [Ok(true), Ok(false)]);
        assert_eq!(store.asked(&digest(1), now()).await, Ok(None));
    }

    #[tokio::test]
    async fn a_code_is_redeemed_once_by_whoever_began_and_within_a_minute() {
        let aws = Aws::start().await;
        let store = store(&aws);
        store.give(&digest(1), &ada(), &digest(4), now()).await.unwrap();
        let other = store.redeem(&digest(1), &digest(5), now()).await;
        assert_eq!(other, Ok(None), "who saw the code and did not begin");
        assert_eq!(store.redeem(&digest(1), &digest(4), now() + 60.seconds()).await, Ok(None), "too late");
        let redeemed = store.redeem(&digest(1), &digest(4), now() + 59.seconds()).await;
        assert_eq!(redeemed, Ok(Some(ada())));
        assert_eq!(store.redeem(&digest(1), &digest(4), now()).await, Ok(None), "a second time");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn of_many_at_once_one_redeems() {
        let aws = Aws::start().await;
        store(&aws).give(&digest(1), &ada(), &digest(4), now()).await.unwrap();
        let tries = (0..8).map(|_| {
            let store = store(&aws);
            tokio::spawn(async move { store.redeem(&digest(1), &digest(4), now()).await })
        });
        let mut times = 0;
        for tried in tries.collect::<Vec<_>>() {
            times += u32::from(tried.await.unwrap().unwrap().is_some());
        }
        assert_eq!(times, 1);
    }

    #[tokio::test]
    async fn a_store_that_fails_is_not_a_code_that_was_used() {
        let aws = Aws::start().await;
        let store = store(&aws);
        store.give(&digest(1), &ada(), &digest(4), now()).await.unwrap();
        aws.fault_next("DeleteItem", Fault::Throttle, 1);
        let failed = store.redeem(&digest(1), &digest(4), now()).await;
        assert!(matches!(failed, Err(StoreError::Unavailable { .. })));
        assert_eq!(store.redeem(&digest(1), &digest(4), now()).await, Ok(Some(ada())));
    }
}
