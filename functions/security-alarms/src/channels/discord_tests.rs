use serde_json::{Map, Value as Json, json};
use shared::domain::incident::Detail;
use shared::security::key_set::KeySet;
use shared::security::secret::Secret;

use super::*;
use crate::channels::tests::world::notice;

const RUNBOOKS: &str = "https://runbooks.example.org";

fn ids() -> CustomIds {
    let keys = format!(r#"{{"keys":[{{"kid":"k1","key":"{}"}}]}}"#, "07".repeat(32));
    CustomIds::from_key_set(&KeySet::parse(&Secret::new(keys)).unwrap()).unwrap()
}

fn body(card: &Card) -> Json {
    serde_json::from_slice(&card.message_body()).unwrap()
}

fn each(show: impl Fn(&Facts<'_>) -> Json) -> Json {
    let shown = Kind::ALL.map(|kind| (kind.as_str().to_owned(), show(&Facts::new(&notice(kind), RUNBOOKS))));
    Json::Object(Map::from_iter(shown))
}

#[test]
fn cards_look_like_this() {
    insta::assert_json_snapshot!(each(|facts| body(&card(facts, Some(&ids())))));
}

#[test]
fn texts_look_like_this() {
    insta::assert_json_snapshot!(each(|facts| said(facts)["content"].clone()));
}

#[test]
fn an_earlier_card_shows_how_it_stands_now() {
    let resolved = notice(Kind::Resolved);
    let earlier = body(&retired(&Facts::new(&resolved, RUNBOOKS), Kind::Opened));
    insta::assert_json_snapshot!(earlier);
}

#[test]
fn the_most_that_an_alarm_can_say_fits_and_means_nothing() {
    let mut loud = notice(Kind::Opened);
    loud.incident.detail = Some(Detail::from("@everyone <@1> **`_[x](y)".repeat(40).as_str()));
    let facts = Facts::new(&loud, RUNBOOKS);
    let text = said(&facts);
    let content = text["content"].as_str().unwrap();
    assert!(content.encode_utf16().count() <= 2000, "{content}");
    assert!(!content.contains(" @everyone") && !content.contains(" <@1>"), "{content}");
    assert_eq!((text["allowed_mentions"].clone(), &text["flags"]), (json!({ "parse": [] }), &json!(4)));
    let card = body(&card(&facts, Some(&ids())));
    assert_eq!(card["allowed_mentions"]["parse"], json!([]));
    assert!(card.to_string().contains("It says"));
}
