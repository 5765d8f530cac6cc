//! Rule: a refresh token is opaque, stored as hashes, used once, and its sign-in ends 30 days after it began; for a minute
//! the last one may come again and gets the same answer, as when two windows ask at once (SPEC W9).
//! Threat: a stolen token that works next to its owner's; a table that, once read, lets its reader in; a session that
//! never ends.
//! Refusal: what is neither the current token nor the last one within its minute ends the whole sign-in. Only somebody who
//! once had a token of it knows its name: 128 random bits that stand in nothing but its tokens.

use core::str::FromStr;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use crate::clock::{NoEntropy, Rng};
use crate::security::key_set::KeySet;
use crate::security::oauth::one_time::{Digest, OneTime};
use crate::security::secret::Secret;

/// From the sign-in to its end, however often it is refreshed.
pub const LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How long the last token may come again.
pub const GRACE: SignedDuration = SignedDuration::from_secs(60);
/// What every token begins with.
pub const PREFIX: &str = "wr-";
/// Bytes of a family's name.
const FAMILY_LEN: usize = 16;
const DOMAIN: &[u8] = b"timmybot-refresh-v1\0";

/// A refresh token as its owner has it.
#[derive(Clone, Debug)]
pub struct RefreshToken {
    family: Secret,
    secret: OneTime,
}

/// The text is no refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a refresh token")]
pub struct NotARefreshToken;

/// What is stored of a sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Family {
    /// The token that is good.
    pub current: Digest,
    /// The one before it, and when it was used.
    pub last: Option<(Digest, Timestamp)>,
    /// When the sign-in ends.
    pub ends_at: Timestamp,
}

/// What is to be done with a token that was presented.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// It is current: write the family that follows, on the condition that it still is, then give the next token.
    Rotate {
        /// What to give.
        next: RefreshToken,
        /// What to write.
        family: Family,
    },
    /// It was used a moment ago: give the token that it was answered with, and write nothing.
    Repeat {
        /// What to give.
        next: RefreshToken,
    },
    /// It was spent: end the family.
    Reused,
    /// The sign-in is over.
    Over,
}

impl RefreshToken {
    /// The first one of a new sign-in.
    pub fn first(rng: Rng) -> Result<Self, NoEntropy> {
        Ok(Self { family: Secret::new(rng.bytes::<FAMILY_LEN>()?), secret: OneTime::new(rng)? })
    }

    /// The text to give. Whoever has it can use it: it belongs in no log.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}.{}", BASE64URL_NOPAD.encode(self.family.expose()), self.secret.to_text())
    }

    /// The name under which its sign-in is stored: a hash, which may stand in access tokens.
    pub fn family(&self) -> String {
        HEXLOWER.encode(&Sha256::digest(self.family.expose()))
    }

    /// The sign-in that begins with it.
    pub fn begin(&self, now: Timestamp) -> Family {
        let ends_at = now.saturating_add(LIFE).unwrap_or(Timestamp::MAX);
        Family { current: self.secret.digest(), last: None, ends_at }
    }

    /// The token that follows under this key. The same each time, so that a retry gets what the first try got.
    fn next(&self, key: &Secret) -> Option<Self> {
        let mac = Hmac::<Sha256>::new_from_slice(key.expose()).ok()?;
        let mac = mac.chain_update(DOMAIN).chain_update(self.reveal()).finalize();
        let secret = BASE64URL_NOPAD.encode(&mac.into_bytes()).parse().ok()?;
        Some(Self { family: self.family.clone(), secret })
    }
}

impl FromStr for RefreshToken {
    type Err = NotARefreshToken;

    fn from_str(text: &str) -> Result<Self, NotARefreshToken> {
        let (family, secret) =
            text.strip_prefix(PREFIX).and_then(|rest| rest.split_once('.')).ok_or(NotARefreshToken)?;
        let family = BASE64URL_NOPAD.decode(family.as_bytes()).map_err(|_| NotARefreshToken)?;
        if family.len() != FAMILY_LEN {
            return Err(NotARefreshToken);
        }
        Ok(Self { family: Secret::new(family), secret: secret.parse().map_err(|_| NotARefreshToken)? })
    }
}

/// Judges a token against its family. `keys` are those that sign access tokens; a retry across a change of keys finds the
/// one that the first try was answered with.
pub fn judge(presented: &RefreshToken, family: &Family, keys: &KeySet, now: Timestamp) -> Verdict {
    if now >= family.ends_at {
        return Verdict::Over;
    }
    let digest = presented.secret.digest();
    if digest == family.current {
        // A key of ours has at least 32 bytes, and a tag is 32: there always is a next one.
        let Some(next) = presented.next(keys.at(now).current().1) else { return Verdict::Over };
        let family =
            Family { current: next.secret.digest(), last: Some((digest, now)), ends_at: family.ends_at };
        return Verdict::Rotate { next, family };
    }
    let just_used =
        |(last, used_at): &(Digest, Timestamp)| *last == digest && now.duration_since(*used_at) <= GRACE;
    if !family.last.as_ref().is_some_and(just_used) {
        return Verdict::Reused;
    }
    let answered = keys.iter().filter_map(|(_, key)| presented.next(key));
    let mut answered = answered.filter(|next| next.secret.digest() == family.current);
    answered.next().map_or(Verdict::Over, |next| Verdict::Repeat { next })
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use proptest::prelude::*;

    use super::*;
    use crate::clock::Rng;

    fn now() -> Timestamp {
        "2026-01-02T03:04:05Z".parse().unwrap()
    }

    fn keys(first: &str) -> KeySet {
        KeySet::parse(&Secret::new(first.repeat(32))).unwrap()
    }

    fn rotate(token: &RefreshToken, family: &Family, at: Timestamp) -> (RefreshToken, Family) {
        match judge(token, family, &keys("k"), at) {
            Verdict::Rotate { next, family } => (next, family),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn its_text_is_read_back_and_shows_in_no_debug() {
        let token = RefreshToken::first(Rng::fixed(1)).unwrap();
        let again: RefreshToken = token.reveal().parse().unwrap();
        assert_eq!((again.reveal(), again.family()), (token.reveal(), token.family()));
        assert_eq!(token.reveal().len(), 3 + 22 + 1 + 43);
        let shown = format!("{token:?}");
        assert!(!shown.contains(&token.reveal()[3..25]) && !shown.contains(&token.reveal()[26..]), "{shown}");
        assert!(!token.reveal().contains(&token.family()[..16]));
    }

    #[test]
    fn a_token_is_good_once() {
        let first = RefreshToken::first(Rng::fixed(1)).unwrap();
        let (second, family) = rotate(&first, &first.begin(now()), now());
        assert_eq!(second.family(), first.family());
        assert_ne!(second.reveal(), first.reveal());
        let (third, family) = rotate(&second, &family, now() + 20.minutes());
        assert!(matches!(judge(&first, &family, &keys("k"), now() + 20.minutes()), Verdict::Reused));
        assert!(matches!(judge(&third, &family, &keys("k"), now() + 21.minutes()), Verdict::Rotate { .. }));
    }

    #[test]
    fn for_a_minute_a_retry_gets_the_same_answer_and_then_it_is_a_theft() {
        let first = RefreshToken::first(Rng::fixed(1)).unwrap();
        let (second, family) = rotate(&first, &first.begin(now()), now());
        for later in [0, 60] {
            match judge(&first, &family, &keys("k"), now() + later.seconds()) {
                Verdict::Repeat { next } => assert_eq!(next.reveal(), second.reveal()),
                other => panic!("{other:?}"),
            }
        }
        assert!(matches!(judge(&first, &family, &keys("k"), now() + 61.seconds()), Verdict::Reused));
    }

    #[test]
    fn a_retry_across_a_change_of_keys_gets_the_same_answer() {
        let first = RefreshToken::first(Rng::fixed(1)).unwrap();
        let (second, family) = rotate(&first, &first.begin(now()), now());
        let new = Secret::new("n".repeat(32));
        let rotated =
            keys("k").rotated(new, SignedDuration::ZERO, SignedDuration::from_hours(1), now()).unwrap();
        match judge(&first, &family, &rotated, now() + 1.second()) {
            Verdict::Repeat { next } => assert_eq!(next.reveal(), second.reveal()),
            other => panic!("{other:?}"),
        }
        let leaked = judge(&first, &family, &keys("n"), now() + 1.second());
        assert!(matches!(leaked, Verdict::Over), "without the key nobody can say what it was");
    }

    #[test]
    fn refreshing_does_not_put_the_end_off() {
        let first = RefreshToken::first(Rng::fixed(1)).unwrap();
        let begun = first.begin(now());
        let (second, family) = rotate(&first, &begun, now() + (29 * 24).hours());
        assert_eq!(family.ends_at, begun.ends_at);
        assert!(matches!(judge(&second, &family, &keys("k"), now() + (30 * 24).hours()), Verdict::Over));
    }

    #[test]
    fn another_token_of_the_family_ends_it() {
        let first = RefreshToken::first(Rng::fixed(1)).unwrap();
        let made_up = RefreshToken { secret: OneTime::new(Rng::fixed(9)).unwrap(), ..first.clone() };
        assert!(matches!(judge(&made_up, &first.begin(now()), &keys("k"), now()), Verdict::Reused));
    }

    #[test]
    fn other_texts_are_no_tokens() {
        let good = RefreshToken::first(Rng::fixed(1)).unwrap().reveal();
        for bad in [
            "",
            "wr-",
            "wr-.",
            &good[3..],
            &good[..good.len() - 1],
            &format!("{good}A"),
            &good.replace('.', ""),
        ] {
            assert!(bad.parse::<RefreshToken>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn one_token_has_one_text(text in "wr-[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43}") {
            if let Ok(token) = text.parse::<RefreshToken>() {
                prop_assert_eq!(token.reveal(), text);
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,100}") {
            let _ = text.parse::<RefreshToken>();
        }
    }
}
