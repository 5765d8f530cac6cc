use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::*;
use crate::domain::access::Ban;
use crate::domain::queue::{ENTRY_TTL_S, QUEUE_TTL_S};
use crate::privacy::TOMBSTONE_LIFE;
use crate::security::oauth::callback;

/// Stores with something about somebody in which nobody looks for it: their `about` says why.
const NOBODY_LOOKS: [(Kind, &str); 3] =
    [(Kind::Table, "audit"), (Kind::Table, "incidents"), (Kind::Bucket, "evidence")];
/// Messages and lines leave by themselves within weeks.
const PASSING: [Kind; 3] = [Kind::Queue, Kind::LogGroup, Kind::Stream];

fn store(kind: Kind, name: &str) -> &'static Store {
    ALL.iter().find(|store| store.kind == kind && store.name == name).unwrap()
}

fn row(table: &str, last_key: &str) -> &'static Row {
    let rows = store(Kind::Table, table).rows;
    rows.iter().find(|row| row.key.last() == Some(&last_key)).unwrap()
}

fn seconds(end: End) -> i64 {
    match end {
        End::After { seconds, .. } => seconds.into(),
        other => panic!("{other} is no time"),
    }
}

fn names(row: &Row) -> BTreeSet<&str> {
    row.fields.iter().map(|field| field.name).collect()
}

#[test]
fn the_page_and_the_document_are_what_the_code_says() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    for (name, made, command) in
        [("DATA-MAP.md", markdown(), "timmy data-map"), ("data-map.json", json(), "timmy data-map --json")]
    {
        let committed = std::fs::read_to_string(docs.join(name)).unwrap();
        assert!(committed == made, "docs/{name} is out of date: {command} > docs/{name}");
    }
}

#[test]
fn the_document_reads_back_with_every_row() {
    let document: Value = serde_json::from_str(&json()).unwrap();
    let stores = document["stores"].as_array().unwrap();
    assert_eq!(stores.len(), ALL.len());
    for (written, store) in stores.iter().zip(ALL) {
        assert_eq!(written["name"], store.name);
        assert_eq!(written["place"], store.place.map_or(Value::Null, |place| place.as_str().into()));
        assert_eq!(written["rows"].as_array().unwrap().len(), store.rows.len());
        for (written, row) in written["rows"].as_array().unwrap().iter().zip(store.rows) {
            assert_eq!(written["fields"].as_object().unwrap().len(), names(row).len(), "{:?}", row.key);
            assert!(written["end"]["end"].is_string());
        }
    }
}

#[test]
fn each_store_is_there_once_and_says_what_it_is() {
    let mut seen = BTreeSet::new();
    for store in ALL {
        assert!(seen.insert((store.kind, store.name)), "{} is there twice", store.name);
        assert!(!store.about.is_empty(), "{}", store.name);
        for owner in store.owners {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(owner);
            assert!(path.exists(), "{owner} of {} does not exist", store.name);
        }
    }
}

#[test]
fn each_place_has_a_store() {
    for place in Place::ALL {
        let count = ALL.iter().filter(|store| store.place == Some(place)).count();
        assert_eq!(count, 1, "{place}");
    }
    let others = |store: &&Store| store.place.is_some_and(|place| !store.name.starts_with(place.as_str()));
    assert!(ALL.iter().find(others).is_none());
}

#[test]
fn what_is_about_people_has_a_place_or_is_excused() {
    let without = ALL.iter().filter(|store| store.place.is_none() && !PASSING.contains(&store.kind));
    let about = without.filter(|store| store.rows.iter().any(Row::is_about_people));
    let found: BTreeSet<_> = about.map(|store| (store.kind, store.name)).collect();
    assert_eq!(found, BTreeSet::from(NOBODY_LOOKS));
}

#[test]
fn what_passes_by_ends_by_itself() {
    for store in ALL.iter().filter(|store| PASSING.contains(&store.kind)) {
        assert!(store.rows.iter().all(|row| seconds(row.end) <= 30 * 86_400), "{}", store.name);
    }
}

#[test]
fn nothing_about_anybody_stays_for_ever() {
    for (store, row) in ALL.iter().flat_map(|store| store.rows.iter().map(move |row| (store, row))) {
        let secret = row.fields.iter().any(|field| field.class == Class::Secret);
        let personal = row.is_about_people() || secret;
        assert!(!(personal && row.end == End::Never), "{} {:?}", store.name, row.key);
    }
}

#[test]
fn rows_of_tables_that_end_by_time_say_when() {
    for store in ALL.iter().filter(|store| store.kind == Kind::Table) {
        for row in store.rows {
            let by_time = matches!(row.end, End::After { .. });
            assert!(!by_time || names(row).contains("expires_at"), "{} {:?}", store.name, row.key);
            assert_eq!(row.key.len(), store.keys.len(), "{} {:?}", store.name, row.key);
        }
    }
}

#[test]
fn each_row_has_fields_of_different_names_and_keys_that_are_understood() {
    for (store, row) in ALL.iter().flat_map(|store| store.rows.iter().map(move |row| (store, row))) {
        assert_eq!(names(row).len(), row.fields.len(), "{} {:?}", store.name, row.key);
        let keys = row.key.iter().chain([&store.name]);
        let unknown: Vec<_> = keys.filter(|key| placeholder::class(key).is_none()).collect();
        assert!(unknown.is_empty(), "{} {unknown:?}", store.name);
        let nested =
            |one: &str, other: &str| other.strip_prefix(one).is_some_and(|rest| rest.starts_with('.'));
        let both = |one: &&str| names(row).iter().any(|other| nested(one, other));
        assert!(names(row).iter().find(|one| both(one)).is_none(), "{} {:?}", store.name, row.key);
    }
}

#[test]
fn times_are_those_of_the_code() {
    assert_eq!(seconds(row("guild-queues", "q#head").end), QUEUE_TTL_S);
    assert_eq!(seconds(row("guild-queues", "e#{entry}").end), ENTRY_TTL_S);
    assert_eq!(seconds(row("guild-state", "votes").end), QUEUE_TTL_S);
    assert_eq!(seconds(row("guild-access", "ban").end), Ban::LENGTH.as_secs());
    assert_eq!(seconds(row("account-links", "linking").end), callback::LIFE.as_secs());
    assert_eq!(seconds(row("account-links", "sign_in").end), callback::LIFE.as_secs());
    let tombstone = u64::try_from(seconds(row("tombstones", "tombstone").end)).unwrap();
    assert_eq!(tombstone, TOMBSTONE_LIFE.as_secs());
}

#[test]
fn lines_of_the_log_have_the_fields_of_their_schema() {
    let schema: Value =
        serde_json::from_str(include_str!("../../../../events/schemas/security-event.json")).unwrap();
    let written: BTreeSet<&str> =
        schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    let rows = store(Kind::LogGroup, "/aws/lambda/{function}").rows;
    let security = rows.iter().find(|row| row.key == ["security"]).unwrap();
    assert_eq!(names(security), written);
}

#[test]
fn messages_have_the_fields_of_their_schemas() {
    let messages = ALL.iter().filter(|store| store.kind == Kind::Queue).flat_map(|store| store.rows);
    let mut count = 0;
    for row in messages.filter(|row| row.key != ["failed run"]) {
        let file = format!("../events/schemas/{}.json", row.key[0].replace('_', "-"));
        let schema = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        let schema: Value = serde_json::from_str(&schema).unwrap();
        let written: BTreeSet<&str> =
            schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names(row), written, "{:?}", row.key);
        count += 1;
    }
    assert!(count >= 6, "only {count} messages were found");
}

#[test]
fn exports_leave_out_what_opens_something() {
    assert!(is_secret(Place::Deferred, "reply_token"));
    assert!(is_secret(Place::UserSecrets, "accounts") && is_secret(Place::UserSecrets, "accounts.access"));
    for open in ["accounts.subject", "rev", "accounts.acc"] {
        assert!(!is_secret(Place::UserSecrets, open), "{open}");
    }
    assert!(!is_secret(Place::AccountLinks, "subject") && !is_secret(Place::Roles, "reply_token"));
}

#[test]
fn people_are_told_each_purpose_with_its_stores_and_ends() {
    let held: Vec<Held> = about_people().collect();
    let purposes: Vec<Purpose> = held.iter().map(|held| held.purpose).collect();
    assert!(purposes.is_sorted() && !purposes.contains(&Purpose::Settings), "{purposes:?}");
    for held in &held {
        assert!(held.ends.is_sorted() && !held.ends.is_empty() && !held.stores.is_empty());
        assert_ne!(held.ends.last(), Some(&End::Never));
    }
    let playing = held.iter().find(|held| held.purpose == Purpose::Playing).unwrap();
    assert_eq!(playing.stores, ["guild-queues", "guild-state"]);
    assert_eq!(playing.ends.last(), Some(&End::days(7)));
    let accounts = held.iter().find(|held| held.purpose == Purpose::Accounts).unwrap();
    assert!(accounts.stores.contains(&"users/{user}/oauth") && accounts.ends.contains(&End::Unlinked));
}

#[test]
fn people_and_machines_read_the_same() {
    let page = markdown();
    for store in ALL {
        assert!(
            page.contains(&format!("# `{}`\n", store.name)) || page.contains(&format!(" `{}`\n", store.name))
        );
        for row in store.rows {
            assert!(page.contains(row.about) && page.contains(&row.end.to_string()), "{:?}", row.key);
        }
    }
}
