//! Rule: a callback is believed only in the browser that began, for the provider that was asked, within ten minutes, and
//! once (SPEC W12). That it is once is the store's doing: who takes the row has it, and nobody finds it again.
//! Threat: somebody sends their own callback to a victim, whose Discord user is then linked to the attacker's account, or
//! the other way round (CSRF); a provider's answer passed off as another's (mix-up, RFC 9207); a state found in a log.
//! Refusal: nothing is exchanged, nothing is stored, and the page says what to do.

use jiff::{SignedDuration, Timestamp};

use super::one_time::Digest;
use crate::domain::accounts::Provider;

/// From the `/link` to the callback.
pub const LIFE: SignedDuration = SignedDuration::from_mins(10);

/// A linking that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// Which provider was asked.
    pub provider: Provider,
    /// The cookie of the browser that opened the link.
    pub browser: Digest,
    /// When the user asked for the link.
    pub at: Timestamp,
}

/// What came back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Callback<'a> {
    /// The provider whose address it came to.
    pub provider: Option<Provider>,
    /// The browser's cookie, if it sent one.
    pub browser: Option<Digest>,
    /// `iss` (RFC 9207), where the provider says it.
    pub issuer: Option<&'a str>,
    /// `error` (RFC 6749, section 4.1.2.1), instead of a code.
    pub error: Option<&'a str>,
    /// `code`.
    pub code: Option<&'a str>,
}

/// Why a callback is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It took longer than [`LIFE`].
    #[error("the link is too old")]
    Expired,
    /// It began in another browser, or cookies are off.
    #[error("it began in another browser")]
    OtherBrowser,
    /// Another provider answers than was asked.
    #[error("another service answers than was asked")]
    MixUp,
    /// The user, or the provider, said no.
    #[error("it was not allowed")]
    Denied,
    /// The provider failed.
    #[error("the service failed")]
    Failed,
    /// There is no code in it.
    #[error("it is incomplete")]
    Incomplete,
}

/// The code to exchange, or why not. `issuer` is the provider's own, where it is known to say it. The order is fixed:
/// what a stranger may learn comes last.
pub fn judge<'a>(
    begun: &Begun,
    callback: &Callback<'a>,
    issuer: Option<&str>,
    now: Timestamp,
) -> Result<&'a str, Refusal> {
    if callback.browser.as_ref() != Some(&begun.browser) {
        return Err(Refusal::OtherBrowser);
    }
    if callback.provider != Some(begun.provider) {
        return Err(Refusal::MixUp);
    }
    if callback.issuer.is_some_and(|said| issuer.is_some_and(|known| known != said)) {
        return Err(Refusal::MixUp);
    }
    let age = now.duration_since(begun.at);
    if age.is_negative() || age >= LIFE {
        return Err(Refusal::Expired);
    }
    match (callback.error, callback.code) {
        (Some("access_denied" | "user_cancelled_login" | "consent_required"), _) => Err(Refusal::Denied),
        (Some(_), _) => Err(Refusal::Failed),
        (None, Some(code)) if !code.is_empty() => Ok(code),
        (None, _) => Err(Refusal::Incomplete),
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use proptest::prelude::*;

    use super::*;

    fn digest(digit: &str) -> Digest {
        digit.repeat(64).parse().unwrap()
    }

    fn now() -> Timestamp {
        "2026-01-02T03:04:05Z".parse().unwrap()
    }

    fn begun() -> Begun {
        Begun { provider: Provider::YouTube, browser: digest("a"), at: now() }
    }

    fn good() -> Callback<'static> {
        Callback {
            provider: Some(Provider::YouTube),
            browser: Some(digest("a")),
            code: Some("c0de"),
            ..Callback::default()
        }
    }

    const GOOGLE: &str = "https://accounts.google.com";

    #[test]
    fn the_browser_that_began_gets_its_code_for_ten_minutes() {
        for (after, expected) in
            [(0, Ok("c0de")), (599, Ok("c0de")), (600, Err(Refusal::Expired)), (-1, Err(Refusal::Expired))]
        {
            assert_eq!(judge(&begun(), &good(), None, now() + after.seconds()), expected, "{after}");
        }
    }

    #[test]
    fn another_browser_learns_nothing_but_that() {
        for browser in [None, Some(digest("b"))] {
            for error in [None, Some("access_denied")] {
                let callback = Callback { browser: browser.clone(), error, provider: None, ..good() };
                let judged = judge(&begun(), &callback, None, now() + 1.hour());
                assert_eq!(judged, Err(Refusal::OtherBrowser));
            }
        }
    }

    #[test]
    fn an_answer_is_of_the_provider_that_was_asked() {
        for provider in [None, Some(Provider::Twitch)] {
            assert_eq!(judge(&begun(), &Callback { provider, ..good() }, None, now()), Err(Refusal::MixUp));
        }
        let said = |issuer| Callback { issuer: Some(issuer), ..good() };
        assert_eq!(judge(&begun(), &said(GOOGLE), Some(GOOGLE), now()), Ok("c0de"));
        assert_eq!(judge(&begun(), &said("https://evil.example"), Some(GOOGLE), now()), Err(Refusal::MixUp));
        assert_eq!(judge(&begun(), &good(), Some(GOOGLE), now()), Ok("c0de"), "not every answer says it");
    }

    #[test]
    fn a_no_is_told_from_a_failure_and_a_code_beside_it_is_not_taken() {
        for (error, expected) in
            [("access_denied", Refusal::Denied), ("server_error", Refusal::Failed), ("", Refusal::Failed)]
        {
            assert_eq!(
                judge(&begun(), &Callback { error: Some(error), ..good() }, None, now()),
                Err(expected),
                "{error}"
            );
        }
        for code in [None, Some("")] {
            assert_eq!(judge(&begun(), &Callback { code, ..good() }, None, now()), Err(Refusal::Incomplete));
        }
    }

    proptest! {
        /// Whatever else is so: without the browser's cookie there is no code.
        #[test]
        fn no_code_without_the_cookie(
            provider in proptest::option::of(proptest::sample::select(Provider::ALL.to_vec())),
            issuer in proptest::option::of("\\PC{0,20}"), error in proptest::option::of("\\PC{0,20}"),
            code in proptest::option::of("\\PC{0,20}"), after in -1000_i64..1000,
        ) {
            let callback = Callback {
                provider, browser: Some(digest("b")), issuer: issuer.as_deref(), error: error.as_deref(), code: code.as_deref(),
            };
            prop_assert_eq!(judge(&begun(), &callback, None, now() + after.seconds()), Err(Refusal::OtherBrowser));
        }
    }
}
