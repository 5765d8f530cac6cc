use serde_json::Map;
use shared::domain::incident::Kind;

use super::*;
use crate::channels::tests::world::notice;

#[test]
fn messages_look_like_this() {
    let shown = Kind::ALL.map(|kind| {
        (kind.as_str().to_owned(), body(&Facts::new(&notice(kind), "https://runbooks.example.org")))
    });
    insta::assert_json_snapshot!(Json::Object(Map::from_iter(shown)));
}

/// <https://docs.slack.dev/reference/block-kit/blocks>.
#[test]
fn blocks_are_within_slacks_limits_and_what_is_not_ours_is_plain() {
    for kind in Kind::ALL {
        let body = body(&Facts::new(&notice(kind), "https://runbooks.example.org/a&b"));
        let blocks = body["attachments"][0]["blocks"].as_array().unwrap();
        assert!((2..=50).contains(&blocks.len()));
        for block in blocks {
            match block["type"].as_str().unwrap() {
                "header" => {
                    assert_eq!(block["text"]["type"], "plain_text");
                    assert!(block["text"]["text"].as_str().unwrap().chars().count() <= HEADER_MAX);
                }
                "section" => {
                    let fields = block["fields"].as_array().cloned().unwrap_or_default();
                    assert!(fields.len() <= 10 && (block["text"].is_object() || !fields.is_empty()));
                    let text = block["text"]["text"].as_str().unwrap_or_default();
                    assert!(text.chars().count() <= 3000);
                    let is_plain = block["text"]["type"] == "plain_text";
                    assert!(is_plain || !text.contains("<!channel>"), "{text}");
                }
                "context" => assert!(block["elements"].as_array().unwrap().len() <= 10),
                other => panic!("{other}"),
            }
        }
        assert!(!body["text"].as_str().unwrap().contains('<'));
    }
}

#[test]
fn the_three_characters_of_slack_are_escaped() {
    assert_eq!(escaped("a < b & <!channel> &amp;"), "a &lt; b &amp; &lt;!channel&gt; &amp;amp;");
}
