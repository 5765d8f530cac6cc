//! The rows of the tables, past the wire: for whoever looks at what is stored, with no client and no runtime.

use core::fmt;
use std::collections::BTreeMap;

use dynoxide::Database;
use dynoxide::actions::scan::ScanRequest;
use serde_json::Value;

/// A way to the tables of a stack; good for as long as it is held. Cheap to clone.
#[derive(Clone)]
pub struct Rows(Database);

/// A table could not be read; in dynoxide's words.
#[derive(Debug, thiserror::Error)]
#[error("the rows cannot be read: {0}")]
pub struct Unread(String);

impl Rows {
    pub(crate) const fn new(database: Database) -> Self {
        Self(database)
    }

    /// Of each table that has rows, up to `most` of them, in `DynamoDB`'s JSON (`{"sk":{"S":"…"}}`).
    pub fn some(&self, most: usize) -> Result<BTreeMap<String, Vec<Value>>, Unread> {
        let failed = |error: dynoxide::DynoxideError| Unread(error.to_string());
        let tables = self.0.table_stats().map_err(failed)?.into_iter().filter(|table| table.item_count > 0);
        let names: Vec<String> = tables.map(|table| table.table_name).collect();
        names.into_iter().map(|name| Ok((name.clone(), self.of_table(name, most)?))).collect()
    }

    fn of_table(&self, table_name: String, most: usize) -> Result<Vec<Value>, Unread> {
        let request = ScanRequest { table_name, limit: Some(most), ..ScanRequest::default() };
        let page = self.0.scan(request).map_err(|error| Unread(error.to_string()))?;
        let rows = page.items.unwrap_or_default().into_iter().map(serde_json::to_value);
        rows.collect::<Result<_, _>>().map_err(|error| Unread(error.to_string()))
    }
}

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rows")
    }
}
