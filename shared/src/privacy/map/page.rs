//! The map as a page for people and as a document for machines.

use core::fmt::Write as _;

use serde::Serialize;

use super::{ALL, Basis, Class, Field, Kind, NOT_COLLECTED, Purpose, Row, Store};

/// When somebody last went through the map by hand.
const REVIEWED: &str = "2026-11-23";

const ABOUT: &str = "\
What is stored, why, by what right, and for how long. Made from `shared/src/privacy/map` by `timmy data-map`; tests fail for
a store or a field that is not in it. The same for machines: [data-map.json](data-map.json).
";

const TIME: &str = "\
**Time.** Every row that ends by itself has `expires_at` in epoch seconds. DynamoDB removes it some time after that, days
late at worst, and the nightly run what it has left; readers treat it as gone from that second on. Backups reach back 35
days: what was removed can be restored for that long, is used for nothing else, and is erased again when a backup is
restored.

**Keys.** Every key begins with the tenant: a server's id (`guild`), or `dm#` and a user's id where there is no server.
Tables are named `{TABLE_PREFIX}-…` and are encrypted with the key `DataKey`; buckets `{TABLE_PREFIX}-…-{account}`, queues
`{TABLE_PREFIX}-…`, secrets `{SECRET_PREFIX}/…`.

**Fields** have the names that are stored; `a.b` is `b` within `a`. What ends \"with the data of whom it belongs to\" ends
with the erasure of that person or server; so does everything else about somebody that has not ended by then, but for what
says otherwise.
";

/// `docs/DATA-MAP.md`.
pub fn markdown() -> String {
    let mut page = String::new();
    // Writing to a string cannot fail.
    let _ = write_page(&mut page);
    page
}

/// `docs/data-map.json`.
pub fn json() -> String {
    let document = Document {
        not_collected: NOT_COLLECTED,
        purposes: Purpose::ALL.map(|purpose| PurposeOf { purpose, basis: purpose.basis() }),
        stores: ALL,
    };
    // It has string keys and integers only, so it is always written; a test reads it back.
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

#[derive(Serialize)]
struct Document {
    not_collected: [&'static str; NOT_COLLECTED.len()],
    purposes: [PurposeOf; Purpose::ALL.len()],
    stores: &'static [Store],
}

#[derive(Serialize)]
struct PurposeOf {
    purpose: Purpose,
    basis: Basis,
}

fn write_page(page: &mut String) -> core::fmt::Result {
    writeln!(page, "# Data map\n\nReviewed: {REVIEWED}\n\n{ABOUT}")?;
    write_terms(page)?;
    for store in ALL.iter().filter(|store| store.kind == Kind::Table) {
        write!(page, "\n## `{}`\n\n{}", store.name, store.about)?;
        write_store(page, store)?;
    }
    page.push_str("\n## Outside of the tables\n");
    for store in ALL.iter().filter(|store| store.kind != Kind::Table) {
        write!(page, "\n### {} `{}`\n\n{}", capital(store.kind.as_str()), store.name, store.about)?;
        write_store(page, store)?;
    }
    Ok(())
}

fn write_terms(page: &mut String) -> core::fmt::Result {
    writeln!(page, "| class | meaning |\n|---|---|")?;
    for class in Class::ALL {
        writeln!(page, "| {} | {} |", class.as_str(), class.meaning())?;
    }
    writeln!(page, "\nNot collected at all: {}.\n", NOT_COLLECTED.join("; "))?;
    writeln!(page, "| purpose | so that | by what right (GDPR, article 6) |\n|---|---|---|")?;
    for purpose in Purpose::ALL {
        let (basis, meaning) = (purpose.basis(), purpose.meaning());
        writeln!(
            page,
            "| {} | {meaning} | {}, (1) ({}) |",
            purpose.as_str(),
            basis.as_str(),
            basis.letter()
        )?;
    }
    write!(page, "\n{TIME}")
}

fn write_store(page: &mut String, store: &Store) -> core::fmt::Result {
    if !store.owners.is_empty() {
        write!(page, " Owner: {}.", code(store.owners))?;
    }
    if !store.keys.is_empty() {
        write!(page, " Keys: {}.", code(store.keys))?;
    }
    page.push('\n');
    if store.rows.is_empty() {
        return Ok(());
    }
    let keys = if store.keys.is_empty() { "what".to_owned() } else { store.keys.join(", ") };
    writeln!(page, "\n| {keys} | about | fields | purpose | gone |\n|---|---|---|---|---|")?;
    let mut before = String::new();
    store.rows.iter().try_for_each(|row| {
        let fields = fields(row.fields);
        write_row(page, row, if fields == before { "the same" } else { &fields })?;
        before = fields;
        Ok(())
    })
}

fn write_row(page: &mut String, row: &Row, fields: &str) -> core::fmt::Result {
    let (keys, purpose) = (code(row.key), row.purpose.as_str());
    write!(page, "| {keys} | {} | {fields} | {purpose} | {}", row.about, row.end)?;
    if !row.sooner.is_empty() {
        write!(page, "; {}", row.sooner)?;
    }
    page.push_str(" |\n");
    Ok(())
}

/// By class, what says most first.
fn fields(fields: &[Field]) -> String {
    let of_class = |class: Class| {
        let names: Vec<_> =
            fields.iter().filter(|field| field.class == class).map(|field| field.name).collect();
        (!names.is_empty()).then(|| format!("{} ({})", code(&names), class.as_str()))
    };
    let classes: Vec<_> = Class::ALL.into_iter().rev().filter_map(of_class).collect();
    classes.join("; ")
}

fn code(names: &[&str]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

fn capital(word: &str) -> String {
    let (first, rest) = word.split_at(word.len().min(1));
    first.to_ascii_uppercase() + rest
}
