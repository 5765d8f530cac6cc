//! The function under test, put together for the fuzzer: the only file that knows how it is constructed.

use jiff::Timestamp;
use shared::http_event::{HttpAnswer, HttpEvent};
use shared::security::signature::{DiscordKeys, verify};
use testkit::signing::{COMMITTED_AT, DiscordKey};

/// The key that strangers would have to sign with; no seed of the corpus was signed with it.
const STRANGERS: [u8; 32] = [7; 32];

/// The function twice over: for those who cannot sign, and for Discord.
#[derive(Debug)]
pub struct Doors {
    strangers: DiscordKeys,
    discord: DiscordKeys,
}

impl Doors {
    /// Opens both.
    #[expect(clippy::expect_used, reason = "without a function there is nothing to fuzz")]
    pub fn open() -> Self {
        let keys = |key: &DiscordKey| key.public_hex().parse().expect("a test key is a key");
        Self { strangers: keys(&DiscordKey::from_seed(STRANGERS)), discord: keys(&DiscordKey::committed()) }
    }

    /// The answer to somebody who has no key.
    pub fn strangers(&self, event: &str) -> HttpAnswer {
        answer(&self.strangers, event)
    }

    /// The answers to Discord: with stores that hold nothing, and with stores that refuse every call.
    pub fn discord(&self, event: &str) -> Vec<HttpAnswer> {
        vec![answer(&self.discord, event)]
    }
}

fn answer(keys: &DiscordKeys, event: &str) -> HttpAnswer {
    let now = Timestamp::from_second(COMMITTED_AT).unwrap_or_default();
    let Ok(event) = HttpEvent::parse(event.as_bytes()) else { return HttpAnswer::empty(401) };
    match verify(&event, keys, now) {
        Ok(_) => HttpAnswer::json(200, "{}".to_owned()),
        Err(_) => HttpAnswer::empty(401),
    }
}
