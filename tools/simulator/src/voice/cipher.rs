//! The transport's encryption (Discord: "Transport Encryption Modes"): the RTP header is authenticated, the rest is
//! encrypted, the counter follows the tag.

use aes_gcm::aead::{AeadInPlace as _, Key, KeyInit as _};
use aes_gcm::{Aes256Gcm, Nonce, Tag};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};

/// Bytes of the counter at the end of a packet.
const COUNTER: usize = 4;

/// Bytes of the tag before it.
const TAG: usize = 16;

/// A cipher, by Discord's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CipherMode {
    /// Preferred where the processor helps.
    #[serde(rename = "aead_aes256_gcm_rtpsize")]
    Aes256Gcm,
    /// Always offered.
    #[serde(rename = "aead_xchacha20_poly1305_rtpsize")]
    XChaCha20Poly1305,
}

/// A session's cipher with its key.
pub(super) enum Cipher {
    Aes(Box<Aes256Gcm>),
    XChaCha(Box<XChaCha20Poly1305>),
}

impl Cipher {
    pub(super) fn new(mode: CipherMode, key: &[u8; 32]) -> Self {
        match mode {
            CipherMode::Aes256Gcm => Self::Aes(Box::new(Aes256Gcm::new(Key::<Aes256Gcm>::from_slice(key)))),
            CipherMode::XChaCha20Poly1305 => {
                Self::XChaCha(Box::new(XChaCha20Poly1305::new(Key::<XChaCha20Poly1305>::from_slice(key))))
            }
        }
    }

    /// Opens what follows `header`. None: it is not of this session, or was changed.
    pub(super) fn open(&self, header: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (rest, counter) = sealed.split_at_checked(sealed.len().checked_sub(COUNTER)?)?;
        let (body, tag) = rest.split_at_checked(rest.len().checked_sub(TAG)?)?;
        let tag = Tag::from_slice(tag);
        let mut body = body.to_vec();
        let opened = match self {
            Self::Aes(cipher) => cipher.decrypt_in_place_detached(
                Nonce::from_slice(&nonce::<12>(counter)),
                header,
                &mut body,
                tag,
            ),
            Self::XChaCha(cipher) => cipher.decrypt_in_place_detached(
                XNonce::from_slice(&nonce::<24>(counter)),
                header,
                &mut body,
                tag,
            ),
        };
        opened.ok().map(|()| body)
    }

    /// The other way, for tests.
    #[cfg(test)]
    pub(super) fn seal(&self, header: &[u8], plain: &[u8], counter: u32) -> Vec<u8> {
        let counter = counter.to_be_bytes();
        let mut body = plain.to_vec();
        let tag = match self {
            Self::Aes(cipher) => {
                cipher.encrypt_in_place_detached(Nonce::from_slice(&nonce::<12>(&counter)), header, &mut body)
            }
            Self::XChaCha(cipher) => cipher.encrypt_in_place_detached(
                XNonce::from_slice(&nonce::<24>(&counter)),
                header,
                &mut body,
            ),
        };
        [body.as_slice(), tag.unwrap().as_slice(), &counter].concat()
    }
}

/// The counter, and zeroes after it.
fn nonce<const N: usize>(counter: &[u8]) -> [u8; N] {
    let mut nonce = [0; N];
    nonce[..COUNTER].copy_from_slice(counter);
    nonce
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MODES: [CipherMode; 2] = [CipherMode::Aes256Gcm, CipherMode::XChaCha20Poly1305];

    #[test]
    fn what_was_sealed_opens_and_a_changed_bit_does_not() {
        for mode in MODES {
            let cipher = Cipher::new(mode, &[7; 32]);
            let sealed = cipher.seal(b"header", b"opus", 9);
            assert_eq!(cipher.open(b"header", &sealed).unwrap(), b"opus");
            assert!(cipher.open(b"Header", &sealed).is_none());
            for at in 0..sealed.len() {
                let mut changed = sealed.clone();
                changed[at] ^= 1;
                assert!(cipher.open(b"header", &changed).is_none(), "{mode:?} {at}");
            }
            assert!(Cipher::new(mode, &[8; 32]).open(b"header", &sealed).is_none());
        }
    }

    #[test]
    fn the_names_are_discords() {
        let names: Vec<String> = MODES.iter().map(|mode| serde_json::to_string(mode).unwrap()).collect();
        assert_eq!(names, ["\"aead_aes256_gcm_rtpsize\"", "\"aead_xchacha20_poly1305_rtpsize\""]);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            for mode in MODES {
                prop_assert!(Cipher::new(mode, &[7; 32]).open(b"header", &bytes).is_none());
            }
        }
    }
}
