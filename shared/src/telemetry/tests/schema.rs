//! Every kind of security event against `events/schemas/security-event.json`, as it is written.

use regex_lite::Regex;

use super::*;
use crate::security::event::Outcome;

const SCHEMA: &str = include_str!("../../../../events/schemas/security-event.json");

/// The part of JSON Schema 2020-12 that our schemas use. A keyword that it does not know fails the test, so that
/// nothing in a schema goes unchecked.
fn check(schema: &Value, root: &Value, value: &Value, path: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut require = |holds: bool, what: &str| {
        if !holds {
            faults.push(format!("{path}: {what}"));
        }
    };
    let mut deeper = Vec::new();
    for (keyword, rule) in schema.as_object().unwrap() {
        match keyword.as_str() {
            // `then` belongs to `if`.
            "$schema" | "$id" | "$defs" | "title" | "description" | "then" => {}
            "$ref" => {
                let rule = root.pointer(rule.as_str().unwrap().trim_start_matches('#')).unwrap();
                deeper.extend(check(rule, root, value, path));
            }
            "type" => require(has_type(rule, value), "type"),
            "const" => require(rule == value, "const"),
            "enum" => require(rule.as_array().unwrap().contains(value), "enum"),
            "pattern" => {
                let pattern = Regex::new(rule.as_str().unwrap()).unwrap();
                require(value.as_str().is_none_or(|text| pattern.is_match(text)), "pattern");
            }
            "minimum" => require(value.as_i64() >= rule.as_i64(), "minimum"),
            "maximum" => require(value.as_i64() <= rule.as_i64(), "maximum"),
            "maxLength" => {
                let max = usize::try_from(rule.as_u64().unwrap()).unwrap();
                require(value.as_str().is_none_or(|text| text.chars().count() <= max), "maxLength");
            }
            "required" => {
                let names = rule.as_array().unwrap();
                require(names.iter().all(|name| !value[name.as_str().unwrap()].is_null()), "required");
            }
            "properties" => deeper.extend(rule.as_object().unwrap().iter().flat_map(|(name, rule)| {
                value
                    .get(name)
                    .map(|inner| check(rule, root, inner, &format!("{path}/{name}")))
                    .unwrap_or_default()
            })),
            "additionalProperties" => {
                let known = schema["properties"].as_object();
                for (name, inner) in value.as_object().into_iter().flatten() {
                    match (known.is_some_and(|known| known.contains_key(name)), rule) {
                        (true, _) => {}
                        (false, Value::Bool(allowed)) => require(*allowed, &format!("unknown member {name}")),
                        (false, rule) => deeper.extend(check(rule, root, inner, &format!("{path}/{name}"))),
                    }
                }
            }
            "anyOf" => {
                let any =
                    rule.as_array().unwrap().iter().any(|rule| check(rule, root, value, path).is_empty());
                require(any, "anyOf");
            }
            "allOf" => {
                deeper
                    .extend(rule.as_array().unwrap().iter().flat_map(|rule| check(rule, root, value, path)));
            }
            "if" => {
                let then =
                    if check(rule, root, value, path).is_empty() { &schema["then"] } else { &Value::Null };
                if then.is_object() {
                    deeper.extend(check(then, root, value, path));
                }
            }
            other => panic!("keyword {other} is not known to this test"),
        }
    }
    faults.extend(deeper);
    faults
}

fn has_type(rule: &Value, value: &Value) -> bool {
    match rule.as_str().unwrap() {
        "object" => value.is_object(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        other => panic!("type {other} is not known to this test"),
    }
}

fn faults(value: &Value) -> Vec<String> {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    check(&schema, &schema, value, "")
}

fn every_event() -> Vec<SecurityEvent> {
    let at = "2026-01-02T03:04:05.678Z".parse().unwrap();
    vec![
        SecurityEvent::authentication_attempt(Platform::Discord, true, at),
        SecurityEvent::authentication_attempt(Platform::Discord, false, at).user_agent("curl/8\r\nx"),
        SecurityEvent::unauthorized_access("play", true, at),
        SecurityEvent::authorization_denied("skip", "queue:manage", at),
        SecurityEvent::api_key_use("queue.read", Outcome::Success, at),
        SecurityEvent::credential_change("rotate", "custom-id-key", at),
        SecurityEvent::administrative_action("approve", Outcome::Error, at),
        SecurityEvent::suspicious_activity(80, at),
        SecurityEvent::guild_banned(3600, at),
        SecurityEvent::rate_limited("play", 12, at),
    ]
}

fn lines() -> Vec<Value> {
    let (telemetry, captured) = telemetry();
    let names = telemetry.pseudonyms().clone();
    for event in every_event() {
        telemetry.security(&event);
        telemetry.security(
            &event
                .user(names.user(UserId::new(1)))
                .guild(names.guild(GuildId::new(1)))
                .ip(names.ip("2001:db8::1".parse().unwrap()))
                .extra("support_id", SupportId::derive(&names, InteractionId::new(1))),
        );
    }
    captured.lines()
}

#[test]
fn every_kind_of_event_fits_its_schema() {
    for line in lines() {
        assert_eq!(faults(&line), Vec::<String>::new(), "{line}");
    }
}

#[test]
fn the_schema_knows_exactly_the_kinds_that_exist() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let mut known: Vec<String> =
        serde_json::from_value(schema["properties"]["event_type"]["enum"].clone()).unwrap();
    let mut made: Vec<String> = every_event()
        .iter()
        .map(|event| serde_json::to_value(event.event_type()).unwrap())
        .map(|kind| kind.as_str().unwrap().to_owned())
        .collect();
    known.sort();
    made.sort();
    made.dedup();
    assert_eq!(known, made);
}

#[test]
fn the_schema_refuses_what_must_not_be_logged() {
    let change = |pointer: &str, value: Value| {
        let mut line = lines().remove(1);
        *line.pointer_mut(pointer).unwrap() = value;
        faults(&line)
    };
    assert!(change("/schema_version", json!(1)).is_empty());
    for (pointer, value) in [
        ("/user", json!("175928847299117063")),
        ("/guild", json!("user_k1_0123456789abcdef")),
        ("/ip", json!("192.0.2.1")),
        ("/event_type", json!("authentication_attempt")),
        ("/result", json!("maybe")),
        ("/timestamp", json!("2026-01-02 03:04:05")),
        ("/timestamp", json!("2026-01-02T03:04:05+01:00")),
        ("/correlation_id", json!("two words")),
        ("/schema_version", json!(2)),
        ("/extras/platform", json!(["discord"])),
        ("/extras/platform", json!(null)),
    ] {
        assert!(!change(pointer, value.clone()).is_empty(), "{pointer} {value}");
    }
    let mut more = lines().remove(0);
    more["query"] = json!("a song");
    assert_eq!(faults(&more), [": unknown member query"]);
}
