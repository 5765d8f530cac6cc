//! "Somebody wants their data, or wants it gone."

use core::fmt;
use core::str::FromStr;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use super::{BadMessage, Version};
use crate::clock::{NoEntropy, Rng};
use crate::privacy::DataSubject;

/// A request about one person's or community's own data (SPEC T30, T31), on the queue `-privacy`. Unlike a doorbell it is the truth:
/// only functions that have made sure who asks may send to that queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrivacyRequest {
    #[serde(rename = "type")]
    kind: Kind,
    version: Version,
    id: PrivacyRequestId,
    subject: DataSubject,
    action: PrivacyAction,
    source: PrivacySource,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Kind {
    #[serde(rename = "privacy_request")]
    PrivacyRequest,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrivacyAction {
    /// Gather what is stored, for its owner.
    Export,
    /// Erase it.
    Erase,
}

impl PrivacyAction {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Export => "export",
            Self::Erase => "erase",
        }
    }
}

/// Where it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrivacySource {
    /// `/privacy` in Discord.
    Command,
    /// The API, by the person themselves.
    Api,
    /// Discord says that they took our application away (`APPLICATION_DEAUTHORIZED`).
    Deauthorized,
    /// The community sent the bot away.
    Left,
    /// An operator, at the API or by `timmy`, for a community.
    Operator,
}

impl PrivacySource {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Command, Self::Api, Self::Deauthorized, Self::Left, Self::Operator];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Api => "api",
            Self::Deauthorized => "deauthorized",
            Self::Left => "left",
            Self::Operator => "operator",
        }
    }
}

/// Which request it is: 128 random bits, or a hash of what makes it the same one, as 32 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PrivacyRequestId([u8; Self::LEN]);

impl PrivacyRequestId {
    const LEN: usize = 16;

    /// A new one.
    pub fn new(rng: Rng) -> Result<Self, NoEntropy> {
        rng.bytes().map(Self)
    }

    /// The same for the same bytes: the first half of a digest, so that what is delivered twice is one request.
    pub fn of_digest(digest: &[u8; 32]) -> Self {
        let mut id = [0; Self::LEN];
        for (to, from) in id.iter_mut().zip(digest) {
            *to = *from;
        }
        Self(id)
    }
}

impl fmt::Display for PrivacyRequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl FromStr for PrivacyRequestId {
    type Err = BadMessage;

    fn from_str(text: &str) -> Result<Self, BadMessage> {
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| BadMessage)?;
        bytes.try_into().map(Self).map_err(|_| BadMessage)
    }
}

impl TryFrom<String> for PrivacyRequestId {
    type Error = BadMessage;

    fn try_from(text: String) -> Result<Self, BadMessage> {
        text.parse()
    }
}

impl From<PrivacyRequestId> for String {
    fn from(id: PrivacyRequestId) -> Self {
        id.to_string()
    }
}

impl PrivacyRequest {
    /// About this subject's data.
    pub const fn new(
        id: PrivacyRequestId,
        subject: DataSubject,
        action: PrivacyAction,
        source: PrivacySource,
    ) -> Self {
        Self { kind: Kind::PrivacyRequest, version: Version, id, subject, action, source }
    }

    /// Which request.
    pub const fn id(&self) -> PrivacyRequestId {
        self.id
    }

    /// Whose data.
    pub const fn subject(&self) -> DataSubject {
        self.subject
    }

    /// What is to be done.
    pub const fn action(&self) -> PrivacyAction {
        self.action
    }

    /// Where it was asked for.
    pub const fn source(&self) -> PrivacySource {
        self.source
    }

    /// Reads a message's body.
    pub fn parse(body: &str) -> Result<Self, BadMessage> {
        serde_json::from_str(body).map_err(|_| BadMessage)
    }

    /// The message's body.
    pub fn to_body(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }
}

#[cfg(test)]
mod tests {
    use super::super::schema::agrees;
    use super::*;
    use crate::ids::UserId;

    fn request(action: PrivacyAction, source: PrivacySource) -> PrivacyRequest {
        let id = PrivacyRequestId::of_digest(&[0xab; 32]);
        PrivacyRequest::new(id, DataSubject::User(UserId::new(5001)), action, source)
    }

    #[test]
    fn it_reads_back_and_agrees_with_its_schema() {
        for action in [PrivacyAction::Export, PrivacyAction::Erase] {
            for source in PrivacySource::ALL {
                let request = request(action, source);
                assert_eq!(PrivacyRequest::parse(&request.to_body().unwrap()), Ok(request));
                agrees(include_str!("../../../events/schemas/privacy-request.json"), &request);
            }
        }
    }

    #[test]
    fn ids_differ_unless_they_come_from_the_same_bytes() {
        let ids = [1, 2].map(|seed| PrivacyRequestId::new(Rng::fixed(seed)).unwrap());
        assert_ne!(ids[0], ids[1]);
        assert_eq!(PrivacyRequestId::of_digest(&[7; 32]).to_string(), "07".repeat(16));
        assert_eq!(ids[0].to_string().parse(), Ok(ids[0]));
    }

    #[test]
    fn other_bodies_are_refused() {
        let good = request(PrivacyAction::Erase, PrivacySource::Api).to_body().unwrap();
        for (from, to) in [
            ("\"erase\"", "\"everything\""),
            ("\"api\"", "\"mail\""),
            ("user#5001", "user#0"),
            ("user#5001", "5001"),
            ("\"version\":1", "\"version\":2"),
            ("privacy_request", "account_job"),
            ("abab", "ABAB"),
            ("abab", ""),
            ("{", "{\"also\":\"5002\","),
        ] {
            assert!(good.contains(from));
            assert_eq!(PrivacyRequest::parse(&good.replacen(from, to, 1)), Err(BadMessage), "{to}");
        }
    }
}
