//! Rule: an id or an address reaches a log, an event or the audit trail only as a pseudonym (SPEC T22).
//! Threat: a log reader, or whoever gets hold of the logs, learns who listens where; snowflakes are guessable, so
//! an unkeyed hash would not hide them.
//! Refusal: [`Pseudonym`] has no constructor but the keyed one, and one for the alarms, who are nobody. When the key could
//! not be fetched the field says `unavailable`, never the id.
//!
//! Form: `<kind>_<kid>_<16 hex>`, the first 8 bytes of
//! HMAC-SHA256(key, `timmybot-pseudonym-v1` 0x00 kind 0x00 value). Ids are decimal text; addresses are in their
//! canonical text, IPv4-mapped ones as IPv4.

use core::fmt;
use core::net::IpAddr;
use core::str::FromStr;
use std::sync::Arc;

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Serialize, Serializer};
use sha2::Sha256;

use super::key_set::{KeySet, Kid, MIN_KEY_BYTES};
use super::secret::Secret;
use crate::domain::accounts::{Provider, Subject};
use crate::ids::{ChannelId, GuildId, InteractionId, RoleId, UserId};

const DOMAIN: &[u8] = b"timmybot-pseudonym-v1";
const UNAVAILABLE: &str = "unavailable";
/// Who acts where no person does (SPEC T33).
const ALARMS: &str = "alarms";

/// What a pseudonym stands for. The same number as a user and as a guild gives unrelated pseudonyms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A Discord user.
    User,
    /// The same, acting as an administrator (SPEC T36).
    Admin,
    /// A guild.
    Guild,
    /// A channel.
    Channel,
    /// A role.
    Role,
    /// An interaction.
    Interaction,
    /// A network address.
    Ip,
    /// The name of a secret.
    SecretId,
    /// Somebody's account at another service.
    Account,
}

impl Kind {
    const ALL: [Self; 9] = [
        Self::User,
        Self::Admin,
        Self::Guild,
        Self::Channel,
        Self::Role,
        Self::Interaction,
        Self::Ip,
        Self::SecretId,
        Self::Account,
    ];

    /// The word in front; it holds no underscore, so that the three parts stay apart.
    const fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Admin => "admin",
            Self::Guild => "guild",
            Self::Channel => "channel",
            Self::Role => "role",
            Self::Interaction => "interaction",
            Self::Ip => "ip",
            Self::SecretId => "secret-id",
            Self::Account => "account",
        }
    }
}

/// An id that may be logged: `user_k1_0123456789abcdef`, `unavailable`, or `alarms`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pseudonym(String);

impl Pseudonym {
    /// The alarms, which act by themselves; a name that stands for nobody.
    pub fn alarms() -> Self {
        Self(ALARMS.to_owned())
    }

    /// The pseudonym as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Pseudonym {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// A text that is not a pseudonym; a raw id is one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a pseudonym")]
pub struct NotAPseudonym;

/// Reads back what was stored (audit rows); a raw id does not have the form and is refused.
impl FromStr for Pseudonym {
    type Err = NotAPseudonym;

    fn from_str(text: &str) -> Result<Self, NotAPseudonym> {
        if text == UNAVAILABLE || text == ALARMS {
            return Ok(Self(text.to_owned()));
        }
        let mut parts = text.splitn(3, '_');
        let (word, name, digits) = (parts.next(), parts.next(), parts.next());
        let known = Kind::ALL.iter().any(|kind| Some(kind.word()) == word);
        let named = name.is_some_and(|kid| kid.parse::<Kid>().is_ok());
        let keyed =
            digits.is_some_and(|digits| digits.len() == 16 && HEXLOWER.decode(digits.as_bytes()).is_ok());
        if known && named && keyed { Ok(Self(text.to_owned())) } else { Err(NotAPseudonym) }
    }
}

/// A key that must not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key for pseudonyms has fewer than 32 bytes")]
pub struct ShortKey;

/// Makes pseudonyms. Cheap to clone.
#[derive(Clone)]
pub struct Pseudonyms(Option<Arc<Keyed>>);

struct Keyed {
    kid: Kid,
    mac: Hmac<Sha256>,
}

impl Pseudonyms {
    /// With this key, which has at least 32 bytes.
    pub fn new(kid: Kid, key: &Secret) -> Result<Self, ShortKey> {
        if key.expose().len() < MIN_KEY_BYTES {
            return Err(ShortKey);
        }
        let mac = Hmac::new_from_slice(key.expose()).map_err(|_| ShortKey)?;
        Ok(Self(Some(Arc::new(Keyed { kid, mac }))))
    }

    /// With the current key of a set.
    pub fn from_key_set(keys: &KeySet) -> Result<Self, ShortKey> {
        let (kid, key) = keys.current();
        Self::new(kid.clone(), key)
    }

    /// Without a key: every pseudonym is `unavailable`. Losing the log key must not stop the bot.
    pub const fn unavailable() -> Self {
        Self(None)
    }

    /// Whether there is a key.
    pub const fn is_available(&self) -> bool {
        self.0.is_some()
    }

    /// Of a user.
    pub fn user(&self, id: UserId) -> Pseudonym {
        self.of(Kind::User, &id.to_string())
    }

    /// Of a user who acts as an administrator.
    pub fn admin(&self, id: UserId) -> Pseudonym {
        self.of(Kind::Admin, &id.to_string())
    }

    /// Of a guild.
    pub fn guild(&self, id: GuildId) -> Pseudonym {
        self.of(Kind::Guild, &id.to_string())
    }

    /// Of a channel.
    pub fn channel(&self, id: ChannelId) -> Pseudonym {
        self.of(Kind::Channel, &id.to_string())
    }

    /// Of a role.
    pub fn role(&self, id: RoleId) -> Pseudonym {
        self.of(Kind::Role, &id.to_string())
    }

    /// Of an interaction.
    pub fn interaction(&self, id: InteractionId) -> Pseudonym {
        self.of(Kind::Interaction, &id.to_string())
    }

    /// Of a network address.
    pub fn ip(&self, address: IpAddr) -> Pseudonym {
        self.of(Kind::Ip, &address.to_canonical().to_string())
    }

    /// Of a secret's name, which may hold a user's id.
    pub fn secret_id(&self, name: &str) -> Pseudonym {
        self.of(Kind::SecretId, name)
    }

    /// Of an account at another service, linked or not.
    pub fn account(&self, provider: Provider, subject: &Subject) -> Pseudonym {
        self.of(Kind::Account, &format!("{provider}:{}", subject.as_str()))
    }

    fn of(&self, kind: Kind, value: &str) -> Pseudonym {
        match &self.0 {
            Some(keyed) => Pseudonym(keyed.name(kind, value)),
            None => Pseudonym(UNAVAILABLE.to_owned()),
        }
    }

    /// 5 keyed bytes for a support id, separated from every pseudonym.
    pub(super) fn support_bytes(&self, id: InteractionId) -> Option<[u8; 5]> {
        let keyed = self.0.as_ref()?;
        keyed.digest("support", &id.to_string()).first_chunk().copied()
    }
}

impl Keyed {
    fn name(&self, kind: Kind, value: &str) -> String {
        let digest = self.digest(kind.word(), value);
        format!("{}_{}_{}", kind.word(), self.kid, HEXLOWER.encode(&digest[..8]))
    }

    fn digest(&self, kind: &str, value: &str) -> [u8; 32] {
        let mut mac = self.mac.clone();
        for part in [DOMAIN, &[0], kind.as_bytes(), &[0], value.as_bytes()] {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_available() { "Pseudonyms(keyed)" } else { "Pseudonyms(unavailable)" })
    }
}

#[cfg(test)]
#[path = "pseudonym_tests.rs"]
mod tests;
