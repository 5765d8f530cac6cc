//! Messages (Discord: "Create Message").

use serde_json::{Map, Value};
use twilight_model::channel::message::Embed;

use super::{Violation, components, demand, length};

/// `IS_COMPONENTS_V2`.
const COMPONENTS_V2: u64 = 1 << 15;
/// What a bot may set: suppress embeds, ephemeral, loading (as it stands on a message that is edited), suppress
/// notifications, components V2.
const FLAGS: u64 = 1 << 2 | 1 << 6 | 1 << 7 | 1 << 12 | COMPONENTS_V2;
const CONTENT_MAX: usize = 2000;
/// Not beside components V2.
const EXCLUDED: [&str; 4] = ["content", "embeds", "poll", "sticker_ids"];

/// Checks the whole of a message.
pub(crate) fn message(body: &Map<String, Value>) -> Result<(), Violation> {
    let flags = match body.get("flags") {
        None | Some(Value::Null) => 0,
        Some(flags) => flags.as_u64().ok_or_else(|| Violation::new("flags", "it has to be a number"))?,
    };
    demand(flags & !FLAGS == 0, "flags", "a bot cannot set these flags")?;
    let is_v2 = flags & COMPONENTS_V2 != 0;
    match body.get("content") {
        None | Some(Value::Null) => {}
        Some(Value::String(text)) => {
            demand(length(text) <= CONTENT_MAX, "content", "it has more than 2000 characters")?;
        }
        Some(_) => return Err(Violation::new("content", "it has to be a text")),
    }
    for key in EXCLUDED {
        demand(!is_v2 || !is_set(body, key), key, "it cannot stand beside IS_COMPONENTS_V2")?;
    }
    if let Some(list) = body.get("embeds").filter(|list| !list.is_null()) {
        embeds(list)?;
    }
    if let Some(list) = body.get("components").filter(|list| !list.is_null()) {
        components::of_message(list, is_v2).map_err(|broken| broken.below("components"))?;
    }
    Ok(())
}

fn is_set(body: &Map<String, Value>, key: &str) -> bool {
    body.get(key).is_some_and(|value| match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        _ => true,
    })
}

fn embeds(list: &Value) -> Result<(), Violation> {
    let mut list = list.clone();
    for embed in list.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        // What every embed of a bot is.
        embed.entry("type").or_insert_with(|| "rich".into());
    }
    let typed: Vec<Embed> =
        serde_json::from_value(list).map_err(|error| Violation::new("embeds", &error.to_string()))?;
    twilight_validate::message::embeds(&typed).map_err(|error| Violation::new("embeds", &error.to_string()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn broken(body: &Value) -> String {
        message(body.as_object().unwrap()).unwrap_err().at
    }

    #[test]
    fn plain_messages_and_cards_are_fine() {
        let card = json!({ "flags": COMPONENTS_V2 | 64, "content": "", "components": [
            { "type": 17, "components": [
                { "type": 10, "content": "**Now playing**" },
                { "type": 14 },
                { "type": 1, "components": [
                    { "type": 2, "style": 2, "custom_id": "a", "label": "Pause" },
                    { "type": 2, "style": 5, "url": "https://example.org", "label": "Open" },
                ] },
            ] },
        ] });
        for body in [card, json!({ "content": "hello" }), json!({ "embeds": [{ "title": "x" }] })] {
            assert_eq!(message(body.as_object().unwrap()), Ok(()), "{body}");
        }
    }

    #[test]
    fn what_breaks_a_rule_is_named() {
        let cases = [
            ("content", json!({ "content": "x".repeat(2001) })),
            ("content", json!({ "content": 1 })),
            ("flags", json!({ "content": "x", "flags": 1 })),
            ("flags", json!({ "content": "x", "flags": "64" })),
            ("content", json!({ "content": "x", "flags": COMPONENTS_V2 })),
            ("embeds", json!({ "embeds": [{}], "flags": COMPONENTS_V2 })),
            ("embeds", json!({ "embeds": [{ "title": "x".repeat(257) }] })),
            ("embeds", json!({ "embeds": vec![json!({ "title": "x" }); 11] })),
            ("embeds", json!({ "embeds": "x" })),
            ("components", json!({ "components": "x" })),
        ];
        for (at, body) in cases {
            assert_eq!(broken(&body), at, "{body}");
        }
    }
}
