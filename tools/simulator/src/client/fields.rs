//! What a filled form is sent as (Discord: "Modal Submit Data"): the fields as they were handed out, each with its value.

use serde_json::{Map, Value, json};

const ACTION_ROW: u64 = 1;
const TEXT_INPUT: u64 = 4;
const TEXT_DISPLAY: u64 = 10;
const LABEL: u64 = 18;

/// The components of the submission. The error is for whoever filled the form.
pub(super) fn filled(modal: &Value, fields: &Map<String, Value>) -> Result<Vec<Value>, String> {
    let mut ids = 0;
    let components = modal["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    components.iter().map(|component| filled_one(component, fields, &mut ids)).collect()
}

fn filled_one(component: &Value, fields: &Map<String, Value>, ids: &mut u64) -> Result<Value, String> {
    *ids += 1;
    let id = component.get("id").cloned().unwrap_or_else(|| json!(*ids));
    let kind = component["type"].as_u64().unwrap_or_default();
    Ok(match kind {
        ACTION_ROW => {
            let inner = component["components"].as_array().map(Vec::as_slice).unwrap_or_default();
            let inner: Result<Vec<_>, _> = inner.iter().map(|one| filled_one(one, fields, ids)).collect();
            json!({ "type": kind, "id": id, "components": inner? })
        }
        LABEL => {
            let inner = filled_one(&component["component"], fields, ids)?;
            json!({ "type": kind, "id": id, "component": inner })
        }
        TEXT_DISPLAY => json!({ "type": kind, "id": id }),
        _ => {
            let custom_id = component["custom_id"].as_str().unwrap_or_default();
            let given = fields.get(custom_id).unwrap_or(&Value::Null);
            let mut field = json!({ "type": kind, "id": id, "custom_id": custom_id });
            if kind == TEXT_INPUT {
                field["value"] = text(component, given)?.into();
            } else {
                field["values"] = chosen(component, given)?.into();
            }
            field
        }
    })
}

fn text(field: &Value, given: &Value) -> Result<String, String> {
    let text = match given {
        Value::Null => "",
        Value::String(text) => text,
        _ => return Err("a text field takes a text".to_owned()),
    };
    let length = text.chars().count() as u64;
    let bound = |name: &str, default: u64| field[name].as_u64().unwrap_or(default);
    if field["required"] != false && length == 0 {
        return Err("a field that has to be filled is empty".to_owned());
    }
    let too_short = length > 0 && length < bound("min_length", 0);
    if too_short || length > bound("max_length", 4000) {
        return Err("a text is too short or too long".to_owned());
    }
    Ok(text.to_owned())
}

fn chosen(field: &Value, given: &Value) -> Result<Vec<Value>, String> {
    let values = match given {
        Value::Null => Vec::new(),
        Value::Array(values) => values.clone(),
        one => vec![one.clone()],
    };
    let bound = |name: &str| field[name].as_u64().unwrap_or(1);
    let count = values.len() as u64;
    let is_empty = field["required"] == false && count == 0;
    if !is_empty && !(bound("min_values")..=bound("max_values")).contains(&count) {
        return Err("too few or too many are chosen".to_owned());
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modal() -> Value {
        json!({ "custom_id": "f", "components": [
            { "type": 10, "content": "Why?" },
            { "type": 18, "label": "Reason", "component":
                { "type": 4, "custom_id": "reason", "style": 1, "min_length": 3, "max_length": 10 } },
            { "type": 18, "label": "Which", "component":
                { "type": 3, "custom_id": "which", "required": false, "max_values": 2 } },
            { "type": 1, "components": [{ "type": 4, "custom_id": "note", "style": 2, "required": false }] },
        ] })
    }

    fn submit(fields: Value) -> Result<Vec<Value>, String> {
        let Value::Object(fields) = fields else { panic!("an object") };
        filled(&modal(), &fields)
    }

    #[test]
    fn each_field_comes_back_where_it_was() {
        let sent = submit(json!({ "reason": "because", "which": ["a", "b"], "note": "n" })).unwrap();
        assert_eq!(sent[0], json!({ "type": 10, "id": 1 }));
        let reason = json!({ "type": 4, "id": 3, "custom_id": "reason", "value": "because" });
        assert_eq!(sent[1], json!({ "type": 18, "id": 2, "component": reason }));
        assert_eq!(sent[2]["component"]["values"], json!(["a", "b"]));
        assert_eq!(sent[3]["components"][0]["value"], "n");
        let least = submit(json!({ "reason": "because" })).unwrap();
        assert_eq!(
            (&least[2]["component"]["values"], &least[3]["components"][0]["value"]),
            (&json!([]), &json!(""))
        );
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        for fields in [
            json!({}),
            json!({ "reason": "no" }),
            json!({ "reason": "x".repeat(11) }),
            json!({ "reason": 5 }),
            json!({ "reason": "because", "which": ["a", "b", "c"] }),
        ] {
            assert!(submit(fields.clone()).is_err(), "{fields}");
        }
    }
}
