//! Linkings on their way, in `account-links`: a one-time link that a user was given, then a state that a service brings
//! back (SPEC W12). Only digests are stored. Each is good for one use: what is deleted by one request is there for no
//! other. Nothing is lost when such a row is: the user asks for a new link.

use aws_sdk_dynamodb::types::{Delete, Put};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::condition::held;
use super::in_transaction::InTransaction;
use super::item::{Item, from_item, is_live, text, to_item};
use super::links::refusal;
use super::{Db, StoreError, Table};
use crate::domain::accounts::Provider;
use crate::domain::settings::LocaleTag;
use crate::ids::UserId;
use crate::security::oauth::callback::{Begun, LIFE};
use crate::security::oauth::one_time::Digest;

const NEW: &str = "attribute_not_exists(sk)";
const THERE: &str = "attribute_exists(sk)";
const SK: &str = "linking";

/// What a user wants to link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Who: the page says so before anything is linked.
    pub user: UserId,
    /// How they are called, for the page. Untrusted.
    pub name: String,
    /// What.
    pub provider: Provider,
    /// Their language.
    pub locale: Option<LocaleTag>,
    /// When they asked.
    pub at: Timestamp,
}

/// A linking that a service was asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What is wanted.
    pub wanted: Wanted,
    /// What the callback is judged by.
    pub begun: Begun,
}

#[derive(Serialize, Deserialize)]
struct Row {
    owner: String,
    sk: String,
    user: UserId,
    name: String,
    provider: Provider,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    locale: Option<LocaleTag>,
    at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    browser: Option<String>,
    expires_at: i64,
}

/// The linkings of all users. Cheap to clone.
#[derive(Clone, Debug)]
pub struct LinkingStore {
    db: Db,
}

impl LinkingStore {
    /// Over the tables of `db`.
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// Gives a user a link, by its digest.
    pub async fn offer(&self, link: &Digest, wanted: &Wanted) -> Result<(), StoreError> {
        let row = row(link_key(link), wanted, None);
        let call = self.db.client().put_item().table_name(self.db.table(Table::AccountLinks));
        let sent =
            call.set_item(Some(to_item(Table::AccountLinks, &row)?)).condition_expression(NEW).send().await;
        // The same request once more: 256 bits do not meet twice.
        held(sent, "linkings.offer").map(drop)
    }

    /// What a link is for; `None`: it was used, is too old, or never was. Looking does not use it: address previews look.
    pub async fn offered(&self, link: &Digest, now: Timestamp) -> Result<Option<Wanted>, StoreError> {
        Ok(self.read(link_key(link), now).await?.map(|row| wanted(&row)))
    }

    /// Uses a link: from now on `state` stands for the linking, in this browser only. `false`: somebody else has used it.
    pub async fn begin(
        &self,
        link: &Digest,
        wanted: &Wanted,
        state: &Digest,
        browser: &Digest,
    ) -> Result<bool, StoreError> {
        let row = row(state_key(state), wanted, Some(browser));
        let delete = Delete::builder().set_key(Some(key(link_key(link)))).condition_expression(THERE);
        let put =
            Put::builder().set_item(Some(to_item(Table::AccountLinks, &row)?)).condition_expression(NEW);
        let items = vec![
            delete.in_transaction(&self.db, Table::AccountLinks)?,
            put.in_transaction(&self.db, Table::AccountLinks)?,
        ];
        let sent = self.db.client().transact_write_items().set_transact_items(Some(items)).send().await;
        match sent {
            Ok(_) => Ok(true),
            Err(error) if refusal(&error).is_some() => Ok(false),
            Err(error) => Err(StoreError::unavailable("linkings.begin", &error)),
        }
    }

    /// The linking that a state stands for. Looking does not use it: a stranger's browser must not end it.
    pub async fn asked(&self, state: &Digest, now: Timestamp) -> Result<Option<Asked>, StoreError> {
        let Some(row) = self.read(state_key(state), now).await? else { return Ok(None) };
        let corrupt =
            || StoreError::Corrupt { table: Table::AccountLinks.suffix(), what: "a state has no browser" };
        let browser = row.browser.as_deref().and_then(|text| text.parse().ok()).ok_or_else(corrupt)?;
        let begun = Begun { provider: row.provider, browser, at: row.at };
        Ok(Some(Asked { wanted: wanted(&row), begun }))
    }

    /// Uses a state. `false`: it was used before.
    pub async fn finish(&self, state: &Digest) -> Result<bool, StoreError> {
        let call = self.db.client().delete_item().table_name(self.db.table(Table::AccountLinks));
        let sent = call.set_key(Some(key(state_key(state)))).condition_expression(THERE).send().await;
        Ok(held(sent, "linkings.finish")?.is_some())
    }

    async fn read(&self, owner: String, now: Timestamp) -> Result<Option<Row>, StoreError> {
        let item = self.db.get(Table::AccountLinks, key(owner), "linkings.read").await?;
        let Some(item) = item else { return Ok(None) };
        let row: Row = from_item(Table::AccountLinks, "linking", item)?;
        Ok(Some(row).filter(|row| is_live(row.expires_at, now)))
    }
}

fn row(owner: String, wanted: &Wanted, browser: Option<&Digest>) -> Row {
    let Wanted { user, name, provider, locale, at } = wanted.clone();
    let end = at.saturating_add(LIFE).unwrap_or(Timestamp::MAX);
    let browser = browser.map(|browser| browser.as_str().to_owned());
    Row { owner, sk: SK.to_owned(), user, name, provider, locale, at, browser, expires_at: end.as_second() }
}

fn wanted(row: &Row) -> Wanted {
    Wanted {
        user: row.user,
        name: row.name.clone(),
        provider: row.provider,
        locale: row.locale.clone(),
        at: row.at,
    }
}

fn link_key(link: &Digest) -> String {
    format!("offer#{}", link.as_str())
}

fn state_key(state: &Digest) -> String {
    format!("state#{}", state.as_str())
}

fn key(owner: String) -> Item {
    Item::from([("owner".to_owned(), text(owner)), ("sk".to_owned(), text(SK))])
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

    fn store(aws: &Aws) -> LinkingStore {
        LinkingStore::new(Db::new(aws.dynamodb(), aws.prefix()))
    }

    fn spotify() -> Wanted {
        let locale = LocaleTag::try_from("de".to_owned()).ok();
        Wanted { user: UserId::new(5001), name: "Ada".into(), provider: Provider::Spotify, locale, at: now() }
    }

    #[tokio::test]
    async fn a_link_becomes_a_state_once() {
        let aws = Aws::start().await;
        let store = store(&aws);
        store.offer(&digest(1), &spotify()).await.unwrap();
        store.offer(&digest(1), &spotify()).await.unwrap();
        assert_eq!(store.offered(&digest(1), now()).await, Ok(Some(spotify())));
        assert_eq!(store.begin(&digest(1), &spotify(), &digest(2), &digest(3)).await, Ok(true));
        assert_eq!(store.begin(&digest(1), &spotify(), &digest(4), &digest(5)).await, Ok(false));
        assert_eq!(store.offered(&digest(1), now()).await, Ok(None));
        assert_eq!(store.asked(&digest(4), now()).await, Ok(None), "who came second has begun nothing");
        let asked = store.asked(&digest(2), now()).await.unwrap().unwrap();
        let begun = Begun { provider: Provider::Spotify, browser: digest(3), at: now() };
        assert_eq!(asked, Asked { wanted: spotify(), begun });
    }

    #[tokio::test]
    async fn a_state_is_used_once() {
        let aws = Aws::start().await;
        let store = store(&aws);
        store.offer(&digest(1), &spotify()).await.unwrap();
        store.begin(&digest(1), &spotify(), &digest(2), &digest(3)).await.unwrap();
        assert!(store.asked(&digest(2), now()).await.unwrap().is_some());
        assert_eq!(store.finish(&digest(2)).await, Ok(true));
        assert_eq!(store.finish(&digest(2)).await, Ok(false));
        assert_eq!(store.asked(&digest(2), now()).await, Ok(None));
    }

    #[tokio::test]
    async fn ten_minutes_are_all_there_is() {
        let aws = Aws::start().await;
        let store = store(&aws);
        store.offer(&digest(1), &spotify()).await.unwrap();
        assert!(store.offered(&digest(1), now() + 9.minutes()).await.unwrap().is_some());
        assert_eq!(store.offered(&digest(1), now() + 10.minutes()).await, Ok(None));
    }

    #[tokio::test]
    async fn a_link_is_no_state_and_a_state_no_link() {
        let aws = Aws::start().await;
        let store = store(&aws);
        store.offer(&digest(1), &spotify()).await.unwrap();
        assert_eq!(store.asked(&digest(1), now()).await, Ok(None));
        assert_eq!(store.finish(&digest(1)).await, Ok(false));
        store.begin(&digest(1), &spotify(), &digest(2), &digest(3)).await.unwrap();
        assert_eq!(store.offered(&digest(2), now()).await, Ok(None));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn of_many_at_once_one_begins_and_one_ends() {
        let aws = Aws::start().await;
        let store = store(&aws);
        store.offer(&digest(1), &spotify()).await.unwrap();
        let begun = (2..10).map(|seed| {
            let store = store.clone();
            tokio::spawn(async move { store.begin(&digest(1), &spotify(), &digest(seed), &digest(0)).await })
        });
        let mut first = Vec::new();
        for (seed, begun) in (2..10).zip(begun.collect::<Vec<_>>()) {
            if begun.await.unwrap() == Ok(true) {
                first.push(seed);
            }
        }
        let [seed] = first[..] else { panic!("{first:?} have begun") };
        let ended = (0..8).map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.finish(&digest(seed)).await })
        });
        let mut times = 0;
        for ended in ended.collect::<Vec<_>>() {
            times += u32::from(ended.await.unwrap().unwrap());
        }
        assert_eq!(times, 1);
    }

    #[tokio::test]
    async fn a_store_that_fails_is_not_a_link_that_was_used() {
        let aws = Aws::start().await;
        let store = store(&aws);
        aws.fault_next("GetItem", Fault::AnswerLost, 1);
        assert!(matches!(store.offered(&digest(1), now()).await, Err(StoreError::Unavailable { .. })));
    }
}
