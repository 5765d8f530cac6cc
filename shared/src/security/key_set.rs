//! Rule: keys of our own come in a set, each with a name; the first signs, every one still verifies (SPEC W30).
//! Threat: an empty or short key that "verifies" everything; a rotation that breaks what was signed a minute ago.
//! Refusal: no key, a key under 32 bytes, a repeated or odd name: the whole set is refused, nothing is guessed.
//!
//! Accepted forms: `{"keys":[{"kid":"k1","key":"<64 hex digits>"}]}`, an older key with `"until":"<RFC 3339>"`, after
//! which it verifies nothing (SPEC W11), or one bare string of at least 32
//! characters (what a template's `GenerateSecretString` leaves) whose kid is `k0`. A bare string must not begin
//! with `{`.

use core::fmt;
use core::str::FromStr;

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

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
    older: Vec<Older>,
}

/// A key that only verifies, until then if that is said.
#[derive(Clone, Debug)]
struct Older {
    kid: Kid,
    key: Secret,
    until: Option<Timestamp>,
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
    #[serde(default)]
    until: Option<Timestamp>,
}

#[derive(Serialize)]
struct Written<'a> {
    keys: Vec<WrittenKey<'a>>,
}

#[derive(Serialize)]
struct WrittenKey<'a> {
    kid: &'a str,
    key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
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
        let older = self.older.iter().map(|older| (&older.kid, &older.key));
        core::iter::once((&self.current.0, &self.current.1)).chain(older)
    }

    /// Names and keys as values, the current one first.
    pub fn to_pairs(&self) -> Vec<(String, Secret)> {
        self.iter().map(|(kid, key)| (kid.to_string(), key.clone())).collect()
    }

    /// The keys that are good at this time: older ones may be over.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> Self {
        let older = self.older.iter().filter(|older| older.until.is_none_or(|until| now < until));
        Self { current: self.current.clone(), older: older.cloned().collect() }
    }

    /// Whether all of its keys are good at this time.
    pub fn is_whole(&self, now: Timestamp) -> bool {
        self.older.iter().all(|older| older.until.is_none_or(|until| now < until))
    }

    /// The set with a new key in front. What was current verifies for `grace` more; without grace nothing but the new key
    /// is left, as after a leak (SPEC W11).
    pub fn rotated(
        &self,
        key: Secret,
        grace: Option<SignedDuration>,
        now: Timestamp,
    ) -> Result<Self, KeySetError> {
        let current = (self.next_kid(), long_enough(key)?);
        let Some(grace) = grace else { return Ok(Self { current, older: Vec::new() }) };
        let until = now.saturating_add(grace).map_err(|_| KeySetError::Malformed)?;
        let Self { current: (kid, key), older } = self.at(now);
        let was = Older { kid, key, until: Some(until) };
        // A key that never was given an end gets one now: nothing verifies for ever.
        let bounded =
            |old: Older| Older { until: Some(old.until.map_or(until, |old| old.min(until))), ..old };
        Ok(Self { current, older: core::iter::once(was).chain(older.into_iter().map(bounded)).collect() })
    }

    /// As a secret's value.
    pub fn to_secret(&self) -> Result<Secret, KeySetError> {
        let hex: Vec<_> = self.iter().map(|(_, key)| Zeroizing::new(HEXLOWER.encode(key.expose()))).collect();
        let ends = core::iter::once(None).chain(self.older.iter().map(|older| older.until));
        let named = self.iter().map(|(kid, _)| kid.as_str()).zip(ends).zip(&hex);
        let keys = named.map(|((kid, until), key)| WrittenKey { kid, key, until }).collect();
        serde_json::to_vec(&Written { keys }).map(Secret::new).map_err(|_| KeySetError::Malformed)
    }

    /// `k1` after `k0`; after a name without a number, one that the set does not have.
    fn next_kid(&self) -> Kid {
        let number = self.current.0.as_str().strip_prefix('k').and_then(|digits| digits.parse::<u32>().ok());
        let first = number.map_or(1, |number| number.wrapping_add(1) % 1_000_000);
        let free = (first..first + 64).map(|number| Kid(format!("k{number}")));
        let taken = |kid: &Kid| self.iter().any(|(other, _)| other == kid);
        free.into_iter().find(|kid| !taken(kid)).unwrap_or_else(|| Kid("next".to_owned()))
    }

    fn from_bare(text: &str) -> Result<Self, KeySetError> {
        let key = long_enough(Secret::new(text.as_bytes()))?;
        Ok(Self { current: (Kid("k0".to_owned()), key), older: Vec::new() })
    }

    fn from_document(text: &str) -> Result<Self, KeySetError> {
        // serde_json's message may quote the text: it is dropped on purpose.
        let document: Document<'_> = serde_json::from_str(text).map_err(|_| KeySetError::Malformed)?;
        let mut keys = Vec::<Older>::with_capacity(document.keys.len());
        for entry in document.keys {
            let kid: Kid = entry.kid.parse()?;
            if keys.iter().any(|other| other.kid == kid) {
                return Err(KeySetError::Repeated);
            }
            let bytes = HEXLOWER_PERMISSIVE.decode(entry.key.as_bytes()).map_err(|_| KeySetError::Hex)?;
            keys.push(Older { kid, key: long_enough(Secret::new(bytes))?, until: entry.until });
        }
        let mut keys = keys.into_iter();
        let Older { kid, key, until: None } = keys.next().ok_or(KeySetError::Empty)? else {
            // The key that signs cannot be over.
            return Err(KeySetError::Malformed);
        };
        Ok(Self { current: (kid, key), older: keys.collect() })
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
    fn the_key_before_verifies_for_its_grace_and_not_longer() {
        let now: Timestamp = "2026-01-02T02:00:00Z".parse().unwrap();
        let week = SignedDuration::from_hours(24 * 7);
        let first = parse("0123456789abcdefghijklmnopqrstuv").unwrap();
        let second = first.rotated(Secret::new([1; 32]), Some(week), now).unwrap();
        let read = KeySet::parse(&second.to_secret().unwrap()).unwrap();
        let names = |set: &KeySet| set.iter().map(|(kid, _)| kid.to_string()).collect::<Vec<_>>();
        assert_eq!(
            (names(&read), read.current().1),
            (vec!["k1".to_owned(), "k0".to_owned()], &Secret::new([1; 32]))
        );
        let (last, over) = (now + week - SignedDuration::from_secs(1), now + week);
        assert_eq!((names(&read.at(last)).len(), names(&read.at(over))), (2, vec!["k1".to_owned()]));
        assert_eq!((read.is_whole(last), read.is_whole(over)), (true, false));
        let third = read.rotated(Secret::new([2; 32]), Some(week), over).unwrap();
        assert_eq!(names(&third), ["k2", "k1"]);
        assert_eq!(
            names(&read.rotated(Secret::new([3; 32]), None, now).unwrap()),
            ["k2"],
            "a leak has no grace"
        );
        assert_eq!(read.rotated(Secret::new([3; 31]), None, now).err(), Some(KeySetError::Short));
    }

    #[test]
    fn the_key_that_signs_has_no_end() {
        let text = format!(r#"{{"keys":[{{"kid":"k1","key":"{A}","until":"2026-01-01T00:00:00Z"}}]}}"#);
        assert_eq!(parse(&text).err(), Some(KeySetError::Malformed));
    }

    proptest::proptest! {
        /// However often it is rotated: names are not repeated, the value reads back, and every old key has an end.
        #[test]
        fn a_set_can_be_rotated_for_ever(steps in proptest::collection::vec((0_i64..20, proptest::bool::weighted(0.9)), 1..40)) {
            let mut now: Timestamp = "2026-01-02T02:00:00Z".parse().unwrap();
            let mut set = two();
            for (days, grace) in steps {
                now += SignedDuration::from_hours(24 * days);
                let week = grace.then_some(SignedDuration::from_hours(24 * 7));
                set = set.rotated(Secret::new([7; 32]), week, now).unwrap();
                set = KeySet::parse(&set.to_secret().unwrap()).unwrap();
                proptest::prop_assert!(set.older.iter().all(|older| older.until.is_some_and(|until| until > now)));
                proptest::prop_assert!(set.older.len() < 42);
            }
        }
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
