//! Who was erased and when, and how far each request about somebody's data is, in `tombstones` (SPEC T30). Keys `subject`,
//! `sk`: `tombstone`, `case#{request}`, and `export` for the one export a day.
//!
//! A tombstone stands for 40 days. What was begun before it cannot be written after it: whoever writes a row that would
//! bring somebody back asks for [`began_after`] in the same transaction.

use aws_sdk_dynamodb::types::{ConditionCheck, TransactWriteItem};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::condition::held;
use super::in_transaction::InTransaction;
use super::item::{Item, from_item, is_live, number, text, to_item};
use super::unchanged::{IfUnchanged, REV};
use super::walk::{Mark, Walk};
use super::{Db, StoreError, Table};
use crate::messages::PrivacyRequestId;
use crate::privacy::{Case, DataSubject, TOMBSTONE_LIFE};

/// One export in so long (SPEC T31).
pub const EXPORT_EVERY: SignedDuration = SignedDuration::from_hours(24);

const TOMBSTONE: &str = "tombstone";
const CASE: &str = "case#";
const EXPORT: &str = "export";
const BURY: &str = "SET #at = :at, expires_at = :until";
const NOT_LATER: &str = "attribute_not_exists(#at) OR #at < :at";
const BEGAN_AFTER: &str = "attribute_not_exists(#at) OR #at < :began";
const MINE: &str = "#request = :mine";
const FREE_OR_MINE: &str = "attribute_not_exists(sk) OR expires_at <= :now OR #request = :mine";
const OF_SUBJECT: &str = "#subject = :subject AND begins_with(sk, :case)";

/// A case, and what its row was when it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenCase {
    /// How far it is.
    pub case: Case,
    rev: u64,
}

/// Whether an export may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportTurn {
    /// It may; asking again for the same request gives the same answer.
    Mine,
    /// There was one less than a day ago.
    Taken(PrivacyRequestId),
}

#[derive(Serialize, Deserialize)]
struct CaseRow {
    subject: DataSubject,
    sk: String,
    rev: u64,
    /// JSON: it is read by nobody but us, and whole.
    case: String,
    expires_at: i64,
}

#[derive(Serialize, Deserialize)]
struct ExportRow {
    subject: DataSubject,
    sk: String,
    request: PrivacyRequestId,
    expires_at: i64,
}

/// The tombstones and cases of everybody. Cheap to clone.
#[derive(Clone, Debug)]
pub struct TombstoneStore {
    db: Db,
}

impl TombstoneStore {
    /// Over the tables of `db`.
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// Since when somebody is erased; `None`: they are not, or it was more than 40 days ago.
    pub async fn tombstone(
        &self,
        subject: DataSubject,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        #[derive(Deserialize)]
        struct Row {
            at: i64,
            expires_at: i64,
        }
        let Some(item) =
            self.db.get(Table::Tombstones, key(subject, TOMBSTONE.to_owned()), "tombstones.get").await?
        else {
            return Ok(None);
        };
        let row: Row = from_item(Table::Tombstones, "tombstone", item)?;
        let at = Timestamp::from_millisecond(row.at).map_err(|_| corrupt("at"))?;
        Ok(is_live(row.expires_at, now).then_some(at))
    }

    /// Whatever was begun until `at` cannot be written any more. A tombstone only moves forwards.
    pub async fn bury(&self, subject: DataSubject, at: Timestamp) -> Result<(), StoreError> {
        let call = self.db.client().update_item().table_name(self.db.table(Table::Tombstones));
        let sent = call
            .set_key(Some(key(subject, TOMBSTONE.to_owned())))
            .update_expression(BURY)
            .condition_expression(NOT_LATER)
            .expression_attribute_names("#at", "at")
            .expression_attribute_values(":at", number(at.as_millisecond()))
            .expression_attribute_values(":until", number(after(at)))
            .send()
            .await;
        held(sent, "tombstones.bury").map(drop)
    }

    /// The case of a request: the one that there is, or this new one.
    pub async fn open(&self, case: Case) -> Result<OpenCase, StoreError> {
        let item = to_item(Table::Tombstones, &row(&case, 1)?)?;
        let call = self.db.client().put_item().table_name(self.db.table(Table::Tombstones));
        let sent = call.set_item(Some(item)).if_unchanged(REV, 0).send().await;
        if held(sent, "tombstones.open")?.is_some() {
            return Ok(OpenCase { case, rev: 1 });
        }
        let item = self.db.get(Table::Tombstones, key(case.subject, sk(case.id)), "tombstones.open").await?;
        // It was there a moment ago, so its time has just come: as if it had never been.
        item.map_or_else(|| Err(StoreError::Contended { operation: "tombstones.open" }), open_case)
    }

    /// How far a request is; `None`: nobody has begun it, or it was too long ago.
    pub async fn case(
        &self,
        subject: DataSubject,
        id: PrivacyRequestId,
        now: Timestamp,
    ) -> Result<Option<Case>, StoreError> {
        let Some(item) = self.db.get(Table::Tombstones, key(subject, sk(id)), "tombstones.case").await?
        else {
            return Ok(None);
        };
        Ok(live(item, now)?.map(|open| open.case))
    }

    /// All requests of somebody, the latest first. One query; nobody has more than a page of them.
    pub async fn cases(&self, subject: DataSubject, now: Timestamp) -> Result<Vec<Case>, StoreError> {
        let call =
            self.db.client().query().table_name(self.db.table(Table::Tombstones)).consistent_read(true);
        let sent = call
            .key_condition_expression(OF_SUBJECT)
            .expression_attribute_names("#subject", "subject")
            .expression_attribute_values(":subject", text(subject.to_string()))
            .expression_attribute_values(":case", text(CASE))
            .send()
            .await;
        let output = sent.map_err(|error| StoreError::unavailable("tombstones.cases", &error))?;
        let rows = output.items.unwrap_or_default().into_iter().map(|item| live(item, now));
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        let mut cases: Vec<Case> = rows.into_iter().flatten().map(|open| open.case).collect();
        cases.sort_by_key(|case| core::cmp::Reverse((case.asked_at, case.id.to_string())));
        Ok(cases)
    }

    /// Writes how far it is, if nobody else has since it was read; `None`: somebody has, and is at it.
    pub async fn save(&self, seen: &OpenCase, next: Case) -> Result<Option<OpenCase>, StoreError> {
        let rev = seen.rev.saturating_add(1);
        let item = to_item(Table::Tombstones, &row(&next, rev)?)?;
        let call = self.db.client().put_item().table_name(self.db.table(Table::Tombstones));
        let sent = call.set_item(Some(item)).if_unchanged(REV, seen.rev).send().await;
        Ok(held(sent, "tombstones.save")?.map(|_| OpenCase { case: next, rev }))
    }

    /// Whether this request is the day's export.
    pub async fn take_turn(
        &self,
        subject: DataSubject,
        request: PrivacyRequestId,
        now: Timestamp,
    ) -> Result<ExportTurn, StoreError> {
        let until = now.saturating_add(EXPORT_EVERY).unwrap_or(Timestamp::MAX).as_second();
        let row = ExportRow { subject, sk: EXPORT.to_owned(), request, expires_at: until };
        let call = self.db.client().put_item().table_name(self.db.table(Table::Tombstones));
        let sent = call
            .set_item(Some(to_item(Table::Tombstones, &row)?))
            .condition_expression(FREE_OR_MINE)
            .expression_attribute_names("#request", "request")
            .expression_attribute_values(":now", number(now.as_second()))
            .expression_attribute_values(":mine", text(request.to_string()))
            .send()
            .await;
        if held(sent, "tombstones.export")?.is_some() {
            return Ok(ExportTurn::Mine);
        }
        let item =
            self.db.get(Table::Tombstones, key(subject, EXPORT.to_owned()), "tombstones.export").await?;
        let Some(item) = item else { return Err(StoreError::Contended { operation: "tombstones.export" }) };
        let row: ExportRow = from_item(Table::Tombstones, "export", item)?;
        Ok(ExportTurn::Taken(row.request))
    }

    /// The day's export came to nothing: another may be asked for. One of another request stays.
    pub async fn return_turn(
        &self,
        subject: DataSubject,
        request: PrivacyRequestId,
    ) -> Result<(), StoreError> {
        let call = self.db.client().delete_item().table_name(self.db.table(Table::Tombstones));
        let sent = call
            .set_key(Some(key(subject, EXPORT.to_owned())))
            .condition_expression(MINE)
            .expression_attribute_names("#request", "request")
            .expression_attribute_values(":mine", text(request.to_string()))
            .send()
            .await;
        held(sent, "tombstones.return").map(drop)
    }

    /// Some of those who were erased later than `since`, in no order, and where the next ones begin; `None`: there are no
    /// more. Tombstones that do not stand any more count too.
    pub async fn erased_since(
        &self,
        since: Timestamp,
        after: Option<&Mark>,
    ) -> Result<(Vec<DataSubject>, Option<Mark>), StoreError> {
        let page = Walk::new(self.db.clone()).page(Table::Tombstones, after).await?;
        Ok((page.items.into_iter().filter_map(|item| erased_since(item, since)).collect(), page.next))
    }
}

/// For a transaction: what it writes was begun after its subject was erased last, if they ever were.
pub(super) fn began_after(
    db: &Db,
    subject: DataSubject,
    began: Timestamp,
) -> Result<TransactWriteItem, StoreError> {
    let check = ConditionCheck::builder()
        .set_key(Some(key(subject, TOMBSTONE.to_owned())))
        .condition_expression(BEGAN_AFTER)
        .expression_attribute_names("#at", "at")
        .expression_attribute_values(":began", number(began.as_millisecond()));
    check.in_transaction(db, Table::Tombstones)
}

/// Whose tombstone this row is, if it is one and later than `since`.
fn erased_since(item: Item, since: Timestamp) -> Option<DataSubject> {
    #[derive(Deserialize)]
    struct Row {
        subject: DataSubject,
        sk: String,
        at: i64,
    }
    // The table's other rows do not read as one.
    let row: Row = from_item(Table::Tombstones, "tombstone", item).ok()?;
    let at = Timestamp::from_millisecond(row.at).ok()?;
    (row.sk == TOMBSTONE && at > since).then_some(row.subject)
}

fn key(subject: DataSubject, sk: String) -> Item {
    Item::from([("subject".to_owned(), text(subject.to_string())), ("sk".to_owned(), text(sk))])
}

fn sk(id: PrivacyRequestId) -> String {
    format!("{CASE}{id}")
}

/// Epoch seconds, a tombstone's life after `at`.
fn after(at: Timestamp) -> i64 {
    at.saturating_add(TOMBSTONE_LIFE).unwrap_or(Timestamp::MAX).as_second()
}

fn row(case: &Case, rev: u64) -> Result<CaseRow, StoreError> {
    let text = serde_json::to_string(case).map_err(|_| corrupt("a case does not serialise"))?;
    let (subject, sk) = (case.subject, sk(case.id));
    Ok(CaseRow { subject, sk, rev, case: text, expires_at: after(case.asked_at) })
}

fn live(item: Item, now: Timestamp) -> Result<Option<OpenCase>, StoreError> {
    let ends = item.get("expires_at").and_then(|at| at.as_n().ok()?.parse().ok());
    if is_live(ends.ok_or_else(|| corrupt("expires_at"))?, now) {
        open_case(item).map(Some)
    } else {
        Ok(None)
    }
}

fn open_case(item: Item) -> Result<OpenCase, StoreError> {
    let row: CaseRow = from_item(Table::Tombstones, "case", item)?;
    let case = serde_json::from_str(&row.case).map_err(|_| corrupt("case"))?;
    Ok(OpenCase { case, rev: row.rev })
}

fn corrupt(what: &'static str) -> StoreError {
    StoreError::Corrupt { table: Table::Tombstones.suffix(), what }
}

#[cfg(test)]
#[path = "tombstones_tests.rs"]
mod tests;
