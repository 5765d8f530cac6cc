//! What is linked, in `account-links`: an index beside the vault that holds no token (SPEC T3). `user#{id}` has a row
//! `link#{provider}` for each account, and `subject#{provider}#{subject}` says whose an account is: one account belongs
//! to one user. Index `by-due` finds what has to be refreshed without a look at any secret (SPEC T11).

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::cancelled::{self, CONDITION, CONFLICT};
use super::in_transaction::InTransaction;
use super::item::{Item, from_item, number, text, to_item};
use super::tombstones::began_after;
use super::unchanged::{IfUnchanged, REV};
use super::{Db, StoreError, Table};
use crate::domain::accounts::{Provider, Subject};
use crate::ids::UserId;
use crate::privacy::DataSubject;

/// Partitions of the index of what is due.
pub const DUE_PARTS: u64 = 8;
/// Rows in one answer of that index.
pub const DUE_PAGE: i32 = 100;

const FREE_OR_MINE: &str = "attribute_not_exists(sk) OR #user = :me";
const MINE: &str = "#user = :me";
const SAME: &str = "rev = :seen";
const OF_USER: &str = "#owner = :owner AND begins_with(sk, :link)";
const DUE: &str = "due_part = :part AND due_at <= :now";

/// How a link stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkStatus {
    /// The account is the user's, and its tokens are not in the vault yet. One that stays so is taken away.
    Pending,
    /// Its tokens are in the vault.
    Linked,
    /// The provider does not honour it any more; its tokens are deleted, and the user is to be told.
    NeedsReauth,
}

/// A linked account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Where.
    pub provider: Provider,
    /// Which account.
    pub subject: Subject,
    /// How it stands.
    pub status: LinkStatus,
    /// When its tokens are to be refreshed, if they ever are.
    pub due_at: Option<Timestamp>,
    /// Since when.
    pub linked_at: Timestamp,
    /// When its tokens were refreshed by night last.
    pub renewed_at: Option<Timestamp>,
    /// How many times in a row that has failed.
    pub failures: u32,
    /// Whether the user knows that it is over.
    pub told: bool,
    rev: u64,
}

impl Link {
    /// A new one.
    pub const fn new(
        provider: Provider,
        subject: Subject,
        due_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Self {
        let status = LinkStatus::Linked;
        Self {
            provider,
            subject,
            status,
            due_at,
            linked_at: now,
            renewed_at: None,
            failures: 0,
            told: false,
            rev: 0,
        }
    }

    /// Whether its tokens may be there.
    pub const fn can_be_used(&self) -> bool {
        matches!(self.status, LinkStatus::Linked | LinkStatus::Pending)
    }

    /// The same with tokens that were renewed at this time, and due then.
    #[must_use]
    pub fn renewed(self, due_at: Option<Timestamp>, at: Timestamp) -> Self {
        Self { renewed_at: Some(at), failures: 0, ..self.stands(LinkStatus::Linked, due_at) }
    }

    /// The same after so many failures, and due again then.
    #[must_use]
    pub fn failed(self, failures: u32, again: Option<Timestamp>) -> Self {
        Self { failures, due_at: again, ..self }
    }

    /// The same, and the user has read that it is over.
    #[must_use]
    pub fn told(self) -> Self {
        Self { told: true, ..self }
    }

    /// Whether it is over and the user has not read so.
    pub const fn has_to_be_told(&self) -> bool {
        matches!(self.status, LinkStatus::NeedsReauth) && !self.told
    }

    /// The same, standing so and due then.
    #[must_use]
    pub fn stands(self, status: LinkStatus, due_at: Option<Timestamp>) -> Self {
        Self { status, due_at, told: false, ..self }
    }
}

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PutLink {
    /// It is so.
    Now(Link),
    /// The account belongs to another user.
    Taken,
    /// The row has changed since it was read. Read it again.
    Changed,
    /// The user was erased after this was begun: it must not bring anything back (SPEC T30).
    Erased,
}

/// An account whose tokens are to be refreshed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Due {
    /// Whose.
    pub user: UserId,
    /// Where.
    pub provider: Provider,
}

/// How far a walk through one part has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DueMark {
    owner: String,
    sk: String,
    due_at: i64,
}

impl DueMark {
    fn key(&self, part: u64) -> Item {
        let mut key = keys(self.owner.clone(), self.sk.clone());
        key.insert("due_part".to_owned(), text(part_key(part)));
        key.insert("due_at".to_owned(), number(self.due_at));
        key
    }
}

/// A page of what is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DuePage {
    /// The accounts.
    pub rows: Vec<Due>,
    /// Where the next page begins, if there may be one.
    pub next: Option<DueMark>,
}

#[derive(Serialize, Deserialize)]
struct Row {
    owner: String,
    sk: String,
    rev: u64,
    subject: Subject,
    status: LinkStatus,
    linked_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    renewed_at: Option<Timestamp>,
    #[serde(default)]
    failures: u32,
    #[serde(default)]
    told: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due_part: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due_at: Option<i64>,
}

/// The links of all users. Cheap to clone.
#[derive(Clone, Debug)]
pub struct LinkStore {
    db: Db,
}

impl LinkStore {
    /// Over the tables of `db`.
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// What a user has linked, in the order of the providers' codes. One query.
    pub async fn of(&self, user: UserId) -> Result<Vec<Link>, StoreError> {
        let call =
            self.db.client().query().table_name(self.db.table(Table::AccountLinks)).consistent_read(true);
        let sent = call
            .key_condition_expression(OF_USER)
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":owner", text(user_key(user)))
            .expression_attribute_values(":link", text(LINK))
            .send()
            .await;
        let output = sent.map_err(|error| StoreError::unavailable("links.of", &error))?;
        output.items.unwrap_or_default().into_iter().map(link).collect()
    }

    /// Writes a link as it should be from now on: a new one, or one that was `seen`, changed. Its account becomes the
    /// user's in the same transaction; one that it replaces is free again.
    pub async fn put(&self, user: UserId, seen: Option<&Link>, next: Link) -> Result<PutLink, StoreError> {
        self.put_if(user, seen, next, None).await
    }

    /// The same for a linking that the user began then: not if they were erased since (SPEC T30).
    pub async fn put_begun(
        &self,
        user: UserId,
        seen: Option<&Link>,
        next: Link,
        began: Timestamp,
    ) -> Result<PutLink, StoreError> {
        self.put_if(user, seen, next, Some(began_after(&self.db, DataSubject::User(user), began)?)).await
    }

    async fn put_if(
        &self,
        user: UserId,
        seen: Option<&Link>,
        next: Link,
        check: Option<TransactWriteItem>,
    ) -> Result<PutLink, StoreError> {
        let next = Link { rev: seen.map_or(1, |seen| seen.rev.saturating_add(1)), ..next };
        let mut items = vec![self.put_row(user, &next, seen)?, self.put_subject(user, &next)?];
        if let Some(old) = seen.filter(|seen| seen.subject != next.subject) {
            items.push(self.delete_subject(user, old)?);
        }
        let checked = check.as_ref().map(|_| items.len());
        items.extend(check);
        match self.transact(items, "links.put").await? {
            Transacted::Done => Ok(PutLink::Now(next)),
            Transacted::Refused(1) => Ok(PutLink::Taken),
            Transacted::Refused(item) if Some(item) == checked => Ok(PutLink::Erased),
            Transacted::Refused(_) => Ok(PutLink::Changed),
        }
    }

    /// Removes one that was seen; its account is free. `false`: it has changed since.
    pub async fn remove(&self, user: UserId, seen: &Link) -> Result<bool, StoreError> {
        let delete = Delete::builder()
            .set_key(Some(row_key(user, seen.provider)))
            .condition_expression(SAME)
            .expression_attribute_values(":seen", number(seen.rev));
        let delete = delete.in_transaction(&self.db, Table::AccountLinks)?;
        let items = vec![delete, self.delete_subject(user, seen)?];
        Ok(matches!(self.transact(items, "links.remove").await?, Transacted::Done))
    }

    /// Whose an account is. One read.
    pub async fn owner(&self, provider: Provider, subject: &Subject) -> Result<Option<UserId>, StoreError> {
        let key = subject_key(provider, subject);
        let Some(item) = self.db.get(Table::AccountLinks, key, "links.owner").await? else { return Ok(None) };
        let user = item.get("user").and_then(|user| user.as_s().ok()?.parse().ok());
        user.map(Some).ok_or_else(|| corrupt("an account has no user"))
    }

    /// Up to [`DUE_PAGE`] accounts of one part (0 to [`DUE_PARTS`], exclusive) that are due, the longest due first, after
    /// those that were seen. One that becomes due anew meanwhile is seen again: its row says when it was renewed.
    pub async fn due(
        &self,
        part: u64,
        now: Timestamp,
        after: Option<&DueMark>,
    ) -> Result<DuePage, StoreError> {
        let call =
            self.db.client().query().table_name(self.db.table(Table::AccountLinks)).index_name("by-due");
        let sent = call
            .set_exclusive_start_key(after.map(|mark| mark.key(part)))
            .key_condition_expression(DUE)
            .expression_attribute_values(":part", text(part_key(part)))
            .expression_attribute_values(":now", number(now.as_second()))
            .limit(DUE_PAGE)
            .send()
            .await;
        let output = sent.map_err(|error| StoreError::unavailable("links.due", &error))?;
        let next = output.last_evaluated_key.map(from_key).transpose()?;
        let rows = output.items.unwrap_or_default().iter().map(due).collect::<Result<_, _>>()?;
        Ok(DuePage { rows, next })
    }

    fn put_row(
        &self,
        user: UserId,
        next: &Link,
        seen: Option<&Link>,
    ) -> Result<TransactWriteItem, StoreError> {
        let due_at = next.due_at.filter(|_| next.status != LinkStatus::NeedsReauth);
        let row = Row {
            owner: user_key(user),
            sk: link_sk(next.provider),
            rev: next.rev,
            subject: next.subject.clone(),
            status: next.status,
            linked_at: next.linked_at,
            renewed_at: next.renewed_at,
            failures: next.failures,
            told: next.told,
            due_part: due_at.map(|_| part_key(user.get() % DUE_PARTS)),
            due_at: due_at.map(Timestamp::as_second),
        };
        let put = Put::builder()
            .set_item(Some(to_item(Table::AccountLinks, &row)?))
            .if_unchanged(REV, seen.map_or(0, |seen| seen.rev));
        put.in_transaction(&self.db, Table::AccountLinks)
    }

    fn put_subject(&self, user: UserId, link: &Link) -> Result<TransactWriteItem, StoreError> {
        let mut item = subject_key(link.provider, &link.subject);
        item.insert("user".to_owned(), text(user.to_string()));
        let put = Put::builder()
            .set_item(Some(item))
            .condition_expression(FREE_OR_MINE)
            .expression_attribute_names("#user", "user")
            .expression_attribute_values(":me", text(user.to_string()));
        put.in_transaction(&self.db, Table::AccountLinks)
    }

    fn delete_subject(&self, user: UserId, link: &Link) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder()
            .set_key(Some(subject_key(link.provider, &link.subject)))
            .condition_expression(MINE)
            .expression_attribute_names("#user", "user")
            .expression_attribute_values(":me", text(user.to_string()));
        delete.in_transaction(&self.db, Table::AccountLinks)
    }

    async fn transact(
        &self,
        items: Vec<TransactWriteItem>,
        operation: &'static str,
    ) -> Result<Transacted, StoreError> {
        let sent = self.db.client().transact_write_items().set_transact_items(Some(items)).send().await;
        let Err(error) = sent else { return Ok(Transacted::Done) };
        refusal(&error).map(Transacted::Refused).ok_or_else(|| StoreError::unavailable(operation, &error))
    }
}

enum Transacted {
    Done,
    /// The first item whose condition did not hold, or that somebody else was writing.
    Refused(usize),
}

pub(super) fn refusal<R>(error: &SdkError<TransactWriteItemsError, R>) -> Option<usize> {
    let codes = cancelled::reasons(error)?;
    let failed = codes.iter().position(|code| *code == CONDITION);
    // A race is no verdict about the account: the row is read again.
    failed.or_else(|| codes.contains(&CONFLICT).then_some(0))
}

const LINK: &str = "link#";

fn link_sk(provider: Provider) -> String {
    format!("{LINK}{provider}")
}

/// The partition of a user's rows.
pub(super) fn user_key(user: UserId) -> String {
    format!("user#{user}")
}

fn part_key(part: u64) -> String {
    format!("due#{part}")
}

fn row_key(user: UserId, provider: Provider) -> Item {
    keys(user_key(user), link_sk(provider))
}

fn subject_key(provider: Provider, subject: &Subject) -> Item {
    keys(format!("subject#{provider}#{}", subject.as_str()), "user".to_owned())
}

fn keys(owner: String, sk: String) -> Item {
    Item::from([("owner".to_owned(), text(owner)), ("sk".to_owned(), text(sk))])
}

fn link(item: Item) -> Result<Link, StoreError> {
    let row: Row = from_item(Table::AccountLinks, "link", item)?;
    let provider = provider_of(&row.sk)?;
    let due_at = row.due_at.map(Timestamp::from_second).transpose().map_err(|_| corrupt("due_at"))?;
    let Row { rev, subject, status, linked_at, renewed_at, failures, told, .. } = row;
    Ok(Link { provider, subject, status, due_at, linked_at, renewed_at, failures, told, rev })
}

fn due(item: &Item) -> Result<Due, StoreError> {
    let field = |name: &str| item.get(name).and_then(|value| value.as_s().ok());
    let user = field("owner").and_then(|owner| owner.strip_prefix("user#")?.parse().ok());
    let provider = provider_of(field("sk").map_or("", String::as_str))?;
    Ok(Due { user: user.ok_or_else(|| corrupt("a link has no user"))?, provider })
}

fn from_key(key: Item) -> Result<DueMark, StoreError> {
    #[derive(Deserialize)]
    struct Key {
        owner: String,
        sk: String,
        due_at: i64,
    }
    let Key { owner, sk, due_at } = from_item(Table::AccountLinks, "key", key)?;
    Ok(DueMark { owner, sk, due_at })
}

fn provider_of(sk: &str) -> Result<Provider, StoreError> {
    let provider = sk.strip_prefix(LINK).and_then(|code| code.parse().ok());
    provider.ok_or_else(|| corrupt("a link of an unknown provider"))
}

fn corrupt(what: &'static str) -> StoreError {
    StoreError::Corrupt { table: Table::AccountLinks.suffix(), what }
}

#[cfg(test)]
#[path = "links_tests.rs"]
mod tests;
