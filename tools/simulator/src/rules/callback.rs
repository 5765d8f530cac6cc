//! A bot's first answer (Discord: "Interaction Response Object").

use serde_json::{Map, Value};

use super::{Violation, components, demand, length, message};

const PING: u8 = 1;
const COMMAND: u8 = 2;
const COMPONENT: u8 = 3;
const AUTOCOMPLETE: u8 = 4;
const MODAL: u8 = 5;

/// `EPHEMERAL` and `IS_COMPONENTS_V2`: what may be said of an answer that is still thought about.
const OF_DEFERRALS: u64 = 1 << 6 | 1 << 15;
const CHOICES_MAX: usize = 25;
const TITLE_MAX: usize = 45;

/// Checks it against what was asked; none: it is not known what was.
pub(crate) fn callback(asked: Option<u8>, answer: &Value) -> Result<(), Violation> {
    let kind = answer["type"].as_u64().ok_or_else(|| Violation::new("type", "an answer has a type"))?;
    if let Some(asked) = asked {
        demand(fits(asked, kind), "type", "this interaction cannot be answered so")?;
    }
    let empty = Map::new();
    let data = answer.get("data").and_then(Value::as_object).unwrap_or(&empty);
    let checked = match kind {
        4 | 7 => message(data),
        5 => deferral(data),
        8 => choices(data),
        9 => form(data),
        1 | 6 => Ok(()),
        _ => return Err(Violation::new("type", "there is no such answer")),
    };
    checked.map_err(|broken| broken.below("data"))
}

fn fits(asked: u8, kind: u64) -> bool {
    match asked {
        PING => kind == 1,
        COMMAND => matches!(kind, 4 | 5 | 9),
        COMPONENT => matches!(kind, 4..=7 | 9),
        AUTOCOMPLETE => kind == 8,
        MODAL => matches!(kind, 4..=7),
        _ => false,
    }
}

fn deferral(data: &Map<String, Value>) -> Result<(), Violation> {
    let flags = data.get("flags").and_then(Value::as_u64).unwrap_or_default();
    demand(flags & !OF_DEFERRALS == 0, "flags", "these flags cannot be deferred")
}

fn choices(data: &Map<String, Value>) -> Result<(), Violation> {
    let list = data.get("choices").and_then(Value::as_array);
    let list = list.ok_or_else(|| Violation::new("choices", "it has to be a list"))?;
    demand(list.len() <= CHOICES_MAX, "choices", "there are more than 25 choices")?;
    for (at, choice) in list.iter().enumerate() {
        let at = format!("choices.{at}");
        let is_fine = |text: &str| (1..=100).contains(&length(text));
        let name = choice["name"].as_str().is_some_and(is_fine);
        demand(name, &at, "a choice's name has 1 to 100 characters")?;
        let value = match &choice["value"] {
            Value::String(text) => is_fine(text),
            value => value.is_number(),
        };
        demand(value, &at, "a choice's value is a number or has 1 to 100 characters")?;
    }
    Ok(())
}

fn form(data: &Map<String, Value>) -> Result<(), Violation> {
    let text = |key: &str| data.get(key).and_then(Value::as_str).map_or(0, length);
    demand((1..=TITLE_MAX).contains(&text("title")), "title", "a form's title has 1 to 45 characters")?;
    demand((1..=100).contains(&text("custom_id")), "custom_id", "a custom id has 1 to 100 characters")?;
    let fields = data.get("components").unwrap_or(&Value::Null);
    components::of_form(fields).map_err(|broken| broken.below("components"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn broken(asked: u8, answer: &Value) -> String {
        callback(Some(asked), answer).expect_err("a rule was broken").at
    }

    #[test]
    fn each_interaction_has_its_answers() {
        let hello = json!({ "content": "hello" });
        let choices = json!({ "choices": [{ "name": "Wonderwall", "value": "w" }] });
        let input = json!({ "type": 4, "custom_id": "a", "style": 1 });
        let form = json!({ "title": "Add", "custom_id": "f", "components": [
            { "type": 18, "label": "Name", "component": input } ] });
        let answers = [
            (1, json!({})),
            (4, hello.clone()),
            (5, json!({ "flags": 64 })),
            (6, json!({})),
            (7, hello),
            (8, choices),
            (9, form),
        ];
        let allowed = |asked: u8| {
            let fits = |(kind, data): &&(u64, Value)| {
                callback(Some(asked), &json!({ "type": kind, "data": data })).is_ok()
            };
            answers.iter().filter(fits).map(|(kind, _)| *kind).collect::<Vec<_>>()
        };
        assert_eq!(allowed(PING), [1]);
        assert_eq!(allowed(COMMAND), [4, 5, 9]);
        assert_eq!(allowed(COMPONENT), [4, 5, 6, 7, 9]);
        assert_eq!(allowed(AUTOCOMPLETE), [8]);
        assert_eq!(allowed(MODAL), [4, 5, 6, 7]);
        assert_eq!(allowed(9), [0; 0]);
    }

    #[test]
    fn what_breaks_a_rule_is_named() {
        let choice = |name: &str, value: Value| json!({ "type": 8, "data": { "choices": [{ "name": name, "value": value }] } });
        let cases = [
            (
                AUTOCOMPLETE,
                json!({ "type": 8, "data": { "choices": vec![json!({ "name": "x", "value": "x" }); 26] } }),
                "data.choices",
            ),
            (AUTOCOMPLETE, json!({ "type": 8 }), "data.choices"),
            (AUTOCOMPLETE, choice(&"x".repeat(101), json!("x")), "data.choices.0"),
            (AUTOCOMPLETE, choice("x", json!("x".repeat(101))), "data.choices.0"),
            (AUTOCOMPLETE, choice("x", json!({})), "data.choices.0"),
            (COMMAND, json!({ "type": 4, "data": { "content": "x".repeat(2001) } }), "data.content"),
            (COMMAND, json!({ "type": 5, "data": { "flags": 4096 } }), "data.flags"),
            (
                COMMAND,
                json!({ "type": 9, "data": { "title": "x".repeat(46), "custom_id": "a", "components": [] } }),
                "data.title",
            ),
            (COMMAND, json!({ "type": 9, "data": { "title": "x", "custom_id": "a" } }), "data.components"),
            (COMMAND, json!({ "type": 9, "data": { "title": "x" } }), "data.custom_id"),
            (COMMAND, json!({ "type": 77 }), "type"),
            (COMMAND, json!("hello"), "type"),
        ];
        for (asked, answer, at) in cases {
            assert_eq!(broken(asked, &answer), at, "{answer}");
        }
        assert!(callback(None, &json!({ "type": 77 })).is_err());
    }
}
