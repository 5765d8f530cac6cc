//! The way to a copy of one's own data.

use jiff::Timestamp;

use crate::discord::{
    components::{container, text},
    response::Card,
    words::{Message, Moment, Words},
};

use super::colour;

/// A sentence and the way to `address`, which is open until `until`; the copy itself is gone at `gone`. The address is good
/// for whoever has it: show it to nobody else. It stands in the text, since with a role's signature it is several times
/// as long as a button can open.
pub fn download(words: Words, address: &str, until: Timestamp, gone: Timestamp) -> Card {
    let said = Message::PrivacyReady { gone: Moment(gone), until: Moment(until) };
    let way = format!("### [{}](<{address}>)", words.say(&Message::PrivacyDownload));
    Card::new(vec![container(colour::GOOD, vec![text(words.say(&said)), text(way)])])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discord::{components::assert_valid, words::Locale};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn it_opens_the_address_and_fits_in_every_language() {
        // As long as S3's are when they are signed by a role.
        let address = format!("https://bucket.example/exports/07.zip?X-Amz-Signature={}", "0".repeat(2_400));
        for locale in Locale::ALL {
            let card = download(Words::new(locale), &address, at(600), at(86_400));
            assert_valid(card.components());
            let body: serde_json::Value = serde_json::from_slice(&card.message_body()).unwrap();
            let parts = &body["components"][0]["components"];
            let (said, way) = (parts[0]["content"].as_str().unwrap(), parts[1]["content"].as_str().unwrap());
            assert!(way.ends_with(&format!("](<{address}>)")), "{way}");
            assert_eq!(way.matches(['[', ']']).count(), 2, "{way}");
            for time in ["<t:1800000600:R>", "<t:1800086400:R>"] {
                assert!(said.contains(time), "{said}");
            }
        }
    }
}
