//! The end of an erasure.

use jiff::Timestamp;

use crate::discord::{
    components::{container, file, text},
    response::Card,
    words::{Message, Moment, Words},
};

use super::colour;

/// That it was done, when, and how the receipt is checked, which comes along as the file of this name.
pub fn receipt(words: Words, at: Timestamp, name: &str) -> Card {
    let said = text(words.say(&Message::PrivacyErased { at: Moment(at) }));
    Card::new(vec![container(colour::GOOD, vec![said]), file(name)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discord::{components::assert_valid, words::Locale};

    #[test]
    fn it_shows_the_file_in_every_language() {
        let at = Timestamp::from_second(1_800_000_000).unwrap();
        for locale in Locale::ALL {
            let card = receipt(Words::new(locale), at, "erasure-receipt.txt");
            assert_valid(card.components());
            let body: serde_json::Value = serde_json::from_slice(&card.message_body()).unwrap();
            let shown = &body["components"][1];
            assert_eq!(
                (&shown["type"], &shown["file"]["url"]),
                (&13.into(), &"attachment://erasure-receipt.txt".into())
            );
            let said = body["components"][0]["components"][0]["content"].as_str().unwrap();
            assert!(said.contains("<t:1800000000:R>"), "{said}");
        }
    }
}
