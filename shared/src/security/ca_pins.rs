//! Rule: if the operator wants it, a service's certificate has to come from one of the authorities that are named for its
//! host, by the hash of their key; at first that is only watched (SPEC T9).
//! Threat: an authority that everybody trusts gives somebody else a certificate for a service's name.
//! Refusal: the connection, where pins are enforced; a line in the log, where they are watched. A host without pins is as
//! before, and no pins at all is the off switch.
//!
//! A host needs two pins at least: authorities change their keys, and the spare is what keeps links alive that day.

use core::fmt;
use core::str::FromStr;
use std::collections::{BTreeMap, BTreeSet};

use data_encoding::BASE64;
use sha2::{Digest as _, Sha256};

/// Pins that a host needs.
pub const PINS_MIN: usize = 2;
const PREFIX: &str = "sha256/";

/// The SHA-256 of an authority's `SubjectPublicKeyInfo` in DER (RFC 7469, section 2.4): `sha256/` and base64.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pin([u8; 32]);

impl Pin {
    /// Of a key.
    pub fn of_key(subject_public_key_info: &[u8]) -> Self {
        Self(Sha256::digest(subject_public_key_info).into())
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", BASE64.encode(&self.0))
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What happens to a connection whose certificate comes from elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PinMode {
    /// It goes on, and the log says so. Begin with this.
    #[default]
    Report,
    /// It ends.
    Enforce,
}

/// A word that is no mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected report or enforce")]
pub struct BadPinMode;

impl FromStr for PinMode {
    type Err = BadPinMode;

    fn from_str(text: &str) -> Result<Self, BadPinMode> {
        match text {
            "report" => Ok(Self::Report),
            "enforce" => Ok(Self::Enforce),
            _ => Err(BadPinMode),
        }
    }
}

/// The pins of each host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaPins(BTreeMap<String, BTreeSet<Pin>>);

/// Pins that cannot be meant so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPins {
    /// It is not `host=sha256/…|sha256/…`, with commas between hosts.
    #[error("expected host=sha256/BASE64|sha256/BASE64, with commas between hosts")]
    Form,
    /// A host has one pin only, and would be lost with its key.
    #[error("{host} needs two different pins at least, one of them a spare")]
    TooFew {
        /// Which host.
        host: String,
    },
}

impl CaPins {
    /// The pins of a host; `None`: it is not pinned.
    pub fn of(&self, host: &str) -> Option<&BTreeSet<Pin>> {
        self.0.get(&host.to_ascii_lowercase())
    }

    /// Whether nothing is pinned.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromStr for CaPins {
    type Err = BadPins;

    fn from_str(text: &str) -> Result<Self, BadPins> {
        let mut all = BTreeMap::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (host, pins) = part.split_once('=').ok_or(BadPins::Form)?;
            let host = host.trim().to_ascii_lowercase();
            let pins = pins.split('|').map(pin).collect::<Result<BTreeSet<_>, _>>()?;
            let is_host = !host.is_empty()
                && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
            if !is_host || all.contains_key(&host) {
                return Err(BadPins::Form);
            }
            if pins.len() < PINS_MIN {
                return Err(BadPins::TooFew { host });
            }
            all.insert(host, pins);
        }
        Ok(Self(all))
    }
}

fn pin(text: &str) -> Result<Pin, BadPins> {
    let bytes = text.trim().strip_prefix(PREFIX).and_then(|hash| BASE64.decode(hash.as_bytes()).ok());
    bytes.and_then(|bytes| bytes.try_into().ok()).map(Pin).ok_or(BadPins::Form)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn two() -> String {
        format!("{}|{}", Pin::of_key(b"one"), Pin::of_key(b"two"))
    }

    #[test]
    fn hosts_and_their_pins_are_read() {
        let pins: CaPins = format!("id.twitch.tv={}, Accounts.Spotify.com={}", two(), two()).parse().unwrap();
        for host in ["id.twitch.tv", "accounts.spotify.com", "ACCOUNTS.spotify.COM"] {
            assert!(pins.of(host).unwrap().contains(&Pin::of_key(b"one")), "{host}");
        }
        assert_eq!((pins.of("slack.com"), pins.is_empty()), (None, false));
        assert!("".parse::<CaPins>().unwrap().is_empty(), "no pins is the off switch");
    }

    /// A hash that anybody can compute: `openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64`.
    #[test]
    fn a_pin_is_the_hash_of_the_key() {
        let pin = Pin::of_key(b"abc");
        assert_eq!(pin.to_string(), "sha256/ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
        assert_eq!(format!("{pin:?}"), pin.to_string());
    }

    #[test]
    fn one_pin_is_a_trap_and_nonsense_is_refused() {
        let one = Pin::of_key(b"one");
        for text in [format!("slack.com={one}"), format!("slack.com={one}|{one}")] {
            assert_eq!(text.parse::<CaPins>(), Err(BadPins::TooFew { host: "slack.com".into() }), "{text}");
        }
        for text in [
            "slack.com".to_owned(),
            format!("={}", two()),
            format!("slack.com/x={}", two()),
            format!("slack.com={},slack.com={}", two(), two()),
            "slack.com=sha256/abc|sha256/def".to_owned(),
            "slack.com=md5/abc|md5/def".to_owned(),
        ] {
            assert_eq!(text.parse::<CaPins>(), Err(BadPins::Form), "{text}");
        }
    }

    #[test]
    fn it_starts_by_watching() {
        assert_eq!(PinMode::default(), PinMode::Report);
        assert_eq!(("report".parse(), "enforce".parse()), (Ok(PinMode::Report), Ok(PinMode::Enforce)));
        assert_eq!("off".parse::<PinMode>(), Err(BadPinMode));
    }

    proptest! {
        #[test]
        fn no_setting_makes_it_panic(text in "[a-z.=+/,|A-Z0-9 ]{0,120}") {
            let _ = text.parse::<CaPins>();
        }
    }
}
