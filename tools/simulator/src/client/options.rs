//! What Discord's apps check before they send a command: that its options are those which it was registered with.

use serde_json::{Map, Value, json};

const SUB_COMMAND: u64 = 1;
const SUB_COMMAND_GROUP: u64 = 2;
const STRING: u64 = 3;
const INTEGER: u64 = 4;
const BOOLEAN: u64 = 5;
const NUMBER: u64 = 10;

/// Checks the options of a command, and gives each the type that it was registered with. While one is typed
/// (`focused`), the others need not be complete. The error is for whoever typed them.
pub(super) fn check(registered: &Value, options: &[Value], typing: bool) -> Result<Vec<Value>, String> {
    let declared = registered["options"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_sub = |one: &Value| matches!(kind(one), SUB_COMMAND | SUB_COMMAND_GROUP);
    if declared.iter().any(is_sub) {
        let [chosen] = options else { return Err("choose one of its subcommands".to_owned()) };
        let found = find(declared, chosen)?;
        let inner = chosen["options"].as_array().map(Vec::as_slice).unwrap_or_default();
        let inner = check(found, inner, typing)?;
        return Ok(vec![json!({ "name": found["name"], "type": kind(found), "options": inner })]);
    }
    let mut given = Map::new();
    for option in options {
        let found = find(declared, option)?;
        let name = found["name"].as_str().unwrap_or_default();
        let is_focused = option["focused"] == true;
        if !is_focused {
            value(found, &option["value"]).map_err(|rule| format!("{name}: {rule}"))?;
        }
        let mut entry = json!({ "name": name, "type": kind(found), "value": option["value"] });
        if is_focused {
            entry["focused"] = json!(true);
        }
        if given.insert(name.to_owned(), entry).is_some() {
            return Err(format!("{name} is given twice"));
        }
    }
    let missing =
        declared.iter().filter(|one| one["required"] == true).filter_map(|one| one["name"].as_str());
    if let (false, Some(name)) = (typing, missing.into_iter().find(|name| !given.contains_key(*name))) {
        return Err(format!("{name} is missing"));
    }
    Ok(given.into_iter().map(|(_, entry)| entry).collect())
}

fn find<'a>(declared: &'a [Value], option: &Value) -> Result<&'a Value, String> {
    let found = declared.iter().find(|one| one["name"] == option["name"]);
    found.ok_or_else(|| format!("there is no option {}", option["name"].as_str().unwrap_or("without a name")))
}

fn kind(option: &Value) -> u64 {
    option["type"].as_u64().unwrap_or_default()
}

fn value(declared: &Value, value: &Value) -> Result<(), String> {
    let bound = |name: &str| declared[name].as_f64();
    let within = |size: f64, (least, most): (&str, &str)| {
        bound(least).is_none_or(|least| size >= least) && bound(most).is_none_or(|most| size <= most)
    };
    let fits = match (kind(declared), value) {
        (STRING, Value::String(text)) => {
            let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
            // Discord: at most 6000 characters in any case.
            length <= 6000 && within(length.into(), ("min_length", "max_length"))
        }
        (INTEGER, Value::Number(number)) => {
            number.as_i64().is_some()
                && within(number.as_f64().unwrap_or(f64::NAN), ("min_value", "max_value"))
        }
        (NUMBER, Value::Number(number)) => {
            within(number.as_f64().unwrap_or(f64::NAN), ("min_value", "max_value"))
        }
        (BOOLEAN, Value::Bool(_)) => true,
        // Users, channels, roles, anything mentionable, attachments: ids.
        (6..=9 | 11, Value::String(id)) => id.parse::<u64>().is_ok(),
        _ => return Err("it is of another type".to_owned()),
    };
    if !fits {
        return Err("it is too short, too long, too small or too large".to_owned());
    }
    let choices = declared["choices"].as_array().map(Vec::as_slice).unwrap_or_default();
    if choices.is_empty() || choices.iter().any(|choice| choice["value"] == *value) {
        Ok(())
    } else {
        Err("it is none of the choices".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn play() -> Value {
        json!({ "name": "play", "options": [
            { "name": "query", "type": 3, "required": true, "min_length": 1, "max_length": 10 },
            { "name": "position", "type": 3, "choices": [{ "name": "Next", "value": "next" }] },
            { "name": "volume", "type": 4, "min_value": 0, "max_value": 100 },
            { "name": "who", "type": 6 }, { "name": "loud", "type": 5 }, { "name": "share", "type": 10 },
        ] })
    }

    fn given(name: &str, value: impl Into<Value>) -> Value {
        let value = value.into();
        json!({ "name": name, "value": value })
    }

    #[test]
    fn what_was_registered_gets_its_types() {
        let options = [given("query", json!("Help!")), given("volume", json!(50))];
        let checked = check(&play(), &options, false).unwrap();
        assert!(checked.contains(&json!({ "name": "volume", "type": 4, "value": 50 })));
        let more = [given("query", json!("x")), given("who", json!("5001")), given("loud", json!(true))];
        assert_eq!(check(&play(), &more, false).unwrap().len(), 3);
    }

    #[test]
    fn mistakes_are_named() {
        let query = given("query", json!("x"));
        let cases = [
            (vec![], "query is missing"),
            (vec![given("query", json!("x".repeat(11)))], "query: it is too"),
            (vec![given("query", json!(""))], "query: it is too"),
            (vec![given("query", json!(5))], "query: it is of another type"),
            (vec![query.clone(), query.clone()], "query is given twice"),
            (vec![query.clone(), given("position", json!("last"))], "position: it is none"),
            (vec![query.clone(), given("volume", json!(101))], "volume: it is too"),
            (vec![query.clone(), given("volume", json!(0.5))], "volume: it is too"),
            (vec![query.clone(), given("who", json!("ada"))], "who: it is too"),
            (vec![query, given("colour", json!("red"))], "there is no option colour"),
        ];
        for (options, error) in cases {
            let refused = check(&play(), &options, false).unwrap_err();
            assert!(refused.starts_with(error), "{refused} is not {error}");
        }
    }

    #[test]
    fn while_something_is_typed_nothing_has_to_be_complete() {
        let typed = json!({ "name": "position", "value": "la", "focused": true });
        let checked = check(&play(), &[typed], true).unwrap();
        assert_eq!(checked, [json!({ "name": "position", "type": 3, "value": "la", "focused": true })]);
    }

    #[test]
    fn a_subcommand_is_one_and_known() {
        let playlist = json!({ "name": "playlist", "options": [
            { "name": "save", "type": 1, "options": [{ "name": "name", "type": 3, "required": true }] } ] });
        let save = json!({ "name": "save", "options": [given("name", json!("Road Trip"))] });
        let checked = check(&playlist, &[save], false).unwrap();
        assert_eq!(checked[0]["options"][0]["value"], "Road Trip");
        assert!(check(&playlist, &[], false).unwrap_err().contains("subcommands"));
        assert!(check(&playlist, &[json!({ "name": "burn" })], false).unwrap_err().contains("burn"));
    }
}
