//! Rule: an API key is 256 random bits behind `wa-`, shown once, stored as its SHA-256, good for a year at most; what it may
//! is the intersection of its role's permissions and its own list (SPEC W5, W6).
//! Threat: a table that, once read, opens the API; a guess; a key that outlives its owner; one that may more than it was
//! made for.
//! Refusal: unknown, revoked, expired and malformed are one and the same 401.

use core::fmt;
use core::str::FromStr;

use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::clock::{NoEntropy, Rng};
use crate::security::permissions::{Grant, Permission};
use crate::security::secret::Secret;

/// What every key begins with.
pub const PREFIX: &str = "wa-";
/// Hex digits after it.
const DIGITS: usize = 64;
/// The longest life of a key.
pub const LIFE_MAX: SignedDuration = SignedDuration::from_hours(365 * 24);
/// How often the use of a key is written down at most.
pub const USE_NOTED_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// A key as its owner has it.
#[derive(Clone, Debug)]
pub struct ApiKey(Secret);

/// What is stored of a key: 64 hex digits of SHA-256 over its whole text.
#[derive(Clone, Debug, Eq)]
pub struct KeyHash(String);

/// The text is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an API key")]
pub struct NotAKey;

impl ApiKey {
    /// A new one.
    pub fn new(rng: Rng) -> Result<Self, NoEntropy> {
        let text = format!("{PREFIX}{}", HEXLOWER.encode(&rng.bytes::<{ DIGITS / 2 }>()?));
        Ok(Self(Secret::new(text)))
    }

    /// The text to show once. Whoever has it can use it: it belongs in no log.
    pub fn reveal(&self) -> String {
        String::from_utf8_lossy(self.0.expose()).into_owned()
    }

    /// What may be stored, and is looked up.
    pub fn hash(&self) -> KeyHash {
        KeyHash(HEXLOWER.encode(&Sha256::digest(self.0.expose())))
    }
}

impl FromStr for ApiKey {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let digits = text.strip_prefix(PREFIX).ok_or(NotAKey)?;
        let hex =
            digits.len() == DIGITS && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if hex { Ok(Self(Secret::new(text))) } else { Err(NotAKey) }
    }
}

impl KeyHash {
    /// As the key of a row.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// In constant time, wherever the other one comes from.
impl PartialEq for KeyHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl FromStr for KeyHash {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let hex = text.len() == DIGITS && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if hex { Ok(Self(text.to_owned())) } else { Err(NotAKey) }
    }
}

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyRole {
    /// Hears of what happens: reads the queue.
    Trigger,
    /// Acts: adds songs, controls the music.
    Action,
    /// Serves others: settings, playlists, moderation.
    Core,
    /// Everything.
    Admin,
    /// What a member may.
    User,
}

impl KeyRole {
    /// Every role.
    pub const ALL: [Self; 5] = [Self::Trigger, Self::Action, Self::Core, Self::Admin, Self::User];

    /// The one table of what a role may (SPEC W6).
    pub const fn grants(self) -> &'static [Grant] {
        use Grant::{All, One, Resource};
        match self {
            Self::Trigger => &[One(Permission::QueueView)],
            Self::Action => {
                &[One(Permission::QueueView), One(Permission::QueueAdd), One(Permission::PlaybackControl)]
            }
            Self::Core => {
                &[Resource("queue"), Resource("playback"), Resource("playlist"), Resource("settings")]
            }
            Self::Admin => &[All],
            Self::User => &[
                One(Permission::ProfileView),
                One(Permission::QueueView),
                One(Permission::QueueAdd),
                One(Permission::PlaylistView),
                One(Permission::SettingsView),
            ],
        }
    }

    /// Whether the role may.
    pub fn may(self, required: Permission) -> bool {
        self.grants().iter().any(|grant| grant.covers(required))
    }

    /// The role's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trigger => "trigger",
            Self::Action => "action",
            Self::Core => "core",
            Self::Admin => "admin",
            Self::User => "user",
        }
    }
}

impl fmt::Display for KeyRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a key may, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyScope {
    role: KeyRole,
    only: Vec<Permission>,
    expires_at: Timestamp,
}

/// A key that may not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadScope {
    /// Over before it begins, or after more than [`LIFE_MAX`].
    #[error("a key lives between a minute and 365 days")]
    Life,
    /// A permission that the role does not have.
    #[error("the role does not have {0}")]
    Beyond(Permission),
    /// A permission twice.
    #[error("{0} stands twice")]
    Repeated(Permission),
}

impl KeyScope {
    /// Of this role, narrowed to `only` these permissions; an empty list leaves the role as it is.
    pub fn new(
        role: KeyRole,
        only: Vec<Permission>,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Self, BadScope> {
        let life = expires_at.duration_since(now);
        if life < SignedDuration::from_mins(1) || life > LIFE_MAX {
            return Err(BadScope::Life);
        }
        for (at, permission) in only.iter().enumerate() {
            if !role.may(*permission) {
                return Err(BadScope::Beyond(*permission));
            }
            if only[..at].contains(permission) {
                return Err(BadScope::Repeated(*permission));
            }
        }
        Ok(Self { role, only, expires_at })
    }

    /// As it was stored. What the role lost since then is lost to the key, too.
    pub const fn stored(role: KeyRole, only: Vec<Permission>, expires_at: Timestamp) -> Self {
        Self { role, only, expires_at }
    }

    /// The role.
    pub const fn role(&self) -> KeyRole {
        self.role
    }

    /// What it is narrowed to; empty: nothing.
    pub fn only(&self) -> &[Permission] {
        &self.only
    }

    /// When it ends.
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// Whether the key may, at this time.
    pub fn may(&self, required: Permission, now: Timestamp) -> bool {
        let listed = self.only.is_empty() || self.only.contains(&required);
        now < self.expires_at && listed && self.role.may(required)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::clock::Rng;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    const DAY: i64 = 86_400;

    #[test]
    fn a_key_is_wa_and_64_digits_and_has_one_hash() {
        let key = ApiKey::new(Rng::fixed(1)).unwrap();
        let text = key.reveal();
        assert_eq!((text.len(), &text[..3]), (67, "wa-"));
        let again: ApiKey = text.parse().unwrap();
        assert_eq!((again.hash(), key.hash().as_str().parse()), (key.hash(), Ok(key.hash())));
        assert_ne!(ApiKey::new(Rng::fixed(2)).unwrap().hash(), key.hash());
        let system = [ApiKey::new(Rng::system()).unwrap(), ApiKey::new(Rng::system()).unwrap()];
        assert_ne!(system[0].hash(), system[1].hash());
        assert!(!format!("{key:?}").contains(&text[3..]));
    }

    #[test]
    fn the_hash_is_sha_256_of_the_whole_text() {
        let key: ApiKey = format!("wa-{}", "0".repeat(64)).parse().unwrap();
        let expected = "da382efb728aea35ff87e4227208c40bf0789055113fe4abbbc5ba69c6497551";
        assert_eq!(key.hash().as_str(), expected);
    }

    #[test]
    fn other_texts_are_no_keys() {
        let digits = "0".repeat(64);
        for bad in [
            String::new(),
            digits.clone(),
            format!("WA-{digits}"),
            format!("wa-{}", &digits[1..]),
            format!("wa-{digits}0"),
            format!("wa-{}", "A".repeat(64)),
            format!(" wa-{digits}"),
            format!("wa-{}", "é".repeat(32)),
        ] {
            assert!(bad.parse::<ApiKey>().is_err(), "{bad}");
        }
    }

    /// The whole table, written out: a permission moves between roles only by changing it.
    #[test]
    fn the_matrix_of_key_roles_and_permissions() {
        use Permission as P;
        let holders = |permission| -> &'static [KeyRole] {
            use KeyRole::{Action, Admin, Core, Trigger, User};
            match permission {
                P::QueueView => &[Trigger, Action, Core, Admin, User],
                P::QueueAdd => &[Action, Core, Admin, User],
                P::PlaybackControl => &[Action, Core, Admin],
                P::QueueEdit | P::PlaybackVote | P::PlaylistEdit | P::PlaylistManage | P::SettingsEdit => {
                    &[Core, Admin]
                }
                P::PlaylistView | P::SettingsView => &[Core, Admin, User],
                P::ProfileView => &[Admin, User],
                _ => &[Admin],
            }
        };
        for role in KeyRole::ALL {
            for permission in Permission::ALL {
                assert_eq!(role.may(permission), holders(permission).contains(&role), "{role} {permission}");
            }
        }
    }

    #[test]
    fn a_key_lives_a_year_at_most() {
        let made = |expires| KeyScope::new(KeyRole::User, vec![], at(expires), at(0)).map(drop);
        assert_eq!([made(60), made(365 * DAY)], [Ok(()), Ok(())]);
        assert_eq!([made(59), made(365 * DAY + 1), made(-1)], [Err(BadScope::Life); 3]);
    }

    #[test]
    fn a_key_may_never_more_than_its_role() {
        let new = |only| KeyScope::new(KeyRole::Trigger, only, at(DAY), at(0)).map(drop);
        assert_eq!(new(vec![Permission::QueueView]), Ok(()));
        assert_eq!(new(vec![Permission::AuditRead]), Err(BadScope::Beyond(Permission::AuditRead)));
        let twice = vec![Permission::QueueView; 2];
        assert_eq!(new(twice), Err(BadScope::Repeated(Permission::QueueView)));
        let stored = KeyScope::stored(KeyRole::Trigger, vec![Permission::AuditRead], at(DAY));
        assert!(!stored.may(Permission::AuditRead, at(0)), "a list in a row raises nobody");
    }

    #[test]
    fn an_expired_key_may_nothing() {
        let key = KeyScope::new(KeyRole::Admin, vec![], at(DAY), at(0)).unwrap();
        for permission in Permission::ALL {
            assert_eq!((key.may(permission, at(DAY - 1)), key.may(permission, at(DAY))), (true, false));
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,80}") {
            prop_assert!(text.parse::<ApiKey>().map_or(true, |key| key.reveal() == text));
        }
    }
}
