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
        "description" => true,
        "const" => rule == value,
        "type" if rule == "string" => value.is_string(),
        "type" if rule == "integer" => value.is_u64(),
        "pattern" => Regex::new(rule.as_str().unwrap()).unwrap().is_match(value.as_str().unwrap()),
        "minimum" => value.as_u64() >= rule.as_u64(),
        "maximum" => value.as_u64() <= rule.as_u64(),
        unknown => panic!("{unknown} is not known here"),
    })
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
