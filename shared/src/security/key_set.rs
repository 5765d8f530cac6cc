//! Rule: keys of our own come in a set, each with a name; the first signs, every one still verifies (SPEC W30).
//! Threat: an empty or short key that "verifies" everything; a rotation that breaks what was signed a minute ago.
//! Refusal: no key, a key under 32 bytes, a repeated or odd name: the whole set is refused, nothing is guessed.
//!
//! Accepted forms: `{"keys":[{"kid":"k1","key":"<64 hex digits>"}]}`, an older key with `"until":"<RFC 3339>"`, after
//! which it verifies nothing, and a first one with `"from"`, before which the second one signs (SPEC W11), or one bare
//! string of at least 32
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
    current: Named,
    older: Vec<Named>,
}

/// A key with its name. It signs from then on, if it is the first one, and verifies until then, where that is said.
#[derive(Clone, Debug)]
struct Named {
    kid: Kid,
    key: Secret,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl Named {
    fn is_over(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| now >= until)
    }

    fn is_to_come(&self, now: Timestamp) -> bool {
        self.from.is_some_and(|from| now < from)
    }
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
    from: Option<Timestamp>,
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
    from: Option<Timestamp>,
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
        (&self.current.kid, &self.current.key)
    }

    /// The key of that name, current or older.
    pub fn get(&self, kid: &Kid) -> Option<&Secret> {
        self.iter().find(|(name, _)| *name == kid).map(|(_, key)| key)
    }

    /// Every key, the current one first.
    pub fn iter(&self) -> impl Iterator<Item = (&Kid, &Secret)> {
        self.named().map(|named| (&named.kid, &named.key))
    }

    /// Names and keys as values, the current one first.
    pub fn to_pairs(&self) -> Vec<(String, Secret)> {
        self.iter().map(|(kid, key)| (kid.to_string(), key.clone())).collect()
    }

    /// The keys as they are at this time: older ones may be over, and a new one may not sign yet.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> Self {
        let mut older: Vec<Named> = self.older.iter().filter(|older| !older.is_over(now)).cloned().collect();
        if self.current.is_to_come(now) && !older.is_empty() {
            let current = older.remove(0);
            older.insert(0, self.current.clone());
            return Self { current, older };
        }
        Self { current: self.current.clone(), older }
    }

    /// Whether it is the same at this time as it was written.
    pub fn is_whole(&self, now: Timestamp) -> bool {
        !self.current.is_to_come(now) && self.older.iter().all(|older| !older.is_over(now))
    }

    /// The set with a new key in front, which signs after `lead`, when everybody knows it. What was current verifies for
    /// `grace` more (SPEC W11).
    pub fn rotated(
        &self,
        key: Secret,
        lead: SignedDuration,
        grace: SignedDuration,
        now: Timestamp,
    ) -> Result<Self, KeySetError> {
        let end = |after| now.saturating_add(after).map_err(|_| KeySetError::Malformed);
        let (from, until) = (Some(end(lead)?), end(grace)?);
        let current = Named { kid: self.next_kid(), key: long_enough(key)?, from, until: None };
        let Self { current: was, older } = self.at(now);
        // A key that never was given an end gets one now: nothing verifies for ever.
        let bounded = |old: Named| Named {
            from: None,
            until: Some(old.until.map_or(until, |old| old.min(until))),
            ..old
        };
        Ok(Self { current, older: core::iter::once(was).chain(older).map(bounded).collect() })
    }

    /// The set with this key alone, as after a leak: nothing that was signed before verifies.
    pub fn replaced(&self, key: Secret) -> Result<Self, KeySetError> {
        let current = Named { kid: self.next_kid(), key: long_enough(key)?, from: None, until: None };
        Ok(Self { current, older: Vec::new() })
    }

    /// As a secret's value.
    pub fn to_secret(&self) -> Result<Secret, KeySetError> {
        let hex: Vec<_> = self.iter().map(|(_, key)| Zeroizing::new(HEXLOWER.encode(key.expose()))).collect();
        let keys = self.named().zip(&hex).map(|(Named { kid, from, until, .. }, key)| WrittenKey {
            kid: kid.as_str(),
            key,
            from: *from,
            until: *until,
        });
        serde_json::to_vec(&Written { keys: keys.collect() })
            .map(Secret::new)
            .map_err(|_| KeySetError::Malformed)
    }

    fn named(&self) -> impl Iterator<Item = &Named> {
        core::iter::once(&self.current).chain(&self.older)
    }

    /// `k1` after `k0`; after a name without a number, one that the set does not have.
    fn next_kid(&self) -> Kid {
        let number =
            self.current.kid.as_str().strip_prefix('k').and_then(|digits| digits.parse::<u32>().ok());
        let first = number.map_or(1, |number| number.wrapping_add(1) % 1_000_000);
        let free = (first..first + 64).map(|number| Kid(format!("k{number}")));
        let taken = |kid: &Kid| self.iter().any(|(other, _)| other == kid);
        free.into_iter().find(|kid| !taken(kid)).unwrap_or_else(|| Kid("next".to_owned()))
    }

    fn from_bare(text: &str) -> Result<Self, KeySetError> {
        let key = long_enough(Secret::new(text.as_bytes()))?;
        let current = Named { kid: Kid("k0".to_owned()), key, from: None, until: None };
        Ok(Self { current, older: Vec::new() })
    }

    fn from_document(text: &str) -> Result<Self, KeySetError> {
        // serde_json's message may quote the text: it is dropped on purpose.
        let document: Document<'_> = serde_json::from_str(text).map_err(|_| KeySetError::Malformed)?;
        let mut keys = Vec::<Named>::with_capacity(document.keys.len());
        for Entry { kid, key, from, until } in document.keys {
            let kid: Kid = kid.parse()?;
            if keys.iter().any(|other| other.kid == kid) {
                return Err(KeySetError::Repeated);
            }
            let bytes = HEXLOWER_PERMISSIVE.decode(key.as_bytes()).map_err(|_| KeySetError::Hex)?;
            keys.push(Named { kid, key: long_enough(Secret::new(bytes))?, from, until });
        }
        let mut keys = keys.into_iter();
        let current = keys.next().ok_or(KeySetError::Empty)?;
        // The key that signs cannot be over.
        if current.until.is_some() {
            Err(KeySetError::Malformed)
        } else {
            Ok(Self { current, older: keys.collect() })
        }
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

    const WEEK: SignedDuration = SignedDuration::from_hours(24 * 7);
    const LEAD: SignedDuration = SignedDuration::from_mins(10);

    fn names(set: &KeySet) -> Vec<String> {
        set.iter().map(|(kid, _)| kid.to_string()).collect()
    }

    #[test]
    fn the_key_before_verifies_for_its_grace_and_not_longer() {
        let now: Timestamp = "2026-01-02T02:00:00Z".parse().unwrap();
        let first = parse("0123456789abcdefghijklmnopqrstuv").unwrap();
        let second = first.rotated(Secret::new([1; 32]), LEAD, WEEK, now).unwrap();
        let read = KeySet::parse(&second.to_secret().unwrap()).unwrap();
        assert_eq!((names(&read), read.current().1), (vec!["k1".into(), "k0".into()], &Secret::new([1; 32])));
        let (last, over) = (now + WEEK - SignedDuration::from_secs(1), now + WEEK);
        assert_eq!((names(&read.at(last)).len(), names(&read.at(over))), (2, vec!["k1".to_owned()]));
        assert_eq!((read.is_whole(last), read.is_whole(over)), (true, false));
        let third = read.rotated(Secret::new([2; 32]), LEAD, WEEK, over).unwrap();
        assert_eq!(names(&third), ["k2", "k1"]);
        let leaked = read.replaced(Secret::new([3; 32])).unwrap();
        assert_eq!((names(&leaked), leaked.is_whole(now)), (vec!["k2".into()], true), "a leak has no grace");
        assert_eq!(read.replaced(Secret::new([3; 31])).err(), Some(KeySetError::Short));
    }

    /// Processes learn of a new key at different times: nobody signs with it before all know it.
    #[test]
    fn a_new_key_signs_when_everybody_knows_it() {
        let now: Timestamp = "2026-01-02T02:00:00Z".parse().unwrap();
        let first = parse("0123456789abcdefghijklmnopqrstuv").unwrap();
        let second = first.rotated(Secret::new([1; 32]), LEAD, WEEK, now).unwrap();
        let read = KeySet::parse(&second.to_secret().unwrap()).unwrap();
        for (after, signs) in [(0, "k0"), (599, "k0"), (600, "k1"), (3600, "k1")] {
            let then = read.at(now + SignedDuration::from_secs(after));
            assert_eq!((then.current().0.as_str(), names(&then).len()), (signs, 2), "{after}");
        }
        assert!(!read.is_whole(now) && read.is_whole(now + LEAD));
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
                let key = Secret::new([7; 32]);
                set = if grace { set.rotated(key, LEAD, WEEK, now) } else { set.replaced(key) }.unwrap();
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
