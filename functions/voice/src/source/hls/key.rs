//! Decrypts a piece (RFC 8216 §4.3.2.4): AES-128, CBC, PKCS #7.

use aes::Aes128;
use cbc::Decryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockDecryptMut, KeyIvInit};

use crate::failure::PlayError;

/// Decrypts a whole piece; without a vector of its own its number is the vector.
pub(super) fn decrypt(
    piece: &[u8],
    key: [u8; 16],
    iv: Option<[u8; 16]>,
    number: u64,
) -> Result<Vec<u8>, PlayError> {
    let iv = iv.unwrap_or_else(|| u128::from(number).to_be_bytes());
    let cipher = Decryptor::<Aes128>::new(&key.into(), &iv.into());
    // A wrong key shows in the padding; it is the station's fault, and nothing to be played.
    cipher.decrypt_padded_vec_mut::<Pkcs7>(piece).map_err(|_| PlayError::NotAudio)
}

#[cfg(test)]
mod tests {
    use cbc::cipher::BlockEncryptMut;

    use super::*;

    fn encrypted(plain: &[u8], iv: [u8; 16]) -> Vec<u8> {
        cbc::Encryptor::<Aes128>::new(&[7; 16].into(), &iv.into()).encrypt_padded_vec_mut::<Pkcs7>(plain)
    }

    #[test]
    fn pieces_decrypt_with_their_vector_or_their_number() {
        let mut iv = [0; 16];
        iv[15] = 5;
        let piece = encrypted(b"some sound", iv);
        assert_eq!(decrypt(&piece, [7; 16], Some(iv), 99), Ok(b"some sound".to_vec()));
        assert_eq!(decrypt(&piece, [7; 16], None, 5), Ok(b"some sound".to_vec()));
        assert_eq!(decrypt(&piece[..7], [7; 16], None, 5), Err(PlayError::NotAudio));
        assert_eq!(decrypt(&[], [7; 16], None, 5), Err(PlayError::NotAudio));
    }
}
