//! Components of messages and forms (Discord: "Component Reference").

use std::collections::BTreeSet;

use serde_json::Value;
use twilight_model::channel::message::Component;

use super::{Violation, demand, length};

/// Components in a message, nested ones counted.
const COMPONENTS_MAX: usize = 40;
/// Characters over all texts of a message.
const TEXT_MAX: usize = 4000;
const CUSTOM_ID_MAX: usize = 100;
/// Top-level rows of a message without components V2.
const ROWS_MAX: usize = 5;

const ACTION_ROW: u64 = 1;
const TEXT_DISPLAY: u64 = 10;
const LABEL: u64 = 18;

/// What a form may hold at its top: rows with a text field, texts, and labelled fields.
const OF_FORMS: [u64; 3] = [ACTION_ROW, TEXT_DISPLAY, LABEL];
/// What may stand beside each other in a message of components V2: rows, sections, texts, galleries, files, separators
/// and containers.
const AT_THE_TOP: [u64; 7] = [ACTION_ROW, 9, TEXT_DISPLAY, 12, 13, 14, 17];

/// Checks the components of a message.
pub(super) fn of_message(components: &Value, is_v2: bool) -> Result<(), Violation> {
    let list = components.as_array().ok_or_else(|| Violation::new("", "it has to be a list"))?;
    for (at, component) in list.iter().enumerate() {
        let kind = kind(component);
        let fits = if is_v2 { AT_THE_TOP.contains(&kind) } else { kind == ACTION_ROW };
        let rule =
            if is_v2 { "it cannot stand here" } else { "only rows stand here without IS_COMPONENTS_V2" };
        demand(fits, &at.to_string(), rule)?;
    }
    demand(is_v2 || list.len() <= ROWS_MAX, "", "there are more than 5 rows")?;
    whole(components)?;
    let typed: Vec<Component> = typed(components)?;
    twilight_validate::message::components(&typed, is_v2).map_err(|error| Violation::new("", &reason(&error)))
}

/// Checks the fields of a form.
pub(super) fn of_form(components: &Value) -> Result<(), Violation> {
    let list = components.as_array().ok_or_else(|| Violation::new("", "it has to be a list"))?;
    demand((1..=5).contains(&list.len()), "", "a form has 1 to 5 fields")?;
    for (at, component) in list.iter().enumerate() {
        demand(OF_FORMS.contains(&kind(component)), &at.to_string(), "it cannot stand in a form")?;
    }
    whole(components)?;
    for (at, one) in typed(components)?.iter().enumerate() {
        let checked = match one {
            Component::ActionRow(row) => row.components.iter().try_for_each(text_field),
            other => twilight_validate::component::component_v2(other),
        };
        checked.map_err(|error| Violation::new(&at.to_string(), &reason(&error)))?;
    }
    Ok(())
}

fn text_field(field: &Component) -> Result<(), twilight_validate::component::ComponentValidationError> {
    match field {
        Component::TextInput(input) => twilight_validate::component::text_input(input, false),
        other => twilight_validate::component::component_v1(other),
    }
}

fn typed(components: &Value) -> Result<Vec<Component>, Violation> {
    serde_json::from_value(components.clone()).map_err(|error| Violation::new("", &error.to_string()))
}

/// An error with its cause, which has the reason.
fn reason(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}

/// What holds for all components together.
fn whole(components: &Value) -> Result<(), Violation> {
    let (mut count, mut text, mut ids) = (0, 0, BTreeSet::new());
    for (at, component) in all(components) {
        count += 1;
        if kind(component) == TEXT_DISPLAY {
            text += component["content"].as_str().map_or(0, length);
        }
        let Some(id) = component.get("custom_id").and_then(Value::as_str) else { continue };
        demand((1..=CUSTOM_ID_MAX).contains(&length(id)), &at, "a custom id has 1 to 100 characters")?;
        demand(ids.insert(id), &at, "its custom id is there twice")?;
    }
    demand(count <= COMPONENTS_MAX, "", "there are more than 40 components")?;
    demand(text <= TEXT_MAX, "", "the texts have more than 4000 characters together")
}

/// Every component with its place, nested ones after what they are in.
pub(crate) fn all(components: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    for (at, component) in components.as_array().into_iter().flatten().enumerate() {
        found.push((at.to_string(), component));
        let inner = all(&component["components"]).into_iter();
        found.extend(inner.map(|(below, one)| (format!("{at}.components.{below}"), one)));
        for key in ["accessory", "component"] {
            if component[key].is_object() {
                found.push((format!("{at}.{key}"), &component[key]));
            }
        }
    }
    found
}

fn kind(component: &Value) -> u64 {
    component["type"].as_u64().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(buttons: &[Value]) -> Value {
        json!([{ "type": 1, "components": buttons }])
    }

    fn button(custom_id: &str) -> Value {
        json!({ "type": 2, "style": 1, "custom_id": custom_id, "label": "x" })
    }

    fn field(custom_id: &str) -> Value {
        let input = json!({ "type": 4, "custom_id": custom_id, "style": 1 });
        json!({ "type": 18, "label": "Name", "component": input })
    }

    #[test]
    fn counts_lengths_and_ids_of_the_whole() {
        let text = |length: usize| json!({ "type": 10, "content": "x".repeat(length) });
        let cases = [
            (row(&[button("a"), button("a")]), "twice"),
            (row(&[button(&"a".repeat(101))]), "100 characters"),
            (row(&(0..6).map(|n| button(&n.to_string())).collect::<Vec<_>>()), ""),
            (json!(vec![text(1); 41]), "40 components"),
            (json!([text(2000), text(2000), text(1)]), "4000"),
            (json!([button("a")]), "cannot stand here"),
            (json!([{ "type": 99 }]), "cannot stand here"),
            (json!([{ "type": 9, "components": [text(1)] }]), ""),
            (row(&[json!({ "type": 2, "style": 1, "label": "x" })]), ""),
        ];
        for (components, rule) in cases {
            let broken = of_message(&components, true).expect_err(rule);
            assert!(broken.rule.contains(rule), "{broken:?}");
        }
        assert_eq!(of_message(&row(&[button("a"), button("b")]), true), Ok(()));
    }

    #[test]
    fn a_section_counts_its_accessory() {
        let section = |id: &str| json!({ "type": 9, "components": [{ "type": 10, "content": "x" }], "accessory": button(id) });
        assert_eq!(of_message(&json!([section("a"), section("b")]), true), Ok(()));
        let broken = of_message(&json!([section("a"), section("a")]), true).unwrap_err();
        assert_eq!(broken.at, "1.accessory");
    }

    #[test]
    fn without_components_v2_there_are_rows_only() {
        assert_eq!(of_message(&row(&[button("a")]), false), Ok(()));
        assert!(of_message(&json!([{ "type": 10, "content": "x" }]), false).is_err());
        let rows: Vec<Value> =
            (0..6).map(|n| json!({ "type": 1, "components": [button(&n.to_string())] })).collect();
        assert!(of_message(&json!(rows), false).is_err());
    }

    #[test]
    fn forms_hold_one_to_five_fields() {
        assert_eq!(of_form(&json!([field("a"), { "type": 10, "content": "x" }])), Ok(()));
        for bad in [
            json!([]),
            json!((0..6).map(|n| field(&n.to_string())).collect::<Vec<_>>()),
            json!([button("a")]),
            json!([field("a"), field("a")]),
            json!([{ "type": 18, "label": "x".repeat(46), "component": { "type": 4, "custom_id": "a", "style": 1 } }]),
        ] {
            assert!(of_form(&bad).is_err(), "{bad}");
        }
    }
}
