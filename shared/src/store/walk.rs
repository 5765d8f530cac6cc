//! Through all rows of a table, for who looks after what is kept (SPEC T29, T30): a page at a time, with a mark that can be
//! written down, so that a walk goes on where another invocation has ended. What it finds is raw; each row's meaning is
//! its store's. Destroying is conditional on what was seen.

use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, ReturnValue, ReturnValuesOnConditionCheckFailure,
};
use data_encoding::BASE64;
use serde::{Deserialize, Serialize};

use super::condition::{held, held_or_row};
use super::in_transaction::InTransaction;
use super::item::{Item, number};
use super::{Applied, Change, Db, StoreError, Table};

/// Rows looked at in one call, at most; a page of the service is 1 MB at most.
pub const PAGE: i32 = 500;

const SAME_END: &str = "expires_at = :seen";
const SAME: &str = "#guard = :guard";
const VERSION: &str = "version";
const SAME_VERSION: &str = "version = :seen";

/// Where a walk goes on: the key of the last row that was seen. As text it is JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mark(std::collections::BTreeMap<String, Part>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Part {
    S(String),
    N(String),
    B(String),
}

/// It is no mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is no mark of a walk")]
pub struct BadMark;

/// What became of a row that was to be changed or deleted as it was seen.
#[derive(Clone, Debug, PartialEq)]
pub enum Changed {
    /// It is as it was wanted.
    Now,
    /// It is another than was seen, and was left alone.
    Other(Item),
    /// It is gone.
    Gone,
}

/// Some rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The rows, each with all its attributes.
    pub items: Vec<Item>,
    /// Where the next page begins; `None`: there is no more.
    pub next: Option<Mark>,
}

/// How a row is changed. What is not given is empty.
#[derive(Clone, Copy, Debug)]
pub struct Revision<'a> {
    /// The attribute that has to be what was seen; `#guard` and `:guard` in the expression.
    pub guard: &'a str,
    /// The update; a constant (SPEC W34).
    pub expression: &'static str,
    /// Names in it.
    pub names: &'a [(&'a str, &'a str)],
    /// Values in it.
    pub values: &'a [(&'a str, AttributeValue)],
}

impl Changed {
    fn refused_by(row: Option<Item>) -> Self {
        row.map_or(Self::Gone, Self::Other)
    }
}

impl<'a> Revision<'a> {
    /// This update, if that attribute is still what was seen.
    pub const fn new(guard: &'a str, expression: &'static str) -> Self {
        Self { guard, expression, names: &[], values: &[] }
    }

    /// With these values.
    #[must_use]
    pub const fn with(self, values: &'a [(&'a str, AttributeValue)]) -> Self {
        Self { values, ..self }
    }

    /// With these names.
    #[must_use]
    pub const fn naming(self, names: &'a [(&'a str, &'a str)]) -> Self {
        Self { names, ..self }
    }
}

/// The tables, row by row. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Walk {
    db: Db,
}

impl Mark {
    /// As text, to be written down.
    pub fn to_text(&self) -> Result<String, BadMark> {
        serde_json::to_string(self).map_err(|_| BadMark)
    }

    /// What [`Self::to_text`] wrote.
    pub fn from_text(text: &str) -> Result<Self, BadMark> {
        let mark: Self = serde_json::from_str(text).map_err(|_| BadMark)?;
        let is_good =
            |part: &Part| !matches!(part, Part::B(bytes) if BASE64.decode(bytes.as_bytes()).is_err());
        if !mark.0.is_empty() && mark.0.values().all(is_good) { Ok(mark) } else { Err(BadMark) }
    }

    fn of(key: Item) -> Result<Self, BadMark> {
        let part = |value: AttributeValue| match value {
            AttributeValue::S(text) => Ok(Part::S(text)),
            AttributeValue::N(number) => Ok(Part::N(number)),
            AttributeValue::B(bytes) => Ok(Part::B(BASE64.encode(bytes.as_ref()))),
            _ => Err(BadMark),
        };
        key.into_iter().map(|(name, value)| Ok((name, part(value)?))).collect::<Result<_, _>>().map(Self)
    }

    fn key(&self) -> Item {
        let value = |part: &Part| match part {
            Part::S(text) => AttributeValue::S(text.clone()),
            Part::N(number) => AttributeValue::N(number.clone()),
            // It was checked when it was read.
            Part::B(bytes) => AttributeValue::B(BASE64.decode(bytes.as_bytes()).unwrap_or_default().into()),
        };
        self.0.iter().map(|(name, part)| (name.clone(), value(part))).collect()
    }
}

impl Walk {
    /// Over the tables of `db`.
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// The next rows of a table, in no order, as they are now. Rows that are written meanwhile may or may not be seen.
    pub async fn page(&self, table: Table, after: Option<&Mark>) -> Result<Page, StoreError> {
        let call = self.db.client().scan().table_name(self.db.table(table)).consistent_read(true);
        let sent = call.set_exclusive_start_key(after.map(Mark::key)).limit(PAGE).send().await;
        let output = sent.map_err(|error| StoreError::unavailable("walk.page", &error))?;
        page(table, output.items, output.last_evaluated_key)
    }

    /// The next rows of one partition.
    pub async fn partition(&self, table: Table, key: &str, after: Option<&Mark>) -> Result<Page, StoreError> {
        let (name, _) = table.key();
        let call = self.db.client().query().table_name(self.db.table(table)).consistent_read(true);
        let sent = call
            .set_exclusive_start_key(after.map(Mark::key))
            .key_condition_expression("#key = :key")
            .expression_attribute_names("#key", name)
            .expression_attribute_values(":key", AttributeValue::S(key.to_owned()))
            .limit(PAGE)
            .send()
            .await;
        let output = sent.map_err(|error| StoreError::unavailable("walk.partition", &error))?;
        page(table, output.items, output.last_evaluated_key)
    }

    /// Deletes this row, whatever it has become. `false`: it was gone.
    pub async fn delete(&self, table: Table, item: &Item) -> Result<bool, StoreError> {
        let call = self.db.client().delete_item().table_name(self.db.table(table));
        let sent = call.set_key(Some(key(table, item)?)).return_values(ReturnValue::AllOld).send().await;
        let output = sent.map_err(|error| StoreError::unavailable("walk.delete", &error))?;
        Ok(output.attributes.is_some())
    }

    /// Deletes this row if its end is still the one that was seen. `false`: it was renewed, or is gone.
    pub async fn expire(&self, table: Table, item: &Item, expires_at: i64) -> Result<bool, StoreError> {
        let call = self.db.client().delete_item().table_name(self.db.table(table));
        let sent = call
            .set_key(Some(key(table, item)?))
            .condition_expression(SAME_END)
            .expression_attribute_values(":seen", number(expires_at))
            .send()
            .await;
        Ok(held(sent, "walk.expire")?.is_some())
    }

    /// Deletes this row if its `version` and that of the `other` row are still what was seen. `false`: one of them has
    /// changed, or is gone, and nothing was deleted.
    pub async fn delete_with(
        &self,
        (table, item): (Table, &Item),
        (other_table, other): (Table, &Item),
    ) -> Result<bool, StoreError> {
        let check = ConditionCheck::builder()
            .set_key(Some(key(other_table, other)?))
            .condition_expression(SAME_VERSION)
            .expression_attribute_values(":seen", seen(other_table, other, VERSION)?);
        let delete = Delete::builder()
            .set_key(Some(key(table, item)?))
            .condition_expression(SAME_VERSION)
            .expression_attribute_values(":seen", seen(table, item, VERSION)?);
        let both = [check.in_transaction(&self.db, other_table)?, delete.in_transaction(&self.db, table)?];
        Ok(Change::new(both).apply(&self.db, "walk.delete_with").await? == Applied::Done)
    }

    /// Deletes this row if the attribute `guard` is still what was seen.
    pub async fn delete_seen(&self, table: Table, item: &Item, guard: &str) -> Result<Changed, StoreError> {
        let call = self.db.client().delete_item().table_name(self.db.table(table));
        let sent = call
            .set_key(Some(key(table, item)?))
            .condition_expression(SAME)
            .expression_attribute_names("#guard", guard)
            .expression_attribute_values(":guard", seen(table, item, guard)?)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        Ok(held_or_row(sent, "walk.delete")?.map_or_else(Changed::refused_by, |_| Changed::Now))
    }

    /// Changes this row if it is still as it was seen, as far as `revision` asks; else says what it is.
    pub async fn change(
        &self,
        table: Table,
        item: &Item,
        revision: Revision<'_>,
    ) -> Result<Changed, StoreError> {
        let Revision { guard, expression, names, values } = revision;
        let mut call = self.db.client().update_item().table_name(self.db.table(table));
        for (name, attribute) in names {
            call = call.expression_attribute_names(*name, *attribute);
        }
        for (name, value) in values {
            call = call.expression_attribute_values(*name, value.clone());
        }
        let sent = call
            .set_key(Some(key(table, item)?))
            .update_expression(expression)
            .condition_expression(SAME)
            .expression_attribute_names("#guard", guard)
            .expression_attribute_values(":guard", seen(table, item, guard)?)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        Ok(held_or_row(sent, "walk.change")?.map_or_else(Changed::refused_by, |_| Changed::Now))
    }
}

/// The attribute as it was seen. A row without it is not one that can be guarded by it.
fn seen(table: Table, item: &Item, guard: &str) -> Result<AttributeValue, StoreError> {
    item.get(guard).cloned().ok_or_else(|| corrupt(table))
}

fn page(table: Table, items: Option<Vec<Item>>, last: Option<Item>) -> Result<Page, StoreError> {
    let next = last.map(Mark::of).transpose().map_err(|BadMark| corrupt(table))?;
    Ok(Page { items: items.unwrap_or_default(), next })
}

fn key(table: Table, item: &Item) -> Result<Item, StoreError> {
    let (hash, range) = table.key();
    let part = |name: &str| Some((name.to_owned(), item.get(name)?.clone()));
    let parts = [Some(hash), range].into_iter().flatten().map(part);
    parts.collect::<Option<Item>>().ok_or_else(|| corrupt(table))
}

fn corrupt(table: Table) -> StoreError {
    StoreError::Corrupt { table: table.suffix(), what: "a row without its key" }
}

#[cfg(test)]
#[path = "walk_tests.rs"]
mod tests;
