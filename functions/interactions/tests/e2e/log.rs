//! What a process wrote (SPEC T22).

use std::collections::BTreeSet;

use serde_json::Value;

/// What of an event must not be in a log: ids, tokens, what was typed, where it came from.
pub(crate) fn personal(event: &Value, into: &mut BTreeSet<String>) {
    let body: Value = serde_json::from_str(event["body"].as_str().unwrap()).unwrap();
    collect("", &body, into);
    let address = &event["requestContext"]["http"]["sourceIp"];
    into.extend(address.as_str().map(str::to_owned));
}

/// The bot's own name, which its messages carry as their author's.
const OURS: &str = "TimmyBot";

/// Short words could be in a log for other reasons; the names of commands and options are ours.
fn collect(key: &str, value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if key != "name" && is_telling(key, text) => _ = into.insert(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect(key, item, into)),
        Value::Object(fields) => fields.iter().for_each(|(key, value)| collect(key, value, into)),
        _ => {}
    }
}

fn is_telling(key: &str, text: &str) -> bool {
    let who = ["username", "global_name", "nick"].contains(&key) && text != OURS;
    who || text.len() >= 12 || text.trim().contains(' ')
}

/// Each line is a JSON object and holds none of these.
pub(crate) fn is_private(lines: &[String], secrets: &BTreeSet<String>) {
    assert!(!secrets.is_empty());
    for line in lines {
        let json: Result<Value, _> = serde_json::from_str(line);
        assert!(json.is_ok_and(|json| json.is_object()), "not an object of JSON: {line}");
        let found = secrets.iter().find(|secret| line.contains(secret.as_str()));
        assert_eq!(found, None, "{line}");
    }
}
