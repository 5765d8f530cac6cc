//! Rule: keys of our own come in a set, each with a name; the first signs, every one still verifies (SPEC W30).
//! Threat: an empty or short key that "verifies" everything; a rotation that breaks what was signed a minute ago.
//! Refusal: no key, a key under 32 bytes, a repeated or odd name: the whole set is refused, nothing is guessed.
//!
//! Accepted forms: `{"keys":[{"kid":"k1","key":"<64 hex digits>"}]}`, or one bare string of at least 32
//! characters (what a template's `GenerateSecretString` leaves) whose kid is `k0`. A bare string must not begin
//! with `{`.

use core::fmt;
use core::str::FromStr;

use data_encoding::HEXLOWER_PERMISSIVE;
use serde::Deserialize;

use super::secret::Secret;

/// The least number of bytes that a key of ours has.
pub const MIN_KEY_BYTES: usize = 32;

/// A key's public name: 1 to 8 of `a-z`, `0-9`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kid(String);

impl Kid {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Kid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Kid {
    type Err = KeySetError;

    fn from_str(text: &str) -> Result<Self, KeySetError> {
        let plain = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        if !plain || text.is_empty() || text.len() > 8 {
            return Err(KeySetError::Kid);
        }
        Ok(Self(text.to_owned()))
    }
}

/// Why a key set is refused. Says nothing of what was in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    /// Neither the JSON document nor a bare string in UTF-8.
    #[error("the key set is malformed")]
    Malformed,
    /// There is no key in it.
    #[error("the key set is empty")]
    Empty,
    /// A key has fewer than [`MIN_KEY_BYTES`] bytes.
    #[error("a key is too short")]
    Short,
    /// A key is not hexadecimal.
    #[error("a key is not hexadecimal")]
    Hex,
    /// A key's name is not 1 to 8 of `a-z0-9`.
    #[error("a key has a bad name")]
    Kid,
    /// Two keys have one name.
    #[error("two keys have the same name")]
    Repeated,
}

/// At least one named key; the first is current.
#[derive(Clone, Debug)]
pub struct KeySet {
    current: (Kid, Secret),
    older: Vec<(Kid, Secret)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document<'a> {
    #[serde(borrow)]
    keys: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry<'a> {
    kid: &'a str,
    key: &'a str,
}

impl KeySet {
    /// Reads a secret's value.
    pub fn parse(value: &Secret) -> Result<Self, KeySetError> {
        let text = core::str::from_utf8(value.expose()).map_err(|_| KeySetError::Malformed)?;
        if text.trim_start().starts_with('{') { Self::from_document(text) } else { Self::from_bare(text) }
    }

    /// The key that signs.
    pub fn current(&self) -> (&Kid, &Secret) {
        (&self.current.0, &self.current.1)
    }

    /// The key of that name, current or older.
    pub fn get(&self, kid: &Kid) -> Option<&Secret> {
        self.iter().find(|(name, _)| *name == kid).map(|(_, key)| key)
    }

    /// Every key, the current one first.
    pub fn iter(&self) -> impl Iterator<Item = (&Kid, &Secret)> {
        core::iter::once(&self.current).chain(&self.older).map(|(kid, key)| (kid, key))
    }

    /// Names and keys as values, the current one first.
    pub fn to_pairs(&self) -> Vec<(String, Secret)> {
        self.iter().map(|(kid, key)| (kid.to_string(), key.clone())).collect()
    }

    fn from_bare(text: &str) -> Result<Self, KeySetError> {
        let key = long_enough(Secret::new(text.as_bytes()))?;
        Ok(Self { current: (Kid("k0".to_owned()), key), older: Vec::new() })
    }

    fn from_document(text: &str) -> Result<Self, KeySetError> {
        // serde_json's message may quote the text: it is dropped on purpose.
        let document: Document<'_> = serde_json::from_str(text).map_err(|_| KeySetError::Malformed)?;
        let mut keys = Vec::<(Kid, Secret)>::with_capacity(document.keys.len());
        for entry in document.keys {
            let kid: Kid = entry.kid.parse()?;
            if keys.iter().any(|(other, _)| *other == kid) {
                return Err(KeySetError::Repeated);
            }
            let bytes = HEXLOWER_PERMISSIVE.decode(entry.key.as_bytes()).map_err(|_| KeySetError::Hex)?;
            keys.push((kid, long_enough(Secret::new(bytes))?));
        }
        let mut keys = keys.into_iter();
        let current = keys.next().ok_or(KeySetError::Empty)?;
        Ok(Self { current, older: keys.collect() })
    }
}

fn long_enough(key: Secret) -> Result<Secret, KeySetError> {
    match key.expose().len() {
        0 => Err(KeySetError::Empty),
        1..MIN_KEY_BYTES => Err(KeySetError::Short),
        _ => Ok(key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    const B: &str = "FF0102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F";

    fn parse(text: &str) -> Result<KeySet, KeySetError> {
        KeySet::parse(&Secret::new(text))
    }

    fn two() -> KeySet {
        parse(&format!(r#"{{"keys":[{{"kid":"k2","key":"{B}"}},{{"kid":"k1","key":"{A}"}}]}}"#)).unwrap()
    }

    #[test]
    fn the_first_key_signs_and_the_others_are_found_by_name() {
        let set = two();
        assert_eq!(set.current().0.as_str(), "k2");
        assert_eq!(set.current().1.expose()[0], 0xFF);
        assert_eq!(set.get(&"k1".parse().unwrap()).unwrap().expose()[31], 0x1F);
        assert_eq!(set.get(&"k3".parse().unwrap()), None);
        assert_eq!(set.to_pairs().iter().map(|(kid, _)| kid.as_str()).collect::<Vec<_>>(), ["k2", "k1"]);
    }

    #[test]
    fn a_bare_string_is_key_zero() {
        let set = parse("0123456789abcdefghijklmnopqrstuv").unwrap();
        assert_eq!((set.current().0.as_str(), set.current().1.expose().len()), ("k0", 32));
    }

    #[test]
    fn what_is_not_a_key_set_is_refused() {
        let entry = |kid: &str, key: &str| format!(r#"{{"keys":[{{"kid":"{kid}","key":"{key}"}}]}}"#);
        for (text, refusal) in [
            (String::new(), KeySetError::Empty),
            ("short".to_owned(), KeySetError::Short),
            ("0123456789abcdefghijklmnopqrstu".to_owned(), KeySetError::Short),
            (r#"{"keys":[]}"#.to_owned(), KeySetError::Empty),
            (r#"{"keys":"#.to_owned(), KeySetError::Malformed),
            (r#"{"keys":[],"more":1}"#.to_owned(), KeySetError::Malformed),
            (entry("k1", ""), KeySetError::Empty),
            (entry("k1", &A[2..]), KeySetError::Short),
            (entry("k1", &A.replace('f', "g")), KeySetError::Hex),
            (entry("", A), KeySetError::Kid),
            (entry("K1", A), KeySetError::Kid),
            (entry("k_1", A), KeySetError::Kid),
            (entry("abcdefghi", A), KeySetError::Kid),
        ] {
            assert_eq!(parse(&text).err(), Some(refusal), "{text}");
        }
        assert_eq!(KeySet::parse(&Secret::new([0xFF; 40])).err(), Some(KeySetError::Malformed));
    }

    #[test]
    fn one_name_for_two_keys_is_refused() {
        let text = format!(r#"{{"keys":[{{"kid":"k","key":"{A}"}},{{"kid":"k","key":"{B}"}}]}}"#);
        assert_eq!(parse(&text).err(), Some(KeySetError::Repeated));
    }

    #[test]
    fn debug_shows_names_and_no_key() {
        let shown = format!("{:?}", two());
        assert!(shown.contains("k2") && !shown.contains("255"), "{shown}");
    }
}
