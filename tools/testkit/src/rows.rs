//! The tables that end with their test are searched: each row, and each attribute of it, stands in the data map
//! (SPEC T28). A new field fails every test that writes it, until somebody has decided what it is.

use core::sync::atomic::{AtomicBool, Ordering};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use aws_local::{Rows, Stack};
use serde_json::Value;

/// Made of the map in `shared`, which nothing here may depend on; a test there keeps both the same.
const MAP: &str = include_str!("../../../docs/data-map.json");
/// Rows of a table that are looked at. A test with more writes the same kinds again and again.
const MOST: usize = 1_000;
/// The attribute by which a row ends by itself.
const ENDS_AT: &str = "expires_at";

/// Looks at the rows when it is dropped.
#[derive(Debug)]
pub(crate) struct Known {
    rows: Rows,
    looks_away: AtomicBool,
}

impl Known {
    pub(crate) fn of(stack: &Stack) -> Self {
        Self { rows: stack.rows(), looks_away: AtomicBool::new(false) }
    }

    pub(crate) fn look_away(&self) {
        self.looks_away.store(true, Ordering::Relaxed);
    }
}

impl Drop for Known {
    /// # Panics
    /// When the map does not know something. A test that fails already is left alone.
    #[expect(clippy::panic, reason = "a test that stores what nobody has declared must fail")]
    fn drop(&mut self) {
        if std::thread::panicking() || self.looks_away.load(Ordering::Relaxed) {
            return;
        }
        match self.rows.some(MOST) {
            Ok(tables) => {
                let unknown = unknown(map(), &tables);
                assert!(unknown.is_empty(), "shared/src/privacy/map does not know: {unknown:#?}");
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// A kind of row as the map has it.
#[derive(Debug)]
struct Kind {
    key: Vec<(String, String)>,
    fields: BTreeSet<String>,
    ends_by_itself: bool,
}

/// By the table's name without its prefix.
type Map = BTreeMap<String, Vec<Kind>>;

fn map() -> &'static Map {
    static READ: OnceLock<Map> = OnceLock::new();
    READ.get_or_init(|| read(&serde_json::from_str(MAP).unwrap_or_default()))
}

fn read(map: &Value) -> Map {
    let stores = map["stores"].as_array().into_iter().flatten().filter(|store| store["kind"] == "table");
    let table = |store: &Value| {
        let rows = store["rows"].as_array().into_iter().flatten();
        (text(&store["name"]), rows.map(|row| kind(&store["keys"], row)).collect())
    };
    stores.map(table).collect()
}

fn kind(keys: &Value, row: &Value) -> Kind {
    let texts = |value: &Value| value.as_array().into_iter().flatten().map(text).collect::<Vec<_>>();
    Kind {
        key: texts(keys).into_iter().zip(texts(&row["key"])).collect(),
        fields: row["fields"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect(),
        ends_by_itself: row["end"]["end"] == "after",
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// What is stored and not declared, each once.
fn unknown(map: &Map, tables: &BTreeMap<String, Vec<Value>>) -> BTreeSet<String> {
    let mut unknown = BTreeSet::new();
    for (name, rows) in tables {
        let kinds = map.iter().find(|(suffix, _)| name.ends_with(&format!("-{suffix}")));
        let Some((table, kinds)) = kinds else {
            unknown.insert(format!("the table {name}"));
            continue;
        };
        unknown
            .extend(rows.iter().flat_map(|row| faults(kinds, row)).map(|fault| format!("{table}: {fault}")));
    }
    unknown
}

/// None if any kind that the row's key fits takes it as it is.
fn faults(kinds: &[Kind], row: &Value) -> Vec<String> {
    let mut fitting = kinds.iter().filter(|kind| kind.fits(row)).map(|kind| kind.faults(row)).peekable();
    if fitting.peek().is_none() {
        return vec![format!("the kind of row that {row} is")];
    }
    fitting.min_by_key(Vec::len).unwrap_or_default()
}

impl Kind {
    fn fits(&self, row: &Value) -> bool {
        let value =
            |name: &str| row[name]["S"].as_str().or_else(|| row[name]["N"].as_str()).unwrap_or_default();
        self.key.iter().all(|(name, pattern)| fits(pattern, value(name)))
    }

    fn faults(&self, row: &Value) -> Vec<String> {
        let key: Vec<&str> = self.key.iter().map(|(_, pattern)| pattern.as_str()).collect();
        let key = key.join(", ");
        let mut faults = Vec::new();
        for (name, value) in row.as_object().into_iter().flatten() {
            if !self.key.iter().any(|(key, _)| key == name) {
                self.look_at(name, value, &mut faults);
            }
        }
        if self.ends_by_itself && row.get(ENDS_AT).is_none() {
            faults.push(format!("that a row has no {ENDS_AT}"));
        }
        faults.into_iter().map(|fault| format!("{fault} ({key})")).collect()
    }

    /// A field that is declared as a whole may have anything in it.
    fn look_at(&self, path: &str, value: &Value, faults: &mut Vec<String>) {
        if self.fields.contains(path) {
            return;
        }
        let within = format!("{path}.");
        if !self.fields.iter().any(|field| field.starts_with(&within)) {
            faults.push(format!("the field {path}"));
            return;
        }
        for (name, value) in value["M"].as_object().into_iter().flatten() {
            self.look_at(&format!("{within}{name}"), value, faults);
        }
        for item in value["L"].as_array().into_iter().flatten() {
            self.look_at(path, item, faults);
        }
    }
}

/// Whether a text is what a pattern such as `user#{user}` says. Any text that is not empty stands for a word.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((before, rest)) = pattern.split_once('{') else { return pattern == text };
    let Some((_, after)) = rest.split_once('}') else { return pattern == text };
    let Some(text) = text.strip_prefix(before) else { return false };
    text.char_indices()
        .skip(1)
        .map(|(at, _)| at)
        .chain([text.len()])
        .any(|at| at > 0 && fits(after, &text[at..]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Aws;

    fn told(row: &Value) -> Vec<String> {
        let map = json!({ "stores": [
            { "name": "t", "kind": "bucket", "keys": [], "rows": [] },
            { "name": "things", "kind": "table", "keys": ["owner", "n"], "rows": [
                { "key": ["user#{user}", "{n}"], "end": { "end": "after" },
                  "fields": { "a": "public", "b.c": "public", "b.d": "public", "expires_at": "public" } },
                { "key": ["#all", "1"], "end": { "end": "never" }, "fields": { "count": "public" } },
            ] },
        ] });
        let tables = BTreeMap::from([("x-things".to_owned(), vec![row.clone()])]);
        unknown(&read(&map), &tables).into_iter().collect()
    }

    fn row(more: &Value) -> Value {
        let mut row = json!({ "owner": { "S": "user#5001" }, "n": { "N": "7" }, "expires_at": { "N": "9" } });
        let (Some(row_fields), Some(more)) = (row.as_object_mut(), more.as_object()) else { return row };
        row_fields.extend(more.clone());
        row
    }

    #[test]
    fn what_the_map_has_is_known() {
        assert!(told(&row(&json!({}))).is_empty());
        assert!(told(&row(&json!({ "a": { "M": { "anything": { "S": "" } } } }))).is_empty());
        assert!(told(&row(&json!({ "b": { "M": { "c": { "S": "" } } } }))).is_empty());
        assert!(told(&row(&json!({ "b": { "NULL": true } }))).is_empty());
        assert!(
            told(&json!({ "owner": { "S": "#all" }, "n": { "N": "1" }, "count": { "N": "2" } })).is_empty()
        );
    }

    #[test]
    fn a_field_that_nobody_declared_is_told() {
        assert_eq!(told(&row(&json!({ "e": { "S": "" } }))), ["things: the field e (user#{user}, {n})"]);
        let within = row(&json!({ "b": { "L": [{ "M": { "c": { "S": "" }, "x": { "S": "" } } }] } }));
        assert_eq!(told(&within), ["things: the field b.x (user#{user}, {n})"]);
    }

    #[test]
    fn a_row_of_no_kind_and_one_without_its_end_are_told() {
        assert_eq!(told(&json!({ "owner": { "S": "guild#1" }, "n": { "N": "1" } })).len(), 1);
        assert_eq!(told(&json!({ "owner": { "S": "user#" }, "n": { "N": "1" } })).len(), 1);
        let endless = told(&json!({ "owner": { "S": "user#1" }, "n": { "N": "1" } }));
        assert_eq!(endless, ["things: that a row has no expires_at (user#{user}, {n})"]);
        let tables = BTreeMap::from([("x-others".to_owned(), vec![])]);
        assert_eq!(unknown(&Map::new(), &tables).len(), 1);
    }

    #[test]
    fn a_word_stands_for_any_text_but_none() {
        for (pattern, text, expected) in [
            ("a", "a", true),
            ("a#{x}", "a#1", true),
            ("a#{x}", "a#", false),
            ("{x}#{y}", "a#b#c", true),
            ("c#{x}#user#{y}", "c#play#user#5", true),
            ("c#{x}#user#{y}", "c#play", false),
            ("{x}", "ä", true),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn the_map_has_tables() {
        assert!(map().len() >= 17 && map().values().flatten().all(|kind| !kind.key.is_empty()));
    }

    /// Whether a test that wrote this setting ends well.
    async fn ends_well(field: &str, made_up: bool) -> bool {
        let aws = Aws::start().await;
        let put = aws.dynamodb().put_item().table_name("timmybot-replay");
        let value = |text: &str| aws_sdk_dynamodb::types::AttributeValue::S(text.to_owned());
        let put =
            put.item("tenant", value("1")).item("sk", value("interaction#2")).item("expires_at", value("3"));
        let sent = put.item(field, value("x")).send().await;
        if made_up {
            aws.rows_are_made_up();
        }
        sent.is_ok() && std::panic::catch_unwind(core::panic::AssertUnwindSafe(move || drop(aws))).is_ok()
    }

    #[tokio::test]
    async fn a_test_that_stores_what_nobody_declared_fails() {
        assert!(ends_well("expires_at", false).await);
        assert!(!ends_well("e_mail", false).await);
        assert!(ends_well("e_mail", true).await);
    }
}
