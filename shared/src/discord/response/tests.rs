use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::discord::components::text;

fn answer(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.to_json()).unwrap()
}

#[test]
fn a_pong_is_the_smallest_answer() {
    assert_eq!(Answer::Pong.to_json(), br#"{"type":1}"#);
}

#[test]
fn a_message_pings_nobody_and_says_that_it_is_made_of_components() {
    let card = Card::new(vec![text("@everyone")]);
    assert_eq!(
        answer(&Answer::private(card.clone())),
        json!({"type": 4, "data": {"allowed_mentions": {"parse": []}, "flags": 64 + (1 << 15),
            "components": [{"type": 10, "content": "@everyone"}]}})
    );
    assert_eq!(answer(&Answer::public(card.clone()))["data"]["flags"], 1 << 15);
    assert_eq!(answer(&Answer::Update(card.clone()))["type"], 7);
    assert_eq!(answer(&Answer::Update(card.clone()))["data"]["allowed_mentions"], json!({"parse": []}));
    assert_eq!(
        serde_json::from_slice::<Value>(&card.message_body()).unwrap(),
        json!({"allowed_mentions": {"parse": []}, "flags": 1 << 15, "components": [{"type": 10, "content": "@everyone"}]})
    );
}

#[test]
fn a_deferral_carries_only_whether_it_is_private() {
    assert_eq!(answer(&Answer::Deferred(Visibility::Private)), json!({"type": 5, "data": {"flags": 64}}));
    assert_eq!(answer(&Answer::Deferred(Visibility::Public)), json!({"type": 5, "data": {"flags": 0}}));
    assert_eq!(answer(&Answer::DeferredUpdate), json!({"type": 6}));
}

#[test]
fn choices_are_type_eight_and_nothing_else() {
    let choices = (0..30).filter_map(|n| Choice::new(&format!("*song* {n}"), &n.to_string())).collect();
    let choices = answer(&Answer::Choices(choices));
    assert_eq!(choices["type"], 8);
    assert_eq!(choices["data"].as_object().unwrap().len(), 1);
    assert_eq!(choices["data"]["choices"].as_array().unwrap().len(), 25);
    assert_eq!(choices["data"]["choices"][0], json!({"name": "*song* 0", "value": "0"}));
    assert_eq!(answer(&Answer::Choices(Vec::new())), json!({"type": 8, "data": {"choices": []}}));
}

#[test]
fn a_choice_that_cannot_be_sent_back_whole_is_none() {
    assert!(Choice::new("name", &"x".repeat(101)).is_none());
    assert!(Choice::new("name", "").is_none());
    assert!(Choice::new("\u{200B}\n", "value").is_none());
    assert!(Choice::new(&"x".repeat(500), "value").is_some());
}

#[test]
fn a_modal_asks_one_question() {
    let modal = Modal::new(&"t".repeat(60), &"q".repeat(60), "id".into(), 300);
    let modal = answer(&Answer::Modal(modal));
    let short = format!("{}…", "t".repeat(44));
    assert_eq!(modal["type"], 9);
    assert_eq!(modal["data"]["title"], short);
    assert_eq!(modal["data"]["custom_id"], "id");
    assert_eq!(
        modal["data"]["components"],
        json!([{"type": 18, "label": short.replace('t', "q"), "component": {"type": 4, "custom_id": "reason",
            "style": 2, "min_length": 1, "max_length": 300, "required": true}}])
    );
}

proptest! {
    #[test]
    fn any_choice_is_within_discords_limits(name in any::<String>(), value in any::<String>()) {
        if let Some(choice) = Choice::new(&name, &value) {
            let json = answer(&Answer::Choices(vec![choice]));
            let choice = &json["data"]["choices"][0];
            for field in ["name", "value"] {
                let length = choice[field].as_str().unwrap().encode_utf16().count();
                prop_assert!((1..=100).contains(&length));
            }
            prop_assert_eq!(choice["value"].as_str(), Some(value.as_str()));
        }
    }
}
