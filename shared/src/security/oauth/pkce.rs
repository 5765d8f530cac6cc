//! Rule: an authorization code is exchanged only by whoever began (RFC 7636, method S256; SPEC W12).
//! Threat: a code that is read out of an address, a log or a referrer, and exchanged by its reader.
//! Refusal: the provider's, of a code without its verifier. There is no method `plain` here, and nothing to steal from a
//! store: a verifier is made of what the browser brings, twice the same.

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest as _, Sha256};

use super::one_time::OneTime;
use crate::security::secret::Secret;

/// The method's name in an authorization request.
pub const METHOD: &str = "S256";
/// So that nothing else that is ever made of the same two values is this.
const PURPOSE: &[u8] = b"timmybot pkce 1\0";

/// A code verifier: 43 characters (RFC 7636, section 4.1), 256 bits that only the browser's cookie makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verifier(Secret);

impl Verifier {
    /// The one of a linking: of the browser that began it, and of the state that it was sent away with.
    pub fn of(browser: &OneTime, state: &OneTime) -> Self {
        let mut hash = Sha256::new();
        for part in [PURPOSE, browser.bytes(), state.bytes()] {
            hash.update(part);
        }
        Self::from_bytes(&hash.finalize())
    }

    fn from_bytes(bytes: &[u8]) -> Self {
        Self(Secret::new(BASE64URL_NOPAD.encode(bytes)))
    }

    /// What the token request carries.
    pub const fn secret(&self) -> &Secret {
        &self.0
    }

    /// What the authorization request carries.
    pub fn challenge(&self) -> String {
        BASE64URL_NOPAD.encode(&Sha256::digest(self.0.expose()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Rng;

    /// RFC 7636, appendix B.
    #[test]
    fn the_standards_example() {
        let octets = [
            116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77, 105,
            214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
        ];
        let verifier = Verifier::from_bytes(&octets);
        assert_eq!(verifier.secret().expose(), b"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(verifier.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn it_takes_both_to_make_it_again() {
        let value = |seed| OneTime::new(Rng::fixed(seed)).unwrap();
        let verifier = Verifier::of(&value(1), &value(2));
        assert_eq!(verifier, Verifier::of(&value(1), &value(2)));
        for (browser, state) in [(1, 1), (2, 2), (2, 1), (1, 3), (3, 2)] {
            assert_ne!(verifier, Verifier::of(&value(browser), &value(state)), "{browser} {state}");
        }
        assert_eq!(verifier.secret().expose().len(), 43);
        assert_eq!(format!("{verifier:?}"), "Verifier(<redacted>)");
    }
}
