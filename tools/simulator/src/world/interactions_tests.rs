use serde_json::json;

use super::*;
use crate::config::Config;

const APP: ApplicationId = ApplicationId::new(9001);
const GENERAL: ChannelId = ChannelId::new(1001);
const ADA: UserId = UserId::new(5001);

fn noon() -> Timestamp {
    "2026-01-02T12:00:00Z".parse().unwrap()
}

fn asked() -> World {
    let mut world = World::new(&Config::default());
    world.ask(Asked::by_nobody(APP, GENERAL, "t"), noon()).unwrap();
    world
}

fn text(content: &str) -> Body {
    Body::parse_new(json!({ "content": content })).unwrap()
}

/// Ada does something of this type, perhaps to a message.
fn by_ada(world: &mut World, token: &str, kind: u8, pressed: Option<MessageId>) {
    let origin = Origin { interaction: InteractionId::new(1), kind, user: ADA, command: None };
    let asked = Asked { origin: Some(origin), pressed, ..Asked::by_nobody(APP, GENERAL, token) };
    world.ask(asked, noon()).unwrap();
}

#[test]
fn a_private_deferral_becomes_a_private_answer() {
    let mut world = asked();
    world.call_back("t", &json!({ "type": 5, "data": { "flags": 64 } }), noon()).unwrap();
    assert_eq!(world.original(APP, "t", noon()), Err(Refusal::Message));
    assert_eq!(world.reply("t"), Some(Reply::Deferred { ephemeral: true }));
    let answer = world.edit_original(APP, "t", text("done"), noon()).unwrap();
    assert!(answer.ephemeral);
    let again = world.edit_original(APP, "t", text("really"), noon()).unwrap();
    assert_eq!((again.id, again.content(), again.edits), (answer.id, "really", 1));
    assert_eq!(world.reply("t"), Some(Reply::Answered(again)));
}

#[test]
fn an_answer_shows_the_file_that_came_with_it() {
    let mut world = asked();
    world.call_back("t", &json!({ "type": 5, "data": { "flags": 64 } }), noon()).unwrap();
    let file = File {
        name: "receipt.txt".to_owned(),
        media_type: "text/plain".to_owned(),
        bytes: axum::body::Bytes::from_static(b"signed"),
    };
    let body = json!({ "flags": 1 << 15, "attachments": [{ "id": 0, "filename": "receipt.txt" }],
        "components": [{ "type": 13, "file": { "url": "attachment://receipt.txt" } }] });
    let body = world.with_files(APP, "t", Body::parse(body).unwrap(), vec![file], noon()).unwrap();
    let answer = world.edit_original(APP, "t", body, noon()).unwrap();
    let kept = answer.body["components"][0]["file"]["attachment_id"].as_str().unwrap();
    assert_eq!(world.file(kept.parse().unwrap()).unwrap().bytes, "signed");
    let unknown = world.with_files(APP, "nobody's", Body::empty(), Vec::new(), noon());
    assert_eq!(unknown, Err(Refusal::Webhook));
}

#[test]
fn a_public_answer_is_a_message_of_its_channel_and_a_private_one_is_none() {
    for (flags, is_public) in [(0, true), (64, false)] {
        let mut world = asked();
        world.call_back("t", &json!({ "type": 5, "data": { "flags": flags } }), noon()).unwrap();
        let answer = world.edit_original(APP, "t", text("a card"), noon()).unwrap();
        assert_eq!(world.find(GENERAL, answer.id).is_ok(), is_public);
        let edited = world.edit(GENERAL, answer.id, APP.cast(), text("a newer card"), noon());
        assert_eq!(edited.is_ok(), is_public);
        let stands = world.original(APP, "t", noon()).unwrap();
        assert_eq!(stands.content() == "a newer card", is_public);
        assert_eq!(world.delete(GENERAL, answer.id).is_ok(), is_public);
        assert_eq!(world.original(APP, "t", noon()).is_err(), is_public);
    }
}

#[test]
fn one_answers_once() {
    let mut world = asked();
    let answer = json!({ "type": 4, "data": { "content": "hello" } });
    assert_eq!(world.call_back("t", &answer, noon()), Ok(Callback::Message));
    assert_eq!(world.call_back("t", &answer, noon()), Err(Refusal::Acknowledged));
    assert_eq!(world.original(APP, "t", noon()).unwrap().content(), "hello");
}

#[test]
fn an_answer_that_breaks_a_rule_leaves_the_interaction_open() {
    let mut world = asked();
    let endless = json!({ "type": 4, "data": { "content": "x".repeat(2001) } });
    assert_eq!(world.call_back("t", &endless, noon()).unwrap_err().code(), 50_035);
    assert_eq!(world.reply("t"), Some(Reply::Open));
    let empty = json!({ "type": 4, "data": {} });
    assert_eq!(world.call_back("t", &empty, noon()), Err(Refusal::Empty));
}

#[test]
fn a_button_changes_the_message_that_it_is_on() {
    let mut world = asked();
    let card = world.post(GENERAL, APP.cast(), text("a card"), noon()).unwrap();
    by_ada(&mut world, "now", 3, Some(card.id));
    let update = json!({ "type": 7, "data": { "content": "another card" } });
    assert_eq!(world.call_back("now", &update, noon()), Ok(Callback::Update));
    assert_eq!(world.find(GENERAL, card.id).unwrap().content(), "another card");
    by_ada(&mut world, "later", 3, Some(card.id));
    assert_eq!(world.call_back("later", &json!({ "type": 6 }), noon()), Ok(Callback::Update));
    let edited = world.edit_original(APP, "later", text("a third card"), noon()).unwrap();
    assert_eq!((edited.id, edited.content()), (card.id, "a third card"));
    // Without a message there is nothing to update.
    assert_eq!(world.call_back("t", &update, noon()).unwrap_err().code(), 50_035);
}

#[test]
fn choices_and_forms_leave_no_message() {
    let mut world = asked();
    by_ada(&mut world, "typing", 4, None);
    let choices = json!({ "type": 8, "data": { "choices": [{ "name": "x", "value": "x" }] } });
    assert!(matches!(world.call_back("typing", &choices, noon()), Ok(Callback::Choices(_))));
    by_ada(&mut world, "asks", 2, None);
    let input = json!({ "type": 4, "custom_id": "why", "style": 1 });
    let fields = json!([{ "type": 18, "label": "Why", "component": input }]);
    let form = json!({ "type": 9, "data": { "title": "Deny", "custom_id": "f", "components": fields } });
    assert!(matches!(world.call_back("asks", &form, noon()), Ok(Callback::Modal(_))));
    assert_eq!(world.modal(ADA, "f").unwrap()["title"], "Deny");
    assert!(world.modal(UserId::new(5002), "f").is_none(), "it is hers");
    assert!(world.messages(GENERAL).is_empty());
    assert_eq!(world.edit_original(APP, "asks", text("x"), noon()), Err(Refusal::Message));
}

#[test]
fn what_was_deleted_is_gone_and_follow_ups_go_on() {
    let mut world = asked();
    assert_eq!(world.delete_original(APP, "t", noon()), Err(Refusal::Message));
    assert_eq!(world.follow_up(APP, "t", text("too early"), noon()), Err(Refusal::Webhook));
    world.call_back("t", &json!({ "type": 5 }), noon()).unwrap();
    world.delete_original(APP, "t", noon()).unwrap();
    assert_eq!(world.edit_original(APP, "t", text("x"), noon()), Err(Refusal::Message));
    let private = Body::parse_new(json!({ "content": "sorry", "flags": 64 })).unwrap();
    let sorry = world.follow_up(APP, "t", private, noon()).unwrap();
    assert!(sorry.ephemeral);
    let edited = world.edit_follow_up(APP, ("t", sorry.id), text("very sorry"), noon()).unwrap();
    assert_eq!(world.follow_ups("t"), [edited]);
    world.delete_follow_up(APP, ("t", sorry.id), noon()).unwrap();
    assert!(world.follow_ups("t").is_empty());
    assert_eq!(world.delete_follow_up(APP, ("t", sorry.id), noon()), Err(Refusal::Message));
    let card = world.post(GENERAL, APP.cast(), text("a card"), noon()).unwrap();
    assert_eq!(world.delete_follow_up(APP, ("t", card.id), noon()), Err(Refusal::Message));
}

#[test]
fn dead_tokens_are_forgotten_when_there_are_many() {
    let mut world = asked();
    for n in 1..REMEMBERED {
        world.ask(Asked::by_nobody(APP, GENERAL, &n.to_string()), noon()).unwrap();
    }
    let later = noon() + SignedDuration::from_hours(1);
    world.ask(Asked::by_nobody(APP, GENERAL, "new"), later).unwrap();
    assert!(world.interaction("t").is_none());
    assert!(world.interaction("new").is_some());
}

#[test]
fn tokens_die_and_belong_to_one_application() {
    let mut world = asked();
    world.call_back("t", &json!({ "type": 5 }), noon()).unwrap();
    let late = noon() + SignedDuration::from_secs(901);
    assert_eq!(world.edit_original(APP, "t", text("x"), late), Err(Refusal::Expired));
    let other = ApplicationId::new(9002);
    assert_eq!(world.edit_original(other, "t", text("x"), noon()), Err(Refusal::Webhook));
    assert_eq!(world.original(APP, "unknown", noon()), Err(Refusal::Webhook));
}
