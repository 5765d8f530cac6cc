//! The way to the page that links an account.

use crate::discord::{
    components::{container, link_button, row, text},
    response::Card,
    words::{Message, Moment, Words},
};
use crate::domain::accounts::Provider;

use super::colour;

/// A sentence and a button that opens `address`, which is the caller's alone: show it to nobody else.
pub fn link_offer(words: Words, provider: Provider, address: &str, until: Moment) -> Card {
    let offer = text(words.say(&Message::LinkOffer { provider, until }));
    let button = link_button(words.say(&Message::LinkButton { provider }), address.to_owned());
    Card::new(vec![container(colour::CALM, vec![offer, row(vec![button])])])
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::discord::{components::assert_valid, words::Locale};

    #[test]
    fn it_opens_the_address_and_fits_in_every_language() {
        let until = Moment(Timestamp::from_second(1_800_000_000).unwrap());
        let address = format!("https://bot.example.org/oauth/link/{}", "A".repeat(43));
        for locale in Locale::ALL {
            for provider in Provider::ALL {
                let card = link_offer(Words::new(locale), provider, &address, until);
                assert_valid(card.components());
                let body: serde_json::Value = serde_json::from_slice(&card.message_body()).unwrap();
                let button = &body["components"][0]["components"][1]["components"][0];
                assert_eq!((&button["style"], &button["url"]), (&5.into(), &address.as_str().into()));
                assert!(button.get("custom_id").is_none(), "Discord refuses both");
            }
        }
    }
}
