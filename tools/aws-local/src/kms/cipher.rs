//! AES-256-GCM with the encryption context as associated data, and the ciphertext that names its key.

use std::collections::BTreeMap;

use aes_gcm::aead::{Aead as _, Key, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};

/// What a ciphertext begins with.
const MARK: u8 = 1;
const ID: usize = 36;
const NONCE: usize = 12;

/// A ciphertext taken apart.
struct Parts<'a> {
    key_id: &'a str,
    nonce: &'a [u8],
    sealed: &'a [u8],
}

/// Encrypts: a mark, the key's id (36 characters), the nonce, and what AES-GCM makes.
pub(super) fn seal(
    key: &[u8; 32],
    key_id: &str,
    nonce: [u8; NONCE],
    context: &BTreeMap<String, String>,
    plaintext: &[u8],
) -> Option<Vec<u8>> {
    let payload = Payload { msg: plaintext, aad: &associated(key_id, context) };
    let sealed = cipher(key).encrypt(Nonce::from_slice(&nonce), payload).ok()?;
    Some([&[MARK], key_id.as_bytes(), &nonce, &sealed].concat())
}

/// Decrypts. None: another key, another context, or bytes that were changed.
pub(super) fn open(key: &[u8; 32], context: &BTreeMap<String, String>, ciphertext: &[u8]) -> Option<Vec<u8>> {
    let parts = parts(ciphertext)?;
    let payload = Payload { msg: parts.sealed, aad: &associated(parts.key_id, context) };
    cipher(key).decrypt(Nonce::from_slice(parts.nonce), payload).ok()
}

/// The id of the key that a ciphertext names.
pub(super) fn key_of(ciphertext: &[u8]) -> Option<String> {
    parts(ciphertext).map(|parts| parts.key_id.to_owned())
}

fn cipher(key: &[u8; 32]) -> Aes256Gcm {
    Aes256Gcm::new(Key::<Aes256Gcm>::from_slice(key))
}

fn parts(ciphertext: &[u8]) -> Option<Parts<'_>> {
    let rest = ciphertext.strip_prefix(&[MARK])?;
    let (key_id, rest) = rest.split_at_checked(ID)?;
    let (nonce, sealed) = rest.split_at_checked(NONCE)?;
    Some(Parts { key_id: std::str::from_utf8(key_id).ok()?, nonce, sealed })
}

/// Each text behind its length, so that no two contexts give the same bytes.
fn associated(key_id: &str, context: &BTreeMap<String, String>) -> Vec<u8> {
    let mut bytes = key_id.as_bytes().to_vec();
    for text in context.iter().flat_map(|(name, value)| [name, value]) {
        bytes.extend((text.len() as u64).to_be_bytes());
        bytes.extend(text.as_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::collection::{btree_map, vec};
    use proptest::prelude::*;

    use super::*;

    const KEY: [u8; 32] = [7; 32];
    const KEY_ID: &str = "01234567-89ab-cdef-0123-456789abcdef";

    fn context(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn contexts() -> impl Strategy<Value = BTreeMap<String, String>> {
        btree_map("[ab]{0,2}", "[ab]{0,2}", 0..3)
    }

    proptest! {
        #[test]
        fn what_is_sealed_is_opened_under_its_context_alone(
            plaintext in vec(any::<u8>(), 1..200),
            nonce in any::<[u8; 12]>(),
            given in contexts(),
            other in contexts(),
        ) {
            let sealed = seal(&KEY, KEY_ID, nonce, &given, &plaintext).unwrap();
            prop_assert_eq!(open(&KEY, &given, &sealed), Some(plaintext));
            prop_assert_eq!(open(&KEY, &other, &sealed).is_some(), given == other);
            prop_assert_eq!(open(&[8; 32], &given, &sealed), None);
            prop_assert_eq!(key_of(&sealed), Some(KEY_ID.to_owned()));
        }

        #[test]
        fn a_changed_or_shortened_ciphertext_is_refused(
            plaintext in vec(any::<u8>(), 1..50),
            at in any::<prop::sample::Index>(),
            bit in 0_u8..8,
        ) {
            let sealed = seal(&KEY, KEY_ID, [1; 12], &BTreeMap::new(), &plaintext).unwrap();
            let at = at.index(sealed.len());
            let mut changed = sealed.clone();
            changed[at] ^= 1 << bit;
            prop_assert_eq!(open(&KEY, &BTreeMap::new(), &changed), None);
            prop_assert_eq!(open(&KEY, &BTreeMap::new(), &sealed[..at]), None);
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in vec(any::<u8>(), 0..100)) {
            prop_assert_eq!(open(&KEY, &BTreeMap::new(), &bytes), None);
            let _ = key_of(&bytes);
        }
    }

    #[test]
    fn texts_do_not_flow_into_each_other() {
        let contexts = [&[("a", "bc")][..], &[("ab", "c")], &[("a", "b"), ("c", "")], &[("", "abc")], &[]];
        let all: std::collections::BTreeSet<Vec<u8>> =
            contexts.iter().map(|pairs| associated(KEY_ID, &context(pairs))).collect();
        assert_eq!(all.len(), contexts.len());
    }
}
