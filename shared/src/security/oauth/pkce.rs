//! Rule: an authorization code is exchanged only by whoever began (RFC 7636, method S256; SPEC W12).
//! Threat: a code that is read out of an address, a log or a referrer, and exchanged by its reader.
//! Refusal: the provider's, of a code without its verifier. There is no method `plain` here.

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest as _, Sha256};

use crate::clock::{NoEntropy, Rng};
use crate::security::secret::Secret;

/// The method's name in an authorization request.
pub const METHOD: &str = "S256";

/// A code verifier: 43 characters, 256 bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verifier(Secret);

/// The text is no verifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a code verifier")]
pub struct NotAVerifier;

impl Verifier {
    /// A new one.
    pub fn new(rng: Rng) -> Result<Self, NoEntropy> {
        Ok(Self(Secret::new(BASE64URL_NOPAD.encode(&rng.bytes::<32>()?))))
    }

    /// One that was stored: 43 to 128 unreserved characters (RFC 7636, section 4.1).
    pub fn parse(text: &str) -> Result<Self, NotAVerifier> {
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let fits = (43..=128).contains(&text.len()) && text.bytes().all(unreserved);
        if fits { Ok(Self(Secret::new(text))) } else { Err(NotAVerifier) }
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

    /// RFC 7636, appendix B.
    #[test]
    fn the_standards_example() {
        let verifier = Verifier::parse("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").unwrap();
        assert_eq!(verifier.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn each_is_new_and_can_be_stored() {
        let one = Verifier::new(Rng::system()).unwrap();
        assert_ne!(one, Verifier::new(Rng::system()).unwrap());
        let text = core::str::from_utf8(one.secret().expose()).unwrap();
        assert_eq!((text.len(), Verifier::parse(text)), (43, Ok(one.clone())));
        assert_eq!(format!("{one:?}"), "Verifier(<redacted>)");
    }

    #[test]
    fn what_the_standard_does_not_allow_is_refused() {
        for bad in ["", &"a".repeat(42), &"a".repeat(129), &" ".repeat(43), &format!("{}+", "a".repeat(43))] {
            assert_eq!(Verifier::parse(bad), Err(NotAVerifier), "{bad}");
        }
    }
}
