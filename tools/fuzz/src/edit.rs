//! Edits of a JSON document by a script of bytes, so that a fuzzer reaches what lies behind the JSON parser.
//!
//! Byte flips in JSON mostly make it no JSON. Here the input is `document NUL script`: each three bytes of the script
//! choose a place and what is done there, and any script is valid.

use serde_json::{Map, Value, json};

/// More edits than this only make the document noise.
const MAX_EDITS: usize = 24;
/// A document that weighs more is edited no further: edits multiply, and a slow fuzzer finds nothing.
const MAX_WEIGHT: usize = 50_000;

/// Splits an input into the document and its script; without a NUL there is no script.
pub fn split(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|byte| *byte == 0) {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, &[]),
    }
}

/// The document after the script; untouched bytes where it is no JSON or the script is empty.
pub fn apply(document: &[u8], script: &[u8]) -> Vec<u8> {
    let edits = script.chunks_exact(3).take(MAX_EDITS);
    if edits.len() == 0 {
        return document.to_vec();
    }
    let Ok(mut value) = serde_json::from_slice::<Value>(document) else { return document.to_vec() };
    for edit in edits {
        let count = size(&value);
        if weight(&value) > MAX_WEIGHT {
            break;
        }
        if let Some(place) = nth(&mut value, &mut (usize::from(edit[0]) % count)) {
            change(place, edit[1], edit[2]);
        }
    }
    value.to_string().into_bytes()
}

fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(fields) => fields.values().map(size).sum(),
        _ => 0,
    }
}

/// About the bytes of its text.
fn weight(value: &Value) -> usize {
    8 + match value {
        Value::Array(items) => items.iter().map(weight).sum(),
        Value::Object(fields) => fields.iter().map(|(name, field)| name.len() + weight(field)).sum(),
        Value::String(text) => text.len(),
        _ => 0,
    }
}

/// The value that is `left` steps further, parents before children.
fn nth<'a>(value: &'a mut Value, left: &mut usize) -> Option<&'a mut Value> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    match value {
        Value::Array(items) => items.iter_mut().find_map(|item| nth(item, left)),
        Value::Object(fields) => fields.values_mut().find_map(|field| nth(field, left)),
        _ => None,
    }
}

fn change(place: &mut Value, kind: u8, detail: u8) {
    match kind % 8 {
        0 => *place = atom(detail),
        1 => remove_one(place, detail),
        2 => repeat(place, usize::from(detail)),
        // Deep enough for the limit of any parser, not so deep that our own recursion ends first.
        3 => *place = (0..detail % 100).fold(place.take(), |inner, _| json!([inner])),
        4 => add_field(place, detail),
        5 => *place = json!(u64::from(detail) << 56 | 1),
        6 => *place = Value::from(place.to_string()),
        _ => *place = json!(detail),
    }
}

/// Values that parsers like to trip over.
fn atom(detail: u8) -> Value {
    match detail % 16 {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(-1),
        3 => json!(1.5),
        4 => json!(u64::MAX),
        5 => json!(""),
        6 => json!([]),
        7 => json!({}),
        8 => json!("0"),
        9 => json!("18446744073709551615"),
        10 => json!("18446744073709551616"),
        11 => json!("\u{0}\u{202e}\u{feff}"),
        12 => json!("👨‍👩‍👧‍👦 שלום R&B"),
        13 => json!("https://127.0.0.1/x"),
        14 => json!("a".repeat(5000)),
        _ => json!(1e300),
    }
}

fn remove_one(place: &mut Value, detail: u8) {
    match place {
        Value::Array(items) if !items.is_empty() => drop(items.remove(usize::from(detail) % items.len())),
        Value::Object(fields) if !fields.is_empty() => {
            let name = fields.keys().nth(usize::from(detail) % fields.len()).cloned();
            name.and_then(|name| fields.remove(&name));
        }
        other => *other = Value::Null,
    }
}

fn repeat(place: &mut Value, times: usize) {
    let times = times.min(MAX_WEIGHT / weight(place));
    match place {
        Value::Array(items) => {
            if let Some(first) = items.first().cloned() {
                items.extend(std::iter::repeat_n(first, times));
            }
        }
        Value::String(text) => *text = text.repeat(times),
        other => *other = json!([other.clone(), other.clone()]),
    }
}

fn add_field(place: &mut Value, detail: u8) {
    const NAMES: [&str; 8] = ["type", "id", "name", "value", "options", "data", "guild_id", "unknown"];
    let Value::Object(fields) = place else { return *place = Value::Object(Map::new()) };
    fields.insert(NAMES[usize::from(detail) % NAMES.len()].to_owned(), atom(detail / 8));
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &[u8] = br#"{"a":[1,"x"],"b":{"c":null}}"#;

    #[test]
    fn the_script_begins_after_the_first_nul() {
        assert_eq!(split(b"ab\0c\0d"), (&b"ab"[..], &b"c\0d"[..]));
        assert_eq!(split(b"ab"), (&b"ab"[..], &b""[..]));
    }

    #[test]
    fn without_a_script_or_json_nothing_changes() {
        assert_eq!(apply(DOCUMENT, b""), DOCUMENT);
        assert_eq!(apply(b"{no", b"\0\0\0"), b"{no");
    }

    #[test]
    fn every_place_can_be_reached() {
        for at in 0..6 {
            let edited = apply(DOCUMENT, &[at, 7, 9]);
            assert_ne!(edited, DOCUMENT, "place {at}");
            serde_json::from_slice::<Value>(&edited).unwrap();
        }
    }

    #[test]
    fn no_script_makes_a_document_grow_without_bound() {
        for kind in 0..8 {
            let edited = apply(b"\"\"", &[0, kind, 254].repeat(MAX_EDITS));
            assert!(edited.len() < 20 * MAX_WEIGHT, "{kind}: {}", edited.len());
            let edited = apply(DOCUMENT, &[[1, kind, 254], [0, 2, 255]].concat().repeat(MAX_EDITS / 2));
            assert!(edited.len() < 20 * MAX_WEIGHT, "{kind}: {}", edited.len());
        }
    }

    #[test]
    fn every_change_leaves_json() {
        for kind in 0..8 {
            for detail in 0..=255 {
                let edited = apply(DOCUMENT, &[3, kind, detail, 1, kind, detail]);
                let depth_is_the_point = kind == 3;
                assert!(
                    depth_is_the_point || serde_json::from_slice::<Value>(&edited).is_ok(),
                    "{kind} {detail}"
                );
            }
        }
    }
}
