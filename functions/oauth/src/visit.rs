//! One request of a browser.

use jiff::Timestamp;
use shared::discord::words::{Message, Words};
use shared::domain::containment::{Effect, Knowledge, Touch};
use shared::http_event::HttpEvent;
use shared::security::oauth::one_time::OneTime;
use shared::security::pseudonym::Pseudonym;
use shared::telemetry::StoreOperation;

use crate::app::App;
use crate::page::{Page, failed};
use crate::report::Report;

/// The cookie that ties a callback to the browser that began. Its prefix makes browsers take it only from this host,
/// over TLS, for every path (RFC 6265bis, section 4.1.3.2).
const COOKIE: &str = "__Host-timmybot-linking";
/// A linking's life and a little.
const COOKIE_LIFE_S: u32 = 900;

/// What is known of a request before anything is decided.
#[derive(Debug)]
pub(crate) struct Visit<'a> {
    pub(crate) app: &'a App,
    pub(crate) request: &'a HttpEvent,
    pub(crate) report: Report,
    pub(crate) words: Words,
    pub(crate) address: Option<Pseudonym>,
    pub(crate) now: Timestamp,
}

impl Visit<'_> {
    /// What our cookie says, if the browser has sent one.
    pub(crate) fn browser(&self) -> Option<OneTime> {
        self.request.cookie_once(COOKIE).ok()?.parse().ok()
    }

    /// While the bot is contained nothing new is linked (SPEC T33); if nobody can say whether it is, neither. Signing in goes
    /// on, since operators have to, and so does unlinking, which is everybody's right.
    pub(crate) async fn may_link(&self, words: Words) -> Result<(), Page> {
        let flag = match self.app.flags.level().await {
            Ok(level) => Knowledge::Level(level),
            Err(error) => {
                self.report.store_failed(StoreOperation::Guard, &error);
                Knowledge::Nothing
            }
        };
        match flag.effect(Touch::Changes) {
            Effect::Runs => Ok(()),
            Effect::Paused => Err(failed(words, 503, &Message::ContainmentPaused)),
        }
    }

    /// Whether a page of ours has sent the form. Browsers that do not say so send no cookie from elsewhere either.
    pub(crate) fn is_from_our_page(&self) -> bool {
        self.request.header_once("sec-fetch-site").is_ok_and(|site| site == "same-origin")
            || self.request.header_once("sec-fetch-site").is_err()
    }
}

/// The header that sets the cookie. `Lax`, since the callback is a way here from another site.
pub(crate) fn cookie(browser: &OneTime) -> String {
    format!("{COOKIE}={}; Path=/; Max-Age={COOKIE_LIFE_S}; Secure; HttpOnly; SameSite=Lax", browser.to_text())
}

/// The language that the browser likes best, as far as it says so (RFC 9110, section 12.5.4): its first one.
pub(crate) fn words(request: &HttpEvent) -> Words {
    // Lambda's front doors do not split lists: commas are in the value.
    let said = request.header_joined("accept-language").unwrap_or_default();
    let first = said.split([',', ';']).next().map(str::trim).filter(|tag| !tag.is_empty());
    Words::for_locale(first, None)
}

#[cfg(test)]
mod tests {
    use shared::clock::Rng;
    use shared::discord::words::Locale;

    use super::*;

    #[test]
    fn the_cookie_is_kept_from_scripts_other_sites_and_other_hosts() {
        let browser = OneTime::new(Rng::fixed(1)).unwrap();
        let set = cookie(&browser);
        let (pair, rest) = set.split_once("; ").unwrap();
        assert_eq!(pair, format!("__Host-timmybot-linking={}", browser.to_text()));
        assert_eq!(rest, "Path=/; Max-Age=900; Secure; HttpOnly; SameSite=Lax");
    }

    #[test]
    fn the_first_language_is_spoken_if_we_know_it() {
        let spoken = |said: &str| words(&HttpEvent::new("GET", &[("Accept-Language", said)], b"")).locale();
        for (said, expected) in [
            ("de-AT,de;q=0.9,en;q=0.8", Locale::German),
            ("fr", Locale::French),
            ("pt-PT;q=0.5", Locale::Portuguese),
            ("ja-JP", Locale::Japanese),
            ("tlh,de", Locale::English),
            ("", Locale::English),
        ] {
            assert_eq!(spoken(said), expected, "{said}");
        }
        assert_eq!(words(&HttpEvent::new("GET", &[], b"")).locale(), Locale::English);
    }
}
