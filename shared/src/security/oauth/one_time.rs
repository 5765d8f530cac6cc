//! Rule: what admits somebody once is 256 random bits, is stored as its hash only, and is compared without a clue (SPEC W12).
//! Threat: a guessed state; a table that, once read, lets its reader go on with somebody else's linking.
//! Refusal: a text of another length or alphabet is no such value, before anything is looked up.

use core::str::FromStr;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use sha2::{Digest as _, Sha256};

use crate::clock::{NoEntropy, Rng};
use crate::security::secret::Secret;

/// Characters of its text: 32 bytes in base64url (RFC 4648, section 5) without padding.
pub const TEXT_LEN: usize = 43;

/// A value that is good for one use: a link, a state, a browser's cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneTime(Secret);

/// What is stored of one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Digest(String);

/// The text is no value of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a one-time value")]
pub struct NotOneTime;

impl OneTime {
    /// A new one.
    pub fn new(rng: Rng) -> Result<Self, NoEntropy> {
        Ok(Self(Secret::new(rng.bytes::<32>()?)))
    }

    /// As it stands in an address or a cookie. Whoever has it can use it: it belongs in no log.
    pub fn to_text(&self) -> String {
        BASE64URL_NOPAD.encode(self.0.expose())
    }

    /// The 32 bytes themselves.
    pub(super) fn bytes(&self) -> &[u8] {
        self.0.expose()
    }

    /// What may be stored, and is looked up.
    pub fn digest(&self) -> Digest {
        Digest(HEXLOWER.encode(&Sha256::digest(self.0.expose())))
    }
}

impl FromStr for OneTime {
    type Err = NotOneTime;

    fn from_str(text: &str) -> Result<Self, NotOneTime> {
        if text.len() != TEXT_LEN {
            return Err(NotOneTime);
        }
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| NotOneTime)?;
        Ok(Self(Secret::new(bytes)))
    }
}

impl Digest {
    /// 64 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Digest {
    type Err = NotOneTime;

    fn from_str(text: &str) -> Result<Self, NotOneTime> {
        let hex = text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if hex { Ok(Self(text.to_owned())) } else { Err(NotOneTime) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::clock::Rng;

    #[test]
    fn it_is_read_back_from_its_text_and_has_one_digest() {
        let one = OneTime::new(Rng::fixed(1)).unwrap();
        let again: OneTime = one.to_text().parse().unwrap();
        assert_eq!((one.to_text().len(), &again, again.digest()), (TEXT_LEN, &one, one.digest()));
        assert_eq!(one.digest().as_str().parse(), Ok(one.digest()));
        assert_ne!(OneTime::new(Rng::fixed(2)).unwrap().digest(), one.digest());
        let system = [OneTime::new(Rng::system()).unwrap(), OneTime::new(Rng::system()).unwrap()];
        assert_ne!(system[0], system[1]);
    }

    #[test]
    fn debug_shows_neither_it_nor_its_text() {
        let one = OneTime::new(Rng::fixed(1)).unwrap();
        assert_eq!(format!("{one:?}"), "OneTime(<redacted>)");
        assert!(!one.digest().as_str().contains(&one.to_text()));
    }

    #[test]
    fn other_texts_are_refused() {
        let good = OneTime::new(Rng::fixed(1)).unwrap().to_text();
        for bad in [
            "",
            &good[1..],
            &format!("{good}A"),
            &good.replace(&good[..1], "+"),
            &"=".repeat(TEXT_LEN),
            &"B".repeat(TEXT_LEN),
        ] {
            assert_eq!(bad.parse::<OneTime>(), Err(NotOneTime), "{bad}");
        }
        for bad in ["", &"A".repeat(64), &"g".repeat(64), &"a".repeat(63)] {
            assert_eq!(bad.parse::<Digest>(), Err(NotOneTime), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn one_value_has_one_text(text in "[A-Za-z0-9_-]{43}") {
            if let Ok(one) = text.parse::<OneTime>() {
                prop_assert_eq!(one.to_text(), text);
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,100}") {
            let _ = text.parse::<OneTime>();
        }
    }
}
