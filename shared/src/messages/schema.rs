//! Holds a message against its schema. It knows the few words of JSON Schema that ours use, and refuses others.

use std::collections::BTreeSet;

use regex_lite::Regex;
use serde::Serialize;
use serde_json::Value;

/// The schema has the members that the message has, requires them all, takes no others, and takes their values.
pub(super) fn agrees(schema: &str, message: &impl Serialize) {
    let schema: Value = serde_json::from_str(schema).unwrap();
    let message = serde_json::to_value(message).unwrap();
    let members: BTreeSet<&str> = message.as_object().unwrap().keys().map(String::as_str).collect();
    let properties = schema["properties"].as_object().unwrap();
    assert_eq!(properties.keys().map(String::as_str).collect::<BTreeSet<_>>(), members);
    let required = schema["required"].as_array().unwrap();
    assert_eq!(required.iter().filter_map(Value::as_str).collect::<BTreeSet<_>>(), members);
    assert_eq!((&schema["type"], &schema["additionalProperties"]), (&"object".into(), &false.into()));
    for (name, rules) in properties {
        assert!(takes(rules, &message[name]), "{name}: {rules} does not take {}", message[name]);
    }
}

fn takes(rules: &Value, value: &Value) -> bool {
    rules.as_object().unwrap().iter().all(|(word, rule)| match word.as_str() {
        // All but the first are looked at together, below.
        "description" | "properties" | "required" | "additionalProperties" | "items" => true,
        "const" => rule == value,
        "oneOf" => rule.as_array().unwrap().iter().filter(|one| takes(one, value)).count() == 1,
        "type" if rule == "object" => object(rules, value),
        "type" if rule == "array" => {
            value.as_array().is_some_and(|items| items.iter().all(|item| takes(&rules["items"], item)))
        }
        "minItems" => value.as_array().map(|items| items.len() as u64) >= rule.as_u64(),
        "maxItems" => value.as_array().map(|items| items.len() as u64) <= rule.as_u64(),
        "type" if rule == "string" => value.is_string(),
        "type" if rule == "integer" => value.is_u64(),
        "type" if rule == "boolean" => value.is_boolean(),
        "pattern" => {
            value.as_str().is_some_and(|text| Regex::new(rule.as_str().unwrap()).unwrap().is_match(text))
        }
        "maxLength" => value.as_str().map(|text| text.chars().count() as u64) <= rule.as_u64(),
        "minimum" => value.as_u64() >= rule.as_u64(),
        "maximum" => value.as_u64() <= rule.as_u64(),
        unknown => panic!("{unknown} is not known here"),
    })
}

/// One inside another: what it requires is there, what is there it knows and takes.
fn object(rules: &Value, value: &Value) -> bool {
    let Some(members) = value.as_object() else { return false };
    assert_eq!(rules["additionalProperties"], false, "{rules}");
    let required = rules["required"].as_array().unwrap();
    required.iter().all(|name| members.contains_key(name.as_str().unwrap()))
        && members
            .iter()
            .all(|(name, value)| rules["properties"].get(name).is_some_and(|rules| takes(rules, value)))
}

#[test]
fn an_object_in_an_object_is_held_against_its_own_rules() {
    let inner = r#"{"oneOf":[{"type":"object","required":["b"],"additionalProperties":false,
        "properties":{"b":{"type":"array","minItems":1,"maxItems":2,"items":{"type":"string","maxLength":1}}}},
        {"type":"string"}]}"#;
    let schema = format!(
        r#"{{"type":"object","additionalProperties":false,"properties":{{"a":{inner}}},"required":["a"]}}"#
    );
    let held = |a: Value| {
        let message = serde_json::json!({ "a": a });
        std::panic::catch_unwind(|| agrees(&schema, &message)).is_ok()
    };
    for (a, fits) in [
        (serde_json::json!({ "b": ["x"] }), true),
        (serde_json::json!("x"), true),
        (serde_json::json!({ "b": [] }), false),
        (serde_json::json!({ "b": ["x", "y", "z"] }), false),
        (serde_json::json!({ "b": ["xx"] }), false),
        (serde_json::json!({ "b": ["x"], "c": 1 }), false),
        (serde_json::json!({}), false),
        (serde_json::json!(1), false),
    ] {
        assert_eq!(held(a.clone()), fits, "{a}");
    }
}

#[test]
fn a_schema_that_says_otherwise_is_noticed() {
    let message = serde_json::json!({ "a": 1 });
    let schema = |rules: &str, required: &str| {
        format!(
            r#"{{"type":"object","additionalProperties":false,"properties":{{"a":{rules}}},"required":{required}}}"#
        )
    };
    agrees(&schema(r#"{"type":"integer","minimum":1}"#, r#"["a"]"#), &message);
    for (rules, required) in
        [(r#"{"const":2}"#, r#"["a"]"#), (r#"{"const":1}"#, "[]"), (r#"{"minimum":2}"#, r#"["a"]"#)]
    {
        let schema = schema(rules, required);
        assert!(std::panic::catch_unwind(|| agrees(&schema, &message)).is_err(), "{schema}");
    }
}
