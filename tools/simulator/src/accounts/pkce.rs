//! Proof keys (RFC 7636), method S256 alone.

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest as _, Sha256};

/// Whether a text can be a challenge: a SHA-256 in base64url.
pub(super) fn is_challenge(text: &str) -> bool {
    BASE64URL_NOPAD.decode(text.as_bytes()).is_ok_and(|bytes| bytes.len() == 32)
}

/// Whether a verifier is the one of a challenge. It has 43 to 128 characters of few kinds (section 4.1).
pub(super) fn holds(challenge: &str, verifier: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&verifier.len())
        && verifier.bytes().all(plain)
        && BASE64URL_NOPAD.encode(&Sha256::digest(verifier.as_bytes())) == challenge
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_standards_example_holds_and_its_neighbours_do_not() {
        assert!(is_challenge(CHALLENGE) && holds(CHALLENGE, VERIFIER));
        for other in ["", CHALLENGE, &VERIFIER[1..], &VERIFIER.to_lowercase()] {
            assert!(!holds(CHALLENGE, other), "{other}");
        }
    }

    #[test]
    fn a_verifier_that_is_too_short_holds_for_nothing() {
        let own = BASE64URL_NOPAD.encode(&Sha256::digest(b"short"));
        assert!(!holds(&own, "short"));
    }

    #[test]
    fn a_challenge_is_a_digest() {
        for bad in ["", "E9Melhoa", &format!("{CHALLENGE}A"), &CHALLENGE.replace('-', "+")] {
            assert!(!is_challenge(bad), "{bad}");
        }
    }
}
