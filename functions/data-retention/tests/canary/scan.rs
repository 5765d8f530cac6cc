//! Looks through everything for somebody: their id in digits and in bytes, and words that are nobody else's.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use shared::ids::UserId;
use shared::store::{Item, Table};

use super::world::World;

/// A row, whole, with the table that it is in.
pub(crate) type Row = (Table, BTreeMap<String, String>);

/// Whom to look for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Person {
    pub(crate) user: UserId,
    /// Stands in every text of theirs.
    pub(crate) word: &'static str,
}

impl Person {
    /// Whether a text says something of them.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        text.contains(self.word) || text.contains(&self.user.to_string())
    }

    fn is_in_bytes(&self, bytes: &[u8]) -> bool {
        let id = self.user.get();
        let spelled = |id: [u8; 8]| bytes.windows(8).any(|window| window == id);
        spelled(id.to_be_bytes())
            || spelled(id.to_le_bytes())
            || bytes.windows(self.word.len()).any(|window| window == self.word.as_bytes())
    }

    /// Whether a value says something of them, however deep.
    fn is_in_value(&self, value: &AttributeValue) -> bool {
        match value {
            AttributeValue::S(text) | AttributeValue::N(text) => self.is_in(text),
            AttributeValue::Ss(texts) | AttributeValue::Ns(texts) => {
                texts.iter().any(|text| self.is_in(text))
            }
            AttributeValue::B(bytes) => self.is_in_bytes(bytes.as_ref()),
            AttributeValue::Bs(all) => all.iter().any(|bytes| self.is_in_bytes(bytes.as_ref())),
            AttributeValue::L(values) => values.iter().any(|value| self.is_in_value(value)),
            AttributeValue::M(values) => {
                values.iter().any(|(name, value)| self.is_in(name) || self.is_in_value(value))
            }
            _ => false,
        }
    }

    /// Whether a row says something of them.
    pub(crate) fn is_in_row(&self, item: &Item) -> bool {
        item.iter().any(|(name, value)| self.is_in(name) || self.is_in_value(value))
    }
}

/// All rows of all tables.
pub(crate) async fn rows(world: &World) -> Vec<(Table, Item)> {
    let mut found = Vec::new();
    for table in Table::ALL {
        let name = format!("{}-{}", world.aws.prefix(), table.suffix());
        let mut pages = world.aws.dynamodb().scan().table_name(name).into_paginator().items().send();
        while let Some(item) = pages.next().await {
            found.push((table, item.unwrap()));
        }
    }
    found
}

/// The same, so that two readings can be compared.
pub(crate) fn told(rows: &[(Table, Item)]) -> Vec<Row> {
    let mut told: Vec<Row> = rows
        .iter()
        .map(|(table, item)| {
            (*table, item.iter().map(|(name, value)| (name.clone(), spelled(value))).collect())
        })
        .collect();
    told.sort_by_key(|row| format!("{row:?}"));
    told
}

/// A set has no order, and a map is not always read in the same one.
fn spelled(value: &AttributeValue) -> String {
    match value {
        AttributeValue::M(values) => {
            let sorted: BTreeMap<&String, String> =
                values.iter().map(|(name, value)| (name, spelled(value))).collect();
            format!("{sorted:?}")
        }
        AttributeValue::L(values) => format!("{:?}", values.iter().map(spelled).collect::<Vec<_>>()),
        AttributeValue::Ss(texts) | AttributeValue::Ns(texts) => {
            let mut texts = texts.clone();
            texts.sort();
            format!("{texts:?}")
        }
        other => format!("{other:?}"),
    }
}

/// The tables with a row that says something of them.
pub(crate) fn tables_with(person: Person, rows: &[(Table, Item)]) -> Vec<&'static str> {
    let mut found: Vec<&str> =
        rows.iter().filter(|(_, item)| person.is_in_row(item)).map(|(table, _)| table.suffix()).collect();
    found.sort_unstable();
    found.dedup();
    found
}
